//! Any bytes as a document: feed, page, Markdown or text. No panic, and what is found can be cleaned, twice with the same
//! result.
#![no_main]

use chrono::DateTime;
use depesche::date::Context;
use depesche::model::{Document, Markup, RawArticle};
use depesche::{extract, normalise};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let now = DateTime::from_timestamp(1_724_848_200, 0).unwrap();
    let dates = Context { now, zone: chrono_tz::Europe::Berlin };
    let document = Document { name: "fuzz".to_owned(), url: None, media_type: None, bytes: bytes.to_vec() };
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
