//! Reading dates: short strings, and running text with and without dates.
//!
//! `cargo bench --bench dates`. The goals: 500,000 short strings a second and 100 MB/s over text without dates, on one core.

use chrono::DateTime;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use depesche::date::{Context, find, read};
use std::hint::black_box;

const SHORT: [&str; 12] = [
    "28.08.2024",
    "28. August 2024",
    "Mittwoch, den 28. August 2024, 14:30 Uhr",
    "2024-08-28T14:30:00+02:00",
    "Wed, 28 Aug 2024 14:30:00 +0200",
    "Stand: 28.8.24",
    "vor 3 Stunden",
    "gestern, 18:05 Uhr",
    "Version 2.10.24",
    "28.–30. August 2024",
    "Veröffentlicht am 28.08.2024 um 14:30 Uhr",
    "27.10.2024, 02:30 Uhr MESZ",
];

const PROSE: &str = "Die Gemeinde will den alten Bahnhof im Ort erhalten, sagte die Sprecherin des Vereins nach der Sitzung. \
    Für die Sanierung fehlen noch 350.000 Euro; ein großer Teil der Mittel käme vom Land. Über 1.200 Menschen hätten \
    unterschrieben – mehr als erwartet. „Wir geben nicht auf“, heißt es in der Erklärung, die vor allem an den Rat geht.\n\n";

fn dates(c: &mut Criterion) {
    let context = Context { now: DateTime::from_timestamp(1_724_848_200, 0).unwrap(), zone: chrono_tz::Europe::Berlin };
    let mut short = c.benchmark_group("short strings");
    short.throughput(Throughput::Elements(SHORT.len() as u64));
    short.bench_function("read", |bench| {
        bench.iter(|| SHORT.iter().filter(|text| read(black_box(text), &context).is_some()).count())
    });
    short.finish();
    let texts = [
        ("prose without dates", PROSE.repeat(2000)),
        ("nothing but dates", "Mittwoch, 28. August 2024, 14:30 Uhr MESZ; ".repeat(10_000)),
        ("digits", "1234567890".repeat(100_000)),
        ("the beginnings of ranges", "28.-".repeat(250_000)),
    ];
    let mut running = c.benchmark_group("running text");
    for (name, text) in &texts {
        running.throughput(Throughput::Bytes(text.len() as u64));
        running.bench_function(*name, |bench| bench.iter(|| find(black_box(text), &context).count()));
    }
    running.finish();
}

criterion_group!(benches, dates);
criterion_main!(benches);
