//! The words that dates are made of, in German with its Austrian and Swiss usage, English and
//! French, and the marks between them.
//!
//! Comes in: a word as it stands in the text. Goes out: what it can mean. A word is compared
//! without case and with its umlauts spelt out, so that `März`, `MÄRZ` and `Maerz` are one. The
//! table is hashed when the program is compiled; looking up allocates nothing.

use super::kind::Kind;
use super::lex::is_combining;
use super::words::WORDS;

/// What a word can mean; [`Kind::Word`] if it has nothing to do with dates.
#[inline]
pub(super) fn look_up(word: &str, ascii: bool, capital: bool) -> Kind {
    let bytes = word.as_bytes();
    let key = if ascii {
        if bytes.len() > KEY || !is_length_of(bytes[0] | 0x20, bytes.len()) {
            return long_word(word);
        }
        fold_ascii(bytes)
    } else {
        match if bytes.len() > 2 * KEY { None } else { fold(word) } {
            Some(key) => key,
            None => return long_word(word),
        }
    };
    let Some(kind) = find(key.0) else { return long_word(word) };
    match kind {
        // English writes its months with a capital letter, and these two are words without.
        Kind::Month(_) if !capital && matches!(word, "may" | "march") => Kind::Word,
        // `so`, `do` and `mi` are words of their own, `est` and `met` too.
        Kind::Weekday(_) if word.len() == 2 && !capital => Kind::Word,
        Kind::Zone(_) if !word.bytes().all(|b| b.is_ascii_uppercase()) && word.len() != 1 => Kind::Word,
        kind => kind,
    }
}

/// Words that are put together of others: `Montagabend`, a weekday with a part of the day;
/// `Dreiviertelstunde`; `fünfundzwanzig`.
fn long_word(word: &str) -> Kind {
    const DAYS: [&str; 8] =
        ["montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag", "sonnabend"];
    const PARTS: [&str; 7] = ["abend", "morgen", "mittag", "nachmittag", "vormittag", "nacht", "früh"];
    if word.len() >= 13 && word.ends_with(['g', 'G']) {
        return numeral(word).unwrap_or(Kind::Word);
    }
    let initial = word.as_bytes().first().map_or(0, |byte| byte | 0x20);
    if !(9..=20).contains(&word.len()) || !matches!(initial, b'm' | b'd' | b'f' | b's') {
        return Kind::Word;
    }
    if word.eq_ignore_ascii_case("dreiviertelstunde") {
        return Kind::Minutes(45);
    }
    for (number, day) in DAYS.iter().enumerate() {
        if let (Some(head), Some(tail)) = (word.get(..day.len()), word.get(day.len()..))
            && head.eq_ignore_ascii_case(day)
            && PARTS.iter().any(|part| tail.eq_ignore_ascii_case(part))
        {
            return Kind::Weekday([0, 1, 2, 3, 4, 5, 6, 5][number]);
        }
    }
    Kind::Word
}

/// `fünfundzwanzig`: ones, `und`, tens.
fn numeral(word: &str) -> Option<Kind> {
    let (ones, tens) = (3..word.len().min(9)).find_map(|at| {
        let joint = word.get(at..at + 3)?;
        joint.eq_ignore_ascii_case("und").then(|| Some((word.get(..at)?, word.get(at + 3..)?))).flatten()
    })?;
    let known = |part: &str| find(fold(part)?.0);
    match (known(ones)?, known(tens)?) {
        (Kind::Numeral(ones @ 4..=36), Kind::Numeral(tens @ 80..=360)) if ones % 4 == 0 => {
            Some(Kind::Numeral(ones + tens))
        }
        _ => None,
    }
}

/// The longest word of the table.
const KEY: usize = 14;

/// A word as a number: its folded letters, first letter lowest; and their count.
type Key = (u128, u32);

fn fold_ascii(word: &[u8]) -> Key {
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(word) {
        *to = from | 0x20;
    }
    (u128::from_le_bytes(bytes), word.len() as u32)
}

/// Folds case, spells umlauts out, drops other accents and the soft hyphen. `None` for a word
/// that is too long or of another script.
fn fold(word: &str) -> Option<Key> {
    fold_start(word).filter(|(_, length)| *length as usize <= KEY)
}

/// Folds as much of a word as a key holds.
fn fold_start(word: &str) -> Option<Key> {
    let mut key = 0_u128;
    let mut length = 0_u32;
    for c in word.chars() {
        let letters: &[u8] = match c {
            'ä' | 'Ä' => b"ae",
            'ö' | 'Ö' => b"oe",
            'ü' | 'Ü' => b"ue",
            'ß' | 'ẞ' => b"ss",
            'à' | 'â' | 'á' | 'À' | 'Â' => b"a",
            'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' => b"e",
            'î' | 'ï' | 'Î' => b"i",
            'ô' | 'Ô' => b"o",
            'û' | 'ù' | 'Û' => b"u",
            'ç' | 'Ç' => b"c",
            // A decomposed umlaut; the other marks are accents.
            '\u{308}' => b"e",
            '\u{AD}' => b"",
            c if is_combining(c) => b"",
            c if c.is_ascii_alphabetic() => &[c as u8 | 0x20],
            _ => return None,
        };
        for letter in letters {
            if length as usize > KEY {
                return Some((key, length));
            }
            key |= u128::from(*letter) << (8 * length);
            length += 1;
        }
    }
    Some((key, length))
}

/// The beginning of a word, folded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stem(Key);

impl Stem {
    /// Makes stems of words that are written folded.
    pub const fn all<const N: usize>(words: [&str; N]) -> [Stem; N] {
        let mut stems = [Stem((0, 0)); N];
        let mut i = 0;
        while i < N {
            stems[i] = Stem((key(words[i]), words[i].len() as u32));
            i += 1;
        }
        stems
    }

    /// Whether a word is no more than it.
    pub fn is(self, word: Folded) -> bool {
        self.0 == word.0
    }

    /// Whether a word begins with it, without case and umlauts.
    pub fn begins(self, word: Folded) -> bool {
        let (Stem((stem, length)), Folded((key, whole))) = (self, word);
        whole >= length && (key ^ stem) & ((1 << (8 * length)) - 1) == 0
    }
}

/// The beginning of a word as stems are compared with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Folded(Key);

impl Folded {
    /// `None` for a word in another script.
    pub fn new(word: &str) -> Option<Folded> {
        fold_start(word).map(Folded)
    }
}

const fn key(word: &str) -> u128 {
    let bytes = word.as_bytes();
    assert!(bytes.len() <= KEY);
    let mut key = 0;
    let mut i = 0;
    while i < bytes.len() {
        key |= (bytes[i] as u128) << (8 * i);
        i += 1;
    }
    key
}

const COUNT: usize = {
    let mut count = 0;
    let mut i = 0;
    while i < WORDS.len() {
        count += WORDS[i].1.len();
        i += 1;
    }
    count
};

/// The table: each word in the first free slot at or behind that of its hash. With less than one
/// slot in three filled, most words that are not in it meet an empty slot at once.
static SLOTS: [(u128, Kind); 1 << SLOT_BITS] = {
    assert!(3 * COUNT <= 1 << SLOT_BITS);
    let mut slots = [(0, Kind::Word); 1 << SLOT_BITS];
    let mut i = 0;
    while i < WORDS.len() {
        let (kind, words) = WORDS[i];
        let mut j = 0;
        while j < words.len() {
            let key = key(words[j]);
            let mut slot = hash(key);
            while slots[slot].0 != 0 {
                assert!(slots[slot].0 != key);
                slot = (slot + 1) % slots.len();
            }
            slots[slot] = (key, kind);
            j += 1;
        }
        i += 1;
    }
    slots
};

const SLOT_BITS: u32 = 11;

/// Multiplicative hashing with 2⁶⁴ divided by the golden ratio (Knuth, volume 3, section 6.4).
const fn hash(key: u128) -> usize {
    let folded = key as u64 ^ (key >> 64) as u64;
    (folded.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - SLOT_BITS)) as usize
}

#[inline]
fn find(key: u128) -> Option<Kind> {
    let mut slot = hash(key);
    loop {
        match SLOTS[slot] {
            (0, _) => return None,
            (held, kind) if held == key => return Some(kind),
            _ => slot = (slot + 1) % SLOTS.len(),
        }
    }
}

/// Whether a word of that first letter, in lower case, and that length is in the table.
#[inline]
fn is_length_of(initial: u8, length: usize) -> bool {
    LENGTHS[usize::from(initial & 0x1F)] & (1 << length) != 0
}

/// For each first letter the lengths of the words that begin with it, a bit each.
static LENGTHS: [u32; 32] = {
    let mut lengths = [0; 32];
    let mut i = 0;
    while i < WORDS.len() {
        let mut j = 0;
        while j < WORDS[i].1.len() {
            let word = WORDS[i].1[j].as_bytes();
            lengths[(word[0] & 0x1F) as usize] |= 1 << word.len();
            j += 1;
        }
        i += 1;
    }
    lengths
};
