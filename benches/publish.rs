//! Writing a feed of 10,000 entries of 3 KB in all formats, and a run in which 200 feeds have nothing new.
//!
//! `cargo bench --bench publish`

use chrono::{DateTime, TimeDelta};
use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use depesche::emit::{Format, feed};
use depesche::model::{ArticleId, Channel, Entry, History, Precision};
use std::fs;
use std::process::Command;

const SENTENCE: &str =
    "Die Gemeindevertretung beriet am Abend über den Haushalt & die Straße am Mühlenteich, „ohne Ergebnis“. ";

fn entry(n: u32) -> Entry {
    let at = DateTime::parse_from_rfc3339("2024-08-28T14:30:00+02:00").unwrap() - TimeDelta::minutes(n.into());
    Entry {
        id: ArticleId(blake3::hash(&n.to_le_bytes()).as_bytes()[..16].try_into().unwrap()),
        title: format!("Nummer {n}: Ärger & Mühe"),
        authors: vec!["Anna Blum".to_owned()],
        published: at,
        precision: Some(Precision::Minute),
        updated: at,
        link: Some(format!("https://blatt.example/2024/{n}?a=1&b=2")),
        summary: SENTENCE.to_owned(),
        html: format!("<p>{}</p>\n", SENTENCE.repeat(4)).repeat(7),
        text: String::new(),
        language: None,
        tags: vec!["Politik".to_owned()],
        enclosures: Vec::new(),
        via: None,
        related: Vec::new(),
        source: None,
    }
}

fn channel() -> Channel {
    let entries: Vec<Entry> = (0..10_000).map(entry).collect();
    Channel {
        name: "blatt".to_owned(),
        title: "Blatt".to_owned(),
        description: String::new(),
        link: None,
        language: "de".to_owned(),
        base: None,
        hub: None,
        image: None,
        rights: String::new(),
        ttl: None,
        history: History::Newest(7),
        updated: entries[0].updated,
        entries,
    }
}

fn publish(c: &mut Criterion) {
    let channel = channel();
    let mut group = c.benchmark_group("10,000 entries of 3 KB");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    for format in Format::ALL {
        group.bench_function(format.label(), |bench| bench.iter(|| feed(&channel, format).unwrap()));
    }
    group.bench_function("all formats", |bench| {
        bench.iter(|| Format::ALL.map(|format| feed(&channel, format).unwrap()))
    });
    group.finish();

    // Nothing is read: what is measured is that nothing is rendered.
    let folder = tempfile::tempdir().unwrap();
    for n in 0..200 {
        let dir = folder.path().join(format!("feeds/blatt{n:03}"));
        fs::create_dir_all(&dir).unwrap();
        let items: String = (0..50)
            .map(|k| {
                format!(
                    "<item><title>Nummer {k}</title><guid>{n}-{k}</guid><description>{}</description></item>",
                    "Wort ".repeat(600)
                )
            })
            .collect();
        fs::write(dir.join("quelle.xml"), format!("<rss version=\"2.0\"><channel>{items}</channel></rss>")).unwrap();
        fs::write(dir.join("feed.toml"), "[[source]]\npath = \"quelle.xml\"\n").unwrap();
    }
    let update = || {
        let command = [env!("CARGO_BIN_EXE_depesche"), "--quiet", "update", "--root"];
        assert!(Command::new(command[0]).args(&command[1..]).arg(folder.path()).status().unwrap().success());
    };
    update();
    for n in 0..200 {
        // From now on the feeds are what the archive holds.
        fs::write(folder.path().join(format!("feeds/blatt{n:03}/feed.toml")), "").unwrap();
    }
    update();
    let mut group = c.benchmark_group("200 feeds of 50 entries");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.bench_function("nothing to read, nothing new", |bench| bench.iter(update));
    group.finish();
}

criterion_group!(benches, publish);
criterion_main!(benches);
