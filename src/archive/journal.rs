//! The journal: append-only files of zstd frames, each frame some JSON lines with a checksum.
//!
//! What [`Journal::append`] has returned is on the disk. It is read with `zstdcat FILE | jq`. What its files are made of
//! stands in [`frame`](super::frame); a file ends at [`FILE`] bytes or with the month. A line has a number in its file,
//! which it keeps when the file is written anew.

use super::disk::{Disk, Real};
use super::frame::{self, Dictionary, FORMAT, Head, Piece, QUICK, Table};
use super::line::Line;
use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Packed bytes after which a new file begins; a scan holds one file in memory.
const FILE: u64 = 32 << 20;
/// Frames kept unpacked, since neighbours are often read together.
const CACHED: usize = 16;
/// Files kept open, out of which frames are read.
const OPENED: usize = 64;
/// The way out where a file is damaged or missing.
const FROM_BACKUP: &str =
    "put a backup of this file in its place; or remove the folder `catalogue`: it is made again without what is lost";
/// The dictionary, for `zstdcat -D`.
pub const DICTIONARY: &str = "dictionary";

/// Where a line stands, for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The number of the file, from 1.
    pub file: u32,
    /// The line within the file, from 0.
    pub line: u32,
}

/// Where a frame stands, until its file is written anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// Its first line.
    pub first: Spot,
    /// Where in the file it begins.
    pub offset: u64,
}

/// How far the journal has been seen: everything before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position {
    /// The number of the file.
    pub file: u32,
    /// Bytes of it.
    pub offset: u64,
    /// Lines of it.
    pub line: u32,
}

/// A stretch of the journal that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The file.
    pub path: PathBuf,
    /// Where the stretch begins.
    pub offset: u64,
    /// How long it is.
    pub length: u64,
    /// Whether it is the end of the last file: what a write left that did not finish.
    pub torn: bool,
}

/// Where appended lines stand.
#[derive(Debug, Default)]
pub struct Appended {
    /// Each line.
    pub spots: Vec<Spot>,
    /// The frames that hold them.
    pub frames: Vec<Frame>,
    /// The end of the journal from then on.
    pub end: Position,
}

/// Its files by number.
#[derive(Debug)]
pub struct Journal {
    pub(super) dir: PathBuf,
    pub(super) files: BTreeMap<u32, PathBuf>,
    pub(super) disk: Rc<dyn Disk>,
    pub(super) dictionary: Option<Dictionary>,
    /// Bytes of the last file behind which nothing is seen.
    seen: Option<u64>,
    cache: VecDeque<(u32, u64, Rc<Unpacked>)>,
    opened: HashMap<u32, Rc<Opened>>,
}

impl Journal {
    /// The journal in `dir`, which may not be there yet, to be read only.
    pub fn open(dir: &Path) -> Result<Journal> {
        Journal::open_on(Rc::new(Real), dir)
    }

    /// The journal in `dir`, which writes by `disk`.
    pub fn open_on(disk: Rc<dyn Disk>, dir: &Path) -> Result<Journal> {
        let failed = |cause: io::Error| Error::archive(dir, cause);
        let mut files = BTreeMap::new();
        match fs::read_dir(dir) {
            Ok(entries) => {
                for entry in entries {
                    let path = entry.map_err(failed)?.path();
                    if let Some(number) = number(&path) {
                        files.insert(number, path);
                    }
                }
            }
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
            Err(cause) => return Err(failed(cause)),
        }
        let (cache, opened) = (VecDeque::new(), HashMap::new());
        let mut journal = Journal { dir: dir.to_owned(), files, disk, dictionary: None, seen: None, cache, opened };
        // The newest file has it, unless a disk ate it: then an older one, at last the one for `zstdcat`.
        for path in journal.files.values().rev() {
            journal.dictionary = beginning(path)?.dictionary;
            if journal.dictionary.is_some() {
                break;
            }
        }
        if journal.dictionary.is_none() {
            journal.dictionary = fs::read(dir.join(DICTIONARY)).ok().and_then(Dictionary::new);
        }
        Ok(journal)
    }

    /// The journal as it was when it ended there, to be read while another thread appends to it.
    pub fn until(mut self, (file, offset): (u32, u64)) -> Journal {
        self.files.retain(|number, _| *number <= file);
        self.seen = Some(offset);
        self
    }

    /// Whether nothing is to be seen of a file from there on.
    pub(super) fn is_over(&self, path: &Path, offset: u64) -> bool {
        let last = || self.files.last_key_value().is_some_and(|(_, last)| last == path);
        self.seen.is_some_and(|end| end <= offset) && last()
    }

    /// Puts the dictionary where `zstdcat -D` finds it.
    pub fn note_dictionary(&self, dictionary: &Dictionary) -> Result<()> {
        let path = self.dir.join(DICTIONARY);
        if fs::read(&path).is_ok_and(|there| there == dictionary.bytes) {
            return Ok(());
        }
        let beside = self.dir.join("dictionary.new");
        let written = self.disk.write(&beside, &dictionary.bytes).and_then(|()| self.disk.rename(&beside, &path));
        written.map_err(|cause| Error::archive(&path, cause))
    }

    /// How often a file was written anew.
    pub fn edition(&self, file: u32) -> Result<u32> {
        self.files.get(&file).map_or(Ok(0), |path| head(path).map(|(head, _)| head.edition))
    }

    /// The numbers of its files.
    pub fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        self.files.keys().copied()
    }

    /// Appends lines behind `end`, and returns where they stand, when all are on the disk. If that fails, the journal is
    /// as it was.
    pub fn append(&mut self, lines: &[Line], end: Position, now: DateTime<Utc>) -> Result<Appended> {
        let month = now.format("%Y-%m-").to_string();
        let (number, path, there) = match self.files.last_key_value() {
            Some((number, path)) if file_name(path).starts_with(&month) && end.offset < FILE => {
                (*number, path.clone(), length(path)?)
            }
            last => {
                let number = last.map_or(1, |(number, _)| number + 1);
                (number, self.dir.join(format!("{month}{number:04}.jsonl.zst")), 0)
            }
        };
        let failed = |cause: io::Error| Error::archive(&path, cause);
        let fresh = !self.files.contains_key(&number);
        // A file says at its beginning whether its frames lean on the dictionary.
        let dictionary = match fresh {
            true => self.dictionary.clone(),
            false => beginning(&path)?.dictionary,
        };
        let dictionary = dictionary.as_ref();
        let mut bytes = if there == 0 { frame::beginning(dictionary) } else { Vec::new() };
        let line = if fresh { 0 } else { end.line };
        let before = if fresh { 0 } else { end.offset };
        let spot = |line| Spot { file: number, line };
        let encoded: Vec<Vec<u8>> = lines.par_iter().map(frame::encode).collect();
        let (mut frames, mut first) = (Vec::new(), line);
        for (count, packed) in frame::pack(&encoded, QUICK, dictionary).map_err(failed)? {
            frames.push(Frame { first: spot(first), offset: before + bytes.len() as u64 });
            bytes.extend(packed);
            first += count;
        }
        drop(encoded);
        let write = || -> io::Result<()> {
            if fresh {
                self.disk.make_folder(&self.dir)?;
            }
            if there > before {
                // What an earlier write left that failed.
                self.disk.cut(&path, before)?;
            }
            self.disk.append(&path, &bytes)?;
            if fresh {
                // A new name is on the disk when its folder is; the journal's folder may be new, and the archive's as well.
                for dir in self.dir.ancestors().take(3) {
                    self.disk.sync_folder(dir)?;
                }
            }
            Ok(())
        };
        match write() {
            Ok(()) => {
                self.files.insert(number, path);
                let spots = (line..first).map(spot).collect();
                let line = first;
                Ok(Appended {
                    spots,
                    frames,
                    end: Position { file: number, offset: before + bytes.len() as u64, line },
                })
            }
            Err(cause) => {
                // What was half written must not stay; should this fail as well, the next opening cuts it off.
                let _ = match fresh {
                    true => self.disk.remove(&path),
                    false => self.disk.cut(&path, before),
                };
                Err(failed(cause))
            }
        }
    }

    /// The number and the size of the last file.
    pub fn end(&self) -> Result<(u32, u64)> {
        let Some((number, path)) = self.files.last_key_value() else { return Ok((0, 0)) };
        Ok((*number, self.seen.map_or_else(|| length(path), Ok)?))
    }

    /// Calls `visit` with every line from `from` on, in order, and with the frame that it stands in; returns what could not
    /// be read, and how many lines the last file has.
    pub fn scan(
        &self,
        from: Position,
        mut visit: impl FnMut(Spot, Frame, Line) -> Result<()>,
    ) -> Result<(Vec<Damage>, u32)> {
        let mut damages = Vec::new();
        let mut count = from.line;
        let last = self.files.last_key_value().map(|(number, _)| *number);
        for (number, path) in self.files.range(from.file..) {
            if *number != from.file {
                count = 0;
            }
            let from = if *number == from.file { from.offset } else { 0 };
            let found = self.walk(path, from, |offset, raw| {
                let lines = frame::parse(&raw).ok_or_else(|| newer(path))?;
                let frame = Frame { first: Spot { file: *number, line: count }, offset };
                for line in lines {
                    visit(Spot { file: *number, line: count }, frame, line)?;
                    count += 1;
                }
                Ok(())
            })?;
            damages.extend(
                found.into_iter().map(|damage| Damage { torn: damage.torn && Some(*number) == last, ..damage }),
            );
        }
        Ok((damages, count))
    }

    /// Cuts a torn end off and keeps it aside in `torn/`, where a person may look at it.
    pub fn cut(&self, damage: &Damage) -> Result<()> {
        let aside = self.dir.join("torn");
        let name = format!("{}-{}", file_name(&damage.path), damage.offset);
        let cut = || -> io::Result<()> {
            self.disk.make_folder(&aside)?;
            let mut tail = Vec::new();
            let mut file = File::open(&damage.path)?;
            file.seek(SeekFrom::Start(damage.offset))?;
            file.read_to_end(&mut tail)?;
            self.disk.write(&aside.join(name), &tail)?;
            self.disk.cut(&damage.path, damage.offset)
        };
        cut().map_err(|cause| Error::archive(&damage.path, cause))
    }

    /// One line, which stands in this frame.
    pub fn read(&mut self, spot: Spot, frame: Frame) -> Result<Line> {
        let unpacked = self.unpacked(frame)?;
        let line = unpacked.line((spot.line - frame.first.line) as usize);
        Line::read(line).map_err(|cause| self.lost(frame, cause))
    }

    fn unpacked(&mut self, frame: Frame) -> Result<Rc<Unpacked>> {
        let Frame { first: Spot { file, .. }, offset } = frame;
        if let Some((.., frame)) = self.cache.iter().find(|(number, at, _)| (*number, *at) == (file, offset)) {
            return Ok(frame.clone());
        }
        let opened = self.opened(file)?;
        let unpack = || -> io::Result<Vec<u8>> {
            let mut file = &opened.file;
            // A frame is as long as it is: more is read until it is whole.
            let mut most = 64 << 10;
            loop {
                file.seek(SeekFrom::Start(offset))?;
                let mut bytes = Vec::new();
                let read = Read::by_ref(&mut file).take(most).read_to_end(&mut bytes)?;
                // While the dictionary is renewed, a file may have another one.
                for dictionary in [self.dictionary.as_ref(), opened.dictionary.as_ref()] {
                    if let Piece::Lines(raw, _) = frame::piece(&bytes, dictionary) {
                        return Ok(raw);
                    }
                }
                if (read as u64) < most {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, "it is damaged there"));
                }
                most *= 4;
            }
        };
        let unpacked = Rc::new(Unpacked::new(unpack().map_err(|cause| self.lost(frame, cause))?));
        if self.cache.len() == CACHED {
            self.cache.pop_front();
        }
        self.cache.push_back((file, offset, unpacked.clone()));
        Ok(unpacked)
    }

    /// A file, opened once: whoever reads it goes on with what it was then, should it be written anew.
    pub fn opened(&mut self, file: u32) -> Result<Rc<Opened>> {
        if let Some(opened) = self.opened.get(&file) {
            return Ok(opened.clone());
        }
        let Some(path) = self.files.get(&file) else {
            return Err(Error::archive(
                self.dir.join(format!("file {file}")),
                io::Error::from(io::ErrorKind::NotFound),
            )
            .hint(FROM_BACKUP));
        };
        let mut handle = File::open(path).map_err(|cause| Error::archive(path, cause).hint(FROM_BACKUP))?;
        let Beginning { dictionary, table, size, .. } = Beginning::read(&mut handle, path)?;
        let dictionary = dictionary.filter(|own| Some(own) != self.dictionary.as_ref());
        let opened = Rc::new(Opened { file: handle, dictionary, frames: table.map(|table| starts(&table, size)) });
        if self.opened.len() == OPENED {
            self.opened.clear();
        }
        self.opened.insert(file, opened.clone());
        Ok(opened)
    }

    /// Forgets what was opened and unpacked: a file is another now.
    pub fn forget_unpacked(&mut self) {
        self.cache.clear();
        self.opened.clear();
    }

    fn lost(&self, frame: Frame, cause: impl Into<crate::error::Cause>) -> Error {
        let Frame { first: Spot { file, .. }, offset } = frame;
        let name = self.files.get(&file).map_or_else(|| format!("file {file}"), |path| file_name(path));
        Error::archive(self.dir.join(format!("{name} at {offset}")), cause).hint(FROM_BACKUP)
    }
}

/// A file that frames are read out of.
#[derive(Debug)]
pub struct Opened {
    file: File,
    /// Its dictionary, if that is not the journal's.
    dictionary: Option<Dictionary>,
    /// Where its frames begin, each with its first line, and its end, if it was written anew.
    frames: Option<Vec<(u32, u64)>>,
}

impl Opened {
    /// The frame that holds a line, if the file says that.
    pub fn frame(&self, spot: Spot) -> Option<Frame> {
        let frames = self.frames.as_ref()?;
        let after = frames.partition_point(|(first, _)| *first <= spot.line);
        // What comes behind the last one was appended later.
        let (first, offset) = *frames.get(after.checked_sub(1)?)?;
        (after < frames.len()).then_some(Frame { first: Spot { file: spot.file, line: first }, offset })
    }
}

/// Where the frames of a table begin behind the first bytes of a file, each with its first line; at last where the file ended.
pub fn starts(table: &Table, size: u64) -> Vec<(u32, u64)> {
    let mut starts = vec![(0, size)];
    let mut at = (0, size);
    starts.extend(table.iter().map(|(lines, bytes)| {
        at = (at.0 + lines, at.1 + u64::from(*bytes));
        at
    }));
    starts
}

/// What stands before the lines of a file.
#[derive(Debug, Default)]
pub struct Beginning {
    /// What the file says of itself.
    pub head: Head,
    /// What its frames lean on.
    pub dictionary: Option<Dictionary>,
    /// Its frames when it was written anew.
    pub table: Option<Table>,
    /// Bytes of all that.
    pub size: u64,
}

impl Beginning {
    /// Reads it, up to what is damaged: where that is the head, the file says nothing.
    fn read(file: &mut File, path: &Path) -> Result<Beginning> {
        let failed = |cause: io::Error| Error::archive(path, cause);
        let mut found = Beginning::default();
        while let Some(bytes) = skippable(file).map_err(failed)? {
            match frame::piece(&bytes, None) {
                Piece::Head(head, _) if head.v > FORMAT => return Err(newer(path)),
                Piece::Head(head, _) => found.head = head,
                Piece::Dictionary(dictionary, _) => found.dictionary = Some(dictionary),
                Piece::Table(table, _) => found.table = Some(table),
                Piece::Skip(_) => {}
                _ => break,
            }
            found.size += bytes.len() as u64;
        }
        Ok(found)
    }
}

/// What stands before the lines of a file.
pub fn beginning(path: &Path) -> Result<Beginning> {
    let mut file = File::open(path).map_err(|cause| Error::archive(path, cause))?;
    Beginning::read(&mut file, path)
}

/// What a file says of itself, and how many bytes that takes. One whose head is damaged says nothing.
pub fn head(path: &Path) -> Result<(Head, u64)> {
    let bytes = File::open(path).and_then(|mut file| skippable(&mut file));
    match bytes.map_err(|cause| Error::archive(path, cause))?.as_deref().map(|bytes| frame::piece(bytes, None)) {
        Some(Piece::Head(head, _)) if head.v > FORMAT => Err(newer(path)),
        Some(Piece::Head(head, size)) => Ok((head, size as u64)),
        _ => Ok((Head::default(), 0)),
    }
}

/// The skippable frame that a file goes on with, as far as it is there.
fn skippable(file: &mut File) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    Read::by_ref(file).take(8).read_to_end(&mut bytes)?;
    let [0x50..=0x5F, 0x2A, 0x4D, 0x18, a, b, c, d] = *bytes else { return Ok(None) };
    Read::by_ref(file).take(u64::from(u32::from_le_bytes([a, b, c, d]))).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

pub(super) fn newer(path: &Path) -> Error {
    Error::archive(path, "it was written by a newer version of depesche")
        .hint("use that version, or another folder with `--root DIR`")
}

/// A frame, unpacked, with the ends of its lines.
#[derive(Debug)]
struct Unpacked {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Unpacked {
    fn new(bytes: Vec<u8>) -> Unpacked {
        let ends = memchr::memchr_iter(b'\n', &bytes).collect();
        Unpacked { bytes, ends }
    }

    /// A line by its number; nothing, if there is none.
    fn line(&self, number: usize) -> &[u8] {
        let start = number.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).map(|end| end + 1));
        let end = self.ends.get(number).copied().unwrap_or(self.bytes.len());
        start.and_then(|start| self.bytes.get(start..end)).unwrap_or_default()
    }
}

/// `2024-08-0001.jsonl.zst` → 1. The numbers run on from month to month, so that their order holds even if
/// the clock goes back.
fn number(path: &Path) -> Option<u32> {
    let name = path.file_name()?.to_str()?.strip_suffix(".jsonl.zst")?;
    name.rsplit('-').next()?.parse().ok()
}

/// The name of a file, without its folder.
pub fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The size of a file.
pub fn length(path: &Path) -> Result<u64> {
    fs::metadata(path).map(|data| data.len()).map_err(|cause| Error::archive(path, cause))
}
