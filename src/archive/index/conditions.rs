//! What else has to be true of an article, or must not be, and says nothing of how well it answers: a feed, a site, a time.

use std::sync::Arc;
use tantivy::query::{BooleanQuery, ConstScoreQuery, EnableScoring, Occur, Query, Scorer, Weight};
use tantivy::{DocId, Score, Searcher, SegmentReader};

/// Conditions of a query: each has to be ([`Occur::Must`]) or must not be ([`Occur::MustNot`]).
#[derive(Debug, Clone, Default)]
pub struct Conditions(Arc<[(Occur, Box<dyn Query>)]>);

impl Conditions {
    /// All of these.
    pub fn new(conditions: Vec<(Occur, Box<dyn Query>)>) -> Conditions {
        Conditions(conditions.into())
    }

    /// What says how well an article answers, under these conditions.
    pub fn with(&self, query: Box<dyn Query>) -> Box<dyn Query> {
        if self.0.is_empty() {
            return query;
        }
        let conditions = self.0.iter().map(|(occur, query)| -> (Occur, Box<dyn Query>) {
            (*occur, Box::new(ConstScoreQuery::new(query.box_clone(), 0.0)))
        });
        Box::new(BooleanQuery::new(std::iter::once((Occur::Must, query)).chain(conditions).collect()))
    }

    /// As they are looked for in an index.
    pub fn looked_for(&self, searcher: &Searcher) -> tantivy::Result<LookedFor> {
        let looked_for = self.0.iter().map(|(occur, query)| {
            let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
            Ok((*occur, weight))
        });
        looked_for.collect::<tantivy::Result<_>>().map(LookedFor)
    }
}

/// See [`Conditions::looked_for`].
pub struct LookedFor(Vec<(Occur, Box<dyn Weight>)>);

impl LookedFor {
    /// The articles of a segment, which are asked for in their order.
    pub fn in_segment(&self, segment: &SegmentReader) -> tantivy::Result<Gate> {
        let (mut wanted, mut unwanted) = (Vec::new(), Vec::new());
        for (occur, weight) in &self.0 {
            let scorer = weight.scorer(segment, ANY)?;
            if *occur == Occur::MustNot { unwanted.push(scorer) } else { wanted.push(scorer) }
        }
        Ok(Gate { wanted, unwanted })
    }
}

/// What an article is worth by a condition is not asked.
const ANY: Score = 1.0;

/// Lets articles of a segment through that meet conditions.
pub struct Gate {
    wanted: Vec<Box<dyn Scorer>>,
    unwanted: Vec<Box<dyn Scorer>>,
}

impl Gate {
    /// Whether it lets every article through.
    pub fn is_open(&self) -> bool {
        self.wanted.is_empty() && self.unwanted.is_empty()
    }

    /// The first article from `first` on that each of the conditions allows that has to be: not yet all of them at once.
    pub fn next(&mut self, first: DocId) -> DocId {
        self.wanted.iter_mut().fold(first, |first, condition| first.max(seek(condition, first)))
    }

    /// Whether it lets this one through.
    pub fn passes(&mut self, document: DocId) -> bool {
        self.wanted.iter_mut().all(|condition| seek(condition, document) == document)
            && self.unwanted.iter_mut().all(|condition| seek(condition, document) != document)
    }
}

/// Goes to this article, or the next one of a condition.
fn seek(condition: &mut Box<dyn Scorer>, document: DocId) -> DocId {
    if condition.doc() < document { condition.seek(document) } else { condition.doc() }
}
