//! What the catalogue keeps of an article, and its bytes.
//!
//! A stored record is a version byte, a CRC-32 of the rest, and the fields in postcard's encoding. A change of
//! the fields is a new version; the bytes of each are frozen in a test.

use super::journal::Spot;
use crate::model::Precision;
use chrono::{DateTime, FixedOffset, TimeZone, Utc};
use serde::{Deserialize, Serialize};

const VERSION: u8 = 1;

/// An article as the catalogue knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// When it was first seen: seconds since 1970.
    pub first_seen: i64,
    /// What stands for its publication: seconds since 1970, and seconds of offset.
    pub published: (i64, i32),
    /// How exact that is; `None` if it is the time of first sight.
    pub precision: Option<Precision>,
    /// The number of its newest revision.
    pub revision: u32,
    /// The date its newest revision states, if it is no relative one: seconds since 1970.
    pub stated: Option<i64>,
    /// The digest of the title of its newest revision.
    pub title: [u8; 8],
    /// Characters of text of its newest revision.
    pub length: u32,
    /// The digest of its newest revision.
    pub digest: [u8; 16],
    /// The feeds that list it.
    pub feeds: Vec<String>,
    /// Digests of the places it was seen at, each with the digest of what it showed last.
    pub places: Vec<([u8; 8], [u8; 16])>,
    /// The place that its newest revision came from.
    pub owner: [u8; 8],
    /// Where in the journal its newest revision stands: file, offset, line. The older ones stand before it.
    pub spot: (u32, u64, u32),
}

impl Record {
    /// The record as it is stored.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION, 0, 0, 0, 0];
        // Writing into a vector cannot fail, and no field refuses to be written.
        bytes = postcard::to_extend(self, bytes).unwrap_or_default();
        let sum = crc32fast::hash(bytes.get(5..).unwrap_or_default());
        if let Some(place) = bytes.get_mut(1..5) {
            place.copy_from_slice(&sum.to_le_bytes());
        }
        bytes
    }

    /// Reads a stored record; `None` if its version is unknown, or its checksum or form is wrong.
    pub fn decode(bytes: &[u8]) -> Option<Record> {
        let (head, body) = bytes.split_at_checked(5)?;
        if head[0] != VERSION || head[1..] != crc32fast::hash(body).to_le_bytes() {
            return None;
        }
        postcard::from_bytes(body).ok()
    }

    /// When it was first seen.
    pub fn first_seen(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.first_seen, 0).unwrap_or_default()
    }

    /// What stands for its publication, with its offset.
    pub fn published(&self) -> DateTime<FixedOffset> {
        let (seconds, offset) = self.published;
        let utc = DateTime::<Utc>::from_timestamp(seconds, 0).unwrap_or_default();
        FixedOffset::east_opt(offset)
            .map_or_else(|| utc.fixed_offset(), |zone| zone.from_utc_datetime(&utc.naive_utc()))
    }

    /// Where its newest revision stands.
    pub fn newest(&self) -> Spot {
        let (file, offset, line) = self.spot;
        Spot { file, offset, line }
    }

    /// Says where its newest revision stands.
    pub fn stands_at(&mut self, spot: Spot) {
        self.spot = (spot.file, spot.offset, spot.line);
    }
}
