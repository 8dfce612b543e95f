//! XML as found in the wild, token by token: text, tags, CDATA. Markup is recognised by quick-xml;
//! this room owns what happens where quick-xml stops or would mistake text for markup.
//!
//! Comes in: decoded text. Goes out: tokens that borrow from it. It never expands an entity, never
//! checks that tags match, and never scans the same text more than a fixed number of times.
//!
//! Surprising: a `<` that begins no tag is text, and so is a tag that contains another `<`.

use super::Fault;
use memchr::{memchr, memchr2, memmem};
use quick_xml::Reader;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attributes;

/// How many times its length a document may be scanned again in search of the end of broken
/// markup, before it is given up as not repairable.
const RESCANS: usize = 8;

/// A piece of a document.
#[derive(Debug)]
pub enum Token<'a> {
    /// A start tag, or an empty element.
    Start(Tag<'a>),
    /// An end tag: its name.
    Close(&'a str),
    /// Characters as written, with references in them.
    Text(&'a str),
    /// The content of a CDATA section: characters, without references.
    Data(&'a str),
    /// The content of a document type declaration.
    Doctype(&'a str),
    /// The end of the document.
    End,
}

/// A start tag.
#[derive(Debug, Clone, Copy)]
pub struct Tag<'a> {
    /// What stands between the angle brackets.
    raw: &'a str,
    name_length: usize,
    /// Whether it closes itself.
    pub empty: bool,
}

impl<'a> Tag<'a> {
    /// The name with its prefix, as written.
    pub fn name(&self) -> &'a str {
        &self.raw[..self.name_length]
    }

    /// Whether `word` stands anywhere behind the name: a cheap look before reading attributes.
    pub fn mentions(&self, word: &str) -> bool {
        let rest = &self.raw.as_bytes()[self.name_length..];
        rest.len() > word.len() && memmem::find(rest, word.as_bytes()).is_some()
    }

    /// Names and values as written, references unresolved. Values without quotes and names without
    /// values are taken as HTML takes them; what cannot be read is left out.
    pub fn attributes(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let raw = self.raw;
        let mut attributes = Attributes::html(raw, self.name_length);
        attributes.with_checks(false);
        attributes.flatten().filter_map(move |attribute| {
            let name = std::str::from_utf8(attribute.key.0).ok()?;
            let value = match attribute.value {
                std::borrow::Cow::Borrowed(value) => std::str::from_utf8(value).ok()?,
                std::borrow::Cow::Owned(_) => return None,
            };
            Some((name, value))
        })
    }

    /// The value of the first attribute with this name, ignoring case.
    pub fn attribute(&self, name: &str) -> Option<&'a str> {
        if self.raw.len() == self.name_length {
            return None;
        }
        self.attributes().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// A document and the place reached in it.
#[derive(Debug)]
pub struct Lexer<'a> {
    text: &'a str,
    at: usize,
    rescans: usize,
}

impl<'a> Lexer<'a> {
    /// Begins at the beginning.
    pub fn new(text: &'a str) -> Lexer<'a> {
        Lexer { text, at: 0, rescans: text.len().saturating_mul(RESCANS) }
    }

    /// The next piece. Comments and instructions are passed over.
    pub fn next(&mut self) -> Result<Token<'a>, Fault> {
        loop {
            let rest = &self.text[self.at..];
            let bytes = rest.as_bytes();
            match (bytes.first(), bytes.get(1)) {
                (None, _) => return Ok(Token::End),
                (Some(b'<'), Some(b'/')) => return self.end_tag(rest),
                (Some(b'<'), Some(b'!')) => {
                    if let Some(token) = self.declaration(rest)? {
                        return Ok(token);
                    }
                }
                (Some(b'<'), Some(b'?')) => self.instruction(rest)?,
                (Some(b'<'), Some(c)) if c.is_ascii_alphabetic() || matches!(c, b'_' | b':' | 0x80..) => {
                    return self.start_tag(rest);
                }
                (Some(b'<'), _) => return Ok(self.text_to(rest, 1)),
                _ => return Ok(self.text_to(rest, 0)),
            }
        }
    }

    /// Text up to the next `<`, of which the first `certain` bytes are known not to be markup.
    fn text_to(&mut self, rest: &'a str, certain: usize) -> Token<'a> {
        let end = memchr(b'<', &rest.as_bytes()[certain..]).map_or(rest.len(), |i| i + certain);
        self.at += end;
        Token::Text(&rest[..end])
    }

    fn start_tag(&mut self, rest: &'a str) -> Result<Token<'a>, Fault> {
        let mut reader = Reader::from_str(rest);
        reader.config_mut().check_end_names = false;
        let read = match reader.read_event() {
            Ok(Event::Start(_) | Event::Empty(_)) => usize::try_from(reader.buffer_position()).ok(),
            _ => None,
        };
        let length = match read {
            Some(length) => length,
            // A quote that is never closed: the tag ends where the next bracket is.
            None => {
                self.spend(rest.len())?;
                memchr(b'>', rest.as_bytes()).ok_or(Fault::Truncated)? + 1
            }
        };
        let inner = &rest[1..length - 1];
        if memchr(b'<', inner.as_bytes()).is_some() && opens_outside_quotes(inner) {
            self.spend(length)?;
            return Ok(self.text_to(rest, 1));
        }
        self.at += length;
        let (raw, empty) = match inner.strip_suffix('/') {
            Some(raw) => (raw, true),
            None => (inner, false),
        };
        let name_length = raw.bytes().position(|b| b.is_ascii_whitespace()).unwrap_or(raw.len());
        Ok(Token::Start(Tag { raw, name_length, empty }))
    }

    /// An end tag reaches to its bracket, or to the next `<` or the end of the document where the
    /// bracket is missing.
    fn end_tag(&mut self, rest: &'a str) -> Result<Token<'a>, Fault> {
        let bytes = &rest.as_bytes()[2..];
        let (inner, used) = match memchr2(b'>', b'<', bytes) {
            Some(i) if bytes[i] == b'>' => (&rest[2..i + 2], i + 3),
            Some(i) => (&rest[2..i + 2], i + 2),
            None => (&rest[2..], rest.len()),
        };
        self.at += used;
        Ok(Token::Close(inner.split_ascii_whitespace().next().unwrap_or_default()))
    }

    /// What begins with `<!`. Anything but a comment, a CDATA section and a document type
    /// declaration is passed over, as HTML does with a bogus comment. Of a comment or section that
    /// never ends only the mark is passed over: if the document is complete, the end is what is
    /// missing, and what follows is still to be read.
    fn declaration(&mut self, rest: &'a str) -> Result<Option<Token<'a>>, Fault> {
        // The marks `<![CDATA[`, `<!DOCTYPE`, `<!--` and `]]>`, `>`, `-->`.
        let known = [("<![CDATA[", 3), ("<!DOCTYPE", 1), ("<!--", 3)];
        let starts = |mark: &str| rest.get(..mark.len()).is_some_and(|head| head.eq_ignore_ascii_case(mark));
        let Some((mark, tail)) = known.into_iter().find(|(mark, _)| starts(mark)) else {
            self.skip_to_bracket(rest)?;
            return Ok(None);
        };
        let mut reader = Reader::from_str(rest);
        let event = reader.read_event();
        let length = usize::try_from(reader.buffer_position()).unwrap_or(rest.len());
        let inner = rest.get(mark.len()..length.saturating_sub(tail));
        let token = match (event, inner) {
            (Ok(Event::Comment(_)), _) => None,
            (Ok(Event::CData(_)), Some(inner)) => Some(Token::Data(inner)),
            (Ok(Event::DocType(_)), Some(inner)) => Some(Token::Doctype(inner)),
            _ => {
                self.spend(rest.len())?;
                self.at += mark.len();
                return Ok(None);
            }
        };
        self.at += length;
        Ok(token)
    }

    /// A processing instruction. The XML declaration ends at the first bracket, even where its
    /// second question mark is missing; so does an instruction that has none at all.
    fn instruction(&mut self, rest: &'a str) -> Result<(), Fault> {
        let declaration = rest.get(..6).is_some_and(|head| head.trim_end().eq_ignore_ascii_case("<?xml"));
        if !declaration {
            match memmem::find(rest.as_bytes(), b"?>") {
                Some(end) => {
                    self.at += end + 2;
                    return Ok(());
                }
                None => self.spend(rest.len())?,
            }
        }
        self.skip_to_bracket(rest)
    }

    fn skip_to_bracket(&mut self, rest: &str) -> Result<(), Fault> {
        self.at += memchr(b'>', rest.as_bytes()).ok_or(Fault::Truncated)? + 1;
        Ok(())
    }

    /// Pays for looking at `bytes` bytes that may have to be looked at again.
    fn spend(&mut self, bytes: usize) -> Result<(), Fault> {
        self.rescans = self.rescans.checked_sub(bytes).ok_or(Fault::Malformed)?;
        Ok(())
    }
}

/// Whether a `<` stands outside of quoted values.
fn opens_outside_quotes(inner: &str) -> bool {
    let mut quote = None;
    for byte in inner.bytes() {
        match (quote, byte) {
            (None, b'<') => return true,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), b) if open == b => quote = None,
            _ => {}
        }
    }
    false
}
