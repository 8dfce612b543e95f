//! Listing pages in different styles, made for this: what `extract` finds in each is compared whole with what a person sees.

use crate::support::specimen::{Item, gzip, page, rss, story};
use crate::support::{Answer, House, Ran, Server};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

#[test]
fn entries_of_listing_pages_are_found_without_selectors() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/listings");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .filter_map(|file| file.unwrap().file_name().to_str()?.strip_suffix(".html").map(str::to_owned))
        .collect();
    names.sort();
    assert!(names.len() >= 10);
    let house = House::empty();
    let mut wrong = String::new();
    for name in &names {
        let expected: Value =
            serde_json::from_str(&fs::read_to_string(folder.join(format!("{name}.json"))).unwrap()).unwrap();
        house.write("seite.html", fs::read(folder.join(format!("{name}.html"))).unwrap());
        house.write("urls.tsv", format!("seite.html\t{}\n", expected["url"].as_str().unwrap()));
        let ran: Ran = house.run(&["extract", "--urls", "urls.tsv", "seite.html"]);
        let found = ran.objects().remove(0);
        let entries: Vec<Value> = found["articles"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| json!({"link": entry["link"], "title": entry["title"], "published": entry["published"]}))
            .collect();
        let found = json!({"url": expected["url"], "next": found["next"], "kind": found["kind"], "entries": entries});
        let mut expected = expected;
        expected["kind"] = json!("listing");
        if found != expected {
            wrong += &format!("{name}: found {found:#}\nexpected {expected:#}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// A page with one article, as long as one.
fn article(title: &str, date: &str) -> Answer {
    Answer::ok("text/html", page(title, "", date, &format!("<p>{}</p><p>{}</p>", story(title), story("den Rest"))))
}

/// A listing page of entries: address, title and the words of a date.
fn list(entries: &[(&str, &str, &str)], rest: &str) -> Answer {
    let entries: String = entries
        .iter()
        .map(|(link, title, date)| format!("<li><a href=\"{link}\">{title}</a> <span class=\"d\">{date}</span></li>"))
        .collect();
    let nav = "<nav><a href=\"/verein\">Verein</a> <a href=\"/kontakt-und-anfahrt-zu-uns\">Kontakt und Anfahrt zu uns</a></nav>";
    Answer::ok("text/html", format!("<html><body>{nav}<ul class=\"liste\">{entries}</ul>{rest}</body></html>"))
}

const THREE: [(&str, &str, &str); 3] = [
    ("/n/drei", "Die dritte Meldung des Tages", "30.10.2024"),
    ("/n/zwei", "Die zweite Meldung des Tages", "29.10.2024"),
    ("/n/eins", "Die erste Meldung des Tages", "28.10.2024"),
];

fn site() -> Server {
    Server::start(vec![
        ("/aktuelles", list(&THREE, "")),
        ("/n/eins", article("Eins: der ganze Artikel", "2024-10-28T08:00:00+01:00")),
        ("/n/zwei", article("Zwei: der ganze Artikel", "2024-10-29T08:00:00+01:00")),
        ("/n/drei", article("Drei: der ganze Artikel", "2024-10-30T08:00:00+01:00")),
    ])
}

fn house(server: &Server, path: &str, keys: &str) -> House {
    let source = format!("[[source]]\nurl = \"{}\"\n{keys}", server.url(path));
    House::empty().file("depesche.toml", server.settings()).feed("blatt", &source)
}

/// How often a path was asked for.
fn asked(server: &Server, path: &str) -> usize {
    server.asked().iter().filter(|asked| asked.split(' ').next() == Some(path)).count()
}

fn again(house: &House, now: &str) -> Ran {
    house.at(now, &["update", "--all"])
}

#[test]
fn entries_of_a_listing_are_followed_once() {
    let server = site();
    let house = house(&server, "/aktuelles", "");
    let said = house.run(&["update"]).good();
    assert!(said.ends_with("1 source, 3 articles: 3 new, 0 revised, 0 known; 1 feed written\n"), "{said}");
    assert_eq!(
        house.listed("title"),
        ["Drei: der ganze Artikel", "Zwei: der ganze Artikel", "Eins: der ganze Artikel"]
    );
    assert_eq!(house.listed("published")[0], "2024-10-30T08:00:00+01:00");
    assert_eq!(house.listed("link")[0], server.url("/n/drei"));
    // A new entry is read, the others are not read again.
    let mut four = vec![("/n/vier", "Die vierte Meldung des Tages", "31.10.2024")];
    four.extend(THREE);
    server.answers("/n/vier", article("Vier: der ganze Artikel", "2024-10-31T08:00:00+01:00"));
    server.answers("/aktuelles", list(&four, ""));
    let line = again(&house, "2024-11-01T13:00:00+01:00").good();
    assert!(line.contains(" 1 new, 0 revised"), "{line}");
    let line = again(&house, "2024-11-01T14:00:00+01:00").good();
    assert!(line.contains(" 0 new, 0 revised"), "{line}");
    assert_eq!(["/n/eins", "/n/zwei", "/n/drei", "/n/vier"].map(|path| asked(&server, path)), [1; 4]);
    // What the list says anew of an article makes it read again.
    four[0].1 = "Die vierte Meldung, berichtigt";
    server.answers("/aktuelles", list(&four, ""));
    server.answers("/n/vier", article("Vier: berichtigt", "2024-10-31T08:00:00+01:00"));
    let line = again(&house, "2024-11-01T15:00:00+01:00").good();
    assert!(line.contains(" 0 new, 1 revised"), "{line}");
    let line = again(&house, "2024-11-01T16:00:00+01:00").good();
    assert!(line.contains(" 0 new, 0 revised"), "{line}");
    assert_eq!(["/n/eins", "/n/vier"].map(|path| asked(&server, path)), [1, 2]);
}

#[test]
fn what_cannot_be_read_is_tried_again_and_what_is_gone_is_kept_as_listed() {
    let server = site();
    server.answers("/n/zwei", Answer::status(503));
    server.answers("/n/eins", Answer::status(404));
    let house = house(&server, "/aktuelles", "");
    let ran = house.run(&["update"]);
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("1 page of its entries could not be read: "), "{}", ran.stderr);
    assert_eq!(house.listed("title"), ["Drei: der ganze Artikel", "Die erste Meldung des Tages"]);
    server.answers("/n/zwei", article("Zwei: der ganze Artikel", "2024-10-29T08:00:00+01:00"));
    let line = again(&house, "2024-11-01T13:00:00+01:00").good();
    assert!(line.contains(" 1 new, 0 revised"), "{line}");
    again(&house, "2024-11-01T14:00:00+01:00").good();
    assert_eq!(["/n/eins", "/n/zwei", "/n/drei"].map(|path| asked(&server, path)), [1, 2, 1]);
    assert_eq!(house.list().len(), 3);
}

#[test]
fn a_page_that_is_no_article_is_passed_over_and_not_read_again() {
    let server = site();
    let mut entries = THREE.to_vec();
    entries.push(("/n/ressort", "Alle Meldungen aus dem Landkreis", ""));
    server.answers("/aktuelles", list(&entries, ""));
    server.answers("/n/ressort", list(&THREE, ""));
    let house = house(&server, "/aktuelles", "");
    house.run(&["update"]).good();
    again(&house, "2024-11-01T13:00:00+01:00").good();
    assert_eq!(house.list().len(), 3);
    assert_eq!(asked(&server, "/n/ressort"), 1);
}

#[test]
fn the_next_pages_of_a_listing_are_read_while_they_bring_something_new() {
    let server = site();
    let next = |to: &str| format!("<a href=\"{to}\">Nächste Seite</a>");
    server.answers("/aktuelles", list(&THREE[..2], &next("/aktuelles?s=2")));
    let older = [
        ("/n/eins", "Die erste Meldung des Tages", "28.10.2024"),
        ("/n/null", "Die Meldung davor und dahinter", "27.10.2024"),
    ];
    server.answers("/aktuelles?s=2", list(&older, &next("/aktuelles?s=3")));
    server.answers("/n/null", article("Null: der ganze Artikel", "2024-10-27T08:00:00+01:00"));
    let house = house(&server, "/aktuelles", "pages = 2\n");
    house.run(&["update"]).good();
    assert_eq!(house.list().len(), 4);
    again(&house, "2024-11-01T13:00:00+01:00").good();
    assert_eq!((asked(&server, "/aktuelles?s=2"), asked(&server, "/aktuelles?s=3")), (1, 0));
}

#[test]
fn a_page_of_a_listing_that_cannot_be_read_is_read_by_the_next_run() {
    let server = site();
    let next = |page: usize| format!("<a rel=next href=\"/aktuelles?s={page}\">weiter</a>");
    server.answers("/aktuelles", list(&THREE[..2], &next(2)));
    server.answers("/aktuelles?s=2", Answer::status(503));
    let house = house(&server, "/aktuelles", "pages = 4\n");
    let ran = house.run(&["update"]);
    assert_eq!((ran.status, house.list().len()), (1, 2));
    assert!(ran.stderr.contains("/aktuelles?s=2"), "{}", ran.stderr);
    // The page behind the last one is missed by nobody.
    server.answers("/aktuelles?s=2", list(&THREE[2..], &next(3)));
    again(&house, "2024-11-01T13:00:00+01:00").good();
    assert_eq!((house.list().len(), asked(&server, "/aktuelles?s=3")), (3, 1));
    again(&house, "2024-11-01T14:00:00+01:00").good();
    assert_eq!(asked(&server, "/aktuelles?s=2"), 2, "without anything new, the first page is enough");
}

#[test]
fn a_page_that_is_the_door_to_its_feeds_is_none_to_be_kept() {
    let head = "<head><title>Blatt</title><link rel=alternate type=application/rss+xml href=/feed.xml></head>";
    let door = format!("<html>{head}<body><p>Willkommen beim Blatt!</p></body></html>");
    let long = format!("<html>{head}<body><h1>Ein Artikel</h1><p>{}</p><p>{0}</p></body></html>", story("den Text"));
    let feed =
        rss(&[Item { title: "Aus dem Feed", link: "https://blatt.example/1", text: "Ein Satz.", ..Item::default() }]);
    let server = Server::start(vec![
        ("/tuer", Answer::ok("text/html", door)),
        ("/lang", Answer::ok("text/html", long)),
        ("/feed.xml", Answer::ok("", feed)),
    ]);
    for (path, keys, title) in
        [("/tuer", "", "Aus dem Feed"), ("/lang", "", "Ein Artikel"), ("/lang", "history = true\n", "Aus dem Feed")]
    {
        let house = house(&server, path, keys);
        assert_eq!(house.run(&["update"]).status, 0, "{path} {keys}");
        assert_eq!(house.listed("title"), [title], "{path} {keys}");
    }
}

#[test]
fn selectors_say_where_the_entries_stand() {
    let server = site();
    let entry = |link: &str, title: &str, date: &str| {
        format!(
            "<div class=\"x\"><b class=\"t\">{title}</b><i>{date}</i><a class=\"go\" href=\"{link}\">»</a><a href=\"/anders\">Anders als sonst und überhaupt</a><q>Ein Anriss.</q></div>"
        )
    };
    let body = entry("/n/eins", "Erste", "am 28.10.2024") + &entry("/n/zwei", "Zweite", "am 29.10.2024");
    server.answers("/aktuelles", Answer::ok("text/html", format!("<html><body><div>{body}</div></body></html>")));
    let keys = "full = false\nentry = \"div.x\"\nlink = \"a.go\"\ntitle = \".t\"\ndate = \"i\"\nsummary = \"q\"\n";
    let house = house(&server, "/aktuelles", keys);
    house.run(&["update"]).good();
    assert_eq!(house.listed("title"), ["Zweite", "Erste"]);
    assert_eq!(house.listed("link"), [server.url("/n/zwei"), server.url("/n/eins")]);
    assert_eq!(house.listed("published"), ["2024-10-29T00:00:00+01:00", "2024-10-28T00:00:00+01:00"]);
    assert_eq!(asked(&server, "/n/eins"), 0);
    let house = House::empty().feed("blatt", "[[source]]\nurl = \"https://blatt.example/\"\nentry = \"div[\"\n");
    let ran = house.run(&["update"]);
    assert!(ran.stderr.contains("`div[` in `entry` is no CSS selector"), "{}", ran.stderr);
}

#[test]
fn the_best_feed_that_a_page_offers_is_read() {
    let long = story("den ganzen Text");
    let item =
        |text| rss(&[Item { title: "Der Marktplatz", link: "https://blatt.example/1", text, ..Item::default() }]);
    let server = Server::start(vec![
        (
            "/",
            Answer::ok(
                "text/html",
                "<html><head><link rel=alternate type=application/rss+xml href=/kurz.xml>\
            <link rel=alternate type=application/rss+xml href=/kommentare.xml>\
            <link rel=alternate type=application/rss+xml href=/lang.xml></head><body><h1>Blatt</h1></body></html>",
            ),
        ),
        ("/kurz.xml", Answer::ok("", item("Ein Satz."))),
        ("/lang.xml", Answer::ok("", item(&long))),
        ("/kommentare.xml", Answer::ok("", item(&long.repeat(9)))),
    ]);
    let house = house(&server, "/", "");
    let ran = house.run(&["update"]);
    let said = format!("the page offers a feed, which is read: {} (RSS, rather than", server.url("/lang.xml"));
    assert_eq!(ran.status, 0);
    assert!(ran.stderr.contains(&said), "{}", ran.stderr);
    assert_eq!(house.list().len(), 1);
    assert!(house.only()["text"].as_str().unwrap().contains(&long));
    // From then on, the feed is asked.
    let ran = again(&house, "2024-11-01T13:00:00+01:00");
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    assert_eq!((asked(&server, "/"), asked(&server, "/lang.xml"), asked(&server, "/kurz.xml")), (1, 2, 1));
}

#[test]
fn a_feed_of_comments_is_none_of_the_page() {
    let server = site();
    let comment = |path: &str| {
        let link = format!("{}#comment-7", server.url(path));
        rss(&[Item { title: "Karl zu einem Beitrag", link: &link, text: &story("alles"), ..Item::default() }])
    };
    server.answers("/reaktionen.xml", Answer::ok("", comment("/n/drei")));
    server.answers("/comments/feed", Answer::ok("", comment("/n/eins").replace("#comment-7", "")));
    let head = "<link rel=alternate type=application/rss+xml href=/reaktionen.xml>\
                <link rel=alternate type=application/rss+xml href=/comments/feed>";
    server.answers("/aktuelles", list(&THREE, head));
    let listing = house(&server, "/aktuelles", "");
    listing.run(&["update"]).good();
    assert_eq!(listing.listed("title").len(), 3);
    // One at a usual address is read before; and whoever asks for a feed gets what there is.
    let item = Item { title: "Aus dem Feed", link: &server.url("/n/drei"), text: "Ein Satz.", ..Item::default() };
    server.answers("/feed", Answer::ok("", rss(&[item])));
    let usual = house(&server, "/aktuelles", "");
    assert_eq!(usual.run(&["update"]).status, 0);
    assert_eq!(usual.listed("title"), ["Aus dem Feed"]);
    let wanted = house(&server, "/aktuelles", "kind = \"feed\"\n");
    assert_eq!(wanted.run(&["update"]).status, 0);
    assert_eq!(wanted.listed("title"), ["Karl zu einem Beitrag"]);
}

#[test]
fn a_feed_that_no_page_names_is_found_at_a_usual_address_once() {
    let server = site();
    let house = house(&server, "/aktuelles", "");
    house.run(&["update"]).good();
    again(&house, "2024-11-01T13:00:00+01:00").good();
    assert_eq!(asked(&server, "/feed"), 1, "{:?}", server.asked());
    // A feed at a usual address is that of the whole site: it must have what the page lists.
    let feed = |link: &str| {
        let item = Item { title: "Aus dem Feed", link, text: "Ein Satz.", ..Item::default() };
        Answer::ok("", rss(&[item]))
    };
    let server = site();
    server.answers("/atom.xml", feed("https://blatt.example/1"));
    let house = self::house(&server, "/aktuelles", "");
    house.run(&["update"]).good();
    assert_eq!(house.list().len(), 3);
    let server = site();
    server.answers("/atom.xml", feed(&server.url("/n/drei")));
    let house = self::house(&server, "/aktuelles", "");
    assert_eq!(house.run(&["update"]).status, 0);
    assert_eq!(house.listed("title"), ["Aus dem Feed"]);
}

#[test]
fn sitemaps_and_their_indexes_are_read_packed_or_not() {
    let server = site();
    let url = |path: &str, date: &str| format!("<url><loc>{}</loc><lastmod>{date}</lastmod></url>", server.url(path));
    let new = format!(
        "<urlset>{}{}{}</urlset>",
        url("/n/zwei", "2024-10-29"),
        url("/n/drei", "2024-10-30"),
        url("/verein", "2024-10-30")
    );
    let old = format!("<urlset>{}</urlset>", url("/n/eins", "2020-10-28"));
    server.answers("/neu.xml.gz", Answer::ok("application/x-gzip", gzip(new.as_bytes())));
    server.answers("/alt.xml", Answer::ok("text/xml", old));
    let index = format!(
        "<sitemapindex><sitemap><loc>{}</loc><lastmod>2020-10-28</lastmod></sitemap><sitemap><loc>{}</loc><lastmod>2024-10-30</lastmod></sitemap></sitemapindex>",
        server.url("/alt.xml"),
        server.url("/neu.xml.gz")
    );
    server.answers("/sitemap.xml", Answer::ok("text/xml", index));
    let source =
        format!("max_age = \"60d\"\n[[source]]\nurl = \"{}\"\nlinks = [\"/n/\"]\n", server.url("/sitemap.xml"));
    let house = House::empty().file("depesche.toml", server.settings()).feed("blatt", &source);
    house.run(&["update"]).good();
    assert_eq!(house.listed("title"), ["Drei: der ganze Artikel", "Zwei: der ganze Artikel"]);
    assert_eq!(["/alt.xml", "/n/eins", "/verein"].map(|path| asked(&server, path)), [0; 3]);
    again(&house, "2024-11-01T13:00:00+01:00").good();
    assert_eq!(["/n/zwei", "/n/drei"].map(|path| asked(&server, path)), [1; 2]);
}

#[test]
fn a_sitemap_may_be_a_text_and_need_not_know_the_titles_that_are_wanted() {
    let server = site();
    let lines = format!("{}\r\n\r\n{}\r\n", server.url("/n/eins"), server.url("/n/zwei"));
    server.answers("/sitemap.txt", Answer::ok("text/plain", lines));
    let source = |keys: &str| format!("{keys}[[source]]\nurl = \"{}\"\n", server.url("/sitemap.txt"));
    let house = House::empty()
        .file("depesche.toml", server.settings())
        .feed("alle", &source(""))
        .feed("blatt", &source("keep = [\"title:Zwei\"]\n"));
    house.run(&["update"]).good();
    assert_eq!(house.run(&["list", "--feed", "alle"]).stdout.lines().count(), 2);
    let kept = house.run(&["list", "--feed", "blatt"]).stdout;
    assert!(kept.lines().count() == 1 && kept.contains("Zwei: der ganze Artikel"), "{kept}");
    // A text that only begins with an address is none.
    house.write("text.txt", format!("{}\nDarüber wird viel gesprochen.\n", server.url("/n/eins")));
    let ran = house.run(&["extract", "text.txt"]);
    assert!(!ran.stdout.contains("sitemap"), "{}", ran.stdout);
}

#[test]
fn a_feed_of_teasers_is_completed_by_its_pages() {
    let server = site();
    let (one, two) = (server.url("/n/eins"), server.url("/n/zwei"));
    let feed = |title| {
        rss(&[
            Item {
                title,
                link: &one,
                guid: "g1",
                date: "Mon, 28 Oct 2024 09:30:00 +0100",
                text: "Ein Anriss.",
                ..Item::default()
            },
            Item {
                title: "Zwei im Feed",
                link: &two,
                guid: "g2",
                date: "Tue, 29 Oct 2024 09:30:00 +0100",
                text: "Ein Anriss.",
                ..Item::default()
            },
        ])
    };
    let server_feed = |title| Answer::ok("", feed(title));
    server.answers("/feed", server_feed("Eins im Feed"));
    server.answers("/n/zwei", Answer::status(500));
    let house = house(&server, "/feed", "full = true\n");
    assert_eq!(house.run(&["update"]).status, 1);
    assert_eq!(house.listed("title"), ["Zwei im Feed", "Eins im Feed"], "nothing is lost while a page cannot be read");
    server.answers("/n/zwei", article("Zwei: der ganze Artikel", "2024-10-29T08:00:00+01:00"));
    let line = again(&house, "2024-11-01T13:00:00+01:00").good();
    assert!(line.contains(" 0 new, 1 revised"), "{line}");
    let line = again(&house, "2024-11-01T14:00:00+01:00").good();
    assert!(line.contains(" 0 new, 0 revised"), "{line}");
    for article in house.list() {
        let shown = house.show(article["id"].as_str().unwrap());
        assert!(shown["text"].as_str().unwrap().len() > 300, "{shown}");
        assert!(shown["published"].as_str().unwrap().ends_with("T09:30:00+01:00"), "{shown}");
    }
    server.answers("/feed", server_feed("Eins im Feed, berichtigt"));
    let line = again(&house, "2024-11-01T15:00:00+01:00").good();
    assert!(line.contains(" 0 new, 1 revised"), "{line}");
    assert_eq!(["/n/eins", "/n/zwei"].map(|path| asked(&server, path)), [2, 2]);
}

#[test]
fn a_long_feed_is_kept_at_once_and_completed_over_several_runs() {
    let server = site();
    let links: Vec<String> = (0..210).map(|n| server.url(&format!("/l/{n}"))).collect();
    for n in 0..210 {
        server.answers(&format!("/l/{n}"), article(&format!("Lang {n}"), "2024-10-28T08:00:00+01:00"));
    }
    let items: Vec<Item> =
        links.iter().map(|link| Item { title: link, link, text: "Ein Anriss.", ..Item::default() }).collect();
    server.answers("/feed", Answer::ok("", rss(&items)));
    let source = format!("limit = 300\n[[source]]\nurl = \"{}\"\nfull = true\n", server.url("/feed"));
    let house = House::empty().file("depesche.toml", server.settings()).feed("blatt", &source);
    let short = || house.read("public/blatt/feed.json").matches("\"content_html\": \"<p>Ein Anriss.</p>\"").count();
    house.run(&["update"]).good();
    assert_eq!((house.list().len(), short()), (210, 10));
    again(&house, "2024-11-01T13:00:00+01:00").good();
    assert_eq!((house.list().len(), short()), (210, 0));
    again(&house, "2024-11-01T14:00:00+01:00").good();
    assert!((0..210).all(|n| asked(&server, &format!("/l/{n}")) == 1));
}

#[test]
fn a_page_that_several_lists_show_is_read_once() {
    let server = site();
    server.answers("/anders", list(&[THREE[2], THREE[0]], ""));
    let source = format!("[[source]]\nurl = \"{}\"\n", server.url("/anders"));
    let house = house(&server, "/aktuelles", "").feed("anders", &source);
    house.run(&["update"]).good();
    assert_eq!(["/n/eins", "/n/zwei", "/n/drei"].map(|path| asked(&server, path)), [1; 3]);
    assert_eq!(house.list().len(), 3);
    assert_eq!(house.run(&["list", "--feed", "anders", "--json"]).objects().len(), 2);
}

#[test]
fn a_listing_may_be_ingested() {
    let server = site();
    let house = House::empty().file("depesche.toml", server.settings()).feed("blatt", "title = \"Blatt\"\n");
    house.run(&["ingest", &server.url("/aktuelles"), "--feed", "blatt"]).good();
    assert_eq!(house.list().len(), 3);
    let seite = list(&THREE, "").body;
    let ran = house.file("seite.html", seite).run(&["ingest", "seite.html", "--feed", "blatt"]);
    assert!(
        ran.stderr.contains("it is a page that lists articles, and none itself"),
        "a file leads nowhere: {}",
        ran.stderr
    );
}

#[test]
fn size_number_and_depth_are_bounded_by_settings() {
    let items: Vec<String> = (0..30).map(|n| format!("https://blatt.example/{n}")).collect();
    let items: Vec<Item> = items.iter().map(|link| Item { title: link, link, ..Item::default() }).collect();
    let deep = format!(
        "<rss><channel><item><title>Tief</title>{}{}</item></channel></rss>",
        "<x>".repeat(40),
        "</x>".repeat(40)
    );
    let house =
        House::empty().file("viele.xml", rss(&items)).file("tief.xml", deep).file("gross.txt", "Wort ".repeat(300_000));
    assert_eq!(house.extract("viele.xml")["articles"].as_array().unwrap().len(), 30);
    house.extract("tief.xml");
    house.extract("gross.txt");
    let house = house.file("depesche.toml", "max_entries = 20\nmax_depth = 30\nmax_megabytes = 1\n");
    let found = house.extract("viele.xml");
    assert_eq!(found["articles"].as_array().unwrap().len(), 20);
    assert!(found["warnings"][0].as_str().unwrap().contains("10"), "{}", found["warnings"]);
    for (file, why) in [("tief.xml", "the feed nests too deep"), ("gross.txt", "it is larger than 1 MB")] {
        let ran = house.run(&["extract", file]);
        assert!(ran.status == 1 && ran.stderr.contains(why), "{}", ran.stderr);
    }
}

#[test]
fn what_somebody_follows_may_be_a_list_without_dates() {
    let server = site();
    let entry =
        |link: &str, title: &str| format!("<div><h3><a href=\"{link}\">{title}</a></h3><p>{}</p></div>", story(title));
    let body = entry("/n/eins", "Die erste Meldung")
        + &entry("/n/zwei", "Die zweite Meldung")
        + &entry("/n/drei", "Die dritte");
    server.answers("/aktuelles", Answer::ok("text/html", format!("<html><body><div>{body}</div></body></html>")));
    let longer = house(&server, "/aktuelles", "");
    longer.run(&["update"]).good();
    assert_eq!(longer.list().len(), 3);
    // One that has begun of late has two entries, but with dates.
    let two = |date: &str| {
        let entry = |link: &str, title: &str| {
            format!("<article><h3><a href=\"{link}\">{title}</a></h3><p>{date}</p><p>{}</p></article>", story(title))
        };
        let body = entry("/n/eins", "Die erste Meldung") + &entry("/n/zwei", "Die zweite Meldung");
        Answer::ok("text/html", format!("<html><body><main>{body}</main></body></html>"))
    };
    for (date, links) in [("28. Oktober 2024", ["/n/zwei", "/n/eins"].as_slice()), ("", &["/aktuelles"])] {
        server.answers("/aktuelles", two(date));
        let house = house(&server, "/aktuelles", "");
        house.run(&["update"]).good();
        let links: Vec<String> = links.iter().map(|link| server.url(link)).collect();
        assert_eq!(house.listed("link"), links, "{date}");
    }
}

#[test]
fn entries_are_kept_as_they_are_listed_where_that_is_wanted() {
    let server = site();
    server.answers("/aktuelles", list(&THREE[..2], "<a href=\"/aktuelles?s=2\">Nächste Seite</a>"));
    server.answers("/aktuelles?s=2", list(&[THREE[1], THREE[2]], ""));
    let listing = house(&server, "/aktuelles", "full = false\npages = 5\n");
    listing.run(&["update"]).good();
    assert_eq!(listing.listed("title"), THREE.map(|(_, title, _)| title));
    assert_eq!(listing.listed("published")[2], "2024-10-28T00:00:00+01:00");
    again(&listing, "2024-11-01T13:00:00+01:00").good();
    assert_eq!(listing.list().len(), 3);
    let entry = |path: &str, news: &str| format!("<url><loc>{}</loc>{news}</url>", server.url(path));
    let news = "<n:news><n:publication_date>2024-10-29T07:00:00Z</n:publication_date><n:title>Aus der Karte</n:title></n:news>";
    let map = format!("<urlset>{}{}</urlset>", entry("/n/eins", news), entry("/n/zwei", ""));
    server.answers("/karte.xml", Answer::ok("", map));
    let sitemap = house(&server, "/karte.xml", "full = false\n");
    sitemap.run(&["update"]).good();
    assert_eq!(sitemap.listed("title"), ["Aus der Karte"]);
    assert_eq!(sitemap.listed("published"), ["2024-10-29T07:00:00+00:00"]);
    assert!(server.asked().iter().all(|path| !path.starts_with("/n/")), "{:?}", server.asked());
}

#[test]
fn a_rehearsal_follows_entries_and_keeps_nothing() {
    let server = site();
    let house = house(&server, "/aktuelles", "");
    let said = house.run(&["update", "--dry-run"]).stdout;
    assert_eq!(said.lines().filter(|line| line.starts_with("new ")).count(), 3, "{said}");
    assert_eq!(house.list().len(), 0);
    house.run(&["update"]).good();
    assert_eq!(house.list().len(), 3);
}

#[test]
fn what_a_definition_says_of_a_source_counts() {
    let server = site();
    server.answers("/", list(&THREE, ""));
    server.answers(
        "/feed",
        Answer::ok("", rss(&[Item { title: "Aus dem Feed", link: "https://blatt.example/1", ..Item::default() }])),
    );
    let listing = house(&server, "/", "kind = \"listing\"\n");
    listing.run(&["update"]).good();
    assert_eq!(listing.list().len(), 3);
    let feed = house(&server, "/n/eins", "kind = \"sitemap\"\n").run(&["update"]);
    assert_eq!(feed.status, 1);
    let feed = house(&server, "/", "kind = \"feed\"\n");
    assert_eq!(feed.run(&["update"]).status, 0);
    assert_eq!(feed.listed("title"), ["Aus dem Feed"]);
}
