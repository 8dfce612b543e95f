//! Small indexes in memory, by which the tests compare an answer of ours with tantivy's own.

use super::lines;
use super::schema::{Fields, schema, settings};
use tantivy::collector::TopDocs;
use tantivy::query::{Query, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, Index, Searcher, TantivyDocument, Term};

/// The same numbers in every run.
pub struct Dice(u64);

impl Dice {
    /// From the beginning.
    pub fn new() -> Dice {
        Dice(1)
    }

    /// The next number, which is less than `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// An index of so many articles, in two segments; `write` writes what the article with a number says. Every third is in the feed
/// `bote`.
pub fn library(
    articles: u64,
    mut write: impl FnMut(u64, &mut Dice, &Fields, &mut TantivyDocument),
) -> (Searcher, Fields) {
    let (schema, fields) = schema();
    let index = Index::builder().schema(schema).settings(settings()).create_in_ram().unwrap();
    lines::register(&index);
    let mut writer = index.writer_with_num_threads(1, 64 << 20).unwrap();
    let mut dice = Dice::new();
    for number in 0..articles {
        let mut document = TantivyDocument::default();
        document.add_u64(fields.rank, number << 25);
        document.add_text(fields.feed, if number % 3 == 0 { "bote" } else { "blatt" });
        write(number, &mut dice, &fields, &mut document);
        writer.add_document(document).unwrap();
        if number == articles / 2 {
            writer.commit().unwrap();
        }
    }
    writer.commit().unwrap();
    (index.reader().unwrap().searcher(), fields)
}

/// What is in a feed.
pub fn in_feed(fields: &Fields, name: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(fields.feed, name), IndexRecordOption::Basic))
}

/// The best answers, with what each is worth.
pub fn found(searcher: &Searcher, query: &dyn Query, most: usize) -> Vec<(f32, DocAddress)> {
    searcher.search(query, &TopDocs::with_limit(most).order_by_score()).unwrap()
}

/// All answers with what each is worth, the best first, of equals the newest.
pub fn every(searcher: &Searcher, query: &dyn Query) -> Vec<(f32, DocAddress)> {
    let mut every = found(searcher, query, searcher.num_docs() as usize);
    let ranks: Vec<_> =
        searcher.segment_readers().iter().map(|segment| segment.fast_fields().u64("rank").unwrap()).collect();
    let rank = |address: DocAddress| ranks[address.segment_ord as usize].first(address.doc_id);
    every.sort_by(|(a, x), (b, y)| b.total_cmp(a).then(rank(*y).cmp(&rank(*x))));
    every
}
