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

/// An article, and what it is worth. The better one is greater; of two that are worth the same, the one that is listed first. In whichever
/// segment they lie makes no difference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer {
    /// What it is worth.
    pub worth: Score,
    /// What articles are listed by: see [`rank`](super::schema::rank).
    rank: u64,
    /// Where it lies.
    pub address: DocAddress,
}

impl Eq for Answer {}

impl Ord for Answer {
    fn cmp(&self, other: &Self) -> Ordering {
        let equal = || self.rank.cmp(&other.rank).then_with(|| other.address.cmp(&self.address));
        self.worth.total_cmp(&other.worth).then_with(equal)
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

/// By how many of the smallest steps a worth may be reckoned too low: 0.003 %.
const DIGITS: u32 = 1 << 8;

/// What the best articles found so far are worth at least, once there are as many as are wanted, and by what the last of them is listed. In the
/// upper half stand the bits of the worth, in the lower one the upper half of the rank.
#[derive(Debug, Default)]
struct Bar(AtomicU64);

impl Bar {
    /// So many of one part are worth this, and the last of them has this rank. Nothing is worth less than nothing, and of such numbers the
    /// bits have the order of the numbers.
    fn raise(&self, worth: Score, rank: u64) {
        self.0.fetch_max(u64::from(worth.max(0.0).to_bits()) << 32 | rank >> 32, Relaxed);
    }

    /// What an article of this rank or a lower one has to be worth more than. One that is worth as much as the worst of the best counts if
    /// it is listed before that; what tantivy takes for the most that an article of a block can be worth is too little by some last digits
    /// sometimes.
    fn threshold(&self, rank: u64) -> Score {
        let bar = self.0.load(Relaxed);
        let bits = (bar >> 32) as u32;
        let bits = if rank >> 32 < bar & u64::from(u32::MAX) { Some(bits) } else { bits.checked_sub(DIGITS) };
        bits.map_or(Score::MIN, Score::from_bits)
    }
}

/// The best answers, the very best first: `wanted` of them at most, found by so many threads.
pub fn best(searcher: &Searcher, finder: &Finder, wanted: usize, threads: usize) -> tantivy::Result<Vec<Answer>> {
    let threads = threads.max(1);
    let mut parts = parts(searcher, finder, threads);
    // The largest first: it raises the bar most, and whoever has it need not be waited for at the end.
    parts.sort_by_key(|part| Reverse(part.articles.len()));
    let (bar, next) = (Bar::default(), AtomicUsize::new(0));
    let work = || -> tantivy::Result<Vec<Answer>> {
        let mut found = Vec::new();
        while let Some(part) = parts.get(next.fetch_add(1, Relaxed)) {
            found.extend(of_part(finder, part, wanted, &bar)?);
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
fn of_part(finder: &Finder, part: &Part<'_>, wanted: usize, bar: &Bar) -> tantivy::Result<Vec<Answer>> {
    let ranks = part.segment.fast_fields().u64("rank")?;
    let rank = |document| ranks.first(document).unwrap_or_default();
    // Articles lie in the order in which they are listed: none is listed before the first.
    let first = rank(part.articles.start);
    // The worst on top.
    let mut heap: BinaryHeap<Reverse<Answer>> = BinaryHeap::new();
    let mut take = |document, worth| {
        let rank = rank(document);
        if is_alive(part.segment, document) {
            let answer = Answer { worth, rank, address: DocAddress::new(part.number, document) };
            if heap.len() < wanted {
                heap.push(Reverse(answer));
            } else if let Some(mut worst) = heap.peek_mut()
                && answer > worst.0
            {
                *worst = Reverse(answer);
            }
        }
        match heap.peek() {
            // What comes later in a segment is listed later: it has to be worth more.
            Some(Reverse(worst)) if heap.len() >= wanted => {
                bar.raise(worst.worth, worst.rank);
                bar.threshold(rank).max(worst.worth)
            }
            _ => bar.threshold(rank),
        }
    };
    match finder {
        Finder::Whole(weight) => weight.for_each_pruning(bar.threshold(first), part.segment, &mut take)?,
        Finder::Parts(phrase) => phrase.best(bar.threshold(first), part.segment, part.articles.clone(), &mut take)?,
    }
    Ok(heap.into_iter().map(|Reverse(answer)| answer).collect())
}

#[cfg(test)]
mod tests {
    use super::{Bar, Finder, best};
    use crate::archive::index::conditions::Conditions;
    use crate::archive::index::ranked::Ranked;
    use crate::archive::index::trial::{self, every};
    use tantivy::Term;
    use tantivy::query::{AllQuery, ConstScoreQuery, EnableScoring, Query, TermQuery};
    use tantivy::schema::IndexRecordOption;

    #[test]
    fn of_equals_only_those_pass_the_bar_that_may_be_listed_before_it() {
        let (old, middle, new) = (1 << 40, 2 << 40, 3 << 40);
        let bar = Bar::default();
        assert_eq!(bar.threshold(new), f32::MIN);
        bar.raise(2.0, middle);
        assert_eq!(bar.threshold(old), 2.0);
        assert!([middle, new].iter().all(|rank| bar.threshold(*rank) < 2.0 && bar.threshold(*rank) > 1.999_9));
        // What is worth less, and what is listed later, changes nothing.
        bar.raise(1.0, new);
        bar.raise(2.0, old);
        assert_eq!((bar.threshold(old), bar.threshold(middle) < 2.0), (2.0, true));
        bar.raise(2.0, new);
        assert_eq!((bar.threshold(middle), bar.threshold(new) < 2.0), (2.0, true));
        bar.raise(2.5, old);
        assert!(bar.threshold(old) < 2.5 && bar.threshold(old) > 2.499_9);
    }

    #[test]
    fn one_bar_for_all_segments_leaves_out_no_answer() {
        // Few texts, so that many are worth the same: the newest of these counts, in whichever segment it lies.
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
            Box::new(ConstScoreQuery::new(trial::in_feed(&fields, "bote"), 0.0)),
            Box::new(AllQuery),
        ];
        for query in queries {
            let every = every(&searcher, &*query);
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
