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

/// Places that are looked up together: an article of some length has a few hundred.
const STRETCH: u32 = 256;

/// Where the terms of one field stand. The terms of all articles are given twice, first to be counted and then to be placed: to keep them
/// would take as much room as what is made of them.
#[derive(Debug)]
pub struct Column {
    pub field: Field,
    /// Whether it is told where in an article a term stands, and how often. Else each counts once in an article.
    placed: bool,
    /// In that case, of each term the last article that has it, counted from 1.
    last: Vec<u32>,
    /// How often each term occurs; once that is known, where the next one goes; in the end, where those of the next term begin.
    next: Vec<u32>,
    /// Of each term, which of all terms its occurrences are, or which articles have it: half as much as an article and a place.
    occurrences: Vec<u32>,
    /// Where the terms of each article end.
    ends: Vec<u32>,
    /// The article that each [`STRETCH`] of places begins in: a place is looked up in the few articles of its stretch.
    stretches: Vec<u32>,
    /// How many articles were placed.
    articles: u32,
}

impl Column {
    /// One without articles; so many terms have a number.
    pub fn new(field: Field, placed: bool, terms: usize) -> Column {
        let (next, last) = (vec![0; terms], vec![0; if placed { 0 } else { terms }]);
        let (occurrences, ends, stretches) = Default::default();
        Column { field, placed, last, next, occurrences, ends, stretches, articles: 0 }
    }

    /// Counts the terms of the next article, and tells how many there are.
    pub fn count(&mut self, terms: &[u32]) -> u32 {
        self.ends.push(self.ends.last().unwrap_or(&0) + terms.len() as u32);
        let mut count = 0;
        for term in terms.iter().filter(|term| **term != NOTHING) {
            if self.placed || is_first(&mut self.last, *term, self.ends.len() as u32) {
                self.next[*term as usize] += 1;
                count += 1;
            }
        }
        count
    }

    /// Leaves room for what was counted.
    pub fn lay_out(&mut self) {
        let mut all = 0;
        for next in &mut self.next {
            all += std::mem::replace(next, all);
        }
        self.occurrences = vec![0; all as usize];
        self.last.fill(0);
        let places = self.ends.last().copied().unwrap_or_default();
        let mut article = 0;
        let begins_in = |place| {
            article += self.ends[article..].iter().take_while(|end| **end <= place).count();
            article as u32
        };
        self.stretches = (0..places.next_multiple_of(STRETCH)).step_by(STRETCH as usize).map(begins_in).collect();
        self.stretches.push(self.ends.len() as u32);
    }

    /// Places the terms of the next article, which were counted.
    pub fn place(&mut self, terms: &[u32]) {
        let begin = (self.articles as usize).checked_sub(1).map_or(0, |before| self.ends[before]);
        for (at, term) in (begin..).zip(terms).filter(|(_, term)| **term != NOTHING) {
            if self.placed || is_first(&mut self.last, *term, self.articles + 1) {
                let next = &mut self.next[*term as usize];
                self.occurrences[*next as usize] = if self.placed { at } else { self.articles };
                *next += 1;
            }
        }
        self.articles += 1;
    }

    /// Writes them. Nothing is written of a field without terms.
    pub fn write(
        self,
        analyser: &Analyser,
        norms: Option<FieldNormReader>,
        serializer: &mut InvertedIndexSerializer,
    ) -> io::Result<()> {
        if self.occurrences.is_empty() {
            return Ok(());
        }
        let mut writer = serializer.new_field(self.field, self.occurrences.len() as u64, norms)?;
        let (mut articles, mut steps) = (Vec::new(), Vec::new());
        for term in analyser.alphabet() {
            let (spelt, occurrences) = (analyser.term(*term), self.of(*term));
            if occurrences.is_empty() {
                continue;
            }
            if !self.placed {
                writer.new_term(spelt.as_bytes(), 0, false)?;
                occurrences.iter().for_each(|article| writer.write_doc(*article, 0, &[]));
            } else {
                self.read(occurrences, &mut articles, &mut steps);
                writer.new_term(spelt.as_bytes(), articles.len() as u32, true)?;
                let mut rest = steps.as_slice();
                for (article, count) in &articles {
                    let its = rest.split_off(..*count as usize).unwrap_or_default();
                    writer.write_doc(*article, *count, its);
                }
            }
            writer.close_term()?;
        }
        writer.close()
    }

    /// The articles that a term stands in, with how often it does; and, of one article after the other, its first place in there and
    /// the steps from each to the next.
    fn read(&self, occurrences: &[u32], articles: &mut Vec<(u32, u32)>, steps: &mut Vec<u32>) {
        articles.clear();
        steps.clear();
        let (mut before, mut end) = (0, 0);
        for place in occurrences {
            if *place >= end {
                let article = self.article_at(*place);
                before = article.checked_sub(1).map_or(0, |before| self.ends[before]);
                end = self.ends[article];
                articles.push((article as u32, 0));
            }
            steps.push(place - std::mem::replace(&mut before, *place));
            if let Some((_, count)) = articles.last_mut() {
                *count += 1;
            }
        }
    }

    /// The article that a place lies in.
    fn article_at(&self, place: u32) -> usize {
        let stretch = (place / STRETCH) as usize;
        let (from, upto) = (self.stretches[stretch] as usize, self.stretches[stretch + 1] as usize);
        from + self.ends[from..upto].partition_point(|end| *end <= place)
    }

    /// The occurrences of a term.
    fn of(&self, term: u32) -> &[u32] {
        let begin = (term as usize).checked_sub(1).map_or(0, |before| self.next[before]);
        &self.occurrences[begin as usize..self.next[term as usize] as usize]
    }
}

/// Whether a term is met for the first time in an article.
fn is_first(last: &mut [u32], term: u32, article: u32) -> bool {
    std::mem::replace(&mut last[term as usize], article) != article
}
