//! Any bytes as a document: feed, page, Markdown or text. No panic, and what is found can be cleaned, twice with the same
//! result.
#![no_main]

use chrono::DateTime;
use depesche::date::Context;
use depesche::model::{Document, Markup, RawArticle};
use depesche::{extract, normalise};
use libfuzzer_sys::fuzz_target;

/// What a document begins with, so that each way of reading is met: any, a page, Markdown, a plain text.
const BEGINNINGS: [&str; 6] = [
    "",
    "<!DOCTYPE html><html><body>",
    "<article><h1>Titel</h1>",
    "---\ntitle: x\n",
    "+++\ntitle = \"x\"\n+++\n# x\n\n",
    "Titel\n\n3. Mai 2024\n\n",
];

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let mut bytes = BEGINNINGS[usize::from(*first) % BEGINNINGS.len()].as_bytes().to_vec();
    bytes.extend_from_slice(rest);
    let now = DateTime::from_timestamp(1_724_848_200, 0).unwrap();
    let dates = Context { now, zone: chrono_tz::Europe::Berlin };
    let document = Document { name: "fuzz".to_owned(), url: None, media_type: None, bytes };
    let Ok(found) = extract::articles(&document, &dates, &extract::Wanted::default()) else { return };
    let around = normalise::Surroundings { url: None, dates, language: None };
    for raw in &found.articles {
        let Ok(once) = normalise::article(raw, &around, &mut Vec::new()) else { continue };
        let again = RawArticle {
            title: Some(Markup::Text(once.title.clone())),
            body: Some(Markup::Html(once.html.clone())),
            summary: Some(Markup::Text(once.summary.clone())),
            ..RawArticle::default()
        };
        let twice = normalise::article(&again, &around, &mut Vec::new()).unwrap();
        assert_eq!((&twice.title, &twice.html, &twice.text), (&once.title, &once.html, &once.text));
    }
});
