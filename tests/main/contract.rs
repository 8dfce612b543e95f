//! What other programs rely on: the keys of the JSON lines and the types of their values, no more and no fewer.

use crate::support::House;
use crate::support::specimen::{Item, page, rss, story};
use serde_json::{Value, json};

/// Names and types of an object's values, sorted by name.
fn form(object: &Value) -> Vec<(&str, &str)> {
    let kind = |value: &Value| match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    };
    let mut form: Vec<_> =
        object.as_object().expect("an object").iter().map(|(name, value)| (name.as_str(), kind(value))).collect();
    form.sort_unstable();
    form
}

const ENCLOSURE: &str = "<item><title>Mit Ton</title><link>https://blatt.example/ton</link><guid isPermaLink=\"false\">ton-1</guid>\
    <author>redaktion@blatt.example (Wiebke Harms)</author><pubDate>Wed, 28 Aug 2024 14:30:00 +0200</pubDate>\
    <category>Musik</category><description>Ein Ständchen.</description>\
    <enclosure url=\"https://blatt.example/ton.mp3\" type=\"audio/mpeg\" length=\"4711\"/></item></channel>";

#[test]
fn extract_prints_one_object_a_document_with_these_keys() {
    let feed = rss(&[]).replace("</channel>", ENCLOSURE);
    let house = House::empty().file("feed.xml", feed);
    let object = house.extract("feed.xml");
    assert_eq!(
        form(&object),
        [
            ("articles", "list"),
            ("feed", "object"),
            ("feeds", "list"),
            ("file", "string"),
            ("kind", "string"),
            ("next", "null"),
            ("url", "null"),
            ("warnings", "list")
        ]
    );
    assert_eq!((object["file"].as_str(), object["kind"].as_str()), (Some("feed.xml"), Some("feed")));
    assert_eq!(
        form(&object["feed"]),
        [
            ("authors", "list"),
            ("id", "null"),
            ("language", "null"),
            ("link", "string"),
            ("subtitle", "string"),
            ("tags", "list"),
            ("title", "string"),
            ("updated", "null"),
        ]
    );
    assert_eq!(
        form(&object["articles"][0]),
        [
            ("authors", "list"),
            ("enclosures", "list"),
            ("html", "string"),
            ("id", "string"),
            ("language", "null"),
            ("link", "string"),
            ("published", "string"),
            ("published_precision", "string"),
            ("summary", "string"),
            ("tags", "list"),
            ("teaser", "bool"),
            ("text", "string"),
            ("title", "string"),
            ("updated", "null"),
        ]
    );
    let article = &object["articles"][0];
    assert_eq!(article["title"], "Mit Ton");
    assert_eq!(article["authors"], json!(["Wiebke Harms"]));
    assert_eq!(article["published"], "2024-08-28T14:30:00+02:00");
    assert_eq!(article["published_precision"], "second");
    assert_eq!(article["link"], "https://blatt.example/ton");
    assert_eq!(article["tags"], json!(["Musik"]));
    assert_eq!(
        article["enclosures"],
        json!([{"url": "https://blatt.example/ton.mp3", "media_type": "audio/mpeg", "length": 4711}])
    );
}

#[test]
fn extract_names_files_as_given_and_those_of_a_folder_by_their_path_below_it() {
    let house = House::empty()
        .file("seiten/a.md", "# Eins\n\nEin kurzer Satz.\n")
        .file("seiten/tief/b.md", "# Zwei\n\nEin kurzer Satz.\n")
        .file("c.md", "# Drei\n\nEin kurzer Satz.\n");
    let ran = house.run(&["extract", "seiten", "./c.md", "seiten/a.md"]);
    let files: Vec<Value> = ran.objects().iter().map(|object| object["file"].clone()).collect();
    assert_eq!(files, ["a.md", "tief/b.md", "./c.md", "seiten/a.md"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
}

#[test]
fn extract_takes_addresses_of_files_from_a_table() {
    let body = format!("<p>{}</p><p><a href=\"/mehr\">Mehr</a> davon.</p>", story("den Marktplatz"));
    let house = House::empty()
        .file("seiten/a.html", page("Der Marktplatz", "", "2024-08-28T14:30:00+02:00", &body))
        .file("urls.tsv", "a.html\thttps://blatt.example/markt/\n");
    let object = house.run(&["extract", "--urls", "urls.tsv", "seiten"]).objects().remove(0);
    assert_eq!(object["url"], "https://blatt.example/markt/");
    let html = object["articles"][0]["html"].as_str().unwrap();
    assert!(html.contains("href=\"https://blatt.example/mehr\""), "{html}");
}

#[test]
fn extract_prints_an_object_for_what_it_cannot_understand_too_and_ends_with_1() {
    let house = House::empty().file("leer.txt", "").file("gut.md", "# Gut\n\nEin kurzer Satz.\n");
    let ran = house.run(&["extract", "leer.txt", "fehlt.txt", "gut.md"]);
    assert_eq!(ran.status, 1);
    let objects = ran.objects();
    let kinds: Vec<(&Value, &Value)> = objects.iter().map(|object| (&object["file"], &object["kind"])).collect();
    assert_eq!(
        kinds,
        [
            (&json!("leer.txt"), &json!("unknown")),
            (&json!("fehlt.txt"), &json!("unknown")),
            (&json!("gut.md"), &json!("article")),
        ]
    );
    assert_eq!(objects[0]["articles"], json!([]));
    assert_eq!(objects[0]["feed"], Value::Null);
    assert_eq!(ran.stderr.matches("depesche: cannot read `").count(), 2, "{}", ran.stderr);
}

#[test]
fn extract_keeps_nothing() {
    let house = House::with_files(&[("a.md", "# Eins\n\nEin kurzer Satz.\n")]);
    house.extract("feeds/blatt/artikel/a.md");
    assert!(!house.there("archive") && !house.there("public"));
}

#[test]
fn list_prints_one_object_an_article_with_these_keys() {
    let house = House::with_document(rss(&[
        Item {
            title: "Neu",
            link: "https://blatt.example/neu",
            date: "Wed, 28 Aug 2024 14:30:00 +0200",
            author: "Wiebke Harms",
            text: "Ein Satz.",
            ..Item::default()
        },
        Item { title: "Ohne Datum", guid: "2", text: "Noch ein Satz.", ..Item::default() },
    ]));
    house.update();
    let list = house.list();
    let form_of = |link, precision| {
        [
            ("authors", "list"),
            ("feed", "string"),
            ("feeds", "list"),
            ("first_seen", "string"),
            ("id", "string"),
            ("link", link),
            ("published", "string"),
            ("published_precision", precision),
            ("revision", "number"),
            ("title", "string"),
            ("updated", "string"),
        ]
    };
    assert_eq!(list.len(), 2);
    assert_eq!(form(&list[0]), form_of("null", "null"));
    assert_eq!(form(&list[1]), form_of("string", "string"));
    let id = list[1]["id"].clone();
    assert_eq!(
        list[1],
        json!({
            "id": id, "feed": "blatt", "feeds": ["blatt"], "title": "Neu", "link": "https://blatt.example/neu",
            "published": "2024-08-28T14:30:00+02:00", "published_precision": "second",
            "updated": "2024-08-28T14:30:00+02:00", "authors": ["Wiebke Harms"],
            "first_seen": "2024-11-01T11:00:00+00:00", "revision": 1,
        })
    );
}

#[test]
fn show_adds_text_html_and_revisions() {
    let house = House::with_document(rss(&[Item {
        title: "Eins",
        link: "https://blatt.example/1",
        text: "Ein Satz.",
        ..Item::default()
    }]));
    house.update();
    let (shown, listed) = (house.only(), house.list().remove(0));
    let mut expected = form(&listed);
    expected.extend([("html", "string"), ("revisions", "list"), ("text", "string")]);
    expected.sort_unstable();
    assert_eq!(form(&shown), expected);
    for (key, value) in listed.as_object().unwrap() {
        assert_eq!(&shown[key], value, "{key}");
    }
    assert_eq!(shown["text"], "Ein Satz.");
    let revision = &shown["revisions"][0];
    assert_eq!(
        (&revision["revision"], &revision["title"], &revision["seen"]),
        (&json!(1), &json!("Eins"), &json!("2024-11-01T11:00:00+00:00"))
    );
}

#[test]
fn list_asks_for_feeds_and_a_limit() {
    let item = |title, link| rss(&[Item { title, link, text: "Ein Satz.", ..Item::default() }]);
    let house = House::with_document(item("Im Blatt", "https://blatt.example/1"))
        .feed("bote", "[[source]]\npath = \"quelle\"\n")
        .file("feeds/bote/quelle", item("Im Boten", "https://bote.example/1"));
    house.update();
    let titles = |arguments: &[&str]| -> Vec<Value> {
        house.run(arguments).objects().into_iter().map(|object| object["title"].clone()).collect()
    };
    assert_eq!(titles(&["list", "--json", "--feed", "bote"]), ["Im Boten"]);
    assert_eq!(titles(&["list", "--json", "--feed", "bote", "--feed", "blatt"]).len(), 2);
    assert_eq!(titles(&["list", "--json", "--limit", "1"]).len(), 1);
}

#[test]
fn an_id_may_be_shortened_as_long_as_it_is_the_only_one() {
    let house = House::with_document(rss(&[Item {
        title: "Eins",
        link: "https://blatt.example/1",
        text: "Ein Satz.",
        ..Item::default()
    }]));
    house.update();
    let id = house.listed("id")[0].as_str().unwrap().to_owned();
    for short in [&id[..4], &id[..13], &id.replace('-', "")[..20], &id.to_uppercase()] {
        assert_eq!(house.show(short)["title"], "Eins", "{short}");
    }
    let other = if id.starts_with("0000") { "ffff" } else { "0000" };
    house.run(&["show", other]).is(
        2,
        "",
        &format!("depesche: there is no article `{other}`\nhint: `depesche list` prints the ids that there are\n"),
    );
    house.run(&["show", "xyz"]).is(
        2,
        "",
        "depesche: `xyz` is no id\nhint: an id is at least four of its digits, 0–9 and a–f\n",
    );
}

#[test]
fn update_prints_one_object_with_these_keys() {
    let house = House::with_document(rss(&[Item {
        title: "Eins",
        link: "https://blatt.example/1",
        text: "Ein Satz.",
        ..Item::default()
    }]))
    .feed("leer", "[[source]]\npath = \"fehlt.txt\"\n");
    let ran = house.run(&["update", "--json"]);
    assert_eq!(
        ran.objects(),
        [json!({
            "sources": 2, "articles": 1, "new": 1, "revised": 0, "known": 0, "joined": 0, "dropped": 0, "unchanged": 0, "waiting": 0, "forgotten": 0, "failed": 1, "feeds_written": 1,
            "feeds": [
                {"name": "blatt", "new": 1, "revised": 0, "entries": 1, "written": true},
                {"name": "leer", "new": 0, "revised": 0, "entries": 0, "written": false},
            ],
            "troubles": ["cannot read `feeds/leer/fehlt.txt`: there is no such file or folder"],
        })]
    );
    assert_eq!(ran.status, 1);
}

#[test]
fn date_prints_one_object_a_text_with_these_keys() {
    let house = House::empty();
    let ran = house.run(&["date", "--json", "28. August 2024, 14:30 Uhr", "Hallo"]);
    assert_eq!(ran.status, 1);
    let objects = ran.objects();
    assert_eq!(
        objects,
        [
            json!({
                "input": "28. August 2024, 14:30 Uhr", "reference_now": "2024-11-01T11:00:00+00:00",
                "output": "2024-08-28T14:30:00+02:00", "precision": "minute", "role": objects[0]["role"], "zone": "assumed",
                "local": "plain",
            }),
            json!({
                "input": "Hallo", "reference_now": "2024-11-01T11:00:00+00:00", "output": "none", "precision": null,
                "role": null, "zone": null, "local": null,
            }),
        ]
    );
}

#[test]
fn dates_are_read_in_batches_each_against_its_own_now() {
    let input = "{\"input\": \"gestern\", \"reference_now\": \"2024-03-01T12:00:00Z\"}\n\n{\"input\": \"gestern\"}\n";
    let outputs: Vec<Value> = House::empty()
        .fed(input.as_bytes(), &["date", "--batch"])
        .objects()
        .into_iter()
        .map(|o| o["output"].clone())
        .collect();
    assert_eq!(outputs, ["2024-02-29T00:00:00+01:00", "2024-10-31T00:00:00+01:00"]);
}
