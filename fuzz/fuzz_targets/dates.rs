//! Any text: no panic, spans that lie on characters, dates that are written in RFC 3339 and read back as themselves.
#![no_main]

use chrono::DateTime;
use depesche::date::{self, Context};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let now = DateTime::from_timestamp(1_724_848_200, 0).unwrap();
    let context = Context { now, zone: chrono_tz::Europe::Berlin };
    let mut end = 0;
    for reading in date::find(text, &context) {
        assert!(reading.span.start >= end && text.get(reading.span.clone()).is_some_and(|words| !words.is_empty()));
        end = reading.span.end;
        let written = date::rfc3339(&reading.at);
        let again = date::read(&written, &context).map(|reading| reading.at);
        assert_eq!(again, Some(reading.at), "{written}");
        assert_eq!(DateTime::parse_from_rfc3339(&written), Ok(reading.at));
    }
});
