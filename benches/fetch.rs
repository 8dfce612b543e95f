//! 200 feeds of 50 entries of 3 KB from a server on localhost: the first update, and one to which everything is answered 304.
//!
//! `cargo bench --bench fetch`. With sfeed installed (Debian: `apt install sfeed`), `sfeed_update` reads the same feeds in the same
//! run.

use criterion::{BatchSize, Criterion, SamplingMode, criterion_group, criterion_main};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use tempfile::TempDir;

const FEEDS: usize = 200;

fn feed(number: usize) -> String {
    let words = "Die Gemeindevertretung beriet am Abend über den Haushalt und die Straße am Mühlenteich. ".repeat(34);
    let items: String = (0..50)
        .map(|n| {
            format!(
                "<item><title>Nummer {n}</title><link>https://blatt{number}.example/{n}</link><guid>{number}-{n}</guid>\
                 <pubDate>Wed, 28 Aug 2024 14:{n:02}:00 +0200</pubDate><description>{n} {number} {words}</description></item>"
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

fn update(folder: &TempDir) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_depesche"));
    command.args(["--quiet", "update", "--all", "--root"]).arg(folder.path());
    assert!(command.status().unwrap().success());
}

fn sfeed(folder: &TempDir) -> bool {
    let mut command = Command::new("sfeed_update");
    command.arg(folder.path().join("sfeedrc")).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn fetch(c: &mut Criterion) {
    let port = serve();
    let mut group = c.benchmark_group("200 feeds of 50 entries of 3 KB");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.bench_function("first update", |bench| {
        bench.iter_batched(|| folder(port), |folder| (update(&folder), folder), BatchSize::PerIteration);
    });
    let kept = folder(port);
    update(&kept);
    group.bench_function("all answered 304", |bench| bench.iter(|| update(&kept)));
    if sfeed(&kept) {
        group.bench_function("sfeed_update, first", |bench| {
            bench.iter_batched(|| folder(port), |folder| (sfeed(&folder), folder), BatchSize::PerIteration);
        });
        group.bench_function("sfeed_update, again", |bench| bench.iter(|| sfeed(&kept)));
    }
    group.finish();
}

criterion_group!(benches, fetch);
criterion_main!(benches);
