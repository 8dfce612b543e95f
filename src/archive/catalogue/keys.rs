//! Which article a key leads to: digests in buckets, and what was learnt since these were written.
//!
//! Digests come in no order. As entries of their own, each would cost sled a hundred bytes and the writing of all that stands
//! beside it. So what a commit learns is appended as it is (`y`, number → rows) and held in memory; once that is a sixteenth of
//! the whole it is merged into the buckets (`k`, bits, first bits of the digests → rows in order), all of them in one go. That is
//! a log-structured merge tree (O'Neil et al. 1996) of two levels.
//!
//! Broken off, a merge is begun anew: until its last step, what is in memory stands in the log, and counts before the buckets.

use super::fault::Fault;
use crate::model::ArticleId;
use std::collections::HashMap;

/// The part of a digest that stands for the whole: with 2^40 keys, one in 2^17 archives has two alike.
type Name = [u8; 12];
/// A name and the number of the article.
type Row = (Name, u32);

/// Bytes of a row.
const ROW: usize = 16;
/// Rows in a bucket, on average at most: a look reads one, a merge writes all.
const FULL: u64 = 64;
/// Rows in an entry of the log.
const LOGGED: usize = 256;
/// Rows of the log that are held in memory before they are merged, at least; 2 MB.
const YOUNG: usize = 65_536;
/// Bytes of buckets that are written at a time.
const BATCH: usize = 1 << 20;

const STATE: &[u8] = b"mkeys";

/// The table: what stands in the buckets, and the rows of the log.
#[derive(Debug, Default)]
pub struct Keys {
    /// The buckets are told apart by so many first bits.
    bits: u8,
    /// Rows in the buckets.
    settled: u64,
    young: HashMap<Name, u32>,
    /// Entries of the log, and the number of the next one.
    entries: usize,
    next: u32,
}

impl Keys {
    /// Reads the log.
    pub fn open(db: &sled::Db) -> Result<Keys, Fault> {
        let mut keys = Keys::default();
        if let Some(state) = db.get(STATE)? {
            let (bits, settled) = state.split_first().ok_or(Fault::Schema)?;
            keys.bits = *bits;
            keys.settled = settled.try_into().map(u64::from_be_bytes).map_err(|_| Fault::Schema)?;
        }
        for entry in db.scan_prefix(b"y") {
            let (key, value) = entry?;
            keys.young.extend(rows(&value)?);
            let number = key[1..].try_into().map(u32::from_be_bytes).map_err(|_| Fault::Schema)?;
            (keys.next, keys.entries) = (number + 1, keys.entries + 1);
        }
        Ok(keys)
    }

    /// The number of the article that a name leads to.
    pub fn find(&self, db: &sled::Db, name: &Name) -> Result<Option<u32>, Fault> {
        if let Some(number) = self.young.get(name) {
            return Ok(Some(*number));
        }
        let Some(bucket) = db.get(bucket_key(self.bits, index(name, self.bits)))? else { return Ok(None) };
        let (rows, rest) = bucket.as_chunks::<ROW>();
        if !rest.is_empty() {
            return Err(Fault::Schema);
        }
        let found = rows.binary_search_by(|row| row[..name.len()].cmp(name));
        Ok(found.ok().map(|at| row(&rows[at]).1))
    }

    /// Learns rows; a later one of the same name counts.
    pub fn add(&mut self, rows: &[Row], batch: &mut sled::Batch) {
        for part in rows.chunks(LOGGED) {
            self.log(part, batch);
        }
        self.young.extend(rows.iter().copied());
        // Many small commits leave many small entries, all of which are read at each opening.
        if self.entries > LOGGED / 4 + 2 * self.young.len() / LOGGED {
            let rows = self.in_order();
            self.clear_log(batch);
            for part in rows.chunks(LOGGED) {
                self.log(part, batch);
            }
        }
    }

    fn log(&mut self, rows: &[Row], batch: &mut sled::Batch) {
        batch.insert(&log_key(self.next), bytes(rows));
        (self.next, self.entries) = (self.next + 1, self.entries + 1);
    }

    fn clear_log(&mut self, batch: &mut sled::Batch) {
        // Entries have consecutive numbers, as each clearing removes all.
        for number in self.next - self.entries as u32..self.next {
            batch.remove(&log_key(number));
        }
        self.entries = 0;
    }

    fn in_order(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = self.young.iter().map(|(name, number)| (*name, *number)).collect();
        rows.sort_unstable();
        rows
    }

    /// Merges the log into the buckets, if it has become large.
    pub fn settle(&mut self, db: &sled::Db) -> Result<(), Fault> {
        let large = YOUNG.max((self.settled / 16) as usize);
        if self.young.len() < large { Ok(()) } else { self.merge(db) }
    }

    fn merge(&mut self, db: &sled::Db) -> Result<(), Fault> {
        let young = self.in_order();
        let mut rows = young.as_slice();
        let before = self.bits;
        let bits = bits_for(self.settled + young.len() as u64).max(before);
        let mut batch = sled::Batch::default();
        // What a merge that was broken off left of more buckets.
        (0..=32).filter(|other| *other != before).try_for_each(|other| clear_buckets(db, other, &mut batch))?;
        db.apply_batch(std::mem::take(&mut batch))?;
        let (mut written, mut settled) = (0, 0);
        for old in 0..1u64 << before {
            let there = db.get(bucket_key(before, old as u32))?.unwrap_or_default();
            let mine = rows.partition_point(|(name, _)| u64::from(index(name, before)) <= old);
            let merged = union(rows_of(&there)?, &rows[..mine]);
            rows = &rows[mine..];
            settled += merged.len() as u64;
            for bucket in merged.chunk_by(|(a, _), (b, _)| index(a, bits) == index(b, bits)) {
                written += bucket.len() * ROW;
                batch.insert(&bucket_key(bits, index(&bucket[0].0, bits)), bytes(bucket));
            }
            if written > BATCH {
                db.apply_batch(std::mem::take(&mut batch))?;
                written = 0;
            }
        }
        (self.bits, self.settled) = (bits, settled);
        batch.insert(STATE, [&[bits][..], &settled.to_be_bytes()].concat());
        self.clear_log(&mut batch);
        self.young = HashMap::new();
        if bits != before {
            clear_buckets(db, before, &mut batch)?;
        }
        db.apply_batch(batch)?;
        db.flush()?;
        Ok(())
    }
}

/// The name of a key, by its digest.
pub fn of_key(digest: &[u8; 16]) -> Name {
    std::array::from_fn(|i| digest[i])
}

/// The name that an article's id is found by. An id has digits of its key's digest: another digest keeps the two apart.
pub fn of_id(id: ArticleId) -> Name {
    let digest = blake3::hash(&id.0);
    std::array::from_fn(|i| digest.as_bytes()[i])
}

/// Both in order, each name once; of the same, the later.
fn union(earlier: Vec<Row>, later: &[Row]) -> Vec<Row> {
    if later.is_empty() {
        return earlier;
    }
    let mut merged = Vec::with_capacity(earlier.len() + later.len());
    let mut later = later.iter().copied().peekable();
    for row in earlier {
        while let Some(new) = later.next_if(|new| new.0 < row.0) {
            merged.push(new);
        }
        merged.push(later.next_if(|new| new.0 == row.0).unwrap_or(row));
    }
    merged.extend(later);
    merged
}

/// With so many first bits, buckets are full at most on average.
fn bits_for(rows: u64) -> u8 {
    rows.div_ceil(FULL).next_power_of_two().trailing_zeros().min(32) as u8
}

fn index(name: &Name, bits: u8) -> u32 {
    let first = u32::from_be_bytes([name[0], name[1], name[2], name[3]]);
    first.checked_shr(32 - u32::from(bits)).unwrap_or(0)
}

fn bucket_key(bits: u8, index: u32) -> [u8; 6] {
    let [a, b, c, d] = index.to_be_bytes();
    [b'k', bits, a, b, c, d]
}

fn log_key(number: u32) -> [u8; 5] {
    let [a, b, c, d] = number.to_be_bytes();
    [b'y', a, b, c, d]
}

fn clear_buckets(db: &sled::Db, bits: u8, batch: &mut sled::Batch) -> Result<(), Fault> {
    for key in db.scan_prefix([b'k', bits]).keys() {
        batch.remove(key?);
    }
    Ok(())
}

fn bytes(rows: &[Row]) -> Vec<u8> {
    rows.iter().flat_map(|(name, number)| name.iter().copied().chain(number.to_be_bytes())).collect()
}

fn row(bytes: &[u8; ROW]) -> Row {
    let [name @ .., a, b, c, d] = *bytes;
    (name, u32::from_be_bytes([a, b, c, d]))
}

fn rows(value: &[u8]) -> Result<impl Iterator<Item = Row>, Fault> {
    match value.as_chunks::<ROW>() {
        (rows, []) => Ok(rows.iter().map(row)),
        _ => Err(Fault::Schema),
    }
}

fn rows_of(value: &[u8]) -> Result<Vec<Row>, Fault> {
    Ok(rows(value)?.collect())
}

#[cfg(test)]
mod tests {
    use super::{Keys, Name, bits_for, index, union};
    use proptest::prelude::*;
    use std::collections::HashMap;

    fn database(dir: &tempfile::TempDir) -> sled::Db {
        sled::Config::new().path(dir.path()).open().unwrap()
    }

    fn learn(keys: &mut Keys, db: &sled::Db, rows: &[(Name, u32)]) {
        let mut batch = sled::Batch::default();
        keys.add(rows, &mut batch);
        db.apply_batch(batch).unwrap();
    }

    /// The n-th of many names in no order.
    fn name(n: u32) -> Name {
        let digest = blake3::hash(&n.to_be_bytes());
        std::array::from_fn(|i| digest.as_bytes()[i])
    }

    #[derive(Debug, Clone)]
    enum Step {
        Learn(Vec<(u32, u32)>),
        Merge,
        /// A merge whose last step, and all behind it, did not reach the disk.
        Break,
        Open,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let rows = prop::collection::vec((0..3000u32, any::<u32>()), 1..600);
        let step = prop_oneof![
            4 => rows.prop_map(Step::Learn),
            1 => Just(Step::Merge),
            1 => Just(Step::Break),
            1 => Just(Step::Open),
        ];
        prop::collection::vec(step, 1..24)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn what_was_learnt_last_is_found_whatever_was_merged_or_broken_off(steps in steps()) {
            let dir = tempfile::tempdir().unwrap();
            let db = database(&dir);
            let (mut keys, mut model) = (Keys::open(&db).unwrap(), HashMap::new());
            for step in steps {
                match step {
                    Step::Learn(rows) => {
                        model.extend(rows.iter().copied());
                        let rows: Vec<_> = rows.into_iter().map(|(n, number)| (name(n), number)).collect();
                        learn(&mut keys, &db, &rows);
                    }
                    Step::Merge => keys.merge(&db).unwrap(),
                    Step::Break => {
                        let state = db.get(super::STATE).unwrap();
                        let logged: Vec<_> = db.scan_prefix(b"y").map(Result::unwrap).collect();
                        let before: Vec<_> = db.scan_prefix([b'k', keys.bits]).map(Result::unwrap).collect();
                        let bits = keys.bits;
                        keys.merge(&db).unwrap();
                        if keys.bits != bits {
                            before.into_iter().for_each(|(key, value)| drop(db.insert(key, value).unwrap()));
                        }
                        match state {
                            Some(state) => drop(db.insert(super::STATE, state).unwrap()),
                            None => drop(db.remove(super::STATE).unwrap()),
                        }
                        logged.into_iter().for_each(|(key, value)| drop(db.insert(key, value).unwrap()));
                        keys = Keys::open(&db).unwrap();
                    }
                    Step::Open => keys = Keys::open(&db).unwrap(),
                }
                for n in 0..3000 {
                    prop_assert_eq!(keys.find(&db, &name(n)).unwrap(), model.get(&n).copied(), "{}", n);
                }
            }
            keys.merge(&db).unwrap();
            prop_assert_eq!(keys.settled, model.len() as u64);
            prop_assert_eq!(db.scan_prefix(b"y").count(), 0);
        }
    }

    #[test]
    fn many_small_commits_leave_few_entries_to_be_read() {
        let dir = tempfile::tempdir().unwrap();
        let db = database(&dir);
        let mut keys = Keys::open(&db).unwrap();
        (0..1000).for_each(|n| learn(&mut keys, &db, &[(name(n), n)]));
        assert!(db.scan_prefix(b"y").count() <= 80);
        assert_eq!(Keys::open(&db).unwrap().find(&db, &name(999)).unwrap(), Some(999));
    }

    #[test]
    fn buckets_are_told_apart_by_first_bits_that_are_enough() {
        assert_eq!([0, 1, 64, 65, 128, 129, 64 << 20].map(bits_for), [0, 0, 0, 1, 1, 2, 20]);
        let name = [0b1010_0000, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!([0, 1, 3, 32].map(|bits| index(&name, bits)), [0, 1, 0b101, 0xA000_0001]);
    }

    #[test]
    fn of_the_same_name_the_later_row_counts() {
        let [a, b, c] = [[1; 12], [2; 12], [3; 12]];
        assert_eq!(union(vec![(b, 1), (c, 1)], &[(a, 2), (b, 2)]), [(a, 2), (b, 2), (c, 1)]);
        assert_eq!(union(vec![], &[(a, 2)]), [(a, 2)]);
    }
}
