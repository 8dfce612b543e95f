//! Kinds are found by looking at the bytes, never by names or media types.

use crate::support::specimen::{Item, markdown, page, rss, story, text};
use crate::support::{Answer, House, Server};

const ATOM: &str = "<?xml version=\"1.0\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Blatt</title><id>urn:x:1</id>\
    <updated>2024-08-28T14:30:00+02:00</updated><entry><title>Der Marktplatz</title><id>urn:x:2</id>\
    <updated>2024-08-28T14:30:00+02:00</updated><content type=\"text\">Ein Satz.</content></entry></feed>";
const RDF: &str = "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://purl.org/rss/1.0/\">\
    <channel rdf:about=\"https://blatt.example/\"><title>Blatt</title></channel><item rdf:about=\"https://blatt.example/1\">\
    <title>Der Marktplatz</title><link>https://blatt.example/1</link><description>Ein Satz.</description></item></rdf:RDF>";
const JSON: &str = "{\"version\": \"https://jsonfeed.org/version/1.1\", \"title\": \"Blatt\", \"items\": [{\"id\": \"1\", \
    \"title\": \"Der Marktplatz\", \"content_text\": \"Ein Satz.\"}]}";

#[test]
fn kinds_are_found_by_bytes_and_not_by_names() {
    let story = story("den Marktplatz");
    let article =
        rss(&[Item { title: "Der Marktplatz", link: "https://blatt.example/1", text: "Ein Satz.", ..Item::default() }]);
    let table = [
        ("markdown.txt", markdown("title: Der Marktplatz", &story), "article"),
        (
            "markdown.html",
            format!("# Der Marktplatz\n\n{story}\n\n- eins\n- zwei\n\n[Plan](https://blatt.example/plan)\n"),
            "article",
        ),
        ("text.md", text("Der Marktplatz", "28. August 2024", "den Marktplatz"), "article"),
        ("text.xml", text("Der Marktplatz", "28. August 2024", "den Marktplatz"), "article"),
        ("page.txt", page("Der Marktplatz", "", "2024-08-28T14:30:00+02:00", &format!("<p>{story}</p>")), "article"),
        ("page.json", page("Der Marktplatz", "", "2024-08-28T14:30:00+02:00", &format!("<p>{story}</p>")), "article"),
        ("rss.html", article.clone(), "feed"),
        ("rss", article.clone(), "feed"),
        ("rss.md", format!("\u{FEFF}\n  {article}"), "feed"),
        ("atom.txt", ATOM.to_owned(), "feed"),
        ("rdf.json", RDF.to_owned(), "feed"),
        ("json.xml", JSON.to_owned(), "feed"),
    ];
    let house = House::empty();
    for (name, bytes, kind) in table {
        house.write(name, bytes);
        let found = house.extract(name);
        assert_eq!(found["kind"], kind, "{name}");
        assert_eq!(found["articles"][0]["title"], "Der Marktplatz", "{name}");
    }
}

#[test]
fn media_types_decide_nothing() {
    let feed =
        rss(&[Item { title: "Der Marktplatz", link: "https://blatt.example/1", text: "Ein Satz.", ..Item::default() }]);
    let types = ["text/html", "text/plain", "application/json", "image/png", "nonsense"];
    let paths: Vec<String> = (0..types.len()).map(|n| format!("/{n}")).collect();
    let server =
        Server::start(paths.iter().zip(types).map(|(path, kind)| (path.as_str(), Answer::ok(kind, &feed))).collect());
    let house = House::empty().file("depesche.toml", server.settings());
    for (path, kind) in paths.iter().zip(types) {
        assert_eq!(house.extract(&server.url(path))["kind"], "feed", "{kind}");
    }
}

#[test]
fn what_is_no_writing_is_named_for_what_it_is() {
    let table: [(&str, &[u8], &str); 7] = [
        ("bild.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "it is no writing but a PNG image"),
        ("brief.md", b"%PDF-1.7\n", "it is no writing but a PDF document"),
        ("feed.xml", b"PK\x03\x04\x14\0", "it is no writing but a ZIP archive or an office document"),
        ("leer.txt", b"", "it is empty"),
        ("leer.html", b" \n\t\r\n", "it is empty"),
        ("daten.json", b"{\"a\": [1, 2, 3]}", "it is JSON, but no feed"),
        ("rauschen", b"\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\x10\x11\x12\x13", "it is no writing but binary data"),
    ];
    let house = House::empty();
    for (name, bytes, reason) in table {
        house.write(name, bytes);
        let ran = house.run(&["extract", name]);
        assert_eq!(ran.status, 1, "{name}");
        assert_eq!(ran.stderr, format!("depesche: cannot read `{name}`: {reason}\n"));
    }
}

#[test]
fn a_page_of_a_few_words_is_an_article_and_an_error_page_is_none() {
    let page = |title: &str, body: &str| format!("<html><head><title>{title}</title></head><body>{body}</body></html>");
    let house = House::with_files(&[
        ("notiz.html", &page("Markt fällt aus", "<h1>Markt fällt aus</h1><p>Am Samstag ist kein Markt.</p>")),
        ("weg.html", &page("404 Not Found", "<h1>Not Found</h1><p>Die Seite ist weg.</p>")),
        ("nur-links.html", &page("Verweise", "<a href=\"/a\">Eins zwei</a> <a href=\"/b\">Drei vier</a>")),
    ]);
    let ran = house.run(&["update"]);
    assert_eq!(ran.status, 1);
    assert!(
        ran.stdout.ends_with("1 source, 1 article: 1 new, 0 revised, 0 known; 1 feed written; 2 failed\n"),
        "{}",
        ran.stdout
    );
    assert!(house.read("public/blatt/atom.xml").contains("Am Samstag ist kein Markt."));
    for name in ["weg.html", "nur-links.html"] {
        assert!(
            ran.stderr.contains(&format!("cannot read `feeds/blatt/artikel/{name}`: no article was found in it")),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn a_page_that_was_encoded_twice_is_read_as_it_was_meant() {
    let page = "<html lang=de><head><meta charset=utf-8><title>x</title></head><body><article><h1>Größere Äcker für Übersee</h1>\
                <p>Der Rat hat über die Höhe der Zuschüsse für größere Äcker beraten und sie für gut befunden.</p>\
                <p>Die Bürger hören es gern, denn jährlich fließen große Beträge über die Brücke.</p></article></body></html>";
    // Each byte of the UTF-8 taken for a character; these are all alike in Latin-1 and windows-1252.
    let ruined: String = page
        .bytes()
        .map(|byte| match byte {
            0x9f => 'Ÿ',
            0x84 => '„',
            0x96 => '–',
            0x9c => 'œ',
            byte => char::from(byte),
        })
        .collect();
    let house = House::empty().file("a.html", ruined);
    let object = house.extract("a.html");
    assert_eq!(object["articles"][0]["title"], "Größere Äcker für Übersee");
    assert!(object["articles"][0]["text"].as_str().unwrap().contains("fließen große Beträge über die Brücke"));
    assert!(object["warnings"].to_string().contains("encoded twice"), "{}", object["warnings"]);
}
