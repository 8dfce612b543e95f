//! Articles on their way into the index: first their words are numbered, then they become documents.

use super::hit::document;
use super::place::Places;
use super::schema::Fields;
use crate::model::{Article, Revision};
use crate::words::{Analyser, Census, Language, Numbered, Vocabulary};
use tantivy::TantivyDocument;

/// An article as it waits: what the index needs of its newest revision, with texts as the numbers of their words.
#[derive(Debug)]
pub struct Draft {
    /// Without its texts.
    pub revision: Box<Revision>,
    /// Its language.
    pub language: Language,
    /// Bytes of its title and its text.
    pub length: usize,
    /// The words of its title.
    pub title: Numbered,
    /// Of its text.
    pub text: Numbered,
    /// Of each author, and of each tag.
    pub authors: Vec<Numbered>,
    /// See above.
    pub tags: Vec<Numbered>,
}

/// An article as the journal has it: its newest revision, the feeds that list it, and where the journal speaks of it.
#[derive(Debug)]
pub struct Found {
    /// See above.
    pub revision: Box<Revision>,
    /// See above.
    pub feeds: Vec<String>,
    /// See above.
    pub places: Places,
}

/// A draft with what the journal says of the article besides.
#[derive(Debug)]
pub struct Entry {
    /// The article.
    pub draft: Draft,
    /// The feeds that list it.
    pub feeds: Vec<String>,
    /// Where the journal speaks of it.
    pub places: Places,
}

/// Makes documents of articles.
#[derive(Debug)]
pub struct Desk<'a> {
    fields: &'a Fields,
    analyser: Analyser,
}

impl<'a> Desk<'a> {
    /// One that takes compounds apart by these words.
    pub fn new(fields: &'a Fields, vocabulary: Vocabulary) -> Desk<'a> {
        Desk { fields, analyser: Analyser::new(vocabulary) }
    }

    /// The same one, which takes compounds apart by these words from now on. Drafts stay what they are.
    pub fn with(self, vocabulary: Vocabulary) -> Desk<'a> {
        Desk { fields: self.fields, analyser: self.analyser.with(vocabulary) }
    }

    /// The fields of its documents.
    pub fn fields(&self) -> &'a Fields {
        self.fields
    }

    /// Numbers the words of an article.
    pub fn draft(&mut self, mut revision: Box<Revision>) -> Draft {
        let article = &mut revision.article;
        let language = Language::of(article.language.as_deref());
        let mut number = |text: &str| {
            let mut numbered = self.analyser.number(text, language);
            numbered.shrink();
            numbered
        };
        let (title, text) = (number(&article.title), number(&article.text));
        let authors = article.authors.iter().map(|author| number(author)).collect();
        let tags = article.tags.iter().map(|tag| number(tag)).collect();
        let length = article.title.len() + article.text.len();
        // What stands in no field.
        let Article { summary, html, text: plain, enclosures, aliases, guid, .. } = article;
        (*summary, *html, *plain, *guid) = Default::default();
        (*enclosures, *aliases) = Default::default();
        Draft { revision, language, length, title, text, authors, tags }
    }

    /// Counts the words of a draft.
    pub fn count(&self, draft: &Draft, census: &mut Census) {
        census.count(&self.analyser, &[&draft.title, &draft.text]);
    }

    /// The documents of some articles as the journal has them.
    pub fn take(&mut self, found: Vec<Found>) -> Vec<TantivyDocument> {
        self.is_cleared();
        let draft = |Found { revision, feeds, places }| Entry { draft: self.draft(revision), feeds, places };
        let entries: Vec<Entry> = found.into_iter().map(draft).collect();
        self.documents(&entries)
    }

    /// The documents of some drafts, in their order.
    pub fn documents(&mut self, entries: &[Entry]) -> Vec<TantivyDocument> {
        self.analyser.learn();
        let made = |Entry { draft, feeds, places }: &Entry| document(self.fields, draft, feeds, places, &self.analyser);
        entries.iter().map(made).collect()
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
