//! Files of the journal written anew: small frames put together, packed harder and with a dictionary, without what was
//! forgotten.
//!
//! One file after the other is written beside, read again, and renamed over the old one in one step: at any moment the journal
//! is whole, and whoever reads it sees the old file or the new one. Lines keep their numbers; where frames stand now, the catalogue
//! learns behind each file, or when it is opened next.

use super::catalogue::{Catalogue, Changes, Fault};
use super::forget::husk;
use super::frame::{self, Dictionary, Table};
use super::journal::{Beginning, Position, beginning, length, starts};
use super::learn::short;
use super::line::Line;
use super::{Archive, editions, index, lasting, mend};
use crate::error::{Error, Result};
use crate::model::ArticleId;
use serde::Deserialize;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// How hard lines are packed when there is time. With the dictionary, frames that were full before take a seventh less than at 3
/// (`cargo bench --bench archive`: 0.293 of the articles became 0.251).
const THOROUGH: i32 = 9;
/// Bytes of a dictionary, at least and at most, and of the lines that it is trained with: a hundred times as much, say its
/// makers.
const SMALLEST: u64 = 8 << 10;
const LARGEST: u64 = 64 << 10;
const SAMPLES: usize = 100 * LARGEST as usize;
/// Each file holds the dictionary: it is not to be more than this part of them.
const PART: u64 = 20;
/// With fewer articles there is not enough to learn from.
const ENOUGH: usize = 1000;
/// Bytes of a catalogue from which on it is worth the while to write it anew.
pub const LARGE: u64 = 64 << 20;
/// Files that samples are taken from.
const SAMPLED: usize = 16;
/// Bytes of lines that are packed at a time, on all processors.
const CHUNK: usize = 4 << 20;
/// Says that texts may stand in the dictionary that were forgotten since it was made.
const STALE: &str = "dictionary.stale";

/// What is written anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Every file that can be made smaller.
    All,
    /// Only files that hold what was forgotten.
    Forgotten,
}

/// What was done.
#[derive(Debug, Default)]
pub struct Compacted {
    /// Files of the journal.
    pub files: usize,
    /// Those that were written anew.
    pub rewritten: usize,
    /// Lines whose content went.
    pub dropped: usize,
    /// Bytes of the journal before.
    pub before: u64,
    /// Bytes of it now.
    pub after: u64,
    /// What cannot be read, and was left as it is.
    pub damaged: Vec<Error>,
    /// Whether it ended early, because it was told to.
    pub stopped: bool,
}

/// What a line is about, without its content.
#[derive(Deserialize)]
struct Glance<'a> {
    line: &'a str,
    id: Option<ArticleId>,
}

/// A file that is written anew.
struct Anew {
    beside: PathBuf,
    frames: Vec<(u32, u64)>,
    lines: u32,
    dropped: usize,
}

impl Archive {
    /// Writes files of the journal anew. Safe at any kill. `progress` is told how many files are done, and of how many.
    pub fn compact(&mut self, scope: Scope, stop: &AtomicBool, progress: &dyn Fn(usize, usize)) -> Result<Compacted> {
        let mut done = Compacted::default();
        let numbers: Vec<u32> = self.journal.numbers().collect();
        done.files = numbers.len();
        let any = self.any_forgotten()?;
        if scope == Scope::Forgotten && !any {
            return Ok(done);
        }
        let indexed = if any { index::follow(&self.dir.join("index"), &mut self.journal) } else { None };
        let mut dictionary = self.journal.dictionary.clone();
        let stale = self.journal.dir.join(STALE);
        let renewed = scope == Scope::All && (dictionary.is_none() || stale.exists());
        if renewed {
            dictionary = self.train()?;
        }
        if let (Some(first), None) = (&dictionary, &self.journal.dictionary) {
            // From the first file on that leans on it, `zstdcat` needs it.
            self.journal.note_dictionary(first)?;
        }
        for (index, number) in numbers.iter().enumerate() {
            progress(index, numbers.len());
            if stop.load(Ordering::Relaxed) {
                done.stopped = true;
                break;
            }
            let before = length(&self.journal.files[number])?;
            done.before += before;
            done.after += match self.rewrite(*number, scope, any, dictionary.as_ref(), &mut done)? {
                Some(after) => after,
                None => before,
            };
        }
        progress(numbers.len(), numbers.len());
        self.journal.forget_unpacked();
        if done.dropped > 0 {
            index::purge(&self.dir.join("index"), &self.journal, indexed.as_ref())?;
        }
        if done.dropped > 0 && scope == Scope::Forgotten && dictionary.is_some() {
            self.disk.write(&stale, b"").map_err(|cause| Error::archive(&stale, cause))?;
        }
        if scope == Scope::All && !done.stopped {
            self.finish(dictionary, &stale)?;
        }
        Ok(done)
    }

    /// Closes it. A catalogue of `least` bytes or more that has doubled since it was last written anew, or never was, is written anew: sled
    /// keeps the room of what it lets go, and writes all over that at each opening. As it takes a doubling, what is kept costs the same
    /// however much there is.
    pub fn tidy(self, least: u64) -> Result<()> {
        let wasteful = self.catalogue.has_doubled(least).map_err(|cause| self.broken(cause))?;
        if wasteful && !self.dry { self.renew_catalogue().map(drop) } else { Ok(()) }
    }

    /// Writes the catalogue anew, without the room of what it let go.
    pub fn renew_catalogue(self) -> Result<Archive> {
        let Archive { catalogue, journal, end, disk, dry, said, dir, _lock, .. } = self;
        // sled writes by its folder's name when it is closed.
        drop(catalogue);
        let (there, beside) = (dir.join("catalogue"), dir.join(mend::NEW));
        let failed = |cause: Fault| super::broken(&*disk, &dir, cause);
        Catalogue::copy(disk.clone(), &there, &beside).map_err(|cause| {
            let _ = disk.remove(&beside);
            failed(cause)
        })?;
        mend::replace(&*disk, &beside, &there).map_err(|cause| failed(cause.into()))?;
        let catalogue = Catalogue::open(disk.clone(), &there).map_err(failed)?;
        let (pending, changes, near) = (Vec::new(), Changes::default(), None);
        Ok(Archive { catalogue, journal, end, disk, dry, pending, size: 0, changes, near, said, dir, _lock })
    }

    /// What is left to do when all files are written: the dictionary for `zstdcat`, and the order of the folder.
    fn finish(&mut self, dictionary: Option<Dictionary>, stale: &Path) -> Result<()> {
        let mut unused = vec![stale.to_owned(), self.journal.dir.join("torn")];
        match &dictionary {
            Some(dictionary) => self.journal.note_dictionary(dictionary)?,
            None => unused.push(self.journal.dir.join(super::journal::DICTIONARY)),
        }
        self.journal.dictionary = dictionary;
        for gone in &unused {
            self.disk.remove(gone).map_err(|cause| Error::archive(gone, cause))?;
        }
        Ok(())
    }

    /// Writes one file anew, if that is worth it, and returns its size then.
    fn rewrite(
        &mut self,
        number: u32,
        scope: Scope,
        any: bool,
        dictionary: Option<&Dictionary>,
        done: &mut Compacted,
    ) -> Result<Option<u64>> {
        let path = self.journal.files[&number].clone();
        let Beginning { head, dictionary: own, .. } = beginning(&path)?;
        // What was forgotten goes at once, and the rest stays packed as it is for the next time.
        let dictionary = if scope == Scope::All { dictionary } else { own.as_ref() };
        let fresh = head.edition == 0 || own.as_ref() != dictionary;
        if (scope == Scope::Forgotten || !fresh) && !self.is_wasteful(&path, scope, any)? {
            return Ok(None);
        }
        let edition = head.edition + 1;
        let level = if scope == Scope::All { THOROUGH } else { frame::QUICK };
        let Some(anew) = self.write_beside(&path, edition, level, any, dictionary, done)? else { return Ok(None) };
        self.journal.forget_unpacked();
        let switch = || -> io::Result<()> {
            self.disk.rename(&anew.beside, &path)?;
            self.disk.sync_folder(&self.journal.dir)
        };
        switch().map_err(|cause| Error::archive(&path, cause))?;
        let size = length(&path)?;
        if number == self.end.file {
            self.end = Position { file: number, offset: size, line: anew.lines };
        }
        editions::moved(&self.catalogue, number, edition, &anew.frames, self.end)
            .map_err(|cause| self.broken(cause))?;
        done.rewritten += 1;
        done.dropped += anew.dropped;
        Ok(Some(size))
    }

    /// Writes what a file is to be beside it, and reads it again. `None` if the file is damaged: it stays.
    fn write_beside(
        &self,
        path: &Path,
        edition: u32,
        level: i32,
        any: bool,
        dictionary: Option<&Dictionary>,
        done: &mut Compacted,
    ) -> Result<Option<Anew>> {
        let mut beside = path.as_os_str().to_owned();
        beside.push(".new");
        let beside = PathBuf::from(beside);
        let failed = |cause: io::Error| {
            // The half of a file that a full disk left takes room that the next run needs.
            let _ = self.disk.remove(&beside);
            Error::archive(path, cause)
        };
        let whole = length(path)?;
        let (mut table, mut bytes) = (Table::new(), Vec::with_capacity(usize::try_from(whole).unwrap_or_default()));
        let (mut waiting, mut size): (Vec<Vec<u8>>, usize) = (Vec::new(), 0);
        let mut pack = |lines: &mut Vec<Vec<u8>>| -> Result<()> {
            for (count, frame) in frame::pack(lines, level, dictionary).map_err(failed)? {
                table.push((count, frame.len() as u32));
                bytes.extend(frame);
            }
            lines.clear();
            Ok(())
        };
        let (mut dropped, mut lines, mut sum) = (0, 0, crc32fast::Hasher::new());
        let damages = self.journal.walk(path, 0, |_, raw| {
            for line in frame::lines(&raw) {
                let husk = if any { self.husk_of(line)? } else { None };
                dropped += usize::from(husk.is_some());
                let line = husk.unwrap_or_else(|| line.to_vec());
                sum.update(&line);
                lines += 1;
                size += line.len();
                waiting.push(line);
            }
            if size >= CHUNK {
                size = 0;
                pack(&mut waiting)?;
            }
            Ok(())
        })?;
        if !damages.is_empty() {
            done.damaged.extend(damages.iter().map(mend::lost));
            return Ok(None);
        }
        pack(&mut waiting)?;
        // Where something goes, it is another file to all who have seen it.
        let was = match dropped {
            0 => Some(lasting::end(path, whole)?),
            _ => None,
        };
        let start = frame::anew(edition, was, dictionary, &table);
        self.disk.write(&beside, &start).and_then(|()| self.disk.append(&beside, &bytes)).map_err(failed)?;
        drop(bytes);
        // What is to replace the record is read again first.
        let mut frames = starts(&table, start.len() as u64);
        frames.pop();
        let (mut there, mut count, mut again) = (Vec::new(), 0, crc32fast::Hasher::new());
        let broken = self.journal.walk(&beside, 0, |offset, raw| {
            there.push((count, offset));
            for line in frame::lines(&raw) {
                count += 1;
                again.update(line);
            }
            Ok(())
        })?;
        if !broken.is_empty() || (&there, count) != (&frames, lines) || again.finalize() != sum.finalize() {
            return Err(failed(io::Error::other("what was written beside it reads back as something else")));
        }
        Ok(Some(Anew { beside, frames, lines, dropped }))
    }

    /// Whether a file holds what was forgotten or, where all is written anew, many small frames.
    fn is_wasteful(&self, path: &Path, scope: Scope, any: bool) -> Result<bool> {
        let (mut frames, mut bytes, mut forgotten) = (0, 0, false);
        self.journal.walk(path, 0, |_, raw| {
            frames += 1;
            bytes += raw.len();
            for line in frame::lines(&raw) {
                forgotten = forgotten || any && self.is_to_drop(line)?;
            }
            Ok(())
        })?;
        Ok(forgotten || scope == Scope::All && frames > 2 + bytes / frame::FRAME * 5 / 4)
    }

    fn is_to_drop(&self, line: &[u8]) -> Result<bool> {
        match serde_json::from_slice(line) {
            Ok(Glance { line: "revision" | "place", id: Some(id) }) => self.has_tombstone(id),
            Ok(Glance { line: "joined", id: Some(id) }) => {
                Ok(self.has_tombstone(id)? || self.is_parted_and_gone(line)?)
            }
            _ => Ok(false),
        }
    }

    /// Whether what was joined there became an article of its own, which was forgotten: its keys lead to that one.
    fn is_parted_and_gone(&self, line: &[u8]) -> Result<bool> {
        let Ok(Line::Joined { keys, .. }) = Line::read(line) else { return Ok(false) };
        for key in &keys {
            if let Some(id) = self.article_of(&short(key.digest()))?
                && self.has_tombstone(id)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What is left of a line whose content was forgotten; `None` if it stays as it is.
    fn husk_of(&self, line: &[u8]) -> Result<Option<Vec<u8>>> {
        if !self.is_to_drop(line)? {
            return Ok(None);
        }
        let parsed = Line::read(line).ok();
        Ok(parsed.as_ref().and_then(husk).map(|husk| frame::encode(&husk)))
    }

    /// Makes a dictionary of what is kept, if that is enough.
    fn train(&self) -> Result<Option<Dictionary>> {
        let files: Vec<&PathBuf> = self.journal.files.values().collect();
        let mut all = 0;
        for path in &files {
            all += length(path)?;
        }
        let room = (all / PART / files.len().max(1) as u64).min(LARGEST);
        if room < SMALLEST {
            return Ok(None);
        }
        let step = files.len().div_ceil(SAMPLED).max(1);
        let chosen: Vec<&PathBuf> = files.into_iter().step_by(step).collect();
        let mut packed = 0;
        for path in &chosen {
            packed += length(path)?;
        }
        // Lines take about three times the room that their frames do.
        let every = (packed as usize * 3 / SAMPLES).max(1);
        let (mut samples, mut size, mut count): (Vec<Vec<u8>>, usize, usize) = (Vec::new(), 0, 0);
        for path in chosen {
            self.journal.walk(path, 0, |_, raw| {
                for line in frame::lines(&raw) {
                    if !line.starts_with(b"{\"line\":\"revision\"") {
                        continue;
                    }
                    count += 1;
                    if count % every == 0 && size < SAMPLES && !self.is_to_drop(line)? {
                        size += line.len();
                        samples.push(line.to_vec());
                    }
                }
                Ok(())
            })?;
        }
        if count < ENOUGH {
            return Ok(None);
        }
        // Where the samples are all alike, there is nothing to learn.
        let trained = zstd::dict::from_samples(&samples, room as usize);
        Ok(trained.ok().and_then(Dictionary::new))
    }
}
