//! Where the words of a phrase stand, 128 articles at a time.

use tantivy::positions::PositionReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::{DocId, TERMINATED};

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
    /// For each article of the block where its positions begin in `steps`; empty, as long as none was asked for.
    begins: Vec<u32>,
    /// The positions of the block, each as the distance from the one before in its article.
    steps: Vec<u32>,
}

impl List {
    /// At the first article.
    pub fn new(postings: BlockSegmentPostings, positions: PositionReader, offset: u32) -> List {
        List { postings, at: 0, positions, before: 0, offset, begins: Vec::new(), steps: Vec::new() }
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
                    self.begins.clear();
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

    /// The articles from here to one of this block.
    fn within(&self, end: DocId) -> &[DocId] {
        let documents = self.postings.docs();
        let behind = documents.partition_point(|document| *document <= end);
        documents.get(self.at..behind).unwrap_or_default()
    }

    /// Unpacks the positions of the block.
    pub fn unpack(&mut self) {
        if !self.begins.is_empty() {
            return;
        }
        let mut sum = 0;
        for often in self.postings.freqs() {
            self.begins.push(sum);
            sum += often;
        }
        self.begins.push(sum);
        self.steps.resize(sum as usize, 0);
        self.positions.read(self.before, &mut self.steps);
    }

    /// Where the phrase would begin by each position in the article at this place of the block, which was unpacked. What would begin
    /// before the text comes out beyond the end of all texts.
    fn starts(&self, place: u8) -> Starts<'_> {
        let place = usize::from(place);
        let steps = match self.begins.get(place..place + 2) {
            Some([from, to]) => self.steps.get(*from as usize..*to as usize).unwrap_or_default(),
            _ => &[],
        };
        Starts { steps: steps.iter(), start: 0u32.wrapping_sub(self.offset) }
    }
}

/// See [`List::starts`].
struct Starts<'a> {
    steps: std::slice::Iter<'a, u32>,
    start: u32,
}

impl Iterator for Starts<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.start = self.start.wrapping_add(*self.steps.next()?);
        Some(self.start)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.steps.size_hint()
    }
}

impl ExactSizeIterator for Starts<'_> {}

/// Of so many places of the phrase, each is looked for at the first places of a word, before all are looked at: with one, accidents are too
/// common, with more, more has to be looked at.
const FOUND: u32 = 2;
/// Places of articles that are told apart at first.
const PLACES: usize = 256;

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
    /// In which round a place was last seen.
    seen: [u32; PLACES],
    round: u32,
}

impl Window {
    /// None yet.
    pub fn new() -> Window {
        let (documents, places, rarest) = (Vec::new(), Vec::new(), Vec::new());
        Window { documents, places, rarest, pairs: Vec::new(), begun: Vec::new(), seen: [0; PLACES], round: 0 }
    }

    /// Looks for them, from where the lists are. Gives the last article that the window reaches to.
    pub fn fill(&mut self, lists: &[List]) -> DocId {
        let end = lists.iter().map(List::end_of_block).min().unwrap_or(TERMINATED);
        self.documents.clear();
        self.rarest.clear();
        self.places.resize_with(lists.len(), Vec::new);
        for (number, list) in lists.iter().enumerate() {
            let here = list.within(end);
            let at = list.at as u8;
            let (before, rest) = self.places.split_at_mut(number);
            let Some(own) = rest.first_mut() else { continue };
            own.clear();
            if number == 0 {
                self.documents.extend(here);
                own.extend(at..at + here.len() as u8);
            } else {
                common(&self.documents, here, &mut self.pairs);
                keep(&mut self.documents, &self.pairs);
                before.iter_mut().for_each(|places| keep(places, &self.pairs));
                own.extend(self.pairs.iter().map(|(_, there)| at + there));
            }
        }
        self.rarest.resize(self.documents.len(), u32::MAX);
        for (list, places) in lists.iter().zip(&self.places) {
            let freqs = list.postings.freqs();
            for (rarest, place) in self.rarest.iter_mut().zip(places) {
                *rarest = (*rarest).min(freqs.get(usize::from(*place)).copied().unwrap_or(0));
            }
        }
        end
    }

    /// The articles, each with how often the word stands there that is the rarest in it.
    pub fn articles(&self) -> impl Iterator<Item = (DocId, u32)> {
        self.documents.iter().copied().zip(self.rarest.iter().copied())
    }

    /// How often the phrase stands in one of the articles; nothing, if that is less than `least`, which is no more than its rarest word
    /// stands there. All lists have to be unpacked.
    pub fn count(&mut self, number: usize, lists: &[List], least: u32) -> u32 {
        if self.may_have(number, lists, least) { self.exactly(number, lists) } else { 0 }
    }

    fn place(&self, list: usize, number: usize) -> u8 {
        self.places.get(list).and_then(|places| places.get(number)).copied().unwrap_or_default()
    }

    /// Whether the phrase may stand there so often. If it does, it begins at all but a few of the places of the first word, and so at
    /// some of the first places of it: mostly, no more need be looked at, and only the positions of one other word up to the
    /// last of these. Places that are a multiple of 256 apart are taken for one.
    fn may_have(&mut self, number: usize, lists: &[List], least: u32) -> bool {
        let [first, .., other] = lists else { return true };
        self.round = self.round.wrapping_add(1);
        let wanted = least.min(FOUND);
        let first = first.starts(self.place(0, number));
        let looked_at = (first.len() as u32).saturating_sub(least) + wanted;
        let mut last = 0;
        for start in first.take(looked_at as usize) {
            self.seen[start as usize % PLACES] = self.round;
            last = start;
        }
        let mut found = 0;
        for start in other.starts(self.place(lists.len() - 1, number)) {
            // What would begin before the text is less than all others.
            if start as i32 > last as i32 {
                break;
            }
            found += u32::from(self.seen[start as usize % PLACES] == self.round);
        }
        found >= wanted
    }

    fn exactly(&mut self, number: usize, lists: &[List]) -> u32 {
        let mut begun = std::mem::take(&mut self.begun);
        let mut often = 0;
        for (at, list) in lists.iter().enumerate() {
            let starts = list.starts(self.place(at, number));
            for start in starts.filter(|start| *start < u32::MAX / 2) {
                let place = start as usize;
                if at == 0 {
                    if place >= begun.len() {
                        begun.resize((place + 1).next_power_of_two(), 0);
                    }
                    begun[place] = 1;
                } else if let Some(found) = begun.get_mut(place).filter(|found| usize::from(**found) == at) {
                    *found += 1;
                    often += u32::from(at + 1 == lists.len());
                }
            }
        }
        if let Some(first) = lists.first() {
            for start in first.starts(self.place(0, number)) {
                if let Some(found) = begun.get_mut(start as usize) {
                    *found = 0;
                }
            }
        }
        self.begun = begun;
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
fn common(some: &[DocId], others: &[DocId], pairs: &mut Vec<(u8, u8)>) {
    pairs.clear();
    if some.len() * SPARSE < others.len() {
        for (at, document) in some.iter().enumerate() {
            pairs.extend(others.binary_search(document).map(|there| (at as u8, there as u8)));
        }
        return;
    }
    // No decisions: which of two lists is to go on is not to be foreseen.
    pairs.resize(some.len().min(others.len()) + 1, (0, 0));
    let (mut at, mut there, mut found) = (0, 0, 0);
    while let (Some(one), Some(other)) = (some.get(at), others.get(there)) {
        pairs[found] = (at as u8, there as u8);
        found += usize::from(one == other);
        at += usize::from(one <= other);
        there += usize::from(other <= one);
    }
    pairs.truncate(found);
}

/// So many times shorter, a list is looked up in the other one.
const SPARSE: usize = 16;

#[cfg(test)]
mod tests {
    use super::{List, common};
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
        for (some, others, number) in [
            (&[][..], &every[..], 0),
            (&every, &[], 0),
            (&every, &third, 42),
            (&third, &every, 42),
            (&[90, 100, 227, 228], &every, 2),
            (&every, &every, 128),
        ] {
            let mut pairs = Vec::new();
            common(some, others, &mut pairs);
            assert_eq!(pairs.len(), number, "{some:?} {others:?}");
            assert!(pairs.iter().all(|(a, b)| some[usize::from(*a)] == others[usize::from(*b)]));
            assert!(pairs.is_sorted());
        }
    }
}
