//! Small indexes in memory, by which the tests compare an answer of ours with tantivy's own, and articles to make some of.

use super::desk::Found;
use super::lines;
use super::place::{Place, Places};
use super::schema::{Fields, schema, settings};
use crate::model::{Article, ArticleId, Revision};
use chrono::DateTime;
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

const WORDS: [&str; 16] = [
    "Haushaltsgesetz",
    "Gesetz",
    "Haushalt",
    "der",
    "Rat",
    "E-Mail",
    "Züge",
    "Zug",
    "hotel",
    "Hotels",
    "U.S.A.",
    "1.250.000",
    "Kindergarten,",
    "Kind.",
    "\u{ad}",
    "§",
];

fn text(dice: &mut Dice, most: u64) -> String {
    let words = dice.below(most);
    (0..words).map(|_| WORDS[dice.below(16) as usize]).collect::<Vec<_>>().join(" ")
}

/// Articles in several languages, with and without text, authors and tags, many of one moment.
pub fn articles() -> Vec<Found> {
    let mut dice = Dice::new();
    let found = |number: u64| {
        let at = DateTime::from_timestamp(1_724_848_200 + dice.below(40) as i64 * 60, 0).unwrap();
        let some = |dice: &mut Dice| (0..dice.below(3)).map(|_| text(dice, 4)).collect();
        let (id, place) =
            (number.wrapping_mul(0x9E37_79B9_7F4A_7C15), Place { file: 1, line: 7, first: 3, offset: number });
        let article = Article {
            title: text(&mut dice, 9),
            authors: some(&mut dice),
            link: (dice.below(4) > 0).then(|| format!("https://www.{}.bote.example/{number}", dice.below(5))),
            text: text(&mut dice, 300),
            language: [None, Some("de-AT"), Some("en"), Some("fi")][dice.below(4) as usize].map(str::to_owned),
            tags: some(&mut dice),
            published: None,
            updated: None,
            guid: None,
            summary: String::new(),
            html: String::new(),
            enclosures: Vec::new(),
            aliases: Vec::new(),
            teaser: false,
        };
        let revision = Revision {
            id: ArticleId(std::array::from_fn(|at| (id >> (at % 8 * 8)) as u8)),
            revision: 1,
            first_seen: at,
            seen: at,
            published: at.fixed_offset(),
            precision: None,
            article,
        };
        let feeds = ["bote", "blatt"].map(str::to_owned).into_iter().take(dice.below(3) as usize).collect();
        let revisions = vec![place; 1 + dice.below(2) as usize];
        Found { revision: Box::new(revision), feeds, places: Places { revisions, told: Vec::new() } }
    };
    (0..700).map(found).collect()
}
