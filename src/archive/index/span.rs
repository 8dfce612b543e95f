//! The articles of a time. Documents of a segment lie in the order of their rank: those between two ranks are neighbours, and
//! two of them are looked for instead of all being looked at.

use std::ops::Range;
use tantivy::query::{ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED};

/// Looks for ranks within these.
#[derive(Debug, Clone)]
pub struct Between(pub Range<u64>);

impl Query for Between {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Between {
    /// The neighbours in a segment.
    fn within(&self, segment: &SegmentReader) -> tantivy::Result<Span> {
        let ranks = segment.fast_fields().u64("rank")?;
        // The newest are the first, so that ranks fall.
        let first_below = |rank: u64| {
            let (mut low, mut high) = (0, segment.max_doc());
            while low < high {
                let middle = low.midpoint(high);
                match ranks.first(middle) {
                    Some(found) if found >= rank => low = middle + 1,
                    _ => high = middle,
                }
            }
            low
        };
        let (doc, end) = (first_below(self.0.end), first_below(self.0.start));
        Ok(Span { doc: if doc < end { doc } else { TERMINATED }, end })
    }
}

impl Weight for Between {
    fn scorer(&self, segment: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(Box::new(ConstScorer::new(self.within(segment)?, boost)))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("published between", 1.0))
    }
}

/// Documents from one to another.
struct Span {
    doc: DocId,
    end: DocId,
}

impl DocSet for Span {
    fn advance(&mut self) -> DocId {
        self.seek(self.doc.saturating_add(1))
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.doc = if target < self.end { target } else { TERMINATED };
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.end.saturating_sub(self.doc)
    }
}
