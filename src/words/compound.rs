//! What a German compound is made of.
//!
//! A word may be parted where both sides are words that the archive has, or are made of such. All ways count: to find too
//! much of `Staubecken` does less harm than to find nothing. The letters between the parts (`Haushalt·s·gesetz`,
//! `Kind·er·garten`) are those of inflection, and stemming takes them away.

use super::stem::Language;
use super::vocabulary::Vocabulary;

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

/// Whether this is no word but a beginning or an ending of others.
pub fn is_affix(part: &str) -> bool {
    BEGINNINGS.contains(&part) || ENDINGS.contains(&part)
}

/// Whether this is what derived words end in: `lichkeit`, `schaftlich`.
pub fn is_derived(end: &str) -> bool {
    ENDINGS.iter().any(|ending| end.len() < ending.len() + 4 && end.ends_with(ending))
}

/// Takes words apart.
#[derive(Debug)]
pub struct Splitter<'a> {
    vocabulary: &'a Vocabulary,
}

impl<'a> Splitter<'a> {
    /// By these words.
    pub fn new(vocabulary: &'a Vocabulary) -> Splitter<'a> {
        Splitter { vocabulary }
    }

    /// The stems of the parts of a word, each once; none if it is no compound. `noun` tells whether it is written with a
    /// capital letter.
    pub fn parts(&self, normal: &str, noun: bool) -> Vec<String> {
        let mut found = Vec::new();
        if normal.chars().all(char::is_alphabetic) && (SHORTEST..=LONGEST).contains(&normal.chars().count()) {
            self.split(normal, noun, true, &mut found);
        }
        found.sort();
        found.dedup();
        found
    }

    /// Whether a word can be parted, and into what. Of a part only whole words are parts: two levels are deep enough for
    /// `Bundes·verfassungs·gerichts·urteil`, since each place where it can be parted counts.
    fn split(&self, word: &str, noun: bool, deep: bool, found: &mut Vec<String>) -> bool {
        let mut any = false;
        for (at, _) in word.char_indices().skip(3) {
            let (head, tail) = word.split_at(at);
            if tail.chars().count() < 3 {
                break;
            }
            if is_affix(head) || is_affix(tail) {
                continue;
            }
            let stems = [Language::German.stem(head), Language::German.stem(tail)];
            let words = [self.is_head(head, &stems[0]), self.is_tail(tail, &stems[1], noun)];
            // One side at least is a word of its own.
            if words == [false, false] {
                continue;
            }
            let mut pieces = Vec::new();
            let mut made_of = |part: &str, noun: bool| {
                deep && part.chars().count() >= SHORTEST && self.split(part, noun, false, &mut pieces)
            };
            let made = [made_of(head, true), made_of(tail, noun)];
            if (words[0] || made[0]) && (words[1] || made[1]) {
                any = true;
                found.extend(stems);
                found.extend(pieces);
            }
        }
        any
    }

    fn is_head(&self, head: &str, stem: &str) -> bool {
        self.vocabulary.of(stem).is_some_and(|known| head.chars().count() > 3 || known.noun && known.count > 1)
    }

    fn is_tail(&self, tail: &str, stem: &str, noun: bool) -> bool {
        self.vocabulary.of(stem).is_some_and(|known| match tail.chars().count() {
            3 => known.noun && known.count > 1,
            // What is written with a capital letter ends in a noun.
            _ => known.noun || !noun,
        })
    }
}
