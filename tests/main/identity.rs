//! One article stays one article, and two stay two.

use crate::support::specimen::{Item, rss, story, text};
use crate::support::{Answer, House, Server};
use serde_json::{Value, json};

const FIRST: Item = Item {
    title: "Der Marktplatz wird neu",
    link: "https://blatt.example/markt?seite=1",
    guid: "markt-1",
    date: "Wed, 28 Aug 2024 14:30:00 +0200",
    author: "Wiebke Harms",
    text: "Der Rat hat entschieden.",
};
const LATER: &str = "2024-11-05T09:00:00+01:00";
const KNOWN: &str = "1 source, 1 article: 0 new, 0 revised, 1 known; 0 feeds written";
const REVISED: &str = "1 source, 1 article: 0 new, 1 revised, 0 known; 1 feed written";
const NEW: &str = "1 source, 1 article: 1 new, 0 revised, 0 known; 1 feed written";

fn ids(house: &House) -> Vec<Value> {
    let mut ids = house.listed("id");
    ids.sort_by_key(Value::to_string);
    ids
}

#[test]
fn an_address_that_leads_to_the_same_article_is_the_same_article() {
    let links = [
        "https://blatt.example/markt?seite=1&utm_source=rss&utm_medium=feed",
        "https://blatt.example/markt?utm_campaign=x&seite=1&fbclid=abc",
        "http://blatt.example/markt?seite=1",
        "https://www.blatt.example/markt?seite=1",
        "https://blatt.example/markt/?seite=1",
        "https://blatt.example:443/markt?seite=1#kommentare",
        "HTTPS://BLATT.example/./markt?seite=1",
    ];
    for link in links {
        let house = House::with_document(rss(&[FIRST]));
        assert_eq!(house.update(), NEW);
        let before = house.published();
        house.write("feeds/blatt/quelle", rss(&[Item { link, guid: "", ..FIRST }]));
        assert_eq!(house.update_at(LATER), KNOWN, "{link}");
        assert_eq!(house.published(), before, "{link}");
    }
}

#[test]
fn an_address_that_leads_elsewhere_is_another_article() {
    for link in [
        "https://blatt.example/markt?seite=2",
        "https://blatt.example/Markt?seite=1",
        "https://sport.blatt.example/markt?seite=1",
        "https://blatt.example:8443/markt?seite=1",
    ] {
        let house = House::with_document(rss(&[FIRST]));
        house.update();
        house.write("feeds/blatt/quelle", rss(&[Item { link, guid: "", ..FIRST }]));
        assert_eq!(house.update_at(LATER), NEW, "{link}");
        assert_eq!(house.listed("id").len(), 2, "{link}");
    }
}

#[test]
fn an_article_whose_guid_changes_is_known_by_its_link_and_the_other_way_round() {
    let house = House::with_document(rss(&[FIRST]));
    house.update();
    let id = ids(&house);
    for changed in [
        Item { guid: "ganz-anders", ..FIRST },
        // The guid that was learnt a moment ago, and another address.
        Item { guid: "ganz-anders", link: "https://neu.example/2024/markt", ..FIRST },
        Item { guid: "", link: "https://neu.example/2024/markt", ..FIRST },
        FIRST,
    ] {
        house.write("feeds/blatt/quelle", rss(&[changed]));
        assert!(
            house.update_at(LATER).starts_with("1 source, 1 article: 0 new, "),
            "{}: {}",
            changed.guid,
            changed.link
        );
        assert_eq!(ids(&house), id);
    }
}

#[test]
fn an_edited_article_is_a_revision_that_keeps_id_and_publication() {
    let edits = [
        Item { title: "Der Marktplatz wird doch nicht neu", ..FIRST },
        Item { text: "Der Rat hat anders entschieden.", ..FIRST },
        Item { author: "Jannes Ottersberg", ..FIRST },
        Item { date: "Thu, 29 Aug 2024 08:00:00 +0200", ..FIRST },
    ];
    for edit in edits {
        let house = House::with_document(rss(&[FIRST]));
        house.update();
        let before = house.only();
        house.write("feeds/blatt/quelle", rss(&[edit]));
        assert_eq!(house.update_at(LATER), REVISED, "{}", edit.title);
        let after = house.only();
        for kept in ["id", "published", "published_precision", "first_seen", "link"] {
            assert_eq!(after[kept], before[kept], "{kept}");
        }
        assert_eq!(after["published"], "2024-08-28T14:30:00+02:00");
        assert_eq!(after["title"], edit.title);
        assert_eq!(after["authors"], json!([edit.author]));
        assert_eq!(after["text"], edit.text);
        assert_eq!(after["revision"], 2);
        let updated = chrono::DateTime::parse_from_rfc3339(after["updated"].as_str().unwrap()).unwrap();
        assert_eq!(updated, chrono::DateTime::parse_from_rfc3339(LATER).unwrap());
        assert_eq!(after["revisions"].as_array().unwrap().len(), 2);
        assert_eq!(after["revisions"][0]["title"], FIRST.title);
        assert_eq!(after["revisions"][0]["text"], FIRST.text);
        assert_eq!(house.update_at("2024-11-06T09:00:00+01:00"), KNOWN);
    }
}

#[test]
fn markup_and_white_space_are_furniture() {
    let house = House::with_document(rss(&[Item { text: "<p>Der Rat hat <em>lange</em> beraten.</p>", ..FIRST }]));
    house.update();
    let before = house.published();
    for text in ["<div class=\"neu\"><p>Der  Rat\nhat <b>lange</b> beraten.</p></div>", "Der Rat hat lange beraten."] {
        house.write("feeds/blatt/quelle", rss(&[Item { text, ..FIRST }]));
        assert_eq!(house.update_at(LATER), KNOWN, "{text}");
        assert_eq!(house.published(), before);
    }
}

#[test]
fn one_guid_for_all_entries_is_no_key() {
    let titles = ["Eins", "Zwei", "Drei"];
    let links = ["https://blatt.example/1", "https://blatt.example/2", "https://blatt.example/3"];
    let items: Vec<Item> = (0..3)
        .map(|n| Item { title: titles[n], link: links[n], guid: "immer-gleich", text: "Ein Satz.", ..Item::default() })
        .collect();
    let house = House::with_document(rss(&items));
    assert_eq!(house.update(), "1 source, 3 articles: 3 new, 0 revised, 0 known; 1 feed written");
    assert_eq!(house.update_at(LATER), "1 source, 3 articles: 0 new, 0 revised, 3 known; 0 feeds written");
}

#[test]
fn one_guid_and_no_link_for_all_entries_leaves_them_as_many_as_they_are() {
    let items = ["Eins", "Zwei", "Drei"].map(|title| Item { title, guid: "0", text: "Ein Satz.", ..Item::default() });
    let house = House::with_document(rss(&items));
    assert_eq!(house.update(), "1 source, 3 articles: 3 new, 0 revised, 0 known; 1 feed written");
    assert_eq!(house.update_at(LATER), "1 source, 3 articles: 0 new, 0 revised, 3 known; 0 feeds written");
}

#[test]
fn the_home_page_as_link_of_all_entries_is_no_key() {
    for link in [
        "https://blatt.example/",
        "https://www.blatt.example",
        "https://blatt.example/?utm_source=rss",
        "https://blatt.example/aktuelles",
    ] {
        for guids in [["a", "b", "c"], ["", "", ""]] {
            let titles = ["Eins", "Zwei", "Drei"];
            let items: Vec<Item> = (0..3)
                .map(|n| Item { title: titles[n], guid: guids[n], link, text: "Ein Satz.", ..Item::default() })
                .collect();
            let house = House::with_document(rss(&items));
            assert_eq!(
                house.update(),
                "1 source, 3 articles: 3 new, 0 revised, 0 known; 1 feed written",
                "{link} {guids:?}"
            );
            assert_eq!(
                house.update_at(LATER),
                "1 source, 3 articles: 0 new, 0 revised, 3 known; 0 feeds written",
                "{link} {guids:?}"
            );
        }
    }
}

#[test]
fn guids_are_told_apart_by_case_and_not_by_white_space() {
    let guids = ["Nr. 7", "  Nr.\n7 ", "NR. 7", ""];
    let items = guids.map(|guid| Item { title: "Kurz gemeldet", guid, text: "Ein Satz.", date: "", ..Item::default() });
    let house = House::with_document(rss(&items));
    // The second is the first; of what has no guid, title and text are the key.
    assert_eq!(house.update(), "1 source, 3 articles: 3 new, 0 revised, 0 known; 1 feed written");
    assert_eq!(house.update_at(LATER), "1 source, 3 articles: 0 new, 0 revised, 3 known; 0 feeds written");
}

#[test]
fn guids_of_64_kilobytes_and_links_of_100_are_keys_like_others() {
    let (guid, path) = ("g".repeat(64 << 10), "p".repeat(100 << 10));
    let guids = [format!("{guid}1"), format!("{guid}2"), format!("{guid}1"), String::new(), String::new()];
    let links = ["1", "2", "3"].map(|end| format!("https://blatt.example/{path}/{end}"));
    let item = |n: usize| Item {
        title: ["Eins", "Zwei", "Eins", "Vier", "Fünf"][n],
        guid: &guids[n],
        link: ["", "", "", &links[0], &links[1]][n],
        text: "Ein Satz.",
        ..Item::default()
    };
    let house = House::with_document(rss(&(0..5).map(item).collect::<Vec<_>>()));
    assert_eq!(house.update(), "1 source, 4 articles: 4 new, 0 revised, 0 known; 1 feed written");
    assert_eq!(house.update_at(LATER), "1 source, 4 articles: 0 new, 0 revised, 4 known; 0 feeds written");
    // One of them again, under its link with what only counts readers: its keys are kept as digests, which `explain` shows.
    let link = format!("{}?utm_source=rss", links[0]);
    house.write("feeds/blatt/quelle", rss(&[Item { link: &link, ..item(3) }]));
    assert_eq!(house.update_at(LATER), "1 source, 1 article: 0 new, 0 revised, 1 known; 0 feeds written");
    let id = house.list().into_iter().find(|article| article["title"] == "Vier").unwrap()["id"].clone();
    let told = house.run(&["explain", id.as_str().unwrap()]).good();
    assert!(told.contains("link               blake3:"), "{told}");
    assert!(told.len() < 2000, "{} bytes", told.len());
}

#[test]
fn articles_with_one_title_are_as_many_as_their_links() {
    let links: Vec<String> = (0..50).map(|n| format!("https://blatt.example/{n}")).collect();
    let item = |link| Item { title: "Polizeibericht", link, text: "Ein Satz.", ..Item::default() };
    let house = House::with_document(rss(&links.iter().map(|link| item(link)).collect::<Vec<_>>()));
    assert_eq!(house.update(), "1 source, 50 articles: 50 new, 0 revised, 0 known; 1 feed written");
    assert_eq!(house.update_at(LATER), "1 source, 50 articles: 0 new, 0 revised, 50 known; 0 feeds written");
}

#[test]
fn an_article_of_ten_thousand_revisions_is_one_like_others() {
    let house = House::with_document(rss(&[FIRST]));
    house.update();
    // As if an earlier archive had kept each of them, one a minute.
    let exported = house.run(&["export"]).good();
    let lines: Vec<&str> = exported.lines().collect();
    let first: Value = serde_json::from_str(lines[1]).unwrap();
    let begun = chrono::DateTime::parse_from_rfc3339("2024-01-01T00:00:00Z").unwrap();
    let mut made = vec![lines[0].to_owned()];
    for n in 1..=10_000 {
        let mut line = first.clone();
        line["revision"] = n.into();
        line["seen"] = (begun + chrono::TimeDelta::minutes(n)).to_rfc3339().into();
        line["first_seen"] = begun.to_rfc3339().into();
        line["article"]["text"] = format!("Das ist die Fassung mit der Nummer {n}.").into();
        line["article"]["html"] = format!("<p>Das ist die Fassung mit der Nummer {n}.</p>").into();
        made.push(line.to_string());
    }
    made.push(r#"{"line":"end","lines":10000}"#.to_owned());
    let house = House::with_document(rss(&[Item { text: "Das ist die Fassung, die bleibt.", ..FIRST }]));
    house.write("alt.jsonl", made.join("\n") + "\n");
    house.run(&["import", "alt.jsonl"]).good();
    assert_eq!(house.only()["revision"], 10_000);
    assert_eq!(house.update(), "1 source, 1 article: 0 new, 1 revised, 0 known; 1 feed written");
    let id = house.only()["id"].as_str().unwrap().to_owned();
    assert_eq!(house.show(&id)["text"], "Das ist die Fassung, die bleibt.");
    let diff = house.run(&["diff", &id]).good();
    assert!(diff.starts_with("--- revision 10000, 2024-01-07T22:40:00+00:00\n+++ revision 10001, "), "{diff}");
    assert!(diff.contains("-Das ist die Fassung mit der Nummer 10000.\n+Das ist die Fassung, die bleibt."), "{diff}");
    let told = house.run(&["explain", &id, "--json"]).objects().remove(0);
    assert_eq!(told["events"].as_array().unwrap().len(), 10_001);
    house.run(&["verify"]).good();
    // However often it came, the feed shows it once.
    let newest = house.read("public/blatt/atom.xml");
    assert_eq!(newest.matches("<entry>").count(), 1);
}

#[test]
fn an_entry_that_stands_in_a_document_twice_is_one_article() {
    let house = House::with_document(rss(&[FIRST, FIRST]));
    house.update();
    assert_eq!(house.listed("id").len(), 1);
}

#[test]
fn guids_count_within_their_source_only() {
    let item = |title| rss(&[Item { title, guid: "1", text: "Ein Satz.", ..Item::default() }]);
    let house = House::with_document(item("Im Blatt"))
        .feed("bote", "[[source]]\npath = \"quelle\"\n")
        .file("feeds/bote/quelle", item("Im Boten"));
    house.update();
    let mut titles = house.listed("title");
    titles.sort_by_key(Value::to_string);
    assert_eq!(titles, ["Im Blatt", "Im Boten"]);
}

#[test]
fn a_renamed_file_is_the_same_article_and_stays_it_when_it_is_edited() {
    let house = House::with_files(&[("alt.txt", &text("Der Marktplatz", "28. August 2024", "den Marktplatz"))]);
    assert_eq!(house.update(), NEW);
    let id = ids(&house);
    let before = house.published();
    std::fs::rename(house.path("feeds/blatt/artikel/alt.txt"), house.path("feeds/blatt/artikel/neu.txt")).unwrap();
    assert_eq!(house.update(), KNOWN);
    assert_eq!(house.published(), before);
    // The new place was learnt, so that the words may change now.
    house.write("feeds/blatt/artikel/neu.txt", text("Der Marktplatz", "28. August 2024", "den großen Marktplatz"));
    assert_eq!(house.update_at(LATER), REVISED);
    assert_eq!(ids(&house), id);
}

#[test]
fn an_edited_file_is_a_revision() {
    let house = House::with_files(&[("markt.txt", &text("Der Marktplatz", "28. August 2024", "den Marktplatz"))]);
    house.update();
    let id = ids(&house);
    house.write("feeds/blatt/artikel/markt.txt", text("Der Marktplatz", "28. August 2024", "das Pflaster"));
    assert_eq!(house.update_at(LATER), REVISED);
    house.write(
        "feeds/blatt/artikel/markt.txt",
        text("Der Marktplatz und das Pflaster", "28. August 2024", "das Pflaster"),
    );
    assert_eq!(house.update_at(LATER), REVISED);
    assert_eq!(ids(&house), id);
    assert_eq!(house.only()["revision"], 3);
}

#[test]
fn two_files_with_the_same_text_are_one_article() {
    let same = text("Der Marktplatz", "28. August 2024", "den Marktplatz");
    let house = House::with_files(&[("a.txt", &same), ("b.txt", &same)]);
    assert_eq!(house.update(), "1 source, 2 articles: 1 new, 0 revised, 1 known; 1 feed written");
    assert_eq!(house.update_at(LATER), "1 source, 2 articles: 0 new, 0 revised, 2 known; 0 feeds written");
    assert_eq!(house.listed("id").len(), 1);
}

#[test]
fn short_texts_that_are_alike_are_articles_of_their_own() {
    let house = House::with_files(&[
        ("a.md", "# Montag\n\nHeute geschlossen.\n"),
        ("b.md", "# Dienstag\n\nHeute geschlossen.\n"),
    ]);
    assert_eq!(house.update(), "1 source, 2 articles: 2 new, 0 revised, 0 known; 1 feed written");
}

#[test]
fn an_article_of_two_feeds_is_kept_once_and_listed_by_both() {
    let house = House::with_document(rss(&[FIRST]))
        .feed("bote", "title = \"Bote\"\n[[source]]\npath = \"quelle\"\n")
        .file("feeds/bote/quelle", rss(&[Item { guid: "anders", ..FIRST }]));
    assert_eq!(house.update(), "2 sources, 2 articles: 1 new, 0 revised, 1 known; 2 feeds written");
    let list = house.list();
    assert_eq!(list.len(), 1);
    assert_eq!((&list[0]["feed"], &list[0]["feeds"]), (&json!("blatt"), &json!(["blatt", "bote"])));
    let urn = format!("urn:uuid:{}", list[0]["id"].as_str().unwrap());
    for feed in ["blatt", "bote"] {
        assert!(house.read(&format!("public/{feed}/atom.xml")).contains(&urn), "{feed}");
        assert_eq!(house.run(&["list", "--json", "--feed", feed]).objects().len(), 1, "{feed}");
    }
    assert_eq!(house.update_at(LATER), "2 sources, 2 articles: 0 new, 0 revised, 2 known; 0 feeds written");
}

#[test]
fn a_revision_reaches_every_feed_that_lists_the_article() {
    let house = House::with_document(rss(&[FIRST]))
        .feed("bote", "title = \"Bote\"\n[[source]]\npath = \"quelle\"\n")
        .file("feeds/bote/quelle", rss(&[FIRST]));
    house.update();
    house.write("feeds/blatt/quelle", rss(&[Item { title: "Ein neuer Titel", ..FIRST }]));
    assert_eq!(house.update_at(LATER), "2 sources, 2 articles: 0 new, 1 revised, 1 known; 2 feeds written");
    assert!(house.read("public/bote/atom.xml").contains("Ein neuer Titel"));
    // The other place still shows the old title, and does not win it back.
    assert_eq!(
        house.update_at("2024-11-06T09:00:00+01:00"),
        "2 sources, 2 articles: 0 new, 0 revised, 2 known; 0 feeds written"
    );
}

#[test]
fn another_article_in_the_place_of_a_file_is_a_new_one() {
    let house = House::with_files(&[("aktuell.txt", &text("Der Marktplatz", "28. August 2024", "den Marktplatz"))]);
    house.update();
    let first = house.only();
    house.write("feeds/blatt/artikel/aktuell.txt", text("Die Turnhalle", "3. September 2024", "die Turnhalle"));
    assert_eq!(house.update_at(LATER), NEW);
    assert_eq!(house.listed("title"), ["Die Turnhalle", "Der Marktplatz"]);
    assert_eq!(house.show(first["id"].as_str().unwrap())["text"], first["text"]);
    // Its place is that of the new one from now on.
    house
        .write("feeds/blatt/artikel/aktuell.txt", text("Die Turnhalle", "3. September 2024", "das Dach der Turnhalle"));
    assert_eq!(house.update_at("2024-11-06T09:00:00+01:00"), REVISED);
    assert_eq!(house.listed("id").len(), 2);
}

#[test]
fn a_full_text_follows_a_teaser_once_and_the_two_do_not_revise_each_other() {
    let link = "https://blatt.example/markt";
    let full = story("den Marktplatz");
    let teaser =
        Item { title: "Der Marktplatz", link, text: "Über den Marktplatz wird gesprochen.", ..Item::default() };
    let house = House::with_document(rss(&[teaser]))
        .feed("voll", "[[source]]\npath = \"quelle\"\n")
        .file("feeds/voll/quelle", rss(&[Item { text: &full, ..teaser }]));
    assert_eq!(house.update(), "2 sources, 2 articles: 1 new, 1 revised, 0 known; 2 feeds written");
    assert_eq!(house.only()["text"], full);
    for day in ["2024-11-05T09:00:00+01:00", "2024-11-06T09:00:00+01:00"] {
        assert_eq!(house.update_at(day), "2 sources, 2 articles: 0 new, 0 revised, 2 known; 0 feeds written");
    }
}

#[test]
fn a_page_is_the_same_article_as_its_entry_in_a_feed() {
    let server = Server::start(vec![]);
    let link = server.url("/markt");
    server.answers(
        "/feed",
        Answer::ok("", rss(&[Item { title: "Der Marktplatz", link: &link, text: "Ein Anreißer.", ..Item::default() }])),
    );
    let body = format!("<p>{}</p>", story("den Marktplatz"));
    server.answers(
        "/markt",
        Answer::ok(
            "text/html",
            crate::support::specimen::page("Der Marktplatz", &link, "2024-08-28T14:30:00+02:00", &body),
        ),
    );
    let house = House::empty()
        .file("depesche.toml", server.settings())
        .feed("blatt", &format!("[[source]]\nurl = \"{}\"\n[[source]]\nurl = \"{link}\"\n", server.url("/feed")));
    assert_eq!(house.update(), "2 sources, 2 articles: 1 new, 1 revised, 0 known; 1 feed written");
    assert_eq!(house.update_at(LATER), "2 sources, 2 articles: 0 new, 0 revised, 2 known; 0 feeds written");
    assert_eq!(house.listed("id").len(), 1);
}

#[test]
fn a_page_without_a_canonical_link_is_known_by_the_address_it_was_read_from() {
    let server = Server::start(vec![]);
    let page = |title: &str, subject: &str| {
        crate::support::specimen::page(title, "", "2024-08-28T14:30:00+02:00", &format!("<p>{}</p>", story(subject)))
    };
    server.answers("/markt", Answer::ok("text/html", page("Der Marktplatz", "den Marktplatz")));
    let house = House::empty()
        .file("depesche.toml", server.settings())
        .feed("blatt", &format!("[[source]]\nurl = \"{}\"\n", server.url("/markt")));
    house.update();
    assert_eq!(house.listed("link"), [server.url("/markt")]);
    server.answers("/markt", Answer::ok("text/html", page("Der Marktplatz, neu", "das Pflaster")));
    assert_eq!(house.update_at(LATER), REVISED);
}

#[test]
fn ids_are_made_by_the_written_rule_and_are_the_same_on_every_machine() {
    let house = House::with_document(rss(&[FIRST]));
    house.update();
    let mut digest = *blake3::hash(b"1\0link\0blatt.example/markt?seite=1").as_bytes();
    digest[6] = 0x81;
    digest[8] = digest[8] & 0x3F | 0x80;
    let hex: String = digest[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    let id = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-");
    assert_eq!(house.listed("id"), [id.as_str()]);
    assert_eq!(crate::support::reading::agreed(&house, "blatt")[0].id, format!("urn:uuid:{id}"));
}

#[test]
fn entries_that_differ_in_address_and_identifier_only_are_as_many_articles() {
    // The police, the weather, the lunch table: the same title and the same line every day.
    let long = story("den Mittagstisch");
    for text in ["Mehr dazu im Artikel.", "", &long] {
        let monday = Item {
            title: "Mittagstisch",
            link: "https://blatt.example/1",
            guid: "1",
            date: "Mon, 26 Aug 2024 08:00:00 +0200",
            author: "",
            text,
        };
        let tuesday =
            Item { link: "https://blatt.example/2", guid: "2", date: "Tue, 27 Aug 2024 08:00:00 +0200", ..monday };
        let wednesday =
            Item { link: "https://blatt.example/3", guid: "3", date: "Wed, 28 Aug 2024 08:00:00 +0200", ..monday };
        let house = House::with_document(rss(&[tuesday, monday]));
        assert_eq!(house.update(), "1 source, 2 articles: 2 new, 0 revised, 0 known; 1 feed written", "{text}");
        house.write("feeds/blatt/quelle", rss(&[wednesday, tuesday]));
        assert_eq!(house.update_at(LATER), "1 source, 2 articles: 1 new, 0 revised, 1 known; 1 feed written", "{text}");
        assert_eq!(
            house.listed("link"),
            ["https://blatt.example/3", "https://blatt.example/2", "https://blatt.example/1"],
            "{text}"
        );
    }
}

#[test]
fn the_order_of_a_document_is_no_change() {
    let other = Item { title: "Zwei", link: "https://blatt.example/2", guid: "2", ..FIRST };
    let house = House::with_document(rss(&[FIRST, other]));
    house.update();
    let before = house.tree("public");
    house.write("feeds/blatt/quelle", rss(&[other, FIRST]));
    assert_eq!(house.update_at(LATER), "1 source, 2 articles: 0 new, 0 revised, 2 known; 0 feeds written");
    assert_eq!(house.tree("public"), before);
}

#[test]
fn an_article_that_leaves_its_source_stays_published() {
    let other = Item { title: "Zwei", link: "https://blatt.example/2", guid: "2", ..FIRST };
    let house = House::with_document(rss(&[FIRST, other]));
    house.update();
    let before = house.tree("public");
    house.write("feeds/blatt/quelle", rss(&[other]));
    assert_eq!(house.update_at(LATER), KNOWN);
    assert_eq!(house.tree("public"), before);
}

#[test]
fn an_article_that_moves_to_another_source_can_still_be_revised() {
    let house = House::with_document(rss(&[FIRST]))
        .feed("bote", "[[source]]\npath = \"quelle\"\n")
        .file("feeds/bote/quelle", rss(&[FIRST]));
    house.update();
    // The first source gives it up, the second one corrects it.
    house.write(
        "feeds/blatt/quelle",
        rss(&[Item { title: "Zwei", link: "https://blatt.example/2", guid: "2", ..FIRST }]),
    );
    house.write("feeds/bote/quelle", rss(&[Item { text: "Der Rat hat anders entschieden.", ..FIRST }]));
    assert_eq!(house.update_at(LATER), "2 sources, 2 articles: 1 new, 1 revised, 0 known; 2 feeds written");
    assert_eq!(
        house.update_at("2024-11-06T09:00:00+01:00"),
        "2 sources, 2 articles: 0 new, 0 revised, 2 known; 0 feeds written"
    );
}

#[test]
fn two_places_that_differ_do_not_revise_each_other_in_turn() {
    let house = House::with_document(rss(&[FIRST]))
        .feed("bote", "[[source]]\npath = \"quelle\"\n")
        .file("feeds/bote/quelle", rss(&[Item { title: "Ein anderer Titel", ..FIRST }]));
    house.update();
    let before = house.published();
    for day in ["2024-11-02T12:00:00Z", "2024-11-03T12:00:00Z", "2024-11-04T12:00:00Z"] {
        assert_eq!(house.update_at(day), "2 sources, 2 articles: 0 new, 0 revised, 2 known; 0 feeds written");
    }
    assert_eq!(house.published(), before);
    assert_eq!(house.only()["revision"], 1);
}

#[test]
fn an_address_that_changes_back_and_forth_makes_no_second_article() {
    let house = House::with_document(rss(&[FIRST]));
    house.update();
    let moved = Item { link: "https://neu.example/markt", ..FIRST };
    for (day, item) in
        [("2024-11-02T12:00:00Z", moved), ("2024-11-03T12:00:00Z", FIRST), ("2024-11-04T12:00:00Z", moved)]
    {
        house.write("feeds/blatt/quelle", rss(&[item]));
        house.update_at(day);
        assert_eq!(house.listed("id").len(), 1);
    }
}

/// An entry of a JSON Feed: number, and what is other than usual about it (`null`: left out).
fn numbered(number: u32, other: serde_json::Value) -> serde_json::Value {
    let mut item = serde_json::json!({
        "id": format!("g{number}"), "url": format!("https://blatt.example/m{number}"), "title": format!("Meldung {number}"),
        "content_text": format!("Kurz {number}."), "date_published": format!("2024-05-{number:02}T10:00:00+02:00"),
    });
    for (key, value) in other.as_object().unwrap() {
        item[key] = value.clone();
    }
    item.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    item
}

#[test]
fn sequences_of_runs_end_with_each_article_once() {
    use serde_json::json;
    let long = "Dieser Text steht unter jeder Folge, und er ist überall derselbe. ".repeat(6);
    let page = json!({"url": "https://blatt.example/aktuelles", "id": null});
    let home = json!({"url": "https://blatt.example/", "id": null});
    let one_guid = json!({"url": null, "id": "x"});
    let nameless = json!({"url": null, "id": null});
    let boiler = json!({"content_text": long});
    let evening = json!({"content_text": long, "date_published": "2024-05-01T18:00:00+02:00"});
    let moved = json!({"title": "Meldung 1", "url": "https://blatt.example/neu"});
    let reused = json!({"url": "https://blatt.example/m1", "id": "g3"});
    let comment = json!({"url": "https://blatt.example/m1#kommentar-2", "content_text": long});
    // What it is, the entries of each run, and the titles that are there in the end, newest first.
    let sequences = [
        (
            "one page as link of all",
            vec![vec![(1, &page), (2, &page)], vec![(2, &page)], vec![(3, &page), (4, &page)], vec![(4, &page)]],
            "4 3 2 1",
        ),
        (
            "the same, one at first",
            vec![vec![(1, &page)], vec![(1, &page), (2, &page)], vec![(2, &page), (3, &page)], vec![(3, &page)]],
            "3 2 1",
        ),
        (
            "the front page as link of all",
            vec![vec![(1, &home)], vec![(1, &home), (2, &home)], vec![(2, &home), (3, &home)]],
            "3 2 1",
        ),
        (
            "one guid for all",
            vec![vec![(1, &one_guid), (2, &one_guid)], vec![(2, &one_guid)], vec![(3, &one_guid)]],
            "3 2 1",
        ),
        ("one text for all", vec![vec![(1, &boiler)], vec![(2, &boiler)], vec![(1, &boiler), (2, &boiler)]], "2 1"),
        (
            "one text, two on a day",
            vec![vec![(1, &boiler)], vec![(2, &evening)], vec![(1, &boiler), (2, &evening)]],
            "2 1",
        ),
        (
            "neither link nor guid",
            vec![vec![(1, &nameless)], vec![(1, &nameless), (2, &nameless)], vec![(2, &nameless)]],
            "2 1",
        ),
        (
            "an old address with a new article",
            vec![vec![(1, &json!({}))], vec![(1, &moved)], vec![(1, &moved), (3, &reused)]],
            "3 1",
        ),
        ("an article and a comment on it", vec![vec![(1, &json!({}))], vec![(1, &json!({})), (2, &comment)]], "2 1"),
    ]
    .map(|(name, runs, titles)| {
        let runs: Vec<Vec<_>> = runs
            .iter()
            .map(|run| run.iter().map(|(number, other)| numbered(*number, (*other).clone())).collect())
            .collect();
        (name, runs, titles)
    });
    for (name, runs, titles) in sequences {
        let house = House::with_document("");
        let document = |items: &Vec<serde_json::Value>| {
            json!({"version": "https://jsonfeed.org/version/1.1", "title": "Blatt", "items": items}).to_string()
        };
        for items in &runs {
            house.write("feeds/blatt/quelle", document(items));
            assert_eq!(house.run(&["update"]).status, 0, "{name}");
        }
        let again = house.run(&["update"]).stdout;
        assert!(again.contains(" 0 new, 0 revised") && again.contains("; 0 feeds written"), "{name}: {again}");
        let listed = house.run(&["list", "--json"]).stdout;
        let kept: Vec<String> = listed
            .lines()
            .map(|line| {
                serde_json::from_str::<serde_json::Value>(line).unwrap()["title"]
                    .as_str()
                    .unwrap()
                    .replace("Meldung ", "")
            })
            .collect();
        assert_eq!(kept.join(" "), titles, "{name}");
    }
}

/// A page of some length whose words are all its own: `word` begins each of them.
fn page(title: &str, date: &str, word: &str, count: usize) -> String {
    let paragraph = |at: usize| {
        let words: Vec<String> = (at * 40..at * 40 + 40).map(|n| format!("{word}{n}")).collect();
        format!("<p>{}.</p>", words.join(" "))
    };
    let text: String = (0..count).map(paragraph).collect();
    let date = if date.is_empty() { String::new() } else { format!("<time datetime=\"{date}\">{date}</time>") };
    format!(
        "<html lang=de><head><title>{title}</title></head><body><article><h1>{title}</h1>{date}{text}</article></body></html>"
    )
}

fn texts(house: &House) -> Vec<Value> {
    ids(house).iter().map(|id| house.show(id.as_str().unwrap())["text"].clone()).collect()
}

#[test]
fn a_page_that_was_emptied_or_replaced_revises_nothing_and_is_told_once() {
    let good = page("Der Rat tagt", "2024-08-28T10:00:00+02:00", "rat", 6);
    let emptied = page("Der Rat tagt", "2024-08-28T10:00:00+02:00", "rat", 1);
    let foreign = page("Hinweise zum Datenschutz", "", "schutz", 6);
    for other in [emptied, foreign] {
        let server = Server::start(vec![("/rat-tagt-heute", Answer::ok("text/html", &good))]);
        let house = House::empty()
            .file("depesche.toml", server.settings())
            .feed("blatt", &format!("[[source]]\nurl = \"{}\"\n", server.url("/rat-tagt-heute")));
        assert_eq!(house.update(), NEW);
        let (before, published) = (texts(&house), house.published());
        server.answers("/rat-tagt-heute", Answer::ok("text/html", &other));
        let told = house.at(LATER, &["update", "--all"]);
        assert_eq!(told.status, 1, "{}", told.stderr);
        assert!(told.stderr.contains("the article "), "{}", told.stderr);
        assert_eq!((texts(&house), house.published()), (before.clone(), published.clone()));
        let again = house.at(LATER, &["update", "--all"]);
        assert!(!again.stderr.contains("the article "), "it is told once: {}", again.stderr);
        server.answers("/rat-tagt-heute", Answer::ok("text/html", &good));
        assert_eq!(house.at(LATER, &["update", "--all"]).status, 0);
        assert_eq!((texts(&house), house.published()), (before, published));
    }
}

#[test]
fn an_article_that_gives_way_to_a_later_one_at_its_address_is_kept_beside_it() {
    let server = Server::start(vec![]);
    let house = House::empty()
        .file("depesche.toml", server.settings())
        .feed("blatt", &format!("[[source]]\nurl = \"{}\"\n", server.url("/aktuelles")));
    let serve = |page: String| server.answers("/aktuelles", Answer::ok("text/html", page));
    serve(page("Der Rat tagt", "2024-08-28T10:00:00+02:00", "rat", 6));
    assert_eq!(house.update(), NEW);
    serve(page("Das Bad öffnet", "2024-10-02T10:00:00+02:00", "bad", 6));
    assert_eq!(house.update_at(LATER), NEW);
    assert_eq!(house.at(LATER, &["update", "--all"]).closing(), KNOWN);
    assert_eq!(house.listed("title"), ["Das Bad öffnet", "Der Rat tagt"]);
}

#[test]
fn a_canonical_link_that_all_pages_share_makes_no_article_of_several() {
    let page = |title: &str, word: &str| {
        page(title, "2024-08-28T10:00:00+02:00", word, 4)
            .replace("<head>", "<head><link rel=canonical href=\"/politik/die-erste-sitzung-des-rates\">")
    };
    let server = Server::start(vec![
        ("/das-bad-ist-offen", Answer::ok("text/html", page("Das Bad ist offen", "bad"))),
        ("/der-markt-ist-neu", Answer::ok("text/html", page("Der Markt ist neu", "markt"))),
    ]);
    let urls = ["/das-bad-ist-offen", "/der-markt-ist-neu"].map(|path| server.url(path));
    let house = House::empty()
        .file("depesche.toml", server.settings())
        .feed("blatt", &urls.each_ref().map(|url| format!("[[source]]\nurl = \"{url}\"\n")).concat());
    assert_eq!(house.update(), "2 sources, 2 articles: 2 new, 0 revised, 0 known; 1 feed written");
    let mut links = house.listed("link");
    links.sort_by_key(Value::to_string);
    assert_eq!(links, urls);
}

#[test]
fn a_clock_in_the_page_is_no_change_and_endless_changes_are_bounded() {
    let server = Server::start(vec![]);
    let house = House::empty()
        .file("depesche.toml", server.settings())
        .feed("blatt", &format!("[[source]]\nurl = \"{}\"\n", server.url("/feed")));
    let serve = |text: &str| {
        let item = Item { title: "Der Rat tagt", link: "https://blatt.example/rat", text, ..Item::default() };
        server.answers("/feed", Answer::ok("", rss(&[item])));
    };
    serve("Der Rat hat getagt.\n\n17 Kommentare, 230 Aufrufe");
    assert_eq!(house.update(), NEW);
    serve("Der Rat hat getagt.\n\n18 Kommentare, 290 Aufrufe");
    assert_eq!(house.at("2024-08-28T15:30:00+02:00", &["update", "--all"]).status, 0);
    assert_eq!(house.only()["revision"], 1);
    // Another number at each look, every ten minutes for twelve hours.
    for look in 0..72 {
        serve(&format!("Der Rat hat getagt, sagt der Zähler {look} jetzt."));
        let now = format!("2024-08-29T{:02}:{:02}:00+02:00", look / 6, look % 6 * 10);
        assert_eq!(house.at(&now, &["update", "--all"]).status, 0);
    }
    let revisions = house.only()["revision"].as_u64().unwrap();
    assert!((12..=24).contains(&revisions), "{revisions} revisions of 72 changes");
    // What it comes to at last is kept.
    serve("Der Rat hat getagt, und damit gut.");
    for now in ["2024-08-31T08:00:00+02:00", "2024-09-02T08:00:00+02:00"] {
        assert_eq!(house.at(now, &["update", "--all"]).status, 0);
    }
    assert_eq!(texts(&house), ["Der Rat hat getagt, und damit gut."]);
}
