//! The n-th file operation fails, for n = 1, 2, … until a run completes: after each, every law holds.
//!
//! The operations are those of [`Disk`], by which the archive writes all but the files of sled. Each of them fails in four ways:
//! before it does anything, with half of the bytes written, with a full disk from then on, and after everything was done.

use crate::support::specimen::{Item, rss, story};
use crate::support::{House, NOW};
use depesche::archive::{Archive, Disk, Real, Scope};
use depesche::config;
use depesche::error::Result;
use depesche::model::ArticleId;
use depesche::pipeline::{self, Run};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    Before,
    Half,
    Full,
    After,
}

/// A disk on which one operation fails.
#[derive(Debug)]
struct Failing {
    left: Cell<usize>,
    way: Way,
}

impl Failing {
    /// Does an operation that writes bytes, or makes it fail.
    fn with(&self, bytes: &[u8], operation: impl FnOnce(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        let fails = left == 1 || left == 0 && self.way == Way::Full;
        if !fails {
            return operation(bytes);
        }
        match self.way {
            Way::Before => {}
            Way::Half => operation(&bytes[..bytes.len() / 2])?,
            // Where nothing is written, a full disk does no harm.
            Way::Full if bytes.is_empty() => return operation(bytes),
            Way::Full => {
                operation(&bytes[..bytes.len() / 3])?;
                return Err(ErrorKind::StorageFull.into());
            }
            Way::After => operation(bytes)?,
        }
        Err(io::Error::other("the disk failed"))
    }

    /// Does an operation that has no half, or makes it fail.
    fn plain(&self, operation: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let half = self.way == Way::Half && self.left.get() == 1;
        self.with(b"", |_| if half { Ok(()) } else { operation() })
    }
}

impl Disk for Failing {
    fn make_folder(&self, dir: &Path) -> io::Result<()> {
        self.plain(|| Real.make_folder(dir))
    }
    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.with(bytes, |bytes| Real.append(path, bytes))
    }
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.with(bytes, |bytes| Real.write(path, bytes))
    }
    fn cut(&self, path: &Path, length: u64) -> io::Result<()> {
        self.plain(|| Real.cut(path, length))
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.plain(|| Real.rename(from, to))
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.plain(|| Real.remove(path))
    }
    fn sync_folder(&self, dir: &Path) -> io::Result<()> {
        self.plain(|| Real.sync_folder(dir))
    }
}

/// What is done with an archive.
type Job = fn(&Run, Archive, &[ArticleId]) -> Result<()>;

/// Does a job in a folder, on a disk.
fn run(house: &House, disk: Rc<dyn Disk>, job: Job, ids: &[ArticleId]) -> Result<()> {
    let root = house.path("");
    let settings = config::settings(&root)?;
    let definitions = config::definitions(&root, &settings)?;
    let definitions: Vec<_> = definitions.into_iter().map(|(_, definition)| definition.unwrap()).collect();
    let now = chrono::DateTime::parse_from_rfc3339(NOW).unwrap().to_utc();
    let (archive, _) = Archive::open_on(disk, &root.join("archive"), Duration::from_secs(5), now)?;
    let run = Run {
        settings: &settings,
        definitions: &definitions,
        complete: true,
        only: &[],
        public: &root.join("public"),
        now,
        all: true,
        dry: false,
        stop: Arc::new(AtomicBool::new(false)),
        progress: &|_| {},
    };
    job(&run, archive, ids)
}

/// An archive with two runs behind it, and something new and something changed before it.
fn start() -> House {
    let house = House::with_files(&[]).feed("blatt", "limit = 5\n[[source]]\npath = \"artikel\"\n");
    for n in 0..12 {
        let about = format!("Nummer {n}");
        house.write(&format!("feeds/blatt/artikel/{n:02}.md"), format!("# {about}\n\n{}\n", story(&about)));
    }
    house.update_at("2024-10-01T12:00:00Z");
    let item = Item { title: "Eins", link: "https://blatt.example/1", text: "Ein Satz.", ..Item::default() };
    house.write("feeds/blatt/artikel/feed.xml", rss(&[item]));
    house.update_at("2024-10-02T12:00:00Z");
    let other = Item { title: "Zwei", link: "https://blatt.example/2", ..item };
    house.write("feeds/blatt/artikel/feed.xml", rss(&[Item { text: "Ein anderer Satz.", ..item }, other]));
    house
}

fn copy(from: &House) -> House {
    let house = House::empty();
    for (name, (bytes, _)) in from.tree("") {
        house.write(&name, bytes);
    }
    house
}

/// What must be the same in the end, whatever failed on the way.
fn state(house: &House) -> (BTreeMap<String, String>, Vec<serde_json::Value>) {
    (house.published(), house.list())
}

fn compare(house: &House, expected: &(BTreeMap<String, String>, Vec<serde_json::Value>), point: &str) {
    let (published, list) = state(house);
    assert!(list == expected.1, "{point}: another list");
    let names = |published: &BTreeMap<String, String>| published.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&published), names(&expected.0), "{point}");
    for (name, text) in published {
        assert!(text == expected.0[&name], "{point}: {name} is another");
    }
}

/// Lets each operation of a job fail in each way, and returns how many there were.
fn every_operation(job: Job, ids: &[ArticleId], again: &[&[&str]]) -> usize {
    let start = start();
    let sound = copy(&start);
    run(&sound, Rc::new(Real), job, ids).unwrap();
    let reported = sound.list();
    again.iter().for_each(|again| assert_eq!(sound.run(again).status, 0));
    let expected = state(&sound);
    let mut points = 0;
    for way in [Way::Before, Way::Half, Way::Full, Way::After] {
        for n in 1.. {
            let house = copy(&start);
            let before = house.list();
            let disk = Rc::new(Failing { left: Cell::new(n), way });
            let done = run(&house, disk.clone(), job, ids);
            let point = format!("{way:?} at operation {n}");
            if disk.left.get() > 0 {
                assert!(done.is_ok(), "{point}: {done:?}");
                break;
            }
            points += 1;
            // Law 6: what had been acknowledged is there, and at once. (What is to be forgotten had been said to go.)
            let now = house.list();
            let kept = |article: &serde_json::Value| now.iter().any(|other| other["id"] == article["id"]);
            let missing = before.iter().filter(|article| !kept(article)).count();
            assert!(missing <= ids.len(), "{point}: {missing} articles are missing");
            if done.is_ok() {
                assert!(now == reported, "{point}: what was reported is not there");
            }
            // The next start succeeds by itself, and ends where it would have ended; law 1: and once more, changing nothing.
            // The dearer looks are taken at every third point.
            let dear = points % 3 == 0;
            for _ in 0..1 + usize::from(dear) {
                for again in again {
                    let ran = house.run(again);
                    assert_eq!(ran.status, 0, "{point}: {}", ran.stderr);
                }
                compare(&house, &expected, &point);
            }
            let verified = house.run(&["verify"]);
            assert_eq!(verified.status, 0, "{point}: {}", verified.stderr);
            if !dear {
                continue;
            }
            // The catalogue made again is the same.
            fs::remove_dir_all(house.path("archive/catalogue")).unwrap();
            fs::remove_dir_all(house.path("public")).unwrap();
            assert_eq!(house.run(&["update"]).status, 0, "{point}");
            compare(&house, &expected, &format!("{point}, after the loss of the catalogue"));
        }
    }
    points
}

#[test]
fn every_file_operation_of_an_update_may_fail() {
    let update: Job = |run, mut archive, _| pipeline::update(run, &mut archive).map(|_| ());
    let points = every_operation(update, &[], &[&["update"]]);
    println!("update: {points} points were tried");
    assert!(points > 20, "only {points} points were tried");
}

#[test]
fn every_file_operation_of_a_compact_may_fail() {
    let compact: Job = |run, mut archive, _| {
        archive.compact(Scope::All, &run.stop, &|_, _| {})?;
        archive.renew_catalogue().map(|_| ())
    };
    let points = every_operation(compact, &[], &[&["update"]]);
    println!("compact: {points} points were tried");
    assert!(points > 20, "only {points} points were tried");
}

#[test]
fn every_file_operation_of_a_forget_may_fail() {
    let forget: Job = |run, mut archive, ids| pipeline::forget(run, ids, None, &mut archive).map(|_| ());
    let id = start().list().iter().find(|article| article["title"] == "Nummer 3").unwrap()["id"].clone();
    let id = id.as_str().unwrap();
    let points = every_operation(forget, &[ArticleId::parse(id).unwrap()], &[&["forget", id], &["update"]]);
    println!("forget: {points} points were tried");
    assert!(points > 20, "only {points} points were tried");
}
