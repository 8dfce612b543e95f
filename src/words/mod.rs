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

use compound::parts;
pub use compound::{is_affix, is_derived};
pub use stem::{Language, normal};
pub use token::{Token, tokens};
pub use vocabulary::{Census, Vocabulary};

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The version of the rules here: another one makes other terms, and the index has to be made again.
pub const RULES: u32 = 1;

/// Words that are remembered with their terms, so that a word is cut down once and not a million times.
const REMEMBERED: usize = 100_000;
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

/// What a text is found by. Terms stand on a line each: so they are handed on as one piece, whatever their number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Analysis {
    /// The stem of every word, in their order. An empty line is a place where no word stands.
    pub stems: String,
    /// The parts of compounds, and words that are written with a hyphen as if they were written without; as often as they
    /// occur.
    pub parts: String,
}

impl Analysis {
    /// Leaves room for so many words.
    pub fn gap(&mut self, words: usize) {
        self.stems.extend(std::iter::repeat_n('\n', words));
    }

    /// The parts, each once, in alphabetical order.
    pub fn distinct_parts(&self) -> Vec<&str> {
        let mut parts: Vec<&str> = self.parts.lines().collect();
        parts.sort_unstable();
        parts.dedup();
        parts
    }
}

/// Words with their terms, as they were found.
type Known = HashMap<Language, HashMap<String, Arc<Terms>>>;

/// Makes terms of texts.
#[derive(Debug)]
pub struct Analyser {
    vocabulary: Vocabulary,
    known: Known,
    /// How many words `known` has.
    words: usize,
    /// What this one and its twins have found. Each asks here once for a word.
    shared: Arc<Mutex<Known>>,
}

impl Analyser {
    /// One that takes compounds apart by these words.
    pub fn new(vocabulary: Vocabulary) -> Analyser {
        Analyser { vocabulary, known: Known::default(), words: 0, shared: Arc::default() }
    }

    /// One for another thread, for which no word that one of them knows is taken apart again.
    pub fn twin(&self) -> Analyser {
        Analyser { shared: self.shared.clone(), ..Analyser::new(self.vocabulary.clone()) }
    }

    /// Adds what a text is found by.
    pub fn analyse(&mut self, text: &str, language: Language, found: &mut Analysis) {
        let mut chain: Vec<&str> = Vec::new();
        for token in tokens(text) {
            if !token.chained {
                self.join(&chain, language, &mut found.parts);
                chain.clear();
            }
            let terms = self.terms(token.text, language);
            add(&mut found.stems, &terms.stem);
            for part in &terms.parts {
                add(&mut found.parts, part);
            }
            chain.push(token.text);
        }
        self.join(&chain, language, &mut found.parts);
    }

    /// `E-Mail` is found as `Email`, `U.S.A.` as `USA`.
    fn join(&mut self, chain: &[&str], language: Language, parts: &mut String) {
        if (2..=4).contains(&chain.len()) {
            add(parts, &self.terms(&chain.concat(), language).stem);
        }
    }

    /// The terms of one word.
    pub fn terms(&mut self, word: &str, language: Language) -> Arc<Terms> {
        if let Some(terms) = self.known.get(&language).and_then(|known| known.get(word)) {
            return terms.clone();
        }
        if self.words >= REMEMBERED {
            self.known.clear();
            self.words = 0;
            self.found().clear();
        }
        let found = self.found().get(&language).and_then(|known| known.get(word)).cloned();
        let terms = found.unwrap_or_else(|| {
            let terms = Arc::new(self.make(word, language));
            self.found().entry(language).or_default().insert(word.to_owned(), terms.clone());
            terms
        });
        self.known.entry(language).or_default().insert(word.to_owned(), terms.clone());
        self.words += 1;
        terms
    }

    fn found(&self) -> MutexGuard<'_, Known> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn make(&self, word: &str, language: Language) -> Terms {
        let normal = normal(word);
        let parts = match language {
            Language::German => parts(&normal, word.starts_with(char::is_uppercase), &self.vocabulary),
            _ => Vec::new(),
        };
        Terms { stem: language.stem(&normal), parts }
    }
}

fn add(lines: &mut String, term: &str) {
    lines.push_str(term);
    lines.push('\n');
}

#[cfg(test)]
mod tests {
    use super::{Analyser, Analysis, Census, Language, Vocabulary, tokens};

    fn vocabulary() -> Vocabulary {
        let mut census = Census::default();
        for _ in 0..2 {
            census.count(
                "Gestern wurde das Gesetz zum Haushalt gelesen. Am Tag darauf fuhr ein Zug ins Amt, wo der Kanzler und der Bund das \
                 Klima vor dem Rat mit Schutz versahen. Das Kind geht in den Garten, weil es in der Schule eine Sammlung gibt.",
            );
        }
        census.vocabulary()
    }

    #[test]
    fn twins_find_the_same_whoever_was_asked_first() {
        let mut first = Analyser::new(vocabulary());
        let mut twin = first.twin();
        let mut alone = Analyser::new(vocabulary());
        for (word, language) in [
            ("Haushaltsgesetze", Language::German),
            ("Haushaltsgesetze", Language::English),
            ("Kindergarten", Language::German),
            ("kindergarten", Language::German),
        ] {
            let terms = alone.terms(word, language);
            assert_eq!((first.terms(word, language), twin.terms(word, language)), (terms.clone(), terms), "{word}");
        }
    }

    #[test]
    fn compounds_are_found_by_their_parts() {
        let mut analyser = Analyser::new(vocabulary());
        let mut parts = |word: &str| analyser.terms(word, Language::German).parts.clone();
        assert_eq!(parts("Haushaltsgesetze"), ["gesetz", "haushalt"]);
        assert_eq!(parts("Kindergarten"), ["gart", "kind"]);
        assert_eq!(parts("Klimaschutzgesetz"), ["gesetz", "klim", "klimaschutz", "schutz", "schutzgesetz"],);
        assert_eq!(parts("Bundeskanzleramt"), ["amt", "bund", "bundeskanzl", "kanzl", "kanzleramt"]);
        for word in ["Gesetz", "Vorrat", "Versammlung", "Kindheit", "Schulung", "Klimax"] {
            assert_eq!(parts(word), [""; 0], "{word}");
        }
    }

    #[test]
    fn a_vocabulary_is_read_as_it_was_written_and_with_any_bit_turned_not_at_all() {
        let bytes = vocabulary().bytes().to_vec();
        let read = Vocabulary::read(bytes.clone()).unwrap();
        assert!(read.of("gesetz").is_some_and(|known| known.noun && known.count == 2));
        assert!(read.of("geht").is_some_and(|known| !known.noun));
        assert_eq!(read.of("fehlt"), None);
        for at in 0..bytes.len() {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1;
            assert!(Vocabulary::read(bytes).is_none(), "byte {at}");
        }
    }

    #[test]
    fn words_are_what_stands_between_spaces_and_marks() {
        let words = |text: &str| {
            tokens(text)
                .map(|token| format!("{}{}", if token.chained { "+" } else { "" }, token.text))
                .collect::<Vec<_>>()
        };
        assert_eq!(words("E-Mail, H&M und U.S.A."), ["E", "+Mail", "H", "+M", "und", "U", "+S", "+A"]);
        assert_eq!(words("1.250.000 oder 12,5 am 3.4."), ["1.250.000", "oder", "12", "5", "am", "3", "+4"]);
        assert_eq!(words("Bürger:innen nach §823"), ["Bürger", "+innen", "nach", "§", "823"]);
        assert_eq!(words("– „!“ …"), [""; 0]);
    }

    #[test]
    fn what_is_written_with_a_hyphen_is_found_without_it() {
        let mut found = Analysis::default();
        Analyser::new(Vocabulary::default()).analyse("Per E-Mail an die EU-Kommission", Language::German, &mut found);
        assert_eq!(found.parts, "email\neukommission\n");
        assert_eq!(found.stems, "per\ne\nmail\nan\ndie\neu\nkommission\n");
    }
}
