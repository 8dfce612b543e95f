//! The best answers of all segments.
//!
//! What an article has to be worth to be among the best, the bar, is one for all segments and all threads: what one of them found
//! need not be found out by the next one again. tantivy's own collector begins each segment with none.

use super::search::is_alive;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};
use std::thread;
use tantivy::query::Weight;
use tantivy::{DocAddress, Score, Searcher, SegmentReader, TantivyError};

/// An article, and what it is worth. The better one is greater; of two that are worth the same, the one that lies before the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer {
    /// What it is worth.
    pub worth: Score,
    /// Where it lies.
    pub address: DocAddress,
}

impl Eq for Answer {}

impl Ord for Answer {
    fn cmp(&self, other: &Self) -> Ordering {
        self.worth.total_cmp(&other.worth).then_with(|| other.address.cmp(&self.address))
    }
}

impl PartialOrd for Answer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What the best articles found so far are worth at least, once there are as many as are wanted.
#[derive(Debug, Default)]
struct Bar(AtomicU32);

impl Bar {
    /// So many are worth this. Nothing is worth less than nothing, and of such numbers the bits have the order of the numbers.
    fn raise(&self, worth: Score) {
        self.0.fetch_max(worth.max(0.0).to_bits(), Relaxed);
    }

    /// What an article has to be worth more than: one that is worth as much as the worst of the best may lie before it.
    fn threshold(&self) -> Score {
        let bits = self.0.load(Relaxed);
        bits.checked_sub(1).map_or(Score::MIN, Score::from_bits)
    }
}

/// The best answers, the very best first: `wanted` of them at most, found by so many threads.
pub fn best(searcher: &Searcher, weight: &dyn Weight, wanted: usize, threads: usize) -> tantivy::Result<Vec<Answer>> {
    let mut segments: Vec<(u32, &SegmentReader)> = (0..).zip(searcher.segment_readers()).collect();
    // The largest first: it raises the bar most, and whoever has it need not be waited for at the end.
    segments.sort_by_key(|(_, segment)| Reverse(segment.max_doc()));
    let (bar, next) = (Bar::default(), AtomicUsize::new(0));
    let work = || -> tantivy::Result<Vec<Answer>> {
        let mut found = Vec::new();
        while let Some((number, segment)) = segments.get(next.fetch_add(1, Relaxed)) {
            found.extend(of_segment(weight, *number, segment, wanted, &bar)?);
        }
        Ok(found)
    };
    let mut found = thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(segments.len())).map(|_| scope.spawn(work)).collect();
        let mut found = work()?;
        for other in others {
            let broken = |_| TantivyError::InternalError("a thread that searched broke off".to_owned());
            found.extend(other.join().map_err(broken)??);
        }
        tantivy::Result::Ok(found)
    })?;
    found.sort_unstable_by_key(|answer| Reverse(*answer));
    found.truncate(wanted);
    Ok(found)
}

/// The best answers of a segment that may be among the best of all.
fn of_segment(
    weight: &dyn Weight,
    number: u32,
    segment: &SegmentReader,
    wanted: usize,
    bar: &Bar,
) -> tantivy::Result<Vec<Answer>> {
    // The worst on top.
    let mut heap: BinaryHeap<Reverse<Answer>> = BinaryHeap::new();
    weight.for_each_pruning(bar.threshold(), segment, &mut |document, worth| {
        if is_alive(segment, document) {
            let answer = Answer { worth, address: DocAddress::new(number, document) };
            if heap.len() < wanted {
                heap.push(Reverse(answer));
            } else if let Some(mut worst) = heap.peek_mut()
                && answer > worst.0
            {
                *worst = Reverse(answer);
            }
        }
        match heap.peek() {
            // Of this segment, what comes later has to be worth more.
            Some(Reverse(worst)) if heap.len() >= wanted => {
                bar.raise(worst.worth);
                bar.threshold().max(worst.worth)
            }
            _ => bar.threshold(),
        }
    })?;
    Ok(heap.into_iter().map(|Reverse(answer)| answer).collect())
}

#[cfg(test)]
mod tests {
    use super::best;
    use crate::archive::index::ranked::Ranked;
    use crate::archive::index::trial::{self, found};
    use tantivy::Term;
    use tantivy::query::{AllQuery, EnableScoring, Query, TermQuery};
    use tantivy::schema::IndexRecordOption;

    #[test]
    fn one_bar_for_all_segments_leaves_out_no_answer() {
        // Few texts, so that many are worth the same: the first of these counts, in whichever segment it lies.
        let (searcher, fields) = trial::library(3_000, |_, dice, fields, document| {
            document.add_text(
                fields.body,
                "haus\n".repeat(dice.below(4) as usize) + &"wald\n".repeat(dice.below(3) as usize),
            );
        });
        let haus = Term::from_field_text(fields.body, "haus");
        let queries: [Box<dyn Query>; 4] = [
            Box::new(Ranked::new(vec![vec![(haus.clone(), 1.0)]], Vec::new())),
            Box::new(TermQuery::new(haus, IndexRecordOption::WithFreqs)),
            trial::in_feed(&fields, "bote"),
            Box::new(AllQuery),
        ];
        for query in queries {
            let every = found(&searcher, &*query, 3_000);
            assert!(every.len() >= 1_000, "{query:?}");
            let weight = query.weight(EnableScoring::enabled_from_searcher(&searcher)).unwrap();
            for wanted in [1, 20, 700, 3_000] {
                for threads in [1, 2, 8] {
                    let best = best(&searcher, &*weight, wanted, threads).unwrap();
                    let best: Vec<_> = best.into_iter().map(|answer| (answer.worth, answer.address)).collect();
                    assert_eq!(best, every[..every.len().min(wanted)], "{query:?}, {wanted} by {threads}");
                }
            }
        }
    }
}
