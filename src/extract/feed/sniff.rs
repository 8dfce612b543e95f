//! What a document is by its beginning: a feed or not, JSON or XML, and the character set that it
//! claims for itself. Decides nothing else.
//!
//! Surprising: a text about feeds has feeds in it, too. So what stands behind words must be all
//! the rest of the document to be one.

use super::lexer::{Lexer, Tag, Token};
use memchr::memmem;

/// So much of a JSON document is looked at.
const HEAD: usize = 16 * 1024;

/// So many tags may stand before the root element of a feed: an error message of the server, or the
/// head of a page around it.
const TAGS_BEFORE: usize = 64;

/// Does it look like a feed? Cheap: reads on to the root element, or some way into a page. Given
/// only the beginning of a text, a feed behind the error message of a server is not seen.
pub fn looks_like(text: &str) -> bool {
    if is_json(text) {
        let head = head(text);
        return head.contains("jsonfeed.org/version") || head.contains("\"items\"") && head.contains("\"title\"");
    }
    // Not all RDF is a feed.
    root(text, &mut Lexer::new(text), |_| {}).is_some_and(|tag| !is_rdf(&tag) || text.contains("channel"))
}

/// Whether a tag is the root element of a feed. `framed`: within a web page, where it must say so
/// itself, since pages hold RDF and elements of any name, too.
fn is_root(tag: &Tag, framed: bool) -> bool {
    let name = tag.name();
    let local = name.rsplit(':').next().unwrap_or(name);
    if local.eq_ignore_ascii_case("rss") {
        !framed || tag.mentions("version")
    } else if local.eq_ignore_ascii_case("feed") {
        !framed || tag.mentions("w3.org/2005/Atom") || tag.mentions("purl.org/atom")
    } else {
        is_rdf(tag) && !framed
    }
}

fn is_rdf(tag: &Tag) -> bool {
    tag.name().rsplit(':').next().is_some_and(|local| local.eq_ignore_ascii_case("rdf"))
}

/// Reads on to the root element of a feed: past white space, comments, instructions, and the
/// output of a server that fails into its own feed or wraps it into a page. `doctype` is handed
/// the document type declaration on the way.
pub fn root<'a>(text: &str, lexer: &mut Lexer<'a>, mut doctype: impl FnMut(&'a str)) -> Option<Tag<'a>> {
    let mut framed = false;
    let mut spoken = false;
    let mut tags = 0;
    while tags < TAGS_BEFORE {
        match lexer.next() {
            Ok(Token::Start(tag)) if is_root(&tag, framed) => {
                return (!spoken || ends_with(text, tag.name())).then_some(tag);
            }
            Ok(Token::Start(tag)) => {
                tags += 1;
                framed |= is_other_root(tag.name());
            }
            Ok(Token::Text(words)) => spoken |= !words.trim_matches(['\u{FEFF}', ' ', '\t', '\r', '\n']).is_empty(),
            Ok(Token::Doctype(declaration)) => doctype(declaration),
            Ok(Token::End) | Err(_) => return None,
            Ok(Token::Close(_) | Token::Data(_)) => {}
        }
    }
    None
}

/// Whether the end tag of this element is the last thing in a text.
fn ends_with(text: &str, name: &str) -> bool {
    let rest = text.trim_end().strip_suffix('>').and_then(|rest| rest.trim_end().strip_suffix(name));
    rest.is_some_and(|rest| rest.ends_with("</"))
}

/// Root elements that settle that a document is something else, unless a feed follows in it.
fn is_other_root(name: &str) -> bool {
    ["html", "opml", "urlset", "sitemapindex", "svg"].iter().any(|root| name.eq_ignore_ascii_case(root))
}

/// A JSON object, by its first character.
pub fn is_json(text: &str) -> bool {
    text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}').starts_with('{')
}

/// The label in the XML declaration (XML 1.0, section 4.3.3), also where something stands before
/// the declaration. Bytes of UTF-16 hold no such ASCII words and give `None`.
pub fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(1024)];
    let start = memmem::find(head, b"<?xml")?;
    let declaration = &head[start..];
    let end = memchr::memchr(b'>', declaration)?;
    let declaration = String::from_utf8_lossy(&declaration[..end]);
    let (_, rest) = declaration.split_once("encoding")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (label, _) = rest[1..].split_once(quote)?;
    Some(label.trim().to_owned())
}

/// The beginning of a text, cut at a character.
fn head(text: &str) -> &str {
    let mut end = text.len().min(HEAD);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
