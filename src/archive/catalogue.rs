//! The catalogue: the sled database, and the only place that names sled.
//!
//! One tree with a letter before each key, so that all that belongs together is written in one batch:
//! `a` ArticleId → [`Record`] · `k` digest of a key → ArticleId · `s` digest of a key that a source uses for several articles → nothing · `o` feed, run, publication, ArticleId → when the run was ·
//! `r` feed, arrival → ArticleId, its revision, whether it is the first · `c` feed, document → its last arrival ·
//! `d` feed, feed that it is made of → arrivals looked at · `p` feed → what was published of it ·
//! `n` day, place in the journal → fingerprints of what was kept · `j` feed → how often its articles were joined or parted ·
//! `h` feed, address of an earlier document that was read → the one before it · `f` file, first line of a frame → where it begins ·
//! `e` file → how often it was written anew · `t` ArticleId that was forgotten → nothing ·
//! `x` feed, number → an article of it that was forgotten ·
//! `m` name → what the catalogue says of itself. Everything in it but `p` and `h` can be made again from the journal, and what
//! is lost of these costs a comparison and another look.

use super::journal::{Frame, Position, Spot};
use super::near::{self, Row};
use super::record::Record;
use crate::model::ArticleId;
use sled::IVec;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

/// The version of this layout.
const SCHEMA: u8 = 4;
/// Bytes of pages that are held in memory, as sled counts them: it takes three to four times as much. With 256 MB a process that keeps a
/// million articles grew to a gigabyte, with 32 MB one that keeps 100,000 to 139 MB (`cargo bench --bench archive`); decisions with a million
/// kept are slower for it (`cargo bench --bench identity`).
const CACHE: u64 = 32 << 20;

/// Why the catalogue cannot be used; each is mended by making it again from the journal.
#[derive(Debug)]
pub enum Fault {
    /// sled cannot read or write it.
    Database(sled::Error),
    /// A record is not as it was written.
    Record(ArticleId),
    /// It failed in an earlier run.
    Marked,
    /// It was written by another version, or says of itself what cannot be.
    Schema,
    /// It was written by a newer version.
    Newer,
    /// It is older than a file of the journal that was written anew since.
    Behind,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Fault::Database(cause) => write!(f, "the catalogue cannot be read or written: {}", one_line(cause)),
            Fault::Record(id) => write!(f, "the catalogue's record of {id} is damaged"),
            Fault::Marked => f.write_str("an earlier run found it damaged"),
            Fault::Schema => f.write_str("the catalogue is of another version"),
            Fault::Behind => f.write_str("it has not seen all of a file that was written anew since"),
            Fault::Newer => f.write_str("it was written by a newer version of depesche"),
        }
    }
}

impl std::error::Error for Fault {}

impl Fault {
    /// Whether the catalogue itself is at fault, rather than the disk or the rights to it: making it again helps.
    pub fn is_damage(&self) -> bool {
        match self {
            // sled tells a broken file as an error of its own kind `Other` as well.
            Fault::Database(sled::Error::Io(cause)) => cause.kind() == std::io::ErrorKind::Other,
            Fault::Database(_) | Fault::Record(_) | Fault::Marked | Fault::Schema | Fault::Behind => true,
            Fault::Newer => false,
        }
    }
}

impl From<sled::Error> for Fault {
    fn from(cause: sled::Error) -> Fault {
        Fault::Database(cause)
    }
}

/// sled's messages run over several lines.
fn one_line(cause: &sled::Error) -> String {
    crate::text::fold(&cause.to_string())
}

/// Changes that become visible together, and are seen by the look-ups of the run that makes them.
#[derive(Debug, Default)]
pub struct Changes {
    /// New and changed records, each whole.
    pub records: HashMap<ArticleId, Record>,
    /// New keys.
    pub keys: HashMap<[u8; 16], ArticleId>,
    /// Keys that a source uses for several articles.
    pub shared: HashSet<[u8; 16]>,
    /// Articles that a feed lists from now on, in the order in which they came.
    pub order: Vec<Listing>,
    /// What came to a feed, in that order: articles and later revisions of them.
    pub arrivals: Vec<Arrival>,
    /// Documents that hold arrivals for good.
    pub closed: Vec<Closing>,
    /// How much of one feed another one that is made of it has looked at.
    pub cursors: BTreeMap<(String, String), u64>,
    /// Fingerprints of what was kept, in that order.
    pub near: Vec<Row>,
    /// How often articles of a feed were joined with others, or parted from them.
    pub joins: BTreeMap<String, u64>,
    /// Frames of the journal that hold what was learnt.
    pub frames: Vec<Frame>,
    /// Articles that were forgotten: their feeds do not list them any more.
    pub forgotten: BTreeMap<ArticleId, Record>,
}

impl Changes {
    /// Notes that the feeds with this article name other places of it than before.
    pub fn shown_otherwise(&mut self, record: &Record) {
        for feed in &record.feeds {
            *self.joins.entry(feed.clone()).or_default() += 1;
        }
    }
}

/// An article that a feed lists from now on.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The feed.
    pub feed: String,
    /// The run that listed it: its now, in seconds since 1970.
    pub seen: i64,
    /// Its publication, in seconds since 1970.
    pub published: i64,
    /// Which article.
    pub id: ArticleId,
}

/// What came to a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// The feed.
    pub feed: String,
    /// Which article.
    pub id: ArticleId,
    /// Where the revision stands that came.
    pub spot: Spot,
    /// Whether it is the first of this article in the feed.
    pub first: bool,
}

/// A document that holds the next arrivals of a feed for good.
#[derive(Debug)]
pub struct Closing {
    /// The feed.
    pub feed: String,
    /// Its number, from 1.
    pub number: u32,
    /// How many arrivals it holds.
    pub entries: u32,
}

/// The database.
#[derive(Debug)]
pub struct Catalogue {
    db: sled::Db,
    new: bool,
}

impl Catalogue {
    /// Opens or makes it. Its lock can outlive the process that held it for a moment: tried again for a second.
    pub fn open(dir: &Path) -> Result<Catalogue, Fault> {
        let config = sled::Config::new().path(dir).cache_capacity(CACHE).mode(sled::Mode::HighThroughput);
        let mut tries = 20;
        let db = loop {
            match config.open() {
                Ok(db) => break db,
                Err(sled::Error::Io(cause)) if tries > 0 && cause.kind() == std::io::ErrorKind::Other => {
                    tries -= 1;
                    sleep(Duration::from_millis(50));
                }
                Err(cause) => return Err(cause.into()),
            }
        };
        let mut catalogue = Catalogue { db, new: false };
        match catalogue.db.get(b"mschema")? {
            Some(schema) if *schema == [SCHEMA] => {}
            Some(schema) if schema.first().is_some_and(|schema| *schema > SCHEMA) => return Err(Fault::Newer),
            None if catalogue.db.is_empty() => {
                catalogue.db.insert(b"mschema", &[SCHEMA])?;
                catalogue.db.flush()?;
                catalogue.new = true;
            }
            _ => return Err(Fault::Schema),
        }
        Ok(catalogue)
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
        self.entries_from(start, start)
    }

    /// The same, from this key on.
    pub(super) fn entries_from(
        &self,
        start: &[u8],
        from: &[u8],
    ) -> impl Iterator<Item = Result<(IVec, IVec), Fault>> + use<> {
        let (mut failed, start) = (false, start.to_owned());
        self.db.range(from.to_owned()..).map_while(move |entry| {
            let go_on = !failed && !entry.as_ref().is_ok_and(|(key, _)| !key.starts_with(&start));
            failed = entry.is_err();
            go_on.then(|| entry.map_err(Fault::from))
        })
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
        match self.db.get(with_letter(b'a', &id.0))? {
            None => Ok(None),
            Some(bytes) => Record::decode(&bytes).map(Some).ok_or(Fault::Record(id)),
        }
    }

    /// Whether a source uses this key for several articles. They stand apart from the others: they are few, and each is asked
    /// for in vain at every decision.
    pub fn is_shared(&self, key: &[u8; 16]) -> Result<bool, Fault> {
        Ok(self.db.contains_key(with_letter(b's', key))?)
    }

    /// The article that a key leads to.
    pub fn article_of(&self, key: &[u8; 16]) -> Result<Option<ArticleId>, Fault> {
        let id = self.db.get(with_letter(b'k', key))?;
        Ok(id.and_then(|id| id.as_ref().try_into().ok()).map(ArticleId))
    }

    /// The articles of a feed, those of the newest run first, and within a run the newest publication.
    pub fn newest(&self, feed: &str) -> impl Iterator<Item = Result<Listing, Fault>> + use<> {
        self.listings(feed, true)
    }

    /// The articles of a feed the other way round.
    pub fn oldest(&self, feed: &str) -> impl Iterator<Item = Result<Listing, Fault>> + use<> {
        self.listings(feed, false)
    }

    fn listings(&self, feed: &str, newest: bool) -> impl Iterator<Item = Result<Listing, Fault>> + use<> {
        let feed = feed.to_owned();
        let mut entries = self.db.scan_prefix(prefix(b'o', &feed));
        // A damaged page yields errors for ever: the first one ends it.
        let mut failed = false;
        std::iter::from_fn(move || if newest { entries.next_back() } else { entries.next() }).map_while(move |entry| {
            (!failed).then(|| {
                let parsed = entry.map_err(Fault::from).and_then(|(key, seen)| {
                    let (rest, id) = key.split_last_chunk().ok_or(Fault::Schema)?;
                    let (_, published) = rest.split_last_chunk().ok_or(Fault::Schema)?;
                    Ok(Listing {
                        feed: feed.clone(),
                        seen: seen.as_ref().try_into().map(i64::from_be_bytes).map_err(|_| Fault::Schema)?,
                        published: i64::from_be_bytes(*published) ^ i64::MIN,
                        id: ArticleId(*id),
                    })
                });
                failed = parsed.is_err();
                parsed
            })
        })
    }

    /// What came to a feed from this arrival on, at most `most`.
    pub fn arrivals(&self, feed: &str, from: u64, most: usize) -> Result<Vec<(u64, Arrival)>, Fault> {
        let start = prefix(b'r', feed);
        let mut found = Vec::new();
        for entry in self.db.range([start.as_slice(), &from.to_be_bytes()].concat()..).take(most) {
            let (key, value) = entry?;
            let Some(number) = key.strip_prefix(start.as_slice()) else { break };
            let number = u64::from_be_bytes(number.try_into().map_err(|_| Fault::Schema)?);
            found.push((number, arrival(feed, &value).ok_or(Fault::Schema)?));
        }
        Ok(found)
    }

    /// How many arrivals a feed has had.
    pub fn arrived(&self, feed: &str) -> Result<u64, Fault> {
        self.last(&prefix(b'r', feed)).map(|last| last.map_or(0, |(number, _)| number))
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

    /// The feeds with an article whose names begin so.
    pub fn feeds(&self, beginning: &str) -> Result<Vec<String>, Fault> {
        self.feeds_under(b'o', beginning)
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

    /// Gives listings their runs, arrivals their numbers and closed documents their ends. What is listed at one moment is
    /// one run; the runs of a feed are numbered, so that a clock that goes back does not bury what is new.
    fn number(&self, changes: &Changes, batch: &mut sled::Batch) -> Result<(), Fault> {
        let mut runs: HashMap<&str, (u64, i64)> = HashMap::new();
        let gone = |feed: &str, id: &ArticleId| {
            changes.forgotten.get(id).is_some_and(|record| record.feeds.iter().any(|listed| listed == feed))
        };
        let order = changes.order.iter().filter(|listing| !gone(&listing.feed, &listing.id));
        for Listing { feed, seen, published, id } in order {
            let start = prefix(b'o', feed);
            let last = match runs.get(feed.as_str()) {
                Some(last) => *last,
                None => match self.last(&start)? {
                    Some((run, value)) => {
                        (run, value.as_ref().try_into().map(i64::from_be_bytes).map_err(|_| Fault::Schema)?)
                    }
                    None => (0, i64::MIN),
                },
            };
            let run = if last.1 == *seen { last.0 } else { last.0 + 1 };
            runs.insert(feed, (run, *seen));
            // With the sign bit turned, instants before 1970 sort before the others; with the id, the order is total.
            let time = (published ^ i64::MIN).to_be_bytes();
            batch.insert([start.as_slice(), &run.to_be_bytes(), &time, &id.0].concat(), &seen.to_be_bytes());
        }
        let mut numbers: HashMap<&str, u64> = HashMap::new();
        for arrival in &changes.arrivals {
            let start = prefix(b'r', &arrival.feed);
            let last = match numbers.get(arrival.feed.as_str()) {
                Some(last) => *last,
                None => self.last(&start)?.map_or(0, |(number, _)| number),
            };
            numbers.insert(&arrival.feed, last + 1);
            let Spot { file, line } = arrival.spot;
            let place = [&arrival.id.0[..], &file.to_be_bytes(), &line.to_be_bytes()].concat();
            batch.insert(
                [start.as_slice(), &(last + 1).to_be_bytes()].concat(),
                [&place[..], &[arrival.first.into()]].concat(),
            );
        }
        let mut ends: HashMap<&str, u64> = HashMap::new();
        for Closing { feed, number, entries } in &changes.closed {
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

    /// The number behind a prefix in the last key that begins with it, and the value there.
    fn last(&self, start: &[u8]) -> Result<Option<(u64, IVec)>, Fault> {
        let Some(last) = self.db.scan_prefix(start).next_back() else { return Ok(None) };
        let (key, value) = last?;
        let number = key.get(start.len()..start.len() + 8).and_then(|bytes| bytes.try_into().ok());
        Ok(Some((u64::from_be_bytes(number.ok_or(Fault::Schema)?), value)))
    }

    /// Writes changes in one batch, together with how far the journal has been taken in.
    pub fn write(&self, changes: &Changes, position: Position) -> Result<(), Fault> {
        let mut batch = sled::Batch::default();
        for (id, record) in &changes.records {
            batch.insert(with_letter(b'a', &id.0), record.encode());
        }
        for (key, id) in &changes.keys {
            batch.insert(with_letter(b'k', key), &id.0);
        }
        for key in &changes.shared {
            batch.insert(with_letter(b's', key), &[]);
        }
        self.number(changes, &mut batch)?;
        let mut gone: HashMap<&str, u64> = HashMap::new();
        for (id, record) in &changes.forgotten {
            batch.insert(with_letter(b't', &id.0), &[]);
            for feed in &record.feeds {
                let last = match gone.get(feed.as_str()) {
                    Some(last) => *last,
                    None => self.gone(feed)?,
                };
                gone.insert(feed, last + 1);
                batch.insert([prefix(b'x', feed).as_slice(), &(last + 1).to_be_bytes()].concat(), &id.0);
                self.unlist(feed, record.published.0, *id, &mut batch)?;
            }
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
        Ok(())
    }

    /// How many articles of a feed were forgotten.
    pub fn gone(&self, feed: &str) -> Result<u64, Fault> {
        Ok(self.last(&prefix(b'x', feed))?.map_or(0, |(number, _)| number))
    }

    /// The articles of a feed that were forgotten, behind the first `after`.
    pub fn gone_since(&self, feed: &str, after: u64) -> Result<Vec<ArticleId>, Fault> {
        let start = prefix(b'x', feed);
        let entries = self.entries_from(&start, &[start.as_slice(), &(after + 1).to_be_bytes()].concat());
        entries.map(|entry| entry?.1.as_ref().try_into().map(ArticleId).map_err(|_| Fault::Schema)).collect()
    }

    /// Takes an article from a feed's list. Its run is not known: there are far fewer runs than articles.
    fn unlist(&self, feed: &str, published: i64, id: ArticleId, batch: &mut sled::Batch) -> Result<(), Fault> {
        let start = prefix(b'o', feed);
        let run_of = |key: &[u8]| key.get(start.len()..start.len() + 8).and_then(|run| run.try_into().ok());
        let Some(first) = self.db.scan_prefix(&start).next() else { return Ok(()) };
        let first = run_of(&first?.0).map(u64::from_be_bytes).ok_or(Fault::Schema)?;
        let last = self.last(&start)?.map_or(first, |(run, _)| run);
        for run in first..=last {
            let key = [start.as_slice(), &run.to_be_bytes(), &(published ^ i64::MIN).to_be_bytes(), &id.0].concat();
            if self.db.contains_key(&key)? {
                batch.remove(key);
                break;
            }
        }
        Ok(())
    }
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

fn arrival(feed: &str, value: &[u8]) -> Option<Arrival> {
    let (id, rest) = value.split_first_chunk::<16>()?;
    let (file, rest) = rest.split_first_chunk::<4>()?;
    let (line, first) = rest.split_first_chunk::<4>()?;
    let spot = Spot { file: u32::from_be_bytes(*file), line: u32::from_be_bytes(*line) };
    Some(Arrival { feed: feed.to_owned(), id: ArticleId(*id), spot, first: first == [1] })
}
