//! Where in their articles a word stands, many articles at a time.
//!
//! tantivy gives the positions of one article, and adds up for each how many those before it have. Where a word stands in most
//! articles, that takes most of the time of a phrase. It tells how positions are packed ([`PositionReader`]), but not where
//! those of a field begin: this reads it from the end of the file (`CompositeFile` in tantivy's source). Whatever is not as expected there
//! gives nothing, and a phrase is looked for in tantivy's own way.

use std::path::PathBuf;
use tantivy::SegmentReader;
use tantivy::directory::{Directory, OwnedBytes};
use tantivy::positions::PositionReader;
use tantivy::postings::TermInfo;
use tantivy::schema::Field;

/// The positions of all terms of a field in a segment.
pub struct Positions(OwnedBytes);

impl Positions {
    /// Those of a segment that lies in this folder.
    pub fn open(folder: &dyn Directory, segment: &SegmentReader, field: Field) -> Option<Positions> {
        let path = PathBuf::from(format!("{}.pos", segment.segment_id().uuid_string()));
        let bytes = folder.open_read(&path).ok()?.read_bytes().ok()?;
        let (before, length) = bytes.as_slice().split_last_chunk::<4>()?;
        let end = before.len().checked_sub(u32::from_le_bytes(*length) as usize)?;
        let mut parts = before.get(end..)?;
        let mut begins = 0;
        let mut found = None;
        for _ in 0..number(&mut parts)? {
            begins += usize::try_from(number(&mut parts)?).ok()?;
            let (of, rest) = parts.split_first_chunk::<4>()?;
            parts = rest;
            let is_first = number(&mut parts)? == 0;
            // One ends where the next one begins.
            match found {
                Some((from, None)) => found = Some((from, Some(begins))),
                None if is_first && u32::from_le_bytes(*of) == field.field_id() => found = Some((begins, None)),
                _ => {}
            }
        }
        let (from, to) = found?;
        let range = from..to.unwrap_or(end);
        (range.start <= range.end && range.end <= end).then(|| Positions(bytes.slice(range)))
    }

    /// Those of a term.
    pub fn of(&self, term: &TermInfo) -> Option<PositionReader> {
        let range = term.positions_range.clone();
        let is_there = range.start < range.end && range.end <= self.0.len();
        is_there.then(|| PositionReader::open(self.0.slice(range)).ok()).flatten()
    }
}

/// A number of seven bits a byte, the lowest first; the last byte has the eighth.
fn number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for place in 0..10 {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7F).checked_shl(7 * place)?;
        if byte & 0x80 != 0 {
            return Some(number);
        }
    }
    None
}
