//! Words as they are searched: what makes one word of many spellings.
//!
//! In comes text with its language, out come terms: words in lower case, without the dots of umlauts and other marks, cut
//! down to their stem, so that `Züge`, `Zuge` and `Zuege` are all `zug`; and the parts of compounds, so that
//! `Haushaltsgesetz` is a `gesetz` as well. The same functions make the terms of a text and those of a question: where they
//! differ, nothing would be found. It keeps nothing; which words there are, its [`Vocabulary`] is told.

mod compound;
mod stem;
mod token;
mod vocabulary;

pub use compound::{Splitter, is_affix, is_derived};
pub use stem::{Language, normal};
pub use token::{Token, tokens};
pub use vocabulary::{Census, Vocabulary};

use std::collections::HashMap;

/// The version of the rules here: another one makes other terms, and the index has to be made again.
pub const RULES: u32 = 1;

/// Words that are remembered with their terms, so that a word is cut down once and not a million times.
const REMEMBERED: usize = 200_000;
/// Characters of the longest word: what is longer is no word but data.
pub const LONGEST: usize = 80;

/// What a word is found by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// Its stem.
    pub stem: String,
    /// The stems of what it is made of.
    pub parts: Vec<String>,
}

/// A term at its place among the words of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The term.
    pub term: String,
    /// The number of the word.
    pub at: usize,
}

/// What a text is found by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Analysis {
    /// The stem of every word.
    pub stems: Vec<Placed>,
    /// The parts of compounds, and words that are written with a hyphen as if they were written without; each once.
    pub parts: Vec<String>,
    /// The number of the next word.
    pub next: usize,
}

/// Makes terms of texts.
#[derive(Debug)]
pub struct Analyser {
    vocabulary: Vocabulary,
    known: HashMap<(Language, String), Terms>,
}

impl Analyser {
    /// One that takes compounds apart by these words.
    pub fn new(vocabulary: Vocabulary) -> Analyser {
        Analyser { vocabulary, known: HashMap::new() }
    }

    /// Adds what a text is found by. Its words are numbered from `found.next` on.
    pub fn analyse(&mut self, text: &str, language: Language, found: &mut Analysis) {
        let mut chain: Vec<&str> = Vec::new();
        for token in tokens(text) {
            if !token.chained {
                self.join(&chain, language, &mut found.parts);
                chain.clear();
            }
            let terms = self.terms(token.text, language);
            found.parts.extend_from_slice(&terms.parts);
            let term = terms.stem.clone();
            found.stems.push(Placed { term, at: found.next });
            found.next += 1;
            chain.push(token.text);
        }
        self.join(&chain, language, &mut found.parts);
    }

    /// `E-Mail` is found as `Email`, `U.S.A.` as `USA`.
    fn join(&mut self, chain: &[&str], language: Language, parts: &mut Vec<String>) {
        if (2..=4).contains(&chain.len()) {
            let terms = self.terms(&chain.concat(), language);
            parts.push(terms.stem.clone());
        }
    }

    /// The terms of one word.
    pub fn terms(&mut self, word: &str, language: Language) -> &Terms {
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        let vocabulary = &self.vocabulary;
        self.known.entry((language, word.to_owned())).or_insert_with(|| {
            let normal = normal(word);
            let stem = language.stem(&normal);
            let parts = match language {
                Language::German => Splitter::new(vocabulary).parts(&normal, word.starts_with(char::is_uppercase)),
                _ => Vec::new(),
            };
            Terms { stem, parts }
        })
    }
}
