//! Finds the best of the articles that have several words, each of which stands in one or more lists.
//!
//! The lists come in blocks of 128 articles, and of each block it is known what the best article in it can be worth. So a
//! segment is gone through window by window: from one article to the first end of a block of any list. Where all blocks together
//! are worth too little, the window is passed over; else each list adds what it says of the articles to a row of sums.
//! That is a few steps for each entry of a list, and no decisions.

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::query::{Bm25Weight, Scorer};
use tantivy::{DocId, DocSet, Score, TERMINATED};

/// Articles of the largest window.
const WINDOW: u32 = 4096;
/// Sums of the same numbers in another order differ by less.
const ROUNDING: Score = 1.000_01;

/// The articles that a term stands in.
pub struct List {
    postings: BlockSegmentPostings,
    /// Where in the block.
    at: usize,
    lengths: FieldNormReader,
    weight: Bm25Weight,
    /// What the best article of a block that ends with this one is worth, where the index does not say.
    best: (DocId, Score),
}

impl List {
    /// At its first article.
    pub fn new(postings: BlockSegmentPostings, lengths: FieldNormReader, weight: Bm25Weight) -> List {
        List { postings, at: 0, lengths, weight, best: (TERMINATED, 0.0) }
    }

    fn doc(&self) -> DocId {
        self.postings.doc(self.at)
    }

    /// Goes to this article, or the next one that has the term.
    fn seek(&mut self, document: DocId) -> DocId {
        if self.doc() < document {
            self.at = self.postings.seek(document);
        }
        self.doc()
    }

    /// The last article of the block; none, if the list is at its end.
    fn end_of_block(&self) -> DocId {
        match self.postings.docs().last() {
            Some(last) if self.doc() < TERMINATED => *last,
            _ => TERMINATED,
        }
    }

    /// What an article of the block can be worth, if one lies before the end of a window.
    fn bound(&mut self, end: DocId) -> Score {
        if self.doc() > end {
            return 0.0;
        }
        if !self.postings.freqs().is_empty() {
            return self.postings.block_max_score(&self.lengths, &self.weight);
        }
        // The index says so only where it counts how often a word stands in an article. Here the shortest is the best.
        let last = self.end_of_block();
        if self.best.0 != last {
            let shortest = self.postings.docs().iter().map(|document| self.lengths.fieldnorm_id(*document)).min();
            self.best = (last, self.weight.score(shortest.unwrap_or(0), 1));
        }
        self.best.1
    }

    /// Adds what the articles of a window are worth, which begins at `first` and ends in this block.
    fn add(&self, first: DocId, end: DocId, sums: &mut [Score]) {
        let (documents, counts) = (self.postings.docs(), self.postings.freqs());
        let within = self.at..documents.partition_point(|document| *document <= end);
        let mut add = |document: DocId, count| {
            if let Some(sum) = sums.get_mut((document - first) as usize) {
                *sum += self.weight.score(self.lengths.fieldnorm_id(document), count);
            }
        };
        let documents = documents.get(within.clone()).unwrap_or_default();
        match counts.get(within) {
            Some(counts) => documents.iter().zip(counts).for_each(|(document, count)| add(*document, *count)),
            // Where it is not counted how often a word stands in an article, it is once.
            None => documents.iter().for_each(|document| add(*document, 1)),
        }
    }
}

/// Hands on each article that has all words, meets the conditions and is worth more than `threshold`, which `callback` raises.
pub fn best(
    mut words: Vec<Vec<List>>,
    wanted: &mut [Box<dyn Scorer>],
    unwanted: &mut [Box<dyn Scorer>],
    mut threshold: Score,
    callback: &mut dyn FnMut(DocId, Score) -> Score,
) {
    // Where the rarest word has nothing, the others need not be looked at.
    words.sort_by_key(|lists| lists.iter().map(|list| u64::from(list.postings.doc_freq())).sum::<u64>());
    let mut sums = vec![0.0; WINDOW as usize];
    let mut more = vec![0.0; WINDOW as usize];
    let mut bounds = vec![0.0; words.len()];
    let mut first = 0;
    loop {
        first = next(&mut words, wanted, first);
        if first == TERMINATED {
            return;
        }
        let ends = words.iter().flatten().map(List::end_of_block);
        let end = ends.fold(first + (WINDOW - 1), DocId::min);
        for (bound, lists) in bounds.iter_mut().zip(&mut words) {
            *bound = lists.iter_mut().map(|list| list.bound(end)).sum::<Score>() * ROUNDING;
        }
        let mut bound: Score = bounds.iter().sum();
        if bound > threshold {
            let length = (end - first + 1) as usize;
            let (sums, more) = (&mut sums[..length], &mut more[..length]);
            sums.fill(0.0);
            for (number, (lists, worth)) in words.iter().zip(&bounds).enumerate() {
                if number == 0 {
                    lists.iter().for_each(|list| list.add(first, end, sums));
                } else {
                    more.fill(0.0);
                    lists.iter().for_each(|list| list.add(first, end, more));
                    // What has one of the words and not the other is out.
                    for (sum, more) in sums.iter_mut().zip(&*more) {
                        *sum = if *sum > 0.0 && *more > 0.0 { *sum + *more } else { 0.0 };
                    }
                }
                bound = (bound - worth).max(0.0);
                if !sums.iter().any(|sum| *sum > 0.0 && *sum + bound > threshold) {
                    sums.fill(0.0);
                    break;
                }
            }
            for (document, sum) in (first..).zip(&*sums) {
                if *sum > 0.0 && *sum > threshold && meets(document, wanted, unwanted) {
                    threshold = callback(document, *sum);
                }
            }
        }
        first = end + 1;
    }
}

/// The first article from `first` on that may have all words, and meets what is wanted.
fn next(words: &mut [Vec<List>], wanted: &mut [Box<dyn Scorer>], mut first: DocId) -> DocId {
    loop {
        let before = first;
        for lists in &mut *words {
            let nearest = lists.iter_mut().map(|list| list.seek(first)).min();
            first = first.max(nearest.unwrap_or(TERMINATED));
        }
        for condition in &mut *wanted {
            first = first.max(seek(condition, first));
        }
        if first == before || first == TERMINATED {
            return first;
        }
    }
}

fn meets(document: DocId, wanted: &mut [Box<dyn Scorer>], unwanted: &mut [Box<dyn Scorer>]) -> bool {
    wanted.iter_mut().all(|condition| seek(condition, document) == document)
        && unwanted.iter_mut().all(|condition| seek(condition, document) != document)
}

/// Goes to this article, or the next one of a condition.
fn seek(condition: &mut Box<dyn Scorer>, document: DocId) -> DocId {
    if condition.doc() < document { condition.seek(document) } else { condition.doc() }
}
