//! Feeds that are made of others, and how entries are shown.

use crate::support::specimen::{Item, rss};
use crate::support::{House, reading};
use serde_json::{Value, json};

const ONE: Item = Item {
    title: "Eins",
    link: "https://blatt.example/1",
    guid: "1",
    date: "Wed, 28 Aug 2024 14:30:00 +0200",
    author: "Anna Blum",
    text: "Ein Satz.",
};
const TWO: Item = Item {
    title: "Zwei",
    link: "https://bote.example/2",
    guid: "2",
    date: "Thu, 29 Aug 2024 14:30:00 +0200",
    author: "",
    text: "Noch ein Satz.",
};

/// Two feeds, and one with these keys.
fn house(keys: &str) -> House {
    House::with_document(rss(&[ONE]))
        .feed("bote", "title = \"Der Bote\"\nlink = \"https://bote.example/\"\n[[source]]\npath = \"quelle\"\n")
        .file("feeds/bote/quelle", rss(&[TWO]))
        .feed("mein", keys)
        .file("depesche.toml", "base = \"https://feeds.example/\"\n")
}

fn titles(house: &House, name: &str) -> Vec<String> {
    reading::agreed(house, name).into_iter().map(|entry| entry.title).collect()
}

fn items(house: &House, name: &str) -> Vec<Value> {
    let json: Value = serde_json::from_str(&house.read(&format!("public/{name}/feed.json"))).unwrap();
    json["items"].as_array().unwrap().clone()
}

#[test]
fn a_feed_of_feeds_has_the_articles_of_all_and_names_their_source() {
    for members in ["feeds = [\"blatt\", \"bote\"]", "feeds = \"all\""] {
        let house = house(&format!("title = \"Mein\"\n{members}\n"));
        house.update();
        assert_eq!(titles(&house, "mein"), ["Zwei", "Eins"], "{members}");
        let atom = atom_syndication::Feed::read_from(house.read("public/mein/atom.xml").as_bytes()).unwrap();
        let bote = atom_syndication::Feed::read_from(house.read("public/bote/atom.xml").as_bytes()).unwrap();
        let source = atom.entries()[0].source().unwrap();
        assert_eq!((source.title().as_str(), source.id()), ("Der Bote", bote.id()));
        assert_eq!(source.links()[0].href(), "https://bote.example/");
        let rss = ::rss::Channel::read_from(house.read("public/mein/rss.xml").as_bytes()).unwrap();
        let source = rss.items()[0].source().unwrap();
        assert_eq!((source.title(), source.url()), (Some("Der Bote"), "https://feeds.example/bote/rss.xml"));
        assert_eq!(items(&house, "mein")[0]["_depesche"]["source"]["title"], "Der Bote");
        assert_eq!(bote.entries()[0].source(), None);
        // An article is one article, whichever feeds show it.
        assert_eq!(reading::agreed(&house, "mein")[0].id, reading::agreed(&house, "bote")[0].id);
        assert_eq!(house.list().len(), 2);
    }
}

#[test]
fn a_feed_of_feeds_that_is_defined_later_has_what_came_before_and_what_comes_after() {
    let house = House::with_document(rss(&[ONE]));
    house.update();
    house.write("feeds/alle/feed.toml", "feeds = [\"mitte\"]\n");
    house.write("feeds/mitte/feed.toml", "feeds = [\"blatt\"]\n");
    house.update_at("2024-11-02T12:00:00Z");
    assert_eq!(titles(&house, "alle"), ["Eins"]);
    house.write("feeds/blatt/quelle", rss(&[TWO, Item { title: "Eins, berichtigt", ..ONE }]));
    house.update_at("2024-11-03T12:00:00Z");
    assert_eq!(titles(&house, "alle"), ["Zwei", "Eins, berichtigt"]);
    let tree = house.tree("public");
    assert!(house.update_at("2024-11-04T12:00:00Z").ends_with("0 new, 0 revised, 2 known; 0 feeds written"));
    assert_eq!(house.tree("public"), tree);
}

#[test]
fn feeds_that_are_made_of_one_another_come_to_an_end() {
    let house =
        House::with_document(rss(&[ONE])).feed("a", "feeds = [\"b\", \"blatt\"]\n").feed("b", "feeds = [\"a\"]\n");
    house.update();
    assert_eq!((titles(&house, "a"), titles(&house, "b")), (vec!["Eins".to_owned()], vec!["Eins".to_owned()]));
}

#[test]
fn corrections_are_what_was_revised_after_its_publication() {
    let house = house("title = \"Berichtigt\"\nfeeds = \"all\"\ncorrections = true\n");
    house.update();
    assert!(!house.there("public/mein"), "nothing has been revised yet");
    house.write("feeds/bote/quelle", rss(&[Item { title: "Zwei, anders", ..TWO }]));
    house.update_at("2024-11-02T12:00:00Z");
    let entries = reading::agreed(&house, "mein");
    assert_eq!(entries.len(), 1);
    assert_eq!(
        (entries[0].title.as_str(), entries[0].updated.to_rfc3339().as_str()),
        ("Zwei, anders", "2024-11-02T12:00:00+00:00")
    );
}

#[test]
fn a_feed_is_parted_by_tags() {
    let tagged = rss(&[ONE, TWO])
        .replacen("</item>", "<category>Öffentlicher Raum</category><category>Rat</category></item>", 1)
        .replace(
            "<guid isPermaLink=\"false\">2</guid>",
            "<guid isPermaLink=\"false\">2</guid><category>rat</category><category>???</category>",
        );
    let house = House::with_document(tagged)
        .feed("blatt", "title = \"Blatt\"\nsplit = \"tag\"\n[[source]]\npath = \"quelle\"\n")
        .file("depesche.toml", "base = \"https://feeds.example/\"\n");
    house.update();
    assert_eq!(titles(&house, "blatt/themen/rat"), ["Zwei", "Eins"]);
    assert_eq!(titles(&house, "blatt/themen/oeffentlicher-raum"), ["Eins"]);
    let atom = atom_syndication::Feed::read_from(house.read("public/blatt/themen/rat/atom.xml").as_bytes()).unwrap();
    assert_eq!(atom.title().as_str(), "Blatt: rat");
    assert!(atom.links().iter().any(|link| link.href() == "https://feeds.example/blatt/themen/rat/atom.xml"));
    assert_eq!(atom.entries()[0].source(), None, "a part is no other feed");
    assert!(house.read("public/feeds.opml").contains("blatt/themen/oeffentlicher-raum/rss.xml"));
    assert!(house.read("public/index.html").contains("blatt/themen/rat/index.html"));
    let page = house.read("public/blatt/themen/rat/index.html");
    assert!(page.contains("href=\"../../../style.css\"") && page.contains("href=\"../../../index.html\""));
    let tree = house.tree("public");
    house.update_at("2024-11-02T12:00:00Z");
    assert_eq!(house.tree("public"), tree);
}

#[test]
fn titles_follow_a_pattern() {
    let house = house("feeds = \"all\"\nentry_title = \"[{source}] {title} ({author})\"\n");
    house.update();
    assert_eq!(titles(&house, "mein"), ["[Der Bote] Zwei", "[Blatt] Eins (Anna Blum)"]);
    assert_eq!(titles(&house, "blatt"), ["Eins"]);
}

#[test]
fn an_entry_holds_as_much_as_it_is_to() {
    let long = "Wort ".repeat(200);
    let document = rss(&[ONE]).replace("<description>Ein Satz.", &format!("<content:encoded xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">&lt;p&gt;{long}&lt;/p&gt;</content:encoded><description>Anriss."));
    for (content, summary, html) in [("full", "Anriss.", true), ("summary", "Anriss.", false), ("none", "", false)] {
        let house = House::with_document(&document)
            .feed("blatt", &format!("content = \"{content}\"\n[[source]]\npath = \"quelle\"\n"));
        house.update();
        let entry = &reading::agreed(&house, "blatt")[0];
        assert_eq!((entry.summary.as_str(), entry.html.contains("Wort")), (summary, html), "{content}");
    }
    let house = House::with_files(&[("a.md", &format!("# Lang\n\n{long}\n"))])
        .feed("blatt", "content = \"summary\"\n[[source]]\npath = \"artikel\"\n")
        .file("depesche.toml", "base = \"https://feeds.example/\"\n");
    house.update();
    let summary = &reading::agreed(&house, "blatt")[0].summary;
    assert!(summary.ends_with("Wort …") && summary.chars().count() <= 302, "{summary}");
}

#[test]
fn what_is_still_to_come_is_held_or_bears_the_moment_at_which_it_was_seen() {
    let tomorrow = rss(&[ONE, Item { date: "Sat, 02 Nov 2024 08:00:00 +0100", ..TWO }]);
    let house = House::with_document(&tomorrow);
    house.update();
    let item = &items(&house, "blatt")[0];
    assert_eq!(
        (&item["title"], &item["date_published"], &item["date_modified"], &item["_depesche"]["published_precision"]),
        (&json!("Zwei"), &json!("2024-11-01T12:00:00+01:00"), &json!("2024-11-01T12:00:00+01:00"), &Value::Null)
    );
    let house = House::with_document(&tomorrow).feed("blatt", "future = \"hold\"\n[[source]]\npath = \"quelle\"\n");
    house.update();
    assert_eq!(titles(&house, "blatt"), ["Eins"]);
    house.update_at("2024-11-02T08:00:00+01:00");
    assert_eq!(titles(&house, "blatt"), ["Zwei", "Eins"]);
    assert_eq!(items(&house, "blatt")[0]["date_published"], "2024-11-02T08:00:00+01:00");
}

#[test]
fn what_the_definition_says_of_the_feed_stands_in_all_formats() {
    let keys = "image = \"https://blatt.example/bild.png\"\nrights = \"© Blatt & Söhne\"\nttl = \"90m\"\n";
    let house = House::with_document(rss(&[ONE])).feed("blatt", &format!("{keys}[[source]]\npath = \"quelle\"\n"));
    house.update();
    let rss = ::rss::Channel::read_from(house.read("public/blatt/rss.xml").as_bytes()).unwrap();
    assert_eq!((rss.ttl(), rss.copyright()), (Some("90"), Some("© Blatt & Söhne")));
    let image = rss.image().unwrap();
    assert_eq!((image.url(), image.link()), ("https://blatt.example/bild.png", rss.link()));
    let atom = atom_syndication::Feed::read_from(house.read("public/blatt/atom.xml").as_bytes()).unwrap();
    assert_eq!(
        (atom.logo(), atom.rights().unwrap().as_str()),
        (Some("https://blatt.example/bild.png"), "© Blatt & Söhne")
    );
    let json: Value = serde_json::from_str(&house.read("public/blatt/feed.json")).unwrap();
    assert_eq!(json["icon"], "https://blatt.example/bild.png");
}

#[test]
fn a_feed_does_not_lose_entries_that_the_archive_does_not_know() {
    let house = House::with_document(rss(&[ONE, TWO]));
    house.update();
    let before = house.tree("public/blatt");
    std::fs::remove_dir_all(house.path("archive")).unwrap();
    house.write("feeds/blatt/quelle", rss(&[ONE]));
    let ran = house.run(&["update"]);
    assert_eq!(ran.status, 1);
    assert_eq!(
        ran.stderr,
        "depesche: cannot read `public/blatt`: 1 entry that it shows would be lost: the archive does not know them\n\
         hint: the feed stays as it is; put a backup of the archive in its place, or, if that is meant, run `depesche publish blatt \
         --accept-loss`\n"
    );
    assert_eq!(house.tree("public/blatt"), before);
    assert_eq!(house.run(&["update"]).status, 1, "it is told until it is decided");
    let status = house.run(&["status", "--json"]);
    assert_eq!((status.status, &status.objects()[0]["state"]), (1, &json!("odd")));
    assert!(status.stdout.contains("1 entry that it shows would be lost"), "{}", status.stdout);
    assert_eq!(house.run(&["publish", "blatt", "--accept-loss"]).status, 0);
    assert_eq!(titles(&house, "blatt"), ["Eins"]);
    assert_eq!(house.run(&["update"]).status, 0);
    assert_eq!(house.run(&["status"]).status, 0);
}

#[test]
fn a_published_file_that_somebody_touched_is_made_again_by_the_next_run() {
    let house = House::with_document(rss(&[ONE]));
    house.update();
    let before = house.published();
    let page = format!("public/blatt/articles/{}.html", house.only()["id"].as_str().unwrap());
    for name in ["public/blatt/atom.xml", "public/feed.css", &page] {
        house.write(name, "anders");
        house.update();
        assert_eq!(house.published(), before, "{name}");
        std::fs::remove_file(house.path(name)).unwrap();
        house.update();
        assert_eq!(house.published(), before, "{name}");
    }
}

#[test]
fn filters_keep_and_drop_by_words_and_expressions_in_any_field() {
    let other = Item { title: "Fahrradweg am Rat vorbei", author: "Karl Rat", ..TWO };
    let table = [
        ("keep = [\"rat\"]\n", vec!["Fahrradweg am Rat vorbei"]),
        ("keep = [\"title:fahrrad\"]\n", vec![]),
        ("keep = [\"title:/fahrrad/\"]\n", vec!["Fahrradweg am Rat vorbei"]),
        ("keep = [\"author:anna  blum\", \"author:Karl\"]\ndrop = [\"noch ein\"]\n", vec!["Eins"]),
        ("drop = [\"link:/bote\\\\.example/\"]\n", vec!["Eins"]),
        ("drop = [\"tag:Sport\", \"language:en\"]\n", vec!["Fahrradweg am Rat vorbei", "Eins"]),
        ("max_age = \"64d\"\n", vec!["Fahrradweg am Rat vorbei"]),
    ];
    for (keys, expected) in table {
        let house = House::with_document(rss(&[ONE, other]))
            .feed("blatt", &format!("{keys}[[source]]\npath = \"quelle\"\n"))
            .feed("alle", &format!("feeds = [\"bote\"]\n{keys}"))
            .feed("bote", "[[source]]\npath = \"../blatt/quelle\"\n")
            .file("depesche.toml", "base = \"https://feeds.example/\"\n");
        let ran = house.run(&["update"]);
        assert_eq!(ran.status, 0, "{keys}: {}", ran.stderr);
        for name in ["blatt", "alle"] {
            let found = if house.there(&format!("public/{name}")) { titles(&house, name) } else { Vec::new() };
            assert_eq!(found, expected, "{name}: {keys}");
        }
        let dropped = 2 - expected.len();
        assert_eq!(ran.closing().contains(&format!(", {dropped} dropped;")), dropped > 0, "{}", ran.closing());
    }
    let house = House::with_document(rss(&[ONE])).feed("bote", "keep = [\"/(/\"]\n");
    let ran = house.run(&["update"]);
    assert_eq!(ran.status, 2);
    assert!(
        ran.stderr.starts_with("depesche: cannot use `feeds/bote/feed.toml:1`: `/(/` in `keep` cannot be read: "),
        "{}",
        ran.stderr
    );
}
