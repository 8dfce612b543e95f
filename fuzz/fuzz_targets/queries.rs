//! Any text as a query, and as words: no panic, faults that lie on characters, stems of which none is empty.
#![no_main]

use chrono::DateTime;
use depesche::date::Context;
use depesche::words::{Language, normal, tokens};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let now = DateTime::from_timestamp(1_724_848_200, 0).unwrap();
    if let Err(fault) = depesche::ask::parse(text, &Context { now, zone: chrono_tz::Europe::Berlin }) {
        assert!(text.get(fault.at).is_some() && !fault.what.is_empty());
    }
    for token in tokens(text) {
        assert_eq!(text.get(token.start..token.start + token.text.len()), Some(token.text));
        for language in [Language::German, Language::English, Language::Other] {
            language.stem(&normal(token.text));
        }
    }
});
