//! What a file of the journal is made of: a head, the dictionary if it has one, a table of its frames if it was written anew, and
//! zstd frames of JSON lines.
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
/// Skippable frames (RFC 8878, section 3.1.2), which `zstdcat` passes over: the head, the dictionary, and the table of frames.
const HEAD: [u8; 4] = [0x50, 0x2A, 0x4D, 0x18];
const DICTIONARY: [u8; 4] = [0x51, 0x2A, 0x4D, 0x18];
const TABLE: [u8; 4] = [0x52, 0x2A, 0x4D, 0x18];
/// Dictionary_ID_flag in a frame's descriptor (RFC 8878, section 3.1.1.1.1).
const DICTIONARY_FLAG: u8 = 0b11;
/// How hard lines are packed when they are written: a run waits for it, and [`compact`](super::Archive::compact) packs them better.
pub const QUICK: i32 = 1;

/// What a file says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The version of its form.
    pub v: u8,
    /// How often it was written anew: then its frames stand elsewhere, and its lines do not.
    #[serde(default)]
    pub edition: u32,
    /// What it was before that; none if it was not, or if something went then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Before>,
}

impl Default for Head {
    /// Of a file without one.
    fn default() -> Head {
        Head { v: 1, edition: 0, before: None }
    }
}

/// What a file was before it was written anew, so that whoever has seen it knows it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// Bytes that it would have had it never been written anew.
    pub length: u64,
    /// The CRC-32 of its last bytes.
    pub tail: u32,
    /// Bytes behind the head that now stand for them; what is appended later comes after these.
    pub behind: u64,
}

/// The frames of a file that was written anew: how many lines each holds, and its packed size.
pub type Table = Vec<(u32, u32)>;

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

/// How a new file begins.
pub fn beginning(dictionary: Option<&Dictionary>) -> Vec<u8> {
    let mut bytes = head(Head { v: FORMAT, ..Head::default() });
    bytes.extend(dictionary.map(packed_dictionary).unwrap_or_default());
    bytes
}

/// How a file begins that is written anew, with these frames behind it; `was` holds its length and the CRC-32 of its tail before.
pub fn anew(edition: u32, was: Option<(u64, u32)>, dictionary: Option<&Dictionary>, table: &Table) -> Vec<u8> {
    let list = postcard::to_allocvec(table).unwrap_or_default();
    let mut rest = dictionary.map(packed_dictionary).unwrap_or_default();
    rest.extend(skippable(TABLE, &[&crc32fast::hash(&list).to_le_bytes(), &list]));
    let behind = rest.len() as u64 + table.iter().map(|(_, size)| u64::from(*size)).sum::<u64>();
    let before = was.map(|(length, tail)| Before { length, tail, behind });
    let mut bytes = head(Head { v: FORMAT, edition, before });
    bytes.extend(rest);
    bytes
}

fn head(head: Head) -> Vec<u8> {
    #[derive(Serialize)]
    struct Named {
        depesche: &'static str,
        #[serde(flatten)]
        head: Head,
    }
    let word = serde_json::to_vec(&Named { depesche: "journal", head }).unwrap_or_default();
    skippable(HEAD, &[&word])
}

/// Each file holds it, and so is whole by itself: the loss of one copy loses nothing.
fn packed_dictionary(dictionary: &Dictionary) -> Vec<u8> {
    skippable(DICTIONARY, &[&crc32fast::hash(&dictionary.bytes).to_le_bytes(), &dictionary.bytes])
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
    /// A table of frames, and the size of its own.
    Table(Table, usize),
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
            0x51 => {
                let found = summed(inner).and_then(|rest| Dictionary::new(rest.to_vec()));
                found.map_or(Piece::Broken, |found| Piece::Dictionary(found, size))
            }
            0x52 => {
                let found = summed(inner).and_then(|rest| postcard::from_bytes(rest).ok());
                found.map_or(Piece::Broken, |found| Piece::Table(found, size))
            }
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

/// What stands behind its CRC-32, if that is right.
fn summed(bytes: &[u8]) -> Option<&[u8]> {
    let (sum, rest) = bytes.split_first_chunk()?;
    (*sum == crc32fast::hash(rest).to_le_bytes()).then_some(rest)
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
    let lines = lines(raw).map(|line| Line::read(line).ok());
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

/// Packs lines this hard into frames of about [`FRAME`] bytes, on all processors; returns the frames in their order, each with how
/// many lines it holds.
pub fn pack(lines: &[Vec<u8>], level: i32, dictionary: Option<&Dictionary>) -> io::Result<Vec<(u32, Vec<u8>)>> {
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
        || (compressor(level, dictionary), Vec::new()),
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
