//! What needs the shared corpus, which a clone of the project does not have: these tests say so and pass without it.

use crate::support::House;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file of the shared corpus: under `DEPESCHE_SHARED`, else in `shared` beside the project.
pub fn file(name: &str) -> Option<PathBuf> {
    let shared = match std::env::var_os("DEPESCHE_SHARED") {
        Some(dir) => PathBuf::from(dir),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
    };
    Some(shared.join(name)).filter(|path| path.exists())
}

/// Checks a published Atom feed by the grammar of RFC 4287, appendix B, if that and xmllint are there.
pub fn holds_to_the_grammar_of_atom(house: &House, feed: &str) {
    let Some(grammar) = file("feeds/atom.rng") else {
        return println!("skipped: there is no ../shared beside this project");
    };
    let atom = house.path(&format!("public/{feed}/atom.xml"));
    let check = Command::new("xmllint").arg("--noout").arg("--relaxng").arg(grammar).arg(atom).output();
    let Ok(check) = check else { return println!("skipped: xmllint is not installed") };
    assert!(check.status.success(), "{feed}: {}", String::from_utf8_lossy(&check.stderr));
}

#[test]
fn atom_of_odd_articles_holds_to_the_grammar() {
    let json = json!({
        "version": "https://jsonfeed.org/version/1.1", "title": " ",
        "items": [
            {"id": "1", "title": "Ohne alles"},
            {"id": "2", "url": "nirgendwo", "content_text": "Nur Text \u{1b}[31m \u{fffe} ]]> & <", "language": "kein_Kürzel!"},
            {"id": "3", "url": "https://blatt.example/a b?x[y]=|^`\"<>", "title": "<b>&amp;", "content_html": "<p>offen <b>und <i>falsch</b>"},
            {"id": "4", "title": "Anhänge", "tags": ["", " ", "a\nb"], "authors": [{"name": ""}, {"name": "\u{202e}"}],
             "attachments": [{"url": "https://blatt.example/x", "mime_type": "kein Typ"}, {"url": "javascript:x()", "mime_type": "a/b"},
                             {"url": "https://blatt.example/ü|y", "mime_type": "audio/mpeg", "size_in_bytes": 0}]},
        ],
    });
    for settings in ["", "base = \"https://feeds.example/\"\n"] {
        let house = House::with_document(json.to_string()).file("depesche.toml", settings);
        house.update();
        assert_eq!(house.list().len(), 4);
        holds_to_the_grammar_of_atom(&house, "blatt");
    }
}

#[test]
fn the_first_scraped_text_is_understood_as_a_person_reads_it() {
    let Some(seed) = file("corpus/text/seed.txt") else {
        return println!("skipped: there is no ../shared beside this project");
    };
    let house = House::empty().file("seed.txt", std::fs::read(seed).unwrap());
    let article = &house.extract("seed.txt")["articles"][0];
    assert_eq!(article["title"], "X-Chef Elon Musk will in Trump Regierung");
    assert_eq!(article["published"], "2024-08-28T00:00:00+02:00");
    assert_eq!(article["published_precision"], "day");
    assert_eq!(article["authors"], json!([]));
    let html = article["html"].as_str().unwrap();
    let headings: Vec<&str> = (2..7)
        .flat_map(|level| html.split(&format!("<h{level}>")).skip(1).collect::<Vec<_>>())
        .map(|rest| rest.split("</h").next().unwrap())
        .collect();
    assert_eq!(
        headings,
        ["Musk bietet Mitarbeit an", "Technische Probleme bei X", "Fazit zur Trump Regierung und Elon Musk"]
    );
    let text = article["text"].as_str().unwrap();
    for furniture in ["Sie befinden sich hier", "»", "klicks", "288", "Kommentarfunktion", "28. August"] {
        assert!(!text.contains(furniture), "`{furniture}` is in the text");
    }
    let paragraphs: Vec<&str> = text.split("\n\n").collect();
    let begins = |with: &str| paragraphs.iter().filter(|paragraph| paragraph.starts_with(with)).count();
    assert_eq!(begins("Interessant an dem Abend des Gesprächs"), 1);
    assert_eq!(begins("Gemeinsam haben Elon Musk und Donald Trump"), 1);
    assert_eq!(begins("X-Chef Elon Musk"), 0, "the title is repeated in the text");
    assert_eq!(text.matches("Technische Probleme bei X").count(), 1, "the caption stays on the paragraph");
    assert!(text.ends_with("was vielfach kritisiert wurde."), "the end of the text is not that of the article");
}
