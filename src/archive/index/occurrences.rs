//! Where the words of a phrase stand, 128 articles at a time.

use std::ops::Range;
use tantivy::positions::PositionReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::{DocId, TERMINATED};

/// Articles of a block.
const BLOCK: usize = 128;

/// Where one of the words stands.
pub struct List {
    postings: BlockSegmentPostings,
    /// Where in the block.
    at: usize,
    positions: PositionReader,
    /// How many positions the blocks before have.
    before: u64,
    /// How many words of the phrase stand before this one.
    offset: u32,
    is_unpacked: bool,
    /// For each article of the block where its positions begin in `steps`, and where those of the last one end.
    begins: [u32; BLOCK + 1],
    /// The positions of the block, each as the distance from the one before in its article.
    steps: Vec<u32>,
}

impl List {
    /// At the first article.
    pub fn new(postings: BlockSegmentPostings, positions: PositionReader, offset: u32) -> List {
        List {
            postings,
            at: 0,
            positions,
            before: 0,
            offset,
            is_unpacked: false,
            begins: [0; BLOCK + 1],
            steps: Vec::new(),
        }
    }

    /// How many articles have the word.
    pub fn articles(&self) -> u32 {
        self.postings.doc_freq()
    }

    /// Goes to this article, or the next one that has the word. Blocks are passed one by one, since their positions are to be
    /// counted.
    pub fn seek(&mut self, document: DocId) -> DocId {
        loop {
            let documents = self.postings.docs();
            match documents.last() {
                None => return TERMINATED,
                Some(last) if *last < document => {
                    self.before += self.postings.freqs().iter().map(|often| u64::from(*often)).sum::<u64>();
                    self.postings.advance();
                    self.at = 0;
                    self.is_unpacked = false;
                }
                Some(_) => break,
            }
        }
        let ahead = self.postings.docs().get(self.at..).unwrap_or_default();
        self.at += ahead.partition_point(|here| *here < document);
        self.postings.docs().get(self.at).copied().unwrap_or(TERMINATED)
    }

    /// The last article of the block.
    fn end_of_block(&self) -> DocId {
        self.postings.docs().last().copied().unwrap_or(TERMINATED)
    }

    /// The articles from here to one of this block, and how often the word stands in each.
    fn within(&self, end: DocId) -> (&[DocId], &[u32]) {
        let documents = self.postings.docs();
        let range = self.at..documents.partition_point(|document| *document <= end);
        let often = self.postings.freqs().get(range.clone()).unwrap_or_default();
        (documents.get(range).unwrap_or_default(), often)
    }

    /// Unpacks the positions of the block.
    pub fn unpack(&mut self) {
        if self.is_unpacked {
            return;
        }
        self.is_unpacked = true;
        let mut sum = 0;
        for (often, end) in self.postings.freqs().iter().zip(&mut self.begins[1..]) {
            sum += often;
            *end = sum;
        }
        let sum = sum as usize;
        // The last row of the last article is to be full.
        if self.steps.len() < sum + ROW {
            self.steps.resize(sum + ROW, 0);
        }
        self.positions.read(self.before, &mut self.steps[..sum]);
    }

    /// Where the phrase would begin by each position in the article at this place of the block, which was unpacked. What would begin
    /// before the text comes out beyond the end of all texts.
    fn starts(&self, place: u8) -> impl Iterator<Item = u32> {
        let unpacked = self.unpacked();
        unpacked.steps[unpacked.of(place)].iter().scan(unpacked.start, |start, step| {
            *start = start.wrapping_add(*step);
            Some(*start)
        })
    }

    /// What was unpacked.
    fn unpacked(&self) -> Unpacked<'_> {
        Unpacked { begins: &self.begins, steps: &self.steps, start: 0u32.wrapping_sub(self.offset) }
    }
}

/// Steps that are taken without a decision: how many an article has is not to be foreseen, and a wrong guess costs as much as some steps
/// in vain. With 2 or 8, phrases of words in every article take some per cent longer (`cargo bench --bench ask`).
const ROW: usize = 4;

/// The positions of a block, see [`List`].
#[derive(Clone, Copy)]
struct Unpacked<'a> {
    begins: &'a [u32; BLOCK + 1],
    steps: &'a [u32],
    /// Where the phrase would begin if its word were at the beginning of the text.
    start: u32,
}

impl<'a> Unpacked<'a> {
    /// Which are those of the article at this place of the block.
    #[inline(always)]
    fn of(&self, place: u8) -> Range<usize> {
        let place = usize::from(place) % BLOCK;
        self.begins[place] as usize..self.begins[place + 1] as usize
    }

    /// The steps of an article in full rows; the last one may end with steps of others.
    #[inline(always)]
    fn rows(&self, article: &Range<usize>) -> &'a [[u32; ROW]] {
        self.steps[article.start..][..article.len().next_multiple_of(ROW)].as_chunks().0
    }

    /// A set of numbers below 64, a bit each: what is left of each place where the phrase would begin, without so many of its lowest bits, when
    /// it is divided by 64. What fills the last row up may add more.
    #[inline(always)]
    fn set<const LOWEST: u32>(&self, article: &Range<usize>) -> u64 {
        let (mut start, mut set) = (self.start, [0; 2]);
        for row in self.rows(article) {
            for (number, step) in row.iter().enumerate() {
                start = start.wrapping_add(*step);
                // In turns, since adding to a set waits for what was added before.
                set[number % 2] |= 1 << ((start >> LOWEST) % u64::BITS);
            }
        }
        set[0] | set[1]
    }

    /// How many of these places, at most [`FEW`], have their number in a set.
    #[inline(always)]
    fn count_in<const LOWEST: u32>(&self, article: &Range<usize>, set: u64) -> u32 {
        let (mut start, mut found) = (self.start, 0);
        for row in self.rows(article) {
            for step in row {
                start = start.wrapping_add(*step);
                found = 2 * found + (set >> ((start >> LOWEST) % u64::BITS) & 1);
            }
        }
        let of_others = article.len().next_multiple_of(ROW) - article.len();
        (found >> of_others).count_ones()
    }
}

/// Where a word stands more often, most of 64 remainders are taken.
const FEW: usize = 64;

/// See [`Window::sift`]: of two words, each with where in its block the articles are. Processors that have AVX2, and what came with it, count
/// bits in one step and shift without moving: this is compiled for them as well, and the macro asks the processor which it is.
#[multiversion::multiversion(targets("x86_64+avx2+bmi1+bmi2+lzcnt+popcnt"))]
fn sift((rare, here): (Unpacked<'_>, &[u8]), (other, there): (Unpacked<'_>, &[u8]), candidates: &mut Vec<Candidate>) {
    candidates.retain(|candidate| {
        let number = usize::from(candidate.number);
        let (here, there) = (rare.of(here[number]), other.of(there[number]));
        here.len().max(there.len()) > FEW
            || rare.count_in::<0>(&here, other.set::<0>(&there)) >= candidate.least
                && rare.count_in::<2>(&here, other.set::<2>(&there)) >= candidate.least
    });
}

/// An article of a window that may be worth enough.
#[derive(Clone, Copy, Default)]
pub struct Candidate {
    /// Which of the window.
    pub number: u8,
    /// Its number in the segment.
    pub document: DocId,
    /// How long it is, as the index says it.
    pub length: u8,
    /// How often the phrase has to stand there.
    pub least: u32,
}

/// The articles that have all words, as far as the block reaches that ends first.
pub struct Window {
    documents: Vec<DocId>,
    /// For each list, where in its block each of them is.
    places: Vec<Vec<u8>>,
    /// How often the word stands in each that is the rarest there.
    rarest: Vec<u32>,
    pairs: Vec<(u8, u8)>,
    /// For each word of an article how many words of the phrase stand where they would if it began there.
    begun: Vec<u8>,
    /// Where articles stand in a list.
    table: Box<[u8; SPAN]>,
}

impl Window {
    /// None yet.
    pub fn new() -> Window {
        let (documents, places, rarest) = (Vec::new(), Vec::new(), Vec::new());
        Window { documents, places, rarest, pairs: Vec::new(), begun: Vec::new(), table: Box::new([NOWHERE; SPAN]) }
    }

    /// Looks for them, from where the lists are up to `last`. Gives the last article that the window reaches to.
    pub fn fill(&mut self, lists: &[List], last: DocId) -> DocId {
        let end = lists.iter().map(List::end_of_block).fold(last, DocId::min);
        self.documents.clear();
        self.rarest.clear();
        self.places.resize_with(lists.len(), Vec::new);
        for (number, list) in lists.iter().enumerate() {
            let (here, often) = list.within(end);
            let at = list.at as u8;
            let (before, rest) = self.places.split_at_mut(number);
            let Some(own) = rest.first_mut() else { continue };
            own.clear();
            if number == 0 {
                self.documents.extend(here);
                self.rarest.resize(here.len(), u32::MAX);
            }
            // Where words are in every article, these are mostly the same ones.
            if self.documents == here {
                own.extend(at..at + here.len() as u8);
                self.rarest.iter_mut().zip(often).for_each(|(rarest, often)| *rarest = (*rarest).min(*often));
                continue;
            }
            common(&self.documents, here, &mut self.table, &mut self.pairs);
            own.extend(self.pairs.iter().map(|(_, there)| at + there));
            if self.pairs.len() < self.documents.len() {
                keep(&mut self.documents, &self.pairs);
                keep(&mut self.rarest, &self.pairs);
                before.iter_mut().for_each(|places| keep(places, &self.pairs));
            }
            for (rarest, (_, there)) in self.rarest.iter_mut().zip(&self.pairs) {
                *rarest = (*rarest).min(often.get(usize::from(*there)).copied().unwrap_or(0));
            }
        }
        end
    }

    /// The articles, each with how often the word stands there that is the rarest in it.
    pub fn articles(&self) -> impl ExactSizeIterator<Item = (DocId, u32)> {
        self.documents.iter().copied().zip(self.rarest.iter().copied())
    }

    /// Keeps only articles that may have the phrase often enough. By each position of the two rarest words the phrase would begin somewhere: of
    /// these places it is compared what is left when they are divided by 64, and then, of what is kept, when a quarter of them is. What is
    /// dropped does not have the phrase as often as it has to. All lists have to be unpacked.
    pub fn sift(&self, lists: &[List], candidates: &mut Vec<Candidate>) {
        let ([rare, other, ..], [here, there, ..]) = (lists, &*self.places) else { return };
        sift((rare.unpacked(), here), (other.unpacked(), there), candidates);
    }

    /// How often the phrase stands in one of the articles. All lists have to be unpacked.
    pub fn count(&mut self, number: u8, lists: &[List]) -> u32 {
        let mut often = 0;
        for (at, (list, places)) in lists.iter().zip(&self.places).enumerate() {
            let starts = list.starts(places[usize::from(number)]);
            for start in starts.filter(|start| *start < u32::MAX / 2) {
                let place = start as usize;
                if at == 0 {
                    if place >= self.begun.len() {
                        self.begun.resize((place + 1).next_power_of_two(), 0);
                    }
                    self.begun[place] = 1;
                } else if let Some(found) = self.begun.get_mut(place).filter(|found| usize::from(**found) == at) {
                    *found += 1;
                    often += u32::from(at + 1 == lists.len());
                }
            }
        }
        if let (Some(first), Some(places)) = (lists.first(), self.places.first()) {
            for start in first.starts(places[usize::from(number)]) {
                if let Some(found) = self.begun.get_mut(start as usize) {
                    *found = 0;
                }
            }
        }
        often
    }
}

/// Keeps what the first numbers of the pairs say.
fn keep<T: Copy>(items: &mut Vec<T>, pairs: &[(u8, u8)]) {
    for (to, (from, _)) in pairs.iter().enumerate() {
        items[to] = items[usize::from(*from)];
    }
    items.truncate(pairs.len());
}

/// Where in each of two lists of a block at most the articles are that stand in both.
fn common(some: &[DocId], others: &[DocId], table: &mut [u8; SPAN], pairs: &mut Vec<(u8, u8)>) {
    pairs.clear();
    let (Some(first), Some(last)) = (others.first(), others.last()) else { return };
    if (last - first) as usize >= SPAN {
        for (at, document) in some.iter().enumerate() {
            pairs.extend(others.binary_search(document).map(|there| (at as u8, there as u8)));
        }
        return;
    }
    // No decisions: which articles stand in both is not to be foreseen.
    let table = &mut table[..=(last - first) as usize];
    table.fill(NOWHERE);
    for (there, document) in others.iter().enumerate() {
        table[(document - first) as usize] = there as u8;
    }
    pairs.resize(some.len() + 1, (0, 0));
    let mut found = 0;
    for (at, document) in some.iter().enumerate() {
        let there = table.get(document.wrapping_sub(*first) as usize).copied().unwrap_or(NOWHERE);
        pairs[found] = (at as u8, there);
        found += usize::from(there != NOWHERE);
    }
    pairs.truncate(found);
}

/// Articles of a list that lie so far apart are looked up one by one.
const SPAN: usize = 4096;
/// Of a block of 128 articles, none is here.
const NOWHERE: u8 = u8::MAX;

#[cfg(test)]
mod tests {
    use super::{List, NOWHERE, SPAN, common};
    use crate::archive::index::positions::Positions;
    use crate::archive::index::trial;
    use tantivy::postings::Postings;
    use tantivy::schema::IndexRecordOption;
    use tantivy::{DocSet, TERMINATED, Term};

    #[test]
    fn positions_are_those_that_tantivy_reads() {
        let (searcher, fields) = trial::library(600, |number, dice, fields, document| {
            let mut body = String::new();
            for _ in 0..dice.below(120) {
                body += ["der\n", "haus\n", "\n"][dice.below(3) as usize];
            }
            if number % 300 == 7 {
                body += "selten\nhaus\n";
            }
            document.add_text(fields.title, "der\nwald\n");
            document.add_text(fields.body, body);
        });
        assert_eq!(searcher.segment_readers().len(), 2);
        let mut compared = 0;
        for segment in searcher.segment_readers() {
            for (field, word) in [(fields.body, "der"), (fields.body, "selten"), (fields.title, "wald")] {
                let words = segment.inverted_index(field).unwrap();
                let term = Term::from_field_text(field, word);
                let info = words.get_term_info(&term).unwrap().unwrap();
                let positions = Positions::open(searcher.index().directory(), segment, field).unwrap();
                let block = words.read_block_postings_from_terminfo(&info, IndexRecordOption::WithFreqs).unwrap();
                let mut own = List::new(block, positions.of(&info).unwrap(), 0);
                let option = IndexRecordOption::WithFreqsAndPositions;
                let mut theirs = words.read_postings(&term, option).unwrap().unwrap();
                while theirs.doc() != TERMINATED {
                    assert_eq!(own.seek(theirs.doc()), theirs.doc());
                    let mut places = Vec::new();
                    theirs.positions(&mut places);
                    own.unpack();
                    assert_eq!(own.starts(own.at as u8).collect::<Vec<u32>>(), places);
                    compared += places.len();
                    theirs.advance();
                }
            }
        }
        assert!(compared > 5_000, "{compared}");
    }

    #[test]
    fn what_two_lists_have_in_common_is_found_in_either_way() {
        let every: Vec<u32> = (100..228).collect();
        let third: Vec<u32> = (0..300).filter(|number| number % 3 == 0).collect();
        let far: Vec<u32> = (0..128).map(|number| number * 40).collect();
        let (mut table, mut pairs) = ([NOWHERE; SPAN], Vec::new());
        for (some, others, number) in [
            (&[][..], &every[..], 0),
            (&every, &[], 0),
            (&every, &third, 42),
            (&third, &every, 42),
            (&[90, 100, 227, 228], &every, 2),
            (&every, &every, 128),
            (&every, &far, 3),
            (&far, &every, 3),
            (&far, &far, 128),
        ] {
            common(some, others, &mut table, &mut pairs);
            assert_eq!(pairs.len(), number, "{some:?} {others:?}");
            assert!(pairs.iter().all(|(a, b)| some[usize::from(*a)] == others[usize::from(*b)]));
            assert!(pairs.is_sorted());
        }
    }
}
