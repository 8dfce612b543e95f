//! A web server that misbehaves in every way that is known: what each route comes to, in one run.

use crate::support::specimen::{Item, gzip, rss};
use crate::support::{House, NOW};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What the server does, step by step, and then closes the connection.
#[derive(Clone)]
enum Act {
    Send(Vec<u8>),
    /// So often, with a pause before each.
    Again(Vec<u8>, usize, u64),
    /// Milliseconds.
    Wait(u64),
    /// Keeps the connection open without a word.
    Hang,
    /// Closes it with what the client sent unread, which is a reset.
    Reset,
}

/// What is to come of it.
enum End {
    /// So many articles are kept.
    Kept(usize),
    /// None is, and the complaint has these words in it.
    Told(&'static str),
}

use Act::{Again, Hang, Reset, Send, Wait};
use End::{Kept, Told};

const ENDLESS: usize = 1 << 20;

fn feed() -> Vec<u8> {
    let item = |title, link| Item { title, link, text: "Ein Satz.", ..Item::default() };
    rss(&[item("Eins für alle", "https://blatt.example/1"), item("Zwei", "https://blatt.example/2")]).into()
}

fn head(status: &str, headers: &[&str]) -> Act {
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    Send(format!("HTTP/1.1 {status}\r\n{headers}Connection: close\r\n\r\n").into())
}

/// An answer of status 200 with these headers and this body.
fn ok(headers: &[&str], body: impl Into<Vec<u8>>) -> Vec<Act> {
    vec![head("200 OK", headers), Send(body.into())]
}

fn redirect(to: &str) -> Vec<Act> {
    vec![head("302 Found", &["Content-Length: 0", &format!("Location: {to}")])]
}

fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

fn squeezed(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn utf16(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8(bytes.to_vec()).unwrap().replace("UTF-8", "UTF-16").replace("utf-8", "utf-16");
    std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// Every route: its path, what the server does, what is to come of it. `shut` is a port that may not be reached.
fn routes(shut: u16) -> Vec<(&'static str, Vec<Act>, End)> {
    let half = || feed()[..feed().len() / 2].to_vec();
    let large = format!("<rss><channel><title>{}</title></channel></rss>", "a".repeat(8 << 20));
    let bomb = || squeezed(large.as_bytes());
    let latin = || {
        let text = String::from_utf8(feed()).unwrap();
        text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect::<Vec<u8>>()
    };
    let late = "it did not end within 2 s";
    let inwards = "is no public address";
    let cap = "it is larger than 1 MB";
    vec![
        ("ok", ok(&["Content-Type: application/rss+xml"], feed()), Kept(2)),
        ("no-type", ok(&[], feed()), Kept(2)),
        ("wrong-type", ok(&["Content-Type: image/png"], feed()), Kept(2)),
        ("slow-and-legal", vec![Wait(700), head("200 OK", &[]), Wait(300), Send(feed())], Kept(2)),
        ("never", vec![Hang], Told(late)),
        ("slow-drip", vec![head("200 OK", &[]), Again(b"<".to_vec(), ENDLESS, 200)], Told(late)),
        ("slow-headers", vec![Send(b"HTTP/1.1 200 OK\r\n".to_vec()), Again(b"X".to_vec(), ENDLESS, 200)], Told(late)),
        ("stall-mid", vec![head("200 OK", &[]), Send(half()), Hang], Told(late)),
        ("endless-close", vec![head("200 OK", &[]), Again(vec![b'a'; 65_536], ENDLESS, 0)], Told(cap)),
        (
            "endless-chunked",
            vec![head("200 OK", &["Transfer-Encoding: chunked"]), Again(chunk(&vec![b'a'; 65_536]), ENDLESS, 0)],
            Told(cap),
        ),
        (
            "endless-items",
            vec![
                head("200 OK", &[]),
                Send(b"<rss><channel>".to_vec()),
                Again(b"<item><title>Eins</title></item>".repeat(99), ENDLESS, 0),
            ],
            Told(cap),
        ),
        ("gzip", ok(&["Content-Encoding: gzip"], gzip(&feed())), Kept(2)),
        ("gzip-unasked", ok(&[], gzip(&feed())), Kept(2)),
        ("gzip-bomb", ok(&["Content-Encoding: gzip"], bomb()), Told(cap)),
        ("gzip-bomb-inside", ok(&[], bomb()), Told(cap)),
        ("zstd-bomb", ok(&["Content-Encoding: zstd"], zstd::encode_all(large.as_bytes(), 3).unwrap()), Told(cap)),
        ("gzip-torn", ok(&["Content-Encoding: gzip"], gzip(&feed())[..90].to_vec()), Told("unexpected")),
        ("gzip-lie", ok(&["Content-Encoding: gzip"], feed()), Told("Invalid gzip header")),
        ("encoding-unknown", ok(&["Content-Encoding: x-rot13"], feed()), Told("the unknown encoding `x-rot13`")),
        ("redirect-self", redirect("/redirect-self"), Told("more than 10 redirects")),
        ("redirect-a", redirect("/redirect-b"), Told("more than 10 redirects")),
        ("redirect-b", redirect("/redirect-a"), Told("more than 10 redirects")),
        ("redirect-ok", redirect("/ok"), Kept(2)),
        ("redirect-shut", redirect(&format!("http://127.0.0.1:{shut}/")), Told(inwards)),
        ("redirect-localhost", redirect(&format!("http://localhost:{shut}/")), Told(inwards)),
        ("redirect-v6", redirect(&format!("http://[::1]:{shut}/")), Told(inwards)),
        ("redirect-mapped", redirect(&format!("http://[::ffff:127.0.0.1]:{shut}/")), Told(inwards)),
        ("redirect-nat64", redirect(&format!("http://[64:ff9b::7f00:1]:{shut}/")), Told(inwards)),
        ("redirect-decimal", redirect(&format!("http://2130706433:{shut}/")), Told(inwards)),
        ("redirect-zero", redirect(&format!("http://0.0.0.0:{shut}/")), Told(inwards)),
        ("redirect-name", redirect(&format!("http://a:b@127.0.0.1:{shut}/")), Told("a name or password in it")),
        ("redirect-file", redirect("file:///etc/hostname"), Told("`file:` is neither http nor https")),
        ("redirect-data", redirect("data:text/xml,%3Crss/%3E"), Told("`data:` is neither http nor https")),
        ("redirect-empty", redirect(""), Told("it redirects to what is no address")),
        ("redirect-nowhere", vec![head("302 Found", &["Content-Length: 0"])], Told("it redirects to nowhere")),
        (
            "redirect-endless",
            vec![head("302 Found", &["Location: /ok"]), Again(vec![b'a'; 65_536], ENDLESS, 0)],
            Kept(2),
        ),
        ("length-short", ok(&["Content-Length: 90"], feed()), Told("")),
        ("length-long", ok(&["Content-Length: 99999"], feed()), Told("")),
        ("length-huge", ok(&["Content-Length: 9223372036854775807"], feed()), Told("")),
        ("length-negative", ok(&["Content-Length: -1"], feed()), Told("")),
        ("length-two", ok(&["Content-Length: 9", "Content-Length: 10"], feed()), Told("")),
        ("chunk-torn", vec![head("200 OK", &["Transfer-Encoding: chunked"]), Send(chunk(&feed()))], Told("")),
        ("chunk-bad", ok(&["Transfer-Encoding: chunked"], "zz\r\nabc\r\n0\r\n\r\n"), Told("")),
        ("closed-early", vec![], Told("")),
        ("reset", vec![Reset], Told("")),
        ("closed-mid", ok(&[], half()), Told("")),
        ("header-long", ok(&[&format!("X-A: {}", "a".repeat(4 << 20))], feed()), Told("")),
        ("header-many", ok(&["X-A: a"; 9999], feed()), Told("")),
        ("ansi", vec![head("500 \x1b[31mrot", &["Server: \x1b]0;a\x07"])], Told("invalid HTTP status-code")),
        ("no-http", vec![Send(b"Guten Tag\r\n\r\n".to_vec())], Told("")),
        ("nothing", ok(&["Content-Length: 0"], ""), Told("")),
        ("204", vec![head("204 No Content", &[])], Told("the server answered 204")),
        ("206", vec![head("206 Partial Content", &[]), Send(feed())], Told("the server answered 206")),
        ("304", vec![head("304 Not Modified", &[])], Told("the server answered 304")),
        ("410", vec![head("410 Gone", &["Content-Length: 0"])], Told("the server answered 410")),
        ("429", vec![head("429 Too Many", &["Retry-After: 99999999999999999999"])], Told("the server answered 429")),
        ("json-error", ok(&["Content-Type: application/json"], "{\"error\": \"nein\"}"), Told("")),
        ("charset-lie", ok(&["Content-Type: text/xml; charset=utf-8"], latin()), Kept(2)),
        ("charset-utf16", ok(&["Content-Type: text/xml; charset=utf-8"], utf16(&feed())), Kept(2)),
        ("file-name", ok(&["Content-Disposition: attachment; filename=../../boese"], feed()), Kept(2)),
    ]
}

fn serve(mut stream: TcpStream, routes: &BTreeMap<String, Vec<Act>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let acts = request.split(['/', ' ']).nth(2).and_then(|path| routes.get(path)).cloned().unwrap_or_default();
    if !matches!(acts.first(), Some(Reset)) {
        let mut line = String::new();
        while reader.read_line(&mut line)? > 2 {
            line.clear();
        }
    }
    for act in acts {
        match act {
            Send(bytes) => stream.write_all(&bytes)?,
            Again(bytes, times, pause) => {
                for _ in 0..times {
                    thread::sleep(Duration::from_millis(pause));
                    stream.write_all(&bytes)?;
                }
            }
            Wait(pause) => thread::sleep(Duration::from_millis(pause)),
            Hang => thread::sleep(Duration::from_secs(30)),
            Reset => return Ok(()),
        }
    }
    Ok(())
}

/// A port that counts who knocks.
fn shut() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("[::]:0").unwrap();
    let (port, knocks) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
    let count = knocks.clone();
    thread::spawn(move || {
        for _ in listener.incoming() {
            count.fetch_add(1, Ordering::Relaxed);
        }
    });
    (port, knocks)
}

#[test]
fn every_misbehaviour_of_a_server_ends_in_time_with_words_and_little_memory() {
    let (forbidden, knocks) = shut();
    let table = routes(forbidden);
    assert!(table.len() >= 40);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let acts: BTreeMap<String, Vec<Act>> =
        table.iter().map(|(path, acts, _)| ((*path).to_owned(), acts.clone())).collect();
    let acts = Arc::new(acts);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let acts = acts.clone();
            // A client that goes away is what most of them are for.
            thread::spawn(move || drop(serve(stream, &acts)));
        }
    });
    let settings = format!(
        "allow = [\"127.0.0.1:{port}\"]\npause = \"0s\"\nper_host = 16\ntimeout = \"2s\"\nmax_megabytes = 1\nduplicates = \"keep\"\n"
    );
    let mut house = House::empty().file("depesche.toml", settings);
    for (path, ..) in &table {
        house = house.feed(path, &format!("[[source]]\nurl = \"http://127.0.0.1:{port}/{path}\"\nkind = \"feed\"\n"));
    }
    let begun = Instant::now();
    let mut child = house
        .command(NOW, &["update", "--json"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
        peak = line.trim().trim_end_matches(" kB").parse::<usize>().unwrap_or_default().max(peak);
        thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let troubles: Vec<&str> =
        report["troubles"].as_array().unwrap().iter().map(|told| told.as_str().unwrap()).collect();
    for (path, _, end) in &table {
        let own: Vec<&&str> = troubles.iter().filter(|told| told.contains(&format!("/{path}`"))).collect();
        let feed = report["feeds"].as_array().unwrap().iter().find(|feed| feed["name"] == *path).unwrap();
        let kept = if house.there(&format!("public/{path}/feed.json")) { feed["entries"].as_u64().unwrap() } else { 0 };
        match end {
            Kept(count) => assert_eq!((kept, own.as_slice()), (*count as u64, &[][..]), "{path}"),
            Told(words) => {
                assert!(kept == 0 && own.len() == 1 && own[0].contains(words), "{path}: kept {kept}, told {own:?}");
            }
        }
    }
    assert!(!String::from_utf8_lossy(&output.stderr).contains('\x1b'));
    assert_eq!(knocks.load(Ordering::Relaxed), 0, "the forbidden port was reached");
    assert!(begun.elapsed() < Duration::from_secs(90), "{:?}", begun.elapsed());
    assert!(peak < 200 << 10, "{} MB", peak >> 10);
}
