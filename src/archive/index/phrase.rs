//! Finds the best of the articles that have a phrase.
//!
//! An article is worth no more than if the rarest of the words stood nowhere but in the phrase: where that is too little, positions
//! need not be compared.

use super::conditions::{Conditions, Gate, LookedFor};
use super::occurrences::{Candidate, List, Window};
use super::positions::Positions;
use std::ops::Range;
use tantivy::query::{Bm25StatisticsProvider, Bm25Weight, EnableScoring, PhraseQuery, Query, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, Index, Score, Searcher, SegmentReader, TERMINATED, Term};

/// Words of the longest phrase: they are counted in a byte.
pub const LONGEST: usize = 100;

/// Words that stand behind one another in one field, and what else is to be true of an article.
#[derive(Debug, Clone)]
pub struct Phrase {
    terms: Vec<Term>,
    conditions: Conditions,
    index: Index,
}

impl Phrase {
    /// Two words or more, at most [`LONGEST`], under these conditions.
    pub fn new(terms: Vec<Term>, conditions: Conditions, index: &Index) -> Phrase {
        Phrase { terms, conditions, index: index.clone() }
    }

    /// What finds the best of them; how rare words are, `statistics` say.
    pub fn scored(
        &self,
        searcher: &Searcher,
        statistics: &dyn Bm25StatisticsProvider,
    ) -> tantivy::Result<ScoredPhrase> {
        let scoring = EnableScoring::Enabled { searcher, statistics_provider: statistics };
        Ok(ScoredPhrase {
            terms: self.terms.clone(),
            worth: Bm25Weight::for_terms(statistics, &self.terms)?,
            conditions: self.conditions.looked_for(searcher)?,
            whole: self.every().weight(scoring)?,
            index: self.index.clone(),
        })
    }

    /// For whoever wants each answer, whether it is one of the best or not.
    fn every(&self) -> Box<dyn Query> {
        self.conditions.with(Box::new(PhraseQuery::new(self.terms.clone())))
    }
}

impl Query for Phrase {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        self.every().weight(scoring)
    }
}

/// See [`Phrase::scored`].
pub struct ScoredPhrase {
    terms: Vec<Term>,
    worth: Bm25Weight,
    conditions: LookedFor,
    /// See [`Phrase::every`].
    whole: Box<dyn Weight>,
    index: Index,
}

impl ScoredPhrase {
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

    /// Hands on each of these articles of a segment that has the phrase, meets the conditions and is worth more than `threshold`, which
    /// `callback` raises.
    pub fn best(
        &self,
        threshold: Score,
        segment: &SegmentReader,
        articles: Range<DocId>,
        callback: &mut dyn FnMut(DocId, Score) -> Score,
    ) -> tantivy::Result<()> {
        let mut lists = match self.lists(segment)? {
            None => return Ok(()),
            // tantivy looks through the whole segment, whatever part is asked for.
            Some(Err(Unusual)) => {
                let mut bar = threshold;
                return self.whole.for_each_pruning(threshold, segment, &mut |document, worth| {
                    if articles.contains(&document) {
                        bar = callback(document, worth);
                    }
                    bar
                });
            }
            Some(Ok(lists)) => lists,
        };
        let Some(first) = self.terms.first() else { return Ok(()) };
        let lengths = segment.get_fieldnorms_reader(first.field())?;
        let mut gate = self.conditions.in_segment(segment)?;
        // The rarest word leads, since the others are looked for where it stands.
        lists.sort_by_key(List::articles);
        let mut needs = Needs::new(&self.worth, threshold);
        let (mut window, mut candidates) = (Window::new(), Vec::new());
        let mut first = articles.start;
        loop {
            first = next(&mut lists, &mut gate, first);
            if first >= articles.end {
                return Ok(());
            }
            first = window.fill(&lists, articles.end - 1) + 1;
            // No decisions: which articles can be worth enough is not to be foreseen.
            candidates.resize(window.articles().len(), Candidate::default());
            let mut found = 0;
            for (number, (document, most)) in (0..).zip(window.articles()) {
                let length = lengths.fieldnorm_id(document);
                let least = needs.of(length);
                candidates[found] = Candidate { number, document, length, least };
                found += usize::from(most >= least);
            }
            candidates.truncate(found);
            if !gate.is_open() {
                candidates.retain(|candidate| gate.passes(candidate.document));
            }
            if !candidates.is_empty() {
                lists.iter_mut().for_each(List::unpack);
                window.sift(&lists, &mut candidates);
            }
            for candidate in &candidates {
                let often = window.count(candidate.number, &lists);
                let worth = self.worth.score(candidate.length, often);
                if often > 0 && worth > needs.threshold {
                    needs.raise(callback(candidate.document, worth));
                }
            }
        }
    }
}

/// A segment whose positions are not where they are expected.
struct Unusual;

/// The first article from `first` on that may have all words, and meet what has to be.
fn next(lists: &mut [List], gate: &mut Gate, mut first: DocId) -> DocId {
    loop {
        let before = first;
        for list in &mut *lists {
            first = first.max(list.seek(first));
        }
        first = gate.next(first);
        if first == before || first >= TERMINATED {
            return first;
        }
    }
}

/// How often the phrase has to stand in articles of each length, so that they are worth more than the threshold.
struct Needs<'a> {
    worth: &'a Bm25Weight,
    threshold: Score,
    /// With nothing where it is not known for this threshold.
    often: [u32; 256],
}

impl<'a> Needs<'a> {
    fn new(worth: &'a Bm25Weight, threshold: Score) -> Needs<'a> {
        Needs { worth, threshold, often: [0; 256] }
    }

    /// The threshold never falls.
    fn raise(&mut self, threshold: Score) {
        if threshold > self.threshold {
            self.threshold = threshold;
            self.often = [0; 256];
        }
    }

    /// Of articles of this length; more than there can be, if they can never be worth enough.
    fn of(&mut self, length: u8) -> u32 {
        let often = self.often[usize::from(length)];
        if often > 0 { often } else { self.find(length) }
    }

    /// The least number that is enough.
    #[cold]
    fn find(&mut self, length: u8) -> u32 {
        let is_enough = |often| self.worth.score(length, often) > self.threshold;
        let (mut low, mut high) = (1, 1);
        while high <= MOST && !is_enough(high) {
            (low, high) = (high + 1, high * 2);
        }
        while low < high && high <= MOST {
            let middle = low.midpoint(high);
            if is_enough(middle) { high = middle } else { low = middle + 1 }
        }
        let often = if high > MOST { u32::MAX } else { low };
        self.often[usize::from(length)] = often;
        often
    }
}

/// No text has so many words.
const MOST: u32 = 1 << 30;

#[cfg(test)]
mod tests {
    use super::{Conditions, Phrase};
    use crate::archive::index::best::{Finder, best};
    use crate::archive::index::schema::Fields;
    use crate::archive::index::trial::{self, every};
    use tantivy::query::{Occur, PhraseQuery};
    use tantivy::{Searcher, Term};

    /// Texts of few words, so that every phrase is somewhere; every fortieth is long. `selten` is in one of three hundred, `nie` in none.
    fn library(articles: u64) -> (Searcher, Fields) {
        trial::library(articles, |number, dice, fields, document| {
            let mut body = String::new();
            for _ in 0..dice.below(if number % 40 == 0 { 1_200 } else { 120 }) {
                body += ["der\n", "der\n", "haus\n", "haus\n", "wald\n", "see\n", "\n"][dice.below(7) as usize];
            }
            if number % 300 == 7 {
                body += if number % 600 == 7 { "see\nwald\nsee\n" } else { "" };
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
                let conditions = Conditions::new(conditions);
                let every = every(&searcher, &*conditions.with(Box::new(plain)));
                let phrase = Phrase::new(terms.clone(), conditions, searcher.index());
                let scored = phrase.scored(&searcher, &searcher).unwrap();
                let finder = Finder::Parts(Box::new(scored));
                for most in [1, 10, 4_000] {
                    let every = &every[..every.len().min(most)];
                    for threads in [1, 2, 8] {
                        let best = best(&searcher, &finder, most, threads).unwrap();
                        let best: Vec<_> = best.into_iter().map(|answer| (answer.worth, answer.address)).collect();
                        assert_eq!(best, every, "{terms:?}, {most} by {threads}");
                    }
                }
                answered += usize::from(!every.is_empty());
            }
        }
        assert!(answered >= 21, "{answered}");
    }
}
