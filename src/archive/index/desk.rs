//! Articles on their way into the index: first their words are numbered, then it is found out what each is found by.

use super::hit::{self, Hit};
use super::place::Places;
use super::schema::{Fields, rank};
use crate::model::{ArticleId, Revision};
use crate::words::{Analyser, Analysis, Census, Language, Numbered, Vocabulary};
use chrono::{DateTime, Utc};
use tantivy::TantivyDocument;

/// Words that lie between two parts of an article: no phrase goes across.
const GAP: usize = 10;

/// An article as the journal has it.
#[derive(Debug)]
pub struct Found {
    /// Its newest revision.
    pub revision: Box<Revision>,
    /// The feeds that list it.
    pub feeds: Vec<String>,
    /// Where the journal speaks of it.
    pub places: Places,
}

/// A revision of which is left what the index needs, with texts as the numbers of their words.
#[derive(Debug)]
pub struct Draft {
    /// What is shown of it. The feeds that list it are told when it becomes an [`Entry`].
    hit: Hit,
    /// When it was first seen.
    seen: DateTime<Utc>,
    /// Bytes of its title and its text.
    length: usize,
    title: Numbered,
    text: Numbered,
    authors: Vec<Numbered>,
    /// The authors as names, which are not inflected.
    names: Vec<Numbered>,
    tags: Vec<Numbered>,
}

impl Draft {
    /// Of which article.
    pub fn id(&self) -> ArticleId {
        self.hit.id
    }
}

/// A draft of the newest revision of an article, and what the journal says of that besides. Many are held at once, and moved.
#[derive(Debug)]
pub struct Entry {
    draft: Box<Draft>,
    /// Where the journal speaks of it.
    places: Places,
}

impl Entry {
    /// Of an article that these feeds list.
    pub fn new(mut draft: Box<Draft>, feeds: Vec<String>, places: Places) -> Entry {
        draft.hit.feeds = feeds;
        Entry { draft, places }
    }

    /// See above.
    pub fn draft(&self) -> &Draft {
        &self.draft
    }

    /// What entries are sorted by.
    pub fn rank(&self) -> u64 {
        rank(self.draft.hit.published.timestamp(), self.draft.hit.id)
    }

    /// Without its words.
    pub fn document(&self, fields: &Fields) -> TantivyDocument {
        let Draft { hit, seen, length, .. } = &*self.draft;
        hit::document(fields, hit, *seen, *length, &self.places)
    }
}

/// The words of an article, each as the number of its term; [`NOTHING`](crate::words::NOTHING) where no word stands.
#[derive(Debug, Default)]
pub struct Words {
    /// What it is found by in the field of this name, word by word.
    pub title: Vec<u32>,
    /// See above.
    pub body: Vec<u32>,
    /// As often as they occur.
    pub parts: Vec<u32>,
    /// See above.
    pub author: Vec<u32>,
    /// See above.
    pub tag: Vec<u32>,
}

impl Words {
    /// Those of each field, in the order in which they stand here.
    pub fn each(&self) -> [&[u32]; 5] {
        [&self.title, &self.body, &self.parts, &self.author, &self.tag].map(Vec::as_slice)
    }
}

/// Numbers words, and knows what they are found by.
#[derive(Debug, Default)]
pub struct Desk {
    analyser: Analyser,
}

impl Desk {
    /// One that takes compounds apart by these words.
    pub fn new(vocabulary: Vocabulary) -> Desk {
        Desk { analyser: Analyser::new(vocabulary) }
    }

    /// The same one, which takes compounds apart by these words from now on. Drafts stay what they are.
    pub fn with(self, vocabulary: Vocabulary) -> Desk {
        Desk { analyser: self.analyser.with(vocabulary) }
    }

    /// Numbers the words of an article.
    pub fn draft(&mut self, revision: Revision) -> Box<Draft> {
        let article = &revision.article;
        let language = Language::of(article.language.as_deref());
        let mut number = |text: &str, language: Language| self.analyser.number(text, language);
        let (title, text) = (number(&article.title, language), number(&article.text, language));
        let mut each = |texts: &[String], language| texts.iter().map(|text| number(text, language)).collect::<Vec<_>>();
        let (authors, tags) = (each(&article.authors, language), each(&article.tags, language));
        // `Müller` and `Mueller` are one name.
        let names = each(&article.authors, Language::Other);
        let length = article.title.len() + article.text.len();
        let (seen, hit) = (revision.seen, Hit::of(revision, Vec::new()));
        Box::new(Draft { hit, seen, length, title, text, authors, names, tags })
    }

    /// Counts the words of a draft.
    pub fn count(&self, draft: &Draft, census: &mut Census) {
        census.count(&self.analyser, &[&draft.title, &draft.text]);
    }

    /// The vocabulary of the drafts that were counted. What was found out for it of their words is kept.
    pub fn vocabulary(&mut self, census: Census) -> Vocabulary {
        census.vocabulary(&mut self.analyser)
    }

    /// Finds out what all words that have a number are found by.
    pub fn learn(&mut self) {
        self.analyser.learn();
    }

    /// The same, where no further word will come.
    pub fn learn_the_last(&mut self) {
        self.analyser.learn_the_last();
    }

    /// Puts what was found out into the order in which the index has it.
    pub fn sort(&mut self) {
        self.analyser.sort();
    }

    /// What an article is found by. Its words were learnt.
    pub fn words(&self, draft: &Draft) -> Words {
        let analyse = |texts: &[Numbered]| {
            let mut found = Analysis::default();
            for text in texts {
                self.analyser.analyse(text, &mut found);
                found.gap(GAP);
            }
            found.stems
        };
        let mut body = Analysis::default();
        self.analyser.analyse(&draft.title, &mut body);
        let title = body.stems.clone();
        body.gap(GAP);
        self.analyser.analyse(&draft.text, &mut body);
        for more in draft.authors.iter().chain(&draft.tags) {
            body.gap(GAP);
            self.analyser.analyse(more, &mut body);
        }
        let Analysis { stems: body, parts } = body;
        Words { title, body, parts, author: analyse(&draft.names), tag: analyse(&draft.tags) }
    }

    /// What words are analysed by: knows how terms are spelt.
    pub fn analyser(&self) -> &Analyser {
        &self.analyser
    }

    /// The documents of some articles, in their order, each with its words.
    pub fn documents(&mut self, found: Vec<Found>, fields: &Fields) -> Vec<TantivyDocument> {
        self.is_cleared();
        let draft = |Found { revision, feeds, places }| Entry::new(self.draft(*revision), feeds, places);
        let entries: Vec<Entry> = found.into_iter().map(draft).collect();
        self.learn();
        let made = |entry: &Entry| {
            let mut document = entry.document(fields);
            let mut words = self.words(entry.draft());
            // Each once: tantivy would count them.
            words.parts.sort_unstable();
            words.parts.dedup();
            for (field, terms) in [
                (fields.title, words.title),
                (fields.body, words.body),
                (fields.parts, words.parts),
                (fields.author, words.author),
                (fields.tag, words.tag),
            ] {
                document.add_text(field, self.lines(&terms));
            }
            document
        };
        entries.iter().map(made).collect()
    }

    /// Terms on a line each: so tantivy takes them.
    fn lines(&self, terms: &[u32]) -> String {
        let mut lines = String::with_capacity(8 * terms.len());
        for term in terms {
            lines.push_str(self.analyser.term(*term));
            lines.push('\n');
        }
        lines
    }

    /// Forgets all words: drafts are of no use any more.
    pub fn clear(&mut self) {
        self.analyser.clear();
    }

    /// Forgets all words if they take too much room, and says so: then drafts are of no use any more.
    pub fn is_cleared(&mut self) -> bool {
        self.analyser.is_cleared()
    }
}
