//! What a person sees who asks.

use crate::support::House;
use crate::support::specimen::{Item, markdown, rss};

fn kept() -> House {
    let dated = Item {
        title: "Störche sind zurück",
        link: "https://blatt.example/1",
        date: "Wed, 28 Aug 2024 14:30:00 +0200",
        author: "Wiebke Harms",
        text: "Ein Satz.",
        ..Item::default()
    };
    let house = House::with_document(rss(&[dated]))
        .feed("bote", "[[source]]\npath = \"notiz.md\"\n")
        .file("feeds/bote/notiz.md", markdown("title: Notiz", "Erster Absatz.\n\nZweiter Absatz:\n\n- eins\n- zwei"));
    house.update();
    house
}

#[test]
fn list_prints_a_line_an_article_newest_first() {
    let house = kept();
    let ids: Vec<String> = house.listed("id").iter().map(|id| id.as_str().unwrap()[..8].to_owned()).collect();
    house.run(&["list"]).is(
        0,
        &format!(
            "2024-11-01 11:00  {}  bote  Notiz\n2024-08-28 14:30  {}  blatt  Störche sind zurück\n",
            ids[0], ids[1]
        ),
        "",
    );
    house.run(&["list", "--feed", "blatt"]).is(
        0,
        &format!("2024-08-28 14:30  {}  blatt  Störche sind zurück\n", ids[1]),
        "",
    );
}

#[test]
fn list_of_an_empty_archive_is_empty() {
    House::empty().run(&["list"]).is(0, "", "");
}

#[test]
fn show_prints_an_article_for_reading() {
    let house = kept();
    let ids = house.listed("id");
    house.run(&["show", ids[1].as_str().unwrap()]).is(
        0,
        "Störche sind zurück\n2024-08-28 14:30 +02:00 · Wiebke Harms\nhttps://blatt.example/1\nEin Satz.\n",
        "",
    );
    let shown = house.run(&["show", ids[0].as_str().unwrap()]).good();
    assert!(shown.ends_with("Erster Absatz.\n\nZweiter Absatz:\n\neins\nzwei\n"), "{shown}");
}

#[test]
fn asking_makes_and_changes_nothing() {
    let house = kept();
    let before = house.tree("");
    for arguments in [
        &["list"][..],
        &["list", "--json"],
        &["show", house.listed("id")[0].as_str().unwrap()],
        &["extract", "feeds"],
        &["date", "gestern"],
    ] {
        house.run(arguments);
    }
    assert_eq!(house.tree(""), before);
    let empty = House::empty();
    empty.run(&["list"]);
    assert_eq!(empty.tree("").len(), 0);
}

#[test]
fn without_a_terminal_there_is_no_progress_display() {
    let house = House::with_files(&[("a.md", "# Eins\n\nEin Satz.\n"), ("b.md", "# Zwei\n\nEin Satz.\n")]);
    assert_eq!(house.run(&["update"]).stderr, "");
}

#[test]
fn show_takes_the_id_as_feeds_carry_it_and_no_mere_dashes() {
    let house = kept();
    let id = house.listed("id")[0].as_str().unwrap().to_owned();
    let shown = house.run(&["show", &id]);
    assert!(shown.status == 0 && shown.stdout.starts_with("Notiz\n"), "{}", shown.stdout);
    assert_eq!(house.run(&["show", &format!("urn:uuid:{id}")]), shown);
    let dashes = house.run(&["show", "a---"]);
    assert_eq!((dashes.status, dashes.stdout.as_str()), (2, ""));
}
