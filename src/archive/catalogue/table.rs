//! The settled keys: a file of rows in order, of which a look reads one page.
//!
//! A page has 1024 bytes: up to 63 rows of 16 (12 bytes of name, and a number), then its own number (8), how many rows it has (4),
//! and the CRC-32 (4) of all that stands before. Behind the pages stands the fence: the first name of each, and the CRC-32 of these.
//! The fence is held in memory: 12 bytes for 63 rows. Numbers are big-endian. A file is written once and never changed.

use super::fault::Fault;
use crate::archive::disk::Disk;
use std::fs::File;
use std::io;
#[cfg(not(unix))]
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// The part of a digest that stands for the whole: with 2^40 keys, one in 2^17 archives has two alike.
pub type Name = [u8; 12];
/// A name and the number of the article.
pub type Row = (Name, u32);

/// Bytes of a row.
pub const ROW: usize = 16;
/// Bytes of a page.
const PAGE: usize = 1024;
/// Rows in a page.
const FULL: usize = PAGE / ROW - 1;
/// Bytes that are written at a time.
const BATCH: usize = 4 << 20;

/// A file of rows.
#[derive(Debug)]
pub struct Table {
    file: File,
    path: PathBuf,
    rows: u64,
    /// The first name of each page.
    fence: Vec<Name>,
}

impl Table {
    /// Opens a file of so many rows.
    pub fn open(path: &Path, rows: u64) -> Result<Table, Fault> {
        let file = File::open(path)?;
        let pages = rows.div_ceil(FULL as u64);
        let fence = usize::try_from(pages).ok().and_then(|pages| pages.checked_mul(12)).ok_or(Fault::Keys(None))?;
        if Some(file.metadata()?.len()) != pages.checked_mul(PAGE as u64).map(|pages| pages + fence as u64 + 4) {
            return Err(Fault::Keys(None));
        }
        let mut bytes = vec![0; fence + 4];
        read_at(&file, &mut bytes, pages * PAGE as u64)?;
        let names = summed(&bytes).ok_or(Fault::Keys(None))?;
        let fence = names.as_chunks().0.to_vec();
        Ok(Table { file, path: path.to_owned(), rows, fence })
    }

    /// Where it stands.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many rows it has.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The number that a name leads to.
    pub fn find(&self, name: &Name) -> Result<Option<u32>, Fault> {
        let Some(page) = self.behind(name).checked_sub(1) else { return Ok(None) };
        let mut bytes = [0; PAGE];
        let rows = self.page(page, &mut bytes)?;
        let found = rows.binary_search_by(|row| row[..name.len()].cmp(name));
        Ok(found.ok().map(|at| row(&rows[at]).1))
    }

    /// How many pages begin with the name or before it. Names are digests, which come evenly: the search begins where the name
    /// would be among as many and goes out from there in steps of double the size, which touches a tenth of the memory that halving all
    /// does.
    fn behind(&self, name: &Name) -> usize {
        let pages = self.fence.len();
        let [a, b, c, d, ..] = *name;
        let guess = ((u64::from(u32::from_be_bytes([a, b, c, d])) * pages as u64) >> 32) as usize;
        let (mut low, mut high, mut step) = (guess, guess, 8);
        while low > 0 && self.fence[low - 1] > *name {
            (high, low) = (low, low.saturating_sub(step));
            step *= 2;
        }
        while high < pages && self.fence[high] <= *name {
            (low, high) = (high, (high + step).min(pages));
            step *= 2;
        }
        low + self.fence[low..high].partition_point(|first| first <= name)
    }

    /// Its pages, each as rows in order.
    pub fn pages(&self) -> impl Iterator<Item = Result<Vec<Row>, Fault>> {
        (0..self.fence.len()).map(|page| Ok(self.page(page, &mut [0; PAGE])?.iter().map(row).collect()))
    }

    fn page<'a>(&self, page: usize, bytes: &'a mut [u8; PAGE]) -> Result<&'a [[u8; ROW]], Fault> {
        read_at(&self.file, bytes, (page * PAGE) as u64)?;
        let body = summed(bytes).ok_or(Fault::Keys(None))?;
        let (rows, foot) = body.split_at(FULL * ROW);
        let [a, b, c, d, e, f, g, h, rest @ ..] = foot else { return Err(Fault::Keys(None)) };
        let there = rest.try_into().map_or(0, |rest| u32::from_be_bytes(rest) as usize);
        if u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h]) != page as u64 {
            return Err(Fault::Keys(None));
        }
        rows.as_chunks().0.get(..there).ok_or(Fault::Keys(None))
    }
}

/// Writes a table, row by row in their order.
#[derive(Debug)]
pub struct Writer<'a> {
    disk: &'a dyn Disk,
    path: PathBuf,
    /// Whole pages that are still to be written, and the rows of the last.
    waiting: Vec<u8>,
    page: Vec<u8>,
    fence: Vec<Name>,
    rows: u64,
}

impl<'a> Writer<'a> {
    /// Begins a file, in the place of what a writer that was broken off left there.
    pub fn begin(disk: &'a dyn Disk, path: PathBuf) -> io::Result<Writer<'a>> {
        disk.remove(&path)?;
        let (waiting, page) = (Vec::with_capacity(BATCH + PAGE), Vec::with_capacity(PAGE));
        Ok(Writer { disk, path, waiting, page, fence: Vec::new(), rows: 0 })
    }

    /// Adds a row behind the others.
    pub fn push(&mut self, (name, number): Row) -> io::Result<()> {
        if self.page.is_empty() {
            self.fence.push(name);
        }
        self.page.extend(name);
        self.page.extend(number.to_be_bytes());
        self.rows += 1;
        if self.page.len() < FULL * ROW { Ok(()) } else { self.turn() }
    }

    /// Ends a page.
    fn turn(&mut self) -> io::Result<()> {
        let rows = (self.page.len() / ROW) as u32;
        self.page.resize(FULL * ROW, 0);
        self.page.extend((self.fence.len() as u64 - 1).to_be_bytes());
        self.page.extend(rows.to_be_bytes());
        self.waiting.extend(&self.page);
        self.waiting.extend(crc32fast::hash(&self.page).to_be_bytes());
        self.page.clear();
        if self.waiting.len() < BATCH {
            return Ok(());
        }
        self.disk.append(&self.path, &self.waiting)?;
        self.waiting.clear();
        Ok(())
    }

    /// Ends the file; it is on the disk then.
    pub fn end(mut self) -> Result<Table, Fault> {
        if !self.page.is_empty() {
            self.turn()?;
        }
        let fence = self.fence.concat();
        self.waiting.extend(&fence);
        self.waiting.extend(crc32fast::hash(&fence).to_be_bytes());
        self.disk.append(&self.path, &self.waiting)?;
        self.disk.sync_folder(self.path.parent().unwrap_or(Path::new(".")))?;
        Table::open(&self.path, self.rows)
    }
}

/// Reads what stands at a place of a file.
#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

/// Reads what stands at a place of a file.
#[cfg(not(unix))]
fn read_at(mut file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(bytes)
}

/// What stands before a CRC-32, if that is right.
fn summed(bytes: &[u8]) -> Option<&[u8]> {
    let (body, sum) = bytes.split_last_chunk()?;
    (crc32fast::hash(body) == u32::from_be_bytes(*sum)).then_some(body)
}

/// A row's bytes, read.
pub fn row(bytes: &[u8; ROW]) -> Row {
    let [name @ .., a, b, c, d] = *bytes;
    (name, u32::from_be_bytes([a, b, c, d]))
}

#[cfg(test)]
mod tests {
    use super::{FULL, Name, PAGE, Table, Writer};
    use crate::archive::catalogue::fault::Fault;
    use crate::archive::disk::Real;
    use std::fs;

    /// The n-th name in order.
    fn name(n: u32) -> Name {
        std::array::from_fn(|i| if i < 4 { n.to_be_bytes()[i] } else { 7 })
    }

    /// A table of every second name.
    fn table(dir: &tempfile::TempDir, rows: u32) -> Table {
        let mut writer = Writer::begin(&Real, dir.path().join("keys")).unwrap();
        (0..rows).for_each(|n| writer.push((name(2 * n + 1), n)).unwrap());
        writer.end().unwrap()
    }

    #[test]
    fn every_name_is_found_and_none_that_is_not_there_whatever_the_number_of_rows() {
        for rows in [0, 1, 2, FULL - 1, FULL, FULL + 1, 3 * FULL].map(|rows| rows as u32) {
            let dir = tempfile::tempdir().unwrap();
            let table = table(&dir, rows);
            for n in 0..rows {
                assert_eq!(table.find(&name(2 * n + 1)).unwrap(), Some(n), "{n} of {rows}");
                assert_eq!(table.find(&name(2 * n)).unwrap(), None, "{n} of {rows}");
            }
            assert_eq!(table.find(&name(2 * rows + 1)).unwrap(), None);
            assert_eq!(table.pages().map(|page| page.unwrap().len()).sum::<usize>(), rows as usize);
        }
    }

    #[test]
    fn a_page_has_the_bytes_that_its_description_says() {
        let dir = tempfile::tempdir().unwrap();
        let path = table(&dir, 1).path().to_owned();
        // zlib's CRC-32 of what stands before each.
        let mut page = vec![0, 0, 0, 1, 7, 7, 7, 7, 7, 7, 7, 7, 0, 0, 0, 0];
        page.resize(1008, 0);
        page.extend([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        page.extend(PAGE_SUM);
        page.extend([0, 0, 0, 1, 7, 7, 7, 7, 7, 7, 7, 7]);
        page.extend(FENCE_SUM);
        assert_eq!(fs::read(path).unwrap(), page);
    }

    const PAGE_SUM: [u8; 4] = [179, 133, 77, 187];
    const FENCE_SUM: [u8; 4] = [69, 84, 36, 75];

    #[test]
    fn any_damage_is_noticed_and_never_answered_with_another_number() {
        let rows = 2 * FULL as u32 + 9;
        let dir = tempfile::tempdir().unwrap();
        let path = table(&dir, rows).path().to_owned();
        let whole = fs::read(&path).unwrap();
        let damaged = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            let Ok(table) = Table::open(&path, u64::from(rows)) else { return true };
            let pages = table.pages().collect::<Result<Vec<_>, _>>();
            for n in 0..rows {
                match table.find(&name(2 * n + 1)) {
                    Ok(found) => assert_eq!(found, Some(n)),
                    Err(fault) => assert!(fault.is_damage(), "{fault}"),
                }
            }
            pages.is_err()
        };
        for at in (0..whole.len()).step_by(37) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            assert!(damaged(&bytes), "byte {at}");
        }
        for length in [0, 1, PAGE, whole.len() - 1] {
            assert!(damaged(&whole[..length]), "{length} bytes");
        }
        // Two pages in each other's place.
        let swapped = [&whole[PAGE..2 * PAGE], &whole[..PAGE], &whole[2 * PAGE..]].concat();
        assert!(damaged(&swapped));
        assert!(matches!(Table::open(&path.with_extension("gone"), 1), Err(fault) if fault.is_damage()));
        assert!(matches!(Table::open(&path, u64::MAX), Err(Fault::Keys(None))));
    }
}
