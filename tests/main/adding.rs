//! `depesche add`: what is said of an address, and the definition that is written.

use crate::support::specimen::{Item, page, rss, story};
use crate::support::{Answer, House, Server};

const LISTING: &str = "<html><head><title>Aktuelles &amp; mehr</title></head><body><nav><a href=\"/verein\">Verein</a></nav><ul>\
    <li><a href=\"/n/eins\">Die erste Meldung des Tages</a> 28.10.2024</li><li><a href=\"/n/zwei\">Die zweite Meldung des Tages</a> 29.10.2024</li>\
    <li><a href=\"/n/drei\">Die dritte Meldung des Tages</a> 30.10.2024</li></ul></body></html>";

fn server() -> Server {
    let article =
        page("Drei: der ganze Artikel", "", "2024-10-30T08:00:00+01:00", &format!("<p>{}</p>", story("drei")));
    Server::start(vec![
        ("/aktuelles", Answer::ok("text/html", LISTING)),
        ("/n/drei", Answer::ok("text/html", article)),
        (
            "/mit",
            Answer::ok(
                "text/html",
                "<html><head><link rel=alternate type=application/atom+xml href=/feed.xml></head><body>Blatt</body></html>",
            ),
        ),
        (
            "/feed.xml",
            Answer::ok(
                "",
                rss(&[Item { title: "Eins", link: "https://blatt.example/1", text: "Ein Satz.", ..Item::default() }]),
            ),
        ),
        ("/kontakt", Answer::ok("text/html", "<html><body><h1>Kontakt</h1><p>Telefon 0123.</p></body></html>")),
    ])
}

fn house(server: &Server) -> House {
    House::empty().file("depesche.toml", server.settings())
}

#[test]
fn a_page_that_lists_articles_becomes_a_feed() {
    let server = server();
    let house = house(&server);
    let url = server.url("/aktuelles");
    let ran = house.run(&["add", &url, "--name", "verein"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("it is a page that lists 3 articles\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("2024-10-30 08:00  Drei: der ganze Artikel\n"), "as it would be kept: {}", ran.stdout);
    let definition = house.read("feeds/verein/feed.toml");
    assert_eq!(definition, format!("title = \"Aktuelles & mehr\"\nlink = \"{url}\"\n\n[[source]]\nurl = \"{url}\"\n"));
    assert!(!house.there("archive") && !house.there("public"));
    assert!(house.run(&["update", "verein"]).stdout.contains("1 source, 3 articles: 3 new"));
    // Not twice.
    let ran = house.run(&["add", &url]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("the feed `verein` reads "), "{}", ran.stderr);
}

#[test]
fn the_feed_that_a_page_offers_is_named_in_the_definition() {
    let server = server();
    let house = house(&server);
    let ran = house.run(&["add", &server.url("/mit"), "--name", "blatt", "--dry-run"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(!house.there("feeds"));
    let feed = server.url("/feed.xml");
    assert!(ran.stdout.contains(&format!("the page offers a feed: {feed} (RSS)\n")), "{}", ran.stdout);
    assert_eq!(house.run(&["add", &server.url("/mit"), "--name", "blatt"]).status, 0);
    let definition = house.read("feeds/blatt/feed.toml");
    assert_eq!(
        definition,
        format!("title = \"Blatt\"\nlink = \"https://blatt.example/\"\n\n[[source]]\nurl = \"{feed}\"\n")
    );
    let object = house.run(&["add", &feed, "--json", "--dry-run", "--name", "x"]).stdout;
    let object: serde_json::Value = serde_json::from_str(&object).unwrap();
    assert_eq!((object["kind"].as_str(), object["entries"].as_u64()), (Some("feed"), Some(1)));
    let ran = house.run(&["add", &server.url("/aktuelles"), "--name", "Blatt"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("there is a feed of this name"), "{}", ran.stderr);
}

#[test]
fn what_is_neither_is_an_error_with_a_way_out() {
    let server = server();
    server.answers("/feed.xml", Answer::status(404));
    let house = house(&server);
    let ran = house.run(&["add", &server.url("/kontakt")]);
    assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
    assert!(ran.stderr.contains("neither a feed nor a list of articles was found there\nhint: "), "{}", ran.stderr);
    let ran = house.run(&["add", &server.url("/n/drei")]);
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("hint: `depesche ingest"), "{}", ran.stderr);
    assert_eq!(house.run(&["add", &server.url("/nichts")]).status, 1);
    let ran = house.run(&["add", "kein-wort"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("`kein-wort` is no address"), "{}", ran.stderr);
    assert!(!house.there("feeds"));
}
