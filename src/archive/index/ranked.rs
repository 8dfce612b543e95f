//! Words that are all to stand in an article, the best articles first.
//!
//! A word is looked up in several fields, and as several stems. tantivy knows how to pass over what cannot be among the best
//! where one list for each word is looked at; where each is a union of lists, it scores every article that has them all.

use super::conditions::{Conditions, LookedFor};
use super::windows::{self, List};
use tantivy::query::{
    Bm25Weight, BooleanQuery, BoostQuery, EnableScoring, Explanation, Occur, Query, Scorer, TermQuery, Weight,
};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, Score, SegmentReader, Term};

/// A word: where it is found, and how much more or less than one in the text that says.
pub type Word = Vec<(Term, Score)>;

/// Words that are all to be found, and what else is to be true of an article, which says nothing of how well it answers.
#[derive(Debug, Clone)]
pub struct Ranked {
    words: Vec<Word>,
    conditions: Conditions,
}

impl Ranked {
    /// All of these words, under these conditions.
    pub fn new(words: Vec<Word>, conditions: Conditions) -> Ranked {
        Ranked { words, conditions }
    }

    /// The same for whoever wants each answer, whether it is one of the best or not.
    fn whole(&self) -> Box<dyn Query> {
        let words = self.words.iter().map(|word| -> (Occur, Box<dyn Query>) { (Occur::Must, union(word)) });
        self.conditions.with(Box::new(BooleanQuery::new(words.collect())))
    }
}

/// Any of the terms of a word.
fn union(word: &Word) -> Box<dyn Query> {
    let term = |(term, boost): &(Term, Score)| -> Box<dyn Query> {
        let query = TermQuery::new(term.clone(), IndexRecordOption::WithFreqs);
        Box::new(BoostQuery::new(Box::new(query), *boost))
    };
    Box::new(BooleanQuery::union(word.iter().map(term).collect()))
}

impl Query for Ranked {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let whole = self.whole().weight(scoring)?;
        let EnableScoring::Enabled { searcher, statistics_provider } = scoring else { return Ok(whole) };
        let scored = |(term, boost): &(Term, Score)| {
            let weight = Bm25Weight::for_terms(statistics_provider, std::slice::from_ref(term))?;
            Ok((term.clone(), weight.boost_by(*boost)))
        };
        let words = self.words.iter().map(|word| word.iter().map(scored).collect());
        Ok(Box::new(RankedWeight {
            words: words.collect::<tantivy::Result<_>>()?,
            conditions: self.conditions.looked_for(searcher)?,
            whole,
        }))
    }
}

struct RankedWeight {
    words: Vec<Vec<(Term, Bm25Weight)>>,
    conditions: LookedFor,
    whole: Box<dyn Weight>,
}

impl RankedWeight {
    /// Where a word stands in a segment.
    fn lists(segment: &SegmentReader, word: &[(Term, Bm25Weight)]) -> tantivy::Result<Vec<List>> {
        let mut lists = Vec::with_capacity(word.len());
        for (term, weight) in word {
            let terms = segment.inverted_index(term.field())?;
            let Some(info) = terms.get_term_info(term)? else { continue };
            let postings = terms.read_block_postings_from_terminfo(&info, IndexRecordOption::WithFreqs)?;
            lists.push(List::new(postings, segment.get_fieldnorms_reader(term.field())?, weight.clone()));
        }
        Ok(lists)
    }
}

impl Weight for RankedWeight {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        self.whole.scorer(segment, boost)
    }

    fn explain(&self, segment: &SegmentReader, document: DocId) -> tantivy::Result<Explanation> {
        self.whole.explain(segment, document)
    }

    fn for_each_pruning(
        &self,
        threshold: Score,
        segment: &SegmentReader,
        callback: &mut dyn FnMut(DocId, Score) -> Score,
    ) -> tantivy::Result<()> {
        let words = self.words.iter().map(|word| RankedWeight::lists(segment, word));
        let words = words.collect::<tantivy::Result<Vec<_>>>()?;
        if words.iter().any(Vec::is_empty) {
            return Ok(());
        }
        windows::best(words, &mut self.conditions.in_segment(segment)?, threshold, callback);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Conditions, Ranked, Word};
    use crate::archive::index::schema::Fields;
    use crate::archive::index::trial::{self, found};
    use tantivy::query::Occur;
    use tantivy::{Searcher, Term};

    /// Words, each with how many in a thousand articles have it: in the text, in the title, as a part of a compound.
    const WORDS: [(&str, [u64; 3]); 5] = [
        ("alle", [990, 300, 0]),
        ("viele", [500, 50, 400]),
        ("manche", [40, 10, 300]),
        ("wenige", [3, 1, 2]),
        ("teil", [0, 0, 700]),
    ];

    fn library(articles: u64) -> (Searcher, Fields) {
        trial::library(articles, |_, dice, fields, document| {
            let mut texts = [const { String::new() }; 3];
            for (word, often) in WORDS {
                for (text, often) in texts.iter_mut().zip(often) {
                    if dice.below(1_000) < often {
                        (0..1 + dice.below(6)).for_each(|_| *text += &format!("{word}\n"));
                    }
                }
            }
            let [mut body, title, parts] = texts;
            body += &"sonst\n".repeat(dice.below(300) as usize);
            document.add_text(fields.body, body);
            document.add_text(fields.title, title);
            document.add_text(fields.parts, parts);
        })
    }

    #[test]
    fn the_best_are_those_that_scoring_every_article_finds() {
        let (searcher, fields) = library(5_000);
        let word = |word: &str| -> Word {
            [(fields.body, 1.0), (fields.title, 1.5), (fields.parts, 0.6)]
                .map(|(field, worth)| (Term::from_field_text(field, word), worth))
                .to_vec()
        };
        let feed = |name: &str| trial::in_feed(&fields, name);
        let mut answered = 0;
        for words in [
            &["alle"][..],
            &["wenige"],
            &["teil"],
            &["fehlt"],
            &["alle", "viele"],
            &["alle", "wenige"],
            &["viele", "manche", "teil"],
            &["alle", "viele", "manche", "wenige"],
            &["alle", "fehlt"],
        ] {
            for conditions in [vec![], vec![(Occur::Must, feed("bote"))], vec![(Occur::MustNot, feed("bote"))]] {
                let ranked = Ranked::new(words.iter().copied().map(word).collect(), Conditions::new(conditions));
                let every = found(&searcher, &ranked.whole(), 5_000);
                for most in [1, 10, 5_000] {
                    let best = found(&searcher, &ranked, most);
                    assert_eq!(best.len(), every.len().min(most), "{words:?}");
                    for ((score, address), (scored, _)) in best.iter().zip(&every) {
                        assert!((score - scored).abs() < 1e-4 * scored, "{words:?}: {address:?} {score} {scored}");
                    }
                }
                answered += usize::from(!every.is_empty());
            }
        }
        // Without those with a word that no article has.
        assert!(answered > 18, "{answered}");
    }
}
