//! Cuts text into tokens: numbers with their count of digits, words as the lexicon knows them,
//! punctuation by what it can mean in a date.
//!
//! Comes in: any text. Goes out: one token after the other, each with the gap before it. White
//! space is no token, and neither are marks that nobody sees (zero-width space, soft hyphen,
//! direction marks): they separate nothing. It never allocates, never goes back, and looks at
//! each byte once.

use super::kind::Kind;
use super::lexicon;

/// What lies between a token and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Nothing: `28.`
    None,
    /// Spaces of any kind.
    Space,
    /// A line break.
    Line,
    /// An empty line, or the edge of the text.
    Paragraph,
}

/// A piece of the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// The value of a number; meaningless beyond 18 digits.
    pub value: u64,
    /// The digits of a number, 255 for that many or more, and for digits that are not `0`–`9`.
    pub digits: u8,
    /// What it is.
    pub kind: Kind,
    /// What lies before it.
    pub gap: Gap,
    /// A word that begins with a capital letter.
    pub capital: bool,
    /// A day written onto the year or the minute before it: `28. Juli 201929. Juli 2019`.
    pub split: bool,
}

impl Token {
    /// What is found beyond both ends of the text.
    pub const END: Token = Token {
        start: 0,
        end: 0,
        value: 0,
        digits: 0,
        kind: Kind::End,
        gap: Gap::Paragraph,
        capital: false,
        split: false,
    };

    /// The value of a number that has between `low` and `high` digits.
    pub fn number(&self, low: u8, high: u8) -> Option<u32> {
        (self.kind == Kind::Number && (low..=high).contains(&self.digits)).then_some(self.value as u32)
    }

    /// A number, of whatever length.
    pub fn is_number(&self) -> bool {
        self.kind == Kind::Number
    }

    /// Nothing lies between this token and the one before it.
    pub fn tight(&self) -> bool {
        self.gap == Gap::None
    }

    /// At most a line break lies between this token and the one before it.
    pub fn near(&self) -> bool {
        self.gap <= Gap::Line
    }
}

/// What a byte of ASCII begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    Space,
    Line,
    Ignored,
    Mark,
    High,
}

static CLASS: [Class; 256] = {
    let mut table = [Class::Mark; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => Class::Letter,
            b'0'..=b'9' => Class::Digit,
            b' ' | b'\t' | b'\r' => Class::Space,
            b'\n' | 0x0B | 0x0C => Class::Line,
            0..=0x1F | 0x7F => Class::Ignored,
            0x80.. => Class::High,
            _ => Class::Mark,
        };
        byte += 1;
    }
    table
};

/// The tokens of a text, from left to right.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// What the last token was.
    last: Kind,
    /// The next token is the rest of the last number.
    split: bool,
}

impl<'a> Lexer<'a> {
    pub fn new(text: &'a str) -> Lexer<'a> {
        Lexer { text, at: 0, last: Kind::End, split: false }
    }

    /// The next token; `None` at the end of the text.
    #[inline]
    pub fn token(&mut self) -> Option<Token> {
        let token = self.cut()?;
        self.last = token.kind;
        Some(token)
    }

    #[inline]
    fn cut(&mut self) -> Option<Token> {
        let bytes = self.text.as_bytes();
        let mut gap = if self.at == 0 { Gap::Paragraph } else { Gap::None };
        loop {
            let start = self.at;
            let byte = *bytes.get(start)?;
            match CLASS[usize::from(byte)] {
                Class::Space => {
                    self.at += 1;
                    gap = gap.max(Gap::Space);
                }
                Class::Line => {
                    self.at += 1;
                    gap = broken(gap);
                }
                Class::Ignored => self.at += 1,
                Class::Letter => return Some(self.word(start, gap)),
                Class::Digit => return Some(self.number(start, gap)),
                Class::Mark => {
                    self.at += 1;
                    return Some(Token { start, end: self.at, kind: Kind::of_ascii(byte), gap, ..Token::END });
                }
                Class::High => {
                    let c = self.text[start..].chars().next()?;
                    if is_invisible(c) {
                        self.at += c.len_utf8();
                    } else if matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}') {
                        self.at += c.len_utf8();
                        gap = broken(gap);
                    } else if c.is_whitespace() {
                        self.at += c.len_utf8();
                        gap = gap.max(Gap::Space);
                    } else if c.is_alphabetic() {
                        return Some(self.word(start, gap));
                    } else {
                        self.at += c.len_utf8();
                        // Digits of other scripts and `½`: numbers that no date is made of.
                        let kind = if c.is_numeric() { Kind::Number } else { Kind::of_char(c) };
                        return Some(Token { start, end: self.at, kind, gap, digits: u8::MAX, ..Token::END });
                    }
                }
            }
        }
    }

    fn number(&mut self, start: usize, gap: Gap) -> Token {
        let mut value = 0_u64;
        let mut digits = 0_u8;
        for byte in &self.text.as_bytes()[start..] {
            if !byte.is_ascii_digit() {
                break;
            }
            value = value.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
            digits = digits.saturating_add(1);
            self.at += 1;
        }
        let split = std::mem::take(&mut self.split);
        // Pages set the dates of publication and change side by side, and scraping writes one
        // onto the other: `201929. Juli`, `15:4823. Oktober`.
        if self.text.as_bytes().get(self.at) == Some(&b'.') {
            let keep = match (self.last, digits) {
                (Kind::Month(_) | Kind::Dot, 5 | 6) if matches!(self.text.as_bytes()[start], b'1' | b'2') => 4,
                (Kind::Colon, 3 | 4) => 2,
                _ => digits,
            };
            value /= 10_u64.pow(u32::from(digits - keep));
            self.at -= usize::from(digits - keep);
            self.split = keep < digits;
            digits = keep;
        }
        Token { start, end: self.at, value, digits, kind: Kind::Number, gap, capital: false, split }
    }

    fn word(&mut self, start: usize, gap: Gap) -> Token {
        let bytes = self.text.as_bytes();
        let mut ascii = true;
        while let Some(byte) = bytes.get(self.at) {
            match CLASS[usize::from(*byte)] {
                Class::Letter => self.at += 1,
                // U+00C0 to U+00FF, the letters of the languages we read, without decoding; of
                // these × and ÷ are none, and stand in no word that a date is made of.
                Class::High if *byte == 0xC3 => {
                    ascii = false;
                    self.at += 2;
                }
                Class::High => match self.text[self.at..].chars().next() {
                    Some(c) if c.is_alphabetic() || c == '\u{AD}' || is_combining(c) => {
                        ascii = false;
                        self.at += c.len_utf8();
                    }
                    _ => break,
                },
                _ => break,
            }
        }
        let word = &self.text[start..self.at];
        let capital = match bytes[start] {
            byte @ 0..=0x7F => byte.is_ascii_uppercase(),
            _ => word.chars().next().is_some_and(char::is_uppercase),
        };
        let kind = lexicon::look_up(word, ascii, capital);
        Token { start, end: self.at, value: 0, digits: 0, kind, gap, capital, split: false }
    }
}

fn broken(gap: Gap) -> Gap {
    if gap >= Gap::Line { Gap::Paragraph } else { Gap::Line }
}

/// Marks without width that change nothing: soft hyphen, zero-width space and joiners, direction
/// marks and isolates, byte order mark.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
        || is_combining(c)
}

/// The block Combining Diacritical Marks: `a` and U+0308 are `ä`.
pub(super) fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}')
}
