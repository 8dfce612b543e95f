//! Finds the best of the articles that have several words, each of which stands in one or more lists.
//!
//! The lists come in blocks of 128 articles, and of each block it is known what the best article in it can be worth. So a
//! segment is gone through window by window: from one article to the first end of a block of any list. Where all blocks together
//! are worth too little, the window is passed over. Where only few articles can be worth enough, as they would have to stand in a list
//! that has few in the window, each of these is looked up in all lists; else each list adds what it says of the articles to a row of sums:
//! a few steps for each entry of a list, and no decisions. Both add the same numbers in the same order.

use super::conditions::Gate;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::query::Bm25Weight;
use tantivy::{DocId, Score, TERMINATED};

/// Articles of the largest window.
const WINDOW: u32 = 4096;
/// Sums of the same numbers in another order differ by less.
const ROUNDING: Score = 1.000_01;
/// Looking an article up in a list takes so much longer than going one step on in a row of sums (measured with `cargo bench --bench ask`:
/// with half or twice of it words in a twelfth of the articles take as long).
const LOOKUP: usize = 4;

/// The articles that a term stands in.
pub struct List {
    postings: BlockSegmentPostings,
    /// Where in the block.
    at: usize,
    lengths: FieldNormReader,
    weight: Bm25Weight,
    /// What the best article of a block that ends with this one is worth, where the index does not say.
    best: (DocId, Score),
    /// What an article of the window can be worth by this list.
    bound: Score,
    /// Whether an article of the window has to stand in this list, or another like it, to be worth enough.
    decides: bool,
}

impl List {
    /// At its first article.
    pub fn new(postings: BlockSegmentPostings, lengths: FieldNormReader, weight: Bm25Weight) -> List {
        List { postings, at: 0, lengths, weight, best: (TERMINATED, 0.0), bound: 0.0, decides: true }
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

    /// Finds out what an article of the block can be worth, if one lies before the end of a window.
    fn look(&mut self, end: DocId) -> Score {
        self.bound = if self.doc() > end { 0.0 } else { self.best_of_block() };
        self.bound
    }

    fn best_of_block(&mut self) -> Score {
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

    /// Its articles in a window that ends in this block.
    fn within(&self, end: DocId) -> &[DocId] {
        let documents = self.postings.docs();
        let behind = documents.partition_point(|document| *document <= end);
        documents.get(self.at..behind).unwrap_or_default()
    }

    /// How often the term stands in the article at this place of the block. Where it is not counted, it is once.
    fn count(&self, at: usize) -> u32 {
        self.postings.freqs().get(at).copied().unwrap_or(1)
    }

    /// Adds what the articles of a window are worth, which begins at `first` and ends in this block.
    fn add(&self, first: DocId, end: DocId, sums: &mut [Score]) {
        let documents = self.within(end);
        let mut add = |document: DocId, count| {
            if let Some(sum) = sums.get_mut((document - first) as usize) {
                *sum += self.weight.score(self.lengths.fieldnorm_id(document), count);
            }
        };
        match self.postings.freqs().get(self.at..self.at + documents.len()) {
            Some(counts) if !counts.is_empty() => {
                documents.iter().zip(counts).for_each(|(document, count)| add(*document, *count));
            }
            _ => documents.iter().for_each(|document| add(*document, 1)),
        }
    }

    /// What one article of the window is worth, if it stands here.
    fn worth(&self, document: DocId) -> Option<Score> {
        let ahead = self.postings.docs().get(self.at..)?;
        let at = self.at + ahead.binary_search(&document).ok()?;
        Some(self.weight.score(self.lengths.fieldnorm_id(document), self.count(at)))
    }
}

/// Where answers go.
struct Answers<'a> {
    gate: &'a mut Gate,
    threshold: Score,
    callback: &'a mut dyn FnMut(DocId, Score) -> Score,
}

impl Answers<'_> {
    fn offer(&mut self, document: DocId, worth: Score) {
        if worth > self.threshold && self.gate.passes(document) {
            self.threshold = (self.callback)(document, worth);
        }
    }
}

/// Hands on each article that has all words, meets the conditions and is worth more than `threshold`, which `callback` raises.
pub fn best(
    mut words: Vec<Vec<List>>,
    gate: &mut Gate,
    threshold: Score,
    callback: &mut dyn FnMut(DocId, Score) -> Score,
) {
    // Where the rarest word has nothing, the others need not be looked at.
    words.sort_by_key(|lists| lists.iter().map(|list| u64::from(list.postings.doc_freq())).sum::<u64>());
    let mut answers = Answers { gate, threshold, callback };
    let mut rows = [const { Vec::new() }; 2];
    let mut bounds = vec![0.0; words.len()];
    let mut candidates = Vec::new();
    let mut first = 0;
    loop {
        first = next(&mut words, answers.gate, first);
        if first == TERMINATED {
            return;
        }
        let ends = words.iter().flatten().map(List::end_of_block);
        let end = ends.fold(first + (WINDOW - 1), DocId::min);
        for (bound, lists) in bounds.iter_mut().zip(&mut words) {
            *bound = lists.iter_mut().map(|list| list.look(end)).sum::<Score>() * ROUNDING;
        }
        let bound: Score = bounds.iter().sum();
        if bound > answers.threshold {
            let (word, few) = decisive(&mut words, &bounds, bound, answers.threshold, end);
            let lists: usize = words.iter().map(Vec::len).sum();
            if few * lists * LOOKUP < words.len() * (end - first + 1) as usize {
                candidates.clear();
                let lists = words[word].iter().filter(|list| list.decides);
                lists.for_each(|list| candidates.extend(list.within(end)));
                candidates.sort_unstable();
                candidates.dedup();
                one_by_one(&words, &bounds, bound, &candidates, &mut answers);
            } else {
                in_rows(&words, &bounds, bound, (first, end), &mut rows, &mut answers);
            }
        }
        first = end + 1;
    }
}

/// The word by which the fewest articles of a window are found that can be worth enough, and how many that are: without one of the lists that
/// decide, all others together are worth too little.
fn decisive(words: &mut [Vec<List>], bounds: &[Score], bound: Score, threshold: Score, end: DocId) -> (usize, usize) {
    let mut fewest = (0, usize::MAX);
    for (word, (lists, own)) in words.iter_mut().zip(bounds).enumerate() {
        let others = bound - own;
        let (mut without, mut articles) = (0.0, 0);
        for list in lists {
            list.decides = others + (without + list.bound) * ROUNDING > threshold;
            if list.decides {
                articles += list.within(end).len();
            } else {
                without += list.bound;
            }
        }
        if articles < fewest.1 {
            fewest = (word, articles);
        }
    }
    fewest
}

/// Looks some articles of a window up in all lists.
fn one_by_one(words: &[Vec<List>], bounds: &[Score], bound: Score, candidates: &[DocId], answers: &mut Answers<'_>) {
    'candidates: for document in candidates {
        let (mut sum, mut bound) = (0.0, bound);
        for (lists, worth) in words.iter().zip(bounds) {
            let more: Score = lists.iter().filter_map(|list| list.worth(*document)).fold(0.0, |sum, more| sum + more);
            sum += more;
            bound = (bound - worth).max(0.0);
            if more == 0.0 || (sum + bound) * ROUNDING <= answers.threshold {
                continue 'candidates;
            }
        }
        answers.offer(*document, sum);
    }
}

/// Sums up all articles of a window.
fn in_rows(
    words: &[Vec<List>],
    bounds: &[Score],
    mut bound: Score,
    (first, end): (DocId, DocId),
    [sums, more]: &mut [Vec<Score>; 2],
    answers: &mut Answers<'_>,
) {
    let length = (end - first + 1) as usize;
    sums.clear();
    sums.resize(length, 0.0);
    for (number, (lists, worth)) in words.iter().zip(bounds).enumerate() {
        if number == 0 {
            lists.iter().for_each(|list| list.add(first, end, sums));
        } else {
            more.clear();
            more.resize(length, 0.0);
            lists.iter().for_each(|list| list.add(first, end, more));
            // What has one of the words and not the other is out.
            for (sum, more) in sums.iter_mut().zip(&*more) {
                *sum = if *sum > 0.0 && *more > 0.0 { *sum + *more } else { 0.0 };
            }
        }
        bound = (bound - worth).max(0.0);
        let is_enough = |sum: &Score| *sum > 0.0 && (*sum + bound) * ROUNDING > answers.threshold;
        if number + 1 < words.len() && !sums.iter().any(is_enough) {
            return;
        }
    }
    for (document, sum) in (first..).zip(&*sums) {
        if *sum > 0.0 {
            answers.offer(document, *sum);
        }
    }
}

/// The first article from `first` on that may have all words, and meet what has to be.
fn next(words: &mut [Vec<List>], gate: &mut Gate, mut first: DocId) -> DocId {
    loop {
        let before = first;
        for lists in &mut *words {
            let nearest = lists.iter_mut().map(|list| list.seek(first)).min();
            first = first.max(nearest.unwrap_or(TERMINATED));
        }
        first = gate.next(first);
        if first == before || first == TERMINATED {
            return first;
        }
    }
}
