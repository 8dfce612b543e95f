//! Words as they are searched: what makes one word of many spellings.
//!
//! In comes text with its language, out come terms: words in lower case, without the dots of umlauts and other marks, cut
//! down to their stem, so that `Züge`, `Zuge` and `Zuege` are all `zug`; and the parts of compounds, so that
//! `Haushaltsgesetz` is a `gesetz` as well. The same functions make the terms of a text and those of a question: where they
//! differ, nothing would be found. It keeps nothing; which words there are, its [`Vocabulary`] is told.

mod book;
mod compound;
mod lexicon;
mod stem;
mod token;
mod vocabulary;

pub use book::{Numbered, Terms};
pub use compound::{is_affix, is_derived};
pub use stem::{Language, normal};
pub use token::{Token, tokens};
pub use vocabulary::{Census, Vocabulary};

use book::Book;
use compound::Pieces;
use lexicon::Lexicon;
use rayon::slice::ParallelSliceMut;

/// The version of the rules here: another one makes other terms, and the index has to be made again.
pub const RULES: u32 = 1;

/// Bytes of words that are remembered with their terms, so that a word is cut down once and not a million times: some half a
/// million words.
const REMEMBERED: usize = 48 << 20;
/// Threads that cut words down, at most: each keeps a table of pieces.
const THREADS: usize = 4;

/// What a text is found by, as the numbers of terms.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Analysis {
    /// The stem of every word, in their order; [`NOTHING`] is a place where no word stands.
    pub stems: Vec<u32>,
    /// The parts of compounds, and words that are written with a hyphen as if they were written without; as often as they occur.
    pub parts: Vec<u32>,
}

/// The term without letters: what stands where no word does, and what is left of some words.
pub const NOTHING: u32 = 0;

impl Analysis {
    /// Leaves room for so many words.
    pub fn gap(&mut self, words: usize) {
        self.stems.extend(std::iter::repeat_n(NOTHING, words));
    }
}

/// Makes terms of texts: first their words are numbered, then the new ones among these are learnt, all at once, and then it is told
/// what each text is found by.
#[derive(Debug, Default)]
pub struct Analyser {
    vocabulary: Vocabulary,
    /// A book for each language.
    books: [Book; Language::ALL],
    /// Stems and parts, of whatever language.
    spelt: Lexicon,
    /// The numbers of those that were sorted, in the order in which they are spelt.
    alphabet: Vec<u32>,
    /// One for each thread.
    pieces: Vec<Pieces>,
}

impl Analyser {
    /// One that takes compounds apart by these words.
    pub fn new(vocabulary: Vocabulary) -> Analyser {
        Analyser { vocabulary, ..Analyser::default() }
    }

    /// The same one, which takes compounds apart by these words from now on. The numbers of words stay as they are.
    pub fn with(self, vocabulary: Vocabulary) -> Analyser {
        let books = self.books.map(Book::whole);
        Analyser { vocabulary, books, ..self }
    }

    /// The words of German texts, by their numbers.
    fn german(&self) -> &Lexicon {
        &self.books[Language::German as usize].written
    }

    /// Stems the words of German texts that are new since the last time.
    fn stem_german(&mut self) {
        self.begin();
        self.books[Language::German as usize].stem(Language::German, &mut self.spelt);
    }

    /// The stem of a word of a German text, by its number; none if it was not stemmed.
    fn german_stem(&self, number: u32) -> Option<&str> {
        self.books[Language::German as usize].stem_of(number).map(|stem| self.spelt.word(stem))
    }

    /// Gives [`NOTHING`] its number.
    fn begin(&mut self) {
        if self.spelt.len() == 0 {
            self.spelt.number("");
        }
    }

    /// A text as the numbers of its words.
    pub fn number(&mut self, text: &str, language: Language) -> Numbered {
        self.books[language as usize].number(text, language)
    }

    /// Finds out the terms of all words that have a number.
    pub fn learn(&mut self) {
        self.begin();
        let threads = rayon::current_num_threads().clamp(1, THREADS);
        self.pieces.resize_with(threads, Pieces::default);
        for language in Language::each() {
            self.books[language as usize].learn(language, &self.vocabulary, &mut self.pieces, &mut self.spelt);
        }
    }

    /// The same, where no further word will come: lets go of what only learning needs.
    pub fn learn_the_last(&mut self) {
        self.learn();
        self.pieces = Vec::new();
    }

    /// Adds what a text is found by. Its words were learnt.
    pub fn analyse(&self, text: &Numbered, found: &mut Analysis) {
        let book = &self.books[text.language as usize];
        found.stems.reserve(text.len());
        for word in text.each() {
            let (stem, parts) = book.terms(word.number, &self.spelt).numbers();
            if word.joined {
                found.parts.push(stem);
            } else {
                found.stems.push(stem);
                found.parts.extend(parts);
            }
        }
    }

    /// The term with a number; an empty one for [`NOTHING`].
    pub fn term(&self, number: u32) -> &str {
        self.spelt.word(number)
    }

    /// Puts the terms that are new since the last time into alphabetical order.
    pub fn sort(&mut self) {
        let Analyser { spelt, alphabet, .. } = self;
        let begin = alphabet.len();
        alphabet.extend(begin as u32..spelt.len() as u32);
        let mut new: Vec<(&str, u32)> = alphabet[begin..].iter().map(|number| (spelt.word(*number), *number)).collect();
        new.par_sort_unstable();
        alphabet.truncate(begin);
        alphabet.extend(new.into_iter().map(|(_, number)| number));
        // Two stretches that are in order, which are merged.
        alphabet.sort_by(|a, b| spelt.word(*a).cmp(spelt.word(*b)));
    }

    /// The numbers of the terms that were [sorted](Analyser::sort), as they are spelt.
    pub fn alphabet(&self) -> &[u32] {
        &self.alphabet
    }

    /// How many terms have a number.
    pub fn terms_known(&self) -> usize {
        self.spelt.len()
    }

    /// The terms of one word.
    pub fn terms(&mut self, written: &str, language: Language) -> Terms<'_> {
        let number = self.books[language as usize].written.number(written);
        self.learn();
        self.books[language as usize].terms(number, &self.spelt)
    }

    /// Forgets all words if they take too much room, and says so: what is numbered then holds no longer.
    pub fn is_cleared(&mut self) -> bool {
        let is_full = self.books.iter().map(Book::size).sum::<usize>() + self.spelt.size() > REMEMBERED;
        if is_full {
            self.clear();
        }
        is_full
    }

    /// Forgets all words: what was numbered holds no longer.
    pub fn clear(&mut self) {
        self.books = Default::default();
        self.spelt = Lexicon::default();
        self.alphabet = Vec::new();
    }
}

#[cfg(test)]
mod tests {
    use super::{Analyser, Analysis, Census, Language, Numbered, Vocabulary, tokens};

    fn vocabulary() -> Vocabulary {
        let (mut census, mut analyser) = (Census::default(), Analyser::default());
        for _ in 0..2 {
            let text = analyser.number(
                "Gestern wurde das Gesetz zum Haushalt gelesen. Am Tag darauf fuhr ein Zug ins Amt, wo der Kanzler und der Bund das \
                 Klima vor dem Rat mit Schutz versahen. Das Kind geht in den Garten, weil es in der Schule eine Sammlung gibt.",
                Language::German,
            );
            census.count(&analyser, &[&text]);
        }
        census.vocabulary(&mut analyser)
    }

    fn spelt(analyser: &Analyser, terms: &[u32]) -> Vec<String> {
        terms.iter().map(|term| analyser.term(*term).to_owned()).collect()
    }

    #[test]
    fn what_is_numbered_before_the_vocabulary_is_known_is_found_as_what_is_numbered_after() {
        let text = "Haushaltsgesetze im Kindergarten: Kindergärten im Bundes-Haushalt, U.S.A. und E-Mail";
        let find = |mut analyser: Analyser, early: Option<Numbered>| {
            let text = early.unwrap_or_else(|| analyser.number(text, Language::German));
            analyser.learn();
            let mut found = Analysis::default();
            analyser.analyse(&text, &mut found);
            let mut parts = spelt(&analyser, &found.parts);
            parts.sort();
            (spelt(&analyser, &found.stems), parts)
        };
        let mut analyser = Analyser::default();
        let early = analyser.number(text, Language::German);
        let expected = find(Analyser::new(vocabulary()), None);
        assert_eq!(find(analyser.with(vocabulary()), Some(early)), expected);
        assert_eq!(
            expected.1,
            ["bundeshaushalt", "email", "gart", "gart", "gesetz", "haushalt", "kind", "kind", "usa"]
        );
    }

    #[test]
    fn of_more_words_than_one_thread_learns_each_has_its_own_terms() {
        let mut analyser = Analyser::default();
        let words: Vec<String> = (0..40_000).map(|n| format!("{n}x")).collect();
        let text = analyser.number(&words.join(" "), Language::Other);
        analyser.learn();
        let mut found = Analysis::default();
        analyser.analyse(&text, &mut found);
        assert_eq!(spelt(&analyser, &found.stems), words);
    }

    #[test]
    fn an_alphabet_has_every_term_that_was_learnt_once_and_in_order() {
        let mut analyser = Analyser::default();
        for words in ["Zug Haus Öl aber", "Mast haus Aal", "", "Zug"] {
            analyser.number(words, Language::German);
            analyser.learn();
            analyser.sort();
            let spelt: Vec<&str> = analyser.alphabet().iter().map(|number| analyser.term(*number)).collect();
            let mut sorted = spelt.clone();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!((&spelt, spelt.len()), (&sorted, analyser.terms_known()));
        }
        // The term without letters is one of them.
        assert_eq!(analyser.alphabet().len(), 7);
        analyser.clear();
        assert!(analyser.alphabet().is_empty());
    }

    #[test]
    fn a_full_analyser_begins_anew() {
        let mut analyser = Analyser::default();
        let mut cleared = 0;
        for n in 0..60 {
            let words: Vec<String> = (0..20_000).map(|k| format!("wort{n}und{k}")).collect();
            let text = analyser.number(&words.join(" "), Language::Other);
            analyser.learn();
            let mut found = Analysis::default();
            analyser.analyse(&text, &mut found);
            assert_eq!(spelt(&analyser, &found.stems), words, "{n}");
            cleared += usize::from(analyser.is_cleared());
        }
        assert!((1..10).contains(&cleared), "{cleared}");
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
        let mut analyser = Analyser::default();
        let text = analyser.number("Per E-Mail an die EU-Kommission", Language::German);
        analyser.learn();
        let mut found = Analysis::default();
        analyser.analyse(&text, &mut found);
        assert_eq!(spelt(&analyser, &found.parts), ["email", "eukommission"]);
        assert_eq!(spelt(&analyser, &found.stems), ["per", "e", "mail", "an", "die", "eu", "kommission"]);
    }
}
