//! The words of a text and the hashes of runs of them, for what compares texts by these.

/// The words of a text: runs of letters and digits.
pub fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The hashes of the words, in their order: of each of the [`pieces`] its [`hash`], in one pass.
pub fn words(text: &str) -> Vec<u64> {
    // A German word has six letters and a space or so: without room for all, growing costs as much as hashing.
    let mut words = Vec::with_capacity(text.len() / 6);
    let mut sum = START;
    let mut is_word = false;
    for c in text.chars() {
        // Most letters are ASCII, and nearly all others those of western Europe: the tables of all are slow.
        if c.is_ascii_alphanumeric() {
            sum = step(sum, c.to_ascii_lowercase());
            is_word = true;
        } else if matches!(c, 'ß'..='ö' | 'ø'..='ÿ') {
            sum = step(sum, c);
            is_word = true;
        } else if !c.is_ascii() && c.is_alphanumeric() {
            sum = c.to_lowercase().fold(sum, step);
            is_word = true;
        } else if is_word {
            words.push(std::mem::replace(&mut sum, START));
            is_word = false;
        }
    }
    words.extend(is_word.then_some(sum));
    words
}

/// The hash of a word, in whatever case: FNV-1a, 64 bits.
pub fn hash(word: &str) -> u64 {
    word.chars().fold(START, |sum, c| match c.is_ascii() {
        true => step(sum, c.to_ascii_lowercase()),
        false => c.to_lowercase().fold(sum, step),
    })
}

const START: u64 = 0xcbf2_9ce4_8422_2325;

fn step(sum: u64, c: char) -> u64 {
    (sum ^ u64::from(c)).wrapping_mul(0x0100_0000_01b3)
}

/// The hash of a run of words.
pub fn hash_of_run(run: &[u64]) -> u64 {
    run.iter().fold(0u64, |sum, word| mix(sum.rotate_left(17) ^ word))
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
pub fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::{hash, pieces, words};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn one_pass_finds_the_words_that_two_find(text in "[a-zA-ZÄäßİǅ0-9 .,\n·–٣中]{0,60}") {
            prop_assert_eq!(words(&text), pieces(&text).map(hash).collect::<Vec<_>>());
        }
    }
}
