//! Records of articles, eight in an entry: `a`, their number divided by eight → the id of each, the length of its record, and
//! the record. Articles are numbered as they come, so that what a run keeps is written side by side.

use super::fault::Fault;
use crate::archive::record::Record;
use crate::model::ArticleId;
use std::collections::BTreeMap;

/// Records in an entry.
const BLOCK: u32 = 8;

/// Blocks that are changed, each whole.
#[derive(Debug, Default)]
pub struct Blocks(BTreeMap<u32, Vec<(ArticleId, Vec<u8>)>>);

impl Blocks {
    /// Puts a record at its number, which is a known one or the next.
    pub fn put(&mut self, db: &sled::Db, number: u32, id: ArticleId, record: &Record) -> Result<(), Fault> {
        let block = match self.0.entry(number / BLOCK) {
            std::collections::btree_map::Entry::Occupied(block) => block.into_mut(),
            std::collections::btree_map::Entry::Vacant(block) => {
                let there = db.get(block_key(number / BLOCK))?;
                let parsed = there.as_deref().map(rows).transpose()?.unwrap_or_default();
                block.insert(parsed.into_iter().map(|(id, bytes)| (id, bytes.to_vec())).collect())
            }
        };
        let new = (id, record.encode());
        match (number % BLOCK) as usize {
            at if at < block.len() => block[at] = new,
            at if at == block.len() => block.push(new),
            _ => return Err(Fault::Schema),
        }
        Ok(())
    }

    /// Writes the blocks.
    pub fn write(self, batch: &mut sled::Batch) {
        for (number, rows) in self.0 {
            let mut bytes = Vec::with_capacity(rows.iter().map(|(_, record)| 20 + record.len()).sum());
            for (id, record) in rows {
                bytes.extend(id.0);
                bytes.extend((record.len() as u32).to_be_bytes());
                bytes.extend(record);
            }
            batch.insert(&block_key(number), bytes);
        }
    }
}

/// The record with a number, and whose it is.
pub fn record(db: &sled::Db, number: u32) -> Result<Option<(ArticleId, Record)>, Fault> {
    let Some(block) = db.get(block_key(number / BLOCK))? else { return Ok(None) };
    let rows = rows(&block)?;
    rows.get((number % BLOCK) as usize).map(decode).transpose()
}

/// How many articles there are, with those that were forgotten.
pub fn count(db: &sled::Db) -> Result<u32, Fault> {
    let Some(last) = db.scan_prefix(b"a").next_back() else { return Ok(0) };
    let (key, block) = last?;
    Ok(number_of(&key)? * BLOCK + rows(&block)?.len() as u32)
}

/// All records from a number on, in their order; a failure is the last.
pub fn all(db: &sled::Db, from: u32) -> impl Iterator<Item = Result<(ArticleId, Record), Fault>> + use<> {
    let mut failed = false;
    let blocks = db.range(block_key(from / BLOCK)..block_key(u32::MAX)).map(move |block| {
        let (key, block) = block?;
        let skip = from.saturating_sub(number_of(&key)? * BLOCK) as usize;
        rows(&block)?.iter().skip(skip).map(decode).collect::<Result<Vec<_>, Fault>>()
    });
    blocks
        .flat_map(|block| match block {
            Ok(rows) => rows.into_iter().map(Ok).collect::<Vec<_>>(),
            Err(fault) => vec![Err(fault)],
        })
        .map_while(move |row| {
            let go_on = !failed;
            failed = row.is_err();
            go_on.then_some(row)
        })
}

fn decode((id, bytes): &(ArticleId, &[u8])) -> Result<(ArticleId, Record), Fault> {
    Ok((*id, Record::decode(bytes).ok_or(Fault::Record(*id))?))
}

fn rows(mut block: &[u8]) -> Result<Vec<(ArticleId, &[u8])>, Fault> {
    let mut rows = Vec::with_capacity(BLOCK as usize);
    while !block.is_empty() {
        let (id, rest) = block.split_first_chunk().ok_or(Fault::Schema)?;
        let (length, rest) = rest.split_first_chunk().ok_or(Fault::Schema)?;
        let (bytes, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize).ok_or(Fault::Schema)?;
        rows.push((ArticleId(*id), bytes));
        block = rest;
    }
    Ok(rows)
}

fn block_key(block: u32) -> [u8; 5] {
    let [a, b, c, d] = block.to_be_bytes();
    [b'a', a, b, c, d]
}

fn number_of(key: &[u8]) -> Result<u32, Fault> {
    key.get(1..).and_then(|key| key.try_into().ok()).map(u32::from_be_bytes).ok_or(Fault::Schema)
}
