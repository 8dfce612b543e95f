//! Opening the index, and making it again where it cannot be used.

use super::build::{self, News};
use super::fault::Fault;
use super::folder::Folder;
use super::schema::{FORM, Fields, State, schema, settings};
use super::search::Index;
use crate::archive::Archive;
use crate::archive::journal::{Journal, Position};
use crate::archive::lock::Lock;
use crate::archive::mend::Mended;
use crate::archive::panics;
use crate::error::{Error, Result};
use crate::words::Vocabulary;
use chrono::{DateTime, Utc};
use std::fs;
use std::io;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// The file with its vocabulary.
const WORDS: &str = "words";
/// Articles from which on a vocabulary is worth being made again when there are four times as many.
const GROWN: u64 = 400;
/// Articles from which on it is not.
const LARGE: u32 = 100_000;

/// An index on the disk that can be used.
struct Found {
    index: tantivy::Index,
    fields: Fields,
    state: State,
    /// How far it has seen the journal.
    position: Position,
}

/// Reads what is there, and what it says of itself, whatever the journal is like; nothing of that if another version wrote it.
fn load(dir: &Path) -> tantivy::Result<(tantivy::Index, Option<State>)> {
    let index = tantivy::Index::open(Folder::open(dir)?)?;
    let state: Option<State> = index.load_metas()?.payload.and_then(|payload| serde_json::from_str(&payload).ok());
    let state = state.filter(|state| state.form == FORM && index.schema() == schema().0);
    Ok((index, state))
}

/// Opens what is there; else says why it cannot be used. One that is not there is no damage.
fn open(dir: &Path, journal: &Journal) -> Result<Found, Option<String>> {
    if !dir.exists() {
        return Err(None);
    }
    let (index, state) = load(dir).map_err(|cause| Some(crate::text::fold(&cause.to_string())))?;
    let state = state.ok_or_else(|| Some("it was written by another version".to_owned()))?;
    let (mark, fields) = (state.mark(), schema().1);
    match (journal.print(mark), journal.position(mark, state.line)) {
        (Ok(print), Ok(Some(position))) if print == state.journal => Ok(Found { index, fields, state, position }),
        _ => Err(Some("the journal is not the one that it was made of".to_owned())),
    }
}

fn words(dir: &Path) -> Option<Vocabulary> {
    fs::read(dir.join(WORDS)).ok().and_then(Vocabulary::read)
}

/// What is wrong with the index: its files, or how many articles it has if it has seen all of the journal. One that is not there,
/// or has not seen the newest, is made or brought up to date by the next run.
pub fn verify(archive: &Path, journal: &Journal, articles: usize) -> Result<Option<String>> {
    let dir = archive.join("index");
    let found = match open(&dir, journal) {
        Ok(found) => found,
        Err(why) => return Ok(why),
    };
    let look = || -> tantivy::Result<(bool, u64)> {
        let sound = found.index.validate_checksum()?.is_empty();
        let segments = found.index.searchable_segment_metas()?;
        Ok((sound, segments.iter().map(|segment| u64::from(segment.num_docs())).sum()))
    };
    Ok(match look() {
        Err(cause) => Some(crate::text::fold(&cause.to_string())),
        Ok((false, _)) => Some("its files are not as they were written".to_owned()),
        Ok((true, held)) if found.state.mark() == journal.end_mark()? && held != articles as u64 => {
            Some(format!("it has {held} articles where there are {articles}"))
        }
        Ok(_) if words(&dir).is_none() => Some("its vocabulary cannot be read".to_owned()),
        Ok(_) => None,
    })
}

/// Makes an index of the whole journal beside the place of the one that is there, and puts it there.
fn make(dir: &Path, journal: &Journal) -> Result<Vec<Error>, Fault> {
    let beside = dir.with_file_name("index.new");
    let failed = |cause: io::Error| Error::archive(&beside, cause);
    let clear = |dir: &Path| match fs::remove_dir_all(dir) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(Error::archive(dir, cause)),
        _ => Ok(()),
    };
    clear(&beside)?;
    fs::create_dir_all(&beside).map_err(failed)?;
    let (schema, fields) = schema();
    let index = tantivy::Index::builder()
        .schema(schema)
        .settings(settings())
        .open_or_create(Folder::open(&beside).map_err(tantivy::TantivyError::from)?)?;
    let (vocabulary, lost) = build::build(&index, &fields, journal)?;
    fs::write(beside.join(WORDS), vocabulary.bytes()).map_err(failed)?;
    drop(index);
    clear(dir)?;
    fs::rename(&beside, dir).map_err(failed)?;
    Ok(lost)
}

/// Brings the index up to date, by whoever holds the lock; `said` takes what a person should know.
fn refresh(dir: &Path, journal: &mut Journal, said: &mut Vec<Mended>) -> Result<()> {
    let end = journal.end_mark()?;
    let why = match open(dir, journal) {
        Ok(found) if found.state.mark() == end => return Ok(()),
        Ok(found) => match bring_up(dir, found, journal) {
            Ok(why) => why,
            Err(Fault::Archive(error)) => return Err(error),
            // Another one could not be written there either.
            Err(fault @ Fault::Index(_)) if fault.is_of_disk() => return Err(fault.of(dir)),
            Err(Fault::Index(cause)) => Some(Some(crate::text::fold(&cause.to_string()))),
        },
        Err(why) => Some(why),
    };
    let Some(why) = why else { return Ok(()) };
    let lost = make(dir, journal).map_err(|fault| fault.of(dir))?;
    if let Some(why) = why {
        said.push(Mended::Whole(format!("the index was made again from the journal: {why}")));
    }
    said.extend(lost.into_iter().map(Mended::Lost));
    Ok(())
}

/// Takes in what is new. Gives the reason, if one is to be said, why all is to be made again instead.
#[allow(clippy::option_option, reason = "whether it is to be made again, and whether that is to be said")]
fn bring_up(dir: &Path, found: Found, journal: &mut Journal) -> Result<Option<Option<String>>, Fault> {
    let Found { index, fields, state, position } = found;
    let news = News::since(position, journal)?;
    let articles: u64 = index.searchable_segment_metas()?.iter().map(|segment| u64::from(segment.num_docs())).sum();
    let after = articles + news.len() as u64;
    // Most of it is new, or the words that compounds are taken apart by are those of a much smaller archive.
    let grown = state.counted < LARGE && after >= GROWN && after >= 4 * u64::from(state.counted);
    if news.len() as u64 > articles.max(1_000) || grown {
        return Ok(Some(None));
    }
    let Some(vocabulary) = words(dir) else { return Ok(Some(Some("its vocabulary cannot be read".to_owned()))) };
    build::update(&index, &fields, &state, vocabulary, news, journal)?;
    Ok(None)
}

/// Brings the index up to date before files of the journal are written anew, and returns what it says of itself then; none if it
/// cannot be used.
pub fn follow(dir: &Path, journal: &mut Journal) -> Option<State> {
    let found = open(dir, journal).ok()?;
    if Some(found.state.mark()) == journal.end_mark().ok() {
        return Some(found.state);
    }
    match bring_up(dir, found, journal) {
        Ok(None) => open(dir, journal).ok().map(|found| found.state),
        _ => None,
    }
}

/// Takes the words out of an index of what it does not hold any more, now that the journal was written anew without that. `before` is
/// what it said of itself before. Where that cannot be done, or not with this index, it is removed, and made again when it is
/// needed.
pub fn purge(dir: &Path, journal: &Journal, before: Option<&State>) -> Result<()> {
    let purge = |before: &State| match load(dir)? {
        (index, Some(state)) if state == *before => build::purge(&index, before, journal),
        _ => Err(tantivy::TantivyError::InternalError("it is another one".to_owned()).into()),
    };
    match before.map(purge) {
        Some(Ok(())) => Ok(()),
        Some(Err(Fault::Archive(error))) => Err(error),
        Some(Err(Fault::Index(_))) | None => journal.disk.remove(dir).map_err(|cause| {
            Error::archive(dir, cause).hint(
                "remove this folder: words of what was forgotten may stand in it; it is made again from the journal",
            )
        }),
    }
}

impl Archive {
    /// Brings the index up to date with what is committed; where there is nothing new, nothing is opened for writing. What
    /// had to be made again is told.
    pub fn index(&mut self) -> Result<Vec<Mended>> {
        let mut said = std::mem::take(&mut self.said);
        if !self.dry {
            refresh(&self.dir.join("index"), &mut self.journal, &mut said)?;
        }
        Ok(said)
    }

    /// Lets somebody work with the archive while the index is brought up to date with what is committed by now: both take long, and
    /// each leaves processors idle. What is to be said of it, and what is learnt meanwhile, is left to [`Archive::index`], which is to
    /// be called afterwards; so is what failed, which is tried once more there.
    pub fn beside_index<T>(&mut self, work: impl FnOnce(&mut Archive) -> Result<T>) -> Result<T> {
        let end = self.journal.end()?;
        if self.dry || end.0 == 0 {
            return work(self);
        }
        let (index, journal) = (self.dir.join("index"), self.dir.join("journal"));
        thread::scope(|scope| {
            // Where the system gives no thread, all of it is left.
            let indexing = thread::Builder::new().spawn_scoped(scope, move || {
                let mut said = Vec::new();
                let mut journal = Journal::open(&journal)?.until(end);
                refresh(&index, &mut journal, &mut said).map(|()| said)
            });
            let done = work(self);
            let indexed = indexing.ok().map(|indexing| indexing.join().unwrap_or_else(|panic| resume_unwind(panic)));
            self.said.extend(indexed.and_then(Result::ok).unwrap_or_default());
            done
        })
    }

    /// Asks the index, with everything in it that is committed.
    pub fn ask<T>(&mut self, question: impl Fn(&Index) -> Result<T, Fault>) -> Result<(T, Vec<Mended>)> {
        let dir = self.dir.join("index");
        let mut said = self.index()?;
        let mut last = None;
        // Once more, if it looks sound and is not.
        for _ in 0..2 {
            if let Ok(found) = open(&dir, &self.journal) {
                match answered(&self.dir, &found, &question) {
                    Ok(answer) => return answer.map(|answer| (answer, said)),
                    Err(why) => last = Some(why),
                }
            }
            let _ = fs::remove_file(dir.join("meta.json"));
            said.extend(
                last.iter().map(|why| Mended::Whole(format!("the index was made again from the journal: {why}"))),
            );
            said.extend(self.index()?);
        }
        Err(Error::archive(&dir, last.unwrap_or_else(|| "it cannot be read".to_owned()))
            .hint("remove this folder: it is made again from the journal"))
    }
}

/// Asks the index of an archive. Needs no lock as long as the index can be used: what another process is writing is not seen
/// before it is whole. An index that cannot be used is made again, if nobody else is writing; else, or if nothing may be
/// written there, one is made in memory.
pub fn ask<T>(
    archive: &Path,
    now: DateTime<Utc>,
    question: impl Fn(&Index) -> Result<T, Fault>,
) -> Result<(T, Vec<Mended>)> {
    let dir = archive.join("index");
    let mut said = Vec::new();
    let mut journal = Journal::open(&archive.join("journal"))?;
    let end = journal.end_mark()?;
    let mut seen = None;
    let first = open(&dir, &journal).and_then(|found| {
        seen = Some((found.state.mark(), found.position));
        answered(archive, &found, &question).map_err(Some)
    });
    if seen.is_some_and(|(mark, _)| mark == end)
        && let Ok(answer) = first
    {
        return Ok((answer?, said));
    }
    let locked = if end.file > 0 { Some(Lock::take(archive, Duration::ZERO, now)) } else { None };
    let unable = match locked {
        Some(Ok(_lock)) => {
            if let Err(Some(why)) = &first
                && open(&dir, &journal).is_ok()
            {
                // It looks sound and is not.
                let _ = fs::remove_file(dir.join("meta.json"));
                said.push(Mended::Whole(format!("the index was made again from the journal: {why}")));
            }
            let refreshed = refresh(&dir, &mut journal, &mut said);
            if refreshed.is_ok()
                && let Ok(found) = open(&dir, &journal)
                && let Ok(answer) = answered(archive, &found, &question)
            {
                return Ok((answer?, said));
            }
            refreshed.err()
        }
        // Somebody else is writing: then what is there has to do.
        Some(Err(Error::Busy { .. })) | None => None,
        Some(Err(error)) => Some(error),
    };
    if let (Ok(answer), Some((_, seen))) = (first, seen) {
        // What it has not seen yet may be of a newer version, and an answer without that would be a wrong one.
        News::since(seen, &journal)?;
        said.extend(unable.map(Mended::Lost));
        return Ok((answer?, said));
    }
    let (index, lost) = in_memory(archive, &journal).map_err(|fault| fault.of(&dir))?;
    said.extend(lost.into_iter().map(Mended::Lost));
    question(&index).map(|answer| (answer, said)).map_err(|fault| fault.of(&dir))
}

/// What an index on the disk answers; else why it cannot. tantivy believes its files: where they are damaged, it may panic.
fn answered<T>(
    archive: &Path,
    found: &Found,
    question: impl Fn(&Index) -> Result<T, Fault>,
) -> Result<Result<T>, String> {
    let words: PathBuf = archive.join("index").join(WORDS);
    let answer = panics::caught(|| {
        let index = Index::new(&found.index, found.fields, archive.to_owned(), Some(words), None)?;
        question(&index)
    });
    match answer {
        Some(Ok(answer)) => Ok(Ok(answer)),
        Some(Err(Fault::Index(cause))) => Err(crate::text::fold(&cause.to_string())),
        Some(Err(Fault::Archive(error))) => Ok(Err(error)),
        None => Err("it is damaged".to_owned()),
    }
}

fn in_memory(archive: &Path, journal: &Journal) -> Result<(Index, Vec<Error>), Fault> {
    let (schema, fields) = schema();
    let index = tantivy::Index::builder().schema(schema).settings(settings()).create_in_ram()?;
    let (vocabulary, lost) = build::build(&index, &fields, journal)?;
    Ok((Index::new(&index, fields, archive.to_owned(), None, Some(vocabulary))?, lost))
}
