//! The best answers of all segments.
//!
//! What an article has to be worth to be among the best, the bar, is one for all segments and all threads: what one of them found
//! need not be found out by the next one again. tantivy's own collector begins each segment with none.

use super::phrase::ScoredPhrase;
use super::search::is_alive;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::thread;
use tantivy::query::Weight;
use tantivy::{DocAddress, DocId, Score, Searcher, SegmentReader, TantivyError};

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

/// How the best answers of a segment are found.
pub enum Finder {
    /// In the whole segment at once.
    Whole(Box<dyn Weight>),
    /// In any part of it, so that several threads can share a large one.
    Parts(Box<ScoredPhrase>),
}

/// Articles of a segment that one thread looks through.
struct Part<'a> {
    /// Which segment.
    number: u32,
    segment: &'a SegmentReader,
    articles: Range<DocId>,
}

/// What the best articles found so far are worth at least, once there are as many as are wanted, and the part they lie in. In the upper half
/// stand the bits of the worth, in the lower one `u32::MAX` less the number of the part: so of equals the earlier part makes the greater number.
#[derive(Debug, Default)]
struct Bar(AtomicU64);

impl Bar {
    /// So many of this part are worth this. Nothing is worth less than nothing, and of such numbers the bits have the order of the
    /// numbers.
    fn raise(&self, worth: Score, part: u32) {
        self.0.fetch_max(u64::from(worth.max(0.0).to_bits()) << 32 | u64::from(u32::MAX - part), Relaxed);
    }

    /// What an article of this part has to be worth more than: one that is worth as much as the worst of the best counts, if it lies
    /// before it.
    fn threshold(&self, part: u32) -> Score {
        let bar = self.0.load(Relaxed);
        let (bits, behind) = ((bar >> 32) as u32, bar as u32);
        let bits = if part > u32::MAX - behind { Some(bits) } else { bits.checked_sub(1) };
        bits.map_or(Score::MIN, Score::from_bits)
    }
}

/// The best answers, the very best first: `wanted` of them at most, found by so many threads.
pub fn best(searcher: &Searcher, finder: &Finder, wanted: usize, threads: usize) -> tantivy::Result<Vec<Answer>> {
    let threads = threads.max(1);
    let mut parts: Vec<(u32, Part<'_>)> = (0..).zip(parts(searcher, finder, threads)).collect();
    // The largest first: it raises the bar most, and whoever has it need not be waited for at the end.
    parts.sort_by_key(|(_, part)| Reverse(part.articles.len()));
    let (bar, next) = (Bar::default(), AtomicUsize::new(0));
    let work = || -> tantivy::Result<Vec<Answer>> {
        let mut found = Vec::new();
        while let Some((order, part)) = parts.get(next.fetch_add(1, Relaxed)) {
            found.extend(of_part(finder, *order, part, wanted, &bar)?);
        }
        Ok(found)
    };
    let mut found = thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(parts.len())).map(|_| scope.spawn(work)).collect();
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

/// All articles, in the order in which they lie. Segments can be taken in parts, so that all threads end at about the same time: no part is
/// larger than what is left for each thread once the larger segments are taken. They are no smaller either, since going to where one begins
/// takes a while.
fn parts<'a>(searcher: &'a Searcher, finder: &Finder, threads: usize) -> Vec<Part<'a>> {
    let mut segments: Vec<(u32, &SegmentReader)> = (0..).zip(searcher.segment_readers()).collect();
    segments.sort_by_key(|(_, segment)| Reverse(segment.max_doc()));
    let mut left: u64 = segments.iter().map(|(_, segment)| u64::from(segment.max_doc())).sum();
    let mut parts = Vec::new();
    for (number, segment) in segments {
        let all = u64::from(segment.max_doc());
        let pieces = match finder {
            Finder::Parts(_) if all > 0 => all.div_ceil(left.div_ceil(threads as u64)),
            _ => 1,
        };
        let begin = |piece: u64| (all * piece / pieces) as DocId;
        parts.extend((0..pieces).map(|piece| Part { number, segment, articles: begin(piece)..begin(piece + 1) }));
        left -= all;
    }
    parts.sort_by_key(|part| (part.number, part.articles.start));
    parts
}

/// The best answers of a part that may be among the best of all.
fn of_part(finder: &Finder, order: u32, part: &Part<'_>, wanted: usize, bar: &Bar) -> tantivy::Result<Vec<Answer>> {
    // The worst on top.
    let mut heap: BinaryHeap<Reverse<Answer>> = BinaryHeap::new();
    let mut take = |document, worth| {
        if is_alive(part.segment, document) {
            let answer = Answer { worth, address: DocAddress::new(part.number, document) };
            if heap.len() < wanted {
                heap.push(Reverse(answer));
            } else if let Some(mut worst) = heap.peek_mut()
                && answer > worst.0
            {
                *worst = Reverse(answer);
            }
        }
        match heap.peek() {
            // Of this part, what comes later has to be worth more.
            Some(Reverse(worst)) if heap.len() >= wanted => {
                bar.raise(worst.worth, order);
                bar.threshold(order).max(worst.worth)
            }
            _ => bar.threshold(order),
        }
    };
    match finder {
        Finder::Whole(weight) => weight.for_each_pruning(bar.threshold(order), part.segment, &mut take)?,
        Finder::Parts(phrase) => phrase.best(bar.threshold(order), part.segment, part.articles.clone(), &mut take)?,
    }
    Ok(heap.into_iter().map(|Reverse(answer)| answer).collect())
}

#[cfg(test)]
mod tests {
    use super::{Bar, Finder, best};
    use crate::archive::index::conditions::Conditions;
    use crate::archive::index::ranked::Ranked;
    use crate::archive::index::trial::{self, found};
    use tantivy::Term;
    use tantivy::query::{AllQuery, EnableScoring, Query, TermQuery};
    use tantivy::schema::IndexRecordOption;

    #[test]
    fn of_equals_only_those_pass_the_bar_that_lie_before_it() {
        let bar = Bar::default();
        assert_eq!(bar.threshold(0), f32::MIN);
        bar.raise(2.0, 3);
        assert_eq!(bar.threshold(4), 2.0);
        assert!([0, 2, 3].iter().all(|part| bar.threshold(*part) < 2.0 && bar.threshold(*part) > 1.999_999));
        bar.raise(2.0, 1);
        assert_eq!(bar.threshold(2), 2.0);
        // What is worth less, and what lies behind, changes nothing.
        bar.raise(1.0, 0);
        bar.raise(2.0, 5);
        assert_eq!((bar.threshold(2), bar.threshold(1) < 2.0), (2.0, true));
    }

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
            Box::new(Ranked::new(vec![vec![(haus.clone(), 1.0)]], Conditions::default())),
            Box::new(TermQuery::new(haus, IndexRecordOption::WithFreqs)),
            trial::in_feed(&fields, "bote"),
            Box::new(AllQuery),
        ];
        for query in queries {
            let every = found(&searcher, &*query, 3_000);
            assert!(every.len() >= 1_000, "{query:?}");
            let finder = Finder::Whole(query.weight(EnableScoring::enabled_from_searcher(&searcher)).unwrap());
            for wanted in [1, 20, 700, 3_000] {
                for threads in [1, 2, 8] {
                    let best = best(&searcher, &finder, wanted, threads).unwrap();
                    let best: Vec<_> = best.into_iter().map(|answer| (answer.worth, answer.address)).collect();
                    assert_eq!(best, every[..every.len().min(wanted)], "{query:?}, {wanted} by {threads}");
                }
            }
        }
    }
}
