//! What a token can be in a date: the alphabet of the grammar.
//!
//! Owns the kinds of words and marks, and which mark is of which kind; which word is of which
//! kind stands in the lexicon.

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
    Numeral(u16),
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
