//! Markup that would run, style, track or break out.

use crate::support::{House, NOW};
use dom_query::Document;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Class and markup, a line each; `\\n`, `\\t`, `\\0`, `\\xHH`, `\\uHHHH` and `\\\\` as in a string.
fn vectors() -> Vec<(String, String)> {
    include_str!("data/vectors.tsv")
        .lines()
        .map(|line| line.split_once('\t').unwrap())
        .map(|(class, markup)| (class.to_owned(), unescaped(markup)))
        .collect()
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match rest.next().unwrap() {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            '0' => out.push('\0'),
            'x' => out.push(digits(&mut rest, 2)),
            'u' => out.push(digits(&mut rest, 4)),
            other => out.push(other),
        }
    }
    out
}

fn digits(rest: &mut std::str::Chars, count: usize) -> char {
    let digits: String = rest.by_ref().take(count).collect();
    char::from_u32(u32::from_str_radix(&digits, 16).unwrap()).unwrap()
}

/// A feed with each of them as title, teaser and text of an entry.
fn house() -> House {
    let items: Vec<Value> = vectors()
        .iter()
        .enumerate()
        .map(|(n, (class, markup))| {
            json!({"id": format!("v{n}"), "url": format!("https://blatt.example/{n}"), "title": format!("{class} {n} {markup}"),
                   "summary": markup, "content_html": format!("<p>vor {n}</p>{markup}<p>nach {n}</p>"), "authors": [{"name": markup}],
                   "tags": [markup], "date_published": "2024-08-28T14:30:00+02:00"})
        })
        .collect();
    let feed = json!({"version": "https://jsonfeed.org/version/1.1", "title": "Blatt", "items": items});
    House::with_document(feed.to_string())
        .feed("blatt", "limit = 1000\n[[source]]\npath = \"quelle\"\n")
        .file("depesche.toml", "base = \"https://feeds.example/\"\n")
}

const ELEMENTS: &str = "a abbr b blockquote br caption cite code col colgroup dd del dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i \
                        img ins kbd li mark ol p pre q rp rt ruby s samp small strong sub sup table tbody td tfoot th thead time tr u ul var";
const ATTRIBUTES: &str = "href rel src alt width height datetime start reversed colspan rowspan scope lang dir title";

/// What a browser would make of the markup may hold nothing but these.
fn assert_harmless(html: &str, what: &str) {
    let elements: BTreeSet<&str> = ELEMENTS.split_whitespace().collect();
    let attributes: BTreeSet<&str> = ATTRIBUTES.split_whitespace().collect();
    let document = Document::from(format!("<!DOCTYPE html><body><article>{html}</article>"));
    let found = document.select("article *");
    for node in found.nodes() {
        let name = node.node_name().unwrap().to_string();
        assert!(elements.contains(name.as_str()), "{what}: <{name}> in {html}");
        for attribute in node.attrs() {
            let (key, value) = (attribute.name.local.to_string(), attribute.value.to_string());
            assert!(attributes.contains(key.as_str()), "{what}: {key} in {html}");
            if matches!(key.as_str(), "href" | "src") {
                let scheme = value.split(':').next().unwrap();
                assert!(matches!(scheme, "http" | "https" | "mailto"), "{what}: {value} in {html}");
            }
        }
    }
    assert_eq!(document.select("body > *").length(), 1, "{what}: it breaks out: {html}");
}

#[test]
fn no_vector_survives_in_any_document() {
    assert!(vectors().len() >= 150);
    let house = house();
    let ran = house.at(NOW, &["update"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let json: Value = serde_json::from_str(&house.read("public/blatt/feed.json")).unwrap();
    let items = json["items"].as_array().unwrap();
    assert_eq!(items.len(), vectors().len());
    for item in items {
        let title = item["title"].as_str().unwrap();
        let html = item["content_html"].as_str().unwrap();
        assert_harmless(html, title);
        assert!(html.contains("<p>vor "), "{title}: {html}");
        let page = house
            .read(&format!("public/blatt/articles/{}.html", item["id"].as_str().unwrap().replace("urn:uuid:", "")));
        let document = Document::from(page.as_str());
        assert_eq!(
            document.select("script, style, iframe, object, embed, svg, math, base, form").length(),
            0,
            "{title}"
        );
        assert_eq!(document.select("head > link").length(), 2, "{title}");
        assert_eq!(document.select("body > main > article > header > h1").length(), 1, "{title}");
    }
}

#[test]
fn titles_teasers_names_and_tags_are_text_and_no_markup() {
    let house = house();
    house.run(&["update"]);
    for name in ["public/index.html", "public/blatt/index.html"] {
        let document = Document::from(house.read(name).as_str());
        let foreign = document
            .select("body script, body style, body iframe, body img, body svg, body form, body object")
            .length();
        assert_eq!(foreign, 0, "{name}");
        assert_eq!(document.select("[onclick], [onerror], [onload], [onfocus], [style]").length(), 0, "{name}");
    }
}

#[test]
fn what_is_embedded_becomes_a_link_with_its_picture() {
    let body = "<p>Text.</p><iframe src=\"https://video.example/embed/7\" title=\"Der &amp; Film\"></iframe>\
                <video src=\"//video.example/film.mp4\" poster=\"https://video.example/bild.jpg\"></video>\
                <object data=\"https://x.example/a.pdf\">Ersatz</object><iframe src=\"javascript:X()\"></iframe>";
    let feed = json!({"version": "https://jsonfeed.org/version/1.1", "title": "B", "items": [
        {"id": "1", "url": "https://blatt.example/1", "title": "Film", "content_html": body}]});
    let house = House::with_document(feed.to_string());
    house.update();
    let json: Value = serde_json::from_str(&house.read("public/blatt/feed.json")).unwrap();
    assert_eq!(
        json["items"][0]["content_html"],
        "<p>Text.</p><p><a href=\"https://video.example/embed/7\" rel=\"nofollow noopener\">Der &amp; Film</a></p>\
         <p><a href=\"https://video.example/film.mp4\" rel=\"nofollow noopener\"><img src=\"https://video.example/bild.jpg\" \
         alt=\"\">Eingebettet: video.example</a></p>\
         <p><a href=\"https://x.example/a.pdf\" rel=\"nofollow noopener\">Eingebettet: x.example</a></p>"
    );
    assert_eq!(json["items"][0]["image"], "https://video.example/bild.jpg");
}

#[test]
fn pictures_that_nobody_can_see_are_left_out() {
    let body = "<p>Text.<img src=\"https://zaehl.example/p.gif\" width=\"1\" height=\"1\"><img src=\"https://zaehl.example/q\" height=0>\
                <img alt=\"ohne\"><img src=\"https://blatt.example/b.jpg\" width=\"100\" alt=\"\"></p>";
    let feed = json!({"version": "https://jsonfeed.org/version/1.1", "title": "B", "items": [
        {"id": "1", "url": "https://blatt.example/1", "title": "Bild", "content_html": body}]});
    let house = House::with_document(feed.to_string());
    house.update();
    let json: Value = serde_json::from_str(&house.read("public/blatt/feed.json")).unwrap();
    assert_eq!(
        json["items"][0]["content_html"],
        "<p>Text.<img src=\"https://blatt.example/b.jpg\" width=\"100\" alt=\"\"></p>"
    );
}
