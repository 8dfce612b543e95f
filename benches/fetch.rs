//! 200 feeds of 50 entries of 3 KB from a server on localhost: the first update, and one to which everything is answered 304.
//!
//! `cargo bench --bench fetch`. With sfeed installed (Debian: `apt install sfeed`), `sfeed_update` reads the same feeds in the same
//! run. Goals: 2.0 s and 200 MB at first, 0.25 s if nothing is new.

mod german;
mod program;

use criterion::{BatchSize, Criterion, SamplingMode, criterion_group, criterion_main};
use std::cell::RefCell;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use tempfile::TempDir;

const FEEDS: usize = 200;

/// Entries of a feed.
const ENTRIES: usize = 50;

/// The feed with this number. The words of two articles make an entry: half of what an article holds is its plain text.
fn feed(number: usize) -> String {
    let items: String = (number * ENTRIES..(number + 1) * ENTRIES)
        .map(|n| {
            let (article, more) = (german::article(n), german::article(n + FEEDS * ENTRIES));
            let html = format!("{}{}", article.html, more.html).replace('<', "&lt;");
            format!(
                "<item><title>{}</title><link>https://blatt{number}.example/{n}</link><guid>{number}-{n}</guid>\
                 <pubDate>Wed, 28 Aug 2024 14:{:02}:00 +0200</pubDate><description>{html}</description></item>",
                article.title,
                n % 60
            )
        })
        .collect();
    format!("<rss version=\"2.0\"><channel><title>Blatt {number}</title>{items}</channel></rss>")
}

/// Answers `/N` with the feed N, or 304 to whoever knows it.
fn serve() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let feeds: Arc<Vec<String>> = Arc::new((0..FEEDS).map(feed).collect());
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let feeds = feeds.clone();
            thread::spawn(move || drop(answer(stream, &feeds)));
        }
    });
    port
}

fn answer(stream: TcpStream, feeds: &[String]) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    stream.set_nodelay(true)?;
    loop {
        let (mut request, mut known) = (String::new(), false);
        if reader.read_line(&mut request)? == 0 {
            return Ok(());
        }
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            if line.trim().is_empty() {
                break;
            }
            known |= line.to_ascii_lowercase().starts_with("if-none-match");
        }
        let number: usize = request.split(['/', ' ']).nth(2).and_then(|number| number.parse().ok()).unwrap_or_default();
        let head = if known { "HTTP/1.1 304 Not Modified" } else { "HTTP/1.1 200 OK" };
        let body = if known { "" } else { feeds[number].as_str() };
        let length = if known { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        // In one piece: small ones would wait for one another.
        stream.write_all(format!("{head}\r\nETag: \"{number}\"\r\n{length}\r\n{body}").as_bytes())?;
    }
}

fn folder(port: u16) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let settings = format!("allow = [\"127.0.0.1:{port}\"]\npause = \"0s\"\nper_host = 16\n");
    fs::write(folder.path().join("depesche.toml"), settings).unwrap();
    for n in 0..FEEDS {
        let dir = folder.path().join(format!("feeds/blatt{n:03}"));
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join("feed.toml"), format!("[[source]]\nurl = \"http://127.0.0.1:{port}/{n}\"\n")).unwrap();
    }
    let feeds: String = (0..FEEDS).map(|n| format!("\tfeed 'blatt{n}' 'http://127.0.0.1:{port}/{n}'\n")).collect();
    let rc = format!("sfeedpath='{}'\nmaxjobs=16\nfeeds() {{\n{feeds}}}\n", folder.path().join("sfeed").display());
    fs::write(folder.path().join("sfeedrc"), rc).unwrap();
    folder
}

/// Returns the most memory that it held, in MB.
fn update(folder: &TempDir) -> u64 {
    program::run(folder.path(), &["update", "--all"]).1
}

fn sfeed(folder: &TempDir) -> bool {
    let mut command = Command::new("sfeed_update");
    command.arg(folder.path().join("sfeedrc")).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn fetch(c: &mut Criterion) {
    let port = serve();
    // They go at the end: where tens of thousands of files were just removed, ext4 makes new ones slowly.
    let used = RefCell::new(Vec::new());
    let mut group = c.benchmark_group("200 feeds of 50 entries of 3 KB");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.bench_function("first update", |bench| {
        bench.iter_batched(
            || folder(port),
            |folder| (update(&folder), used.borrow_mut().push(folder)),
            BatchSize::PerIteration,
        );
    });
    let kept = folder(port);
    println!("memory of the first update: {} MB", update(&kept));
    group.bench_function("all answered 304", |bench| bench.iter(|| update(&kept)));
    if sfeed(&kept) {
        group.bench_function("sfeed_update, first", |bench| {
            bench.iter_batched(
                || folder(port),
                |folder| (sfeed(&folder), used.borrow_mut().push(folder)),
                BatchSize::PerIteration,
            );
        });
        group.bench_function("sfeed_update, again", |bench| bench.iter(|| sfeed(&kept)));
    }
    group.finish();
}

criterion_group!(benches, fetch);
criterion_main!(benches);
