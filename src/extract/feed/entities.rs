//! References in XML text: characters, the names of XML and HTML, and what a document declares for
//! itself.
//!
//! Comes in: text as written. Goes out: characters. It never fetches an external entity, and a
//! declared entity is resolved one level deep and only up to a total size, so that none that is
//! made of others can grow.
//!
//! Surprising: what is no known reference stays as it is, ampersand and all.

use markup5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};
use memchr::{memchr, memchr_iter};
use std::borrow::Cow;
use std::collections::HashMap;

/// Longer names are in no list; the longest of HTML has 31 characters.
const LONGEST: usize = 64;
/// So many bytes may all references to declared entities of one document become together.
const EXPANSION: usize = 1024 * 1024;
/// So many entities may a document declare.
const DECLARATIONS: usize = 1000;

/// The entities that a document declares.
#[derive(Debug)]
pub struct Entities<'a> {
    declared: HashMap<&'a str, String>,
    left: usize,
}

impl<'a> Entities<'a> {
    /// None yet.
    pub fn new() -> Entities<'a> {
        Entities { declared: HashMap::new(), left: EXPANSION }
    }

    /// Learns the internal entities of a document type declaration. Parameter entities and external
    /// ones (`SYSTEM`, `PUBLIC`) are passed over. The first declaration of a name counts
    /// (XML 1.0, section 4.2).
    pub fn declare(&mut self, doctype: &'a str) {
        for declaration in doctype.split("<!ENTITY").skip(1).take(DECLARATIONS) {
            let declaration = declaration.trim_start();
            let Some((name, rest)) = declaration.split_once(|c: char| c.is_ascii_whitespace()) else { continue };
            let rest = rest.trim_start();
            let quote = match rest.chars().next() {
                Some(quote @ ('"' | '\'')) if name != "%" => quote,
                _ => continue,
            };
            let Some((value, _)) = rest[1..].split_once(quote) else { continue };
            if value.len() <= EXPANSION && !self.declared.contains_key(name) {
                let value = resolve(value, known).into_owned();
                self.declared.insert(name, value);
            }
        }
    }

    /// Text with its references resolved.
    pub fn text<'t>(&mut self, raw: &'t str) -> Cow<'t, str> {
        if self.declared.is_empty() {
            return resolve(raw, known);
        }
        let (declared, left) = (&self.declared, &mut self.left);
        resolve(raw, |reference| match declared.get(reference.trim_end_matches(';')) {
            Some(value) => {
                *left = left.checked_sub(value.len())?;
                Some(Value::Text(value))
            }
            None => known(reference),
        })
    }
}

/// What a reference stands for.
enum Value<'v> {
    Text(&'v str),
    Characters(char, Option<char>),
}

/// Replaces every `&…;` that `lookup` knows. It is given what stands behind the ampersand.
fn resolve<'t, 'v>(raw: &'t str, mut lookup: impl FnMut(&str) -> Option<Value<'v>>) -> Cow<'t, str> {
    if memchr(b'&', raw.as_bytes()).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut out = String::new();
    let mut done = 0;
    for at in memchr_iter(b'&', raw.as_bytes()) {
        let rest = &raw[at + 1..];
        // Escaped markup is made of these: they are worth a way of their own.
        if let Some((character, length)) = markup_at(rest.as_bytes()) {
            if out.capacity() == 0 {
                out.reserve(raw.len());
            }
            out.push_str(&raw[done..at]);
            out.push(character);
            done = at + 1 + length;
            continue;
        }
        let Some(reference) = reference_at(rest) else { continue };
        let Some(value) = lookup(reference) else { continue };
        out.push_str(&raw[done..at]);
        match value {
            Value::Text(text) => out.push_str(text),
            Value::Characters(first, second) => {
                out.push(first);
                out.extend(second);
            }
        }
        done = at + 1 + reference.len();
    }
    if done == 0 {
        return Cow::Borrowed(raw);
    }
    out.push_str(&raw[done..]);
    Cow::Owned(out)
}

/// The character and the length of one of the references that XML itself knows.
#[inline]
fn markup_at(rest: &[u8]) -> Option<(char, usize)> {
    match rest {
        [b'l', b't', b';', ..] => Some(('<', 3)),
        [b'g', b't', b';', ..] => Some(('>', 3)),
        [b'a', b'm', b'p', b';', ..] => Some(('&', 4)),
        [b'q', b'u', b'o', b't', b';', ..] => Some(('"', 5)),
        _ => None,
    }
}

/// The reference that begins here, with its semicolon, if it has one.
fn reference_at(rest: &str) -> Option<&str> {
    let name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'#' | b'_' | b'-' | b'.' | b':' | 0x80..);
    let bytes = rest.as_bytes();
    let end = bytes.iter().take(LONGEST).position(|b| !name(b))?;
    (bytes[end] == b';' && end > 0).then(|| &rest[..=end])
}

/// A character reference, or a name of the HTML list, each with its semicolon.
fn known(reference: &str) -> Option<Value<'static>> {
    if let Some(number) = reference.strip_prefix('#') {
        return character(number.trim_end_matches(';')).map(|c| Value::Characters(c, None));
    }
    let (first, second) = NAMED_ENTITIES.get(reference)?;
    let second = char::from_u32(*second).filter(|c| *c != '\0');
    Some(Value::Characters(char::from_u32(*first).filter(|c| *c != '\0')?, second))
}

/// The character with this number, read as HTML reads it (HTML Standard, section 13.2.5.80): what
/// cannot be a character becomes the replacement character, the numbers of C1 controls are those
/// of windows-1252.
fn character(number: &str) -> Option<char> {
    let (digits, radix) = match number.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let code = u32::from_str_radix(digits, radix).unwrap_or(u32::MAX);
    let replaced = code.checked_sub(0x80).and_then(|index| *C1_REPLACEMENTS.get(index as usize)?);
    let found = replaced.or_else(|| char::from_u32(code)).filter(|c| *c != '\0');
    Some(found.unwrap_or(char::REPLACEMENT_CHARACTER))
}
