//! Many ways in, one truth: the same bytes give the same article, however they come.

use crate::support::specimen::{gzip, markdown, page, story, text};
use crate::support::{Answer, House, Server};
use serde_json::Value;

/// Specimens whose own words say everything: no way in adds anything to them.
fn specimens() -> Vec<(&'static str, String)> {
    let front = "title: Der Marktplatz\ndate: 2024-08-28 14:30\nauthor: Wiebke Harms\nurl: https://blatt.example/markt";
    let body = format!(
        "<p>{}</p>\n<p>Zum <a href=\"https://blatt.example/plan\">Plan</a> des Platzes.</p>",
        story("den Marktplatz")
    );
    let link = "https://blatt.example/markt";
    vec![
        ("text/plain", text("Der Marktplatz", "28. August 2024", "den Marktplatz")),
        ("text/markdown", markdown(front, &story("den Marktplatz"))),
        ("text/html", page("Der Marktplatz", link, "2024-08-28T14:30:00+02:00", &body)),
    ]
}

fn articles(house: &House, arguments: &[&str]) -> Vec<Value> {
    house.run(arguments).objects().remove(0)["articles"].as_array().unwrap().clone()
}

#[test]
fn file_folder_address_gzip_no_content_type_and_standard_input_give_the_same_article() {
    for (media_type, bytes) in specimens() {
        let server = Server::start(vec![
            ("/typed", Answer::ok(&format!("{media_type}; charset=utf-8"), &bytes)),
            ("/untyped", Answer::ok("", &bytes)),
            ("/mistyped", Answer::ok("application/octet-stream", &bytes)),
            ("/gzip", Answer::ok(media_type, gzip(bytes.as_bytes())).header("Content-Encoding", "gzip")),
            ("/moved", Answer::redirect("/typed")),
        ]);
        let house = House::empty().file("depesche.toml", server.settings()).file("ordner/datei", &bytes);
        let file = articles(&house, &["extract", "ordner/datei"]);
        assert_eq!(file.len(), 1, "{media_type}");
        assert_eq!(file[0]["title"], "Der Marktplatz", "{media_type}");
        assert!(file[0]["published"].as_str().unwrap().starts_with("2024-08-28T"), "{media_type}");
        assert_eq!(articles(&house, &["extract", "ordner"]), file, "{media_type} in a folder");
        for (path, found_at) in [
            ("/typed", "/typed"),
            ("/untyped", "/untyped"),
            ("/mistyped", "/mistyped"),
            ("/gzip", "/gzip"),
            ("/moved", "/typed"),
        ] {
            let mut expected = file.clone();
            if expected[0]["link"].is_null() {
                // What names no address of its own has the one that it was found at.
                expected[0]["link"] = server.url(found_at).into();
            }
            assert_eq!(articles(&house, &["extract", &server.url(path)]), expected, "{media_type} from {path}");
        }
        let input = house.fed(bytes.as_bytes(), &["extract", "-"]).objects().remove(0);
        assert_eq!(input["file"], "-");
        assert_eq!(input["articles"], Value::Array(file), "{media_type} from standard input");
    }
}

#[test]
fn the_encoding_of_a_document_makes_no_difference() {
    let page = page(
        "Größere Übung",
        "https://blatt.example/ü",
        "2024-08-28T14:30:00+02:00",
        &format!("<p>{}</p>", story("die Übung")),
    );
    let latin1 = |text: &str| -> Vec<u8> { text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect() };
    let utf16 = |text: &str| -> Vec<u8> {
        [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
    };
    let house = House::empty()
        .file("utf8", &page)
        .file("mark", format!("\u{FEFF}{page}"))
        .file("latin1", latin1(&page.replace("utf-8", "iso-8859-1")))
        .file("utf16", utf16(&page.replace("<meta charset=\"utf-8\">", "")))
        .file("mislabelled", page.replace("utf-8", "iso-8859-1"));
    let first = articles(&house, &["extract", "utf8"]);
    assert_eq!(first[0]["title"], "Größere Übung");
    for file in ["mark", "latin1", "utf16", "mislabelled"] {
        assert_eq!(articles(&house, &["extract", file]), first, "{file}");
    }
}

#[test]
fn what_is_ingested_from_standard_input_is_kept_and_published() {
    let house = House::with_files(&[]);
    let ran = house.fed(
        text("Der Marktplatz", "28. August 2024", "den Marktplatz").as_bytes(),
        &["ingest", "-", "--feed", "blatt"],
    );
    ran.is(
        0,
        "blatt: 1 entry in public/blatt/ (rss.xml, atom.xml, feed.json)\n\
         1 source, 1 article: 1 new, 0 revised, 0 known; 1 feed written\n",
        "",
    );
    assert_eq!(house.only()["title"], "Der Marktplatz");
}

#[test]
fn two_texts_from_standard_input_are_two_articles() {
    let house = House::with_files(&[]);
    for (title, date) in [("Erster", "28. August 2024"), ("Zweiter", "29. August 2024")] {
        house.fed(text(title, date, title).as_bytes(), &["ingest", "-", "--feed", "blatt"]).good();
    }
    assert_eq!(house.listed("title"), ["Zweiter", "Erster"]);
}

#[test]
fn an_article_that_is_ingested_and_then_read_by_its_source_is_one() {
    let house = House::with_files(&[]).file("eingang.txt", text("Der Marktplatz", "28. August 2024", "den Marktplatz"));
    house.run(&["ingest", "eingang.txt", "--feed", "blatt"]).good();
    std::fs::create_dir_all(house.path("feeds/blatt/artikel")).unwrap();
    std::fs::rename(house.path("eingang.txt"), house.path("feeds/blatt/artikel/markt.txt")).unwrap();
    assert_eq!(house.update(), "1 source, 1 article: 0 new, 0 revised, 1 known; 0 feeds written");
}

#[test]
fn the_folder_may_be_named_instead_of_entered() {
    let house = House::with_files(&[("a.md", "# Eins\n\nEin kurzer Satz.\n")]);
    let elsewhere = House::empty();
    let root = house.path("");
    elsewhere.run(&["--root", root.to_str().unwrap(), "update"]).good();
    assert!(house.there("public/blatt/atom.xml") && !elsewhere.there("public"));
    // Named or entered, it is the same archive with the same names of places.
    assert_eq!(house.update(), "1 source, 1 article: 0 new, 0 revised, 1 known; 0 feeds written");
}
