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
fn where_it_goes_on_and_what_else_there_is_is_told() {
    let server = server();
    let house = house(&server);
    let listing = LISTING.replace("</ul>", "</ul><a rel=next href=\"/aktuelles/2\">Ältere</a>");
    server.answers("/aktuelles", Answer::ok("text/html", listing));
    let said = house.run(&["add", &server.url("/aktuelles"), "--dry-run"]).stdout;
    let next =
        format!("  it goes on at {}: with `pages = 5` so many of its pages are read\n", server.url("/aktuelles/2"));
    assert!(said.contains(&next), "{said}");
    let paged = rss(&[Item { title: "Eins", link: "https://blatt.example/1", text: "Ein Satz.", ..Item::default() }])
        .replace("</title>", "</title><link xmlns=\"http://www.w3.org/2005/Atom\" rel=\"next\" href=\"/feed2.xml\"/>");
    server.answers("/feed.xml", Answer::ok("", paged));
    let said = house.run(&["add", &server.url("/feed.xml"), "--dry-run"]).stdout;
    assert!(
        said.contains("  it leads to its earlier entries: with `history = true` they are read as well\n"),
        "{said}"
    );
    // A sitemap speaks of its site; of an index the newest is shown.
    let entry = |path: &str| format!("<url><loc>{}</loc></url>", server.url(path));
    server.answers("/neu.xml", Answer::ok("", format!("<urlset>{}</urlset>", entry("/n/drei"))));
    let index = format!("<sitemapindex><sitemap><loc>{}</loc></sitemap></sitemapindex>", server.url("/neu.xml"));
    server.answers("/karte.xml", Answer::ok("", index));
    let said = house.run(&["add", &server.url("/karte.xml"), "--dry-run"]).stdout;
    let told = format!(
        "  it is a sitemap of 1 further sitemap\n  the newest of these is {}\n  1 entry;",
        server.url("/neu.xml")
    );
    assert!(said.contains(&told) && said.contains(&format!("link = \"{}\"\n", server.url("/"))), "{said}");
    // Where a page shows nothing, the sitemap of its site may help.
    let shell =
        "<html><head><title>Blatt</title></head><body><noscript>Bitte JavaScript einschalten</noscript></body></html>";
    server.answers("/", Answer::ok("text/html", shell));
    server
        .answers("/robots.txt", Answer::ok("text/plain", "User-agent: *\nSitemap: https://blatt.example/karte.xml\n"));
    server.answers("/feed.xml", Answer::status(404));
    let ran = house.run(&["add", &server.url("/")]);
    assert_eq!(ran.status, 1);
    let hint = "found there; an empty shell that needs JavaScript\n\
                hint: its site has a sitemap: `depesche add https://blatt.example/karte.xml`\n";
    assert!(ran.stderr.ends_with(hint), "{}", ran.stderr);
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
