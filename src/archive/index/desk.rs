//! Articles on their way into the index: analysed on several processors, handed on in the order in which they came.

use super::hit::document;
use super::place::Places;
use super::schema::Fields;
use crate::model::Revision;
use crate::words::{Analyser, Vocabulary};
use rayon::prelude::*;
use tantivy::TantivyDocument;

/// Threads that analyse, at most: each remembers words, and one thread alone writes what they find.
const THREADS: usize = 4;

/// An article as it waits.
#[derive(Debug)]
pub struct Entry {
    /// Its newest revision.
    pub revision: Box<Revision>,
    /// The feeds that list it.
    pub feeds: Vec<String>,
    /// Where the journal speaks of it.
    pub places: Places,
}

impl Entry {
    /// About the bytes of it that are analysed.
    pub fn weight(&self) -> usize {
        self.revision.article.title.len() + self.revision.article.text.len()
    }
}

/// Makes documents of articles.
#[derive(Debug)]
pub struct Desk<'a> {
    fields: &'a Fields,
    /// One for each thread.
    analysers: Vec<Analyser>,
}

impl<'a> Desk<'a> {
    /// One that takes compounds apart by these words.
    pub fn new(fields: &'a Fields, vocabulary: &Vocabulary) -> Desk<'a> {
        let first = Analyser::new(vocabulary.clone());
        let twins = (1..rayon::current_num_threads().min(THREADS)).map(|_| first.twin()).collect::<Vec<_>>();
        let analysers = twins.into_iter().chain([first]).collect();
        Desk { fields, analysers }
    }

    /// The fields of its documents.
    pub fn fields(&self) -> &'a Fields {
        self.fields
    }

    /// The documents of some articles, in their order.
    pub fn documents(&mut self, entries: &[Entry]) -> Vec<TantivyDocument> {
        let share = entries.len().div_ceil(self.analysers.len()).max(1);
        let fields = self.fields;
        let lots = entries.par_chunks(share).zip(self.analysers.par_iter_mut());
        let made: Vec<Vec<TantivyDocument>> = lots
            .map(|(lot, analyser)| {
                lot.iter()
                    .map(|entry| document(fields, &entry.revision, &entry.feeds, &entry.places, analyser))
                    .collect()
            })
            .collect();
        made.into_iter().flatten().collect()
    }
}
