//! A year in a few minutes: sixty sources with every kind of misbehaviour, read once a day.

use crate::support::House;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

const SOURCES: usize = 60;
const DAYS: usize = 365;
/// Entries that a source shows.
const SHOWN: usize = 12;

/// How many articles a source has had up to a day: two or three a day.
fn written(source: usize, day: usize) -> usize {
    (day + 1) * 2 + (day + 1 + source % 3) / 3
}

/// An article of a source: its address, which is its own for good.
fn link(source: usize, n: usize) -> String {
    format!("blatt{source}.example/lokales/{n}-meldung-aus-dem-ort")
}

/// The feed of a source on a day. What it does wrong is decided by its number.
fn feed(source: usize, day: usize) -> String {
    let kind = source % 12;
    if kind == 7 && day % 10 == 9 {
        return "<rss version=\"2.0\"><channel><title>Leer</title></channel></rss>".to_owned();
    }
    let newest = written(source, day);
    let mut shown: Vec<usize> = (newest.saturating_sub(SHOWN)..newest).collect();
    if kind == 11 && day > 40 {
        // What left comes back.
        shown.extend((newest - 80..newest - 78).rev());
    }
    if kind == 9 && day % 2 == 1 {
        shown.reverse();
    }
    let mut xml = format!("<rss version=\"2.0\"><channel><title>Blatt {source}</title>");
    for n in shown {
        let address = link(source, n);
        let age = newest - n;
        let (mut href, mut guid) = (format!("http://www.{address}/"), format!("{source}-{n}"));
        let (mut title, mut text) = (format!("Meldung {n} aus dem Ort {source}"), text(source, n, 3));
        let mut date = format!("<pubDate>{}</pubDate>", date(source, n));
        match kind {
            1 => guid = format!("{source}-{n}-{day}"),
            2 => href += &format!("?utm_source=rss&amp;utm_campaign=tag{day}"),
            3 if day % 2 == 1 => href = href.replace("http:", "https:"),
            4 if day % 2 == 1 => href = href.trim_end_matches('/').to_owned(),
            5 if age > 5 => title += ", berichtigt",
            6 if age > 5 => text += &self::text(source, n + 7, 2),
            8 => guid = format!("http://www.blatt{source}.example/"),
            9 => date = String::new(),
            10 => title = "Die Woche im Ort".to_owned(),
            11 => guid = format!("{source}-{n}-{}", age > 20),
            _ => {}
        }
        let _ = write!(
            xml,
            "<item><title>{title}</title><link>{href}</link><guid isPermaLink=\"false\">{guid}</guid>{date}<description>{text}</description></item>"
        );
    }
    // Some servers break off.
    if kind == 0 && day % 7 == 6 {
        let half = xml.floor_char_boundary(xml.len() / 2);
        return xml.split_at(half).0.to_owned();
    }
    xml + "</channel></rss>"
}

fn date(source: usize, n: usize) -> String {
    let day = (0..DAYS).find(|day| written(source, *day) > n).unwrap_or(DAYS);
    day_of(day).format(&format!("%a, %d %b %Y {:02}:{:02}:00 +0000", 4 + n % 5, source)).to_string()
}

fn day_of(day: usize) -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(2023, 1, 1).unwrap() + chrono::Days::new(day as u64)
}

fn text(source: usize, n: usize, sentences: usize) -> String {
    let who = ["Der Rat", "Die Schule", "Der Verein", "Das Amt", "Die Feuerwehr", "Der Chor", "Die Kirche"];
    let does = ["plant", "verschiebt", "eröffnet", "beklagt", "erneuert", "verkauft", "sucht", "feiert", "prüft"];
    let what = ["eine Halle", "den Weg am Bach", "das Fest", "zwei Häuser", "den Haushalt", "Helfer", "den Umbau"];
    let sentence = |s: usize| {
        let seed = source * 31 + n * 17 + s * 7;
        format!(
            "{} {} {}, wie am Abend der Sitzung Nummer {} im Saal {source} zu hören war. ",
            who[seed % 7],
            does[(seed / 7) % 9],
            what[(seed / 3) % 7],
            n * 10 + s
        )
    };
    (0..sentences).map(sentence).collect()
}

#[test]
#[ignore = "takes some minutes in a release build: cargo test --release -- --ignored year"]
fn a_year_of_misbehaviour_makes_no_article_more_and_none_less() {
    let mut house = House::empty();
    for source in 0..SOURCES {
        house = house.feed(&format!("b{source}"), "limit = 50\n[[source]]\npath = \"feed.xml\"\n");
    }
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    for day in 0..DAYS {
        for source in 0..SOURCES {
            house.write(&format!("feeds/b{source}/feed.xml"), feed(source, day));
        }
        let now = format!("{}T12:00:00Z", day_of(day));
        let ran = house.at(&now, &["--quiet", "update"]);
        let broken = day % 7 == 6;
        assert_eq!(ran.status, i32::from(broken), "day {day}: {}", ran.stderr);
        if day % 60 != 59 && day != DAYS - 1 {
            continue;
        }
        for line in house.list() {
            let text = |field: &str| line[field].as_str().unwrap().to_owned();
            let address = text("link").replace("https://", "").replace("http://", "").replace("www.", "");
            let address = address.split('?').next().unwrap().trim_end_matches('/').to_owned();
            let id = ids.entry(address.clone()).or_insert_with(|| text("id"));
            assert_eq!(*id, text("id"), "day {day}: {address} has another id, or two");
        }
        // No published document has an entry twice.
        for source in 0..SOURCES {
            let atom = house.read(&format!("public/b{source}/atom.xml"));
            let entries: Vec<&str> = atom
                .split("<entry>")
                .skip(1)
                .map(|entry| entry.split("<id>").nth(1).unwrap().split('<').next().unwrap())
                .collect();
            assert_eq!(entries.iter().collect::<BTreeSet<_>>().len(), entries.len(), "b{source}");
        }
    }
    // What was written on a day on which nothing could be read is shown on the next, since a feed shows twelve.
    let all: BTreeSet<String> =
        (0..SOURCES).flat_map(|source| (0..written(source, DAYS - 1)).map(move |n| link(source, n))).collect();
    let kept: BTreeSet<String> = ids.keys().cloned().collect();
    let (lost, more): (Vec<_>, Vec<_>) =
        (all.difference(&kept).take(5).collect(), kept.difference(&all).take(5).collect());
    assert!(lost.is_empty() && more.is_empty(), "lost {lost:?}, too many {more:?}");
    assert_eq!(house.list().len(), all.len(), "each once");
    println!("{} articles", all.len());
}
