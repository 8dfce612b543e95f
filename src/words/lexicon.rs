//! Strings that are numbers.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

/// What stands behind each string.
const END: char = '\n';

/// Strings, each once, with a number: 0 for the first one, 1 for the next.
#[derive(Debug, Default)]
pub struct Lexicon {
    /// All of them, each with [`END`] behind it.
    letters: String,
    /// Where each begins in there.
    starts: Vec<u32>,
    /// Where each begins, with its number, by its hash. Most of the time is spent on coming there: so letters are compared
    /// without asking the number first where they stand.
    numbers: HashTable<(u32, u32)>,
    hasher: DefaultHashBuilder,
}

impl Lexicon {
    /// The number of a string of one line; a new one if it is not there yet.
    pub fn number(&mut self, word: &str) -> u32 {
        let Lexicon { letters, starts, numbers, hasher } = self;
        let hash = hasher.hash_one(word);
        let is_it = |&(start, _): &(u32, u32)| {
            let rest = letters.as_bytes().get(start as usize..).and_then(|rest| rest.strip_prefix(word.as_bytes()));
            rest.is_some_and(|rest| rest.first() == Some(&(END as u8)))
        };
        if let Some(&(_, number)) = numbers.find(hash, is_it) {
            return number;
        }
        let (start, number) = (letters.len() as u32, starts.len() as u32);
        letters.push_str(word);
        letters.push(END);
        starts.push(start);
        numbers.insert_unique(hash, (start, number), |&(start, _)| hasher.hash_one(from(letters, start)));
        number
    }

    /// The string with a number; an empty one if there is none.
    pub fn word(&self, number: u32) -> &str {
        self.starts.get(number as usize).map_or("", |start| from(&self.letters, *start))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// About the bytes that they take.
    pub fn size(&self) -> usize {
        self.letters.len() + 4 * self.starts.len() + 10 * self.numbers.len()
    }
}

fn from(letters: &str, start: u32) -> &str {
    let rest = letters.get(start as usize..).unwrap_or_default();
    rest.split_once(END).map_or(rest, |(word, _)| word)
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
