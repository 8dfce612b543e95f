//! Which article a key leads to: a table in order, and what was learnt since it was written.
//!
//! Digests come in no order. As entries of their own, each would cost sled a hundred bytes and the writing of all that stands
//! beside it. So what a commit learns is appended to sled as it is (`y`, number → rows) and held in memory; once that is a sixteenth
//! of the whole it is merged with the [table](super::table) into the next one. That is a log-structured merge tree (O'Neil et al.
//! 1996) of two levels, whose lower one is a file of its own beside sled's.
//!
//! Broken off, a merge is begun anew: until its last step, in which sled takes the new table's number and lets go of the log, the
//! earlier table and the log are what counts.

use super::fault::Fault;
use super::table::{Name, ROW, Row, Table, Writer, row};
use crate::archive::disk::Disk;
use crate::model::ArticleId;
use std::collections::HashMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Rows in an entry of the log.
const LOGGED: usize = 256;
/// Rows of the log that are held in memory before they are merged, at least; 2 MB.
const YOUNG: usize = 65_536;

const STATE: &[u8] = b"mkeys";

/// The settled rows, and those of the log.
#[derive(Debug)]
pub struct Keys {
    disk: Rc<dyn Disk>,
    dir: PathBuf,
    /// The number of the table, and the table; 0 and none before the first merge.
    number: u32,
    table: Option<Table>,
    young: HashMap<Name, u32>,
    /// Entries of the log, and the number of the next one.
    entries: usize,
    next: u32,
}

impl Keys {
    /// Opens the table in this folder, and reads the log.
    pub fn open(db: &sled::Db, disk: Rc<dyn Disk>, dir: &Path) -> Result<Keys, Fault> {
        let (mut number, mut table) = (0, None);
        if let Some(state) = db.get(STATE)? {
            let (first, rows) = state.split_first_chunk().ok_or(Fault::Schema)?;
            number = u32::from_be_bytes(*first);
            let rows = rows.try_into().map(u64::from_be_bytes).map_err(|_| Fault::Schema)?;
            table = Some(Table::open(&path(dir, number), rows)?);
        }
        let (dir, young) = (dir.to_owned(), HashMap::new());
        let mut keys = Keys { disk, dir, number, table, young, entries: 0, next: 0 };
        for entry in db.scan_prefix(b"y") {
            let (key, value) = entry?;
            let (rows, []) = value.as_chunks::<ROW>() else { return Err(Fault::Schema) };
            keys.young.extend(rows.iter().map(row));
            let number = key[1..].try_into().map(u32::from_be_bytes).map_err(|_| Fault::Schema)?;
            (keys.next, keys.entries) = (number + 1, keys.entries + 1);
        }
        keys.clear()?;
        Ok(keys)
    }

    /// Removes the tables of merges that were broken off, and earlier ones.
    fn clear(&self) -> Result<(), Fault> {
        for entry in fs::read_dir(&self.dir)? {
            let other = entry?.path();
            let is_table = other.file_stem().is_some_and(|stem| stem == STEM);
            if is_table && self.table.as_ref().is_none_or(|table| table.path() != other) {
                self.disk.remove(&other)?;
            }
        }
        Ok(())
    }

    /// The number of the article that a name leads to.
    pub fn find(&self, name: &Name) -> Result<Option<u32>, Fault> {
        match (self.young.get(name), &self.table) {
            (Some(number), _) => Ok(Some(*number)),
            (None, Some(table)) => table.find(name),
            (None, None) => Ok(None),
        }
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

    /// Writes the table into another folder as well, under its name.
    pub fn copy(&self, disk: &dyn Disk, dir: &Path) -> Result<(), Fault> {
        let Some(table) = &self.table else { return Ok(()) };
        let mut writer = Writer::begin(disk, path(dir, self.number))?;
        for page in table.pages() {
            page?.into_iter().try_for_each(|row| writer.push(row))?;
        }
        writer.end().map(drop)
    }

    /// Merges the log into the table, if it has become large.
    pub fn settle(&mut self, db: &sled::Db) -> Result<(), Fault> {
        let large = YOUNG.max(self.table.as_ref().map_or(0, |table| table.rows() / 16) as usize);
        if self.young.len() < large { Ok(()) } else { self.merge(db) }
    }

    fn merge(&mut self, db: &sled::Db) -> Result<(), Fault> {
        let disk = self.disk.clone();
        let mut young = self.in_order().into_iter().peekable();
        let mut writer = Writer::begin(&*disk, path(&self.dir, self.number + 1))?;
        for page in self.table.iter().flat_map(Table::pages) {
            for row in page? {
                while let Some(new) = young.next_if(|new| new.0 < row.0) {
                    writer.push(new)?;
                }
                writer.push(young.next_if(|new| new.0 == row.0).unwrap_or(row))?;
            }
        }
        young.try_for_each(|new| writer.push(new))?;
        let table = writer.end()?;
        self.number += 1;
        let mut batch = sled::Batch::default();
        batch.insert(STATE, [&self.number.to_be_bytes()[..], &table.rows().to_be_bytes()].concat());
        self.clear_log(&mut batch);
        self.young = HashMap::new();
        self.table = Some(table);
        db.apply_batch(batch)?;
        db.flush()?;
        // sled's flush waits for no disk, and the earlier table may go only when sled is sure to name the new one.
        File::open(self.dir.join("db"))?.sync_all()?;
        self.clear()
    }
}

/// What the files of tables are called, before their number.
const STEM: &str = "keys";

fn path(dir: &Path, number: u32) -> PathBuf {
    dir.join(STEM).with_extension(number.to_string())
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

fn log_key(number: u32) -> [u8; 5] {
    let [a, b, c, d] = number.to_be_bytes();
    [b'y', a, b, c, d]
}

fn bytes(rows: &[Row]) -> Vec<u8> {
    rows.iter().flat_map(|(name, number)| name.iter().copied().chain(number.to_be_bytes())).collect()
}

#[cfg(test)]
mod tests {
    use super::{Disk, Keys, Name};
    use crate::archive::disk::Real;
    use proptest::prelude::*;
    use std::cell::Cell;
    use std::collections::HashMap;
    use std::fs;
    use std::io;
    use std::path::Path;
    use std::rc::Rc;

    /// A disk on which the n-th operation fails, half done.
    #[derive(Debug, Default)]
    struct Failing(Cell<Option<usize>>);

    impl Failing {
        fn does(&self) -> bool {
            let left = self.0.get();
            self.0.set(left.and_then(|left| left.checked_sub(1)));
            left == Some(0)
        }
    }

    impl Disk for Failing {
        fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
            match self.does() {
                true => Real.append(path, &bytes[..bytes.len() / 2]).and(Err(io::ErrorKind::StorageFull.into())),
                false => Real.append(path, bytes),
            }
        }
        fn remove(&self, path: &Path) -> io::Result<()> {
            if self.does() { Err(io::ErrorKind::PermissionDenied.into()) } else { Real.remove(path) }
        }
        fn sync_folder(&self, dir: &Path) -> io::Result<()> {
            if self.does() { Err(io::ErrorKind::StorageFull.into()) } else { Real.sync_folder(dir) }
        }
        fn make_folder(&self, dir: &Path) -> io::Result<()> {
            Real.make_folder(dir)
        }
        fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
            Real.write(path, bytes)
        }
        fn cut(&self, path: &Path, length: u64) -> io::Result<()> {
            Real.cut(path, length)
        }
        fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
            Real.rename(from, to)
        }
    }

    fn database(dir: &tempfile::TempDir) -> sled::Db {
        sled::Config::new().path(dir.path()).open().unwrap()
    }

    fn open(db: &sled::Db, dir: &tempfile::TempDir) -> Keys {
        Keys::open(db, Rc::new(Real), dir.path()).unwrap()
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

    fn tables(dir: &tempfile::TempDir) -> usize {
        let names = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().starts_with("keys.")).count()
    }

    #[derive(Debug, Clone)]
    enum Step {
        Learn(Vec<(u32, u32)>),
        Merge,
        /// A merge of which the n-th operation fails.
        Fail(usize),
        /// A merge whose last step, and all behind it, did not reach the disk.
        Break,
        Open,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let rows = prop::collection::vec((0..3000u32, any::<u32>()), 1..600);
        let step = prop_oneof![
            4 => rows.prop_map(Step::Learn),
            1 => Just(Step::Merge),
            1 => (0..5usize).prop_map(Step::Fail),
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
            let (mut keys, mut model) = (open(&db, &dir), HashMap::new());
            for step in steps {
                match step {
                    Step::Learn(rows) => {
                        model.extend(rows.iter().copied());
                        let rows: Vec<_> = rows.into_iter().map(|(n, number)| (name(n), number)).collect();
                        learn(&mut keys, &db, &rows);
                    }
                    Step::Merge => keys.merge(&db).unwrap(),
                    Step::Fail(n) => {
                        keys.disk = Rc::new(Failing(Cell::new(Some(n))));
                        if let Err(fault) = keys.merge(&db) {
                            prop_assert!(!fault.is_damage(), "{}", fault);
                        }
                        keys.disk = Rc::new(Real);
                    }
                    Step::Break => {
                        let state = db.get(super::STATE).unwrap();
                        let logged: Vec<_> = db.scan_prefix(b"y").map(Result::unwrap).collect();
                        let before = keys.table.as_ref().map(|table| (table.path().to_owned(), fs::read(table.path()).unwrap()));
                        keys.merge(&db).unwrap();
                        if let Some((path, bytes)) = before {
                            fs::write(path, bytes).unwrap();
                        }
                        match state {
                            Some(state) => drop(db.insert(super::STATE, state).unwrap()),
                            None => drop(db.remove(super::STATE).unwrap()),
                        }
                        logged.into_iter().for_each(|(key, value)| drop(db.insert(key, value).unwrap()));
                        keys = open(&db, &dir);
                    }
                    Step::Open => keys = open(&db, &dir),
                }
                for n in 0..3000 {
                    prop_assert_eq!(keys.find(&name(n)).unwrap(), model.get(&n).copied(), "{}", n);
                }
            }
            keys.merge(&db).unwrap();
            prop_assert_eq!(keys.table.as_ref().map_or(0, |table| table.rows()), model.len() as u64);
            prop_assert_eq!(db.scan_prefix(b"y").count(), 0);
            prop_assert_eq!(tables(&dir), 1);
        }
    }

    #[test]
    fn many_small_commits_leave_few_entries_to_be_read() {
        let dir = tempfile::tempdir().unwrap();
        let db = database(&dir);
        let mut keys = open(&db, &dir);
        (0..1000).for_each(|n| learn(&mut keys, &db, &[(name(n), n)]));
        assert!(db.scan_prefix(b"y").count() <= 80);
        assert_eq!(open(&db, &dir).find(&name(999)).unwrap(), Some(999));
    }
}
