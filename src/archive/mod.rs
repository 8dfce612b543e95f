//! The archive: what was acknowledged is kept.
//!
//! Two parts in one folder: the journal is the record, the catalogue answers at once which articles are
//! known, and can be made again from the journal. The order of writes stands in [`Archive::commit`] and nowhere
//! else: journal, fsync, catalogue. In come articles with their verdict, out go revisions. It decides nothing
//! about identity (identify does) and knows no feed definition.
//!
//! [`Archive`] is for the one process that writes; [`newest_of_each`] and its like read
//! beside it without any lock.

mod arrivals;
mod catalogue;
mod compact;
mod disk;
mod editions;
mod forget;
mod frame;
mod index;
mod join;
mod journal;
mod lasting;
mod learn;
mod line;
mod lock;
mod mend;
mod near;
mod panics;
mod query;
mod record;
mod sources;
mod transfer;
mod verify;
mod walk;

pub use arrivals::{Origin, Shelf, Shown, Window};
pub use compact::{Compacted, LARGE, Scope};
pub use disk::{Disk, Real};
pub use forget::Which;
pub use index::{Count, Fault, Group, Hit, Index, Marker, Page, Sort, Statistics, ask};
pub use join::Joined;
pub use mend::Mended;
pub use query::{Fact, Kept, newest_of_each, revised_since, story, with_prefix};
pub use sources::sources;
pub use transfer::{export, rebuild};
pub use verify::{Verified, verify};

use crate::error::{Error, Result};
use crate::identify::{Digest, Key, Known, Look, Reason};
use crate::model::{Article, ArticleId, Revision};
use catalogue::{Catalogue, Changes};
use chrono::{DateTime, Utc};
use journal::{Journal, Position, Spot};
use learn::{apply, hash_of, short};
use line::Line;
use mend::{DAMAGED, open_catalogue};
use near::Near;
use record::Record;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

/// Bytes of lines after which a run commits what it has: bounds memory, not needed for safety.
const PENDING: usize = 8 << 20;

/// The archive, open for writing.
#[derive(Debug)]
pub struct Archive {
    // Dropped before the lock: another process must find the database closed.
    catalogue: Catalogue,
    journal: Journal,
    /// The end of the journal, which the catalogue has seen.
    end: Position,
    disk: Rc<dyn Disk>,
    /// Whether nothing is to be written: what is learnt counts for this run only.
    dry: bool,
    pending: Vec<Line>,
    size: usize,
    changes: Changes,
    /// What was kept in the last weeks; read when it is first asked for.
    near: Option<Near>,
    /// What is still to be told of the index.
    said: Vec<Mended>,
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
    /// What guids are scoped to there.
    pub scope: &'a str,
    /// When: the run's now.
    pub seen: DateTime<Utc>,
    /// The version of the reading.
    pub reader: u16,
}

impl Archive {
    /// Opens the archive in `dir`, making it if it is not there, and mends what a crash left; `mended` says what.
    /// Waits up to `wait` for another writer.
    pub fn open(dir: &Path, wait: Duration, now: DateTime<Utc>) -> Result<(Archive, Vec<Mended>)> {
        Archive::open_on(Rc::new(Real), dir, wait, now)
    }

    /// The same, with all that it writes itself (sled writes its own files) written by `disk`.
    pub fn open_on(
        disk: Rc<dyn Disk>,
        dir: &Path,
        wait: Duration,
        now: DateTime<Utc>,
    ) -> Result<(Archive, Vec<Mended>)> {
        Archive::open_telling(disk, dir, wait, now, false, &|_, _| {})
    }

    /// The same; with `anew`, the catalogue is made again from the journal whatever it is like. `progress` is told how many bytes
    /// of the journal were taken in again, and of how many.
    fn open_telling(
        disk: Rc<dyn Disk>,
        dir: &Path,
        wait: Duration,
        now: DateTime<Utc>,
        anew: bool,
        progress: &dyn Fn(u64, u64),
    ) -> Result<(Archive, Vec<Mended>)> {
        disk.make_folder(dir).map_err(|cause| {
            let cause: crate::error::Cause = match dir.is_file() {
                true => "a file stands in its place".into(),
                false => cause.into(),
            };
            Error::archive(dir, cause).hint("choose a folder that this user may write to with `--root DIR`")
        })?;
        let lock = lock::Lock::take(dir, wait, now)?;
        let journal = Journal::open_on(disk.clone(), &dir.join("journal"))?;
        let mut mended = Vec::new();
        mend::settle(&*disk, dir)?;
        if anew {
            mend::move_aside(&*disk, &dir.join("catalogue"))?;
        }
        let catalogue = open_catalogue(&disk, &dir.join("catalogue"), &journal, &mut mended)?;
        let mut archive = Archive {
            catalogue,
            journal,
            end: Position::default(),
            disk,
            dry: false,
            pending: Vec::new(),
            size: 0,
            changes: Changes::default(),
            near: None,
            said: Vec::new(),
            dir: dir.to_owned(),
            _lock: lock,
        };
        archive.catch_up(&mut mended, progress)?;
        if let Some(dictionary) = &archive.journal.dictionary {
            archive.journal.note_dictionary(dictionary)?;
        }
        Ok((archive, mended))
    }

    /// Lets it learn as ever, and write nothing more. What it learns is held in memory.
    pub fn rehearse(&mut self) {
        self.dry = true;
    }

    /// Takes the keys out that the source is known to use for several articles.
    pub fn usable(&self, mut keys: Vec<Key>, scope: &str) -> Result<Vec<Key>> {
        let mut fault = None;
        keys.retain(|key| match self.is_shared(&short(key.shared_digest(scope))) {
            Ok(shared) => !shared,
            Err(error) => {
                fault.get_or_insert(error);
                false
            }
        });
        fault.map_or(Ok(keys), Err)
    }

    /// What is known of the articles that the keys lead to, in their order, as seen from `place`.
    pub fn known(&self, keys: &[Key], place: &str) -> Result<Vec<Known>> {
        let here = hash_of(place);
        let mut found: Vec<Known> = Vec::new();
        let mut numbers: Vec<u32> = Vec::new();
        for key in keys {
            let Some((id, record)) = self.led_to(&short(key.digest()), &mut numbers)? else { continue };
            if found.iter().any(|known| known.id == id) {
                continue;
            }
            found.push(Known {
                id,
                by: key.kind,
                first_seen: record.first_seen(),
                published: record.stated.and_then(|at| DateTime::from_timestamp(at, 0)).map(|at| at.fixed_offset()),
                length: record.length as usize,
                sketch: record.sketch,
                revision: record.revision,
                changed: DateTime::from_timestamp(record.changed, 0).unwrap_or_default(),
                digest: Digest(record.digest),
                seen_here: record.places.iter().find(|(place, _)| *place == here).map(|(_, digest)| Digest(*digest)),
                owned_here: record.owner == here,
                joined_here: record.joined.iter().any(|(place, _)| *place == here),
                site: record.site,
                title: record.title,
            });
        }
        Ok(found)
    }

    /// Learns that the source uses keys for several articles, so that they lead to none there.
    pub fn disown(&mut self, keys: Vec<Key>, found: &Found) -> Result<()> {
        let keys = self.usable(keys, found.scope)?;
        if keys.is_empty() {
            return Ok(());
        }
        self.learn(
            Line::Shared {
                v: line::VERSION,
                feed: found.feed.to_owned(),
                place: found.place.to_owned(),
                seen: found.seen,
                scope: found.scope.to_owned(),
                keys,
            },
            found.seen,
        )
    }

    /// Keeps a new article, at which `look` is a look. It takes over the keys it is known by, such as the place of the one that stood there before.
    /// Should its id belong to another article, it gets the next one. Returns the id.
    pub fn keep_new(
        &mut self,
        mut id: ArticleId,
        article: Article,
        look: &Look,
        keys: &[Key],
        why: Reason,
        found: &Found,
    ) -> Result<ArticleId> {
        while self.record(id)?.is_some() {
            id = id.next();
        }
        let stamp = article.published.as_ref();
        let revision = Revision {
            id,
            revision: 1,
            first_seen: found.seen,
            seen: found.seen,
            published: stamp.map_or_else(|| found.seen.fixed_offset(), |stamp| stamp.at),
            precision: stamp.map(|stamp| stamp.precision),
            article,
        };
        let keys = keys.iter().filter(|key| key.is_learnt()).cloned().collect();
        self.keep(revision, look, keys, why, None, found)?;
        Ok(id)
    }

    /// Keeps the next revision of a known article.
    pub fn revise(
        &mut self,
        id: ArticleId,
        article: Article,
        look: &Look,
        keys: &[Key],
        why: Reason,
        found: &Found,
    ) -> Result<()> {
        let Some(record) = self.record(id)? else { return Err(self.damaged(id)) };
        if record.is_forgotten() {
            return Ok(());
        }
        let revision = Revision {
            id,
            revision: record.revision + 1,
            first_seen: record.first_seen(),
            seen: found.seen,
            published: record.published(),
            precision: record.precision,
            article,
        };
        let keys = self.unknown(keys)?;
        self.keep(revision, look, keys, why, Some(record), found)
    }

    fn keep(
        &mut self,
        revision: Revision,
        look: &Look,
        keys: Vec<Key>,
        why: Reason,
        known: Option<Record>,
        found: &Found,
    ) -> Result<()> {
        self.learn_of(
            Line::Revision {
                v: line::VERSION,
                feed: found.feed.to_owned(),
                place: found.place.to_owned(),
                why,
                reader: found.reader,
                keys,
                revision: Box::new(revision),
            },
            Some(look),
            vec![known],
            found.seen,
        )
    }

    /// Learns that a known article also stands in this feed and place, or that the place shows something else
    /// now of which nothing is to be kept. Does nothing if all this is known.
    pub fn note(
        &mut self,
        id: ArticleId,
        article: &Article,
        digest: Digest,
        keys: &[Key],
        why: Reason,
        found: &Found,
    ) -> Result<()> {
        let Some(record) = self.record(id)? else { return Err(self.damaged(id)) };
        if record.is_forgotten() {
            return Ok(());
        }
        let keys = self.unknown(keys)?;
        let here = (hash_of(found.place), digest.0);
        let listed = record.joined.iter().any(|(place, _)| *place == here.0)
            || record.feeds.iter().any(|feed| feed == found.feed);
        if keys.is_empty() && record.places.contains(&here) && listed {
            return Ok(());
        }
        self.learn(
            Line::Place {
                v: line::VERSION,
                id,
                feed: found.feed.to_owned(),
                place: found.place.to_owned(),
                seen: found.seen,
                why,
                title: article.title.clone(),
                link: article.link.clone(),
                guid: article.guid.clone(),
                digest,
                keys,
            },
            found.seen,
        )
    }

    /// Puts on the disk what was learnt: after this it is acknowledged.
    pub fn commit(&mut self, now: DateTime<Utc>) -> Result<()> {
        if self.dry {
            self.pending.clear();
            self.size = 0;
        }
        if self.pending.is_empty() {
            return Ok(());
        }
        let appended = self.journal.append(&self.pending, self.end, now)?;
        self.end = appended.end;
        let spots = appended.spots;
        self.changes.frames = appended.frames;
        for (index, (line, spot)) in self.pending.iter().zip(&spots).enumerate() {
            if let Line::Revision { revision, .. } = line
                && let Some(record) = self.changes.records.get_mut(&revision.id)
                && record.newest() == pending_spot(index)
            {
                record.stands_at(*spot);
            }
        }
        for arrival in self.changes.arrivals.iter_mut().filter(|arrival| arrival.spot.file == 0) {
            if let Some(spot) = spots.get(arrival.spot.line as usize) {
                arrival.spot = *spot;
            }
        }
        self.catalogue.write(&self.changes, self.end).map_err(|cause| self.broken(cause))?;
        self.changes = Changes::default();
        self.pending.clear();
        self.size = 0;
        Ok(())
    }

    fn learn(&mut self, line: Line, now: DateTime<Utc>) -> Result<()> {
        let known = line.articles().iter().map(|id| self.record(*id)).collect::<Result<_>>()?;
        self.learn_of(line, None, known, now)
    }

    /// Learns a line of which the records are known; `look` is the one at the article that it holds.
    fn learn_of(
        &mut self,
        line: Line,
        look: Option<&Look>,
        known: Vec<Option<Record>>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let spot = pending_spot(self.pending.len());
        let before = self.changes.near.len();
        apply(&mut self.changes, &line, look, known, spot);
        if let Some(near) = &mut self.near {
            self.changes.near[before..].iter().for_each(|row| near.add(row));
        }
        self.size += line.weight();
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

    /// The article that a key leads to, and what is known of it; none if that is one of those whose numbers were looked at.
    fn led_to(&self, key: &[u8; 16], numbers: &mut Vec<u32>) -> Result<Option<(ArticleId, Record)>> {
        if let Some(id) = self.changes.keys.get(key) {
            return Ok(self.record(*id)?.map(|record| (*id, record)));
        }
        let number = self.catalogue.number_of(key).map_err(|cause| self.broken(cause))?;
        let Some(number) = number.filter(|number| !numbers.contains(number)) else { return Ok(None) };
        numbers.push(number);
        let (id, record) = self.catalogue.numbered(number).map_err(|cause| self.broken(cause))?;
        Ok(Some((id, self.changes.records.get(&id).cloned().unwrap_or(record))))
    }

    /// Whether a key leads to any article.
    fn leads_anywhere(&self, key: &[u8; 16]) -> Result<bool> {
        Ok(self.changes.keys.contains_key(key)
            || self.catalogue.number_of(key).map_err(|cause| self.broken(cause))?.is_some())
    }

    fn is_shared(&self, key: &[u8; 16]) -> Result<bool> {
        Ok(self.changes.shared.contains(key) || self.catalogue.is_shared(key).map_err(|cause| self.broken(cause))?)
    }

    fn unknown(&self, keys: &[Key]) -> Result<Vec<Key>> {
        let mut unknown = Vec::new();
        for key in keys.iter().filter(|key| key.is_learnt()) {
            if !self.leads_anywhere(&short(key.digest()))? {
                unknown.push(key.clone());
            }
        }
        Ok(unknown)
    }

    fn damaged(&self, id: ArticleId) -> Error {
        self.broken(catalogue::Fault::Record(id))
    }

    fn broken(&self, cause: catalogue::Fault) -> Error {
        broken(&*self.disk, &self.dir, cause)
    }
}

/// A catalogue that fails while it is used is marked, so that the next opening makes it again.
fn broken(disk: &dyn Disk, dir: &Path, cause: catalogue::Fault) -> Error {
    if !cause.is_damage() {
        return Error::archive(dir, cause);
    }
    let marked = disk.write(&dir.join("catalogue").join(DAMAGED), b"");
    Error::archive(dir, cause).hint(match marked {
        Ok(()) => "run it again: the catalogue is then made again from the journal, nothing is lost",
        Err(_) => "remove the folder `catalogue` in it: it is made again from the journal",
    })
}

impl Archive {
    /// The line that stands there, if it is still to be written.
    fn pending_line(&self, spot: Spot) -> Option<&Line> {
        self.pending.get(spot.line as usize).filter(|_| spot.file == 0)
    }
}

/// A stand-in for the place in the journal of the n-th line that is still to be written: file 0 does not exist.
fn pending_spot(index: usize) -> Spot {
    Spot { file: 0, line: index as u32 }
}
