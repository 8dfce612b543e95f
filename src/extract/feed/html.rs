//! Markup that stands in line in a feed, written as HTML that reads the same: XHTML closes empty
//! elements and knows namespaces, HTML does neither.

use super::address::Addresses;
use super::entities::Entities;
use super::lexer::Tag;
use memchr::memchr3_iter;
use url::Url;

/// Attributes that hold an address.
const ADDRESSES: [&str; 8] = ["href", "src", "cite", "poster", "data", "action", "longdesc", "background"];

/// Elements that HTML knows no end tag for (HTML Standard, section 13.1.2).
pub fn is_void(name: &str) -> bool {
    const VOID: [&str; 13] =
        ["br", "img", "hr", "input", "link", "meta", "wbr", "area", "base", "col", "embed", "source", "track"];
    (2..=6).contains(&name.len()) && VOID.iter().any(|void| void.eq_ignore_ascii_case(name))
}

/// Writes a start tag: references resolved and escaped again, namespaces dropped, links resolved
/// against `base`, if there is one.
pub fn write_start(
    out: &mut String,
    name: &str,
    tag: &Tag,
    base: Option<&Url>,
    entities: &mut Entities,
    addresses: &mut Addresses,
) {
    out.push('<');
    out.push_str(name);
    for (key, value) in tag.attributes() {
        if key.starts_with("xmlns") || key == "xml:base" || key.contains(['<', '"', '\'']) {
            continue;
        }
        let value = entities.text(value);
        let value = match base {
            Some(base) if ADDRESSES.contains(&key) => addresses.resolve(&value, Some(base)).into(),
            _ => value,
        };
        out.push(' ');
        out.push_str(if key == "xml:lang" { "lang" } else { key });
        out.push_str("=\"");
        escape_value(&value, out);
        out.push('"');
    }
    out.push('>');
}

/// Writes an end tag.
pub fn write_end(out: &mut String, name: &str) {
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

/// Writes characters between tags.
pub fn escape(text: &str, out: &mut String) {
    let found = memchr3_iter(b'<', b'>', b'&', text.as_bytes());
    replace(text, found, out);
}

/// Writes characters between double quotes.
fn escape_value(text: &str, out: &mut String) {
    let special = |(at, byte): (usize, u8)| matches!(byte, b'<' | b'>' | b'&' | b'"').then_some(at);
    replace(text, text.bytes().enumerate().filter_map(special), out);
}

/// Writes the text with a reference for each of the characters at these places.
fn replace(text: &str, places: impl Iterator<Item = usize>, out: &mut String) {
    let mut done = 0;
    for at in places {
        out.push_str(&text[done..at]);
        out.push_str(match text.as_bytes()[at] {
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&amp;",
        });
        done = at + 1;
    }
    out.push_str(&text[done..]);
}
