//! The archive: what was acknowledged is kept.
//!
//! Two parts in one folder: the [`journal`] is the record, the [`catalogue`] answers at once which articles are
//! known, and can be made again from the journal. The order of writes stands in [`Archive::commit`] and nowhere
//! else: journal, fsync, catalogue. In come articles with their verdict, out go revisions. It decides nothing
//! about identity (identify does) and knows no feed definition.
//!
//! [`Archive`] is for the one process that writes; [`revisions`] reads beside it without any lock.

mod catalogue;
mod journal;
mod line;
mod lock;
mod query;
mod record;

pub use query::{Kept, newest_of_each, with_prefix};

use crate::error::{Error, Result};
use crate::identify::{Digest, Key, Known};
use crate::model::{Article, ArticleId, Revision};
use catalogue::{Catalogue, Changes, order_entry};
use chrono::{DateTime, Utc};
use journal::{Journal, Position, Spot};
use line::Line;
use record::Record;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a key leads to that is used for several articles. No digest makes it: an id has its version in it.
const NONE: ArticleId = ArticleId([0; 16]);
/// Bytes of lines after which a run commits what it has: bounds memory, not needed for safety.
const PENDING: usize = 8 << 20;

/// The archive, open for writing.
#[derive(Debug)]
pub struct Archive {
    // Dropped before the lock: another process must find the database closed.
    catalogue: Catalogue,
    journal: Journal,
    pending: Vec<Line>,
    encoded: Vec<Vec<u8>>,
    size: usize,
    changes: Changes,
    dir: PathBuf,
    _lock: lock::Lock,
}

/// Where an article was found.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The feed that lists it.
    pub feed: &'a str,
    /// The document, by a name that stays the same from run to run.
    pub place: &'a str,
    /// When: the run's now.
    pub seen: DateTime<Utc>,
}

impl Archive {
    /// Opens the archive in `dir`, making it if it is not there, and mends what a crash left. What was mended is
    /// returned as sentences. Waits up to `wait` for another writer.
    pub fn open(dir: &Path, wait: Duration, now: DateTime<Utc>) -> Result<(Archive, Vec<String>)> {
        fs::create_dir_all(dir).map_err(|cause| {
            let cause: crate::error::Cause = match dir.is_file() {
                true => "a file stands in its place".into(),
                false => cause.into(),
            };
            Error::archive(dir, cause).hint("choose a folder that this user may write to with `--root DIR`")
        })?;
        let lock = lock::Lock::take(dir, wait, now)?;
        let journal = Journal::open(&dir.join("journal"))?;
        let mut notices = Vec::new();
        let catalogue = open_catalogue(&dir.join("catalogue"), &journal, &mut notices)?;
        let mut archive = Archive {
            catalogue,
            journal,
            pending: Vec::new(),
            encoded: Vec::new(),
            size: 0,
            changes: Changes::default(),
            dir: dir.to_owned(),
            _lock: lock,
        };
        archive.catch_up(&mut notices)?;
        Ok((archive, notices))
    }

    /// Takes the keys out that were found to be used for several articles.
    pub fn usable(&self, keys: Vec<Key>) -> Result<Vec<Key>> {
        let mut usable = Vec::with_capacity(keys.len());
        for key in keys {
            if self.article_of(&short(&key))? != Some(NONE) {
                usable.push(key);
            }
        }
        Ok(usable)
    }

    /// What is known of the articles that the keys lead to, in their order, as seen from `place`.
    pub fn known(&self, keys: &[Key], place: &str) -> Result<Vec<Known>> {
        let here = hash_of(place);
        let mut found: Vec<Known> = Vec::new();
        for key in keys {
            let Some(id) = self.article_of(&short(key))? else { continue };
            if found.iter().any(|known| known.id == id) {
                continue;
            }
            let Some(record) = self.record(id)? else { continue };
            found.push(Known {
                id,
                by: key.kind,
                published: record.stated.and_then(|at| DateTime::from_timestamp(at, 0)).map(|at| at.fixed_offset()),
                length: record.length as usize,
                digest: Digest(record.digest),
                seen_here: record.places.iter().find(|(place, _)| *place == here).map(|(_, digest)| Digest(*digest)),
                owned_here: record.owner == here,
                title: record.title,
            });
        }
        Ok(found)
    }

    /// Learns that keys are used for several articles, so that they lead to none from now on.
    pub fn disown(&mut self, keys: Vec<Key>, found: &Found) -> Result<()> {
        let keys = self.usable(keys)?;
        if keys.is_empty() {
            return Ok(());
        }
        let (feed, place) = (found.feed.to_owned(), found.place.to_owned());
        self.learn(Line::Shared { v: line::VERSION, feed, place, keys }, found.seen)
    }

    /// Keeps an article as a new one, or as the next revision of the known one with this id.
    pub fn keep(&mut self, id: ArticleId, article: Article, keys: &[Key], found: &Found) -> Result<()> {
        let seen = found.seen;
        let known = self.record(id)?;
        // A new article takes over the keys it is known by, as the place of the one that stood there before.
        let keys = if known.is_some() { self.unknown(keys)? } else { keys.to_vec() };
        let stamp = article.published.as_ref();
        let revision = match known {
            None => Revision {
                id,
                revision: 1,
                first_seen: seen,
                seen,
                published: stamp.map_or_else(|| seen.fixed_offset(), |stamp| stamp.at),
                precision: stamp.map(|stamp| stamp.precision),
                article,
            },
            Some(record) => {
                let Some(spot) = record.newest() else { return Err(self.damaged(id)) };
                let first = self.revision_at(spot)?;
                Revision { revision: first.revision + 1, seen, article, ..first }
            }
        };
        let line = Line::Revision {
            v: line::VERSION,
            feed: found.feed.to_owned(),
            place: found.place.to_owned(),
            keys,
            revision: Box::new(revision),
        };
        self.learn(line, seen)
    }

    /// Learns that a known article also stands in this feed and place, or that the place shows something else
    /// now of which nothing is to be kept. Does nothing if all this is known.
    pub fn note(&mut self, id: ArticleId, digest: Digest, keys: &[Key], found: &Found) -> Result<()> {
        let Some(record) = self.record(id)? else { return Err(self.damaged(id)) };
        let keys = self.unknown(keys)?;
        let here = (hash_of(found.place), digest.0);
        if keys.is_empty() && record.places.contains(&here) && record.feeds.iter().any(|feed| feed == found.feed) {
            return Ok(());
        }
        let (feed, place) = (found.feed.to_owned(), found.place.to_owned());
        self.learn(Line::Place { v: line::VERSION, id, feed, place, digest, keys }, found.seen)
    }

    /// Puts on the disk what was learnt: after this it is acknowledged.
    pub fn commit(&mut self, now: DateTime<Utc>) -> Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let spots = self.journal.append(&self.encoded, now)?;
        for (index, (line, spot)) in self.pending.iter().zip(spots).enumerate() {
            if let Line::Revision { revision, .. } = line
                && let Some(record) = self.changes.records.get_mut(&revision.id)
            {
                record.settle(pending_spot(index), spot);
            }
        }
        let end = self.journal.end()?;
        self.catalogue.write(&self.changes, end).map_err(|cause| self.broken(cause))?;
        self.changes = Changes::default();
        self.pending.clear();
        self.encoded.clear();
        self.size = 0;
        Ok(())
    }

    /// The newest revisions of a feed, newest publication first. Call it after [`commit`](Archive::commit).
    pub fn newest(&mut self, feed: &str, limit: usize) -> Result<Vec<Revision>> {
        let ids = self.catalogue.newest(feed, limit).map_err(|cause| self.broken(cause))?;
        let mut revisions = Vec::with_capacity(ids.len());
        for id in ids {
            let spot = self.record(id)?.and_then(|record| record.newest()).ok_or_else(|| self.damaged(id))?;
            revisions.push(self.revision_at(spot)?);
        }
        Ok(revisions)
    }

    /// The revision at a place of the journal, or at a place that the next commit will give it.
    fn revision_at(&mut self, spot: Spot) -> Result<Revision> {
        let line = match pending_index(spot) {
            Some(index) => self.pending.get(index).cloned(),
            None => Some(self.journal.read(spot)?),
        };
        match line {
            Some(Line::Revision { revision, .. }) => Ok(*revision),
            _ => Err(Error::archive(&self.dir, "the catalogue and the journal do not belong together")
                .hint("remove the folder `catalogue` in it: it is made again from the journal")),
        }
    }

    fn learn(&mut self, line: Line, now: DateTime<Utc>) -> Result<()> {
        let encoded = journal::encode(&line);
        let spot = pending_spot(self.pending.len());
        let known = line.article().map_or(Ok(None), |id| self.record(id))?;
        apply(&mut self.changes, &line, known, spot);
        self.size += encoded.len();
        self.encoded.push(encoded);
        self.pending.push(line);
        if self.size > PENDING { self.commit(now) } else { Ok(()) }
    }

    fn record(&self, id: ArticleId) -> Result<Option<Record>> {
        match self.changes.records.get(&id) {
            Some(record) => Ok(Some(record.clone())),
            None => self.catalogue.record(id).map_err(|cause| self.broken(cause)),
        }
    }

    fn article_of(&self, key: &[u8; 16]) -> Result<Option<ArticleId>> {
        match self.changes.keys.get(key) {
            Some(id) => Ok(Some(*id)),
            None => self.catalogue.article_of(key).map_err(|cause| self.broken(cause)),
        }
    }

    fn unknown(&self, keys: &[Key]) -> Result<Vec<Key>> {
        let mut unknown = Vec::new();
        for key in keys {
            if self.article_of(&short(key))?.is_none() {
                unknown.push(key.clone());
            }
        }
        Ok(unknown)
    }

    fn damaged(&self, id: ArticleId) -> Error {
        self.broken(catalogue::Fault::Record(id))
    }

    fn broken(&self, cause: catalogue::Fault) -> Error {
        Error::archive(&self.dir, cause).hint("remove the folder `catalogue` in it: it is made again from the journal")
    }

    /// Takes in what the journal has and the catalogue has not seen, and cuts off a torn end.
    fn catch_up(&mut self, notices: &mut Vec<String>) -> Result<()> {
        let mut position = self.catalogue.position().map_err(|cause| self.broken(cause))?;
        let end = self.journal.end()?;
        if position == end {
            return Ok(());
        }
        let Archive { catalogue, journal, changes, .. } = self;
        let (mut lines, mut size) = (0usize, 0usize);
        let failed = |cause: catalogue::Fault| Error::archive(&self.dir, cause);
        let damages = journal.scan(position, |spot, line| {
            // Frames are taken in whole: a batch ends before the first line of a frame.
            let frame = Position { file: spot.file, offset: spot.offset };
            if size > PENDING && frame != position {
                catalogue.write(changes, frame).map_err(failed)?;
                *changes = Changes::default();
                size = 0;
            }
            position = frame;
            let known = match line.article() {
                Some(id) if changes.records.contains_key(&id) => changes.records.get(&id).cloned(),
                Some(id) => catalogue.record(id).map_err(failed)?,
                None => None,
            };
            apply(changes, &line, known, spot);
            lines += 1;
            size += 1024;
            Ok(())
        })?;
        for damage in &damages {
            let (path, length, offset) = (damage.path.display(), damage.length, damage.offset);
            if damage.torn {
                self.journal.cut(damage)?;
                notices.push(format!(
                    "the last write to `{path}` was cut short: its {length} bytes lie in `torn` now, nothing acknowledged is lost"
                ));
            } else {
                notices.push(format!("{length} bytes of `{path}` at {offset} cannot be read: what they held is lost"));
            }
        }
        let end = self.journal.end()?;
        self.catalogue.write(&self.changes, end).map_err(|cause| self.broken(cause))?;
        self.changes = Changes::default();
        if lines > 0 {
            notices.push(format!("{lines} lines of the journal were taken into the catalogue again"));
        }
        Ok(())
    }
}

/// Opens the catalogue; one that cannot be used, or that has seen more than the journal holds, is moved aside.
fn open_catalogue(dir: &Path, journal: &Journal, notices: &mut Vec<String>) -> Result<Catalogue> {
    let end = journal.end()?;
    let fault = match Catalogue::open(dir).and_then(|found| found.position().map(|position| (found, position))) {
        Ok((catalogue, position)) if position <= end => return Ok(catalogue),
        Ok(_) => "it has seen more than the journal holds".to_owned(),
        Err(cause) => cause.to_string(),
    };
    let aside = (1..).map(|n| dir.with_file_name(format!("catalogue.broken-{n}"))).find(|path| !path.exists());
    let aside = aside.unwrap_or_else(|| dir.with_file_name("catalogue.broken"));
    fs::rename(dir, &aside).map_err(|cause| Error::archive(dir, cause))?;
    notices
        .push(format!("the catalogue was moved to `{}` and is made again from the journal: {fault}", aside.display()));
    Catalogue::open(dir).map_err(|cause| Error::archive(dir, cause))
}

/// What a line changes, the same whether it was just learnt or is read from the journal again.
fn apply(changes: &mut Changes, line: &Line, known: Option<Record>, spot: Spot) {
    let (id, feed, place, keys) = match line {
        Line::Revision { revision, feed, place, keys, .. } => (revision.id, feed, place, keys),
        Line::Place { id, feed, place, keys, .. } => (*id, feed, place, keys),
        Line::Shared { keys, .. } => {
            changes.keys.extend(keys.iter().map(|key| (short(key), NONE)));
            return;
        }
    };
    let here = hash_of(place);
    let (mut record, digest) = match (line, known) {
        (Line::Revision { revision, .. }, known) => {
            let digest = Digest::of(&revision.article).0;
            let article = &revision.article;
            let mut record = known.unwrap_or_else(|| Record {
                published: revision.published.timestamp(),
                stated: None,
                title: String::new(),
                length: 0,
                digest,
                feeds: Vec::new(),
                places: Vec::new(),
                owner: here,
                revisions: Vec::new(),
            });
            let stamp = article.published.as_ref().filter(|stamp| !stamp.relative);
            record.stated = stamp.map(|stamp| stamp.at.timestamp()).or(record.stated);
            record.title.clone_from(&article.title);
            record.length = u32::try_from(article.text.chars().count()).unwrap_or(u32::MAX);
            record.digest = digest;
            record.owner = here;
            record.revisions.push((spot.file, spot.offset, spot.line));
            (record, digest)
        }
        (Line::Place { digest, .. }, Some(record)) => (record, digest.0),
        // A place of an article that the journal does not hold (any more) says nothing.
        (Line::Place { .. } | Line::Shared { .. }, _) => return,
    };
    match record.places.iter_mut().find(|(place, _)| *place == here) {
        Some((_, last)) => *last = digest,
        None => record.places.push((here, digest)),
    }
    if !record.feeds.contains(feed) {
        record.feeds.push(feed.clone());
        changes.order.push(order_entry(feed, record.published, id));
    }
    for key in keys {
        changes.keys.insert(short(key), id);
    }
    changes.records.insert(id, record);
}

/// A stand-in for the place in the journal of the n-th line that is still to be written: file 0 does not exist.
fn pending_spot(index: usize) -> Spot {
    Spot { file: 0, offset: index as u64, line: 0 }
}

fn pending_index(spot: Spot) -> Option<usize> {
    (spot.file == 0).then_some(spot.offset as usize)
}

fn short(key: &Key) -> [u8; 16] {
    let digest = key.digest();
    std::array::from_fn(|i| digest[i])
}

fn hash_of(place: &str) -> [u8; 8] {
    let digest = blake3::hash(place.as_bytes());
    std::array::from_fn(|i| digest.as_bytes()[i])
}
