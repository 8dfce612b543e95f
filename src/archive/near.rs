//! What may be the same report as an article: the fingerprints of what was kept in the last weeks, in memory.
//!
//! The catalogue holds them by the day on which they were seen, so that a run reads the last days and no more.

use crate::identify::Fingerprint;
use crate::model::ArticleId;
use std::collections::HashMap;

/// Days after which an article has no copies any more.
pub const DAYS: u32 = 14;
/// Days after which fingerprints are dropped. More than [`DAYS`], for a clock that was wrong for a while.
pub const KEPT: u32 = 30;
/// Fingerprints that are held in memory: the newest. With eight hashes each this is some 20 MB.
const MOST: usize = 100_000;
/// Bytes of a fingerprint with its article.
const ROW: usize = 48;

/// A fingerprint, and the article that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The day on which it was seen, counted from 1970.
    pub day: u32,
    /// Which article.
    pub id: ArticleId,
    /// Its fingerprint.
    pub print: Fingerprint,
}

impl Row {
    /// Appends it to those of the same day.
    pub fn encode(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.id.0);
        self.print.0.iter().for_each(|hash| bytes.extend(hash.to_be_bytes()));
    }

    /// The rows of a day; what is no row is none.
    pub fn decode(day: u32, bytes: &[u8]) -> impl Iterator<Item = Row> {
        let (rows, _) = bytes.as_chunks::<ROW>();
        rows.iter().filter_map(move |row| {
            let (id, hashes) = row.split_first_chunk::<16>()?;
            let (hashes, _) = hashes.as_chunks::<4>();
            let hashes: [[u8; 4]; 8] = hashes.try_into().ok()?;
            Some(Row { day, id: ArticleId(*id), print: Fingerprint(hashes.map(u32::from_be_bytes)) })
        })
    }
}

/// The fingerprints, by their hashes.
#[derive(Debug, Default)]
pub struct Near {
    ids: Vec<ArticleId>,
    /// Hash (as [`spread`] makes it) and number of the article, in order.
    sorted: Vec<(u32, u32)>,
    /// For each value of the first sixteen bits, where they begin there; empty while that is.
    begins: Vec<u32>,
    /// The same of those that came lately: a map takes six times the room.
    added: HashMap<u32, Vec<u32>>,
    /// How many articles these are.
    lately: usize,
}

impl Near {
    /// Of rows in the order in which they were kept.
    pub fn new(mut rows: Vec<Row>) -> Near {
        rows.drain(..rows.len().saturating_sub(MOST));
        let mut near = Near { ids: rows.iter().map(|row| row.id).collect(), ..Near::default() };
        let hashes = rows.iter().zip(0u32..).flat_map(|(row, number)| row.print.0.map(|hash| (spread(hash), number)));
        near.sorted = hashes.collect();
        near.sorted.sort_unstable();
        near.begins = begins(&near.sorted);
        near
    }

    /// Adds what was just kept. Of a run that keeps very many the first ones count.
    pub fn add(&mut self, row: &Row) {
        if self.ids.len() >= 2 * MOST {
            return;
        }
        let number = self.ids.len() as u32;
        self.ids.push(row.id);
        for hash in row.print.0 {
            self.added.entry(hash).or_default().push(number);
        }
        self.lately += 1;
        if self.lately >= LATELY {
            let added = std::mem::take(&mut self.added).into_iter();
            let mut added: Vec<(u32, u32)> = added
                .flat_map(|(hash, numbers)| numbers.into_iter().map(move |number| (spread(hash), number)))
                .collect();
            added.sort_unstable();
            self.sorted.append(&mut added);
            // Two runs in order: the stable sort merges them.
            self.sorted.sort();
            self.begins = begins(&self.sorted);
            self.lately = 0;
        }
    }

    /// The articles that have a hash in common with it, those with the most first, then the earlier ones.
    pub fn like(&self, print: &Fingerprint) -> Vec<ArticleId> {
        let mut hits: Vec<u32> = Vec::new();
        for hash in print.0 {
            let (spread, bits) = (spread(hash), (spread(hash) >> 16) as usize);
            let begin = self.begins.get(bits).map_or(self.sorted.len(), |begin| *begin as usize);
            let rest = &self.sorted[begin..];
            let same = rest.iter().skip_while(|(other, _)| *other < spread).take_while(|(other, _)| *other == spread);
            // Boilerplate that hundreds of articles share tells nothing.
            hits.extend(same.map(|(_, number)| *number).take(COMMON));
            hits.extend(self.added.get(&hash).into_iter().flatten().take(COMMON));
        }
        hits.sort_unstable();
        let mut counted: Vec<(usize, u32)> =
            hits.chunk_by(|a, b| a == b).filter_map(|run| Some((run.len(), *run.first()?))).collect();
        counted.sort_by_key(|(count, number)| (std::cmp::Reverse(*count), *number));
        let mut ids: Vec<ArticleId> = Vec::new();
        for id in counted.into_iter().filter_map(|(_, number)| self.ids.get(number as usize)) {
            if !ids.contains(id) {
                ids.push(*id);
            }
        }
        ids
    }
}

/// Hashes of a fingerprint are the smallest of a text: spread over all numbers, one for one, a few have their first bits in common.
fn spread(hash: u32) -> u32 {
    hash.wrapping_mul(0x9E37_79B1)
}

/// Where the hashes with each value of the first sixteen bits begin.
fn begins(sorted: &[(u32, u32)]) -> Vec<u32> {
    let mut begins = Vec::with_capacity(1 << 16);
    let mut at = 0;
    for bits in 0..1u32 << 16 {
        at += sorted[at..].iter().take_while(|(hash, _)| hash >> 16 < bits).count();
        begins.push(at as u32);
    }
    begins
}

/// Articles with one hash in common that are looked at.
const COMMON: usize = 64;
/// Articles that are put in order together.
const LATELY: usize = 4096;

#[cfg(test)]
mod tests {
    use super::{Near, Row};
    use crate::identify::Fingerprint;
    use crate::model::ArticleId;

    fn row(id: u8, hashes: [u32; 8]) -> Row {
        Row { day: 1, id: ArticleId([id; 16]), print: Fingerprint(hashes) }
    }

    #[test]
    fn the_most_like_comes_first_whether_it_was_there_or_came_later() {
        let there = vec![row(1, [1, 2, 3, 4, 5, 6, 7, 8]), row(2, [9, 10, 11, 12, 13, 14, 15, 16])];
        let mut near = Near::new(there);
        near.add(&row(3, [1, 2, 30, 40, 50, 60, 70, 80]));
        let like = near.like(&Fingerprint([1, 2, 3, 400, 500, 600, 700, 800]));
        assert_eq!(like, [ArticleId([1; 16]), ArticleId([3; 16])]);
        assert_eq!(near.like(&Fingerprint([0; 8])), []);
    }

    #[test]
    fn many_that_came_later_are_found_whenever_they_were_put_in_order() {
        let mut near = Near::default();
        let id = |n: u32| ArticleId(std::array::from_fn(|i| if i < 4 { n.to_be_bytes()[i] } else { 0 }));
        let print = |n: u32| Fingerprint(std::array::from_fn(|i| n * 8 + i as u32));
        for n in 0..10_000 {
            near.add(&Row { day: 1, id: id(n), print: print(n) });
        }
        for n in [0, 1, 4095, 4096, 8191, 8192, 9999] {
            assert_eq!(near.like(&print(n)), [id(n)], "{n}");
        }
    }

    #[test]
    fn a_row_reads_back_and_a_torn_one_is_none() {
        let kept = row(7, [1, 20, 300, 4000, 50_000, 600_000, 7_000_000, u32::MAX]);
        let mut bytes = Vec::new();
        kept.encode(&mut bytes);
        bytes.extend([1, 2, 3]);
        assert_eq!(Row::decode(1, &bytes).collect::<Vec<_>>(), [kept]);
    }
}
