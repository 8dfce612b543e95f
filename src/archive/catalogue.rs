//! The catalogue: the sled database, and the only place that names sled.
//!
//! One tree with a letter before each key, so that all that belongs together is written in one batch:
//! `a` ArticleId → [`Record`] · `k` digest of a key → ArticleId · `o` feed, publication, ArticleId → nothing ·
//! `m` name → what the catalogue says of itself. Everything in it can be made again from the journal.

use super::journal::Position;
use super::record::Record;
use crate::model::ArticleId;
use sled::IVec;
use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

/// The version of this layout.
const SCHEMA: &[u8] = &[1];
const CACHE: u64 = 64 << 20;

/// Why the catalogue cannot be used; each is mended by making it again from the journal.
#[derive(Debug)]
pub enum Fault {
    /// sled cannot read or write it.
    Database(sled::Error),
    /// A record is not as it was written.
    Record(ArticleId),
    /// It failed in an earlier run.
    Marked,
    /// It was written by another version, or says of itself what cannot be.
    Schema,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Fault::Database(cause) => write!(f, "the catalogue cannot be read or written: {}", one_line(cause)),
            Fault::Record(id) => write!(f, "the catalogue's record of {id} is damaged"),
            Fault::Marked => f.write_str("an earlier run found it damaged"),
            Fault::Schema => f.write_str("the catalogue is of another version"),
        }
    }
}

impl std::error::Error for Fault {}

impl Fault {
    /// Whether the catalogue itself is at fault, rather than the disk or the rights to it: making it again helps.
    pub fn is_damage(&self) -> bool {
        match self {
            // sled tells a broken file as an error of its own kind `Other` as well.
            Fault::Database(sled::Error::Io(cause)) => cause.kind() == std::io::ErrorKind::Other,
            Fault::Database(_) | Fault::Record(_) | Fault::Marked | Fault::Schema => true,
        }
    }
}

impl From<sled::Error> for Fault {
    fn from(cause: sled::Error) -> Fault {
        Fault::Database(cause)
    }
}

/// sled's messages run over several lines.
fn one_line(cause: &sled::Error) -> String {
    crate::text::fold(&cause.to_string())
}

/// Changes that become visible together, and are seen by the look-ups of the run that makes them.
#[derive(Debug, Default)]
pub struct Changes {
    /// New and changed records, each whole.
    pub records: HashMap<ArticleId, Record>,
    /// New keys.
    pub keys: HashMap<[u8; 16], ArticleId>,
    /// New entries of the order.
    pub order: Vec<Vec<u8>>,
}

/// The database.
#[derive(Debug)]
pub struct Catalogue {
    db: sled::Db,
    new: bool,
}

impl Catalogue {
    /// Opens or makes it. Its lock can outlive the process that held it for a moment: tried again for a second.
    pub fn open(dir: &Path) -> Result<Catalogue, Fault> {
        let config = sled::Config::new().path(dir).cache_capacity(CACHE).mode(sled::Mode::HighThroughput);
        let mut tries = 20;
        let db = loop {
            match config.open() {
                Ok(db) => break db,
                Err(sled::Error::Io(cause)) if tries > 0 && cause.kind() == std::io::ErrorKind::Other => {
                    tries -= 1;
                    sleep(Duration::from_millis(50));
                }
                Err(cause) => return Err(cause.into()),
            }
        };
        let mut catalogue = Catalogue { db, new: false };
        match catalogue.db.get(b"mschema")? {
            Some(schema) if schema == SCHEMA => {}
            None if catalogue.db.is_empty() => {
                catalogue.db.insert(b"mschema", SCHEMA)?;
                catalogue.db.flush()?;
                catalogue.new = true;
            }
            _ => return Err(Fault::Schema),
        }
        Ok(catalogue)
    }

    /// Whether it was made by this opening, and so knows nothing of earlier runs.
    pub fn is_new(&self) -> bool {
        self.new
    }

    /// How much of the journal it has taken in.
    pub fn position(&self) -> Result<Position, Fault> {
        let Some(bytes) = self.db.get(b"mposition")? else { return Ok(Position::default()) };
        let bytes: [u8; 12] = bytes.as_ref().try_into().map_err(|_| Fault::Schema)?;
        let (file, offset) = bytes.split_at(4);
        let file = u32::from_be_bytes(file.try_into().map_err(|_| Fault::Schema)?);
        Ok(Position { file, offset: u64::from_be_bytes(offset.try_into().map_err(|_| Fault::Schema)?) })
    }

    /// The record of an article.
    pub fn record(&self, id: ArticleId) -> Result<Option<Record>, Fault> {
        match self.db.get(with_letter(b'a', &id.0))? {
            None => Ok(None),
            Some(bytes) => Record::decode(&bytes).map(Some).ok_or(Fault::Record(id)),
        }
    }

    /// The article that a key leads to.
    pub fn article_of(&self, key: &[u8; 16]) -> Result<Option<ArticleId>, Fault> {
        let id = self.db.get(with_letter(b'k', key))?;
        Ok(id.and_then(|id| id.as_ref().try_into().ok()).map(ArticleId))
    }

    /// The ids of a feed's articles, newest publication first.
    pub fn newest(&self, feed: &str, limit: usize) -> Result<Vec<ArticleId>, Fault> {
        let mut ids = Vec::new();
        for entry in self.db.scan_prefix(order_prefix(feed)).rev().take(limit) {
            // A damaged page yields errors for ever: the first one ends it.
            let (key, _): (IVec, IVec) = entry?;
            let id = key.len().checked_sub(16).and_then(|start| key[start..].try_into().ok()).ok_or(Fault::Schema)?;
            ids.push(ArticleId(id));
        }
        Ok(ids)
    }

    /// Writes changes in one batch, together with how far the journal has been taken in.
    pub fn write(&self, changes: &Changes, position: Position) -> Result<(), Fault> {
        let mut batch = sled::Batch::default();
        for (id, record) in &changes.records {
            batch.insert(with_letter(b'a', &id.0), record.encode());
        }
        for (key, id) in &changes.keys {
            batch.insert(with_letter(b'k', key), &id.0);
        }
        for entry in &changes.order {
            batch.insert(entry.as_slice(), &[]);
        }
        let mut bytes = position.file.to_be_bytes().to_vec();
        bytes.extend(position.offset.to_be_bytes());
        batch.insert(b"mposition", bytes);
        self.db.apply_batch(batch)?;
        self.db.flush()?;
        Ok(())
    }
}

fn with_letter(letter: u8, rest: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(1 + rest.len());
    key.push(letter);
    key.extend_from_slice(rest);
    key
}

fn order_prefix(feed: &str) -> Vec<u8> {
    let mut prefix = with_letter(b'o', feed.as_bytes());
    // Names of feeds contain no zero, so that no name is the beginning of another's entries.
    prefix.push(0);
    prefix
}

/// The entry that puts an article into the order of a feed: by publication, then by id, so that the order is
/// total and the same on every machine.
pub fn order_entry(feed: &str, published: i64, id: ArticleId) -> Vec<u8> {
    let mut entry = order_prefix(feed);
    // With the sign bit turned, instants before 1970 sort before the others.
    entry.extend((published ^ i64::MIN).to_be_bytes());
    entry.extend(id.0);
    entry
}
