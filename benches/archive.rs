//! The archive with many articles: room, time and memory, beside SQLite with the same articles in the same run.
//!
//! `cargo bench --bench archive` keeps 20,000 articles; `KEPT=1000000` the million that the goals speak of: it takes a quarter of an hour
//! and 8 GB of disk under `TMPDIR`. Goals: at most 0.75 of the articles' size on the disk, 0.5 after `compact`; opened in 0.3 s; 150 MB of
//! memory; 15,000 articles kept a second; 100 new ones into a million in 0.2 s from start to exit, and within a factor of 1.5 of the
//! same into a thousand.

mod german;
mod program;

use chrono::{DateTime, TimeDelta, Utc};
use depesche::archive::{Archive, Found};
use depesche::identify::{self, Keyed, Look, Place};
use depesche::model::Article;
use rayon::prelude::*;
use rusqlite::Connection;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Articles that a run brings.
const RUN: usize = 1000;
/// Feeds that they are from.
const FEEDS: usize = 50;

fn moment(run: usize) -> DateTime<Utc> {
    // Three runs a day: a million makes eleven months.
    DateTime::from_timestamp(1_704_067_200, 0).unwrap() + TimeDelta::hours(8 * run as i64)
}

/// The articles of a document, ready to be decided about: as a run does, which gets documents ready beside one another.
fn ready(articles: Vec<Article>, feed: &str, now: DateTime<Utc>) -> Vec<Keyed> {
    let scope = format!("{feed}.example");
    let around = Place { scope: &scope, document: "https://blatt.example/feed", single: false, address: None };
    identify::one_of_each(articles.into_iter().map(Box::new).collect(), &around, |article| {
        Look::at(article, feed, false, now)
    })
}

/// Keeps the articles of a document as a run does: what is known of their keys, the verdict, what is like them.
fn keep(archive: &mut Archive, entries: Vec<Keyed>, feed: &str, now: DateTime<Utc>) {
    let (scope, place) = (format!("{feed}.example"), format!("{feed}/https://{feed}.example/feed"));
    let found = Found { feed, place: &place, scope: &scope, seen: now, reader: 1 };
    for entry in entries {
        let (article, look) = (entry.article, entry.look);
        let keys = archive.usable(entry.keys, &scope).unwrap();
        let known = archive.known(&keys, &place).unwrap();
        let verdict = identify::verdict(&article, &keys, &known, &look);
        if let Some(print) = &look.fingerprint {
            let like = archive.like(print, look.site, &found).unwrap();
            assert!(like.iter().all(|other| other.article.title != article.title));
        }
        archive.keep_new(verdict.id(), *article, &look, &keys, verdict.reason(), &found).unwrap();
    }
}

/// Seconds of processor that this process has used so far, in all its threads: what others do meanwhile does not count.
fn processor() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    // utime and stime, in hundredths (proc(5)).
    fields.iter().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// Fills an archive; returns the bytes of the articles, and the time that the archive took by the clock and of the processor.
fn fill(dir: &Path, kept: usize) -> (usize, Duration, f64) {
    let (mut archive, _) = Archive::open(dir, Duration::ZERO, moment(0)).unwrap();
    let (mut bytes, mut took, mut worked) = (0, Duration::ZERO, 0.0);
    for run in 0..kept.div_ceil(RUN) {
        let mut documents: Vec<Vec<Article>> = vec![Vec::new(); FEEDS];
        for n in run * RUN..kept.min((run + 1) * RUN) {
            let article = german::article(n);
            bytes += bytes_of(&article);
            documents[n % FEEDS].push(article);
        }
        let (begun, before) = (Instant::now(), processor());
        let names: Vec<String> = (0..FEEDS).map(|n| format!("blatt{n}")).collect();
        let all = documents.into_par_iter().zip(&names);
        let all: Vec<Vec<Keyed>> = all.map(|(articles, feed)| ready(articles, feed, moment(run))).collect();
        for (entries, feed) in all.into_iter().zip(&names) {
            keep(&mut archive, entries, feed, moment(run));
        }
        archive.commit(moment(run)).unwrap();
        took += begun.elapsed();
        worked += processor() - before;
    }
    (bytes, took, worked)
}

/// Bytes of an article as it comes to the archive.
fn bytes_of(article: &Article) -> usize {
    let small = article.title.len() + article.summary.len() + article.html.len() + article.text.len();
    let lists = article.authors.iter().chain(&article.tags).map(String::len).sum::<usize>();
    small + lists + article.link.as_ref().map_or(0, String::len) + article.guid.as_ref().map_or(0, String::len)
}

fn size(path: &Path) -> u64 {
    if path.is_file() {
        return path.metadata().map_or(0, |data| data.len());
    }
    fs::read_dir(path).into_iter().flatten().flatten().map(|entry| size(&entry.path())).sum()
}

/// A hundred new articles as a JSON feed.
fn feed(first: usize) -> String {
    let items: Vec<_> = (first..first + 100)
        .map(german::article)
        .map(|article| {
            serde_json::json!({"id": article.guid, "url": article.link, "title": article.title,
                               "summary": article.summary, "content_html": article.html})
        })
        .collect();
    serde_json::json!({"version": "https://jsonfeed.org/version/1.1", "title": "Neu", "items": items}).to_string()
}

/// How long 100 new articles take, from start to exit: the middle of five.
fn hundred(root: &Path) -> (Duration, u64) {
    fs::create_dir_all(root.join("feeds/neu")).unwrap();
    fs::write(root.join("feeds/neu/feed.toml"), "title = \"Neu\"\n[[source]]\npath = \"feed.json\"\n").unwrap();
    let mut times = Vec::new();
    let mut most = 0;
    for n in 0..5 {
        fs::write(root.join("feeds/neu/feed.json"), feed(100_000_000 + 100 * n)).unwrap();
        let now = moment(100_000 + n).to_rfc3339();
        let (took, memory) = program::run(root, &["update", "--now", &now]);
        times.push(took);
        most = most.max(memory);
    }
    times.sort();
    (times[2], most)
}

fn sqlite(dir: &Path, kept: usize) -> (Duration, f64, u64, Duration) {
    let path = dir.join("articles.sqlite");
    let open = || {
        let db = Connection::open(&path).unwrap();
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;").unwrap();
        db
    };
    let mut db = open();
    db.execute_batch(
        "CREATE TABLE article (id BLOB PRIMARY KEY, feed TEXT, seen INTEGER, title TEXT, summary TEXT, link TEXT, guid TEXT, html TEXT, text TEXT);
         CREATE INDEX link ON article (link); CREATE INDEX guid ON article (guid); CREATE INDEX feed ON article (feed, seen);",
    )
    .unwrap();
    let insert = |db: &mut Connection, run: usize, articles: &[Article]| {
        let all = db.transaction().unwrap();
        {
            let mut known = all.prepare_cached("SELECT id FROM article WHERE link = ?1 OR guid = ?2").unwrap();
            let mut new =
                all.prepare_cached("INSERT INTO article VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)").unwrap();
            for article in articles {
                if !known.exists((&article.link, &article.guid)).unwrap() {
                    let id = blake3::hash(article.link.as_ref().unwrap().as_bytes());
                    let (link, guid) = (&article.link, &article.guid);
                    let row = (&id.as_bytes()[..16], "blatt", run as i64, &article.title, &article.summary, link, guid);
                    new.execute((row.0, row.1, row.2, row.3, row.4, row.5, row.6, &article.html, &article.text))
                        .unwrap();
                }
            }
        }
        all.commit().unwrap();
    };
    let (mut took, mut worked) = (Duration::ZERO, 0.0);
    for run in 0..kept.div_ceil(RUN) {
        let articles: Vec<Article> = (run * RUN..kept.min((run + 1) * RUN)).map(german::article).collect();
        let (begun, before) = (Instant::now(), processor());
        insert(&mut db, run, &articles);
        took += begun.elapsed();
        worked += processor() - before;
    }
    drop(db);
    let room = size(dir);
    let articles: Vec<Article> = (100_000_000..100_000_100).map(german::article).collect();
    let begun = Instant::now();
    let mut db = open();
    insert(&mut db, kept, &articles);
    drop(db);
    (took, worked, room, begun.elapsed())
}

/// What a process of its own does, so that its memory is its own: `open DIR` or `fill DIR KEPT`.
fn alone(arguments: &[String]) -> bool {
    match arguments {
        [_, what, dir] if what == "open" => {
            let begun = Instant::now();
            let opened = Archive::open(Path::new(dir), Duration::ZERO, moment(200_000)).unwrap();
            println!("{} {}", begun.elapsed().as_micros(), program::memory("self"));
            drop(opened);
            true
        }
        [_, what, dir, kept] if what == "fill" => {
            let (bytes, took, worked) = fill(Path::new(dir), kept.parse().unwrap());
            println!("{bytes} {} {} {}", took.as_micros(), (worked * 1e6) as u64, program::memory("self"));
            true
        }
        _ => false,
    }
}

fn ask(arguments: &[&str]) -> Vec<u64> {
    let out = Command::new(std::env::current_exe().unwrap()).args(arguments).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap().split_whitespace().map(|number| number.parse().unwrap()).collect()
}

fn main() {
    if alone(&std::env::args().collect::<Vec<_>>()) {
        return;
    }
    let kept: usize = std::env::var("KEPT").ok().and_then(|number| number.parse().ok()).unwrap_or(20_000);
    let ratio = |room: u64, bytes: u64| room as f64 / bytes as f64;
    let seconds = |micros: u64| micros as f64 / 1e6;
    let mut hundreds = Vec::new();
    for kept in [1000, 100_000, kept].into_iter().filter(|few| *few <= kept) {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("archive");
        let place = dir.to_str().unwrap();
        let [bytes, took, worked, most] = ask(&["fill", place, &kept.to_string()])[..] else { unreachable!() };
        println!("\n{kept} articles of {} bytes", bytes / kept as u64);
        println!(
            "  kept                  {:.0} a second, {:.0} a second of processor, {most} MB of memory",
            kept as f64 / seconds(took),
            kept as f64 / seconds(worked)
        );
        let parts = |dir: &Path| (size(&dir.join("journal")), size(&dir.join("catalogue")));
        let (journal, catalogue) = parts(&dir);
        println!(
            "  room                  {:.3} of their size (journal {:.3}, catalogue {:.3})",
            ratio(journal + catalogue, bytes),
            ratio(journal, bytes),
            ratio(catalogue, bytes)
        );
        let [opening, most] = ask(&["open", place])[..] else { unreachable!() };
        println!("  opened                in {:.3} s, {most} MB of memory", seconds(opening));
        let (took, most) = hundred(folder.path());
        println!("  100 new ones          in {:.3} s from start to exit, {most} MB of memory", took.as_secs_f64());
        hundreds.push(took.as_secs_f64());
        if kept < 100_000 && hundreds.len() == 1 && std::env::var("KEPT").is_ok() {
            continue;
        }
        let begun = Instant::now();
        let (_, most) = program::run(folder.path(), &["compact"]);
        let (journal, catalogue) = parts(&dir);
        println!(
            "  compact               in {:.1} s, {most} MB of memory; then {:.3} (journal {:.3}, catalogue {:.3})",
            begun.elapsed().as_secs_f64(),
            ratio(journal + catalogue, bytes),
            ratio(journal, bytes),
            ratio(catalogue, bytes)
        );
        let [opening, most] = ask(&["open", place])[..] else { unreachable!() };
        println!("  opened again          in {:.3} s, {most} MB of memory", seconds(opening));
        let (took, most) = program::run(folder.path(), &["verify"]);
        println!("  verify                in {:.1} s, {most} MB of memory", took.as_secs_f64());
        let (took, most) = program::run(folder.path(), &["rebuild"]);
        println!("  rebuild               in {:.1} s, {most} MB of memory", took.as_secs_f64());
        let (journal, catalogue) = parts(&dir);
        println!("  after it              {:.3} of their size", ratio(journal + catalogue, bytes));
        drop(folder);
        let folder = tempfile::tempdir().unwrap();
        let (took, worked, room, new) = sqlite(folder.path(), kept);
        println!(
            "  SQLite                {:.0} a second, {:.0} a second of processor, {:.3} of their size, 100 new ones in {:.3} s within a process that runs",
            kept as f64 / took.as_secs_f64(),
            kept as f64 / worked,
            ratio(room, bytes),
            new.as_secs_f64()
        );
    }
    if let (Some(first), Some(last)) = (hundreds.first(), hundreds.last()) {
        println!("\n100 new ones cost {:.2} times as much with the most kept as with 1,000", last / first);
    }
}
