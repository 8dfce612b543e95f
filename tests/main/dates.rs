//! Dates on their whole way: from the words of a document to what is published.

use crate::support::specimen::{Item, rss, text};
use crate::support::{House, reading};
use serde_json::{Value, json};

/// Words, the instant they mean at noon of 1 November 2024 in Berlin, and how exact it is.
const FORMS: [(&str, &str, &str); 22] = [
    ("Wed, 28 Aug 2024 14:30:05 +0200", "2024-08-28T14:30:05+02:00", "second"),
    ("Wed, 28 Aug 2024 12:30:05 GMT", "2024-08-28T12:30:05+00:00", "second"),
    ("2024-08-28T14:30:05+02:00", "2024-08-28T14:30:05+02:00", "second"),
    ("2024-08-28T12:30:05Z", "2024-08-28T12:30:05+00:00", "second"),
    ("2024-08-28 14:30", "2024-08-28T14:30:00+02:00", "minute"),
    ("2024-08-28", "2024-08-28T00:00:00+02:00", "day"),
    ("28. August 2024", "2024-08-28T00:00:00+02:00", "day"),
    ("28. August 2024, 14.30 Uhr", "2024-08-28T14:30:00+02:00", "minute"),
    ("28.08.2024, 14:30 Uhr", "2024-08-28T14:30:00+02:00", "minute"),
    ("28.8.24", "2024-08-28T00:00:00+02:00", "day"),
    ("Mi., 28. Aug. 2024", "2024-08-28T00:00:00+02:00", "day"),
    ("Mittwoch, 28. August 2024 um 14 Uhr", "2024-08-28T14:00:00+02:00", "minute"),
    ("Mi, 27 Mär 2024 07:30:00 MEZ", "2024-03-27T07:30:00+01:00", "second"),
    ("27. März 2024 07:30 MESZ", "2024-03-27T07:30:00+02:00", "minute"),
    ("6. Jänner 2024", "2024-01-06T00:00:00+01:00", "day"),
    ("gestern um 18:05", "2024-10-31T18:05:00+01:00", "minute"),
    ("28. August 2024, 24 Uhr", "2024-08-29T00:00:00+02:00", "minute"),
    // The clock goes from two to three: a time between is moved forward by the hour that is left out.
    ("31.03.2024, 02:30 Uhr", "2024-03-31T03:30:00+02:00", "minute"),
    // It goes from three back to two: a time between is the first of the two.
    ("27.10.2024, 02:30 Uhr", "2024-10-27T02:30:00+02:00", "minute"),
    // Summer time ends that night.
    ("27.10.2024, 12:00 Uhr", "2024-10-27T12:00:00+01:00", "minute"),
    ("2. November 2024", "2024-11-02T00:00:00+01:00", "day"),
    ("Erschienen am 28.08.2024 um 14:30", "2024-08-28T14:30:00+02:00", "minute"),
];

#[test]
fn german_dates_are_read_by_the_command() {
    let words: Vec<&str> = FORMS.iter().map(|(words, ..)| *words).collect();
    let house = House::empty();
    let ran = house.run(&[&["date"], words.as_slice()].concat());
    let expected: String = FORMS.iter().map(|(_, instant, _)| format!("{instant}\n")).collect();
    ran.is(0, &expected, "");
}

#[test]
fn german_dates_are_read_in_feeds() {
    let links: Vec<String> = (0..FORMS.len()).map(|n| format!("https://blatt.example/{n}")).collect();
    let items: Vec<Item> = FORMS
        .iter()
        .zip(&links)
        .map(|((words, ..), link)| Item { title: words, link, date: words, text: "Ein Satz.", ..Item::default() })
        .collect();
    let house = House::with_document(rss(&items));
    let object = house.extract("feeds/blatt/quelle");
    for (article, (words, instant, precision)) in object["articles"].as_array().unwrap().iter().zip(FORMS) {
        assert_eq!(
            (&article["published"], &article["published_precision"]),
            (&json!(instant), &json!(precision)),
            "{words}"
        );
    }
    house.update();
    for article in house.list() {
        let (words, instant, precision) = FORMS.iter().find(|(words, ..)| article["title"] == *words).unwrap();
        assert_eq!(
            (&article["published"], &article["published_precision"]),
            (&json!(instant), &json!(precision)),
            "{words}"
        );
    }
    for (entry, document) in ["pubDate", "published", "date_published"].iter().zip(reading::DOCUMENTS) {
        assert_eq!(
            house.read(&format!("public/blatt/{document}")).matches(*entry).count(),
            FORMS.len() * if document == "feed.json" { 1 } else { 2 }
        );
    }
}

#[test]
fn moments_that_feeds_count_in_seconds_or_milliseconds_are_read() {
    for (counted, instant) in [
        ("1730000000", json!("2024-10-27T03:33:20+00:00")),
        ("1730000000123", json!("2024-10-27T03:33:20+00:00")),
        ("17300000001", Value::Null),
    ] {
        let house = House::empty().file("feed.xml", rss(&[Item { title: "Eins", date: counted, ..Item::default() }]));
        let found = house.extract("feed.xml");
        assert_eq!(found["articles"][0]["published"], instant, "{counted}");
    }
    let item = json!({"id": "1", "title": "Eins", "date_published": 1_730_000_000});
    let feed = json!({"version": "https://jsonfeed.org/version/1.1", "title": "Blatt", "items": [item]});
    let house = House::empty().file("feed.json", feed.to_string());
    let found = house.extract("feed.json");
    assert_eq!(found["articles"][0]["published"], "2024-10-27T03:33:20+00:00");
}

#[test]
fn german_dates_are_read_in_texts() {
    let house = House::empty();
    for (words, instant, precision) in FORMS {
        // A line with the counter of a page stands beside such dates, not beside those of machines.
        if words.contains("GMT") || words.contains('+') || words.contains('T') {
            continue;
        }
        house.write("artikel.txt", text("Der Marktplatz", words, "den Marktplatz"));
        let article = &house.extract("artikel.txt")["articles"][0];
        assert_eq!(
            (&article["published"], &article["published_precision"]),
            (&json!(instant), &json!(precision)),
            "{words}"
        );
    }
}

#[test]
fn what_is_no_date_is_none() {
    let words = [
        "2024",
        "10.–12. August 2024",
        "3,50 Euro",
        "2:1 (1:0)",
        "Version 1.2.24",
        "31. Februar 2024",
        "30.02.2024",
        "0800 123456",
        "§ 12 Abs. 3",
        "Hallo",
        "",
        "25:61 Uhr",
        "32.13.2024",
    ];
    let house = House::empty();
    let ran = house.run(&[&["date"], words.as_slice()].concat());
    ran.is(1, &"none\n".repeat(words.len()), "");
}

#[test]
fn undated_article_keeps_the_time_it_was_first_seen() {
    let undated = Item { title: "Ohne Datum", link: "https://blatt.example/1", text: "Ein Satz.", ..Item::default() };
    let house = House::with_document(rss(&[undated]));
    house.update();
    let before = house.only();
    assert_eq!(
        (&before["published"], &before["published_precision"]),
        (&json!("2024-11-01T11:00:00+00:00"), &Value::Null)
    );
    let published = house.published();
    house.update_at("2024-12-24T18:00:00+01:00");
    assert_eq!(house.only(), before);
    assert_eq!(house.published(), published);
    // Not even an edit moves it, nor a date that the source gives later.
    house.write(
        "feeds/blatt/quelle",
        rss(&[Item { text: "Ein anderer Satz.", date: "Mon, 23 Dec 2024 08:00:00 +0100", ..undated }]),
    );
    house.update_at("2024-12-25T18:00:00+01:00");
    let after = house.only();
    assert_eq!((&after["published"], &after["revision"]), (&before["published"], &json!(2)));
    let json: Value = serde_json::from_str(&house.read("public/blatt/feed.json")).unwrap();
    assert_eq!(json["items"][0]["_depesche"], json!({"published_precision": null}));
}

#[test]
fn a_date_more_than_a_day_ahead_is_none() {
    let table = [
        ("Sat, 02 Nov 2024 11:00:00 +0100", "second"),
        ("Sat, 02 Nov 2024 12:00:01 +0100", ""),
        ("Mon, 01 Jan 2035 00:00:00 +0100", ""),
        ("28.08.2204", ""),
    ];
    for (date, precision) in table {
        let house = House::with_document(rss(&[Item {
            title: "Bald",
            link: "https://blatt.example/1",
            date,
            text: "Ein Satz.",
            ..Item::default()
        }]));
        house.update();
        let expected = if precision.is_empty() { Value::Null } else { json!(precision) };
        assert_eq!(house.only()["published_precision"], expected, "{date}");
        assert_eq!(house.only()["published"] == "2024-11-01T11:00:00+00:00", precision.is_empty(), "{date}");
    }
}

#[test]
fn dates_that_name_no_zone_have_that_of_their_feed() {
    let item = Item {
        title: "Eins",
        link: "https://blatt.example/1",
        date: "28.08.2024, 14:30 Uhr",
        text: "Ein Satz.",
        ..Item::default()
    };
    let stated = Item {
        title: "Zwei",
        link: "https://blatt.example/2",
        date: "Wed, 28 Aug 2024 14:30:00 +0500",
        text: "Ein Satz.",
        ..Item::default()
    };
    let house = House::empty();
    for (name, zone) in [("berlin", ""), ("london", "zone = \"Europe/London\"\n"), ("tokio", "zone = \"Asia/Tokyo\"\n")]
    {
        let (one, two) = (format!("https://{name}.example/1"), format!("https://{name}.example/2"));
        house.write(&format!("feeds/{name}/feed.toml"), format!("{zone}[[source]]\npath = \"quelle\"\n"));
        house
            .write(&format!("feeds/{name}/quelle"), rss(&[Item { link: &one, ..item }, Item { link: &two, ..stated }]));
    }
    house.update();
    for (name, offset) in [("berlin", "+02:00"), ("london", "+01:00"), ("tokio", "+09:00")] {
        let list = house.run(&["list", "--json", "--feed", name]).objects();
        let of = |title: &str| list.iter().find(|article| article["title"] == title).unwrap()["published"].clone();
        assert_eq!(of("Eins"), format!("2024-08-28T14:30:00{offset}"), "{name}");
        assert_eq!(of("Zwei"), "2024-08-28T14:30:00+05:00", "{name}");
    }
}

#[test]
fn the_zone_of_the_settings_holds_for_feeds_that_name_none() {
    let item = Item {
        title: "Eins",
        link: "https://blatt.example/1",
        date: "28.08.2024, 14:30 Uhr",
        text: "Ein Satz.",
        ..Item::default()
    };
    let house = House::with_document(rss(&[item])).file("depesche.toml", "zone = \"Europe/Lisbon\"\n");
    house.update();
    assert_eq!(house.only()["published"], "2024-08-28T14:30:00+01:00");
    house.run(&["date", "--zone", "Europe/Lisbon", "28.08.2024, 14:30 Uhr"]).is(0, "2024-08-28T14:30:00+01:00\n", "");
}

#[test]
fn a_relative_date_is_fixed_at_first_sight_and_makes_no_revision() {
    let house = House::with_document(rss(&[Item {
        title: "Eben",
        link: "https://blatt.example/1",
        date: "vor 3 Stunden",
        text: "Ein Satz.",
        ..Item::default()
    }]));
    house.update();
    assert_eq!(house.only()["published"], "2024-11-01T09:00:00+01:00");
    assert_eq!(
        house.update_at("2024-11-03T12:00:00+01:00"),
        "1 source, 1 article: 0 new, 0 revised, 1 known; 0 feeds written"
    );
    assert_eq!(house.only()["published"], "2024-11-01T09:00:00+01:00");
}

#[test]
fn a_weekday_that_contradicts_its_date_loses_to_a_sound_one() {
    let front =
        |date: &str, updated: &str| format!("---\ntitle: Eins\ndate: {date}\nupdated: {updated}\n---\n\nEin Satz.\n");
    let house = House::empty().file("a.md", front("28. August 2024", "29. August 2024"));
    let article = &house.extract("a.md")["articles"][0];
    assert_eq!(
        (&article["published"], &article["updated"]),
        (&json!("2024-08-28T00:00:00+02:00"), &json!("2024-08-29T00:00:00+02:00"))
    );
    // 28 August 2024 was a Wednesday.
    let feed = rss(&[Item {
        title: "Eins",
        link: "https://blatt.example/1",
        date: "Freitag, 28. August 2024",
        text: "Ein Satz.",
        ..Item::default()
    }])
    .replace("</item>", "<dc:date>2024-08-23T10:00:00+02:00</dc:date></item>");
    house.write("feed.xml", feed);
    assert_eq!(house.extract("feed.xml")["articles"][0]["published"], "2024-08-23T10:00:00+02:00");
}

/// The rows of the tables of a Markdown file: the cells, with `\|` read as the character.
fn rows(markdown: &str) -> Vec<Vec<String>> {
    let row = |line: &str| -> Vec<String> {
        let line = line.replace("\\|", "\u{1}");
        line.trim_matches('|').split('|').map(|cell| cell.trim().replace('\u{1}', "|")).collect()
    };
    markdown.lines().filter(|line| line.starts_with("| `")).map(row).collect()
}

#[test]
fn every_form_in_the_documentation_is_read_as_it_says() {
    let documentation = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/dates.md");
    let rows = rows(&std::fs::read_to_string(documentation).unwrap());
    assert!(rows.len() > 100, "{} rows", rows.len());
    let texts: Vec<&str> = rows.iter().map(|row| row[0].trim_matches('`')).collect();
    let mut arguments = vec!["date", "--json"];
    arguments.extend(&texts);
    let ran = House::empty().at("2024-08-28T14:30:00+02:00", &arguments);
    assert_eq!(ran.stdout.lines().count(), rows.len());
    for (row, line) in rows.iter().zip(ran.stdout.lines()) {
        let answer: serde_json::Value = serde_json::from_str(line).unwrap();
        match row.as_slice() {
            [_, yields, precision, zone, note] => {
                assert_eq!(answer["output"], yields.as_str(), "{row:?}");
                assert_eq!(answer["precision"], precision.as_str(), "{row:?}");
                assert_eq!(answer["zone"], zone.as_str(), "{row:?}");
                if let Some(role) = note.strip_prefix("role ") {
                    assert_eq!(answer["role"], role, "{row:?}");
                }
            }
            [_, _why] => assert_eq!(answer["output"], "none", "{row:?}"),
            other => panic!("{other:?}"),
        }
    }
}
