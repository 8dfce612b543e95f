//! What a German compound is made of.
//!
//! A word may be parted where both sides are words that the archive has, or are made of such. All ways count: to find too
//! much of `Staubecken` does less harm than to find nothing. The letters between the parts (`Haushalt·s·gesetz`,
//! `Kind·er·garten`) are those of inflection, and stemming takes them away.

use super::stem::Language;
use super::vocabulary::{Digest, Use, Vocabulary};
use hashbrown::{DefaultHashBuilder, HashSet};
use std::hash::BuildHasher;
use std::sync::LazyLock;

/// Characters of the shortest word that is looked at, and of the longest.
const SHORTEST: usize = 6;
const LONGEST: usize = 48;

/// Beginnings that make no compound of a word, and words that stand at the beginning of verbs: `Vorrat` is no `Rat`.
const BEGINNINGS: [&str; 52] = [
    "ab", "all", "alle", "als", "an", "auch", "auf", "aus", "be", "bei", "dar", "das", "dem", "den", "der", "des",
    "die", "durch", "ein", "eine", "emp", "ent", "er", "fort", "für", "ge", "gegen", "her", "hin", "hinter", "ihr",
    "im", "in", "miss", "mit", "nach", "nicht", "nieder", "sich", "sie", "über", "um", "un", "und", "unter", "ver",
    "von", "vor", "weg", "wieder", "zer", "zu",
];

/// Endings by which words are derived; those that are words as well (`Schaft`, `Ling`) are something else as a part.
const ENDINGS: [&str; 38] = [
    "heit",
    "heiten",
    "keit",
    "keiten",
    "schaft",
    "schaften",
    "schaftlich",
    "tum",
    "ling",
    "linge",
    "chen",
    "lein",
    "lich",
    "liche",
    "lichen",
    "licher",
    "liches",
    "isch",
    "ische",
    "ischen",
    "bar",
    "bare",
    "sam",
    "haft",
    "los",
    "lose",
    "ung",
    "ungen",
    "nis",
    "nisse",
    "innen",
    "ismus",
    "ist",
    "ieren",
    "ierung",
    "tion",
    "ität",
    "ern",
];

/// Bytes of the longest of both.
const LONGEST_AFFIX: usize = 10;
static AFFIXES: LazyLock<HashSet<&str>> = LazyLock::new(|| BEGINNINGS.into_iter().chain(ENDINGS).collect());

/// Whether this is no word but a beginning or an ending of others.
pub fn is_affix(part: &str) -> bool {
    part.len() <= LONGEST_AFFIX && AFFIXES.contains(part)
}

/// Whether this is what derived words end in: `lichkeit`, `schaftlich`.
pub fn is_derived(end: &str) -> bool {
    ENDINGS.iter().any(|ending| end.len() < ending.len() + 4 && end.ends_with(ending))
}

/// The stems of the parts of a word, each once; none if it is no compound of words of this vocabulary. `noun` tells whether it
/// is written with a capital letter.
pub fn parts(normal: &str, noun: bool, vocabulary: &Vocabulary, known: &mut Pieces) -> Vec<String> {
    let letters = normal.chars().count();
    if !normal.chars().all(char::is_alphabetic) || !(SHORTEST..=LONGEST).contains(&letters) {
        return Vec::new();
    }
    let ends = normal.char_indices().map(|(at, _)| at).chain([normal.len()]).collect();
    let (beginnings, endings) = (beginnings(normal, letters, vocabulary), endings(normal));
    let pieces = vec![None; letters * (letters + 1)];
    let mut word = Word { normal, ends, vocabulary, beginnings, endings, pieces, known };
    let mut found = Vec::new();
    word.split(0, letters, noun, true, &mut found);
    found.sort_unstable();
    found.dedup();
    let mut stems: Vec<String> =
        found.into_iter().map(|(from, to)| Language::German.stem(word.text(from, to))).collect();
    stems.sort();
    stems.dedup();
    stems
}

/// What stemming may take away that ends in a letter: of Snowball's German suffixes, and of what is taken besides, those that are not
/// made of others. An umlaut may have lost its dots by then.
fn taken(last: char) -> &'static [&'static str] {
    match last {
        'a' => &["a"],
        'ä' => &["ä"],
        'o' => &["o"],
        'ö' => &["ö"],
        'e' => &["e"],
        'n' => &["n", "erin"],
        's' => &["s"],
        'm' => &["em", "um", "üm", "uem"],
        'r' => &["er"],
        't' => &["et", "st", "heit", "keit"],
        'd' => &["end"],
        'g' => &["ig", "ung"],
        'k' => &["ik"],
        'h' => &["isch", "lich"],
        _ => &[],
    }
}

/// See [`Word::endings`]: such suffixes, one behind the other, in whatever order.
fn endings(normal: &str) -> Vec<u64> {
    let mut found: Vec<u64> = Vec::with_capacity(normal.len() + 1);
    found.push(1);
    for (letters, (begin, last)) in (1..).zip(normal.char_indices()) {
        let before = &normal[..begin + last.len_utf8()];
        let taken = taken(last).iter().filter(|taken| before.ends_with(**taken));
        let rest = taken.map(|taken| found[letters - taken.chars().count()]);
        found.push(rest.fold(1 << letters, |all, rest| all | rest));
    }
    found
}

/// See [`Word::beginnings`]. Most pieces of words are no words, and to see that here takes a hundredth of the time that stemming takes.
fn beginnings(normal: &str, letters: usize, vocabulary: &Vocabulary) -> Vec<u64> {
    let normal: Vec<char> = normal.chars().collect();
    let may_be = |from: usize| {
        let (mut found, mut digest, mut before) = (0, Digest::EMPTY, [' ', ' ']);
        for (at, letter) in normal.iter().enumerate().skip(from) {
            let plain = match letter {
                'ä' => 'a',
                'ö' => 'o',
                'ü' => 'u',
                letter => *letter,
            };
            match (before, plain) {
                // One letter, as stems have it. Behind a vowel, or `q`, that is said in several ways.
                ([first, 'a' | 'o' | 'u'], 'e') if is_vowel(first) || first == 'q' => return u64::MAX,
                ([_, 'a' | 'o' | 'u'], 'e') => {}
                _ => digest = digest.with(plain),
            }
            found |= u64::from(vocabulary.may_have(&digest)) << (at + 1);
            before = [before[1], *letter];
        }
        found
    };
    (0..letters).map(may_be).collect()
}

fn is_vowel(letter: char) -> bool {
    matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'ä' | 'ö' | 'ü')
}

/// A word that is taken apart.
struct Word<'a> {
    normal: &'a str,
    /// The byte at which each letter begins, and the end.
    ends: Vec<usize>,
    vocabulary: &'a Vocabulary,
    /// For each letter, as bits: up to which letters a known stem may stand that begins with it.
    beginnings: Vec<u64>,
    /// For each letter, as bits: from which letters on stemming may take away what stands before it.
    endings: Vec<u64>,
    /// What is known of the piece from one letter to another: most are come to several times.
    pieces: Vec<Option<Piece>>,
    /// And of pieces of other words.
    known: &'a mut Pieces,
}

/// What pieces of words are that were looked at lately, each where its hash says, with that hash: that two have the same one
/// of 64 bits, will not happen.
#[derive(Debug, Default)]
pub struct Pieces {
    hasher: DefaultHashBuilder,
    cells: Vec<(u64, Piece)>,
    /// How often a piece was not there since there are so many cells.
    missed: usize,
}

/// Cells at first, and at most: these take four megabytes.
const FEW: usize = 1 << 10;
const MANY: usize = 1 << 18;

impl Pieces {
    fn of(&mut self, text: &str, find: impl Fn() -> Piece) -> Piece {
        let hash = self.hasher.hash_one(text);
        if self.missed >= self.cells.len() && self.cells.len() < MANY {
            self.missed = 0;
            // What was there is found once more.
            self.cells = vec![(hash, find()); (self.cells.len() * 4).clamp(FEW, MANY)];
        }
        let number = self.cells.len();
        let cell = &mut self.cells[hash as usize % number];
        if cell.0 != hash {
            *cell = (hash, find());
            self.missed += 1;
        }
        cell.1
    }
}

/// What a piece of a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Affix,
    Word(Use),
    Nothing,
}

impl Word<'_> {
    /// Whether the letters `from..to` can be parted, and into what. Of a part only whole words are parts: two levels are deep
    /// enough for `Bundes·verfassungs·gerichts·urteil`, since each place where it can be parted counts.
    fn split(&mut self, from: usize, to: usize, noun: bool, deep: bool, found: &mut Vec<(usize, usize)>) -> bool {
        let mut any = false;
        for at in from + 3..(to + 1).saturating_sub(3) {
            // A side that is too short to be made of words has to be one. That is asked first: short pieces are mostly known, and whether
            // a long one is a word takes long to find out.
            if at - from < SHORTEST && !is_head(self.piece(from, at), at - from)
                || to - at < SHORTEST && !is_tail(self.piece(at, to), to - at, noun)
            {
                continue;
            }
            let (head, tail) = (self.piece(from, at), self.piece(at, to));
            if head == Piece::Affix || tail == Piece::Affix {
                continue;
            }
            let words = [is_head(head, at - from), is_tail(tail, to - at, noun)];
            // One side at least is a word of its own.
            if words == [false, false] {
                continue;
            }
            let mut pieces = Vec::new();
            let mut made_of = |from: usize, to: usize, noun: bool| {
                deep && to - from >= SHORTEST && self.split(from, to, noun, false, &mut pieces)
            };
            let made = [made_of(from, at, true), made_of(at, to, noun)];
            if (words[0] || made[0]) && (words[1] || made[1]) {
                any = true;
                found.extend([(from, at), (at, to)]);
                found.extend(pieces);
            }
        }
        any
    }

    fn text(&self, from: usize, to: usize) -> &str {
        &self.normal[self.ends[from]..self.ends[to]]
    }

    fn piece(&mut self, from: usize, to: usize) -> Piece {
        let cell = from * self.ends.len() + to;
        if let Some(piece) = self.pieces[cell] {
            return piece;
        }
        let text = &self.normal[self.ends[from]..self.ends[to]];
        let vocabulary = self.vocabulary;
        let piece = if is_affix(text) {
            Piece::Affix
        } else if self.beginnings[from] & self.endings[to] == 0 {
            // What is left of a piece without its ending is a beginning of it: of those that may be left none is known.
            Piece::Nothing
        } else {
            self.known.of(text, || vocabulary.of(&Language::German.stem(text)).map_or(Piece::Nothing, Piece::Word))
        };
        self.pieces[cell] = Some(piece);
        piece
    }
}

fn is_head(head: Piece, letters: usize) -> bool {
    matches!(head, Piece::Word(known) if letters > 3 || known.noun && known.count > 1)
}

fn is_tail(tail: Piece, letters: usize, noun: bool) -> bool {
    matches!(tail, Piece::Word(known) if match letters {
        3 => known.noun && known.count > 1,
        // What is written with a capital letter ends in a noun.
        _ => known.noun || !noun,
    })
}

#[cfg(test)]
mod tests {
    use super::{BEGINNINGS, ENDINGS, beginnings, endings, is_affix};
    use crate::words::{Analyser, Census, Language, Vocabulary, normal};

    /// Words of all endings, umlauts however written, and vowels in every order.
    fn words() -> Vec<String> {
        let syllables = [
            "haus", "häu", "haeu", "ae", "oe", "ue", "qu", "quell", "frau", "neu", "steu", "er", "ern", "eln", "isch",
            "lich", "keit", "heit", "ung", "ungen", "innen", "erin", "arn", "um", "a", "o", "s", "es", "en", "ig",
            "ik", "system", "nis", "nisse", "ia", "aet", "ß", "é", "yo", "ie", "st", "est", "end", "ln", "lns", "et",
            "tum", "mu", "see",
        ];
        let mut state = 7_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize
        };
        let mut word = || (0..1 + next() % 5).map(|_| syllables[next() % syllables.len()]).collect::<String>();
        (0..20_000).map(|_| word()).filter(|word| (3..=24).contains(&word.chars().count())).collect()
    }

    #[test]
    fn no_word_is_passed_over_whose_stem_is_known() {
        let words = words();
        let (mut census, mut analyser) = (Census::default(), Analyser::default());
        let text = analyser.number(&words.join(" "), Language::German);
        census.count(&analyser, &[&text]);
        let (full, empty) = (census.vocabulary(&mut analyser), Vocabulary::default());
        full.prepare();
        empty.prepare();
        for (number, word) in words.into_iter().enumerate() {
            let normal = normal(&word);
            let letters = normal.chars().count();
            assert!(full.of(&Language::German.stem(&normal)).is_some(), "{word}");
            let may_be =
                |vocabulary: &Vocabulary| beginnings(&normal, letters, vocabulary)[0] & endings(&normal)[letters] != 0;
            assert!(may_be(&full), "{word}");
            if number % 8 == 0 {
                // Nor where it is the only one.
                let (mut census, mut analyser) = (Census::default(), Analyser::default());
                let text = analyser.number(&word, Language::German);
                census.count(&analyser, &[&text]);
                let alone = census.vocabulary(&mut analyser);
                alone.prepare();
                assert!(may_be(&alone), "{word}");
            }
            // Of nothing, nothing may be, unless it is written in several ways.
            assert!(!may_be(&empty) || beginnings(&normal, letters, &empty)[0] == u64::MAX, "{word}");
        }
    }

    #[test]
    fn no_beginning_or_ending_is_too_long_to_be_one() {
        assert!(BEGINNINGS.iter().chain(&ENDINGS).all(|affix| is_affix(affix)));
        assert!(!is_affix("haus") && !is_affix("unterseeboot"));
    }
}
