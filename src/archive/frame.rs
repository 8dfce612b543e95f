//! What a file of the journal is made of: a head, the dictionary if it has one, and zstd frames of JSON lines.
//!
//! Bytes in, lines out, and back; no file is opened here. `zstdcat -D dictionary FILE` reads the same.

use super::line::{Line, VERSION};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::io;
use zstd::zstd_safe;

/// The version of the files that are written. 1: zstd frames of lines, with or without a head. 2: frames may need the
/// dictionary, which then stands behind the head.
pub const FORMAT: u8 = 2;
/// Bytes of lines in a frame: German text packs little better in longer ones, and a point read
/// unpacks it in under a millisecond.
pub const FRAME: usize = 128 << 10;
/// RFC 8878, section 3.1.1: the magic number that a frame begins with.
const MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
/// Skippable frames (RFC 8878, section 3.1.2), which `zstdcat` passes over: the head, and the dictionary.
const HEAD: [u8; 4] = [0x50, 0x2A, 0x4D, 0x18];
const DICTIONARY: [u8; 4] = [0x51, 0x2A, 0x4D, 0x18];
/// Dictionary_ID_flag in a frame's descriptor (RFC 8878, section 3.1.1.1.1).
const DICTIONARY_FLAG: u8 = 0b11;
/// How hard lines are packed when they are written: a run waits for it.
pub const QUICK: i32 = 3;

/// What a file says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The version of its form.
    pub v: u8,
    /// How often it was written anew: then its frames stand elsewhere, and its lines do not.
    #[serde(default)]
    pub edition: u32,
}

impl Default for Head {
    /// Of a file without one.
    fn default() -> Head {
        Head { v: 1, edition: 0 }
    }
}

/// What frames of short texts lean on to be packed well (RFC 8878, section 5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dictionary {
    /// Its bytes, as `zstd --train` writes them.
    pub bytes: Vec<u8>,
    id: u32,
}

impl Dictionary {
    /// These bytes, if they are a dictionary.
    pub fn new(bytes: Vec<u8>) -> Option<Dictionary> {
        let id = zstd_safe::get_dict_id_from_dict(&bytes)?.get();
        Some(Dictionary { bytes, id })
    }
}

/// How a file begins.
pub fn beginning(edition: u32, dictionary: Option<&Dictionary>) -> Vec<u8> {
    let word = format!("{{\"depesche\":\"journal\",\"v\":{FORMAT},\"edition\":{edition}}}");
    let mut bytes = skippable(HEAD, &[word.as_bytes()]);
    if let Some(dictionary) = dictionary {
        // Each file is whole by itself: the loss of one dictionary loses nothing.
        let sum = crc32fast::hash(&dictionary.bytes).to_le_bytes();
        bytes.extend(skippable(DICTIONARY, &[&sum, &dictionary.bytes]));
    }
    bytes
}

fn skippable(magic: [u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let parts = parts.concat();
    [&magic[..], &(parts.len() as u32).to_le_bytes(), &parts].concat()
}

/// What stands at a place of a file.
pub enum Piece {
    /// A head, and its size.
    Head(Head, usize),
    /// A dictionary, and the size of its frame.
    Dictionary(Dictionary, usize),
    /// Lines, each with its end, and the packed size of their frame.
    Lines(Vec<u8>, usize),
    /// Something of this size that readers may pass over.
    Skip(usize),
    /// A frame that needs a dictionary that is not there.
    Locked,
    /// Nothing whole and sound.
    Broken,
}

/// What stands at the beginning of `bytes`.
pub fn piece(bytes: &[u8], dictionary: Option<&Dictionary>) -> Piece {
    if let [first @ 0x50..=0x5F, 0x2A, 0x4D, 0x18, a, b, c, d, ..] = *bytes {
        let size = 8 + u32::from_le_bytes([a, b, c, d]) as usize;
        let Some(inner) = bytes.get(8..size) else { return Piece::Broken };
        return match first {
            0x50 => serde_json::from_slice(inner).map_or(Piece::Broken, |head| Piece::Head(head, size)),
            0x51 => match inner.split_first_chunk() {
                Some((sum, rest)) if *sum == crc32fast::hash(rest).to_le_bytes() => {
                    Dictionary::new(rest.to_vec()).map_or(Piece::Broken, |found| Piece::Dictionary(found, size))
                }
                _ => Piece::Broken,
            },
            _ => Piece::Skip(size),
        };
    }
    if !bytes.starts_with(&MAGIC) {
        return Piece::Broken;
    }
    let packed = |bytes: &[u8]| zstd_safe::find_frame_compressed_size(bytes).ok().filter(|size| *size <= bytes.len());
    let size = packed(bytes);
    if let Some(raw) = size.and_then(|size| unpack(&bytes[..size], dictionary).ok()) {
        return Piece::Lines(raw, size.unwrap_or_default());
    }
    if bytes.get(4).is_some_and(|descriptor| descriptor & DICTIONARY_FLAG != 0) {
        // A frame that is sound without the bits that ask for a dictionary was written without one, and a disk has turned
        // them.
        let mut turned = bytes.to_vec();
        turned[4] &= !DICTIONARY_FLAG;
        if let Some((raw, size)) = packed(&turned).and_then(|size| Some((unpack(&turned[..size], None).ok()?, size))) {
            return Piece::Lines(raw, size);
        }
        if dictionary.is_none() && size.is_some() {
            return Piece::Locked;
        }
    }
    Piece::Broken
}

/// The lines of one frame. Its checksum is compared.
pub fn unpack(frame: &[u8], dictionary: Option<&Dictionary>) -> io::Result<Vec<u8>> {
    let said = zstd_safe::get_frame_content_size(frame).ok().flatten().and_then(|size| usize::try_from(size).ok());
    match (zstd_safe::get_dict_id_from_frame(frame), dictionary) {
        // A frame says how much it holds, and a damaged one may say anything.
        (None, _) if said.is_some_and(|size| size <= 64 * FRAME) => {
            zstd::bulk::decompress(frame, said.unwrap_or_default())
        }
        (None, _) => zstd::stream::decode_all(frame),
        (Some(id), Some(dictionary)) if id.get() == dictionary.id => {
            let mut raw = Vec::new();
            io::Read::read_to_end(
                &mut zstd::stream::read::Decoder::with_dictionary(frame, &dictionary.bytes)?,
                &mut raw,
            )?;
            Ok(raw)
        }
        _ => Err(io::Error::new(io::ErrorKind::InvalidData, "its dictionary is not there")),
    }
}

/// Where the next piece begins that can be told from chance, from `at` on.
pub fn next_sound(bytes: &[u8], at: usize, dictionary: Option<&Dictionary>) -> usize {
    let is_sound = |next: &usize| match &bytes[*next..] {
        rest if rest.starts_with(&MAGIC) => !matches!(piece(rest, dictionary), Piece::Broken),
        rest if rest.starts_with(&DICTIONARY) => matches!(piece(rest, dictionary), Piece::Dictionary(..)),
        _ => false,
    };
    (at..bytes.len()).find(is_sound).unwrap_or(bytes.len())
}

/// The lines in what a frame held; `None` if one of them is of a later version.
pub fn parse(raw: &[u8]) -> Option<Vec<Line>> {
    let lines = lines(raw).map(|line| serde_json::from_slice(line).ok());
    lines.collect::<Option<Vec<Line>>>().filter(|lines| lines.iter().all(|line| line.version() <= VERSION))
}

/// The bytes of each line in what a frame held.
pub fn lines(raw: &[u8]) -> impl Iterator<Item = &[u8]> {
    raw.split(|byte| *byte == b'\n').filter(|line| !line.is_empty())
}

/// A line as it is written.
pub fn encode(line: &Line) -> Vec<u8> {
    debug_assert!(line.version() <= VERSION);
    let mut bytes = Vec::with_capacity(line.weight() + line.weight() / 8);
    // Maps with string keys, strings and numbers: there is nothing in a line that JSON cannot say.
    match serde_json::to_writer(&mut bytes, line) {
        Ok(()) => bytes,
        Err(_) => Vec::new(),
    }
}

/// Packs lines quickly into frames of about [`FRAME`] bytes, on all processors; returns the frames in their order, each with how
/// many lines it holds.
pub fn pack(lines: &[Vec<u8>], dictionary: Option<&Dictionary>) -> io::Result<Vec<(u32, Vec<u8>)>> {
    let mut size = 0;
    let frames: Vec<&[Vec<u8>]> = lines
        .chunk_by(|line, _| {
            size += line.len() + 1;
            let full = size >= FRAME;
            size = if full { 0 } else { size };
            !full
        })
        .collect();
    let packed = frames.into_par_iter().map_init(
        || (compressor(QUICK, dictionary), Vec::new()),
        |(packer, raw), frame| {
            raw.clear();
            for line in frame {
                raw.extend_from_slice(line);
                raw.push(b'\n');
            }
            match packer {
                Ok(packer) => Ok((frame.len() as u32, packer.compress(raw)?)),
                Err(cause) => Err(io::Error::new(cause.kind(), cause.to_string())),
            }
        },
    );
    packed.collect()
}

fn compressor(level: i32, dictionary: Option<&Dictionary>) -> io::Result<zstd::bulk::Compressor<'static>> {
    let mut packer = match dictionary {
        Some(dictionary) => zstd::bulk::Compressor::with_dictionary(level, &dictionary.bytes)?,
        None => zstd::bulk::Compressor::new(level)?,
    };
    packer.set_parameter(zstd_safe::CParameter::ChecksumFlag(true))?;
    Ok(packer)
}

/// Packs lines into frames of about [`FRAME`] bytes, one after the other.
pub struct Packer<'a> {
    packer: zstd::bulk::Compressor<'a>,
    raw: Vec<u8>,
    /// Lines that stand before those that wait.
    first: u32,
    waiting: u32,
    /// What was packed since it was last taken away.
    pub packed: Vec<u8>,
    /// The first line of each frame, and where it begins among all that was packed.
    pub frames: Vec<(u32, u64)>,
    taken: u64,
}

impl Packer<'_> {
    /// Packs for a file that holds so many lines and bytes.
    pub fn new(level: i32, dictionary: Option<&Dictionary>, lines: u32, bytes: u64) -> io::Result<Packer<'static>> {
        let packer = compressor(level, dictionary)?;
        let (raw, packed, frames) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Packer { packer, raw, first: lines, waiting: 0, packed, frames, taken: bytes })
    }

    /// Adds a line.
    pub fn add(&mut self, line: &[u8]) -> io::Result<()> {
        self.raw.extend_from_slice(line);
        self.raw.push(b'\n');
        self.waiting += 1;
        if self.raw.len() >= FRAME { self.close() } else { Ok(()) }
    }

    /// Ends the frame.
    pub fn close(&mut self) -> io::Result<()> {
        if self.waiting > 0 {
            self.frames.push((self.first, self.taken + self.packed.len() as u64));
            self.packed.extend(self.packer.compress(&self.raw)?);
            self.raw.clear();
            self.first += self.waiting;
            self.waiting = 0;
        }
        Ok(())
    }

    /// Takes away what was packed.
    pub fn take(&mut self) -> Vec<u8> {
        self.taken += self.packed.len() as u64;
        std::mem::take(&mut self.packed)
    }

    /// How many lines and bytes the file then holds.
    pub fn end(&self) -> (u32, u64) {
        (self.first + self.waiting, self.taken + self.packed.len() as u64)
    }
}
