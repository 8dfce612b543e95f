//! What is in a document: its kind by the look of its bytes, and its articles as they stand there.
//!
//! In comes a [`Document`], out comes what was [`Extracted`]: found, not cleaned. Formats differ here and in emit only.
//! Pure: no network, no disk, no clock.

pub mod decode;
mod feed;
mod furniture;
mod markdown;
mod page;
mod sitemap;
mod text;

pub use feed::Limits;
pub use page::is_selector;

use crate::date::Context;
use crate::model::{Document, Extracted, FeedLink, Kind, Pile, RawArticle, Selectors};
use std::fmt;

/// What is known of a document before it is looked into.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// What it is said to be. A page said to be an article or a listing is read as one, whatever it looks like.
    pub kind: Option<Kind>,
    /// Whether a list is as likely as an article, as in what somebody wants to follow: then its entries need no dates.
    pub list: bool,
    /// Where the entries of a listing stand.
    pub selectors: Option<&'a Selectors>,
    /// How much is read.
    pub limits: Limits,
}

/// Why nothing was found in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It has no bytes, or only white space.
    Empty,
    /// It is no writing; the kind if it is known.
    Binary(Option<&'static str>),
    /// It is a feed that cannot be read.
    Feed(feed::Fault),
    /// It is JSON or XML, but no feed.
    Data(&'static str),
    /// It is a text without an article in it.
    NoArticle,
    /// It is a page of this kind, from which nothing is kept.
    Page(Kind),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Fault::Empty => f.write_str("it is empty"),
            Fault::Binary(Some(kind)) => write!(f, "it is no writing but {kind}"),
            Fault::Binary(None) => f.write_str("it is no writing but binary data"),
            Fault::Feed(fault) => fault.fmt(f),
            Fault::Data(format) => write!(f, "it is {format}, but no feed"),
            Fault::Page(Kind::Listing) => f.write_str("it is a page that lists articles, and none itself"),
            Fault::Page(Kind::Sitemap) => f.write_str("it is a sitemap"),
            Fault::NoArticle | Fault::Page(_) => f.write_str("no article was found in it"),
        }
    }
}

impl std::error::Error for Fault {}

/// What stands at the beginning of files that are no writing.
const BINARY: [(&[u8], &str); 14] = [
    (b"\x89PNG", "a PNG image"),
    (b"\xFF\xD8\xFF", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "an image, a sound or a film"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1F\x8B", "gzip data"),
    (b"\x28\xB5\x2F\xFD", "zstd data"),
    (b"BZh", "bzip2 data"),
    (b"\xFD7zXZ", "xz data"),
    (b"\x7FELF", "a program"),
    (b"ID3", "a sound"),
    (b"OggS", "a sound or a film"),
    (b"SQLite format 3", "a database"),
];

/// Finds out what a document is and what articles it has. Those of a listing or a sitemap are what is said there of
/// articles that stand elsewhere.
pub fn articles(document: &Document, dates: &Context, wanted: &Wanted) -> Result<Extracted, Fault> {
    let bytes = &document.bytes;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Fault::Empty);
    }
    if let Some((_, kind)) = BINARY.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(Fault::Binary(Some(kind)));
    }
    let media_type = document.media_type.as_deref();
    let head = &bytes[..bytes.len().min(1024)];
    let decoded = decode::decode(bytes, media_type, page::declared_encoding(head).as_deref());
    let text = decoded.text.as_ref();
    // A feed finds its own encoding, since XML has its own rules for it.
    if feed::looks_like(text) {
        let parts = feed::read(bytes, media_type, document.url.as_ref(), &wanted.limits).map_err(Fault::Feed)?;
        let feed::FeedParts { head, articles, links, warnings } = parts;
        return Ok(Extracted { kind: Kind::Feed, feed: Some(head), articles, feeds: Vec::new(), links, warnings });
    }
    if is_binary(text) {
        return Err(Fault::Binary(None));
    }
    let mut warnings = decoded.warnings;
    let start = text.trim_start();
    if (start.starts_with(['{', '[']) && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok())
        || start.is_empty()
    {
        return Err(Fault::Data("JSON"));
    }
    if is_html(start) {
        let parts = page::read(text, document.url.as_ref(), dates, wanted);
        warnings.extend(parts.warnings);
        let link = |rel: &str, href| FeedLink { rel: rel.to_owned(), href, changed: None };
        let next = parts.next.map(|href| link("next", href));
        let whole = parts.whole.map(|href| link("whole", href));
        return Ok(Extracted {
            kind: parts.kind,
            feed: None,
            articles: parts.articles.into_iter().map(Box::new).collect(),
            feeds: parts.feeds,
            links: next.into_iter().chain(whole).collect(),
            warnings,
        });
    }
    let listed = sitemap::is_list(start);
    if listed || sitemap::looks_like(start) {
        let parts = match listed {
            true => sitemap::read_list(start, &wanted.limits),
            false => sitemap::read(start, &wanted.limits).map_err(Fault::Feed)?,
        };
        let sitemap::SitemapParts { articles, links, warnings: more } = parts;
        warnings.extend(more);
        return Ok(Extracted { kind: Kind::Sitemap, feed: None, articles, feeds: Vec::new(), links, warnings });
    }
    if start.starts_with("<?xml") {
        return Err(Fault::Data("XML"));
    }
    let article = if markdown::looks_like(text) {
        let name = document.name.rsplit('/').next();
        let parts = markdown::read(text, name);
        warnings.extend(parts.warnings);
        if parts.draft {
            warnings.push("marked as a draft: not published".to_owned());
            return Ok(found(Vec::new(), warnings));
        }
        parts.article
    } else {
        let parts = text::read(text, dates);
        warnings.extend(parts.warnings);
        parts.article
    };
    Ok(found(vec![Box::new(article.ok_or(Fault::NoArticle)?)], warnings))
}

/// What was found in a text.
fn found(articles: Pile<RawArticle>, warnings: Vec<String>) -> Extracted {
    Extracted { kind: Kind::Article, feed: None, articles, feeds: Vec::new(), links: Vec::new(), warnings }
}

/// Whether decoded text is none: more than one in a hundred characters is a control character, or a zero is among the
/// first.
fn is_binary(text: &str) -> bool {
    let mut seen = 0usize;
    let mut odd = 0usize;
    for c in text.chars().take(4096) {
        seen += 1;
        odd += usize::from(c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0C') || c == '\u{FFFD}');
    }
    odd * 100 > seen
}

/// Whether a text is HTML: by its first tag, or by tags of a page among the first characters.
fn is_html(start: &str) -> bool {
    let head: String = start.chars().take(2048).collect::<String>().to_ascii_lowercase();
    if head.starts_with("<!doctype html")
        || head.starts_with("<html")
        || head.starts_with("<head")
        || head.starts_with("<body")
    {
        return true;
    }
    // Comments and declarations may stand before the first tag, and fragments have no page around them.
    let begins = head.starts_with('<') && !head.starts_with("<http");
    begins
        && ["<html", "<head", "<body", "<article", "<main", "<div", "<p>", "<p ", "<h1", "<section", "<table", "<!--"]
            .iter()
            .any(|tag| head.contains(tag))
}
