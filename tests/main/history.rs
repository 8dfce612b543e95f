//! The history of feeds (RFC 5005): nothing that slides out of the newest entries is lost, and closed documents never change.

use crate::support::specimen::{Item, rss};
use crate::support::{Answer, House, Server, reading};
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};

const BASE: &str = "https://feeds.example/";

/// Articles by number, the newest first, as feeds have them.
fn articles(numbers: impl DoubleEndedIterator<Item = usize>) -> String {
    let owned: Vec<[String; 4]> = numbers
        .rev()
        .map(|n| {
            let day = chrono::DateTime::from_timestamp(1_700_000_000 + n as i64 * 3600, 0).unwrap();
            [format!("Nummer {n}"), format!("https://blatt.example/{n}"), format!("g{n}"), day.to_rfc2822()]
        })
        .collect();
    let items: Vec<Item> = owned
        .iter()
        .map(|[title, link, guid, date]| Item { title, link, guid, date, text: "Ein Satz.", ..Item::default() })
        .collect();
    rss(&items)
}

fn house(document: &str, keys: &str) -> House {
    House::with_document(document)
        .feed("blatt", &format!("title = \"Blatt\"\n{keys}[[source]]\npath = \"quelle\"\n"))
        .file("depesche.toml", format!("base = \"{BASE}\"\n"))
}

/// The ids in a document, and the address of the one before it.
fn read(house: &House, path: &str) -> (Vec<String>, Option<String>) {
    let text = house.read(&format!("public/{path}"));
    if path.ends_with(".json") {
        let json: Value = serde_json::from_str(&text).unwrap();
        let ids = json["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned());
        return (ids.collect(), json["next_url"].as_str().map(str::to_owned));
    }
    if text.contains("<rss ") {
        let rss = ::rss::Channel::read_from(text.as_bytes()).unwrap();
        let ids = rss.items().iter().map(|item| item.guid().unwrap().value().to_owned()).collect();
        let links = rss.extensions()["atom"]["link"].iter().map(|link| link.attrs());
        let before = links.filter(|link| link["rel"] == "prev-archive").map(|link| link["href"].clone()).next();
        return (ids, before);
    }
    let atom = atom_syndication::Feed::read_from(text.as_bytes()).unwrap();
    let before = atom.links().iter().find(|link| link.rel() == "prev-archive").map(|link| link.href().to_owned());
    (atom.entries().iter().map(|entry| entry.id().to_owned()).collect(), before)
}

/// Walks from the newest document to the first, and returns the ids of each.
fn walk(house: &House, newest: &str) -> Vec<Vec<String>> {
    let mut documents = Vec::new();
    let mut next = Some(newest.to_owned());
    while let Some(path) = next {
        let (ids, before) = read(house, &path);
        documents.push(ids);
        next = before.map(|url| url.strip_prefix(BASE).expect("an address below the base").to_owned());
    }
    documents
}

/// Closed documents with bytes and times of modification.
fn closed(house: &House) -> BTreeMap<String, (Vec<u8>, std::time::SystemTime)> {
    house.tree("public/blatt").into_iter().filter(|(path, _)| path.contains("archive/")).collect()
}

#[test]
fn whoever_walks_back_finds_every_entry_in_every_format() {
    let house = house(&articles(0..250), "limit = 20\n");
    house.update();
    let all: HashSet<String> =
        house.listed("id").iter().map(|id| format!("urn:uuid:{}", id.as_str().unwrap())).collect();
    for newest in ["blatt/atom.xml", "blatt/rss.xml", "blatt/feed.json"] {
        let documents = walk(&house, newest);
        assert_eq!(documents.iter().map(Vec::len).collect::<Vec<_>>(), [20, 50, 100, 100], "{newest}");
        let found: HashSet<String> = documents[1..].iter().flatten().cloned().collect();
        assert_eq!(found, all, "{newest}");
        assert_eq!(documents[1..].concat().len(), 250, "{newest}: each once");
    }
}

#[test]
fn documents_say_what_they_are_and_name_their_neighbours() {
    let house = house(&articles(0..250), "limit = 20\n");
    house.update();
    let relations = |path: &str| -> BTreeMap<String, String> {
        let atom = atom_syndication::Feed::read_from(house.read(path).as_bytes()).unwrap();
        let links = atom.links().iter().filter(|link| link.rel() != "alternate");
        links.map(|link| (link.rel().to_owned(), link.href().replace(BASE, ""))).collect()
    };
    let expected = |links: &[(&str, &str)]| links.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect();
    let second: BTreeMap<String, String> = expected(&[
        ("self", "blatt/archive/0002.xml"),
        ("current", "blatt/atom.xml"),
        ("prev-archive", "blatt/archive/0001.xml"),
        ("next-archive", "blatt/archive/0003.xml"),
    ]);
    assert_eq!(relations("public/blatt/archive/0002.xml"), second);
    let newest: BTreeMap<String, String> =
        expected(&[("self", "blatt/atom.xml"), ("prev-archive", "blatt/archive/0003.xml")]);
    assert_eq!(relations("public/blatt/atom.xml"), newest);
    for name in ["0001.xml", "0003.rss"] {
        assert!(house.read(&format!("public/blatt/archive/{name}")).contains("<fh:archive"), "{name}");
    }
    for name in ["atom.xml", "rss.xml"] {
        assert!(!house.read(&format!("public/blatt/{name}")).contains("<fh:"), "{name}");
    }
}

#[test]
fn a_feed_that_fits_whole_says_so() {
    let house = house(&articles(0..20), "limit = 20\n");
    house.update();
    for name in ["atom.xml", "rss.xml"] {
        assert!(house.read(&format!("public/blatt/{name}")).contains("<fh:complete"), "{name}");
    }
    assert!(!house.there("public/blatt/archive"));
}

#[test]
fn closed_documents_never_change_and_are_full() {
    let house = house(&articles(0..130), "limit = 20\n");
    house.update();
    let before = closed(&house);
    assert_eq!(before.len(), 6, "two documents in three formats");
    for (run, end) in [140_usize, 150, 290, 291].into_iter().enumerate() {
        house.write("feeds/blatt/quelle", articles(130.max(end.saturating_sub(150))..end));
        // Another title and another limit concern what is written from now on.
        let keys = format!("title = \"Blatt {run}\"\nlimit = {}\n[[source]]\npath = \"quelle\"\n", 20 + run);
        house.write("feeds/blatt/feed.toml", keys);
        house.update_at(&format!("2024-11-0{}T12:00:00Z", run + 2));
    }
    let after = closed(&house);
    assert!(before.iter().all(|(path, file)| after[path] == *file));
    let sizes: Vec<usize> = walk(&house, "blatt/atom.xml").iter().map(Vec::len).collect();
    assert!(sizes[1..sizes.len() - 2].iter().all(|size| *size > 20), "{sizes:?}");
    let all: HashSet<String> = walk(&house, "blatt/feed.json").concat().into_iter().collect();
    assert_eq!(all.len(), 291);
}

#[test]
fn a_revised_article_stands_again_in_a_later_document() {
    let house = house(&articles(0..150), "limit = 20\n");
    house.update();
    let revised = articles(0..150).replace("<title>Nummer 7</title>", "<title>Nummer 7, berichtigt</title>");
    house.write("feeds/blatt/quelle", revised);
    house.update_at("2024-11-02T12:00:00Z");
    house.write("feeds/blatt/quelle", articles(150..270));
    house.update_at("2024-11-03T12:00:00Z");
    let titled = |name: &str| house.read(&format!("public/blatt/archive/{name}")).matches("Nummer 7<").count();
    assert_eq!((titled("0001.xml"), titled("0002.xml")), (0, 1), "the source has the newest first");
    let later = house.read("public/blatt/archive/0003.xml");
    assert!(later.contains("<title>Nummer 7, berichtigt</title>"));
    let article = house.list().into_iter().find(|article| article["link"] == "https://blatt.example/7").unwrap();
    let urn = format!("urn:uuid:{}", article["id"].as_str().unwrap());
    let documents = walk(&house, "blatt/atom.xml");
    let holding: Vec<bool> = documents.iter().map(|ids| ids.contains(&urn)).collect();
    assert_eq!(holding, [false, false, true, true, false], "newest first: the documents 4, 3, 2 and 1 behind it");
}

#[test]
fn what_was_published_is_made_again_with_the_same_bytes() {
    let house = house(&articles(0..130), "limit = 20\n");
    house.update();
    house.write("feeds/blatt/quelle", articles(130..260));
    house.update_at("2024-11-02T12:00:00Z");
    // Pages of articles that the feed no longer shows are made again only if they are the only address.
    let documents = || {
        let mut all = house.published();
        all.retain(|path, _| !path.contains("/articles/"));
        all
    };
    let before = documents();
    std::fs::remove_dir_all(house.path("public")).unwrap();
    std::fs::remove_dir_all(house.path("archive/catalogue")).unwrap();
    let ran = house.at("2024-11-03T12:00:00Z", &["publish"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert_eq!(documents(), before);
}

#[test]
fn readers_that_stop_at_what_they_know_miss_nothing_that_comes_late() {
    // Each run brings articles of any age. One reader goes by ids, one stops at the first entry that it knows, one looks
    // only at what stands above the entry that was on top before.
    let house = house(&rss(&[]), "limit = 30\n");
    let (mut known, mut stopped, mut above) = (HashSet::new(), HashSet::new(), HashSet::new());
    let mut top = None;
    for run in 0..8usize {
        let numbers = (0..7).map(|k| (run * 7 + k) * 31 % 56);
        let parts: Vec<String> = numbers.map(|n| articles(n..n + 1)).collect();
        let items: String =
            parts.iter().map(|part| &part[part.find("<item>").unwrap()..part.find("</channel>").unwrap()]).collect();
        house.write("feeds/blatt/quelle", rss(&[]).replace("</channel>", &format!("{items}</channel>")));
        house.update_at(&format!("2024-11-0{}T12:00:00Z", run + 1));
        let ids: Vec<String> = reading::agreed(&house, "blatt").into_iter().map(|entry| entry.id).collect();
        known.extend(ids.iter().cloned());
        let new: Vec<String> = ids.iter().take_while(|id| !stopped.contains(*id)).cloned().collect();
        stopped.extend(new);
        above.extend(ids.iter().take_while(|id| Some(*id) != top.as_ref()).cloned());
        top = ids.first().cloned();
        let published: Vec<_> =
            reading::agreed(&house, "blatt").into_iter().take(7).map(|entry| entry.published).collect();
        assert!(published.is_sorted_by(|a, b| a >= b), "within a run the newest comes first");
    }
    assert_eq!((known.len(), stopped.len(), above.len()), (56, 56, 56));
}

#[test]
fn an_article_that_is_no_longer_shown_keeps_its_page() {
    let house = House::with_files(&[("a.md", "# Erste\n\nEin Satz.\n")])
        .feed("blatt", "limit = 1\n[[source]]\npath = \"artikel\"\n");
    house.update();
    let page = format!("public/blatt/articles/{}.html", house.only()["id"].as_str().unwrap());
    house.write("feeds/blatt/artikel/b.md", "# Zweite\n\nEin anderer Satz.\n");
    house.update_at("2024-11-02T12:00:00Z");
    house.write("feeds/blatt/artikel/a.md", "# Erste\n\nEin berichtigter Satz.\n");
    house.update_at("2024-11-03T12:00:00Z");
    assert!(house.read(&page).contains("Ein berichtigter Satz."));
    assert!(!house.read("public/blatt/atom.xml").contains("Erste"));
    let before = house.published();
    std::fs::remove_dir_all(house.path("public")).unwrap();
    house.run(&["publish"]);
    assert_eq!(house.published(), before);
}

#[test]
fn a_limit_by_age_shows_what_came_since_and_at_least_one() {
    let house = house(&articles(0..3), "limit = \"2d\"\n");
    house.update_at("2024-11-01T12:00:00Z");
    house.write("feeds/blatt/quelle", articles(3..5));
    house.update_at("2024-11-02T12:00:00Z");
    assert_eq!(reading::agreed(&house, "blatt").len(), 5);
    house.update_at("2024-11-04T00:00:00Z");
    assert_eq!(reading::agreed(&house, "blatt").len(), 2);
    house.update_at("2025-11-04T00:00:00Z");
    assert_eq!(reading::agreed(&house, "blatt").len(), 1);
    assert_eq!(walk(&house, "blatt/atom.xml").concat().into_iter().collect::<HashSet<_>>().len(), 5);
}

#[test]
#[ignore = "takes a minute in a release build: cargo test --release -- --ignored chain"]
fn a_chain_of_a_thousand_documents() {
    let house = house(&articles(0..100_000), "limit = 20\n");
    house.update();
    let before = closed(&house);
    assert_eq!(before.len(), 3000);
    let documents = walk(&house, "blatt/atom.xml");
    assert_eq!((documents.len(), documents[1..].concat().len()), (1001, 100_000));
    assert_eq!(documents.concat().into_iter().collect::<HashSet<_>>().len(), 100_000);
    house.write("feeds/blatt/quelle", articles(100_000..100_500));
    house.update_at("2024-11-02T12:00:00Z");
    let after = closed(&house);
    assert!(before.iter().all(|(path, file)| after[path] == *file));
    assert_eq!(walk(&house, "blatt/rss.xml").concat().into_iter().collect::<HashSet<_>>().len(), 100_500);
}

/// A folder in which a feed is kept whose documents lie on the server, as another depesche published them.
fn mirror(server: &Server, path: &str) -> House {
    House::empty()
        .feed("spiegel", &format!("[[source]]\nurl = \"{}\"\nhistory = true\n", server.url(path)))
        .file("depesche.toml", server.settings())
}

#[test]
fn a_published_feed_is_read_back_whole_in_every_format_and_what_was_read_is_not_asked_for_again() {
    let original = house(&articles(0..250), "limit = 20\n");
    let server = Server::start(vec![]);
    original.write("depesche.toml", format!("base = \"{}\"\n", server.url("/")));
    original.update();
    original.write("feeds/blatt/quelle", articles(250..290).replace("Ein Satz.", "Ein Satz dazu."));
    original.update_at("2024-11-02T12:00:00Z");
    let publish = || {
        for (path, text) in original.published() {
            server.answers(&format!("/{path}"), Answer::ok("", text));
        }
    };
    publish();
    let wanted: BTreeMap<String, String> = titles(&original);
    for document in ["/blatt/atom.xml", "/blatt/rss.xml", "/blatt/feed.json"] {
        let mirror = mirror(&server, document);
        let ran = mirror.run(&["update"]);
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{document}");
        assert_eq!(titles(&mirror), wanted, "{document}");
        let asked = server.asked().len();
        mirror.run(&["update", "--all"]);
        let again: Vec<String> =
            server.asked()[asked..].iter().filter(|path| path.contains("archive")).cloned().collect();
        assert!(document.ends_with("json") || again.is_empty(), "{document}: {again:?}");
        assert_eq!(titles(&mirror), wanted, "{document}");
    }
    // One closed document cannot be had: what was read is kept, the run says so, and the next one goes on.
    let mirror = mirror(&server, "/blatt/atom.xml");
    server.answers("/blatt/archive/0002.xml", Answer::status(503));
    let ran = mirror.run(&["update"]);
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("archive/0002.xml"), "{}", ran.stderr);
    assert_eq!(mirror.list().len(), 40 + 50, "those of the documents 4 and 3");
    publish();
    mirror.run(&["update", "--all"]).good();
    assert_eq!(titles(&mirror), wanted);
}

/// Link and title of everything that is kept.
fn titles(house: &House) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    house.list().iter().map(|article| (text(&article["link"]), text(&article["title"]))).collect()
}

#[test]
fn pages_are_followed_by_their_links_or_counted() {
    let page = |numbers: std::ops::Range<usize>, next: &str| {
        let link = format!("<link xmlns=\"http://www.w3.org/2005/Atom\" rel=\"next\" href=\"{next}\"/></channel>");
        let rss = articles(numbers);
        if next.is_empty() { rss } else { rss.replace("</channel>", &link) }
    };
    let server = Server::start(vec![
        ("/a", Answer::ok("", page(20..30, "/a2"))),
        ("/a2", Answer::ok("", page(10..22, "/a3"))),
        ("/a3", Answer::ok("", page(0..10, "/a2"))),
        ("/w", Answer::ok("", page(20..30, ""))),
        ("/w?paged=2", Answer::ok("", page(10..20, ""))),
        ("/w?paged=3", Answer::ok("", page(0..10, ""))),
        ("/same", Answer::ok("", page(0..10, ""))),
        ("/same?paged=2", Answer::ok("", page(0..10, ""))),
        ("/alone", Answer::ok("", page(0..10, ""))),
    ]);
    for (path, count, requests) in [("/a", 30, 4), ("/w", 30, 5), ("/same", 10, 3), ("/alone", 10, 3)] {
        let before = server.asked().len();
        let mirror = mirror(&server, path);
        mirror.run(&["update"]).good();
        assert_eq!((mirror.list().len(), server.asked().len() - before), (count, requests), "{path}");
        // Once at the end, the newest page is enough.
        mirror.run(&["update", "--all"]).good();
        assert_eq!(server.asked().len() - before, requests + 1, "{path}");
    }
}

#[test]
fn a_walk_over_pages_goes_on_where_it_broke_off() {
    let page = |numbers: std::ops::Range<usize>| Answer::ok("", articles(numbers));
    let server = Server::start(vec![("/w", page(30..40)), ("/w?paged=2", page(20..30)), ("/w?paged=4", page(0..10))]);
    server.answers("/w?paged=3", Answer::status(503));
    let mirror = mirror(&server, "/w");
    let ran = mirror.run(&["update"]);
    assert_eq!((ran.status, mirror.list().len()), (1, 20));
    assert!(ran.stderr.contains("/w?paged=3"), "{}", ran.stderr);
    server.answers("/w?paged=3", page(10..20));
    let before = server.asked().len();
    mirror.run(&["update", "--all"]).good();
    assert_eq!(mirror.list().len(), 40);
    let asked: Vec<String> = server.asked()[before..].iter().filter(|path| path.contains('?')).cloned().collect();
    assert_eq!(asked, ["/w?paged=3", "/w?paged=4", "/w?paged=5"]);
}

#[test]
fn the_pages_of_a_feed_behind_a_page_are_those_of_the_feed() {
    let head =
        "<html><head><link rel=alternate type=application/rss+xml href=/feed></head><body><p>Blatt</p></body></html>";
    let server = Server::start(vec![
        ("/", Answer::ok("text/html", head)),
        ("/feed", Answer::ok("", articles(10..20))),
        ("/feed?paged=2", Answer::ok("", articles(0..10))),
    ]);
    let mirror = mirror(&server, "/");
    assert_eq!(mirror.run(&["update"]).status, 0);
    assert_eq!(mirror.list().len(), 20, "{:?}", server.asked());
    let before = server.asked().len();
    mirror.run(&["update", "--all"]).good();
    assert_eq!(server.asked()[before..], ["/feed"]);
}

#[test]
fn what_robots_txt_does_not_want_is_not_followed_and_what_a_person_named_is_read() {
    let next = "<link xmlns=\"http://www.w3.org/2005/Atom\" rel=\"next\" href=\"/a2\"/></channel>";
    let server = Server::start(vec![
        ("/a", Answer::ok("", articles(2..4).replace("</channel>", next))),
        ("/a2", Answer::ok("", articles(0..2))),
        ("/robots.txt", Answer::ok("text/plain", "User-agent: *\nDisallow: /\n")),
    ]);
    let house = mirror(&server, "/a");
    let ran = house.run(&["update"]);
    assert_eq!((ran.status, house.list().len()), (1, 2));
    assert!(ran.stderr.contains("robots.txt of its host does not want that"), "{}", ran.stderr);
    assert!(!server.asked().contains(&"/a2".to_owned()));
    // Rules that have no end are read as far as they must be; the rest allows.
    let endless = Answer { padding: 3 << 20, ..Answer::ok("text/plain", "User-agent: *\nDisallow: /b\n#") };
    server.answers("/robots.txt", endless);
    house.run(&["update", "--all"]).good();
    assert_eq!(house.list().len(), 4);
    // Rules that cannot be had forbid.
    server.answers("/robots.txt", Answer::status(503));
    let house = mirror(&server, "/a");
    assert_eq!((house.run(&["update"]).status, house.list().len()), (1, 2));
}
