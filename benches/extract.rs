//! Articles out of pages: pages a second on one core and peak memory, beside dom_smoothie and the trafilatura crate.
//!
//! `cargo bench --bench extract`. The goal: 250 pages a second, less than 64 MB at the peak. The pages are those of
//! `../shared/corpus/pages/press` (or below `DEPESCHE_SHARED`) if they are there, else pages of our own making. Memory is the
//! peak of a process of its own that reads them one after the other, by Linux' own count. depesche also finds title, names,
//! dates, tags and picture, and its time includes the cleaning of the HTML.

use chrono::DateTime;
use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use depesche::date::Context;
use depesche::extract::{Wanted, articles};
use depesche::model::{Document, RawArticle};
use depesche::normalise::{self, Surroundings};
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Says to a process that it is one whose memory is measured, and with what it reads.
const ROLE: &str = "DEPESCHE_BENCH_READER";
const READERS: [&str; 4] = ["nothing", "depesche", "dom_smoothie", "trafilatura"];

fn press() -> Option<PathBuf> {
    let shared = std::env::var_os("DEPESCHE_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    Some(shared.join("corpus/pages/press")).filter(|folder| folder.is_dir())
}

/// A page of about 135 KB: menus, scripts, an article of twenty paragraphs, teasers, comments.
fn made(n: usize) -> Vec<u8> {
    let prose = "Die Gemeinde will den alten Bahnhof im Ort erhalten, sagte die Sprecherin des Vereins nach der Sitzung am Abend. ";
    let mut page = format!(
        "<!DOCTYPE html><html lang=de><head><meta charset=utf-8><title>Bahnhof {n} | Blatt</title><meta property=\"article:published_time\" \
         content=\"2024-08-28T14:30:00+02:00\"><script>{}</script></head><body><nav><ul>",
        "var a=[1,2,3];".repeat(4_000)
    );
    for item in 0..200 {
        let _ = write!(page, "<li class=\"nav-item\"><a href=\"/r/{item}\">Ressort {item}</a></li>");
    }
    let _ = write!(page, "</ul></nav><main><article><h1>Bahnhof {n}</h1><p class=byline>Von Anna Muster</p>");
    for _ in 0..20 {
        let _ = write!(page, "<p>{}</p>", prose.repeat(4));
    }
    page.push_str("</article>");
    for teaser in 0..150 {
        let _ = write!(
            page,
            "<div class=\"teaser\"><a href=\"/t/{teaser}\"><h3>Weitere Meldung {teaser} aus dem Ort</h3></a><p>{prose}</p></div>"
        );
    }
    page.push_str("</main></body></html>");
    page.into_bytes()
}

/// Hands out the pages one after the other.
fn pages() -> Box<dyn Iterator<Item = Vec<u8>>> {
    match press() {
        Some(folder) => {
            let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
            let mut files: Vec<PathBuf> =
                files.filter(|path| path.extension().is_some_and(|ext| ext == "html")).collect();
            files.sort();
            Box::new(files.into_iter().map(|path| std::fs::read(path).unwrap()))
        }
        None => Box::new((0..100).map(made)),
    }
}

/// The length of what a reader finds on a page.
fn read(reader: &str, page: Vec<u8>) -> usize {
    match reader {
        "depesche" => {
            let dates =
                Context { now: DateTime::from_timestamp(1_796_000_000, 0).unwrap(), zone: chrono_tz::Europe::Berlin };
            let document = Document { name: "page".into(), url: None, media_type: None, bytes: page };
            let around = Surroundings { url: None, dates, language: None };
            articles(&document, &dates, &Wanted::default()).map_or(0, |found| {
                let clean = |raw: &RawArticle| {
                    normalise::article(raw, &around, &mut Vec::new()).map_or(0, |article| article.text.len())
                };
                found.articles.iter().map(|raw| clean(raw)).sum()
            })
        }
        "dom_smoothie" => {
            let html = String::from_utf8_lossy(&page);
            dom_smoothie::Readability::new(html.as_ref(), None, None)
                .and_then(|mut readability| readability.parse())
                .map_or(0, |article| article.text_content.len())
        }
        "trafilatura" => {
            let html = String::from_utf8_lossy(&page);
            trafilatura::extract(&html, &trafilatura::Options::default()).map_or(0, |found| found.content_text.len())
        }
        _ => page.len(),
    }
}

fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}

/// The peak of a process that reads all pages with one reader, in MB.
fn memory(reader: &str) -> String {
    let ran = std::process::Command::new(std::env::current_exe().unwrap()).env(ROLE, reader).output().unwrap();
    String::from_utf8_lossy(&ran.stdout).trim().to_owned()
}

fn extract(c: &mut Criterion) {
    if let Ok(reader) = std::env::var(ROLE) {
        pages().for_each(|page| {
            black_box(read(&reader, page));
        });
        println!("{} MB", peak().div_ceil(1024));
        std::process::exit(0);
    }
    for reader in READERS {
        println!("{reader}: {} at the peak", memory(reader));
    }
    let all: Vec<Vec<u8>> = pages().collect();
    let mut group = c.benchmark_group(format!(
        "{} pages, {} KB each",
        all.len(),
        all.iter().map(Vec::len).sum::<usize>() / all.len() / 1024
    ));
    group.throughput(Throughput::Elements(all.len() as u64)).sample_size(10).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(500));
    for reader in &READERS[1..] {
        group.bench_function(*reader, |bench| {
            bench.iter(|| all.iter().map(|page| read(reader, page.clone())).sum::<usize>());
        });
    }
    group.finish();
}

criterion_group!(benches, extract);
criterion_main!(benches);
