//! The words of an archive, with how common they are: the dictionary by which compounds are taken apart.
//!
//! It is made once for an index and then stays as it is, so that a word is always taken apart in the same way. Kept are no
//! words but their digests, sorted: 12 bytes for each, looked up without being unpacked.

use super::Analyser;
use super::book::Numbered;
use super::lexicon::Lexicon;
use super::stem::{Language, normal};
use hashbrown::HashMap;
use rayon::prelude::*;
use std::sync::{Arc, OnceLock};

/// The bytes that it begins with.
const MAGIC: &[u8; 8] = b"dpwords2";
/// Bytes of an entry: a digest, how often, whether it is a noun.
const ENTRY: usize = 12;
/// Words that are counted, at most: beyond that the rare ones are dropped. So many take 60 MB.
const MOST: usize = 900_000;

/// How a word occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use {
    /// In so many articles.
    pub count: u32,
    /// Whether it is written with a capital letter mostly.
    pub noun: bool,
}

/// The words that are known.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    known: Arc<Stems>,
}

#[derive(Debug, Default)]
struct Stems {
    bytes: Vec<u8>,
    /// A bit for each stem, where the last digits of its digest say, in a table of which a sixteenth is full at most: what has
    /// none there is not known. Made when many words are to be taken apart.
    bits: OnceLock<Vec<u64>>,
}

impl Vocabulary {
    /// Reads what [`Vocabulary::bytes`] gave; `None` if it is something else.
    pub fn read(bytes: Vec<u8>) -> Option<Vocabulary> {
        let (body, sum) = bytes.split_last_chunk::<4>()?;
        let rest = body.strip_prefix(MAGIC)?;
        let sound = rest.len().is_multiple_of(ENTRY) && u32::from_le_bytes(*sum) == crc32fast::hash(body);
        sound.then(|| Vocabulary::of_bytes(bytes))
    }

    fn of_bytes(bytes: Vec<u8>) -> Vocabulary {
        Vocabulary { known: Arc::new(Stems { bytes, bits: OnceLock::new() }) }
    }

    /// As it is written to a file.
    pub fn bytes(&self) -> &[u8] {
        &self.known.bytes
    }

    fn entries(&self) -> &[u8] {
        let bytes = self.bytes();
        bytes.get(MAGIC.len()..bytes.len().saturating_sub(4)).unwrap_or_default()
    }

    /// Makes what [`Vocabulary::may_have`] looks at.
    pub(super) fn prepare(&self) {
        self.known.bits.get_or_init(|| {
            let entries = self.entries().chunks_exact(ENTRY);
            let mut bits = vec![0; (entries.len() * 16 / 64).next_power_of_two()];
            for digest in entries.filter_map(|entry| entry.first_chunk::<8>()) {
                let (at, bit) = bit_of(u64::from_be_bytes(*digest), bits.len());
                bits[at] |= bit;
            }
            bits
        });
    }

    /// Whether a stem may be known: if not, it is not. Known before [`Vocabulary::prepare`] may be any.
    pub(super) fn may_have(&self, stem: &Digest) -> bool {
        self.known.bits.get().is_none_or(|bits| {
            let (at, bit) = bit_of(stem.value(), bits.len());
            bits[at] & bit != 0
        })
    }

    /// How a stem occurs, if it is known.
    pub fn of(&self, stem: &str) -> Option<Use> {
        let (entries, digest) = (self.entries(), Digest::of(stem));
        if !self.may_have(&digest) {
            return None;
        }
        let wanted = digest.value();
        let (mut low, mut high) = (0, entries.len() / ENTRY);
        // Digests are spread evenly: where one would stand can be told from its value, to a few entries.
        let (mut from, mut upto) = (0, u64::MAX);
        while low < high && (from..=upto).contains(&wanted) {
            let share = u128::from(wanted - from) * (high - low) as u128 / (u128::from(upto - from) + 1);
            let middle = low + share as usize;
            let entry = entries.get(middle * ENTRY..(middle + 1) * ENTRY)?;
            let (found, rest) = entry.split_first_chunk::<8>()?;
            let found = u64::from_be_bytes(*found);
            match found.cmp(&wanted) {
                std::cmp::Ordering::Less => (low, from) = (middle + 1, found),
                std::cmp::Ordering::Greater => (high, upto) = (middle, found),
                std::cmp::Ordering::Equal => {
                    let packed = u32::from_be_bytes(rest.try_into().ok()?);
                    return Some(Use { count: packed >> 1, noun: packed & 1 == 1 });
                }
            }
        }
        None
    }
}

/// Which word of so many, a power of two, and which bit of it.
fn bit_of(digest: u64, words: usize) -> (usize, u64) {
    ((digest >> 6) as usize & (words - 1), 1 << (digest & 63))
}

/// What stands for a stem: FNV-1a, with which each beginning of a word costs one step more, mixed once more so that the values are
/// spread evenly (the finaliser of MurmurHash3).
#[derive(Debug, Clone, Copy)]
pub(super) struct Digest(u64);

impl Digest {
    /// Of nothing.
    pub const EMPTY: Digest = Digest(0xCBF2_9CE4_8422_2325);

    fn of(stem: &str) -> Digest {
        stem.bytes().fold(Digest::EMPTY, Digest::and)
    }

    fn and(self, byte: u8) -> Digest {
        Digest((self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3))
    }

    /// With one more letter.
    pub fn with(self, letter: char) -> Digest {
        letter.encode_utf8(&mut [0; 4]).bytes().fold(self, Digest::and)
    }

    fn value(self) -> u64 {
        let mix = |value: u64, by: u64| (value ^ value >> 33).wrapping_mul(by);
        let mixed = mix(mix(self.0, 0xFF51_AFD7_ED55_8CCD), 0xC4CE_B9FE_1A85_EC53);
        mixed ^ mixed >> 33
    }
}

/// Counts the words of an archive.
#[derive(Debug, Default)]
pub struct Census {
    /// Words in lower case.
    words: Lexicon,
    /// What each of them is counted as.
    tallies: Vec<Tally>,
    /// What is counted for each word as it is written, by its number: [`UNSEEN`], [`NO_WORD`], or the number in lower case, and
    /// whether it is written with a capital letter as the lowest bit.
    counted: Vec<u32>,
    articles: u32,
    /// What stands in so many articles is rare.
    rare: u32,
}

/// It was not looked at.
const UNSEEN: u32 = u32::MAX;
/// It is not counted.
const NO_WORD: u32 = u32::MAX - 1;

#[derive(Debug, Default)]
struct Tally {
    articles: u32,
    last: u32,
    capital: u32,
    small: u32,
}

impl Census {
    /// Counts the words of the texts of a German article that this analyser has numbered; the same one for all, or
    /// [`Census::renumbered`] is told.
    pub fn count(&mut self, analyser: &Analyser, texts: &[&Numbered]) {
        let written = analyser.german();
        self.articles += 1;
        self.counted.resize(written.len(), UNSEEN);
        for word in texts.iter().flat_map(|text| text.each()).filter(|word| !word.joined) {
            let Some(known) = self.counted.get_mut(word.number as usize) else { continue };
            if *known == UNSEEN {
                *known = lower(written.word(word.number)).map_or(NO_WORD, |(lower, capital)| {
                    let number = self.words.number(&lower);
                    self.tallies.resize_with(self.words.len(), Tally::default);
                    number << 1 | u32::from(capital)
                });
            }
            let Some(tally) = self.tallies.get_mut((*known >> 1) as usize) else { continue };
            if tally.last != self.articles {
                tally.last = self.articles;
                tally.articles += 1;
            }
            // A capital letter at the beginning of a sentence says nothing.
            match (*known & 1 == 1, word.sentence) {
                (true, false) => tally.capital += 1,
                (false, _) => tally.small += 1,
                (true, true) => {}
            }
        }
        if self.words.len() > MOST {
            self.drop_rare();
        }
    }

    fn drop_rare(&mut self) {
        self.rare += 1;
        let (words, tallies) = (std::mem::take(&mut self.words), std::mem::take(&mut self.tallies));
        for (number, tally) in tallies.into_iter().enumerate().filter(|(_, tally)| tally.articles > self.rare) {
            self.words.number(words.word(number as u32));
            self.tallies.push(tally);
        }
        self.counted.clear();
        if self.words.len() < MOST / 2 {
            self.rare -= 1;
        }
    }

    /// The numbers of words are others from now on.
    pub fn renumbered(&mut self) {
        self.counted.clear();
    }

    /// How many texts were counted.
    pub fn articles(&self) -> u32 {
        self.articles
    }

    /// The words that are common enough to be parts of others: in a large archive there is every mistake twice. The analyser is the one
    /// that numbered the texts: it finds the stems of its words, and keeps them.
    pub fn vocabulary(self, analyser: &mut Analyser) -> Vocabulary {
        let least = match self.articles {
            0..2_000 => 1,
            2_000..20_000 => 2,
            more => (more / 10_000).max(3),
        };
        let mut written = vec![None; self.words.len()];
        // Unless the words that it numbered are forgotten.
        if !self.counted.is_empty() {
            analyser.stem_german();
        }
        // What is no word, or was not looked at, is counted as none of them.
        for (number, counted) in (0..).zip(&self.counted) {
            if let Some(written) = written.get_mut((counted >> 1) as usize) {
                *written = Some(number);
            }
        }
        let analyser = &*analyser;
        let digest = |(number, written): (usize, Option<u32>)| {
            let known = written.and_then(|written| analyser.german_stem(written)).map(Digest::of);
            let stem = || Language::German.stem(&normal(self.words.word(number as u32)));
            known.unwrap_or_else(|| Digest::of(&stem())).value()
        };
        let digests: Vec<u64> = written.into_par_iter().enumerate().map(digest).collect();
        let mut stems: HashMap<u64, Tally> = HashMap::with_capacity(digests.len());
        for (digest, tally) in digests.into_iter().zip(self.tallies) {
            let sum = stems.entry(digest).or_default();
            sum.articles = sum.articles.saturating_add(tally.articles);
            sum.capital += tally.capital;
            sum.small += tally.small;
        }
        let mut entries: Vec<(u64, u32)> = stems
            .into_iter()
            .filter(|(_, tally)| tally.articles >= least)
            .map(|(stem, tally)| {
                let noun = tally.capital > tally.small;
                (stem, tally.articles.min(u32::MAX >> 1) << 1 | u32::from(noun))
            })
            .collect();
        entries.sort_unstable();
        let mut bytes = MAGIC.to_vec();
        for (digest, packed) in entries {
            bytes.extend(digest.to_be_bytes());
            bytes.extend(packed.to_be_bytes());
        }
        let sum = crc32fast::hash(&bytes);
        bytes.extend(sum.to_le_bytes());
        Vocabulary::of_bytes(bytes)
    }
}

/// A word in lower case, and whether it is written with a capital letter; `None` for what is too short, too long, or no word.
fn lower(word: &str) -> Option<(String, bool)> {
    let counts = word.chars().all(char::is_alphabetic) && (3..=24).contains(&word.chars().count());
    counts.then(|| (word.to_lowercase(), word.starts_with(char::is_uppercase)))
}

#[cfg(test)]
mod tests {
    use super::{Analyser, Census, Language, Use, Vocabulary};

    #[test]
    fn every_word_that_was_counted_is_found_and_no_other() {
        // Letters without vowels, which are their own stems.
        let letters = |number: usize| {
            let letter = |n: usize| char::from(b"bcdfgklmpr"[n % 10]);
            [number / 1000, number / 100, number / 10, number].map(letter).iter().collect::<String>()
        };
        for many in [0, 1, 2, 5_000] {
            let (mut census, mut analyser) = (Census::default(), Analyser::default());
            // Of more than two thousand articles, a word has to be in two.
            for number in (0..many).chain(0..many) {
                let text = analyser.number(&letters(number), Language::German);
                census.count(&analyser, &[&text]);
            }
            let vocabulary = Vocabulary::read(census.vocabulary(&mut analyser).bytes().to_vec()).unwrap();
            for number in 0..many {
                assert_eq!(vocabulary.of(&letters(number)), Some(Use { count: 2, noun: false }), "{number} of {many}");
            }
            for number in many..many + 500 {
                assert_eq!(vocabulary.of(&letters(number)), None, "{number} of {many}");
            }
        }
    }
}
