//! The words that dates are made of, in German with its Austrian and Swiss usage, English and
//! French, and the marks between them.
//!
//! Comes in: a word as it stands in the text. Goes out: what it can mean. A word is compared
//! without case and with its umlauts spelt out, so that `März`, `MÄRZ` and `Maerz` are one. The
//! table is sorted when the program is compiled; looking up allocates nothing.

use super::lex::is_combining;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Beyond the text.
    End,
    Number,
    Dot,
    Comma,
    Colon,
    Semicolon,
    /// Hyphen, dash and minus of any length.
    Dash,
    Slash,
    Plus,
    Underscore,
    Apostrophe,
    /// `(` and `[`.
    Open,
    /// `)` and `]`.
    Close,
    /// What separates the parts of a line: `|`, `•`, `·`, `»`.
    Bar,
    At,
    /// `€`, `$`, `%`, and the words for them: what stands before it is an amount.
    Amount,
    /// `§`, `Version`, `Tel.`, `Abb.`: what stands after it is a number of something.
    Label,
    /// Any other sign.
    Sign,
    /// Any other word.
    Word,
    /// 1 to 12.
    Month(u8),
    /// 0 is Monday.
    Weekday(u8),
    /// `Uhr`.
    Uhr,
    /// `h`: `14h30`, `14:30 h`, `vor 3 h`.
    H,
    Unit(Unit),
    /// A numeral, in quarters: `anderthalb` is 6.
    Numeral(u8),
    /// Minutes: `Viertelstunde`.
    Minutes(u8),
    /// Days from today: `gestern` is −1.
    Day(i8),
    /// `soeben`, `jetzt`.
    Now,
    /// `eben`, `gerade`: now only together with another.
    Just,
    Part(Part),
    Midnight,
    Noon,
    /// `letzten`, `vergangenen`.
    Last,
    /// `nächsten`, `kommenden`.
    Next,
    /// `diesen`.
    This,
    /// `vor`.
    Before,
    Ago,
    /// The beginning of `il y a`.
    Il,
    /// French yesterday, in German the word for here.
    Hier,
    /// The beginning of `aujourd’hui`.
    Aujourd,
    /// `wenigen`, `einigen`, `paar`: a count that says none.
    Few,
    /// `in`, `dans`.
    In,
    /// `etwa`, `rund`.
    About,
    /// `am`, also the English mark of the morning.
    Am,
    Pm,
    /// `um`, `gegen`, `at`.
    Um,
    /// `à`, which is `um`, and the English article.
    A,
    /// The English article, and the French year.
    An,
    /// `den`, `der`, `dem`, `the`, `le`, `of`.
    Article,
    /// `bis`.
    Until,
    /// `und`.
    And,
    /// `vom`, `im`, `seit`, `ab`, `on`: what a date may follow.
    Lead,
    /// `st`, `nd`, `rd`, `th`, `er`: English and French ordinals.
    Ordinal,
    /// Minutes east of Greenwich.
    Zone(i16),
    /// The `T` of ISO 8601.
    T,
    /// `W`: a week of ISO 8601.
    W,
    /// `KW`: a calendar week.
    Week,
}

/// A unit of time that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// A part of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// `morgens`, `früh`, `vormittags`.
    Morning,
    /// `mittags`.
    Noon,
    /// `nachmittags`, `abends`.
    Afternoon,
    /// `nachts`.
    Night,
}

impl Kind {
    /// What a byte of ASCII punctuation is.
    pub fn of_ascii(byte: u8) -> Kind {
        match byte {
            b'.' => Kind::Dot,
            b',' => Kind::Comma,
            b':' => Kind::Colon,
            b';' => Kind::Semicolon,
            b'-' => Kind::Dash,
            b'/' => Kind::Slash,
            b'+' => Kind::Plus,
            b'_' => Kind::Underscore,
            b'\'' | b'`' => Kind::Apostrophe,
            b'(' | b'[' => Kind::Open,
            b')' | b']' => Kind::Close,
            b'|' => Kind::Bar,
            b'@' => Kind::At,
            b'$' | b'%' => Kind::Amount,
            _ => Kind::Sign,
        }
    }

    /// What a sign beyond ASCII is.
    pub fn of_char(c: char) -> Kind {
        match c {
            '\u{2010}'..='\u{2015}' | '\u{2212}' => Kind::Dash,
            '\u{2018}'..='\u{201B}' | '\u{B4}' | '\u{2032}' => Kind::Apostrophe,
            '\u{20A0}'..='\u{20CF}' | '£' | '¥' | '‰' => Kind::Amount,
            '§' => Kind::Label,
            '•' | '·' | '∙' | '‧' | '⋅' | '●' | '▪' | '■' | '◆' | '»' | '›' | '¦' | '│' | '┃' | '｜' | '★' | '⏐' => {
                Kind::Bar
            }
            _ => Kind::Sign,
        }
    }
}

/// What a word can mean; [`Kind::Word`] if it has nothing to do with dates.
#[inline]
pub(super) fn look_up(word: &str, ascii: bool, capital: bool) -> Kind {
    if word.len() > 2 * KEY || (ascii && word.len() > KEY) {
        return long_word(word);
    }
    let Some(key) = (if ascii { fold_ascii(word.as_bytes()) } else { fold(word) }) else {
        return long_word(word);
    };
    if LENGTHS[(key.0 & 0x1F) as usize] & (1 << key.1) == 0 {
        return long_word(word);
    }
    let Ok(place) = TABLE.binary_search_by(|entry| entry.0.cmp(&key.0)) else {
        return long_word(word);
    };
    let kind = TABLE[place].1;
    match kind {
        // English writes its months with a capital letter, and these two are words without.
        Kind::Month(_) if !capital && matches!(word, "may" | "march") => Kind::Word,
        // `so`, `do` and `mi` are words of their own, `est` and `met` too.
        Kind::Weekday(_) if word.len() == 2 && !capital => Kind::Word,
        Kind::Zone(_) if !word.bytes().all(|b| b.is_ascii_uppercase()) && word.len() != 1 => Kind::Word,
        kind => kind,
    }
}

/// Words beyond the table: `Montagabend`, `Freitagnachmittag`, a weekday written together with a
/// part of the day, and `Dreiviertelstunde`.
fn long_word(word: &str) -> Kind {
    const DAYS: [&str; 8] =
        ["montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag", "sonnabend"];
    const PARTS: [&str; 7] = ["abend", "morgen", "mittag", "nachmittag", "vormittag", "nacht", "früh"];
    if !(9..=20).contains(&word.len()) {
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

/// The longest word of the table.
const KEY: usize = 14;

/// A word as a number: its folded letters, first letter lowest; and their count.
type Key = (u128, u32);

fn fold_ascii(word: &[u8]) -> Option<Key> {
    let mut key = 0;
    for (i, byte) in word.iter().enumerate() {
        key |= ((byte | 0x20) as u128) << (8 * i);
    }
    Some((key, word.len() as u32))
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

/// The table, sorted by key.
const TABLE: [(u128, Kind); COUNT] = {
    let mut table = [(0, Kind::Word); COUNT];
    let mut filled = 0;
    let mut i = 0;
    while i < WORDS.len() {
        let (kind, words) = WORDS[i];
        let mut j = 0;
        while j < words.len() {
            let mut place = filled;
            let entry = key(words[j]);
            while place > 0 && table[place - 1].0 > entry {
                table[place] = table[place - 1];
                place -= 1;
            }
            assert!(place == 0 || table[place - 1].0 != entry);
            table[place] = (entry, kind);
            filled += 1;
            j += 1;
        }
        i += 1;
    }
    table
};

/// For each first letter the lengths of the words that begin with it, a bit each.
const LENGTHS: [u32; 32] = {
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

/// The words, folded. Hornung is no month of any date that is written today.
const WORDS: &[(Kind, &[&str])] = &[
    (Kind::Month(1), &["januar", "jaenner", "jan", "jaen", "jaenn", "january", "janvier", "janv"]),
    (Kind::Month(2), &["februar", "feber", "feb", "febr", "february", "fevrier", "fevr", "fev"]),
    (Kind::Month(3), &["maerz", "marz", "maer", "mrz", "march", "mar", "mars"]),
    (Kind::Month(4), &["april", "apr", "avril", "avr"]),
    (Kind::Month(5), &["mai", "may"]),
    (Kind::Month(6), &["juni", "jun", "juno", "june", "juin"]),
    (Kind::Month(7), &["juli", "jul", "july", "juillet", "juil", "julei"]),
    (Kind::Month(8), &["august", "aug", "aout"]),
    (Kind::Month(9), &["september", "sep", "sept", "septembre"]),
    (Kind::Month(10), &["oktober", "okt", "october", "oct", "octobre"]),
    (Kind::Month(11), &["november", "nov", "novembre"]),
    (Kind::Month(12), &["dezember", "dez", "dezbr", "december", "dec", "decembre"]),
    (Kind::Weekday(0), &["montag", "mo", "mon", "monday", "lundi", "lun"]),
    (Kind::Weekday(1), &["dienstag", "di", "tue", "tues", "tuesday", "mardi"]),
    (Kind::Weekday(2), &["mittwoch", "mi", "wed", "wednesday", "mercredi", "mer"]),
    (Kind::Weekday(3), &["donnerstag", "do", "thu", "thur", "thurs", "thursday", "jeudi", "jeu"]),
    (Kind::Weekday(4), &["freitag", "fr", "fri", "friday", "vendredi", "ven"]),
    (Kind::Weekday(5), &["samstag", "sonnabend", "sa", "sat", "saturday", "samedi", "sam"]),
    (Kind::Weekday(6), &["sonntag", "so", "sun", "sunday", "dimanche", "dim"]),
    (Kind::Uhr, &["uhr", "hrs"]),
    (Kind::H, &["h"]),
    (Kind::Unit(Unit::Second), &["sekunde", "sekunden", "sek", "sec", "second", "seconds", "seconde", "secondes"]),
    (Kind::Unit(Unit::Minute), &["minute", "minuten", "min", "mins", "minutes"]),
    (Kind::Unit(Unit::Hour), &["stunde", "stunden", "std", "stdn", "hour", "hours", "heure", "heures"]),
    (Kind::Unit(Unit::Day), &["tag", "tage", "tagen", "day", "days", "jour", "jours"]),
    (Kind::Unit(Unit::Week), &["woche", "wochen", "week", "weeks", "semaine", "semaines"]),
    (Kind::Unit(Unit::Month), &["monat", "monate", "monaten", "month", "months", "mois"]),
    (Kind::Unit(Unit::Year), &["jahr", "jahre", "jahren", "year", "years", "ans"]),
    (Kind::Numeral(1), &["viertel"]),
    (Kind::Numeral(2), &["halb", "halbe", "halben", "halber", "half", "demi"]),
    (Kind::Numeral(3), &["dreiviertel"]),
    (Kind::Numeral(4), &["ein", "eine", "einem", "einen", "einer", "one", "un", "une"]),
    (Kind::Numeral(6), &["anderthalb", "eineinhalb", "einundeinhalb"]),
    (Kind::Numeral(8), &["zwei", "zweien", "zwo", "two", "deux"]),
    (Kind::Numeral(10), &["zweieinhalb"]),
    (Kind::Numeral(12), &["drei", "dreien", "three", "trois"]),
    (Kind::Numeral(14), &["dreieinhalb"]),
    (Kind::Numeral(16), &["vier", "four", "quatre"]),
    (Kind::Numeral(18), &["viereinhalb"]),
    (Kind::Numeral(20), &["fuenf", "five", "cinq"]),
    (Kind::Numeral(24), &["sechs", "six"]),
    (Kind::Numeral(28), &["sieben", "seven"]),
    (Kind::Numeral(32), &["acht", "eight", "huit"]),
    (Kind::Numeral(36), &["neun", "nine", "neuf"]),
    (Kind::Numeral(40), &["zehn", "ten", "dix"]),
    (Kind::Numeral(44), &["elf", "eleven", "onze"]),
    (Kind::Numeral(48), &["zwoelf", "twelve", "douze"]),
    (Kind::Numeral(52), &["dreizehn"]),
    (Kind::Numeral(56), &["vierzehn"]),
    (Kind::Numeral(60), &["fuenfzehn"]),
    (Kind::Numeral(64), &["sechzehn"]),
    (Kind::Numeral(68), &["siebzehn"]),
    (Kind::Numeral(72), &["achtzehn"]),
    (Kind::Numeral(76), &["neunzehn"]),
    (Kind::Numeral(80), &["zwanzig", "twenty"]),
    (Kind::Numeral(120), &["dreissig", "thirty"]),
    (Kind::Numeral(160), &["vierzig"]),
    (Kind::Numeral(200), &["fuenfzig"]),
    (Kind::Minutes(15), &["viertelstunde"]),
    (Kind::Day(0), &["heute", "today"]),
    (Kind::Day(-1), &["gestern", "yesterday"]),
    (Kind::Day(-2), &["vorgestern"]),
    (Kind::Day(-3), &["vorvorgestern"]),
    (Kind::Day(1), &["morgen", "tomorrow", "demain"]),
    (Kind::Day(2), &["uebermorgen"]),
    (Kind::Now, &["soeben", "jetzt", "now"]),
    (Kind::Just, &["eben", "gerade", "just"]),
    (Kind::Part(Part::Morning), &["frueh", "morgens", "vormittag", "vormittags", "fruehmorgens", "morning", "matin"]),
    (Kind::Part(Part::Noon), &["mittags"]),
    (Kind::Part(Part::Afternoon), &["nachmittag", "nachmittags", "abend", "abends", "afternoon", "evening", "soir"]),
    (Kind::Part(Part::Night), &["nacht", "nachts", "night"]),
    (Kind::Midnight, &["mitternacht", "midnight", "minuit"]),
    (Kind::Noon, &["mittag", "noon", "midi"]),
    (Kind::Last, &["letzten", "letzter", "letztem", "vergangenen", "vergangener", "vorigen", "voriger", "last"]),
    (Kind::Next, &["naechsten", "naechster", "kommenden", "kommender", "next"]),
    (Kind::This, &["diesen", "diesem", "dieser", "this"]),
    (Kind::Before, &["vor"]),
    (Kind::Ago, &["ago"]),
    (Kind::Il, &["il"]),
    (Kind::Hier, &["hier"]),
    (Kind::Aujourd, &["aujourd"]),
    (Kind::Few, &["wenigen", "einigen", "einiger", "mehreren", "paar", "kurzem", "langem", "vielen", "few"]),
    (Kind::In, &["in", "dans"]),
    (Kind::About, &["etwa", "ca", "circa", "rund", "ungefaehr", "gut", "knapp", "fast", "about", "environ", "genau"]),
    (Kind::Am, &["am"]),
    (Kind::Pm, &["pm"]),
    (Kind::Um, &["um", "gegen", "at"]),
    (Kind::A, &["a"]),
    (Kind::An, &["an"]),
    (Kind::Article, &["den", "der", "dem", "the", "le", "of"]),
    (Kind::Until, &["bis", "to", "until", "till", "au"]),
    (Kind::And, &["und", "and", "u", "et", "sowie", "oder"]),
    (Kind::Lead, &["vom", "im", "seit", "ab", "on", "zum", "since", "from", "beim"]),
    (Kind::Ordinal, &["st", "nd", "rd", "th", "er", "ter"]),
    (Kind::Zone(0), &["utc", "gmt", "ut", "z", "wet"]),
    (Kind::Zone(60), &["mez", "cet", "met", "bst", "west"]),
    (Kind::Zone(120), &["mesz", "cest", "mest", "eet", "oesz"]),
    (Kind::Zone(180), &["eest", "msk"]),
    (Kind::Zone(-180), &["adt"]),
    (Kind::Zone(-240), &["edt", "ast"]),
    (Kind::Zone(-300), &["est", "cdt"]),
    (Kind::Zone(-360), &["cst", "mdt"]),
    (Kind::Zone(-420), &["mst", "pdt"]),
    (Kind::Zone(-480), &["pst"]),
    (Kind::T, &["t"]),
    (Kind::W, &["w"]),
    (Kind::Week, &["kw", "kalenderwoche"]),
    (
        Kind::Amount,
        &["euro", "eur", "cent", "ct", "prozent", "dollar", "usd", "chf", "franken", "mrd", "mio", "percent", "km"],
    ),
    (
        Kind::Label,
        &[
            "version",
            "versionen",
            "ver",
            "v",
            "tel",
            "telefon",
            "fon",
            "phone",
            "fax",
            "telefax",
            "mobil",
            "handy",
            "abb",
            "abbildung",
            "tab",
            "tabelle",
            "kap",
            "kapitel",
            "abschnitt",
            "abs",
            "absatz",
            "art",
            "paragraf",
            "paragraph",
            "nr",
            "no",
            "nummer",
            "num",
            "ziffer",
            "ziff",
            "punkt",
            "pkt",
            "seite",
            "az",
            "aktenzeichen",
            "drucksache",
            "drs",
            "isbn",
            "issn",
            "iban",
            "ios",
            "ipados",
            "macos",
            "android",
            "windows",
            "linux",
            "firmware",
            "build",
            "rev",
            "revision",
            "rn",
            "rz",
            "quartal",
            "heft",
            "band",
            "bd",
            "teil",
            "folge",
            "anlage",
            "anhang",
            "tarif",
            "modell",
            "typ",
            "saison",
            "fig",
            "figure",
            "section",
            "chapter",
            "ip",
            "port",
            "din",
            "iso",
            "vdi",
            "plz",
            "kto",
            "konto",
            "blz",
            "bic",
            "id",
            "position",
            "pos",
            "lfd",
            "rubrik",
            "vers",
            "psalm",
            "ps",
            "joh",
            "mt",
            "lk",
            "satz",
            "liga",
            "klasse",
            "note",
        ],
    ),
];
