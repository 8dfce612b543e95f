//! Finds the best of the articles that have a phrase.
//!
//! An article is worth no more than if the rarest of the words stood nowhere but in the phrase: where that is too little, positions
//! need not be compared. Where they need, those of a block of 128 articles are unpacked at once.

use super::positions::Positions;
use super::windows::meets;
use std::sync::Arc;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::positions::PositionReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::query::{Bm25Weight, EnableScoring, Explanation, Occur, PhraseQuery, Query, Scorer, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, Index, Score, SegmentReader, TERMINATED, Term};

/// Words of the longest phrase: they are counted in a byte.
pub const LONGEST: usize = 100;

/// Words that stand behind one another in one field, and what else is to be true of an article.
#[derive(Debug, Clone)]
pub struct Phrase {
    terms: Vec<Term>,
    /// What has to be, and what must not be.
    conditions: Arc<[(Occur, Box<dyn Query>)]>,
    index: Index,
}

impl Phrase {
    /// Two words or more, at most [`LONGEST`], under these conditions.
    pub fn new(terms: Vec<Term>, conditions: Vec<(Occur, Box<dyn Query>)>, index: &Index) -> Phrase {
        Phrase { terms, conditions: conditions.into(), index: index.clone() }
    }
}

impl Query for Phrase {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let phrase = PhraseQuery::new(self.terms.clone());
        let whole = super::ranked::under(Box::new(phrase), &self.conditions).weight(scoring)?;
        let EnableScoring::Enabled { searcher, statistics_provider } = scoring else { return Ok(whole) };
        let conditions = self.conditions.iter().map(|(occur, query)| {
            let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
            Ok((*occur == Occur::Must, weight))
        });
        Ok(Box::new(PhraseWeight {
            terms: self.terms.clone(),
            worth: Bm25Weight::for_terms(statistics_provider, &self.terms)?,
            conditions: conditions.collect::<tantivy::Result<_>>()?,
            whole,
            index: self.index.clone(),
        }))
    }
}

struct PhraseWeight {
    terms: Vec<Term>,
    worth: Bm25Weight,
    /// Whether it has to be or must not be.
    conditions: Vec<(bool, Box<dyn Weight>)>,
    /// For whoever wants each answer, whether it is one of the best or not.
    whole: Box<dyn Weight>,
    index: Index,
}

impl PhraseWeight {
    /// Where the words stand in a segment. Nothing, if one of them is not there; a fault is a segment that has to be read in
    /// tantivy's way.
    fn lists(&self, segment: &SegmentReader) -> tantivy::Result<Option<Result<Vec<List>, Unusual>>> {
        let Some(first) = self.terms.first() else { return Ok(None) };
        let words = segment.inverted_index(first.field())?;
        let mut infos = Vec::with_capacity(self.terms.len());
        for term in &self.terms {
            let Some(info) = words.get_term_info(term)? else { return Ok(None) };
            infos.push(info);
        }
        let Some(positions) = Positions::open(self.index.directory(), segment, first.field()) else {
            return Ok(Some(Err(Unusual)));
        };
        let mut lists = Vec::with_capacity(infos.len());
        for (offset, info) in infos.iter().enumerate() {
            let Some(positions) = positions.of(info) else { return Ok(Some(Err(Unusual))) };
            let postings = words.read_block_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?;
            lists.push(List::new(postings, positions, offset as u32));
        }
        Ok(Some(Ok(lists)))
    }
}

/// A segment whose positions are not where they are expected.
struct Unusual;

impl Weight for PhraseWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        self.whole.scorer(segment, boost)
    }

    fn explain(&self, segment: &SegmentReader, document: DocId) -> tantivy::Result<Explanation> {
        self.whole.explain(segment, document)
    }

    fn for_each_pruning(
        &self,
        mut threshold: Score,
        segment: &SegmentReader,
        callback: &mut dyn FnMut(DocId, Score) -> Score,
    ) -> tantivy::Result<()> {
        let mut lists = match self.lists(segment)? {
            None => return Ok(()),
            Some(Err(Unusual)) => return self.whole.for_each_pruning(threshold, segment, callback),
            Some(Ok(lists)) => lists,
        };
        let Some(first) = self.terms.first() else { return Ok(()) };
        let lengths = segment.get_fieldnorms_reader(first.field())?;
        let (mut wanted, mut unwanted) = (Vec::new(), Vec::new());
        for (is_wanted, weight) in &self.conditions {
            let scorer = weight.scorer(segment, 1.0)?;
            if *is_wanted { wanted.push(scorer) } else { unwanted.push(scorer) }
        }
        // The rarest word leads, since the others are looked for where it stands.
        lists.sort_by_key(|list| list.postings.doc_freq());
        let mut starts = Starts::default();
        while let Some(document) = common(&mut lists) {
            if self.bound(&lengths, document, &lists) > threshold && meets(document, &mut wanted, &mut unwanted) {
                let often = starts.count(&mut lists);
                if often > 0 {
                    let worth = self.worth.score(lengths.fieldnorm_id(document), often);
                    if worth > threshold {
                        threshold = callback(document, worth);
                    }
                }
            }
            lists[0].at += 1;
        }
        Ok(())
    }
}

impl PhraseWeight {
    /// What an article can be worth that has all words.
    fn bound(&self, lengths: &FieldNormReader, document: DocId, lists: &[List]) -> Score {
        let most = lists.iter().map(|list| list.postings.freq(list.at)).min().unwrap_or(0);
        self.worth.score(lengths.fieldnorm_id(document), most)
    }
}

/// Where one of the words stands.
struct List {
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
    fn new(postings: BlockSegmentPostings, positions: PositionReader, offset: u32) -> List {
        List { postings, at: 0, positions, before: 0, offset, begins: Vec::new(), steps: Vec::new() }
    }

    fn doc(&self) -> DocId {
        let documents = self.postings.docs();
        documents.get(self.at).copied().unwrap_or(TERMINATED)
    }

    /// Goes to this article, or the next one that has the word. Blocks are passed one by one, since their positions are to be
    /// counted.
    fn seek(&mut self, document: DocId) -> DocId {
        loop {
            let documents = self.postings.docs();
            match documents.last() {
                None => return TERMINATED,
                Some(last) if *last < document || self.at >= documents.len() => {
                    self.before += self.postings.freqs().iter().map(|often| u64::from(*often)).sum::<u64>();
                    self.postings.advance();
                    self.at = 0;
                    self.begins.clear();
                }
                Some(_) => break,
            }
        }
        let ahead = self.postings.docs().get(self.at..).unwrap_or_default();
        // The next one, mostly.
        let steps = match ahead {
            [here, ..] if *here >= document => 0,
            [_, next, ..] if *next >= document => 1,
            ahead => ahead.partition_point(|here| *here < document),
        };
        self.at += steps;
        self.doc()
    }

    /// The positions in the article, each as the distance from the one before.
    fn steps(&mut self) -> &[u32] {
        if self.begins.is_empty() {
            let mut sum = 0;
            for often in self.postings.freqs() {
                self.begins.push(sum);
                sum += often;
            }
            self.begins.push(sum);
            self.steps.resize(sum as usize, 0);
            self.positions.read(self.before, &mut self.steps);
        }
        match self.begins.get(self.at..self.at + 2) {
            Some([from, to]) => self.steps.get(*from as usize..*to as usize).unwrap_or_default(),
            _ => &[],
        }
    }
}

/// The next article that has all words, from where the first one is on.
fn common(lists: &mut [List]) -> Option<DocId> {
    let (lead, others) = lists.split_first_mut()?;
    let mut document = lead.seek(0);
    'next: while document < TERMINATED {
        for list in &mut *others {
            let there = list.seek(document);
            if there > document {
                document = if there < TERMINATED { lead.seek(there) } else { TERMINATED };
                continue 'next;
            }
        }
        return Some(document);
    }
    None
}

/// For each word of an article how many words of the phrase stand where they would if it began there.
#[derive(Default)]
struct Starts(Vec<u8>);

impl Starts {
    /// How often the phrase stands in the article that all lists are at. A few steps for each position, and no decisions.
    fn count(&mut self, lists: &mut [List]) -> u32 {
        let words = lists.len() as u8;
        let mut often = 0;
        for (number, list) in (0u8..).zip(lists.iter_mut()) {
            // What begins before the text is no phrase: it comes out beyond the end.
            let mut start = 0u32.wrapping_sub(list.offset);
            for step in list.steps() {
                start = start.wrapping_add(*step);
                let place = start as usize;
                if number == 0 {
                    if place >= self.0.len() && start < u32::MAX / 2 {
                        self.0.resize((place + 1).next_power_of_two(), 0);
                    }
                    if let Some(found) = self.0.get_mut(place) {
                        *found = 1;
                    }
                } else if let Some(found) = self.0.get_mut(place) {
                    *found += u8::from(*found == number);
                    often += u32::from(number + 1 == words && *found == words);
                }
            }
        }
        if let Some(first) = lists.first_mut() {
            let mut start = 0u32.wrapping_sub(first.offset);
            for step in first.steps() {
                start = start.wrapping_add(*step);
                if let Some(found) = self.0.get_mut(start as usize) {
                    *found = 0;
                }
            }
        }
        often
    }
}

#[cfg(test)]
mod tests {
    use super::{List, Phrase, Positions};
    use crate::archive::index::schema::Fields;
    use crate::archive::index::trial::{self, found};
    use tantivy::postings::Postings;
    use tantivy::query::{Occur, PhraseQuery};
    use tantivy::schema::IndexRecordOption;
    use tantivy::{DocSet, Searcher, TERMINATED, Term};

    /// Texts of few words, so that every phrase is somewhere; `selten` is in one of three hundred, `nie` in none.
    fn library(articles: u64) -> (Searcher, Fields) {
        trial::library(articles, |number, dice, fields, document| {
            let mut body = String::new();
            for _ in 0..dice.below(120) {
                body += ["der\n", "der\n", "haus\n", "haus\n", "wald\n", "see\n", "\n"][dice.below(7) as usize];
            }
            if number % 300 == 7 {
                body += "selten\nhaus\n";
            }
            document.add_text(fields.title, "der\nwald\n");
            document.add_text(fields.body, body);
        })
    }

    #[test]
    fn a_phrase_is_found_where_tantivy_finds_it_and_worth_the_same() {
        let (searcher, fields) = library(4_000);
        let feed = |name: &str| trial::in_feed(&fields, name);
        let mut answered = 0;
        for phrase in [
            &["der", "haus"][..],
            &["haus", "der"],
            &["der", "der"],
            &["selten", "haus"],
            &["haus", "selten"],
            &["der", "haus", "wald"],
            &["der", "der", "der", "der"],
            &["see", "wald", "see", "selten", "haus"],
            &["der", "nie"],
        ] {
            let terms: Vec<Term> = phrase.iter().map(|word| Term::from_field_text(fields.body, word)).collect();
            for conditions in [vec![], vec![(Occur::Must, feed("bote"))], vec![(Occur::MustNot, feed("bote"))]] {
                let plain = PhraseQuery::new(terms.clone());
                let every = found(&searcher, &super::super::ranked::under(Box::new(plain), &conditions), 4_000);
                let phrase = Phrase::new(terms.clone(), conditions, searcher.index());
                for most in [1, 10, 4_000] {
                    assert_eq!(found(&searcher, &phrase, most), every[..every.len().min(most)], "{terms:?}");
                }
                answered += usize::from(!every.is_empty());
            }
        }
        assert!(answered >= 21, "{answered}");
    }

    #[test]
    fn positions_are_those_that_tantivy_reads() {
        let (searcher, fields) = library(600);
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
                    let sum = |sum: &mut u32, step: &u32| {
                        *sum += step;
                        Some(*sum)
                    };
                    assert_eq!(own.steps().iter().scan(0, sum).collect::<Vec<u32>>(), places);
                    compared += places.len();
                    theirs.advance();
                }
            }
        }
        assert!(compared > 5_000, "{compared}");
    }
}
