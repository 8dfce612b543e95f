//! Opening an archive that a crash, a full disk or a bad sector left behind: what can be mended is, and what may be lost
//! is told.

use super::catalogue::{self, Catalogue, Changes};
use super::disk::Disk;
use super::journal::{Damage, Journal, Position};
use super::learn::apply;
use super::{Archive, editions};
use crate::error::{Error, Result};
use crate::text;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Lines that the catalogue takes in at once: sled holds a batch several times in memory.
const LINES: usize = 1000;

/// The file that marks a catalogue as damaged.
pub const DAMAGED: &str = "damaged";

/// What was mended on opening.
#[derive(Debug)]
pub enum Mended {
    /// Nothing that was acknowledged is lost: a sentence.
    Whole(String),
    /// Something may be lost.
    Lost(Error),
}

impl fmt::Display for Mended {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Mended::Whole(sentence) => f.write_str(sentence),
            Mended::Lost(error) => f.write_str(&error.line()),
        }
    }
}

/// Opens the catalogue; one that cannot be used, or that has seen more than the journal holds, is moved aside.
pub fn open_catalogue(
    disk: &Rc<dyn Disk>,
    dir: &Path,
    journal: &Journal,
    mended: &mut Vec<Mended>,
) -> Result<Catalogue> {
    let end = journal.end()?;
    let marked = dir.join(DAMAGED).exists();
    let opened = if marked { Err(catalogue::Fault::Marked) } else { Catalogue::open(disk.clone(), dir) };
    let opened = match opened.and_then(|found| found.position().map(|position| (found, position))) {
        Ok((catalogue, position)) => {
            let position = editions::follow(&catalogue, journal, position)?;
            position.map(|position| (catalogue, position))
        }
        Err(fault) => Err(fault),
    };
    let fault = match opened {
        Ok((catalogue, position)) if (position.file, position.offset) <= end => return Ok(catalogue),
        Ok(found) => {
            // sled would hold on to it.
            drop(found);
            let aside = move_aside(&**disk, dir)?;
            let fault = format!(
                "it has seen more than the journal holds, whose end is lost; it was moved to `{}`",
                aside.display()
            );
            let hint = "it is made again from what is there; with a backup of the missing files of `journal`, run `depesche rebuild`";
            mended.push(Mended::Lost(Error::archive(dir, fault).hint(hint)));
            return Catalogue::open(disk.clone(), dir).map_err(|cause| Error::archive(dir, cause));
        }
        Err(cause @ catalogue::Fault::Newer) => {
            return Err(Error::archive(dir, cause).hint("use that version, or another folder with `--root DIR`"));
        }
        Err(cause) if !cause.is_damage() => return Err(Error::archive(dir, cause)),
        Err(cause) => cause.to_string(),
    };
    let aside = move_aside(&**disk, dir)?;
    let notice =
        format!("the catalogue was moved to `{}` and is made again from the journal: {fault}", aside.display());
    mended.push(Mended::Whole(notice));
    Catalogue::open(disk.clone(), dir).map_err(|cause| Error::archive(dir, cause))
}

/// Puts a catalogue in the place of the one there, which is closed: at any moment one of the two is whole. A kill in between is
/// settled by [`settle`].
pub fn replace(disk: &dyn Disk, new: &Path, there: &Path) -> io::Result<()> {
    let old = there.with_file_name(OLD);
    disk.remove(&old)?;
    disk.rename(there, &old)?;
    disk.rename(new, there)?;
    if let Some(folder) = there.parent() {
        disk.sync_folder(folder)?;
    }
    disk.remove(&old)
}

/// Ends what [`replace`] began, or what was to be put there, in the folder of an archive.
pub fn settle(disk: &dyn Disk, dir: &Path) -> Result<()> {
    let (there, old) = (dir.join("catalogue"), dir.join(OLD));
    let settled = || -> io::Result<()> {
        if old.exists() && !there.exists() {
            disk.rename(&old, &there)?;
        }
        [dir.join(NEW), old.clone()].iter().filter(|left| left.exists()).try_for_each(|left| disk.remove(left))
    };
    settled().map_err(|cause| Error::archive(dir, cause))
}

/// A catalogue that is being written, and the one that it takes the place of.
pub const NEW: &str = "catalogue.new";
const OLD: &str = "catalogue.old";

/// Moves a catalogue aside, and returns where it is then.
pub fn move_aside(disk: &dyn Disk, dir: &Path) -> Result<PathBuf> {
    let aside = dir.with_file_name("catalogue.broken");
    if !dir.exists() {
        return Ok(aside);
    }
    // One broken catalogue is enough to look at.
    let moved = disk.remove(&aside).and_then(|()| disk.rename(dir, &aside));
    moved.map_err(|cause| Error::archive(dir, cause))?;
    Ok(aside)
}

/// The complaint about a stretch of the journal that cannot be read.
pub fn lost(damage: &Damage) -> Error {
    let Damage { path, offset, length, .. } = damage;
    Error::archive(path, format!("{length} bytes at {offset} cannot be read: what they held is lost"))
        .hint("the rest is sound; put a backup of this file in its place and remove the folder `catalogue`")
}

impl Archive {
    /// Takes in what the journal has and the catalogue has not seen, and cuts off a torn end.
    pub(super) fn catch_up(&mut self, mended: &mut Vec<Mended>, progress: &dyn Fn(u64, u64)) -> Result<()> {
        let mut position = self.catalogue.position().map_err(|cause| self.broken(cause))?;
        self.end = position;
        if (position.file, position.offset) == self.journal.end()? {
            return Ok(());
        }
        editions::note(&self.catalogue, &self.journal, position)?.map_err(|cause| self.broken(cause))?;
        let Archive { catalogue, journal, changes, .. } = self;
        let (mut lines, mut waiting) = (0usize, 0usize);
        let length = |path: &PathBuf| path.metadata().map_or(0, |data| data.len());
        let total: u64 = journal.files.values().map(length).sum();
        let before = |file: u32| journal.files.range(..file).map(|(_, path)| length(path)).sum::<u64>();
        let mut begun = (position.file, before(position.file));
        let failed = |cause: catalogue::Fault| Error::archive(&self.dir, cause);
        let (damages, lines_there) = journal.scan(position, |spot, stands, line| {
            // Frames are taken in whole: a batch ends before the first line of a frame.
            let frame = Position { file: spot.file, offset: stands.offset, line: stands.first.line };
            if waiting > LINES && frame != position {
                catalogue.write(changes, frame).map_err(failed)?;
                *changes = Changes::default();
                waiting = 0;
            }
            if spot == stands.first {
                changes.frames.push(stands);
                if spot.file != begun.0 {
                    begun = (spot.file, before(spot.file));
                }
                progress(begun.1 + stands.offset, total);
            }
            position = frame;
            let known = line.articles().iter().map(|id| match changes.records.get(id) {
                Some(record) => Ok(Some(record.clone())),
                None => catalogue.record(*id).map_err(failed),
            });
            let known = known.collect::<Result<_>>()?;
            apply(changes, &line, None, known, spot);
            lines += 1;
            waiting += 1;
            Ok(())
        })?;
        for damage in &damages {
            let (path, length) = (&damage.path, damage.length);
            if damage.torn {
                self.journal.cut(damage)?;
            }
            mended.push(match damage.torn && !self.catalogue.is_new() {
                // The catalogue had not seen it, so that no run has reported it.
                true => Mended::Whole(format!(
                    "the last write to `{}` was cut short: its {length} bytes lie in `torn` now, nothing acknowledged is lost",
                    path.display()
                )),
                false => Mended::Lost(lost(damage)),
            });
        }
        let (file, offset) = self.journal.end()?;
        self.end = Position { file, offset, line: lines_there };
        self.catalogue.write(&self.changes, self.end).map_err(|cause| self.broken(cause))?;
        self.changes = Changes::default();
        progress(total, total);
        if lines > 0 {
            let lines = text::count(lines, "line");
            mended.push(Mended::Whole(format!("{lines} of the journal taken into the catalogue again")));
        }
        Ok(())
    }
}
