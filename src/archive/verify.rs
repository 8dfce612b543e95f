//! Looking whether everything is as it was written: the checksums of the journal, the catalogue against the journal, and the
//! index against both.
//!
//! Nothing is mended here, but that a catalogue is put in its place which a kill left beside it: what is wrong is named, with the way
//! out. Memory stays bounded: each line is compared with
//! what the catalogue says of it, and then each entry of the catalogue with what it points at.

use super::catalogue::{Catalogue, Fault};
use super::disk::Real;
use super::index;
use super::journal::{Journal, Position, Spot};
use super::learn::{hash_of, short, today};
use super::line::Line;
use super::lock;
use super::mend::{self, DAMAGED, lost};
use super::record::Record;
use crate::error::{Error, Result};
use crate::identify::Key;
use crate::model::ArticleId;
use crate::text::count;
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

const REBUILD: &str = "run `depesche rebuild`: the catalogue is made again from the journal, nothing is lost";
/// Faults of one kind that are named; the others are counted.
const NAMED: usize = 3;

/// What was looked at.
#[derive(Debug, Default)]
pub struct Verified {
    /// Files of the journal.
    pub files: usize,
    /// Lines in them.
    pub lines: usize,
    /// Articles in the catalogue, without those that were forgotten.
    pub articles: usize,
    /// What is wrong.
    pub faults: Vec<Error>,
}

/// Looks whether the archive in `dir` is as it was written. `progress` is told how many bytes were looked at, and of how many.
pub fn verify(dir: &Path, wait: Duration, now: DateTime<Utc>, progress: &dyn Fn(u64, u64)) -> Result<Verified> {
    let mut verified = Verified::default();
    let is_there = |name| dir.join(name).try_exists().map_err(|cause| Error::archive(dir.join(name), cause));
    if !is_there("journal")? && !is_there("catalogue")? {
        return Ok(verified);
    }
    let _lock = lock::Lock::take(dir, wait, now)?;
    mend::settle(&Real, dir)?;
    let journal = Journal::open(&dir.join("journal"))?;
    verified.files = journal.files.len();
    let path = dir.join("catalogue");
    let catalogue = match path.join(DAMAGED).exists() {
        true => Err(Fault::Marked),
        false if !path.exists() => Ok(None),
        false => Catalogue::open(Rc::new(Real), &path).map(Some),
    };
    let catalogue = match catalogue {
        Ok(catalogue) => catalogue,
        Err(cause @ Fault::Newer) => {
            return Err(Error::archive(path, cause).hint("use that version, or another folder with `--root DIR`"));
        }
        Err(cause) if !cause.is_damage() => return Err(Error::archive(path, cause)),
        Err(cause) => {
            verified.faults.push(Error::archive(&path, cause).hint(REBUILD));
            None
        }
    };
    let checked = match &catalogue {
        None => check_journal(&journal, None, &mut verified, progress)?,
        Some(catalogue) => check_both(&journal, catalogue, &mut verified, progress)?,
    };
    if let Err(cause) = checked {
        verified.faults.push(Error::archive(&path, cause).hint(REBUILD));
    }
    if catalogue.is_none() && verified.faults.is_empty() && verified.lines > 0 {
        verified.faults.push(Error::archive(&path, "there is no catalogue").hint(REBUILD));
    }
    if catalogue.is_some()
        && let Some(why) = index::verify(dir, &journal, verified.articles)?
    {
        let hint = "remove this folder: the next command makes it again from the journal, nothing is lost";
        verified.faults.push(Error::archive(dir.join("index"), why).hint(hint));
    }
    Ok(verified)
}

fn check_both(
    journal: &Journal,
    catalogue: &Catalogue,
    verified: &mut Verified,
    progress: &dyn Fn(u64, u64),
) -> Result<std::result::Result<(), Fault>> {
    let position = match catalogue.position() {
        Ok(position) => position,
        Err(fault) => return Ok(Err(fault)),
    };
    let mut complaints = Complaints::default();
    let end = journal.end()?;
    if (position.file, position.offset) > end {
        complaints.add("it has seen more than the journal holds", String::new());
    }
    if (position.file, position.offset) < end {
        complaints.add("it has not seen the whole journal", String::new());
    }
    if let Err(fault) = check_journal(journal, Some((catalogue, &mut complaints)), verified, progress)? {
        return Ok(Err(fault));
    }
    if let Err(fault) = check_catalogue(catalogue, verified, &mut complaints) {
        return Ok(Err(fault));
    }
    match missing(journal, catalogue) {
        Ok(missing) => verified.faults.extend(missing.into_iter().map(|file| {
            let hint =
                "put a backup of it back; or run `depesche rebuild`, which makes the catalogue without what it held";
            Error::archive(&journal.dir, format!("its file {file:04} is missing")).hint(hint)
        })),
        Err(fault) => return Ok(Err(fault)),
    }
    let path = journal.dir.with_file_name("catalogue");
    verified.faults.extend(complaints.0.into_iter().map(|(what, number, named)| {
        let named = named.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(", ");
        let said = match named.is_empty() {
            true => what.to_owned(),
            false if number > NAMED => format!("{what}: {named} and {}", count(number - NAMED, "other")),
            false => format!("{what}: {named}"),
        };
        Error::archive(&path, said).hint(REBUILD)
    }));
    Ok(Ok(()))
}

/// The files that the catalogue knows and the journal does not have.
fn missing(journal: &Journal, catalogue: &Catalogue) -> std::result::Result<BTreeSet<u32>, Fault> {
    let mut files = BTreeSet::new();
    for entry in catalogue.entries(b"f") {
        let (key, _) = entry?;
        files.extend(key.get(1..5).and_then(|file| file.try_into().ok()).map(u32::from_be_bytes));
    }
    files.retain(|file| !journal.files.contains_key(file));
    Ok(files)
}

/// Faults of the catalogue, by their kind.
#[derive(Default)]
struct Complaints(Vec<(&'static str, usize, Vec<String>)>);

impl Complaints {
    fn add(&mut self, what: &'static str, which: String) {
        let index = self.0.iter().position(|(known, ..)| *known == what).unwrap_or_else(|| {
            self.0.push((what, 0, Vec::new()));
            self.0.len() - 1
        });
        let (_, number, named) = &mut self.0[index];
        *number += 1;
        if named.len() < NAMED {
            named.push(which);
        }
    }

    fn unless(&mut self, right: bool, what: &'static str, which: impl ToString) {
        if !right {
            self.add(what, which.to_string());
        }
    }
}

/// Reads the whole journal, and compares each line with what the catalogue says of it.
fn check_journal(
    journal: &Journal,
    mut against: Option<(&Catalogue, &mut Complaints)>,
    verified: &mut Verified,
    progress: &dyn Fn(u64, u64),
) -> Result<std::result::Result<(), Fault>> {
    let total = journal.files.values().filter_map(|path| path.metadata().ok()).map(|data| data.len()).sum();
    let (mut before, mut last) = (0, Position::default());
    let mut fault = None;
    let (damages, _) = journal.scan(Position::default(), |spot, frame, line| {
        if frame.first.file != last.file {
            before += journal.files.get(&last.file).and_then(|path| path.metadata().ok()).map_or(0, |data| data.len());
        }
        last = Position { file: frame.first.file, offset: frame.offset, line: 0 };
        verified.lines += 1;
        if verified.lines.is_multiple_of(256) {
            progress(before + frame.offset, total);
        }
        if let (Some((catalogue, complaints)), None) = (&mut against, &fault) {
            fault = check_line(catalogue, complaints, spot, &line).err();
            if spot == frame.first && fault.is_none() {
                match catalogue.frame(spot) {
                    Ok(known) => complaints.unless(
                        known == Some(frame),
                        "frames stand elsewhere",
                        format!("{} in file {}", frame.offset, spot.file),
                    ),
                    Err(found) => fault = Some(found),
                }
            }
        }
        Ok(())
    })?;
    verified.faults.extend(damages.iter().map(|damage| match damage.torn {
        true => Error::archive(&damage.path, format!("its last write was cut short at {}", damage.offset))
            .hint("the next `depesche update` puts what is torn aside; nothing acknowledged is lost if the catalogue has not seen it"),
        false => lost(damage),
    }));
    progress(total, total);
    Ok(fault.map_or(Ok(()), Err))
}

fn check_line(
    catalogue: &Catalogue,
    complaints: &mut Complaints,
    spot: Spot,
    line: &Line,
) -> std::result::Result<(), Fault> {
    let listed =
        |id: ArticleId, feed: &str, complaints: &mut Complaints| -> std::result::Result<Option<Record>, Fault> {
            let record = catalogue.record(id)?;
            match &record {
                None => complaints.add("articles are missing", id.to_string()),
                Some(record) => {
                    complaints.unless(
                        record.feeds.iter().any(|listed| listed == feed),
                        "feeds do not list their articles",
                        id,
                    );
                }
            }
            Ok(record)
        };
    // What another paper has in words of its own is listed or not; which, says the line that joined it. Of a place that was parted
    // nothing is left.
    let lists = |id: ArticleId, place: [u8; 8]| -> std::result::Result<bool, Fault> {
        Ok(catalogue.record(id)?.is_none_or(|record| {
            record.places.iter().any(|(known, _)| *known == place)
                && !record.joined.iter().any(|(known, _)| *known == place)
        }))
    };
    let leads = |keys: &[Key], complaints: &mut Complaints, id: ArticleId| -> std::result::Result<(), Fault> {
        for key in keys.iter().flat_map(today) {
            let found = catalogue.article_of(&short(key.digest()))?;
            complaints.unless(found.is_some(), "keys lead nowhere", id);
        }
        Ok(())
    };
    match line {
        Line::Revision { revision, feed, keys, .. } => {
            if let Some(record) = listed(revision.id, feed, complaints)? {
                let newest = record.revision == revision.revision && record.newest() == spot;
                let right = record.is_forgotten() || newest || record.revision > revision.revision;
                complaints.unless(right, "revisions are not known", revision.id);
            }
            leads(keys, complaints, revision.id)?;
        }
        Line::Place { id, feed, place, keys, .. } => {
            if lists(*id, hash_of(place))? {
                listed(*id, feed, complaints)?;
            }
            leads(keys, complaints, *id)?;
        }
        Line::Joined { id, feed, place, keys, listed: true, .. } => {
            let here = hash_of(place);
            // What was parted since is not listed for that any more.
            if catalogue.record(*id)?.is_none_or(|record| record.joined.iter().any(|(place, _)| *place == here)) {
                listed(*id, feed, complaints)?;
            }
            leads(keys, complaints, *id)?;
        }
        Line::Joined { id, keys, .. } => leads(keys, complaints, *id)?,
        Line::Parted { id, .. } => {
            complaints.unless(catalogue.record(*id)?.is_some(), "articles are missing", id);
        }
        Line::Husk(husk) => {
            if husk.joined != Some(false) && lists(husk.id, husk.place)? {
                listed(husk.id, &husk.feed, complaints)?;
            }
            for key in &husk.keys {
                complaints.unless(catalogue.article_of(&key.0)?.is_some(), "keys lead nowhere", husk.id);
            }
        }
        Line::Forgotten { ids, .. } => {
            for id in ids {
                let record = catalogue.record(*id)?;
                complaints.unless(
                    record.is_some_and(|record| record.is_forgotten()),
                    "forgotten articles are not marked",
                    id,
                );
            }
        }
        Line::Listed { feed, from, upto, ids, .. } => {
            for id in ids {
                // What the journal lost was not listed.
                if catalogue.record(*id)?.is_some() {
                    listed(*id, feed, complaints)?;
                }
            }
            complaints.unless(catalogue.cursor(feed, from)? >= *upto, "feeds made of others look twice", feed);
        }
        Line::Closed { feed, number, .. } => {
            complaints.unless(
                catalogue.end_of(feed, *number)? > 0,
                "closed documents are missing",
                format!("{feed} {number}"),
            );
        }
        Line::Shared { scope, keys, .. } => {
            for key in keys {
                let found = catalogue.is_shared(&short(key.shared_digest(scope)))?;
                complaints.unless(found, "shared keys are not marked", scope);
            }
        }
    }
    Ok(())
}

/// Compares what the catalogue lists with its records.
fn check_catalogue(
    catalogue: &Catalogue,
    verified: &mut Verified,
    complaints: &mut Complaints,
) -> std::result::Result<(), Fault> {
    let (mut listings, mut listed) = (0usize, 0usize);
    for entry in catalogue.records(None)? {
        let (id, record) = entry?;
        complaints.unless(catalogue.record(id)?.as_ref() == Some(&record), "ids lead elsewhere", id);
        if !record.is_forgotten() {
            verified.articles += 1;
            listed += record.feeds.len();
            let frame = catalogue.frame(record.newest())?;
            complaints.unless(frame.is_some(), "articles stand nowhere", id);
        }
    }
    for feed in catalogue.feeds("")? {
        for listing in catalogue.oldest(&feed)? {
            let id = listing?.id;
            listings += 1;
            let right =
                catalogue.record(id)?.is_some_and(|record| !record.is_forgotten() && record.feeds.contains(&feed));
            complaints.unless(right, "feeds list what is not theirs", id);
        }
        let (mut at, arrived) = (0, catalogue.arrived(&feed)?);
        while at < arrived {
            let came = catalogue.arrivals(&feed, at + 1, 1000)?;
            let Some((last, _)) = came.last() else { break };
            complaints.unless(*last == at + came.len() as u64, "arrivals are missing", &feed);
            at = *last;
        }
    }
    complaints.unless(listings == listed, "articles are missing in the lists of their feeds", "");
    Ok(())
}
