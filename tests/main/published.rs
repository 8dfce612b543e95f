//! The public folder: what subscribers see.

use crate::support::specimen::{Item, markdown, page, rss, story, text};
use crate::support::{Answer, House, NOW, Server, reading};
use serde_json::{Value, json};

const ONE: Item = Item {
    title: "Eins",
    link: "https://blatt.example/1",
    guid: "1",
    date: "Wed, 28 Aug 2024 14:30:00 +0200",
    author: "",
    text: "Ein Satz.",
};

/// The values of an attribute in a document.
fn attributes<'a>(document: &'a str, name: &str) -> Vec<&'a str> {
    document.split(&format!(" {name}=\"")).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn a_feed_without_any_article_is_not_published_yet() {
    let house = House::with_document(rss(&[ONE]))
        .feed("leer", "[[source]]\npath = \"quelle\"\n")
        .file("feeds/leer/quelle", rss(&[]));
    house.run(&["update"]);
    assert!(house.there("public/blatt/atom.xml") && !house.there("public/leer"));
    assert!(!house.read("public/feeds.opml").contains("leer"));
}

#[test]
fn what_a_definition_no_longer_names_stays_where_it_is() {
    let house = House::with_document(rss(&[ONE])).feed("bote", "[[source]]\npath = \"../blatt/quelle\"\n");
    house.update();
    let before = house.tree("public/bote");
    std::fs::remove_dir_all(house.path("feeds/bote")).unwrap();
    house.update();
    assert_eq!(house.tree("public/bote"), before);
    assert!(!house.read("public/feeds.opml").contains("bote"));
}

#[test]
fn dates_of_a_feed_are_those_of_its_entries() {
    let house = House::with_document(rss(&[
        Item { date: "Mon, 26 Aug 2024 08:00:00 +0200", link: "https://blatt.example/2", guid: "2", ..ONE },
        ONE,
    ]));
    house.update();
    let json: Value = serde_json::from_str(&house.read("public/blatt/feed.json")).unwrap();
    assert_eq!(json["items"][0]["date_published"], "2024-08-28T14:30:00+02:00", "the newest comes first");
    assert!(
        house.read("public/blatt/rss.xml").contains("<lastBuildDate>Wed, 28 Aug 2024 14:30:00 +0200</lastBuildDate>")
    );
    let feed = reading::feed(&house, "blatt", "atom.xml");
    assert_eq!(feed.updated.unwrap().to_rfc3339(), "2024-08-28T12:30:00+00:00");
    for (name, text) in house.published() {
        assert!(!text.contains("2024-11-01"), "{name} names the day of the run");
    }
}

#[test]
fn times_have_an_offset_in_the_form_of_each_format() {
    let house = House::with_document(rss(&[ONE]));
    house.update();
    assert!(house.read("public/blatt/rss.xml").contains("<pubDate>Wed, 28 Aug 2024 14:30:00 +0200</pubDate>"));
    assert!(house.read("public/blatt/atom.xml").contains("<published>2024-08-28T14:30:00+02:00</published>"));
    assert!(house.read("public/blatt/feed.json").contains("\"date_published\": \"2024-08-28T14:30:00+02:00\""));
}

#[test]
fn without_a_base_links_to_own_pages_are_relative_or_left_out() {
    let house = House::with_files(&[("notiz.md", "# Notiz\n\nEin Satz.\n")]);
    house.update();
    let page = format!("articles/{}.html", house.listed("id")[0].as_str().unwrap());
    assert!(house.there(&format!("public/blatt/{page}")));
    let atom = house.read("public/blatt/atom.xml");
    assert_eq!(attributes(&atom, "href"), ["../feed.css", "index.html", "atom.xml", &page]);
    let rss = ::rss::Channel::read_from(house.read("public/blatt/rss.xml").as_bytes()).unwrap();
    assert_eq!(rss.items()[0].link(), None);
    let json: Value = serde_json::from_str(&house.read("public/blatt/feed.json")).unwrap();
    assert_eq!((json.get("feed_url"), json.get("home_page_url"), json["items"][0].get("url")), (None, None, None));
    for name in ["public/index.html", "public/blatt/index.html", &format!("public/blatt/{page}")] {
        let html = house.read(name);
        assert!(!html.contains("href=\"/") && !html.contains("file:"), "{name}");
    }
}

#[test]
fn with_a_base_every_link_is_whole() {
    let house = House::with_files(&[("notiz.md", "# Notiz\n\nEin Satz.\n")])
        .file("depesche.toml", "base = \"https://feeds.example/sub\"\n");
    house.update();
    let base = "https://feeds.example/sub/blatt";
    let page = format!("{base}/articles/{}.html", house.listed("id")[0].as_str().unwrap());
    assert_eq!(reading::agreed(&house, "blatt")[0].link, page);
    let json: Value = serde_json::from_str(&house.read("public/blatt/feed.json")).unwrap();
    assert_eq!(
        (&json["feed_url"], &json["home_page_url"]),
        (&json!(format!("{base}/feed.json")), &json!(format!("{base}/index.html")))
    );
    let opml = house.read("public/feeds.opml");
    assert_eq!(attributes(&opml, "xmlUrl"), [format!("{base}/rss.xml")]);
}

#[test]
fn every_relative_link_of_the_pages_leads_to_a_file() {
    let story = story("den Marktplatz");
    let house = House::with_files(&[
        ("notiz.md", "# Notiz\n\nEin Satz.\n"),
        ("text.txt", &text("Der Marktplatz", "28. August 2024", "den Marktplatz")),
        (
            "seite.html",
            &page("Die Seite", "https://blatt.example/seite", "2024-08-28T14:30:00+02:00", &format!("<p>{story}</p>")),
        ),
    ])
    .feed("bote", "[[source]]\npath = \"quelle\"\n")
    .file("feeds/bote/quelle", rss(&[ONE]));
    house.update();
    let published = house.published();
    let mut followed = 0;
    for (name, text) in published.iter().filter(|(name, _)| !name.ends_with(".css")) {
        for link in
            attributes(text, "href").into_iter().chain(attributes(text, "src")).chain(attributes(text, "xmlUrl"))
        {
            if link.contains("://") || link.starts_with('#') || link.starts_with("mailto:") {
                continue;
            }
            let start = url::Url::parse(&format!("http://x/{name}")).unwrap();
            let target = start.join(link).unwrap().path().trim_start_matches('/').to_owned();
            let target =
                if target.is_empty() || target.ends_with('/') { format!("{target}index.html") } else { target };
            assert!(published.contains_key(&target), "{name} leads to {link}");
            followed += 1;
        }
    }
    assert!(followed > 20, "only {followed} links were followed");
}

#[test]
fn the_list_of_subscriptions_names_every_feed() {
    let house = House::with_document(rss(&[ONE])).feed(
        "bote",
        "title = \"Bote & <Freunde>\"\nlink = \"https://bote.example/\"\n[[source]]\npath = \"../blatt/quelle\"\n",
    );
    house.update();
    let opml = house.read("public/feeds.opml");
    let mut reader = quick_xml::Reader::from_str(&opml);
    let mut outlines = Vec::new();
    loop {
        match reader.read_event().expect("the list is well-formed") {
            quick_xml::events::Event::Empty(tag) if tag.name().as_ref() == b"outline" => {
                let value = |name: &str| {
                    let attribute = tag.try_get_attribute(name).unwrap().unwrap();
                    quick_xml::escape::unescape(std::str::from_utf8(&attribute.value).unwrap()).unwrap().into_owned()
                };
                outlines.push((value("text"), value("xmlUrl"), value("type")));
            }
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    let outline = |text: &str, url: &str| (text.to_owned(), url.to_owned(), "rss".to_owned());
    assert_eq!(outlines, [outline("Blatt", "blatt/rss.xml"), outline("Bote & <Freunde>", "bote/rss.xml")]);
}

#[test]
fn only_the_feed_that_changed_is_written() {
    let house = House::with_document(rss(&[ONE]))
        .feed("bote", "[[source]]\npath = \"quelle\"\n")
        .file("feeds/bote/quelle", rss(&[Item { link: "https://bote.example/1", ..ONE }]));
    house.update();
    let before = house.tree("public/bote");
    std::thread::sleep(std::time::Duration::from_millis(20));
    house.write(
        "feeds/blatt/quelle",
        rss(&[ONE, Item { title: "Zwei", link: "https://blatt.example/2", guid: "2", ..ONE }]),
    );
    assert_eq!(house.update(), "2 sources, 3 articles: 1 new, 0 revised, 2 known; 1 feed written");
    assert_eq!(house.tree("public/bote"), before);
}

#[test]
fn only_the_named_feeds_are_read_and_the_page_of_all_still_names_the_others() {
    let house = House::with_document(rss(&[ONE]))
        .feed("bote", "[[source]]\npath = \"quelle\"\n")
        .file("feeds/bote/quelle", rss(&[Item { link: "https://bote.example/1", ..ONE }]));
    house.update();
    house.write("feeds/bote/quelle", "");
    house.run(&["update", "blatt"]).is(0, "1 source, 1 article: 0 new, 0 revised, 1 known; 0 feeds written\n", "");
    assert!(house.read("public/feeds.opml").contains("bote/rss.xml"));
}

#[test]
fn publishing_again_follows_definitions_and_settings_and_mends_what_was_lost() {
    let house = House::with_document(rss(&[ONE]));
    house.update();
    let before = house.published();
    for name in ["public/blatt/atom.xml", "public/index.html"] {
        std::fs::remove_file(house.path(name)).unwrap();
    }
    house.write("public/blatt/rss.xml", "kaputt");
    house.at("2024-12-01T12:00:00Z", &["publish"]).good();
    assert_eq!(house.published(), before);
    house.write(
        "feeds/blatt/feed.toml",
        "title = \"Anders\"\ndescription = \"Ein Blatt\"\nlanguage = \"de-AT\"\n[[source]]\npath = \"quelle\"\n",
    );
    house.run(&["publish", "blatt"]).good();
    for document in reading::DOCUMENTS {
        let feed = reading::feed(&house, "blatt", document);
        assert_eq!(feed.title.unwrap().content, "Anders", "{document}");
        assert_eq!(feed.description.unwrap().content, "Ein Blatt", "{document}");
        assert_eq!(feed.language.unwrap().to_lowercase(), "de-at", "{document}");
    }
}

#[test]
fn the_identity_of_a_feed_stays_when_title_and_address_change() {
    let id = |house: &House| reading::feed(house, "blatt", "atom.xml").id;
    let house = House::with_document(rss(&[ONE]));
    house.update();
    let before = id(&house);
    assert!(before.starts_with("urn:uuid:"), "{before}");
    house.write(
        "feeds/blatt/feed.toml",
        "title = \"Anders\"\nlink = \"https://anders.example/\"\n[[source]]\npath = \"quelle\"\n",
    );
    house.write("depesche.toml", "base = \"https://feeds.example/\"\n");
    house.update();
    assert_eq!(id(&house), before);
}

#[test]
fn an_article_in_another_language_says_so() {
    let house = House::with_files(&[
        ("a.md", &markdown("title: Platt\nlang: nds", "Een korten Satz.")),
        ("b.md", "# Deutsch\n\nEin Satz.\n"),
    ]);
    house.update();
    let json: Value = serde_json::from_str(&house.read("public/blatt/feed.json")).unwrap();
    let languages: Vec<(&Value, Option<&Value>)> =
        json["items"].as_array().unwrap().iter().map(|item| (&item["title"], item.get("language"))).collect();
    assert!(languages.contains(&(&json!("Platt"), Some(&json!("nds")))), "{languages:?}");
    assert!(languages.contains(&(&json!("Deutsch"), None)), "{languages:?}");
}

#[test]
fn relative_links_are_whole_in_what_is_published() {
    let text = "<p><a href=\"/oben\">oben</a> <a href=\"daneben?a=1&amp;b=2\">daneben</a> <img src=\"bild.jpg\" alt=\"Bild\"> <a href=\"#unten\">unten</a></p>";
    let house = House::with_document(rss(&[Item { link: "https://blatt.example/2024/markt", text, ..ONE }]));
    house.update();
    let entry = &reading::agreed(&house, "blatt")[0];
    for link in [
        "https://blatt.example/oben",
        "https://blatt.example/2024/daneben?a=1&amp;b=2",
        "https://blatt.example/2024/bild.jpg",
    ] {
        assert!(entry.html.contains(&format!("\"{link}\"")), "{link} in {}", entry.html);
    }
}

#[test]
fn a_hub_is_named_in_the_feeds_and_told_of_changes_only() {
    let hub = Server::start(vec![("/hub", Answer::status(204))]);
    let settings = format!("base = \"https://feeds.example/\"\nhub = \"{}\"\n{}", hub.url("/hub"), hub.settings());
    let house = House::with_document(rss(&[ONE])).file("depesche.toml", &settings);
    house.update();
    let base = "https%3A%2F%2Ffeeds.example%2Fblatt%2F";
    let told = format!("/hub hub.mode=publish&hub.url={base}rss.xml&hub.url={base}atom.xml&hub.url={base}feed.json");
    assert_eq!(hub.asked(), std::slice::from_ref(&told));
    assert!(house.read("public/blatt/atom.xml").contains(&format!("<link href=\"{}\" rel=\"hub\"/>", hub.url("/hub"))));
    assert!(
        house.read("public/blatt/rss.xml").contains(&format!("<atom:link href=\"{}\" rel=\"hub\"", hub.url("/hub")))
    );
    let json: Value = serde_json::from_str(&house.read("public/blatt/feed.json")).unwrap();
    assert_eq!(json["hubs"], json!([{"type": "WebSub", "url": hub.url("/hub")}]));
    house.at("2024-11-02T12:00:00Z", &["update"]).good();
    assert_eq!(hub.asked(), [told], "nothing changed");
}

#[test]
fn a_hub_that_fails_is_named_and_the_feed_is_published_all_the_same() {
    let hub = Server::start(vec![("/hub", Answer::status(503))]);
    let settings = format!("base = \"https://feeds.example/\"\nhub = \"{}\"\n{}", hub.url("/hub"), hub.settings());
    let house = House::with_document(rss(&[ONE])).file("depesche.toml", &settings);
    let ran = house.at(NOW, &["update"]);
    assert_eq!(ran.status, 1);
    assert!(
        ran.stderr.starts_with("depesche: ")
            && ran.stderr.contains(&format!("`{}`: the server answered 503", hub.url("/hub"))),
        "{}",
        ran.stderr
    );
    assert!(house.there("public/blatt/atom.xml"));
}

#[test]
fn pages_are_whole_html_and_show_what_the_feed_shows() {
    let house = House::with_files(&[(
        "notiz.md",
        "---\ntitle: Eine \"Notiz\" & mehr\ndate: 2024-08-28\nauthor: Wiebke Harms\n---\n\nEin **fetter** Satz.\n",
    )]);
    house.update();
    let id = house.listed("id")[0].as_str().unwrap().to_owned();
    let page = house.read(&format!("public/blatt/articles/{id}.html"));
    assert!(
        page.starts_with("<!DOCTYPE html>") && page.contains("<html lang=\"de\"") && page.contains("charset=\"utf-8\""),
        "{page}"
    );
    for shown in ["Eine &quot;Notiz&quot; &amp; mehr", "Wiebke Harms", "<strong>fetter</strong>", "28. August 2024"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let index = house.read("public/blatt/index.html");
    assert!(
        index.contains(&format!("articles/{id}.html")) && index.contains("Eine &quot;Notiz&quot; &amp; mehr"),
        "{index}"
    );
    for document in reading::DOCUMENTS {
        assert!(index.contains(&format!("\"{document}\"")), "{document}");
    }
    assert!(house.read("public/index.html").contains("href=\"blatt/"), "the page of all leads to the feed");
}

#[test]
fn a_body_that_is_only_a_picture_is_kept_beside_its_summary() {
    let json = json!({
        "version": "https://jsonfeed.org/version/1.1", "title": "Blatt",
        "items": [{"id": "1", "title": "Foto", "summary": "Der erste Storch", "content_html": "<p><img src=\"https://blatt.example/a.jpg\" alt=\"\"></p>"}],
    });
    let house = House::with_document(json.to_string());
    house.update();
    let entry = &reading::entries(&house, "blatt", "atom.xml")[0];
    assert!(entry.html.contains("https://blatt.example/a.jpg"), "the picture is lost: {}", entry.html);
    assert!(entry.summary.contains("Der erste Storch") || entry.html.contains("Der erste Storch"));
}

#[test]
fn a_teaser_that_is_the_whole_text_is_no_summary_besides() {
    // So long that a line made of it would be another text.
    let all = "&lt;p&gt;Der Storch ist zurück.&lt;/p&gt;".repeat(10_000);
    let item = |text: &str| {
        format!("<item><title>Der Storch</title><link>https://blatt.example/{}</link>{text}</item>", text.len())
    };
    let feed = |items: String| format!("<rss version=\"2.0\"><channel><title>Blatt</title>{items}</channel></rss>");
    let both = format!(
        "<description>Kurz gesagt.</description><content:encoded xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">{all}</content:encoded>"
    );
    for (text, summary) in [(format!("<description>{all}</description>"), ""), (both, "Kurz gesagt.")] {
        let house = House::with_document(feed(item(&text)));
        house.update();
        let entry = &reading::entries(&house, "blatt", "atom.xml")[0];
        assert_eq!((entry.summary.as_str(), entry.html.matches("zurück").count()), (summary, 10_000));
    }
}

#[test]
fn pages_that_a_killed_run_left_unfinished_are_written_anew() {
    let house = House::with_document(rss(&[ONE]))
        .file("public/blatt/articles.new/half.html", "<html")
        .file("public/blatt/articles.new/deeper/half.html", "<html");
    house.update();
    let id = house.only()["id"].as_str().unwrap().to_owned();
    let names: Vec<String> = house.tree("public/blatt").into_keys().collect();
    let pages: Vec<&String> = names.iter().filter(|name| name.contains("articles")).collect();
    assert_eq!(pages.len(), 1, "{names:?}");
    assert!(pages[0].ends_with(&format!("articles/{id}.html")), "{names:?}");
}
