//! The words of one language, and what each is found by.

use super::NOTHING;
use super::compound::{Pieces, parts};
use super::lexicon::Lexicon;
use super::stem::{Language, normal};
use super::token::tokens;
use super::vocabulary::Vocabulary;
use rayon::prelude::*;

/// The first word of a sentence.
const SENTENCE: u32 = 1 << 31;
/// What stands in no place of its own: words of one chain, written as one.
const JOINED: u32 = 1 << 30;

/// Words of the longest chain that is found as one, and of the shortest.
const CHAIN: std::ops::RangeInclusive<usize> = 2..=4;

/// A text as the numbers of its words. It holds as long as the words of its [`Analyser`](super::Analyser) are kept.
#[derive(Debug)]
pub struct Numbered {
    pub(super) language: Language,
    words: Box<[u32]>,
}

/// A word of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    /// Its number.
    pub number: u32,
    /// Whether a sentence begins with it.
    pub sentence: bool,
    /// Whether it is words of one chain, as if they were written without the mark between them.
    pub joined: bool,
}

impl Numbered {
    /// How many words it has, those that are several in one chain once more.
    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    pub(super) fn each(&self) -> impl Iterator<Item = Word> {
        self.words.iter().map(|word| Word {
            number: word & !(SENTENCE | JOINED),
            sentence: word & SENTENCE != 0,
            joined: word & JOINED != 0,
        })
    }
}

/// What a word is found by.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    spelt: &'a Lexicon,
    stem: u32,
    parts: &'a [u32],
}

impl<'a> Terms<'a> {
    /// Its stem.
    pub fn stem(self) -> &'a str {
        self.spelt.word(self.stem)
    }

    /// The stems of what it is made of, in alphabetical order.
    pub fn parts(self) -> impl Iterator<Item = &'a str> {
        self.parts.iter().map(|part| self.spelt.word(*part))
    }

    /// The numbers of the stem and of the parts.
    pub(super) fn numbers(self) -> (u32, &'a [u32]) {
        (self.stem, self.parts)
    }
}

/// Words as they are written, and their terms.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// All words that were met.
    pub written: Lexicon,
    /// Of those that were stemmed, the first ones: the numbers of their stems.
    stems: Vec<u32>,
    /// Of those that were taken apart, the first ones: where their parts end.
    ends: Vec<u32>,
    parts: Vec<u32>,
    /// The words of the text that is numbered.
    words: Vec<u32>,
}

/// Bytes of the longest term: what is longer is data and no word. The index could not hold more than 65,530.
const LONGEST: usize = 1 << 15;

/// Words that are learnt before what is known of them is written down: bounds what waits.
const AT_ONCE: usize = 1 << 14;
/// Words that are worth asking another thread.
const WORTH: usize = 256;

impl Book {
    /// A text as the numbers of its words.
    pub fn number(&mut self, text: &str, language: Language) -> Numbered {
        let mut words = std::mem::take(&mut self.words);
        let mut chain: Vec<&str> = Vec::new();
        let (mut sentence, mut end) = (true, 0);
        for token in tokens(text) {
            if !token.chained {
                self.join(&mut chain, &mut words);
            }
            let between = &text[end..token.start];
            sentence |= between != " " && between.contains(['.', '!', '?', ':', '\n', '„', '»', '"', '“']);
            end = token.start + token.text.len();
            words.push(self.written.number(token.text) | if sentence { SENTENCE } else { 0 });
            sentence = false;
            chain.push(token.text);
        }
        self.join(&mut chain, &mut words);
        // A copy has the room that it needs: drafts are kept by the ten thousand.
        let numbered = Numbered { language, words: words.as_slice().into() };
        words.clear();
        self.words = words;
        numbered
    }

    /// `E-Mail` is found as `Email`, `U.S.A.` as `USA`.
    fn join(&mut self, chain: &mut Vec<&str>, words: &mut Vec<u32>) {
        if CHAIN.contains(&chain.len()) {
            words.push(self.written.number(&chain.concat()) | JOINED);
        }
        chain.clear();
    }

    /// Finds out the terms of all words that were met since the last time, and gives them a number in `spelt`; there is at least
    /// one table of pieces.
    pub fn learn(&mut self, language: Language, vocabulary: &Vocabulary, pieces: &mut [Pieces], spelt: &mut Lexicon) {
        self.stem(language, spelt);
        if language != Language::German {
            self.ends.resize(self.stems.len(), 0);
        }
        if self.stems.len() - self.ends.len() > WORTH {
            vocabulary.prepare();
        }
        while self.ends.len() < self.stems.len() {
            let numbers = lot(self.ends.len(), self.stems.len());
            let share = numbers.len().div_ceil(pieces.len()).max(WORTH);
            let written = &self.written;
            let learn = |(lot, pieces): (&[u32], &mut Pieces)| -> Vec<Vec<String>> {
                lot.iter().map(|number| made_of(written.word(*number), vocabulary, pieces)).collect()
            };
            let found: Vec<_> = if numbers.len() <= share {
                numbers.chunks(share).zip(pieces.iter_mut()).map(learn).collect()
            } else {
                numbers.par_chunks(share).zip(pieces.par_iter_mut()).map(learn).collect()
            };
            for parts in found.into_iter().flatten() {
                self.parts.extend(parts.iter().map(|part| number_of(part, spelt)));
                self.ends.push(self.parts.len() as u32);
            }
        }
    }

    /// The stems alone, for which no vocabulary has to be known.
    pub fn stem(&mut self, language: Language, spelt: &mut Lexicon) {
        while self.stems.len() < self.written.len() {
            let numbers = lot(self.stems.len(), self.written.len());
            let written = &self.written;
            let stem = |number: &u32| language.stem(&normal(written.word(*number)));
            let found: Vec<String> = match numbers.len() {
                ..=WORTH => numbers.iter().map(stem).collect(),
                _ => numbers.par_iter().with_min_len(WORTH).map(stem).collect(),
            };
            self.stems.extend(found.iter().map(|stem| number_of(stem, spelt)));
        }
    }

    /// The number of the stem of a word; none if it was not stemmed.
    pub fn stem_of(&self, number: u32) -> Option<u32> {
        self.stems.get(number as usize).copied()
    }

    /// The same words with their stems, not taken apart.
    pub fn whole(self) -> Book {
        Book { ends: Vec::new(), parts: Vec::new(), ..self }
    }

    /// The terms of a word that was learnt, as they are spelt there.
    pub fn terms<'a>(&'a self, number: u32, spelt: &'a Lexicon) -> Terms<'a> {
        let number = number as usize;
        let (stem, end) = (self.stems.get(number).copied(), self.ends.get(number).copied().unwrap_or_default());
        let begin = number.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| *end);
        let parts = self.parts.get(begin as usize..end as usize).unwrap_or_default();
        Terms { spelt, stem: stem.unwrap_or(NOTHING), parts }
    }

    /// About the bytes that all of it takes.
    pub fn size(&self) -> usize {
        self.written.size() + 4 * (self.stems.len() + self.ends.len() + self.parts.len())
    }
}

/// The numbers of words that are worked on together.
fn lot(from: usize, upto: usize) -> Vec<u32> {
    (from..upto.min(from + AT_ONCE)).map(|number| number as u32).collect()
}

fn number_of(term: &str, spelt: &mut Lexicon) -> u32 {
    if term.len() > LONGEST { NOTHING } else { spelt.number(term) }
}

fn made_of(written: &str, vocabulary: &Vocabulary, pieces: &mut Pieces) -> Vec<String> {
    parts(&normal(written), written.starts_with(char::is_uppercase), vocabulary, pieces)
}
