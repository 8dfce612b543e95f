//! The archive after mishaps, and as other programs read it.

use crate::support::House;
use crate::support::specimen::{Item, rss, story, text};
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::path::Path;

const JOURNAL: &str = "archive/journal/2024-11-0001.jsonl.zst";

/// A folder with an article in three revisions and another one.
fn kept() -> House {
    let item = Item { title: "Eins", link: "https://blatt.example/1", text: "Ein Satz.", ..Item::default() };
    let other = Item {
        title: "Zwei",
        link: "https://blatt.example/2",
        date: "Wed, 28 Aug 2024 14:30:00 +0200",
        text: "Ein Satz.",
        ..Item::default()
    };
    let house = House::with_document(rss(&[item, other]));
    house.update();
    for (day, text) in [("2024-11-02T12:00:00Z", "Ein zweiter Satz."), ("2024-11-03T12:00:00Z", "Ein dritter Satz.")] {
        house.write("feeds/blatt/quelle", rss(&[Item { text, ..item }, other]));
        house.update_at(day);
    }
    house
}

#[test]
fn the_journal_is_json_lines_that_zstdcat_reads() {
    let house = kept();
    let lines = house.journal();
    let titles: Vec<(&Value, &Value)> =
        lines.iter().map(|line| (&line["article"]["title"], &line["revision"])).collect();
    assert_eq!(
        titles,
        [
            (&json!("Eins"), &json!(1)),
            (&json!("Zwei"), &json!(1)),
            (&json!("Eins"), &json!(2)),
            (&json!("Eins"), &json!(3))
        ]
    );
    for line in &lines {
        assert_eq!((&line["line"], &line["v"], &line["feed"]), (&json!("revision"), &json!(1), &json!("blatt")));
    }
    assert_eq!(lines[0]["keys"][0], json!({"kind": "link", "value": "blatt.example/1"}));
    let Ok(cat) = std::process::Command::new("zstdcat").arg(house.path(JOURNAL)).output() else {
        return println!("skipped: zstdcat is not installed");
    };
    assert!(cat.status.success());
    let read: Vec<Value> =
        String::from_utf8(cat.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(read, lines);
}

#[test]
fn a_run_that_keeps_nothing_writes_no_journal() {
    let house = House::empty().feed("blatt", "[[source]]\npath = \"fehlt\"\n");
    house.run(&["update"]);
    assert_eq!(house.tree("archive/journal").len(), 0);
}

#[test]
fn a_torn_last_write_is_cut_off_and_kept_aside() {
    let sound = kept();
    let bytes = fs::read(sound.path(JOURNAL)).unwrap();
    let garbage = [&bytes[..], b"(\xB5/\xFD halb geschrieben"].concat();
    let (list, published) = (sound.list(), sound.published());
    let house = kept();
    fs::write(house.path(JOURNAL), &garbage).unwrap();
    // Reading sees what is complete, and mends nothing.
    assert_eq!(house.list(), list);
    assert_eq!(fs::read(house.path(JOURNAL)).unwrap(), garbage);
    let ran = house.at("2024-11-04T12:00:00Z", &["update"]);
    let torn = garbage.len() - bytes.len();
    ran.is(
        0,
        "1 source, 2 articles: 0 new, 0 revised, 2 known; 0 feeds written\n",
        &format!("depesche: the last write to `{JOURNAL}` was cut short: its {torn} bytes lie in `torn` now, nothing acknowledged is lost\n"),
    );
    assert_eq!(fs::read(house.path(JOURNAL)).unwrap(), bytes);
    let aside = house.path(&format!("archive/journal/torn/2024-11-0001.jsonl.zst-{}", bytes.len()));
    assert_eq!(fs::read(aside).unwrap(), &garbage[bytes.len()..]);
    assert_eq!((house.list(), house.published()), (list, published));
    assert_eq!(house.at("2024-11-05T12:00:00Z", &["update"]).stderr, "", "it is said once");
}

#[test]
fn a_journal_that_lost_its_end_is_mended_and_what_is_missing_is_read_again() {
    let house = kept();
    let bytes = fs::read(house.path(JOURNAL)).unwrap();
    // Within the last frame: the third revision is torn.
    fs::write(house.path(JOURNAL), &bytes[..bytes.len() - 7]).unwrap();
    let ran = house.at("2024-11-04T12:00:00Z", &["update"]);
    // What the catalogue had seen was acknowledged: its loss is a failure, and no notice.
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("cannot be read: what they held is lost"), "{}", ran.stderr);
    assert!(ran.stderr.contains("it has seen more than the journal holds"), "{}", ran.stderr);
    assert_eq!(ran.closing(), "1 source, 2 articles: 0 new, 1 revised, 1 known; 1 feed written");
    let list = house.list();
    assert_eq!((&list[0]["title"], &list[0]["revision"]), (&json!("Eins"), &json!(3)));
    assert_eq!(house.at("2024-11-05T12:00:00Z", &["update"]).stderr, "");
}

#[test]
fn a_damaged_stretch_in_the_middle_is_named_and_the_rest_is_read() {
    let house = kept();
    let mut bytes = fs::read(house.path(JOURNAL)).unwrap();
    let magic = [0x28, 0xB5, 0x2F, 0xFD];
    let frames: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(&magic)).collect();
    assert_eq!(frames.len(), 3, "one frame a run");
    bytes[frames[1] + 20] ^= 0xFF;
    fs::write(house.path(JOURNAL), &bytes).unwrap();
    fs::remove_dir_all(house.path("archive/catalogue")).unwrap();
    let ran = house.at("2024-11-04T12:00:00Z", &["update"]);
    let length = frames[2] - frames[1];
    ran.is(
        1,
        "1 source, 2 articles: 0 new, 0 revised, 2 known; 0 feeds written\n",
        &format!(
            "depesche: cannot use the archive `{JOURNAL}`: {length} bytes at {} cannot be read: what they held is lost\n\
             hint: the rest is sound; put a backup of this file in its place and remove the folder `catalogue`\n\
             depesche: 3 lines of the journal taken into the catalogue again\n",
            frames[1]
        ),
    );
    assert_eq!(house.list()[0]["revision"], 3);
    assert_eq!(house.at("2024-11-05T12:00:00Z", &["update"]).stderr, "", "it is said once");
}

#[test]
fn a_deleted_catalogue_is_made_again_from_the_journal() {
    let house = kept();
    let (list, published) = (house.list(), house.published());
    fs::remove_dir_all(house.path("archive/catalogue")).unwrap();
    fs::remove_dir_all(house.path("public")).unwrap();
    house.at("2024-12-01T12:00:00Z", &["update"]).is(
        0,
        "blatt: 2 entries in public/blatt/ (rss.xml, atom.xml, feed.json)\n\
         1 source, 2 articles: 0 new, 0 revised, 2 known; 1 feed written\n",
        "depesche: 4 lines of the journal taken into the catalogue again\n",
    );
    assert_eq!((house.list(), house.published()), (list, published));
}

#[test]
fn a_catalogue_that_cannot_be_read_is_moved_aside_and_made_again() {
    let house = kept();
    let published = house.published();
    for name in house.tree("archive/catalogue").into_keys() {
        fs::write(house.path("archive/catalogue").join(name), b"kaputt").unwrap();
    }
    let ran = house.at("2024-12-01T12:00:00Z", &["update"]);
    assert_eq!(
        (ran.status, ran.closing()),
        (0, "1 source, 2 articles: 0 new, 0 revised, 2 known; 0 feeds written"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.starts_with(
            "depesche: the catalogue was moved to `archive/catalogue.broken` and is made again from the journal: "
        ),
        "{}",
        ran.stderr
    );
    assert!(house.there("archive/catalogue.broken"));
    assert_eq!(house.published(), published);
    assert_eq!(house.at("2024-12-02T12:00:00Z", &["update"]).stderr, "");
}

#[test]
fn lines_that_the_catalogue_has_not_seen_are_taken_in() {
    // As after a kill between the journal and the catalogue: the journal of a later run beside the catalogue of an earlier one.
    let house = House::with_document(rss(&[Item {
        title: "Eins",
        link: "https://blatt.example/1",
        text: "Ein Satz.",
        ..Item::default()
    }]));
    house.update();
    let early = house.tree("archive/catalogue");
    house.write(
        "feeds/blatt/quelle",
        rss(&[Item { title: "Zwei", link: "https://blatt.example/2", text: "Ein Satz.", ..Item::default() }]),
    );
    house.update();
    let published = house.published();
    fs::remove_dir_all(house.path("archive/catalogue")).unwrap();
    for (name, (bytes, _)) in early {
        house.write(&format!("archive/catalogue/{name}"), bytes);
    }
    house.run(&["update"]).is(
        0,
        "1 source, 1 article: 0 new, 0 revised, 1 known; 0 feeds written\n",
        "depesche: 1 line of the journal taken into the catalogue again\n",
    );
    assert_eq!(house.published(), published);
}

#[test]
fn files_end_with_the_month_and_their_numbers_run_on() {
    let house = House::with_document("");
    let months = [
        "2024-11-01T12:00:00Z",
        "2024-11-30T12:00:00Z",
        "2024-12-01T12:00:00Z",
        "2024-10-01T12:00:00Z",
        "2025-01-01T12:00:00Z",
    ];
    for (n, now) in months.into_iter().enumerate() {
        let (title, link) = (format!("Nummer {n}"), format!("https://blatt.example/{n}"));
        house.write(
            "feeds/blatt/quelle",
            rss(&[Item { title: &title, link: &link, text: "Ein Satz.", ..Item::default() }]),
        );
        house.update_at(now);
    }
    let files: Vec<String> = house.tree("archive/journal").into_keys().collect();
    // The third run's clock was set back: its file still comes behind the others.
    assert_eq!(
        files,
        ["2024-10-0003.jsonl.zst", "2024-11-0001.jsonl.zst", "2024-12-0002.jsonl.zst", "2025-01-0004.jsonl.zst"]
    );
    let published = house.published();
    fs::remove_dir_all(house.path("archive/catalogue")).unwrap();
    assert_eq!(house.at("2025-01-02T12:00:00Z", &["update"]).status, 0);
    assert_eq!(house.published(), published);
}

#[test]
fn many_articles_of_one_run_are_all_read_back() {
    // More than one frame holds.
    let house = House::with_files(&[]);
    for n in 0..60 {
        let long: String = (0..10).map(|m| format!("{}\n\n", story(&format!("Nummer {n}-{m}")))).collect();
        house.write(
            &format!("feeds/blatt/artikel/{n:02}.md"),
            format!("---\ntitle: Nummer {n}\ndate: 2024-08-{:02}\n---\n\n{long}", n % 28 + 1),
        );
    }
    assert_eq!(house.update(), "1 source, 60 articles: 60 new, 0 revised, 0 known; 1 feed written");
    let bytes = fs::read(house.path(JOURNAL)).unwrap();
    let frames = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(&[0x28, 0xB5, 0x2F, 0xFD])).count();
    assert!(frames > 1, "all lines are in one frame");
    fs::remove_dir_all(house.path("public")).unwrap();
    house.run(&["publish"]).good();
    for article in house.list().iter().step_by(6) {
        let shown = house.show(article["id"].as_str().unwrap());
        let number = article["title"].as_str().unwrap();
        assert!(shown["text"].as_str().unwrap().starts_with(&format!("Über {number}-0 wird")), "{number}");
    }
}

/// Lines as the first version wrote them, kept as they are: they stay readable for good. A change of form gets a version and
/// a file of its own.
fn frozen() -> String {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/main/frozen");
    fs::read_to_string(dir.join("journal-v1.jsonl")).unwrap()
}

#[test]
fn a_journal_of_version_1_is_still_read() {
    let house = House::empty().feed("blatt", "title = \"Blatt\"\n[[source]]\npath = \"quelle\"\n");
    let lines = frozen();
    // Two frames, as two runs leave them.
    let second = lines.match_indices('\n').nth(2).unwrap().0 + 1;
    let pack = |text: &str| zstd::bulk::compress(text.as_bytes(), 19).unwrap();
    house.write("archive/journal/2024-08-0001.jsonl.zst", [pack(&lines[..second]), pack(&lines[second..])].concat());
    assert_eq!(
        house.list(),
        [
            json!({
                "id": "fedcba98-7654-8121-8fed-cba987654321", "feed": "blatt", "feeds": ["blatt"], "title": "Ohne Datum",
                "link": null, "published": "2024-08-28T13:00:00+00:00", "published_precision": null,
                "updated": "2024-08-28T13:00:00+00:00", "authors": [], "first_seen": "2024-08-28T13:00:00+00:00", "revision": 1,
            }),
            json!({
                "id": "01234567-89ab-81cd-8ef0-123456789abc", "feed": "blatt", "feeds": ["blatt", "bote"], "title": "Der Marktplatz, neu",
                "link": "https://blatt.example/markt", "published": "2024-08-28T14:30:00+02:00", "published_precision": "minute",
                "updated": "2024-08-30T06:00:00+00:00", "authors": ["Wiebke Harms"], "first_seen": "2024-08-28T13:00:00+00:00", "revision": 2,
            }),
        ]
    );
    let shown = house.show("0123456789ab");
    assert_eq!(shown["text"], "Der Rat hat noch einmal entschieden.");
    assert_eq!(shown["revisions"][0]["text"], "Der Rat hat entschieden.");
    // The keys of its articles still count.
    house.write(
        "feeds/blatt/quelle",
        rss(&[Item {
            title: "Der Marktplatz, neu",
            link: "http://www.blatt.example/markt/",
            author: "Wiebke Harms",
            text: "Der Rat hat noch einmal entschieden.",
            ..Item::default()
        }]),
    );
    let ran = house.run(&["update"]);
    assert_eq!((ran.status, ran.closing()), (0, "1 source, 1 article: 0 new, 0 revised, 1 known; 1 feed written"));
    assert_eq!(ran.stderr, "depesche: 5 lines of the journal taken into the catalogue again\n");
    assert!(house.read("public/blatt/atom.xml").contains("<id>urn:uuid:01234567-89ab-81cd-8ef0-123456789abc</id>"));
}

#[test]
fn what_is_written_today_has_the_form_of_the_frozen_lines() {
    let frozen: Vec<Value> = frozen().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let item = Item {
        title: "Eins",
        link: "https://blatt.example/1",
        guid: "1",
        date: "28.08.2024, 14:30 Uhr",
        author: "Wiebke Harms",
        text: "Ein Satz.",
    };
    let house = House::with_document(rss(&[item])).feed("bote", "[[source]]\npath = \"../blatt/quelle\"\n");
    house.update();
    let written = house.journal();
    assert_eq!(names(&written[0]), names(&frozen[0]));
    assert_eq!(names(&written[0]["article"]), names(&frozen[0]["article"]));
    assert_eq!(names(&written[0]["article"]["published"]), names(&frozen[0]["article"]["published"]));
    let place = |lines: &[Value]| lines.iter().find(|line| line["line"] == "place").map(names);
    assert_eq!(place(&written), place(&frozen));
}

fn names(object: &Value) -> Vec<String> {
    object.as_object().unwrap().keys().cloned().collect()
}

#[test]
fn an_archive_is_read_while_another_process_writes() {
    let house = kept();
    let list = house.list();
    let lock = fs::File::options().write(true).open(house.path("archive/lock")).unwrap();
    lock.lock().unwrap();
    // A frame in the making.
    let mut journal = fs::File::options().append(true).open(house.path(JOURNAL)).unwrap();
    journal.write_all(&[0x28, 0xB5, 0x2F, 0xFD, 0x24]).unwrap();
    assert_eq!(house.list(), list);
    assert_eq!(house.show(list[0]["id"].as_str().unwrap())["revision"], 3);
}

#[test]
fn the_limit_holds_for_what_is_published_and_not_for_what_is_kept() {
    let house = House::with_files(&[])
        .file("feeds/blatt/feed.toml", "limit = 2\n[[source]]\npath = \"artikel\"\n")
        .file("depesche.toml", "base = \"https://feeds.example/\"\n");
    for day in 1..=4 {
        house.write(
            &format!("feeds/blatt/artikel/{day}.txt"),
            text(&format!("Tag {day}"), &format!("{day}. August 2024"), &format!("Tag {day}")),
        );
    }
    house.update();
    let titles: Vec<String> =
        crate::support::reading::agreed(&house, "blatt").into_iter().map(|entry| entry.title).collect();
    assert_eq!(titles, ["Tag 4", "Tag 3"]);
    assert_eq!(house.listed("title"), ["Tag 4", "Tag 3", "Tag 2", "Tag 1"]);
}

#[test]
fn a_turned_bit_that_asks_for_a_dictionary_does_not_lock_the_archive() {
    for bits in 1..=3 {
        let house = kept();
        let listed = house.list();
        let mut bytes = fs::read(house.path(JOURNAL)).unwrap();
        let frame = bytes.windows(4).position(|four| four == [0x28, 0xB5, 0x2F, 0xFD]).unwrap();
        // Dictionary_ID_flag in the frame's descriptor (RFC 8878, section 3.1.1.1.1).
        bytes[frame + 4] |= bits;
        fs::write(house.path(JOURNAL), bytes).unwrap();
        fs::remove_dir_all(house.path("archive/catalogue")).unwrap();
        assert_eq!(house.run(&["update"]).status, 0, "{bits}");
        assert_eq!(house.list(), listed, "{bits}");
        assert_eq!(house.show(listed[0]["id"].as_str().unwrap())["id"], listed[0]["id"]);
    }
}
