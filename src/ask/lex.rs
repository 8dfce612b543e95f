//! The pieces of a query.

use super::Fault;
use std::ops::Range;

/// A piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// `(`
    Open,
    /// `)`
    Close,
    /// `-` before what is not wanted; `NOT`, `NICHT`
    Not,
    /// `OR`, `ODER`, `|`
    Or,
    /// `AND`, `UND`
    And,
    /// `title:`, as it is written, without the colon.
    Field(String),
    /// What stands between quotation marks.
    Quoted(String),
    /// Anything else up to a space.
    Word(String),
}

/// The pieces of a query, each with its place in bytes.
pub fn pieces(text: &str) -> Result<Vec<(Piece, Range<usize>)>, Fault> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let end = at + c.len_utf8();
        if c.is_whitespace() {
            at = end;
            continue;
        }
        if let Some(closing) = closing(c) {
            let inner = &text[end..];
            let Some(length) = inner.find(|c| closing.contains(&c)) else {
                return Err(Fault::new(at..text.len(), "the quotation mark is not closed")
                    .hint(format!("write `{c}` at its end as well")));
            };
            let after = end + length + inner[length..].chars().next().map_or(0, char::len_utf8);
            found.push((Piece::Quoted(inner[..length].to_owned()), at..after));
            at = after;
            continue;
        }
        let single = match c {
            '(' => Some(Piece::Open),
            ')' => Some(Piece::Close),
            '|' => Some(Piece::Or),
            '-' | '−' if text[end..].starts_with(|c: char| !c.is_whitespace()) => Some(Piece::Not),
            _ => None,
        };
        if let Some(piece) = single {
            found.push((piece, at..end));
            at = end;
            continue;
        }
        let length = text[at..].find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '|') || closing_of(c));
        let end = length.map_or(text.len(), |length| at + length);
        let word = &text[at..end];
        // `14:30`, `C:` and `Bürger:innen` are no fields, and of an address the colon is told of as that of one.
        let is_field = |colon: &usize| {
            let (name, value) = (&word[..*colon], &word[*colon + 1..]);
            name.chars().count() > 1 && name.chars().all(char::is_alphabetic) && !matches!(value, "in" | "innen")
        };
        let field = word.find(':').filter(is_field);
        if let Some(colon) = field {
            found.push((Piece::Field(word[..colon].to_owned()), at..at + colon + 1));
            at += colon + 1;
            continue;
        }
        let piece = match word {
            "OR" | "ODER" => Piece::Or,
            "AND" | "UND" => Piece::And,
            "NOT" | "NICHT" => Piece::Not,
            word => Piece::Word(word.to_owned()),
        };
        found.push((piece, at..end));
        at = end;
    }
    Ok(found)
}

/// The marks that may stand at the end of what this one opens.
fn closing(open: char) -> Option<&'static [char]> {
    match open {
        '"' => Some(&['"']),
        '„' => Some(&['“', '”', '"']),
        '“' => Some(&['”', '"']),
        '»' => Some(&['«']),
        '«' => Some(&['»']),
        _ => None,
    }
}

fn closing_of(c: char) -> bool {
    closing(c).is_some()
}
