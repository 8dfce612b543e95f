//! What an element holds: characters, escaped HTML, markup in line, or Base64; collected piece by
//! piece and handed out as [`Markup`].
//!
//! Never cleans: the HTML is the source's, only put together so that an HTML parser reads it as the
//! XML parser did.

use super::html::escape;
use crate::model::Markup;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use markup5ever::data::C1_REPLACEMENTS;
use std::borrow::Cow;
use std::ops::Range;

/// How the characters of an element are to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As they are to be seen.
    Plain,
    /// As HTML source.
    Escaped,
    /// As text between elements (`xhtml`).
    Inline,
    /// As Base64 of HTML, or of plain text.
    Base64 {
        /// Whether the bytes are plain text.
        plain: bool,
    },
}

impl Form {
    /// The form of an Atom text or content construct: `type` (RFC 4287, sections 3.1.1 and 4.1.3)
    /// and `mode` (Atom 0.3).
    pub fn of_atom(media_type: Option<&str>, mode: Option<&str>) -> Form {
        let media_type = media_type.unwrap_or_default().split(';').next().unwrap_or_default();
        let media_type = media_type.trim().to_ascii_lowercase();
        let html = matches!(media_type.as_str(), "html" | "text/html");
        let xml = media_type == "xhtml" || media_type.ends_with("/xml") || media_type.ends_with("+xml");
        let plain = matches!(media_type.as_str(), "" | "text") || media_type.starts_with("text/") && !html && !xml;
        match mode.unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "base64" => Form::Base64 { plain: plain && !media_type.is_empty() },
            "escaped" if plain => Form::Plain,
            "escaped" => Form::Escaped,
            "xml" if !plain => Form::Inline,
            _ if plain => Form::Plain,
            _ if html => Form::Escaped,
            _ if xml => Form::Inline,
            // Multipart of Atom 0.3 holds elements, any other type holds bytes.
            _ if media_type.starts_with("multipart/") => Form::Inline,
            _ => Form::Base64 { plain: false },
        }
    }
}

/// The content of an element while it is read.
#[derive(Debug)]
pub struct Content<'a> {
    form: Form,
    text: Cow<'a, str>,
    /// Whether elements stood in it: `text` is then HTML source.
    markup: bool,
}

impl<'a> Content<'a> {
    /// Nothing yet.
    pub fn new(form: Form) -> Content<'a> {
        Content { form, text: Cow::Borrowed(""), markup: false }
    }

    /// Adds characters.
    pub fn text(&mut self, piece: Cow<'a, str>) {
        if self.markup && self.form != Form::Escaped {
            escape(&piece, self.text.to_mut());
        } else if self.text.is_empty() {
            self.text = piece;
        } else {
            self.text.to_mut().push_str(&piece);
        }
    }

    /// Whether a `div` that comes now is only the frame of an xhtml construct, and no part of the
    /// text (RFC 4287, section 3.1.1.3).
    pub fn is_wrapper_due(&self) -> bool {
        self.form == Form::Inline && !self.markup && self.text.trim().is_empty()
    }

    /// Adds the source of a tag.
    pub fn tag(&mut self, write: impl FnOnce(&mut String)) {
        if !self.markup {
            self.markup = true;
            // Elements in what was declared as text, or not declared at all: what stood before was
            // text between them, unless it shows that it is HTML source.
            if self.form != Form::Escaped || !has_tags(&self.text) {
                self.form = Form::Inline;
                let before = std::mem::take(&mut self.text);
                escape(&before, self.text.to_mut());
            }
        }
        write(self.text.to_mut());
    }

    /// What was collected, characters only.
    pub fn into_text(self) -> Cow<'a, str> {
        match repair(&self.text) {
            Some(repaired) => Cow::Owned(repaired),
            None => self.text,
        }
    }

    /// What was collected. `None` if there was nothing.
    pub fn into_markup(self) -> Option<Markup> {
        if let (Form::Base64 { plain }, false) = (self.form, self.markup) {
            let text = base64(&self.text)?;
            return Some(if plain { Markup::Text(text) } else { Markup::Html(text) });
        }
        let markup = self.markup;
        let form = self.form;
        let text = self.into_text();
        let part = unwrapped(&text);
        let trimmed = &text[part.clone()];
        if trimmed.is_empty() {
            return None;
        }
        let html = match form {
            _ if markup => true,
            Form::Plain => false,
            // An xhtml construct without an element: text, or HTML source escaped by mistake.
            Form::Inline => has_tags(trimmed),
            // Without tag or reference both are the same, and text keeps its line breaks.
            _ => memchr::memchr2(b'<', b'&', trimmed.as_bytes()).is_some(),
        };
        let text = cut(text, part);
        Some(if html { Markup::Html(text) } else { Markup::Text(text) })
    }
}

/// Where the content stands without white space around it, and without the mark of a CDATA section
/// that was escaped together with it.
fn unwrapped(text: &str) -> Range<usize> {
    let mut inner = text.trim();
    if let Some(data) = inner.strip_prefix("<![CDATA[").and_then(|rest| rest.strip_suffix("]]>")) {
        inner = data.trim();
    }
    let start = inner.as_ptr() as usize - text.as_ptr() as usize;
    start..start + inner.len()
}

/// A part of a text, cut out in place where the text is owned.
fn cut(text: Cow<str>, part: Range<usize>) -> String {
    match text {
        Cow::Borrowed(text) => text[part].to_owned(),
        Cow::Owned(mut text) => {
            text.truncate(part.end);
            text.drain(..part.start);
            text
        }
    }
}

/// Whether a tag stands in the text.
fn has_tags(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'<', bytes).any(|at| bytes.get(at + 1).is_some_and(|b| b.is_ascii_alphabetic() || *b == b'/'))
}

/// Text from Base64 with any white space and padding; `None` for what is no text.
fn base64(text: &str) -> Option<String> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let compact: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let bytes = GeneralPurpose::new(&STANDARD, config).decode(compact).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    (!text.trim().is_empty()).then_some(text)
}

/// Undoes what was read in the wrong encoding before it was written: UTF-8 taken for windows-1252,
/// and windows-1252 taken for ISO-8859-1. `None` if nothing speaks for either.
fn repair(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    encoded_twice(text).or_else(|| replace_controls(text))
}

/// The text before a double encoding, if the whole of it can be explained so. Text in any language
/// hardly ever can: the letters would have to stand in the order of lead and continuation bytes.
fn encoded_twice(text: &str) -> Option<String> {
    // A continuation byte is due after each lead byte: the first letter beyond ASCII, and what
    // follows it, nearly always decides.
    let mut chars = text.chars().skip_while(char::is_ascii);
    let (first, second) = (byte(chars.next()?)?, byte(chars.next()?)?);
    if !(0xC2..=0xF4).contains(&first) || !(0x80..=0xBF).contains(&second) {
        return None;
    }
    let bytes = text.chars().map(byte).collect::<Option<Vec<u8>>>()?;
    String::from_utf8(bytes).ok()
}

/// C1 control characters have no business in a text: they are quotes and dashes of windows-1252.
fn replace_controls(text: &str) -> Option<String> {
    let is_control = |at: usize| text.as_bytes().get(at + 1).is_some_and(|next| *next < 0xA0);
    if !memchr::memchr_iter(0xC2, text.as_bytes()).any(is_control) {
        return None;
    }
    let replace = |c: char| {
        let index = (c as usize).checked_sub(0x80)?;
        *C1_REPLACEMENTS.get(index)?
    };
    Some(text.chars().map(|c| replace(c).unwrap_or(c)).collect())
}

/// The byte of a character in windows-1252, its undefined ones as in ISO-8859-1.
fn byte(c: char) -> Option<u8> {
    if c <= '\u{FF}' {
        return Some(c as u8);
    }
    let index = C1_REPLACEMENTS.iter().position(|replaced| *replaced == Some(c))?;
    u8::try_from(0x80 + index).ok()
}
