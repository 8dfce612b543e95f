//! What the catalogue keeps of an article, and its bytes.
//!
//! A stored record is a version byte, a CRC-32 of the rest, and the fields in postcard's encoding. A change of
//! the fields is a new version; the bytes of each are frozen in a test.

use super::journal::Spot;
use crate::identify::Sketch;
use crate::model::Precision;
use chrono::{DateTime, FixedOffset, TimeZone, Utc};
use serde::{Deserialize, Serialize};

const VERSION: u8 = 3;

/// Where the newest revision of an article stands that was forgotten: no file has this number.
const FORGOTTEN: (u32, u32) = (u32::MAX, 0);

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
    /// Where in the journal its newest revision stands: file and line. The older ones stand before it.
    pub spot: (u32, u32),
    /// When its newest revision was first seen: seconds since 1970.
    pub changed: i64,
    /// What its newest revision speaks of.
    pub sketch: Sketch,
    /// Whose writing its newest revision is.
    pub site: u32,
    /// Digests of the places where another paper has it in words of its own, each with the link there.
    pub joined: Vec<([u8; 8], Option<String>)>,
}

impl Record {
    /// What is known of an article before its first revision: when it was first seen and published.
    pub fn new(first_seen: DateTime<Utc>, published: DateTime<FixedOffset>, precision: Option<Precision>) -> Record {
        Record {
            first_seen: first_seen.timestamp(),
            published: (published.timestamp(), published.offset().local_minus_utc()),
            precision,
            revision: 0,
            stated: None,
            title: [0; 8],
            length: 0,
            digest: [0; 16],
            feeds: Vec::new(),
            places: Vec::new(),
            owner: [0; 8],
            spot: (0, 0),
            changed: 0,
            sketch: Sketch::default(),
            site: 0,
            joined: Vec::new(),
        }
    }

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

    /// Whether it was seen at this place.
    pub fn has_place(&self, place: &str) -> bool {
        let here = super::learn::hash_of(place);
        self.places.iter().any(|(place, _)| *place == here)
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
        let (file, line) = self.spot;
        Spot { file, line }
    }

    /// Says where its newest revision stands.
    pub fn stands_at(&mut self, spot: Spot) {
        self.spot = (spot.file, spot.line);
    }

    /// Whether its content was forgotten: what is left keeps it from coming back.
    pub fn is_forgotten(&self) -> bool {
        self.spot == FORGOTTEN
    }

    /// Lets go of everything that its content could be told by, but for what knows it again.
    pub fn forget(&mut self) {
        self.spot = FORGOTTEN;
        self.length = 0;
        self.digest = [0; 16];
        self.sketch = Sketch::default();
        self.owner = [0; 8];
        self.places.iter_mut().for_each(|(_, shown)| *shown = [0; 16]);
    }
}

#[cfg(test)]
mod tests {
    use super::Record;
    use crate::identify::Sketch;
    use crate::model::Precision;

    /// A record, written by hand after postcard's specification (varint, zigzag) and with zlib's CRC-32. Other bytes
    /// need another version, and another one of the catalogue, which then is made again.
    const VERSION_3: &[&str] = &[
        "03a84e4d7690e1f8ec0c80e1f7ec0cc07001010301ffc50a0001020304050607d209000102030405060708090a0b0c0d",
        "0e0f0105626c6174740108090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f08090a0b0c0d0e0f07ac0290e1f8",
        "ec0c0102030405060708090a0b0c0d0e0f10ac020108090a0b0c0d0e0f011268747470733a2f2f622e6578616d706c65",
        "2f",
    ];

    fn record() -> Record {
        Record {
            first_seen: 1_724_848_200,
            published: (1_724_840_000, 7200),
            precision: Some(Precision::Day),
            revision: 3,
            stated: Some(-86_400),
            title: [0, 1, 2, 3, 4, 5, 6, 7],
            length: 1234,
            digest: std::array::from_fn(|i| i as u8),
            feeds: vec!["blatt".to_owned()],
            places: vec![(std::array::from_fn(|i| i as u8 + 8), std::array::from_fn(|i| i as u8 + 16))],
            owner: std::array::from_fn(|i| i as u8 + 8),
            spot: (7, 300),
            changed: 1_724_848_200,
            sketch: Sketch(std::array::from_fn(|i| i as u8 + 1)),
            site: 300,
            joined: vec![(std::array::from_fn(|i| i as u8 + 8), Some("https://b.example/".to_owned()))],
        }
    }

    fn frozen() -> Vec<u8> {
        let digits = VERSION_3.concat();
        (0..digits.len()).step_by(2).map(|i| u8::from_str_radix(&digits[i..i + 2], 16).unwrap()).collect()
    }

    #[test]
    fn the_bytes_of_a_record_stay_what_they_are() {
        assert_eq!(Record::decode(&frozen()), Some(record()));
        assert_eq!(record().encode(), frozen());
    }

    #[test]
    fn a_record_with_any_bit_turned_is_refused() {
        for at in 0..frozen().len() {
            let mut bytes = frozen();
            bytes[at] ^= 0x10;
            assert_eq!(Record::decode(&bytes), None, "byte {at}");
        }
    }
}
