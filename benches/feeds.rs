//! Reading feeds of 10,000 entries, beside feed-rs, rss and the bare events of quick-xml.
//!
//! `cargo bench --bench feeds`. The goal: 300 MB/s on one core, with less than three times the document in memory (the peak is
//! printed before the first measurement, by Linux' own count).

use chrono::DateTime;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use depesche::date::Context;
use depesche::extract::{Wanted, articles};
use depesche::model::Document;
use std::fmt::Write as _;
use std::hint::black_box;

const PROSE: &str = "<p>Die Gemeinde will den alten Bahnhof im Ort erhalten, sagte die Sprecherin des Vereins nach der Sitzung. Für die \
    Sanierung fehlen noch 350.000 Euro; ein großer Teil der Mittel käme vom Land. Über 1.200 Menschen hätten unterschrieben – mehr als \
    erwartet. „Wir geben nicht auf“, heißt es in der <a href=\"https://blatt.example/e\">Erklärung</a>, die an den Rat geht.</p>\n";

/// An RSS feed as blogs write them, with the whole text of each entry: in CDATA, or escaped.
fn rss(entries: usize, paragraphs: usize, cdata: bool) -> Vec<u8> {
    let text = PROSE.repeat(paragraphs);
    let body = if cdata { format!("<![CDATA[{text}]]>") } else { text.replace('&', "&amp;").replace('<', "&lt;") };
    let mut feed = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>Blatt</title><link>https://blatt.example/</link>",
    );
    for n in 0..entries {
        let _ = write!(
            feed,
            "<item>\n<title>Nummer {n} &amp; mehr</title>\n<link>https://blatt.example/{n}/</link>\n<dc:creator><![CDATA[Anna Muster]]></dc:creator>\n\
             <pubDate>Wed, 28 Aug 2024 14:30:00 +0000</pubDate>\n<category><![CDATA[Rat]]></category>\n<guid isPermaLink=\"false\">{n}</guid>\n\
             <description>Ein Satz.</description>\n<content:encoded>{body}</content:encoded>\n</item>\n"
        );
    }
    (feed + "</channel></rss>").into_bytes()
}

fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}

fn feeds(c: &mut Criterion) {
    let now = DateTime::from_timestamp(1_724_848_200, 0).unwrap();
    let context = Context { now, zone: chrono_tz::Europe::Berlin };
    let read = |document: &Document| articles(document, &context, &Wanted::default()).unwrap().articles.len();
    let document = |bytes| Document { name: "bench".into(), url: None, media_type: None, bytes };
    for (name, cdata) in [("CDATA", true), ("escaped", false)] {
        let document = document(rss(10_000, 7, cdata));
        let size = document.bytes.len();
        let before = peak();
        assert_eq!(read(&document), 10_000);
        println!("{name}: {} MB, {} MB more at the peak", size >> 20, (peak() - before) >> 10);
        let mut group = c.benchmark_group(format!("a feed of 10,000 entries, {name}"));
        group.throughput(Throughput::Bytes(size as u64)).sample_size(10);
        group.bench_function("depesche", |bench| bench.iter(|| read(black_box(&document))));
        group.bench_function("feed-rs", |bench| {
            bench.iter(|| feed_rs::parser::parse(black_box(document.bytes.as_slice())).unwrap().entries.len())
        });
        group.bench_function("rss", |bench| {
            bench.iter(|| rss::Channel::read_from(black_box(document.bytes.as_slice())).unwrap().items.len())
        });
        group.bench_function("quick-xml, events", |bench| {
            bench.iter(|| {
                let mut reader = quick_xml::Reader::from_reader(black_box(document.bytes.as_slice()));
                let mut events = 0;
                while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {
                    events += 1;
                }
                events
            })
        });
        group.finish();
    }
}

criterion_group!(benches, feeds);
criterion_main!(benches);
