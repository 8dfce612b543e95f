//! Names of places in the journal that stay true when its files are written anew: what the index speaks in.
//!
//! Lines keep their numbers for good. Where frames stand now, a file that was written anew says itself; and how far it was seen
//! is told as if it never had been, so that what was seen before is known again.

use super::frame::Head;
use super::journal::{Frame, Journal, Position, Spot, file_name, head, length};
use super::line::Line;
use crate::error::{Error, Result};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// Bytes at the end of what was seen by which it is known again.
const TAIL: u64 = 32;

/// How far the journal was seen, as if no file had ever been written anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Mark {
    /// The number of the file.
    pub file: u32,
    /// Bytes of it.
    pub offset: u64,
}

impl Journal {
    /// What a place in a file is called for good.
    pub fn mark(&self, file: u32, offset: u64) -> Result<Mark> {
        let Some(path) = self.files.get(&file) else { return Ok(Mark { file, offset }) };
        Ok(Mark { file, offset: lasting(head(path)?, offset) })
    }

    /// The mark at its end.
    pub fn end_mark(&self) -> Result<Mark> {
        let (file, offset) = self.end()?;
        self.mark(file, offset)
    }

    /// Where a mark is now, with this many lines before it in its file. None, if the file was written anew when there was already more
    /// in it.
    pub fn position(&self, mark: Mark, line: u32) -> Result<Option<Position>> {
        let Mark { file, offset } = mark;
        let Some(path) = self.files.get(&file) else { return Ok(Some(Position { file, offset, line })) };
        Ok(current(head(path)?, offset).map(|offset| Position { file, offset, line }))
    }

    /// What it looks like up to a mark: the names and lengths of the files before, and the last bytes. Another one has been written in
    /// their place if that is another.
    pub fn print(&self, upto: Mark) -> Result<String> {
        let mut print = blake3::Hasher::new();
        for (number, path) in self.files.range(..=upto.file) {
            print.update(file_name(path).as_bytes());
            let start = head(path)?;
            if *number < upto.file {
                print.update(&lasting(start, length(path)?).to_be_bytes());
                continue;
            }
            match (start.0.before, current(start, upto.offset)) {
                (Some(before), _) if before.length == upto.offset => print.update(&before.tail.to_be_bytes()),
                (_, Some(offset)) => print.update(&tail(path, offset)?.to_be_bytes()),
                (_, None) => print.update(b"written anew when there was more"),
            };
        }
        Ok(print.finalize().to_hex().to_string())
    }

    /// A line that stood in this frame when it was learnt where. It may stand in another one now.
    pub fn find(&mut self, spot: Spot, frame: Frame) -> Result<Line> {
        let frame = self.opened(spot.file)?.frame(spot).unwrap_or(frame);
        self.read(spot, frame)
    }
}

/// How long a file of this length would be had it never been written anew, and the CRC-32 of how it ended then.
pub fn end(path: &Path, whole: u64) -> Result<(u64, u32)> {
    let start = head(path)?;
    let length = lasting(start, whole);
    match start.0.before {
        Some(before) if before.length == length => Ok((length, before.tail)),
        _ => Ok((length, tail(path, whole)?)),
    }
}

/// The CRC-32 of what stands at the end of a file's first bytes.
fn tail(path: &Path, upto: u64) -> Result<u32> {
    let from = upto.saturating_sub(TAIL);
    let read = || -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(from))?;
        let mut last = vec![0; (upto - from) as usize];
        file.read_exact(&mut last)?;
        Ok(last)
    };
    read().map(|last| crc32fast::hash(&last)).map_err(|cause| Error::archive(path, cause))
}

/// What an offset in a file with this head is called for good.
fn lasting((head, size): (Head, u64), offset: u64) -> u64 {
    match head.before {
        None => offset,
        Some(before) => before.length + offset.saturating_sub(size + before.behind),
    }
}

fn current((head, size): (Head, u64), offset: u64) -> Option<u64> {
    match head.before {
        None => Some(offset),
        Some(before) => offset.checked_sub(before.length).map(|more| size + before.behind + more),
    }
}
