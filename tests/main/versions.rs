//! Archives of other versions: older ones are read for good, newer ones refused and left as they are.

use crate::support::House;
use crate::support::specimen::{Item, rss};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const JOURNAL: &str = "archive/journal/2024-08-0001.jsonl.zst";

fn frozen(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/main/frozen").join(name)).unwrap()
}

fn item() -> Item<'static> {
    Item { title: "Eins", link: "https://blatt.example/1", text: "Ein Satz.", ..Item::default() }
}

/// A file as the second version left it: its head, a dictionary, two frames that need it (packed by `zstd -19 -D`), a husk and a line
/// that forgets.
#[test]
fn a_journal_of_version_2_is_still_read() {
    let house = House::with_document(rss(&[])).file(JOURNAL, frozen("journal-v2.jsonl.zst"));
    let read = |house: &House| {
        let list = house.list();
        let shown = house.show("0123456789ab");
        assert_eq!(list.len(), 1, "the other two were forgotten");
        assert_eq!((&list[0]["title"], &list[0]["revision"]), (&json!("Der Marktplatz, neu"), &json!(2)));
        assert_eq!(shown["revisions"][0]["text"], "Der Rat hat entschieden.");
    };
    read(&house);
    // Keys count: of what is kept, and of what was forgotten as far as a digest tells.
    house.write("feeds/blatt/notiz.md", "# Ohne Datum\n\nEine Notiz.\n");
    let ran = house.run(&["publish"]);
    assert_eq!(
        (ran.status, ran.stderr.as_str()),
        (0, "depesche: 7 lines of the journal taken into the catalogue again\n")
    );
    read(&house);
    assert_eq!(house.run(&["verify"]).status, 0);
    assert!(house.there("archive/journal/dictionary"));
    // Written anew, it says the same.
    house.run(&["compact"]).good();
    read(&house);
    let lines = house.journal();
    assert_eq!((&lines[5]["line"], &lines[5]["id"]), (&json!("husk"), &json!("11111111-2222-8333-8444-555555555555")));
    assert_eq!((&lines[1]["line"], &lines[1]["article"]), (&json!("husk"), &Value::Null));
    assert_eq!(house.run(&["verify"]).status, 0);
}

#[test]
fn what_is_written_today_has_the_form_of_version_2() {
    let house = House::with_document(rss(&[item()]));
    house.update();
    let journal = house.tree("archive/journal").into_values().next().unwrap().0;
    let head = b"{\"depesche\":\"journal\",\"v\":2,\"edition\":0}";
    assert_eq!(journal[..8], [0x50, 0x2A, 0x4D, 0x18, head.len() as u8, 0, 0, 0]);
    assert_eq!(&journal[8..8 + head.len()], head);
    let id = house.only()["id"].as_str().unwrap().to_owned();
    house.run(&["forget", &id]).good();
    let names = |line: &Value| line.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let lines = house.journal();
    assert_eq!(names(&lines[0]), ["feed", "id", "keys", "line", "place", "revision", "seen", "v"]);
    let revision = ["first_seen", "number", "precision", "published", "stated", "title"];
    assert_eq!(names(&lines[0]["revision"]), revision);
    assert_eq!(names(&lines[1]), ["ids", "line", "seen", "v"]);
}

/// Stored as × read as: what an archive of a later version may hold, each refused with status 3 and left as it is.
#[test]
fn a_newer_archive_is_refused_and_stays_as_it_is() {
    let pack = |text: &str| zstd::bulk::compress(text.as_bytes(), 3).unwrap();
    let head = |word: &str| [&[0x50, 0x2A, 0x4D, 0x18, word.len() as u8, 0, 0, 0], word.as_bytes()].concat();
    let newer: [(&str, Vec<u8>); 4] = [
        ("a file", head("{\"depesche\":\"journal\",\"v\":3,\"edition\":0}")),
        (
            "a line of a later version",
            pack(
                "{\"line\":\"closed\",\"v\":2,\"feed\":\"b\",\"number\":1,\"entries\":1,\"seen\":\"2024-08-28T13:00:00Z\"}\n",
            ),
        ),
        ("a line of another kind", pack("{\"line\":\"eclipse\",\"v\":1}\n")),
        ("a line of another form", pack("{\"line\":\"closed\",\"v\":1,\"feed\":1}\n")),
    ];
    for (what, bytes) in newer {
        let house = House::with_document(rss(&[item()]));
        house.update();
        house.write("archive/journal/2025-01-0002.jsonl.zst", bytes);
        let before = house.tree("archive/journal");
        for command in [&["update"][..], &["list"], &["verify"], &["compact"], &["export"], &["publish"]] {
            let ran = house.run(command);
            assert_eq!(ran.status, 3, "{what}, {command:?}: {}", ran.stderr);
            assert!(ran.stderr.contains("it was written by a newer version of depesche"), "{what}: {}", ran.stderr);
            assert!(ran.stderr.contains("hint: use that version"), "{what}: {}", ran.stderr);
        }
        assert_eq!(house.tree("archive/journal"), before, "{what}");
    }
}

#[test]
fn an_older_catalogue_is_made_again_and_a_newer_one_refused() {
    let schema = |house: &House, number: u8| {
        let db = sled::open(house.path("archive/catalogue")).unwrap();
        db.insert(b"mschema", &[number]).unwrap();
        db.flush().unwrap();
    };
    let house = House::with_document(rss(&[item()]));
    house.update();
    let published = house.published();
    for older in 1..=5 {
        schema(&house, older);
        let ran = house.run(&["update"]);
        assert_eq!(ran.status, 0, "{older}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("is made again from the journal: the catalogue is of another version"),
            "{}",
            ran.stderr
        );
        assert_eq!(house.published(), published);
        assert_eq!(house.run(&["update"]).good(), "1 source, 1 article: 0 new, 0 revised, 1 known; 0 feeds written\n");
    }
    fs::remove_dir_all(house.path("archive/catalogue.broken")).unwrap();
    schema(&house, 7);
    for command in [&["update"][..], &["verify"], &["compact"]] {
        let ran = house.run(command);
        assert_eq!(ran.status, 3);
        assert!(ran.stderr.contains("it was written by a newer version of depesche"), "{}", ran.stderr);
    }
    assert!(!house.there("archive/catalogue.broken"));
}

#[test]
fn a_catalogue_that_is_being_made_may_be_killed_and_goes_on() {
    let house = House::with_document("");
    for first in 0..3 {
        let names: Vec<[String; 2]> = (first * 400..first * 400 + 400)
            .map(|n| [format!("Nummer {n}"), format!("https://blatt.example/{n}")])
            .collect();
        let items: Vec<Item> = names.iter().map(|[title, link]| Item { title, link, ..item() }).collect();
        house.write("feeds/blatt/quelle", rss(&items));
        house.update();
    }
    let (list, published) = (house.list(), house.published());
    for milliseconds in [5, 20, 50, 80] {
        let mut child = house.command(crate::support::NOW, &["--quiet", "rebuild"]).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(milliseconds));
        let _ = child.kill();
        child.wait().unwrap();
        assert_eq!(house.list(), list);
        assert_eq!(house.run(&["update"]).status, 0, "after {milliseconds} ms");
        assert_eq!(house.published(), published);
        let verified = house.run(&["verify"]);
        assert_eq!(verified.status, 0, "after {milliseconds} ms: {}", verified.stderr);
    }
}
