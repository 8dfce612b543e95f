//! The catalogue: the sled database, and the only place that names sled.
//!
//! One tree with a letter before each key, so that all that belongs together is written in one batch. sled takes some hundred
//! bytes for each entry beside what it holds, so what there are many of stands together: records ([`records`]: `a`), keys
//! ([`keys`]: `y`, and a [`table`] of their own beside sled's files), arrivals ([`listing`]: `r`, `w`). The others:
//! `s` digest of a key that a source uses for several articles → nothing · `c` feed, document → its last arrival ·
//! `d` feed, feed that it is made of → arrivals looked at · `p` feed → what was published of it ·
//! `n` day, place in the journal → fingerprints of what was kept · `j` feed → how often its articles were joined or parted ·
//! `h` feed, address of an earlier document that was read → the one before it · `f` file, first line of a frame → where it begins ·
//! `e` file → how often it was written anew · `t` ArticleId that was forgotten → nothing ·
//! `u` feed, ArticleId that left it → its last arrival before · `x` feed, number → an article of it that was forgotten or left ·
//! `m` name → what the catalogue says of itself. Everything in it but `p` and `h` can be made again from the journal, and what
//! is lost of these costs a comparison and another look.

mod changes;
mod fault;
mod keys;
mod listing;
mod records;
mod table;

pub use changes::{Arrival, Changes, Closing, Leaving};
pub use fault::Fault;
pub use listing::Listing;

use super::disk::Disk;
use super::journal::{Frame, Position, Spot};
use super::near::{self, Row};
use super::panics;
use super::record::Record;
use crate::model::ArticleId;
use keys::Keys;
use sled::IVec;
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::panic::resume_unwind;
use std::path::Path;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

/// The version of this layout.
const SCHEMA: u8 = 6;
/// Bytes of pages that are held in memory, as sled counts them: it takes three to four times as much. A process that keeps a million
/// articles takes 136 MB with 24 MB, 150 MB with 32 MB, and with 256 MB grew to a gigabyte (`cargo bench --bench archive`).
const CACHE: u64 = 24 << 20;

/// The same where all is read and written once, in order; bytes that are written at a time, and those after which both databases
/// are closed and opened again: whatever it is told, sled holds much of what it reads and writes.
const COPYING: u64 = 4 << 20;
const BATCH: usize = 1 << 20;
const COPIED: usize = 16 << 20;
/// What an entry weighs besides its bytes: most are short, and in memory each key and each value takes more than these.
const HELD: usize = 200;

/// How many bytes it had when it was last written anew.
const ANEW: &[u8] = b"manew";

/// The database.
#[derive(Debug)]
pub struct Catalogue {
    db: sled::Db,
    keys: Keys,
    /// How many articles it knows.
    articles: u32,
    new: bool,
}

impl Catalogue {
    /// Opens or makes it.
    pub fn open(disk: Rc<dyn Disk>, dir: &Path) -> Result<Catalogue, Fault> {
        let db = database(dir, CACHE)?;
        let mut new = false;
        match db.get(b"mschema")? {
            Some(schema) if *schema == [SCHEMA] => {}
            Some(schema) if schema.first().is_some_and(|schema| *schema > SCHEMA) => return Err(Fault::Newer),
            None if db.is_empty() => {
                db.insert(b"mschema", &[SCHEMA])?;
                db.flush()?;
                new = true;
            }
            _ => return Err(Fault::Schema),
        }
        let (keys, articles) = (Keys::open(&db, disk, dir)?, records::count(&db)?);
        Ok(Catalogue { db, keys, articles, new })
    }

    /// Writes all that one holds, which is closed, into another folder. sled keeps the room of what it let go, writes zeros all over
    /// that at each opening, and gives it back only where it is the end of the file.
    pub fn copy(disk: Rc<dyn Disk>, from: &Path, to: &Path) -> Result<(), Fault> {
        disk.remove(to)?;
        let mut next = Some(Vec::new());
        while let Some(first) = next.take() {
            let (db, copy) = (database(from, COPYING)?, database(to, COPYING)?);
            let (mut batch, mut waiting, mut size) = (sled::Batch::default(), 0, 0);
            for entry in db.range(first..) {
                let (key, value) = entry?;
                if size >= COPIED {
                    next = Some(key.to_vec());
                    break;
                }
                let weight = key.len() + value.len() + HELD;
                (waiting, size) = (waiting + weight, size + weight);
                batch.insert(key, value);
                if waiting >= BATCH {
                    copy.apply_batch(std::mem::take(&mut batch))?;
                    waiting = 0;
                }
            }
            copy.apply_batch(batch)?;
            copy.flush()?;
        }
        let (db, copy) = (database(from, COPYING)?, database(to, COPYING)?);
        Keys::open(&db, disk.clone(), from)?.copy(&*disk, to)?;
        copy.insert(ANEW, &copy.size_on_disk()?.to_be_bytes())?;
        copy.flush()?;
        drop(copy);
        File::open(to.join("db"))?.sync_all()?;
        disk.sync_folder(to)?;
        Ok(())
    }

    /// Whether it has so many bytes, and twice as many as when it was last written anew, if it was.
    pub fn has_doubled(&self, least: u64) -> Result<bool, Fault> {
        let then = self.db.get(ANEW)?.map_or(Ok(0), |bytes| number_of(&bytes))?;
        Ok(self.db.size_on_disk()? >= least.max(2 * then))
    }

    /// Whether it was made by this opening, and so knows nothing of earlier runs.
    pub fn is_new(&self) -> bool {
        self.new
    }

    /// How much of the journal it has taken in.
    pub fn position(&self) -> Result<Position, Fault> {
        let Some(bytes) = self.db.get(b"mposition")? else { return Ok(Position::default()) };
        let parse = || {
            let (file, rest) = bytes.split_first_chunk()?;
            let (offset, line) = rest.split_first_chunk()?;
            let line = line.try_into().ok().map(u32::from_be_bytes)?;
            Some(Position { file: u32::from_be_bytes(*file), offset: u64::from_be_bytes(*offset), line })
        };
        parse().ok_or(Fault::Schema)
    }

    /// The frame of the journal that holds a line.
    pub fn frame(&self, spot: Spot) -> Result<Option<Frame>, Fault> {
        let start = with_letter(b'f', &spot.file.to_be_bytes());
        let Some(last) =
            self.db.range(start.clone()..=[start.as_slice(), &spot.line.to_be_bytes()].concat()).next_back()
        else {
            return Ok(None);
        };
        let (key, value) = last?;
        let line = key.strip_prefix(start.as_slice()).and_then(|line| line.try_into().ok()).map(u32::from_be_bytes);
        let first = Spot { file: spot.file, line: line.ok_or(Fault::Schema)? };
        Ok(Some(Frame { first, offset: number_of(&value)? }))
    }

    /// Everything under keys that begin so, in their order; a failure is the last.
    pub(super) fn entries(&self, start: &[u8]) -> impl Iterator<Item = Result<(IVec, IVec), Fault>> + use<> {
        entries(&self.db, start, start)
    }

    /// What stands under one key.
    pub(super) fn value(&self, key: &[u8]) -> Result<Option<IVec>, Fault> {
        Ok(self.db.get(key)?)
    }

    /// Writes (or, where there is no value, removes) what stands under keys, in one step.
    pub(super) fn alter(&self, alterations: Vec<(Vec<u8>, Option<Vec<u8>>)>) -> Result<(), Fault> {
        let mut batch = sled::Batch::default();
        for (key, value) in alterations {
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        self.db.apply_batch(batch)?;
        self.db.flush()?;
        Ok(())
    }

    /// The record of an article.
    pub fn record(&self, id: ArticleId) -> Result<Option<Record>, Fault> {
        match self.keys.find(&keys::of_id(id))? {
            Some(number) => self.numbered(number).map(|(_, record)| Some(record)),
            None => Ok(None),
        }
    }

    /// The number of the article that a key leads to.
    pub fn number_of(&self, key: &[u8; 16]) -> Result<Option<u32>, Fault> {
        self.keys.find(&keys::of_key(key))
    }

    /// The article with a number, and its record.
    pub fn numbered(&self, number: u32) -> Result<(ArticleId, Record), Fault> {
        records::record(&self.db, number)?.ok_or(Fault::Schema)
    }

    /// Every article behind one, in the order in which they came; a failure is the last.
    pub fn records(
        &self,
        after: Option<ArticleId>,
    ) -> Result<impl Iterator<Item = Result<(ArticleId, Record), Fault>> + use<>, Fault> {
        let after = after.map(|after| self.keys.find(&keys::of_id(after))).transpose()?.flatten();
        Ok(records::all(&self.db, after.map_or(0, |number| number + 1)))
    }

    /// Whether a source uses this key for several articles. They stand apart from the others: they are few, and each is asked
    /// for in vain at every decision.
    pub fn is_shared(&self, key: &[u8; 16]) -> Result<bool, Fault> {
        Ok(self.db.contains_key(with_letter(b's', key))?)
    }

    /// The article that a key leads to.
    pub fn article_of(&self, key: &[u8; 16]) -> Result<Option<ArticleId>, Fault> {
        match self.number_of(key)? {
            Some(number) => self.numbered(number).map(|(id, _)| Some(id)),
            None => Ok(None),
        }
    }

    /// The articles that a feed lists, those of the newest run first, and within a run the newest publication.
    pub fn newest(&self, feed: &str) -> Result<impl Iterator<Item = Result<Listing, Fault>> + use<>, Fault> {
        listing::newest(&self.db, feed)
    }

    /// The articles that a feed lists, in the order in which they came.
    pub fn oldest(&self, feed: &str) -> Result<impl Iterator<Item = Result<Listing, Fault>> + use<>, Fault> {
        listing::oldest(&self.db, feed)
    }

    /// What came to a feed from this arrival on, at most `most`.
    pub fn arrivals(&self, feed: &str, from: u64, most: usize) -> Result<Vec<(u64, Arrival)>, Fault> {
        listing::arrivals(&self.db, feed, from)?.take(most).collect()
    }

    /// How many arrivals a feed has had.
    pub fn arrived(&self, feed: &str) -> Result<u64, Fault> {
        listing::arrived(&self.db, feed)
    }

    /// The number of a feed's last closed document, and of the last arrival in it; zeros if there is none.
    pub fn closed(&self, feed: &str) -> Result<(u32, u64), Fault> {
        let start = prefix(b'c', feed);
        let Some(last) = self.db.scan_prefix(&start).next_back() else { return Ok((0, 0)) };
        let (key, value) = last?;
        let number = key[start.len()..].try_into().ok().map(u32::from_be_bytes);
        Ok((number.ok_or(Fault::Schema)?, number_of(&value)?))
    }

    /// The last arrival in a closed document; 0 for the one before the first.
    pub fn end_of(&self, feed: &str, document: u32) -> Result<u64, Fault> {
        match self.db.get([prefix(b'c', feed).as_slice(), &document.to_be_bytes()].concat())? {
            Some(value) => number_of(&value),
            None => Ok(0),
        }
    }

    /// How many arrivals of `from` a feed that is made of it has looked at.
    pub fn cursor(&self, feed: &str, from: &str) -> Result<u64, Fault> {
        self.db.get(cursor_key(feed, from))?.map_or(Ok(0), |value| number_of(&value))
    }

    /// The fingerprints of what was kept since a day, in that order.
    pub fn near(&self, since: u32) -> Result<Vec<Row>, Fault> {
        let mut rows = Vec::new();
        for entry in self.db.range(with_letter(b'n', &since.to_be_bytes())..with_letter(b'o', &[])) {
            let (key, value) = entry?;
            let day = key[1..].first_chunk().map(|day| u32::from_be_bytes(*day)).ok_or(Fault::Schema)?;
            rows.extend(Row::decode(day, &value));
        }
        Ok(rows)
    }

    /// How often articles of a feed were joined or parted.
    pub fn joins(&self, feed: &str) -> Result<u64, Fault> {
        self.db.get(with_letter(b'j', feed.as_bytes()))?.map_or(Ok(0), |value| number_of(&value))
    }

    /// Writes fingerprints by their days, and drops those that are too old to be of use.
    fn note_near(&self, rows: &[Row], position: Position, batch: &mut sled::Batch) -> Result<(), Fault> {
        let mut days: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
        for row in rows {
            row.encode(days.entry(row.day).or_default());
        }
        let Some(newest) = days.keys().last() else { return Ok(()) };
        let limit = newest.saturating_sub(near::KEPT).to_be_bytes();
        for old in self.db.range(with_letter(b'n', &[])..with_letter(b'n', &limit)).keys() {
            batch.remove(old?);
        }
        for (day, bytes) in days {
            let at = [&day.to_be_bytes()[..], &position.file.to_be_bytes(), &position.offset.to_be_bytes()].concat();
            batch.insert(with_letter(b'n', &at), bytes);
        }
        Ok(())
    }

    /// The feeds that anything ever came to, and whose names begin so.
    pub fn feeds(&self, beginning: &str) -> Result<Vec<String>, Fault> {
        self.feeds_under(b'r', beginning)
    }

    /// The feeds of which anything stands under a letter, and whose names begin so.
    pub fn feeds_under(&self, letter: u8, beginning: &str) -> Result<Vec<String>, Fault> {
        let start = with_letter(letter, beginning.as_bytes());
        let mut found = Vec::new();
        let mut next = start.clone();
        while let Some(entry) = self.db.range(next..).next() {
            let (key, _) = entry?;
            let Some(name) = key.starts_with(&start).then(|| key[1..].split(|byte| *byte == 0).next()).flatten() else {
                break;
            };
            // Behind everything that begins with the name and a zero.
            next = [&[letter], name, &[1]].concat();
            found.push(String::from_utf8(name.to_vec()).map_err(|_| Fault::Schema)?);
        }
        Ok(found)
    }

    /// The document before an earlier one of a feed that was read.
    pub fn walked(&self, feed: &str, address: &str) -> Result<Option<String>, Fault> {
        let before = self.db.get([prefix(b'h', feed).as_slice(), address.as_bytes()].concat())?;
        Ok(before.map(|before| String::from_utf8_lossy(&before).into_owned()))
    }

    /// Notes that an earlier document of a feed was read.
    pub fn note_walked(&self, feed: &str, address: &str, before: &str) -> Result<(), Fault> {
        self.db.insert([prefix(b'h', feed).as_slice(), address.as_bytes()].concat(), before.as_bytes())?;
        Ok(())
    }

    /// What was published of a feed, as `publish` notes it.
    pub fn published(&self, feed: &str) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.db.get(with_letter(b'p', feed.as_bytes()))?.map(|value| value.to_vec()))
    }

    /// Notes what was published of feeds. A loss of it costs a comparison and no more: the disk may take its time.
    pub fn note_published(&self, notes: &[(String, Vec<u8>)]) -> Result<(), Fault> {
        let mut batch = sled::Batch::default();
        for (feed, note) in notes {
            batch.insert(with_letter(b'p', feed.as_bytes()), note.as_slice());
        }
        Ok(self.db.apply_batch(batch)?)
    }

    /// Gives closed documents their ends.
    fn close(&self, closed: &[Closing], batch: &mut sled::Batch) -> Result<(), Fault> {
        let mut ends: HashMap<&str, u64> = HashMap::new();
        for Closing { feed, number, entries } in closed {
            let last = match ends.get(feed.as_str()) {
                Some(last) => *last,
                None => self.closed(feed)?.1,
            };
            let end = last + u64::from(*entries);
            ends.insert(feed, end);
            batch.insert([prefix(b'c', feed).as_slice(), &number.to_be_bytes()].concat(), &end.to_be_bytes());
        }
        Ok(())
    }

    /// Writes records, each at its number, and the keys that lead there.
    fn write_records(&mut self, changes: &Changes, batch: &mut sled::Batch) -> Result<(), Fault> {
        let mut numbers: HashMap<ArticleId, u32> = HashMap::new();
        let (mut blocks, mut rows) = (records::Blocks::default(), Vec::new());
        let mut records: Vec<(&ArticleId, &Record)> = changes.records.iter().collect();
        records.sort_unstable_by_key(|(id, _)| **id);
        for (id, record) in records {
            let name = keys::of_id(*id);
            let known = if changes.begun.contains(id) { None } else { self.keys.find(&name)? };
            let number = match known {
                Some(number) => number,
                None => {
                    self.articles += 1;
                    rows.push((name, self.articles - 1));
                    self.articles - 1
                }
            };
            numbers.insert(*id, number);
            blocks.put(&self.db, number, *id, record)?;
        }
        for (key, id) in &changes.keys {
            let number = match numbers.get(id) {
                Some(number) => Some(*number),
                None => self.keys.find(&keys::of_id(*id))?,
            };
            rows.extend(number.map(|number| (keys::of_key(key), number)));
        }
        blocks.write(batch);
        self.keys.add(&rows, batch);
        Ok(())
    }

    /// The number behind a prefix in the last key that begins with it, and the value there.
    fn last(&self, start: &[u8]) -> Result<Option<(u64, IVec)>, Fault> {
        let Some(last) = self.db.scan_prefix(start).next_back() else { return Ok(None) };
        let (key, value) = last?;
        let number = key.get(start.len()..start.len() + 8).and_then(|bytes| bytes.try_into().ok());
        Ok(Some((u64::from_be_bytes(number.ok_or(Fault::Schema)?), value)))
    }

    /// Writes changes in one batch, together with how far the journal has been taken in.
    pub fn write(&mut self, changes: &Changes, position: Position) -> Result<(), Fault> {
        let mut batch = sled::Batch::default();
        self.write_records(changes, &mut batch)?;
        for key in &changes.shared {
            batch.insert(with_letter(b's', key), &[]);
        }
        listing::append(&self.db, &changes.arrivals, &mut batch)?;
        self.close(&changes.closed, &mut batch)?;
        for Leaving { feed, id, after } in &changes.left {
            let came = changes.arrivals.iter().take(*after).filter(|arrival| arrival.feed == *feed).count();
            let last = listing::arrived(&self.db, feed)? + came as u64;
            batch.insert(listing::left_key(feed, id), &last.to_be_bytes());
        }
        changes.forgotten.keys().for_each(|id| batch.insert(with_letter(b't', &id.0), &[]));
        let forgotten =
            changes.forgotten.iter().flat_map(|(id, record)| record.feeds.iter().map(move |feed| (feed, id)));
        let left = changes.left.iter().map(|Leaving { feed, id, .. }| (feed, id));
        let mut gone: HashMap<&str, u64> = HashMap::new();
        for (feed, id) in forgotten.chain(left) {
            let last = match gone.get(feed.as_str()) {
                Some(last) => *last,
                None => self.gone(feed)?,
            };
            gone.insert(feed, last + 1);
            batch.insert([prefix(b'x', feed).as_slice(), &(last + 1).to_be_bytes()].concat(), &id.0);
        }
        for feed in gone.keys() {
            listing::pass(&self.db, feed, |id| changes.forgotten.contains_key(id), &mut batch)?;
        }
        for Frame { first, offset } in &changes.frames {
            batch.insert(frame_key(*first), &offset.to_be_bytes());
        }
        for ((feed, from), upto) in &changes.cursors {
            batch.insert(cursor_key(feed, from), &upto.to_be_bytes());
        }
        self.note_near(&changes.near, position, &mut batch)?;
        for (feed, joins) in &changes.joins {
            batch.insert(with_letter(b'j', feed.as_bytes()), &(self.joins(feed)? + joins).to_be_bytes());
        }
        batch.insert(b"mposition", position_bytes(position));
        self.db.apply_batch(batch)?;
        self.db.flush()?;
        self.keys.settle(&self.db)
    }

    /// Whether a feed does not list an article any more that came to it as this arrival.
    pub fn is_gone(&self, feed: &str, arrival: u64, id: ArticleId) -> Result<bool, Fault> {
        listing::gone(&self.db, feed)?(arrival, id)
    }

    /// How many articles of a feed were forgotten, or left it.
    pub fn gone(&self, feed: &str) -> Result<u64, Fault> {
        Ok(self.last(&prefix(b'x', feed))?.map_or(0, |(number, _)| number))
    }

    /// The articles of a feed that were forgotten or left it, behind the first `after`.
    pub fn gone_since(&self, feed: &str, after: u64) -> Result<Vec<ArticleId>, Fault> {
        let start = prefix(b'x', feed);
        let entries = entries(&self.db, &start, &[start.as_slice(), &(after + 1).to_be_bytes()].concat());
        entries.map(|entry| entry?.1.as_ref().try_into().map(ArticleId).map_err(|_| Fault::Schema)).collect()
    }
}

/// sled's database. Its lock can outlive the process that held it for a moment: tried again for a second.
fn database(dir: &Path, cache: u64) -> Result<sled::Db, Fault> {
    let config = sled::Config::new().path(dir).cache_capacity(cache).mode(sled::Mode::HighThroughput);
    let mut tries = 20;
    loop {
        match open_aside(&config)? {
            Ok(db) => return Ok(db),
            Err(sled::Error::Io(cause)) if tries > 0 && cause.kind() == std::io::ErrorKind::Other => {
                tries -= 1;
                thread::sleep(Duration::from_millis(50));
            }
            Err(cause) => return Err(cause.into()),
        }
    }
}

/// Opens a database in a thread of its own. sled begins with 28 MB of zeros, most of which it never looks at: in the first memory of a
/// thread, the allocator knows that they are there already; in that of a thread which has let go of something, it writes them.
fn open_aside(config: &sled::Config) -> Result<sled::Result<sled::Db>, Fault> {
    let open = || {
        thread::scope(|scope| match thread::Builder::new().spawn_scoped(scope, || config.open()) {
            Ok(opening) => opening.join().unwrap_or_else(|panic| resume_unwind(panic)),
            Err(_) => config.open(),
        })
    };
    // At a file that had been emptied, it was seen to panic.
    panics::caught(open).ok_or(Fault::Panic)
}

/// Everything under keys that begin so, from one on; a failure is the last.
fn entries(db: &sled::Db, start: &[u8], from: &[u8]) -> impl Iterator<Item = Result<(IVec, IVec), Fault>> + use<> {
    let (mut failed, start) = (false, start.to_owned());
    db.range(from.to_owned()..).map_while(move |entry| {
        let go_on = !failed && !entry.as_ref().is_ok_and(|(key, _)| !key.starts_with(&start));
        failed = entry.is_err();
        go_on.then(|| entry.map_err(Fault::from))
    })
}

pub(super) fn frame_key(first: Spot) -> Vec<u8> {
    [b"f", &first.file.to_be_bytes()[..], &first.line.to_be_bytes()].concat()
}

pub(super) fn position_bytes(position: Position) -> Vec<u8> {
    let Position { file, offset, line } = position;
    [&file.to_be_bytes()[..], &offset.to_be_bytes(), &line.to_be_bytes()].concat()
}

fn with_letter(letter: u8, rest: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(1 + rest.len());
    key.push(letter);
    key.extend_from_slice(rest);
    key
}

/// A letter, a feed and a zero: names of feeds contain none, so that no name is the beginning of another's entries.
fn prefix(letter: u8, feed: &str) -> Vec<u8> {
    let mut prefix = with_letter(letter, feed.as_bytes());
    prefix.push(0);
    prefix
}

fn cursor_key(feed: &str, from: &str) -> Vec<u8> {
    [prefix(b'd', feed).as_slice(), from.as_bytes()].concat()
}

fn number_of(value: &[u8]) -> Result<u64, Fault> {
    value.try_into().map(u64::from_be_bytes).map_err(|_| Fault::Schema)
}
