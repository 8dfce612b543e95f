//! Other people's feeds: RSS 0.90 to 2.0, Atom 0.3 and 1.0, JSON Feed, read as they are written
//! and not as they should be.
//!
//! Owns the way from the bytes of a feed to [`RawFeed`] and [`RawArticle`]. Comes in: bytes, what
//! the transport says of them, the address that relative links start from. Goes out: what was
//! found, element by element, with links made absolute where an `xml:base` decides them. It never
//! cleans HTML, reads a date, follows a reference or an external entity, and never hands out half
//! of a document: one that breaks off is refused whole.
//!
//! Surprising: being ill-formed is no reason to refuse a feed. Bare ampersands, undeclared
//! entities and prefixes, missing and stray end tags are repaired; only what is missing at the
//! end cannot be.

mod address;
mod capture;
mod content;
mod draft;
mod elements;
pub(in crate::extract) mod entities;
mod html;
mod json;
pub(in crate::extract) mod lexer;
mod names;
mod person;
mod sniff;
mod table;
#[cfg(test)]
mod tests;
mod tree;

pub use sniff::looks_like;

use crate::extract::decode::decode;
use crate::model::{FeedLink, Pile, RawArticle, RawFeed};
use std::fmt;
use url::Url;

/// What was found in a feed.
#[derive(Debug, Clone, Default)]
pub struct FeedParts {
    /// The feed's own data.
    pub head: RawFeed,
    /// Its entries in the order of the document.
    pub articles: Pile<RawArticle>,
    /// Where the feed points to for more of itself.
    pub links: Vec<FeedLink>,
    /// What was odd, repaired or left out: one sentence each, without a full stop.
    pub warnings: Vec<String>,
}

/// How much is read before giving up.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// So many entries are kept, the rest is left out with a warning.
    pub entries: usize,
    /// A document whose elements nest deeper is refused.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { entries: 100_000, depth: 512 }
    }
}

/// Why a document gives no feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The document is none of the formats.
    NotAFeed,
    /// The document ends before its root element, or its JSON object, does.
    Truncated,
    /// More elements or values stand within one another than the limit allows.
    TooDeep,
    /// Damaged beyond what can be repaired.
    Malformed,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Fault::NotAFeed => "no RSS, Atom or JSON feed",
            Fault::Truncated => "the feed breaks off before its end",
            Fault::TooDeep => "the feed nests too deep",
            Fault::Malformed => "the feed is damaged beyond repair",
        })
    }
}

impl std::error::Error for Fault {}

/// Reads a feed of any format. `media_type` is the transport's `Content-Type`; `base` the address
/// of the document, which relative links start from where no `xml:base` says otherwise.
pub fn read(bytes: &[u8], media_type: Option<&str>, base: Option<&Url>, limits: &Limits) -> Result<FeedParts, Fault> {
    let declared = sniff::declared_encoding(bytes);
    let decoded = decode(bytes, media_type, declared.as_deref());
    let mut parts = match sniff::is_json(&decoded.text) {
        true => json::read(&decoded.text, limits)?,
        false => tree::read(&decoded.text, base, limits)?,
    };
    parts.warnings.splice(0..0, decoded.warnings);
    Ok(parts)
}

/// Hands the authors of the feed down to the entries that name none (RFC 4287, section 4.2.1; JSON
/// Feed 1.1, `authors`). A feed of more people than a paper has is not one hand's work: theirs are
/// not handed down, lest a long list be multiplied by the entries.
fn inherit(authors: &[String], articles: &mut [Box<RawArticle>]) {
    if authors.len() > 16 || authors.iter().map(String::len).sum::<usize>() > 1024 {
        return;
    }
    for article in articles.iter_mut().filter(|article| article.authors.is_empty()) {
        article.authors = authors.to_vec();
    }
}
