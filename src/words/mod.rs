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

use compound::{Pieces, parts};
pub use compound::{is_affix, is_derived};
pub use stem::{Language, normal};
pub use token::{Token, tokens};
pub use vocabulary::{Census, Vocabulary};

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, PoisonError};

/// The version of the rules here: another one makes other terms, and the index has to be made again.
pub const RULES: u32 = 1;

/// Bytes of words that are remembered with their terms, so that a word is cut down once and not a million times: some two hundred
/// thousand words.
const REMEMBERED: usize = 16 << 20;
/// Characters of the longest word: what is longer is no word but data.
pub const LONGEST: usize = 80;

/// What a word is found by: a term a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms<'a>(&'a str);

impl<'a> Terms<'a> {
    /// Its stem.
    pub fn stem(self) -> &'a str {
        self.0.split_once('\n').unwrap_or_default().0
    }

    /// The stems of what it is made of, in alphabetical order.
    pub fn parts(self) -> impl Iterator<Item = &'a str> {
        self.lines_of_parts().lines()
    }

    fn lines_of_parts(self) -> &'a str {
        self.0.split_once('\n').unwrap_or_default().1
    }
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

/// Words by their language and how they are written.
#[derive(Debug, Default)]
struct Known {
    /// Each in one piece, since most of the time is spent on coming there: how it is written, a letter for its language, and its terms, a
    /// line each.
    words: HashTable<Arc<str>>,
    /// Bytes of them.
    size: usize,
}

/// What a word takes besides its letters.
const BESIDES: usize = 40;

impl Known {
    /// Makes room for one more word of so many bytes, if there is none.
    fn make_room(&mut self, word: usize) {
        self.size += word + BESIDES;
        if self.size > REMEMBERED {
            self.words.clear();
            self.size = word + BESIDES;
        }
    }
}

/// How a word begins in there.
fn begins(word: &str, written: &str, language: Language) -> bool {
    let rest = word.as_bytes().strip_prefix(written.as_bytes());
    rest.is_some_and(|rest| rest.starts_with(&[b'\n', language.letter()]))
}

/// Makes terms of texts.
#[derive(Debug)]
pub struct Analyser {
    vocabulary: Vocabulary,
    /// What it knows itself.
    known: Known,
    /// What it and its twins know. Each asks here once for a word.
    shared: Arc<Mutex<Known>>,
    /// The same for all twins.
    hasher: DefaultHashBuilder,
    pieces: Pieces,
}

impl Analyser {
    /// One that takes compounds apart by these words.
    pub fn new(vocabulary: Vocabulary) -> Analyser {
        let hasher = DefaultHashBuilder::default();
        Analyser { vocabulary, known: Known::default(), shared: Arc::default(), hasher, pieces: Pieces::default() }
    }

    /// One for another thread, for which no word that one of them knows is taken apart again.
    pub fn twin(&self) -> Analyser {
        Analyser { shared: self.shared.clone(), hasher: self.hasher.clone(), ..Analyser::new(self.vocabulary.clone()) }
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
            add(&mut found.stems, terms.stem());
            found.parts.push_str(terms.lines_of_parts());
            chain.push(token.text);
        }
        self.join(&chain, language, &mut found.parts);
    }

    /// `E-Mail` is found as `Email`, `U.S.A.` as `USA`.
    fn join(&mut self, chain: &[&str], language: Language, parts: &mut String) {
        if (2..=4).contains(&chain.len()) {
            add(parts, self.terms(&chain.concat(), language).stem());
        }
    }

    /// The terms of one word.
    pub fn terms(&mut self, written: &str, language: Language) -> Terms<'_> {
        let hash = self.hasher.hash_one(written);
        let is_it = |word: &Arc<str>| begins(word, written, language);
        let at = self.known.words.find_bucket_index(hash, is_it).unwrap_or_else(|| {
            let word = self.found(written, language, hash);
            self.known.make_room(word.len());
            let again = |word: &Arc<str>| hash_of(&self.hasher, word);
            self.known.words.insert_unique(hash, word, again).bucket_index()
        });
        let word = self.known.words.get_bucket(at);
        Terms(word.and_then(|word| word.get(written.len() + 2..)).unwrap_or_default())
    }

    /// A word that its twins know, or that is known from now on.
    fn found(&mut self, written: &str, language: Language, hash: u64) -> Arc<str> {
        let Analyser { vocabulary, shared, hasher, pieces, .. } = self;
        let shared = || shared.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |word: &Arc<str>| begins(word, written, language);
        if let Some(word) = shared().words.find(hash, is_it) {
            return word.clone();
        }
        let word: Arc<str> = make(written, language, vocabulary, pieces).into();
        let mut shared = shared();
        if shared.words.find(hash, is_it).is_none() {
            shared.make_room(word.len());
            shared.words.insert_unique(hash, word.clone(), |word| hash_of(hasher, word));
        }
        word
    }
}

fn hash_of(hasher: &DefaultHashBuilder, word: &str) -> u64 {
    hasher.hash_one(word.split('\n').next().unwrap_or_default())
}

fn make(written: &str, language: Language, vocabulary: &Vocabulary, pieces: &mut Pieces) -> String {
    let normal = normal(written);
    let mut lines = format!("{written}\n{}", char::from(language.letter()));
    add(&mut lines, &language.stem(&normal));
    if language == Language::German {
        for part in parts(&normal, written.starts_with(char::is_uppercase), vocabulary, pieces) {
            add(&mut lines, &part);
        }
    }
    lines
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
            assert_eq!((first.terms(word, language), twin.terms(word, language)), (terms, terms), "{word}");
        }
    }

    #[test]
    fn compounds_are_found_by_their_parts() {
        let mut analyser = Analyser::new(vocabulary());
        let mut parts =
            |word: &str| -> Vec<String> { analyser.terms(word, Language::German).parts().map(str::to_owned).collect() };
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
