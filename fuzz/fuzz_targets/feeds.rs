//! Any bytes behind the beginning of a feed or sitemap: XML and JSON reach their readers without luck. No panic, and bounded by
//! the limits.
#![no_main]

use chrono::DateTime;
use depesche::date::Context;
use depesche::extract::{self, Limits, Wanted};
use depesche::model::Document;
use libfuzzer_sys::fuzz_target;

const BEGINNINGS: [&str; 6] = [
    "<rss version=\"2.0\"><channel>",
    "<feed xmlns=\"http://www.w3.org/2005/Atom\">",
    "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://purl.org/rss/1.0/\"><channel/>",
    "<urlset>",
    "<sitemapindex>",
    "{\"version\": \"https://jsonfeed.org/version/1.1\", \"items\": [",
];

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let beginning = BEGINNINGS[usize::from(*first) % BEGINNINGS.len()];
    let now = DateTime::from_timestamp(1_724_848_200, 0).unwrap();
    let dates = Context { now, zone: chrono_tz::Europe::Berlin };
    let document =
        Document { name: "fuzz".to_owned(), url: None, media_type: None, bytes: [beginning.as_bytes(), rest].concat() };
    let limits = Limits { entries: 64, depth: 64 };
    if let Ok(found) = extract::articles(&document, &dates, &Wanted { limits, ..Wanted::default() }) {
        assert!(found.articles.len() <= limits.entries);
    }
});
