//! The cost of deciding about an article, with many kept: its keys, what the archive knows of them, the verdict.
//!
//! `cargo bench --bench identity`; `KEPT=100000` for another number than a million, which takes some minutes to keep. The goal: 50 µs
//! an article on one core.

use chrono::{DateTime, Utc};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use depesche::archive::{Archive, Found};
use depesche::identify::{self, Look, Place};
use depesche::model::Article;
use std::hint::black_box;
use std::time::{Duration, Instant};

const WORDS: &str = "die Gemeinde will den alten Bahnhof im Ort erhalten sagte Sprecherin des Vereins nach Sitzung für Sanierung fehlen noch ein \
    großer Teil der Mittel käme vom Land über Menschen hätten unterschrieben mehr als erwartet wir geben nicht auf heißt es in Erklärung \
    Rat Stadt Kreis Straße Brücke Schule Kirche Feuerwehr Polizei Haushalt Umbau Wahl Wasser Wald";

/// The text of an article, another one for each.
fn text(n: usize) -> String {
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let mut state = n as u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        words[(state >> 33) as usize % words.len()]
    };
    (0..120).map(|_| next()).collect::<Vec<_>>().join(" ")
}

fn article(n: usize) -> Article {
    let text = format!("Meldung {n}. {}.", text(n));
    Article {
        title: format!("Der Bahnhof, zum {n}. Mal"),
        authors: vec!["Anna Muster".into()],
        published: None,
        updated: None,
        link: Some(format!("https://blatt{}.example/lokales/der-bahnhof-zum-{n}", n % 100)),
        guid: Some(format!("https://blatt.example/?p={n}")),
        summary: String::new(),
        html: format!("<p>{text}</p>"),
        text,
        language: Some("de".into()),
        tags: Vec::new(),
        enclosures: Vec::new(),
        aliases: Vec::new(),
        teaser: false,
    }
}

const PLACE: Place =
    Place { scope: "blatt.example", document: "https://blatt.example/feed", single: false, address: None };

fn found(now: DateTime<Utc>) -> Found<'static> {
    Found { feed: "blatt", place: "blatt/https://blatt.example/feed", scope: PLACE.scope, seen: now, reader: 1 }
}

fn look(article: &Article, now: DateTime<Utc>) -> Look {
    Look::at(article, "blatt", false, now)
}

fn decide(article: &Article, archive: &mut Archive, now: DateTime<Utc>) -> bool {
    let keys = archive.usable(identify::keys(article, &PLACE), PLACE.scope).unwrap();
    let known = archive.known(&keys, "blatt/https://blatt.example/feed").unwrap();
    let look = look(article, now);
    let new = matches!(identify::verdict(article, &keys, &known, &look), identify::Verdict::New { .. });
    // What is new may be another paper's copy.
    if new && let Some(print) = &look.fingerprint {
        black_box(archive.like(print, look.site, &found(now)).unwrap());
    }
    new
}

fn identity(c: &mut Criterion) {
    let kept: usize = std::env::var("KEPT").ok().and_then(|number| number.parse().ok()).unwrap_or(1_000_000);
    let now = DateTime::from_timestamp(1_724_848_200, 0).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (mut archive, _) = Archive::open(dir.path(), Duration::ZERO, now).unwrap();
    let begun = Instant::now();
    for n in 0..kept {
        let article = article(n);
        let keys = identify::keys(&article, &PLACE);
        let look = look(&article, now);
        let verdict = identify::verdict(&article, &keys, &[], &look);
        archive.keep_new(verdict.id(), article, &look, &keys, verdict.reason(), &found(now)).unwrap();
        if n % 10_000 == 9_999 {
            archive.commit(now).unwrap();
        }
    }
    archive.commit(now).unwrap();
    println!("{kept} articles were kept in {} s", begun.elapsed().as_secs());
    let mut group = c.benchmark_group(format!("a decision with {kept} kept"));
    group.sample_size(20);
    let mut n = 0usize;
    let mut next = move || {
        n = n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        n >> 20
    };
    group.bench_function("known", |bench| {
        bench.iter_batched_ref(
            || article(next() % kept),
            |article| assert!(!decide(black_box(article), &mut archive, now)),
            BatchSize::SmallInput,
        )
    });
    group.bench_function("new", |bench| {
        bench.iter_batched_ref(
            || article(kept + next() % (1 << 30)),
            |article| assert!(decide(black_box(article), &mut archive, now)),
            BatchSize::SmallInput,
        )
    });
    group.finish();
}

criterion_group!(benches, identity);
criterion_main!(benches);
