//! Any bytes as a listing page, found by its looks and by selectors. No panic, each link once.
#![no_main]

use chrono::DateTime;
use depesche::date::Context;
use depesche::extract::{self, Wanted};
use depesche::model::{Document, Kind, Selectors};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let now = DateTime::from_timestamp(1_724_848_200, 0).unwrap();
    let dates = Context { now, zone: chrono_tz::Europe::Berlin };
    let page = [b"<html><body>".as_slice(), bytes].concat();
    let url = Some("https://blatt.example/aktuelles".parse().unwrap());
    let document = Document { name: "fuzz".to_owned(), url, media_type: None, bytes: page };
    let text = |text: &str| Some(text.to_owned());
    let chosen = Selectors { entry: text("li, div"), title: text("b"), date: text("i"), ..Selectors::default() };
    for selectors in [None, Some(&chosen)] {
        let wanted = Wanted { kind: Some(Kind::Listing), selectors, ..Wanted::default() };
        let _ = extract::articles(&document, &dates, &wanted);
    }
});
