//! Going through a file of the journal from front to back, of which a part is in memory.

use super::frame::{self, FORMAT, Piece};
use super::journal::{Damage, Journal, newer};
use crate::error::{Error, Result};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// Bytes that are read ahead: several frames.
const AHEAD: usize = 1 << 20;

impl Journal {
    /// Calls `visit` with what each frame of a file holds, and where it stands, from there on. Frames behind a damaged
    /// stretch are found by their magic number and checksum.
    pub fn walk(
        &self,
        path: &Path,
        from: u64,
        mut visit: impl FnMut(u64, Vec<u8>) -> Result<()>,
    ) -> Result<Vec<Damage>> {
        let failed = |cause: io::Error| Error::archive(path, cause);
        let mut part = Part::open(path, from).map_err(failed)?;
        let mut damages = Vec::new();
        let mut own = None;
        loop {
            if part.rest().len() < AHEAD / 2 {
                part.read(AHEAD).map_err(failed)?;
            }
            let (offset, bytes) = (part.offset(), part.rest());
            if bytes.is_empty() || self.is_over(path, offset) {
                return Ok(damages);
            }
            let dictionary = own.as_ref().or(self.dictionary.as_ref());
            let size = match frame::piece(bytes, dictionary) {
                Piece::Lines(raw, size) => {
                    visit(offset, raw)?;
                    size
                }
                Piece::Head(head, _) if head.v > FORMAT => return Err(newer(path)),
                Piece::Dictionary(found, size) => {
                    own = Some(found);
                    size
                }
                Piece::Head(_, size) | Piece::Table(_, size) | Piece::Skip(size) => size,
                Piece::Locked => {
                    return Err(Error::archive(path, "it needs a dictionary, and no file of the journal has it")
                        .hint("put a backup of the file `dictionary` beside it, or use a newer version of depesche"));
                }
                // It may be larger than what was read.
                Piece::Broken if !part.ended => {
                    part.read(usize::MAX).map_err(failed)?;
                    continue;
                }
                Piece::Broken => {
                    let length = frame::next_sound(bytes, 1, dictionary);
                    let (path, torn) = (path.to_owned(), length == bytes.len());
                    damages.push(Damage { path, offset, length: length as u64, torn });
                    length
                }
            };
            part.at += size;
        }
    }
}

/// What is in memory of a file.
struct Part {
    file: File,
    bytes: Vec<u8>,
    /// Where in the file they begin.
    start: u64,
    /// How many of them were passed.
    at: usize,
    /// Whether the file ends with them.
    ended: bool,
}

impl Part {
    fn open(path: &Path, from: u64) -> io::Result<Part> {
        let mut file = File::open(path)?;
        let start = file.seek(SeekFrom::Start(from))?;
        Ok(Part { file, bytes: Vec::new(), start, at: 0, ended: false })
    }

    fn offset(&self) -> u64 {
        self.start + self.at as u64
    }

    fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    /// Reads on, and lets go of what was passed.
    fn read(&mut self, most: usize) -> io::Result<()> {
        if self.ended {
            return Ok(());
        }
        self.start = self.offset();
        self.bytes.drain(..std::mem::take(&mut self.at));
        let read = Read::by_ref(&mut self.file).take(most as u64).read_to_end(&mut self.bytes)?;
        self.ended = read < most;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::{QUICK, pack};
    use super::{AHEAD, Damage, Journal};
    use std::fs;

    #[test]
    fn frames_are_found_whatever_their_size_and_behind_one_that_is_damaged() {
        // Digits that pack badly: frames of some bytes and of several times what is read ahead.
        let digits = |length: usize| {
            let mut bytes = vec![0; length / 2];
            blake3::Hasher::new().update(&length.to_be_bytes()).finalize_xof().fill(&mut bytes);
            bytes.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect::<Vec<u8>>()
        };
        let lines: Vec<Vec<u8>> = [10, 5 * AHEAD, 20, AHEAD, 400_000, 30].map(digits).to_vec();
        let frames: Vec<Vec<u8>> = lines
            .iter()
            .flat_map(|line| pack(std::slice::from_ref(line), QUICK, None).unwrap())
            .map(|(_, packed)| packed)
            .collect();
        let starts: Vec<usize> = (0..=frames.len()).map(|n| frames[..n].iter().map(Vec::len).sum()).collect();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("2024-01-0001.jsonl.zst");
        let journal = Journal::open(dir.path()).unwrap();
        let walk = |bytes: &[u8], from: usize| {
            fs::write(&path, bytes).unwrap();
            let mut found = Vec::new();
            let visit = |offset, raw: Vec<u8>| {
                found.push((offset as usize, raw[..raw.len() - 1].to_vec()));
                Ok(())
            };
            let damages = journal.walk(&path, from as u64, visit).unwrap();
            (found, damages)
        };
        let there = |numbers: &[usize]| numbers.iter().map(|n| (starts[*n], lines[*n].clone())).collect::<Vec<_>>();

        let whole = frames.concat();
        assert_eq!(walk(&whole, 0), (there(&[0, 1, 2, 3, 4, 5]), vec![]));
        assert_eq!(walk(&whole, starts[3]), (there(&[3, 4, 5]), vec![]));
        assert_eq!(walk(&whole, whole.len() + 7), (vec![], vec![]));

        let mut bytes = whole.clone();
        bytes[starts[1] + 3 * AHEAD / 2] ^= 1;
        let (offset, length) = (starts[1] as u64, frames[1].len() as u64);
        assert_eq!(
            walk(&bytes, 0),
            (there(&[0, 2, 3, 4, 5]), vec![Damage { path: path.clone(), offset, length, torn: false }])
        );

        let torn = &whole[..starts[4] + 1000];
        let damage = Damage { path: path.clone(), offset: starts[4] as u64, length: 1000, torn: true };
        assert_eq!(walk(torn, 0), (there(&[0, 1, 2, 3]), vec![damage]));

        // Of what another thread appends, whole or half, nothing is seen, nor of a file that it begins.
        fs::write(dir.path().join("2024-01-0002.jsonl.zst"), &whole).unwrap();
        let before = Journal::open(dir.path()).unwrap().until((1, starts[3] as u64));
        assert_eq!(before.end().unwrap(), (1, starts[3] as u64));
        for there in [&whole[..], torn, &whole[..starts[3]]] {
            fs::write(&path, there).unwrap();
            let mut seen = Vec::new();
            let damages = before.walk(&path, 0, |offset, _| {
                seen.push(offset as usize);
                Ok(())
            });
            assert_eq!((seen, damages.unwrap()), (starts[..3].to_vec(), vec![]));
        }
    }
}
