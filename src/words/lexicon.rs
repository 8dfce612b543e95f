//! Strings that are numbers.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

/// Strings, each once, with a number: 0 for the first one, 1 for the next.
#[derive(Debug, Default)]
pub struct Lexicon {
    /// All of them, one behind the other.
    letters: String,
    /// Where each ends in there.
    ends: Vec<u32>,
    /// The hash of each, with its number. That two have the same one of 64 bits, which nobody outside can know, will not happen; so none
    /// is compared letter by letter: most of the time would be spent on coming there.
    numbers: HashTable<(u64, u32)>,
    hasher: DefaultHashBuilder,
}

impl Lexicon {
    /// The number of a string; a new one if it is not there yet.
    pub fn number(&mut self, word: &str) -> u32 {
        let hash = self.hasher.hash_one(word);
        if let Some(&(_, number)) = self.numbers.find(hash, |&(known, _)| known == hash) {
            return number;
        }
        let number = self.ends.len() as u32;
        self.letters.push_str(word);
        self.ends.push(self.letters.len() as u32);
        self.numbers.insert_unique(hash, (hash, number), |&(hash, _)| hash);
        number
    }

    /// The string with a number; an empty one if there is none.
    pub fn word(&self, number: u32) -> &str {
        let number = number as usize;
        let begin = number.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| *end as usize);
        let end = self.ends.get(number).map_or(begin, |end| *end as usize);
        self.letters.get(begin..end).unwrap_or_default()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// About the bytes that they take.
    pub fn size(&self) -> usize {
        self.letters.len() + 4 * self.ends.len() + 20 * self.numbers.len()
    }
}

#[cfg(test)]
mod tests {
    use super::Lexicon;

    #[test]
    fn each_string_has_one_number_and_each_number_its_string() {
        let mut lexicon = Lexicon::default();
        let words: Vec<String> = (0..3_000).map(|n| format!("Wort{}", n % 1_000)).chain([String::new()]).collect();
        for (at, word) in words.iter().enumerate() {
            // A word that begins another one is another word.
            assert_eq!(lexicon.number(word) as usize, if word.is_empty() { 1_000 } else { at % 1_000 }, "{word}");
        }
        assert_eq!(lexicon.len(), 1_001);
        assert!((0..1_000).all(|n| lexicon.word(n) == format!("Wort{n}")));
        assert_eq!((lexicon.word(1_000), lexicon.word(1_001)), ("", ""));
    }
}
