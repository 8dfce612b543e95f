//! Where in a text a query is answered.

use super::compile::is_part;
use super::search::Index;
use crate::ask::Query;
use crate::words::{Analyser, Language, normal, tokens};
use std::ops::Range;

/// Characters of an excerpt before what answers, and in all.
const BEFORE: usize = 40;
const LENGTH: usize = 240;

/// What is looked for in texts.
#[derive(Debug)]
pub struct Marker<'a> {
    index: &'a Index,
    analyser: Analyser,
    stems: Vec<String>,
    beginnings: Vec<String>,
}

impl Index {
    /// Marks what answers a query.
    pub fn marker(&self, query: &Query) -> Marker<'_> {
        let (mut stems, mut beginnings) = (Vec::new(), Vec::new());
        for wanted in query.wanted() {
            match wanted {
                Query::Word(_, text) | Query::Phrase(_, text) => {
                    let words: Vec<&str> = tokens(text).map(|token| token.text).collect();
                    let joined = words.concat();
                    for word in words.iter().copied().chain([joined.as_str()]) {
                        stems.extend(self.languages.iter().map(|language| language.stem(&normal(word))));
                    }
                }
                Query::Prefix(_, text) => beginnings.push(Language::Other.stem(&normal(text))),
                _ => {}
            }
        }
        stems.sort();
        stems.dedup();
        Marker { index: self, analyser: Analyser::new(self.vocabulary().clone()), stems, beginnings }
    }
}

impl Marker<'_> {
    /// The words of a text that answer, in bytes.
    pub fn marks(&mut self, text: &str) -> Vec<Range<usize>> {
        self.analyser.is_cleared();
        let mut found = Vec::new();
        for token in tokens(text) {
            if self.answers(token.text) {
                found.push(token.start..token.start + token.text.len());
            }
        }
        found
    }

    fn answers(&mut self, word: &str) -> bool {
        if self.stems.is_empty() && self.beginnings.is_empty() {
            return false;
        }
        let plain = Language::Other.stem(&normal(word));
        if self.beginnings.iter().any(|beginning| plain.starts_with(beginning.as_str())) {
            return true;
        }
        let languages = self.index.languages.clone();
        for language in languages {
            let terms = self.analyser.terms(word, language);
            let known = |stem: &String| terms.stem() == stem || terms.parts().any(|part| part == stem);
            if self.stems.iter().any(|stem| known(stem) || is_part(self.index, terms.stem(), stem)) {
                return true;
            }
        }
        false
    }

    /// A piece of a text around the first word that answers, on one line, with the places in it.
    pub fn excerpt(&mut self, text: &str) -> Option<(String, Vec<Range<usize>>)> {
        // Only so much is looked through: an excerpt is a help, and no search.
        let end = text.char_indices().nth(20_000).map_or(text.len(), |(at, _)| at);
        let first = self.marks(text.get(..end)?).into_iter().next()?;
        let before: String = text.get(..first.start)?.chars().rev().take(BEFORE).collect();
        let mut from = first.start - before.len();
        if from > 0 {
            // From the next word on.
            from += text.get(from..first.start)?.find(' ').map_or(0, |space| space + 1);
        }
        let piece: String = text.get(from..)?.chars().take(LENGTH).collect();
        let piece = format!("{}{}", if from > 0 { "… " } else { "" }, crate::text::fold(&piece));
        let marks = self.marks(&piece);
        Some((piece, marks))
    }
}
