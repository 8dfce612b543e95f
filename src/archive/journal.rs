//! The journal: append-only files of zstd frames, each frame some JSON lines with a checksum.
//!
//! What [`Journal::append`] has returned is on the disk. It is read with `zstdcat FILE | jq`.
//! A frame holds at most about [`FRAME`] bytes of lines, so that one article is read without
//! unpacking a whole run; a file ends at [`FILE`] bytes or with the month.

use super::line::{Line, VERSION};
use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use zstd::zstd_safe;

/// Bytes of lines in a frame: German text packs little better in longer ones, and a point read
/// unpacks it in under a millisecond.
const FRAME: usize = 128 << 10;
/// Packed bytes after which a new file begins; a scan holds one file in memory.
const FILE: u64 = 32 << 20;
const LEVEL: i32 = 3;
/// RFC 8878, section 3.1.1: the magic number that a frame begins with.
const MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
/// Frames kept unpacked, since neighbours are often read together.
const CACHED: usize = 16;

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The number of the file, from 1.
    pub file: u32,
    /// Where in it the frame begins.
    pub offset: u64,
    /// The line within the frame, from 0.
    pub line: u32,
}

/// How far the journal has been seen: everything before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position {
    /// The number of the file.
    pub file: u32,
    /// Bytes of it.
    pub offset: u64,
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

/// Its files by number.
#[derive(Debug)]
pub struct Journal {
    dir: PathBuf,
    files: BTreeMap<u32, PathBuf>,
    cache: VecDeque<(u32, u64, Rc<Unpacked>)>,
}

impl Journal {
    /// The journal in `dir`, which may not be there yet.
    pub fn open(dir: &Path) -> Result<Journal> {
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
        Ok(Journal { dir: dir.to_owned(), files, cache: VecDeque::new() })
    }

    /// Appends lines and returns where each stands, when all are on the disk. If that fails, the
    /// journal is as it was.
    pub fn append(&mut self, lines: &[Vec<u8>], now: DateTime<Utc>) -> Result<Vec<Spot>> {
        let month = now.format("%Y-%m-").to_string();
        let (number, path) = match self.files.last_key_value() {
            Some((number, path)) if file_name(path).starts_with(&month) && length(path)? < FILE => {
                (*number, path.clone())
            }
            last => {
                let number = last.map_or(1, |(number, _)| number + 1);
                (number, self.dir.join(format!("{month}{number:04}.jsonl.zst")))
            }
        };
        let failed = |cause: io::Error| Error::archive(&path, cause).hint("make room on the disk and run it again");
        let fresh = !self.files.contains_key(&number);
        if fresh {
            fs::create_dir_all(&self.dir).map_err(failed)?;
        }
        let mut file = File::options().create(true).append(true).open(&path).map_err(failed)?;
        let before = file.metadata().map_err(failed)?.len();
        let mut write = || {
            let mut start = before;
            if start == 0 {
                file.write_all(&header())?;
                start = header().len() as u64;
            }
            let spots = write_frames(&mut file, lines, number, start)?;
            file.sync_data()?;
            if fresh {
                // A new name is on the disk when its folder is; the journal's folder may be new, and the archive's as well.
                for dir in self.dir.ancestors().take(3) {
                    let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
                    File::open(dir)?.sync_all()?;
                }
            }
            Ok(spots)
        };
        let written = write();
        match written {
            Ok(spots) => {
                self.files.insert(number, path);
                Ok(spots)
            }
            Err(cause) => {
                // What was half written must not stay; should this fail as well, the next opening cuts it off.
                let _ = file.set_len(before);
                Err(failed(cause))
            }
        }
    }

    /// The end of what is there.
    pub fn end(&self) -> Result<Position> {
        match self.files.last_key_value() {
            None => Ok(Position::default()),
            Some((number, path)) => Ok(Position { file: *number, offset: length(path)? }),
        }
    }

    /// What it looks like up to a position: the names and lengths of the files before, and the last bytes. Another one has been written
    /// in their place if that is another.
    pub fn print(&self, upto: Position) -> Result<String> {
        let mut print = blake3::Hasher::new();
        for (number, path) in self.files.range(..=upto.file) {
            print.update(file_name(path).as_bytes());
            if *number < upto.file {
                print.update(&length(path)?.to_be_bytes());
                continue;
            }
            let mut last = [0; 32];
            let from = upto.offset.saturating_sub(last.len() as u64);
            let known = (upto.offset - from) as usize;
            let mut read = || -> io::Result<()> {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(from))?;
                file.read_exact(&mut last[..known])
            };
            read().map_err(|cause| Error::archive(path, cause))?;
            print.update(&last);
        }
        Ok(print.finalize().to_hex().to_string())
    }

    /// Calls `visit` with every line from `from` on, in order, and returns what could not be read. Frames behind
    /// a damaged stretch are found by their magic number and checksum.
    pub fn scan(&self, from: Position, mut visit: impl FnMut(Spot, Line) -> Result<()>) -> Result<Vec<Damage>> {
        let mut damages = Vec::new();
        let last = self.files.last_key_value().map(|(number, _)| *number);
        for (number, path) in self.files.range(from.file..) {
            let bytes = fs::read(path).map_err(|cause| Error::archive(path, cause))?;
            let mut at = if *number == from.file { (from.offset as usize).min(bytes.len()) } else { 0 };
            while at < bytes.len() {
                match frame(&bytes[at..]) {
                    Frame::Lines(lines, size) => {
                        for (index, line) in lines.into_iter().enumerate() {
                            visit(Spot { file: *number, offset: at as u64, line: index as u32 }, line)?;
                        }
                        at += size;
                        continue;
                    }
                    Frame::Skip(size) => {
                        at += size;
                        continue;
                    }
                    Frame::Newer => {
                        return Err(Error::archive(path, "it was written by a newer version of depesche")
                            .hint("use that version, or another folder with `--root DIR`"));
                    }
                    Frame::Broken => {}
                }
                let next = (at + 1..bytes.len())
                    .filter(|next| bytes[*next..].starts_with(&MAGIC))
                    .find(|next| !matches!(frame(&bytes[*next..]), Frame::Broken))
                    .unwrap_or(bytes.len());
                let torn = next == bytes.len() && Some(*number) == last;
                damages.push(Damage { path: path.clone(), offset: at as u64, length: (next - at) as u64, torn });
                at = next;
            }
        }
        Ok(damages)
    }

    /// Cuts a torn end off and keeps it aside in `torn/`, where a person may look at it.
    pub fn cut(&self, damage: &Damage) -> Result<()> {
        let aside = self.dir.join("torn");
        let name = format!("{}-{}", file_name(&damage.path), damage.offset);
        let cut = || -> io::Result<()> {
            fs::create_dir_all(&aside)?;
            let mut tail = Vec::new();
            let mut file = File::options().read(true).write(true).open(&damage.path)?;
            file.seek(SeekFrom::Start(damage.offset))?;
            file.read_to_end(&mut tail)?;
            fs::write(aside.join(name), tail)?;
            file.set_len(damage.offset)?;
            file.sync_all()
        };
        cut().map_err(|cause| Error::archive(&damage.path, cause))
    }

    /// One line.
    pub fn read(&mut self, spot: Spot) -> Result<Line> {
        let frame = self.unpacked(spot)?;
        serde_json::from_slice(frame.line(spot.line as usize)).map_err(|cause| self.lost(spot, cause))
    }

    fn unpacked(&mut self, spot: Spot) -> Result<Rc<Unpacked>> {
        if let Some((.., frame)) =
            self.cache.iter().find(|(file, offset, _)| (*file, *offset) == (spot.file, spot.offset))
        {
            return Ok(frame.clone());
        }
        let path =
            self.files.get(&spot.file).ok_or_else(|| self.lost(spot, io::Error::from(io::ErrorKind::NotFound)))?;
        let unpack = || -> io::Result<Vec<u8>> {
            let mut file = File::open(path)?;
            file.seek(SeekFrom::Start(spot.offset))?;
            let (mut head, mut frame) = ([0; 5], Vec::new());
            file.read_exact(&mut head)?;
            // No frame of this version needs a dictionary; its checksum says whether the rest is sound.
            head[4] &= !DICTIONARY;
            zstd::stream::read::Decoder::new(head.chain(file))?.single_frame().read_to_end(&mut frame)?;
            Ok(frame)
        };
        let frame = Rc::new(Unpacked::new(unpack().map_err(|cause| self.lost(spot, cause))?));
        if self.cache.len() == CACHED {
            self.cache.pop_front();
        }
        self.cache.push_back((spot.file, spot.offset, frame.clone()));
        Ok(frame)
    }

    fn lost(&self, spot: Spot, cause: impl Into<crate::error::Cause>) -> Error {
        let name = self.files.get(&spot.file).map_or_else(|| format!("file {}", spot.file), |path| file_name(path));
        Error::archive(self.dir.join(format!("{name} at {}", spot.offset)), cause)
            .hint("put a backup of this file in its place; or remove the folder `catalogue`: it is made again without what is lost")
    }
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

/// What a file begins with: a skippable frame (RFC 8878, section 3.1.2), which `zstdcat` passes over, that tells what
/// the file is.
fn header() -> Vec<u8> {
    let word = format!("{{\"depesche\":\"journal\",\"v\":{VERSION}}}");
    let mut header = vec![0x50, 0x2A, 0x4D, 0x18];
    header.extend((word.len() as u32).to_le_bytes());
    header.extend(word.as_bytes());
    header
}

/// The lines as frames of about [`FRAME`] bytes, written one after the other.
fn write_frames(file: &mut File, lines: &[Vec<u8>], number: u32, start: u64) -> io::Result<Vec<Spot>> {
    let mut packer = zstd::bulk::Compressor::new(LEVEL)?;
    packer.set_parameter(zstd_safe::CParameter::ChecksumFlag(true))?;
    let mut spots = Vec::with_capacity(lines.len());
    let (mut offset, mut raw, mut count) = (start, Vec::new(), 0);
    for (index, line) in lines.iter().enumerate() {
        raw.extend_from_slice(line);
        raw.push(b'\n');
        spots.push(Spot { file: number, offset, line: count });
        count += 1;
        if raw.len() >= FRAME || index + 1 == lines.len() {
            let frame = packer.compress(&raw)?;
            file.write_all(&frame)?;
            offset += frame.len() as u64;
            raw.clear();
            count = 0;
        }
    }
    Ok(spots)
}

/// What stands at a place of a file.
enum Frame {
    /// Lines, and the packed size of their frame.
    Lines(Vec<Line>, usize),
    /// A skippable frame (RFC 8878, section 3.1.2) of this size: a place for what readers may pass over.
    Skip(usize),
    /// A sound frame that this version does not understand.
    Newer,
    /// Nothing whole and sound.
    Broken,
}

/// Dictionary_ID_flag in a frame's descriptor.
const DICTIONARY: u8 = 0b11;

fn frame(bytes: &[u8]) -> Frame {
    if let [0x50..=0x5F, 0x2A, 0x4D, 0x18, a, b, c, d, ..] = *bytes {
        let size = 8 + u32::from_le_bytes([a, b, c, d]) as usize;
        return if size <= bytes.len() { Frame::Skip(size) } else { Frame::Broken };
    }
    if !bytes.starts_with(&MAGIC) {
        return Frame::Broken;
    }
    // The bits that say that a dictionary is needed (RFC 8878, section 3.1.1.1.1). A frame that is sound without them was
    // written without one, and a disk has turned them.
    if bytes.get(4).is_some_and(|descriptor| descriptor & DICTIONARY != 0) {
        let mut turned = bytes.to_vec();
        turned[4] &= !DICTIONARY;
        if let found @ Frame::Lines(..) = frame(&turned) {
            return found;
        }
    }
    let Some(packed) = zstd_safe::find_frame_compressed_size(bytes).ok().and_then(|size| bytes.get(..size)) else {
        return Frame::Broken;
    };
    if zstd_safe::get_dict_id_from_frame(packed).is_some() {
        return Frame::Newer;
    }
    let Ok(raw) = zstd::stream::decode_all(packed) else { return Frame::Broken };
    let lines = raw.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let lines: Option<Vec<Line>> = lines.map(|line| serde_json::from_slice(line).ok()).collect();
    match lines.filter(|lines| lines.iter().all(|line| line.version() <= VERSION)) {
        Some(lines) => Frame::Lines(lines, packed.len()),
        None => Frame::Newer,
    }
}

/// A line as it is written.
pub fn encode(line: &Line) -> Vec<u8> {
    debug_assert_eq!(line.version(), VERSION);
    // Maps with string keys, strings and numbers: there is nothing in a line that JSON cannot say.
    serde_json::to_vec(line).unwrap_or_default()
}

/// `2024-08-0001.jsonl.zst` → 1. The numbers run on from month to month, so that their order holds even if
/// the clock goes back.
fn number(path: &Path) -> Option<u32> {
    let name = path.file_name()?.to_str()?.strip_suffix(".jsonl.zst")?;
    name.rsplit('-').next()?.parse().ok()
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn length(path: &Path) -> Result<u64> {
    fs::metadata(path).map(|data| data.len()).map_err(|cause| Error::archive(path, cause))
}
