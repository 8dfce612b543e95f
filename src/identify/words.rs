//! The words of a text and the hashes of runs of them, for what compares texts by these.

/// The words of a text: runs of letters and digits.
pub fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The hashes of the words, in their order.
pub fn words(text: &str) -> Vec<u64> {
    // A German word has six letters and a space or so: without room for all, growing costs as much as hashing.
    let mut words = Vec::with_capacity(text.len() / 6);
    words.extend(pieces(text).map(hash));
    words
}

/// The hash of a word, in whatever case: FNV-1a, 64 bits.
pub fn hash(word: &str) -> u64 {
    let step = |sum: u64, c: char| (sum ^ u64::from(c)).wrapping_mul(0x0100_0000_01b3);
    // Most letters are ASCII, and the table of all is slow.
    word.chars().fold(0xcbf2_9ce4_8422_2325, |sum, c| match c.is_ascii() {
        true => step(sum, c.to_ascii_lowercase()),
        false => c.to_lowercase().fold(sum, step),
    })
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
