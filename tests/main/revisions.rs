//! What changed, why, and what would: `diff`, `list --revised`, `explain`, `update --dry-run`.

use crate::support::House;
use crate::support::specimen::{Item, rss};
use serde_json::json;

const FIRST: Item = Item {
    title: "Der Rat tagt am Montag",
    link: "https://blatt.example/rat-tagt",
    guid: "rat-1",
    date: "Wed, 28 Aug 2024 14:30:00 +0200",
    author: "Wiebke Harms",
    text: "Der Rat tagt am Montag um 19 Uhr.",
};
const SECOND: Item = Item { title: "Der Rat tagt am Dienstag", text: "Der Rat tagt am Dienstag um 19 Uhr.", ..FIRST };
const BATH: Item = Item {
    title: "Das Bad ist offen",
    link: "https://blatt.example/bad-offen",
    guid: "bad-1",
    text: "Das Bad ist seit gestern offen.",
    ..FIRST
};
const BATH_2: Item = Item { text: "Das Bad ist seit vorgestern offen.", ..BATH };

/// Both articles, the headline of one revised first, then the text of the other.
fn house() -> House {
    let house = House::with_document(rss(&[FIRST, BATH]));
    house.update_at("2024-08-28T16:00:00+02:00");
    house.write("feeds/blatt/quelle", rss(&[SECOND, BATH]));
    house.update_at("2024-08-29T16:00:00+02:00");
    house.write("feeds/blatt/quelle", rss(&[SECOND, BATH_2]));
    house.update_at("2024-08-30T16:00:00+02:00");
    house
}

fn id(house: &House, title: &str) -> String {
    let all = house.list();
    let found = all.iter().find(|article| article["title"] == title).unwrap();
    found["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_diff_shows_what_went_and_what_came() {
    let house = house();
    let id = id(&house, SECOND.title);
    let expected = "\
--- revision 1, 2024-08-28T14:00:00+00:00
+++ revision 2, 2024-08-29T14:00:00+00:00
@@ -1,4 +1,4 @@
-Der Rat tagt am Montag
+Der Rat tagt am Dienstag
 Wiebke Harms
 2024-08-28T14:30:00+02:00
-Der Rat tagt am Montag um 19 Uhr.
+Der Rat tagt am Dienstag um 19 Uhr.
";
    assert_eq!(house.run(&["diff", &id]).good(), expected);
    let object = house.run(&["diff", &id, "--json"]).objects().remove(0);
    assert_eq!((&object["from"]["revision"], &object["to"]["revision"]), (&json!(1), &json!(2)));
    let changes = object["changes"].as_array().unwrap();
    let pieces = |name: &str| changes.iter().filter_map(|piece| piece[name].as_str()).collect::<Vec<_>>();
    assert_eq!((pieces("gone"), pieces("come")), (vec!["Montag", "Montag"], vec!["Dienstag", "Dienstag"]));
    assert_eq!(house.run(&["diff", &id, "--from", "2"]).good(), "", "nothing changed since");
    let none = house.run(&["diff", &id, "--to", "7"]);
    assert_eq!(none.status, 2);
    assert!(none.stderr.contains("no revision 7"), "{}", none.stderr);
}

#[test]
fn what_changed_is_listed_headlines_first() {
    let house = house();
    let (rat, bad) = (id(&house, SECOND.title), id(&house, BATH.title));
    let rows = format!(
        "2024-08-29 14:00  {}  blatt  Der Rat tagt am Dienstag\n{:28}was: Der Rat tagt am Montag\n\
         2024-08-30 14:00  {}  blatt  Das Bad ist offen\n",
        &rat[..8],
        "",
        &bad[..8]
    );
    assert_eq!(house.run(&["list", "--revised"]).good(), rows);
    let since = |time: &str| {
        let objects = house.run(&["list", "--revised", "--since", time, "--json"]).objects();
        objects.iter().map(|object| (object["title"].clone(), object["changed"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(since("30. August 2024"), [(json!(BATH.title), json!(["text"]))]);
    assert_eq!(
        since("2024-08-29"),
        [(json!(SECOND.title), json!(["title", "text"])), (json!(BATH.title), json!(["text"]))]
    );
    assert_eq!(since("1. September 2024"), []);
    assert_eq!(house.run(&["list", "--revised", "--since", "irgendwann"]).status, 2);
    assert_eq!(
        house.run(&["list", "--since", "2024-08-30"]).good(),
        "",
        "since is of the publication without --revised"
    );
}

#[test]
fn an_article_is_explained_by_its_keys_and_what_happened() {
    let house = house();
    let object = house.run(&["explain", &id(&house, SECOND.title), "--json"]).objects().remove(0);
    let keys: Vec<_> =
        object["keys"].as_array().unwrap().iter().map(|key| (key["kind"].clone(), key["value"].clone())).collect();
    assert_eq!(keys, [(json!("link"), json!("blatt.example/rat-tagt")), (json!("guid"), json!("blatt rat-1"))]);
    let events: Vec<_> = object["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| (event["revision"].clone(), event["why"].as_str().unwrap().to_owned(), event["place"].clone()))
        .collect();
    assert_eq!(
        events,
        [
            (json!(1), "none of its keys is known".to_owned(), json!("quelle")),
            (json!(2), "known by its link, with a change".to_owned(), json!("quelle")),
        ]
    );
    let text = house.run(&["explain", &id(&house, SECOND.title)]).good();
    assert!(text.contains("revision 2: known by its link, with a change"), "{text}");
}

#[test]
fn a_rehearsal_tells_what_a_run_would_do_and_keeps_nothing() {
    let house = house();
    let new = Item { title: "Der Markt zieht um", link: "https://blatt.example/markt", guid: "markt-1", ..FIRST };
    house.write("feeds/blatt/quelle", rss(&[new, Item { author: "Jan Kruse", ..SECOND }, BATH_2]));
    let (journal, published) = (house.journal(), house.published());
    let told = house.run(&["update", "--dry-run", "--json"]);
    let objects = told.objects();
    let decisions: Vec<_> = objects
        .iter()
        .filter(|object| object["verdict"].is_string())
        .map(|object| [&object["verdict"], &object["title"], &object["why"]].map(|field| field.as_str().unwrap()))
        .collect();
    assert_eq!(
        decisions,
        [
            ["new", "Der Markt zieht um", "none of its keys is known"],
            ["revised", SECOND.title, "known by its link, with a change"],
            ["known", BATH.title, "known by its link, unchanged"],
        ]
    );
    assert_eq!((house.journal(), house.published()), (journal, published));
    assert_eq!(house.update(), "1 source, 3 articles: 1 new, 1 revised, 1 known; 1 feed written", "as rehearsed");
}

#[test]
fn explain_tells_what_would_be_decided_about_a_place() {
    let feed = |title| rss(&[Item { title, link: "https://blatt.example/1", text: "Ein Satz.", ..Item::default() }]);
    let house = House::with_document(feed("Eins"));
    let said = house.run(&["explain", "feeds/blatt/quelle"]).stdout;
    assert!(said.contains("new      blatt  Eins\n") && said.contains("none of its keys is known"), "{said}");
    house.update();
    house.write("feeds/blatt/quelle", feed("Zwei"));
    let said = house.run(&["explain", "feeds/blatt/quelle"]).stdout;
    assert!(said.contains("revised  blatt  Zwei\n") && said.contains("known by its link, with a change"), "{said}");
    // What no source reads is decided about as if it were ingested.
    house.write("anders.xml", feed("Eins"));
    let said = house.run(&["explain", "anders.xml"]).stdout;
    assert!(said.contains("known by its link"), "{said}");
    assert_eq!(house.listed("title"), ["Eins"]);
}
