//! What articles are found by, turned round: for each term the articles that have it, and where.
//!
//! tantivy does this itself as documents come, with a table of all terms as they are spelt. Where all articles of a segment are
//! known and their terms are numbers, they can be counted and laid out instead. What is written are the same files, by tantivy's
//! own means.

use crate::words::{Analyser, NOTHING};
use std::io;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::InvertedIndexSerializer;
use tantivy::schema::Field;

/// The terms of one field, article by article.
#[derive(Debug)]
pub struct Column {
    pub field: Field,
    /// Whether it is told where in an article a term stands, and how often.
    placed: bool,
    terms: Vec<u32>,
    /// Where those of each article end.
    ends: Vec<u32>,
}

impl Column {
    /// One without articles, with room for so many terms.
    pub fn new(field: Field, placed: bool, room: usize) -> Column {
        Column { field, placed, terms: Vec::with_capacity(room), ends: Vec::new() }
    }

    /// Adds the terms of the next article, and tells how many there are.
    pub fn add(&mut self, terms: &[u32]) -> u32 {
        self.terms.extend(terms);
        self.ends.push(self.terms.len() as u32);
        terms.iter().filter(|term| **term != NOTHING).count() as u32
    }

    /// Writes them. Nothing is written of a field without terms.
    pub fn write(
        self,
        analyser: &Analyser,
        norms: Option<FieldNormReader>,
        serializer: &mut InvertedIndexSerializer,
    ) -> io::Result<()> {
        let (field, placed) = (self.field, self.placed);
        let turned = self.turned(analyser.terms_known());
        let mut terms: Vec<(&str, u32)> = (0..analyser.terms_known() as u32)
            .filter(|term| !turned.of(*term).is_empty())
            .map(|term| (analyser.term(term), term))
            .collect();
        if terms.is_empty() {
            return Ok(());
        }
        terms.sort_unstable();
        let mut writer = serializer.new_field(field, turned.occurrences.len() as u64, norms)?;
        let mut found = Vec::new();
        for (spelt, term) in terms {
            turned.articles(term, &mut found);
            let articles = found.chunk_by(|(a, _), (b, _)| a == b);
            if !placed {
                writer.new_term(spelt.as_bytes(), 0, false)?;
                articles.for_each(|some| writer.write_doc(some[0].0, 0, &[]));
            } else {
                writer.new_term(spelt.as_bytes(), articles.clone().count() as u32, true)?;
                let mut steps = Vec::new();
                for some in articles {
                    let mut before = 0;
                    steps.clear();
                    steps.extend(some.iter().map(|(_, place)| place - std::mem::replace(&mut before, *place)));
                    writer.write_doc(some[0].0, steps.len() as u32, &steps);
                }
            }
            writer.close_term()?;
        }
        writer.close()
    }

    /// Lays out by their term where terms stand.
    fn turned(self, terms: usize) -> Turned {
        let mut begins = vec![0; terms + 1];
        for term in self.terms.iter().filter(|term| **term != NOTHING) {
            begins[*term as usize + 1] += 1;
        }
        for term in 0..terms {
            begins[term + 1] += begins[term];
        }
        let mut next = begins.clone();
        let mut occurrences = vec![0; begins[terms] as usize];
        for (at, term) in (0..).zip(&self.terms).filter(|(_, term)| **term != NOTHING) {
            let next = &mut next[*term as usize];
            occurrences[*next as usize] = at;
            *next += 1;
        }
        Turned { begins, occurrences, ends: self.ends }
    }
}

/// Where terms stand, by the term.
struct Turned {
    /// Where the occurrences of each term begin, and the end of all.
    begins: Vec<u32>,
    /// Which term of all articles it is: half as much as an article and a place.
    occurrences: Vec<u32>,
    /// Where the terms of each article end.
    ends: Vec<u32>,
}

impl Turned {
    fn of(&self, term: u32) -> &[u32] {
        &self.occurrences[self.begins[term as usize] as usize..self.begins[term as usize + 1] as usize]
    }

    /// The articles that have a term, and where in these.
    fn articles(&self, term: u32, found: &mut Vec<(u32, u32)>) {
        found.clear();
        let (mut article, mut begin, mut end) = (0, 0, self.ends[0]);
        for at in self.of(term) {
            if *at >= end {
                // Words that are common stand in the next article most of the time.
                article += 1;
                if *at >= self.ends[article] {
                    article += self.ends[article..].partition_point(|end| end <= at);
                }
                (begin, end) = (self.ends[article - 1], self.ends[article]);
            }
            found.push((article as u32, at - begin));
        }
    }
}
