//! Drills: kills at random moments, and damage to every page of what lies on the disk. The suite holds their short form; the whole is
//! `cargo test --release --test main -- --ignored drill --nocapture --test-threads 1`, which takes an hour and tells its figures.

use crate::support::House;
use crate::support::specimen::{Item, rss, story};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Chance that is the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most.max(1)
    }
}

fn ids(house: &House) -> BTreeSet<String> {
    house.list().iter().map(|article| article["id"].as_str().unwrap().to_owned()).collect()
}

fn document(numbers: std::ops::Range<usize>) -> String {
    let texts: Vec<[String; 3]> = numbers
        .map(|n| {
            [format!("Nummer {n}"), format!("https://blatt.example/{n}"), story(&format!("die Sache {}", n * 7919))]
        })
        .collect();
    let items: Vec<Item> =
        texts.iter().map(|[title, link, text]| Item { title, link, text, ..Item::default() }).collect();
    rss(&items)
}

/// An archive with so many articles, kept in runs of three hundred.
fn archive(kept: usize) -> House {
    let house = House::with_document("").feed("blatt", "limit = 20\n[[source]]\npath = \"quelle\"\n");
    for first in (0..kept).step_by(300) {
        house.write("feeds/blatt/quelle", document(first..kept.min(first + 300)));
        house.update();
    }
    house
}

/// Kills updates, compacts and forgets at random moments, and lets the next start mend what is left.
fn kills(kept: usize, rounds: usize) {
    let house = archive(kept);
    let mut acknowledged = ids(&house);
    let (mut next, mut chance, mut longest, mut killed) = (kept, Chance(4), Duration::ZERO, BTreeMap::new());
    // How long each takes undisturbed, so that kills fall into all of it.
    let mut usual = BTreeMap::from([("update", 400), ("compact", 400), ("forget", 400)]);
    for round in 0..rounds {
        house.write("feeds/blatt/quelle", document(next..next + 5));
        let what = ["update", "compact", "forget"][round % 3];
        let victim = acknowledged.iter().nth(chance.below(acknowledged.len() as u64) as usize).unwrap().clone();
        let arguments = match what {
            "forget" => vec!["--quiet", "forget", &victim],
            what => vec!["--quiet", what],
        };
        let begun = Instant::now();
        let mut child = house.command(crate::support::NOW, &arguments).spawn().unwrap();
        let moment = Duration::from_micros(chance.below(usual[what] * 1000));
        let mut alive = true;
        while alive && begun.elapsed() < moment {
            sleep(Duration::from_micros(200));
            alive = child.try_wait().unwrap().is_none();
        }
        let _ = child.kill();
        child.wait().unwrap();
        match alive {
            true => *killed.entry(what).or_insert(0) += 1,
            false => *usual.get_mut(what).unwrap() = (begun.elapsed().as_millis() as u64).max(5),
        }
        // At once, without any lock, everything is there; only what was to be forgotten may be gone.
        let now = ids(&house);
        let lost: Vec<_> = acknowledged.difference(&now).filter(|id| what != "forget" || **id != victim).collect();
        assert!(lost.is_empty(), "round {round}, {what}: {lost:?} were lost");
        let begun = Instant::now();
        let ran = house.run(&["update"]);
        longest = longest.max(begun.elapsed());
        assert_eq!(ran.status, 0, "round {round}, {what}: {}", ran.stderr);
        if what == "forget" {
            // Said once more, it is done, wherever it was broken off.
            house.run(&["forget", &victim]).good();
            let whole = |line: &Value| line["line"] == "revision" && line["id"] == victim.as_str();
            assert!(!house.journal().iter().any(whole), "round {round}: its content is there");
        }
        next += 5;
        let now = ids(&house);
        assert_eq!(now.contains(&victim), what != "forget", "round {round}, {what}");
        assert!(acknowledged.iter().filter(|id| **id != victim).all(|id| now.contains(id)), "round {round}");
        acknowledged = now;
        if round % 20 == 19 || round + 1 == rounds {
            let verified = house.run(&["verify"]);
            assert_eq!(verified.status, 0, "round {round}, {what}: {}", verified.stderr);
        }
    }
    println!(
        "{rounds} rounds over {} articles; killed while at work: {killed:?}; the slowest next start took {longest:?}",
        acknowledged.len()
    );
    assert!(killed.values().sum::<usize>() > rounds / 4, "hardly any kill fell into the work: {killed:?}");
}

#[test]
fn kills_at_random_moments_lose_nothing() {
    kills(60, 12);
}

#[test]
#[ignore = "takes half an hour in a release build: cargo test --release --test main -- --ignored drill --nocapture --test-threads 1"]
fn drill_of_a_thousand_kills() {
    kills(number("KEPT", 3000), number("KILLS", 1000));
}

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(usual)
}

fn copy(from: &House) -> House {
    let house = House::empty();
    for (name, (bytes, _)) in from.tree("") {
        house.write(&name, bytes);
    }
    house
}

const PAGE: usize = 4096;
/// Bytes that sled takes room for at a time.
const SEGMENT: usize = 512 << 10;

/// What can happen to a page.
fn damage(page: &mut [u8], way: usize, chance: &mut Chance) {
    match way % 3 {
        0 => page.fill(0),
        1 => page.iter_mut().for_each(|byte| *byte = chance.below(256) as u8),
        _ => {
            let at = chance.below(page.len() as u64) as usize;
            page[at] ^= 1 << chance.below(8);
        }
    }
}

/// Damages every `step`-th page of the catalogue in turn, empties its files and takes them away: noticed or harmless, mended from
/// the journal, the same published bytes.
fn pages_of_the_catalogue(kept: usize, step: usize) {
    let whole = archive(kept);
    let (published, list) = (whole.published(), whole.list());
    let names: Vec<String> = whole.tree("archive/catalogue").into_keys().collect();
    let (mut points, mut noticed, mut chance) = (0, 0, Chance(7));
    let mut check = |house: &House, point: String| {
        // With another definition everything has to be looked up and written again. Before that, every third one is copied whole.
        house.write("feeds/blatt/feed.toml", "limit = 20\ndescription = \"neu\"\n[[source]]\npath = \"quelle\"\n");
        for command in if points % 3 == 2 { &["compact", "update"][..] } else { &["update"] } {
            let mut ran = house.run(&[command]);
            if ran.status == 3 {
                // Met in the middle of a run: the next one makes it again.
                assert!(ran.stderr.contains("hint: run it again"), "{point}, {command}: {}", ran.stderr);
                assert!(!house.there("archive/catalogue.new"), "{point}, {command}: half a copy is left");
                ran = house.run(&[command]);
            }
            noticed += usize::from(ran.stderr.contains("is made again from the journal"));
            assert_eq!(ran.status, 0, "{point}, {command}: {}", ran.stderr);
        }
        house.write("feeds/blatt/feed.toml", "limit = 20\n[[source]]\npath = \"quelle\"\n");
        let ran = house.run(&["update"]);
        assert_eq!(ran.status, 0, "{point}: {}", ran.stderr);
        assert!(house.published() == published, "{point}: other bytes are published");
        assert!(house.list() == list, "{point}");
        points += 1;
    };
    for name in &names {
        let path = format!("archive/catalogue/{name}");
        let bytes = fs::read(whole.path(&path)).unwrap();
        for (way, start) in (0..bytes.len()).step_by(PAGE * step).enumerate() {
            let house = copy(&whole);
            let mut bytes = bytes.clone();
            let end = bytes.len().min(start + PAGE);
            damage(&mut bytes[start..end], way, &mut chance);
            house.write(&path, bytes);
            check(&house, format!("{name}, page {}", start / PAGE));
        }
        for length in (0..bytes.len()).step_by(SEGMENT).chain([bytes.len() / 2]) {
            let house = copy(&whole);
            house.write(&path, &bytes[..length]);
            check(&house, format!("{name} cut off at {length}"));
        }
        let house = copy(&whole);
        fs::remove_file(house.path(&path)).unwrap();
        check(&house, format!("{name} missing"));
    }
    println!("{points} points of the catalogue of {kept} articles were tried; {noticed} times it was made again");
}

#[test]
fn damage_to_the_catalogue_is_mended_from_the_journal() {
    pages_of_the_catalogue(30, 40);
}

#[test]
#[ignore = "takes some minutes in a release build: cargo test --release --test main -- --ignored drill --nocapture --test-threads 1"]
fn drill_of_every_page_of_the_catalogue() {
    pages_of_the_catalogue(number("KEPT", 3000), 1);
}

/// The frames of a file that hold lines: where they begin and end, and the ids of the revisions in them.
fn frames(bytes: &[u8], dictionary: Option<&[u8]>) -> Vec<(usize, usize, Vec<String>)> {
    let (mut at, mut found) = (0, Vec::new());
    while at < bytes.len() {
        let size = zstd::zstd_safe::find_frame_compressed_size(&bytes[at..]).unwrap();
        if bytes[at..].starts_with(&[0x28, 0xB5, 0x2F, 0xFD]) {
            let mut unpacker = match dictionary {
                Some(dictionary) => zstd::bulk::Decompressor::with_dictionary(dictionary).unwrap(),
                None => zstd::bulk::Decompressor::new().unwrap(),
            };
            let text = String::from_utf8(unpacker.decompress(&bytes[at..at + size], 16 << 20).unwrap()).unwrap();
            let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
            let revisions = lines.filter(|line| line["line"] == "revision");
            found.push((at, at + size, revisions.map(|line| line["id"].as_str().unwrap().to_owned()).collect()));
        }
        at += size;
    }
    found
}

/// Damages every `step`-th page of the journal in turn: noticed, named, and all else saved.
fn pages_of_the_journal(whole: &House, step: usize) {
    let all = ids(whole);
    let dictionary = fs::read(whole.path("archive/journal/dictionary")).ok();
    let (mut points, mut harmless, mut lost_most, mut chance) = (0, 0, 0, Chance(11));
    let names = whole.tree("archive/journal").into_keys().filter(|name| name.ends_with(".zst"));
    for name in names.collect::<Vec<_>>() {
        let path = format!("archive/journal/{name}");
        let bytes = fs::read(whole.path(&path)).unwrap();
        let frames = frames(&bytes, dictionary.as_deref());
        for (way, start) in (0..bytes.len()).step_by(PAGE * step).enumerate() {
            let house = copy(whole);
            let mut broken = bytes.clone();
            let end = bytes.len().min(start + PAGE);
            damage(&mut broken[start..end], way, &mut chance);
            let (first, last) = match (0..bytes.len()).filter(|at| bytes[*at] != broken[*at]).collect::<Vec<_>>()[..] {
                [] => continue,
                [first, .., last] => (first, last),
                [only] => (only, only),
            };
            house.write(&path, broken);
            let point = format!("{name}, page {}, way {}", start / PAGE, way % 3);
            let hit: BTreeSet<&String> =
                frames.iter().filter(|(from, to, _)| *from <= last && first < *to).flat_map(|(.., ids)| ids).collect();
            // A reader without a lock shows all else.
            let shown = ids(&house);
            let lost: Vec<_> = all.difference(&shown).filter(|id| !hit.contains(id)).collect();
            assert!(lost.is_empty(), "{point}: {lost:?} were lost besides");
            let verified = house.run(&["verify"]);
            // Bits that no reader needs may turn: the checksums cover every line.
            match (verified.status, all.len() - shown.len()) {
                (0, 0) => harmless += 1,
                (status, _) => {
                    assert_eq!(status, 3, "{point}");
                    assert!(
                        verified.stderr.contains(&PathBuf::from(&name).display().to_string()),
                        "{point}: {}",
                        verified.stderr
                    );
                }
            }
            // And so does an archive whose catalogue has to be made of what is left.
            fs::remove_dir_all(house.path("archive/catalogue")).unwrap();
            house.write("feeds/blatt/quelle", document(0..0));
            let ran = house.run(&["update"]);
            assert!(ran.status <= 1, "{point}: {}", ran.stderr);
            let kept = ids(&house);
            let lost: Vec<_> = all.difference(&kept).filter(|id| !hit.contains(id)).collect();
            assert!(lost.is_empty(), "{point}: {lost:?} were lost after the catalogue was made again");
            lost_most = lost_most.max(all.len() - kept.len());
            points += 1;
        }
    }
    println!(
        "{points} pages of the journal of {} articles were damaged: {harmless} times in vain, at most {lost_most} articles were lost",
        all.len()
    );
}

#[test]
fn damage_to_the_journal_is_named_and_all_else_is_saved() {
    pages_of_the_journal(&archive(900), 5);
}

#[test]
#[ignore = "takes some minutes in a release build: cargo test --release --test main -- --ignored drill --nocapture --test-threads 1"]
fn drill_of_every_page_of_the_journal() {
    let house = archive(number("KEPT", 3000));
    pages_of_the_journal(&house, 1);
    house.run(&["compact"]);
    pages_of_the_journal(&house, 1);
}
