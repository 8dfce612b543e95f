//! Small words about text that every room needs: white space, legal characters, and one escaping
//! function for each target (law 9: untrusted text leaves through these and nowhere else).

mod html;
mod reading;
pub mod source;

pub use html::{of_html, of_serialised};
pub use reading::{Block, blocks};

use std::borrow::Cow;
use std::ops::Range;

/// Folds every run of white space to one space and trims both ends.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_onto(&mut out, text);
    out
}

/// Appends the text, folded.
pub fn fold_onto(out: &mut String, text: &str) {
    let mut first = true;
    for line in text.split('\n').map(str::trim).filter(|line| !line.is_empty()) {
        if !std::mem::take(&mut first) {
            out.push(' ');
        }
        // Most of what is folded needs none of it.
        if is_folded(line.as_bytes()) {
            out.push_str(line);
            continue;
        }
        let before = out.len();
        for word in by_space(line) {
            if out.len() > before {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
}

/// Whether no white space stands in this UTF-8 but single spaces; control characters count as if they were some. A test compares it with what
/// Unicode calls white space.
#[multiversion::multiversion(targets("x86_64+avx2"))]
fn is_folded(bytes: &[u8]) -> bool {
    !any_neighbours(bytes, |first, second, third| {
        (first < 0x20)
            | (first == b' ') & (second == b' ')
            | (first == 0xC2) & ((second == 0x85) | (second == 0xA0))
            | (first == 0xE1) & (second == 0x9A) & (third == 0x80)
            | (first == 0xE2)
                & (second == 0x80)
                & ((third <= 0x8A) | (third == 0xA8) | (third == 0xA9) | (third == 0xAF))
            | (first == 0xE2) & (second == 0x81) & (third == 0x9F)
            | (first == 0xE3) & (second == 0x80) & (third == 0x80)
    })
}

/// Whether this is so of any three neighbours in UTF-8; behind the end stand bytes that complete no character. Never branches within a block,
/// so that the compiler makes vector instructions of it: some ten times as fast as decoding the characters.
#[inline(always)]
fn any_neighbours(bytes: &[u8], is_so: impl Fn(u8, u8, u8) -> bool) -> bool {
    const BLOCK: usize = 64;
    let is_so_in = |block: &[u8]| {
        let neighbours = block.iter().zip(block[1..].iter().zip(&block[2..])).take(BLOCK);
        neighbours.fold(false, |found, (first, (second, third))| found | is_so(*first, *second, *third))
    };
    let mut at = 0;
    while let Some(block) = bytes.get(at..at + BLOCK + 2) {
        if is_so_in(block) {
            return true;
        }
        at += BLOCK;
    }
    // Most lines are short: what is left is made as long as two blocks, which costs less than to look at it byte by byte.
    let rest = &bytes[at..];
    let mut blocks = [0xBD; 2 * BLOCK + 2];
    blocks[..rest.len()].copy_from_slice(rest);
    is_so_in(&blocks[..BLOCK + 2]) || rest.len() > BLOCK && is_so_in(&blocks[BLOCK..])
}

/// What stands between white space, as [`str::split_whitespace`] finds it, in a third of the time.
pub fn by_space(text: &str) -> impl Iterator<Item = &str> {
    words(text).map(|word| &text[word])
}

/// Where words stand, if white space parts them.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = text.len() - text[from..].trim_start().len();
        from = end_of_word(text, start);
        (start < from).then_some(start..from)
    })
}

/// Where the first white space from there on stands, or the end.
fn end_of_word(text: &str, mut from: usize) -> usize {
    while let Some(at) = text.as_bytes()[from..].iter().position(|byte| MAY_BE_SPACE[*byte as usize]) {
        let c = text[from + at..].chars().next().unwrap_or_default();
        if c.is_whitespace() {
            return from + at;
        }
        from += at + c.len_utf8();
    }
    text.len()
}

/// Whether white space may begin with a byte in UTF-8: ASCII up to the space, and the first bytes of what else Unicode calls so
/// (`White_Space`). Of German text that is the space and little else.
const MAY_BE_SPACE: [bool; 256] = {
    let mut may = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        may[byte] = matches!(byte, 0..=0x20 | 0xC2 | 0xE1 | 0xE2 | 0xE3);
        byte += 1;
    }
    may
};

/// Whether XML 1.0 allows the character in a document (production 2, `Char`), leaving out the
/// carriage return: written as it is, a parser would read it as a line feed. Control characters of
/// Latin-1 (U+007F–U+009F) are left out too: the standard discourages them, and readers take them
/// for the characters that windows-1252 has in their place. So is the byte order mark (U+FEFF), which
/// is no character of a text, and which some parsers drop and others keep.
pub fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
        && !matches!(c, '\u{7F}'..='\u{9F}' | '\u{FEFF}')
}

/// Drops what no format may carry: control characters, carriage returns, non-characters.
pub fn legal(text: &str) -> String {
    clean(text).into_owned()
}

/// The same as [`legal`] without copying what has nothing to drop: bodies are long and nearly all
/// of them are clean.
pub fn clean(text: &str) -> Cow<'_, str> {
    if has_illegal(text.as_bytes()) {
        Cow::Owned(text.chars().filter(|c| is_xml_char(*c)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether a character that [`is_xml_char`] refuses stands in this UTF-8.
#[multiversion::multiversion(targets("x86_64+avx2"))]
fn has_illegal(bytes: &[u8]) -> bool {
    any_neighbours(bytes, |first, second, third| {
        (first < 0x20) & (first != b'\t') & (first != b'\n')
            | (first == 0x7F)
            | (first == 0xC2) & (second < 0xA0)
            | (first == 0xEF) & (second == 0xBF) & (third >= 0xBE)
            | (first == 0xEF) & (second == 0xBB) & (third == 0xBF)
    })
}

/// Escapes text for XML, in content and in quoted attributes. White space other than the space is
/// written as a reference: in an attribute a parser would fold it to a space (XML 1.0, section 3.3.3).
pub fn escape_xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars().filter(|c| is_xml_char(*c)) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' => out.push_str("&#9;"),
            '\n' => out.push_str("&#10;"),
            c => out.push(c),
        }
    }
    out
}

/// Percent-encodes what no URI may carry (RFC 3986, appendix A), and nothing else: what is encoded
/// already stays as it is. Brackets stay around a host of IPv6 only. The URL standard lets several
/// of these pass (`[`, `|`, `^` in a query), and validators of feeds refuse them.
pub fn escape_uri(uri: &str) -> Cow<'_, str> {
    let host = uri.find("://").map_or(0, |colon| colon + 3);
    let host = match uri[host..].find(']') {
        Some(end) if uri[host..].starts_with('[') => host + end + 1,
        _ => 0,
    };
    let (head, tail) = uri.split_at(host);
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=%".contains(byte);
    if tail.as_bytes().iter().all(allowed) {
        return Cow::Borrowed(uri);
    }
    let mut out = String::with_capacity(uri.len() + 16);
    out.push_str(head);
    for byte in tail.bytes() {
        if allowed(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    Cow::Owned(out)
}

/// Escapes text for HTML, in content and in quoted attributes.
pub fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars().filter(|c| is_xml_char(*c)) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Makes text safe to print on a terminal: no control character reaches it (no escape sequence,
/// no carriage return that overwrites), nor a mark that reverses the order of what follows
/// (Unicode Technical Report 36, section 2.2).
pub fn escape_terminal(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' | '\n' => ' ',
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => '\u{FFFD}',
            c if c.is_control() => '\u{FFFD}',
            c => c,
        })
        .collect()
}

/// The number and the noun: `1 article`, `2 articles`, `1 entry`, `2 entries`.
pub fn count(number: usize, noun: &str) -> String {
    // `entry` and `entries`, but `day` and `days`.
    let stem = noun.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']));
    match (number, stem) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        (_, None) => format!("{number} {noun}s"),
    }
}

/// Makes JSON safe to print on a terminal: control characters beyond ASCII and marks of direction, which JSON may carry
/// as they are, are written as `\uXXXX`. They stand only within strings, so that the value stays the same.
pub fn escape_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '\u{7F}'..='\u{9F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

/// A text as a part of an address: lower-case ASCII letters and digits, with dashes between, at most 60 of them. Empty if
/// nothing is left.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            'ä' => slug.push_str("ae"),
            'ö' => slug.push_str("oe"),
            'ü' => slug.push_str("ue"),
            'ß' => slug.push_str("ss"),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
        if slug.len() >= 60 {
            break;
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_parted_by_every_character_that_is_white_space_and_by_no_other() {
        for c in '\0'..=char::MAX {
            let text = format!("{c}\u{1D552}ü{c}{c}Ё \u{200B}„à“{c}");
            assert!(by_space(&text).eq(text.split_whitespace()), "{c:?}");
            assert_eq!(fold(&text), text.split_whitespace().collect::<Vec<_>>().join(" "), "{c:?}");
        }
        assert_eq!(fold("  zwei  Wörter stehen\nda "), "zwei Wörter stehen da");
        assert_eq!(by_space(" \u{A0}\n").next(), None);
        assert_eq!(by_space("").next(), None);
    }

    #[test]
    fn what_is_folded_already_is_found_to_be_so_and_nothing_else() {
        for c in '\0'..='\u{FFFF}' {
            for before in [1, 62, 63, 64, 65] {
                let text = format!("{}{c}ä„b“ – ünd", "a".repeat(before));
                // Control characters are left to those who look closer.
                let folded = c == ' ' || c > ' ' && !c.is_whitespace();
                assert_eq!(is_folded(text.as_bytes()), folded, "{c:?} behind {before}");
            }
        }
        for (text, folded) in [("a  b", false), ("a b c", true), ("a b  ", false), ("", true)] {
            assert_eq!(is_folded(text.as_bytes()), folded, "{text:?}");
        }
    }

    #[test]
    fn text_is_clean_exactly_if_every_character_is_legal() {
        // Every character at every place in a block, with and without text behind it.
        for c in ('\0'..='\u{2FF}').chain('\u{FFB0}'..='\u{10001}') {
            for before in [0, 1, 62, 63, 64, 65, 127] {
                for after in ["", "e", "übermorgen und noch viel weiter hinten, damit ein ganzer Block folgt"] {
                    let text = format!("{}{c}{after}", "a".repeat(before));
                    assert_eq!(clean(&text), legal(&text), "{c:?} behind {before}");
                    assert_eq!(matches!(clean(&text), Cow::Borrowed(_)), is_xml_char(c), "{c:?} behind {before}");
                }
            }
        }
    }

    #[test]
    fn only_what_no_uri_may_carry_is_percent_encoded() {
        assert_eq!(
            escape_uri("https://a.example/?x[y]=1|2&z=%20 ü#^"),
            "https://a.example/?x%5By%5D=1%7C2&z=%20%20%C3%BC#%5E"
        );
        assert_eq!(escape_uri("http://[2001:db8::1]:80/[a]"), "http://[2001:db8::1]:80/%5Ba%5D");
        assert_eq!(escape_uri("https://a.example/?u=http://[a]"), "https://a.example/?u=http://%5Ba%5D");
    }
}
