//! RSS and Atom: walks the elements of a document and fills drafts by the table.
//!
//! Owns what nests in what: which element is open, which namespaces, base and language are in
//! force, what an element is captured for. Uses no recursion and holds no tree.
//!
//! Surprising: an end tag closes the nearest open element of its name with everything in it, and
//! is ignored if there is none. So a feed with missing or stray end tags is read, and only one
//! whose root is never closed has broken off.

use super::address::{Addresses, Base};
use super::capture::Capture;
use super::draft::Draft;
use super::entities::Entities;
use super::html::is_void;
use super::lexer::{Lexer, Tag, Token};
use super::names::{Namespaces, Vocabulary};
use super::{Fault, FeedParts, Limits, inherit, sniff};
use crate::model::{FeedLink, Pile, RawArticle};
use std::borrow::Cow;
use url::Url;

/// With more end tags missing or astray it is no feed that somebody wrote.
const REPAIRS: usize = 100_000;

/// The longest language tag that is worth keeping (RFC 5646, section 4.4.1).
const LONGEST_LANGUAGE: usize = 35;

/// Reads the text of an RSS or Atom feed.
pub fn read(text: &str, base: Option<&Url>, limits: &Limits) -> Result<FeedParts, Fault> {
    let mut lexer = Lexer::new(text);
    let mut entities = Entities::new();
    let root = sniff::root(text, &mut lexer, |doctype| entities.declare(doctype)).ok_or(Fault::NotAFeed)?;
    let mut reader = TreeReader {
        namespaces: Namespaces::of_root(root.name(), root.attributes()),
        addresses: Addresses::new(base, text.len()),
        entities,
        limits,
        frames: Vec::new(),
        mode: Mode::Reading,
        head: Draft::default(),
        entry: None,
        outer: Vec::new(),
        source_level: None,
        articles: Vec::new(),
        links: Vec::new(),
        left_out: 0,
        repaired: 0,
        channel_seen: false,
        channel_closed: false,
        channel_base: None,
    };
    reader.start(&root)?;
    while !reader.frames.is_empty() {
        match lexer.next()? {
            Token::Start(tag) => reader.start(&tag)?,
            Token::Close(name) => reader.close(name)?,
            Token::Text(raw) => reader.text(raw),
            Token::Data(data) => reader.collect(Cow::Borrowed(data)),
            Token::Doctype(_) => {}
            // In RSS everything stands in the channel: nothing is missing but the last tag.
            Token::End if reader.channel_closed && reader.frames.len() == 1 => reader.close_to(0),
            Token::End => return Err(Fault::Truncated),
        }
    }
    reader.finish()
}

/// An open element.
#[derive(Debug)]
pub struct Frame<'a> {
    pub name: &'a str,
    /// How many namespace declarations were in force outside of it.
    namespaces: usize,
    /// The `xml:base` in force in it, resolved.
    pub base: Base,
    /// The `xml:lang` in force in it.
    pub language: Option<&'a str>,
    pub what: What,
}

/// What an open element means to the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Frame,
    Channel,
    Entry,
    Source,
    /// An element within captured markup that gets an end tag, without the first `prefix` bytes of
    /// its name.
    Written {
        prefix: usize,
    },
}

/// What the reader does with what comes next.
#[derive(Debug)]
pub enum Mode<'a> {
    /// Children mean something.
    Reading,
    /// Passing over the element at this level.
    Skipping(usize),
    /// Collecting what is in an element.
    Capturing(Capture<'a>),
}

/// An entry that is being read.
#[derive(Debug)]
pub struct OpenEntry<'a> {
    pub draft: Draft,
    pub level: usize,
    /// Its place among the articles, which count in the order of their start tags. `None` beyond
    /// the limit.
    pub place: Option<usize>,
    /// What the reader does again after its end.
    pub around: Mode<'a>,
}

/// The state of reading.
pub struct TreeReader<'a, 'c> {
    pub namespaces: Namespaces<'a>,
    pub addresses: Addresses<'c>,
    pub entities: Entities<'a>,
    pub limits: &'c Limits,
    pub frames: Vec<Frame<'a>>,
    pub mode: Mode<'a>,
    pub head: Draft,
    pub entry: Option<OpenEntry<'a>>,
    /// Entries in whose foreign elements the open one stands.
    pub outer: Vec<OpenEntry<'a>>,
    /// The level of an open `source`: only authors count in it.
    pub source_level: Option<usize>,
    pub articles: Pile<RawArticle>,
    pub links: Vec<FeedLink>,
    /// Entries beyond the limit.
    pub left_out: usize,
    /// End tags that were missing or astray.
    pub repaired: usize,
    pub channel_seen: bool,
    channel_closed: bool,
    channel_base: Base,
}

impl<'a> TreeReader<'a, '_> {
    fn start(&mut self, tag: &Tag<'a>) -> Result<(), Fault> {
        if self.frames.len() >= self.limits.depth {
            return Err(Fault::TooDeep);
        }
        match self.mode {
            Mode::Skipping(_) => self.start_skipped(tag),
            Mode::Capturing(_) => {
                if !self.start_captured(tag) {
                    return Ok(());
                }
            }
            Mode::Reading => self.start_read(tag),
        }
        if tag.empty {
            self.close_to(self.frames.len().saturating_sub(1));
        }
        Ok(())
    }

    /// Opens an element, with the namespaces, base and language that it declares.
    pub fn push(&mut self, tag: &Tag<'a>, what: What) {
        let (base, language) = match self.frames.last() {
            Some(parent) => (parent.base.clone(), parent.language),
            None => (None, None),
        };
        let mut frame = Frame { name: tag.name(), namespaces: self.namespaces.mark(), base, language, what };
        if tag.mentions("xml") {
            for (key, value) in tag.attributes() {
                match key {
                    "xml:base" => {
                        let value = self.entities.text(value);
                        frame.base = self.addresses.rebase(frame.base.take(), &value);
                    }
                    "xml:lang" if value.len() <= LONGEST_LANGUAGE => frame.language = Some(value.trim()),
                    _ => self.namespaces.declare(key, value, self.entry.is_some()),
                }
            }
        }
        self.frames.push(frame);
    }

    /// Closes the last element without a further thought.
    pub fn pop(&mut self) {
        if let Some(frame) = self.frames.pop() {
            self.namespaces.reset(frame.namespaces);
        }
    }

    /// Says what the element opened last is.
    pub fn set(&mut self, what: What) {
        if let Some(frame) = self.frames.last_mut() {
            frame.what = what;
        }
    }

    /// The base in force, if an `xml:base` says so.
    pub fn base(&self) -> Base {
        self.frames.last().and_then(|frame| frame.base.clone())
    }

    /// An address as it is to be handed out: absolute where that can be known, else as found.
    pub fn resolve(&mut self, found: &str) -> String {
        let base = self.frames.last().and_then(|frame| frame.base.as_deref());
        self.addresses.resolve(found, base)
    }

    /// What is being filled: the open entry, else the feed.
    pub fn draft(&mut self) -> &mut Draft {
        self.entry.as_mut().map_or(&mut self.head, |entry| &mut entry.draft)
    }

    fn text(&mut self, raw: &'a str) {
        if matches!(self.mode, Mode::Capturing(_)) {
            let text = self.entities.text(raw);
            self.collect(text);
        }
    }

    fn close(&mut self, name: &str) -> Result<(), Fault> {
        // Most end tags are those of the element opened last.
        match self.frames.iter().rposition(|frame| frame.name == name) {
            Some(open) => {
                self.repaired += self.frames.len() - 1 - open;
                self.close_to(open);
            }
            None if matches!(self.mode, Mode::Capturing(_)) && is_void(name) => {}
            None => self.repaired += 1,
        }
        if self.repaired > REPAIRS { Err(Fault::Malformed) } else { Ok(()) }
    }

    /// Closes every element down to this level.
    pub fn close_to(&mut self, level: usize) {
        while self.frames.len() > level {
            self.close_last();
        }
    }

    fn close_last(&mut self) {
        let level = self.frames.len() - 1;
        match std::mem::replace(&mut self.mode, Mode::Reading) {
            Mode::Skipping(start) if start < level => self.mode = Mode::Skipping(start),
            Mode::Skipping(_) => {}
            Mode::Capturing(capture) if capture.level == level => self.captured(capture),
            Mode::Capturing(mut capture) => {
                self.close_captured(&mut capture);
                self.mode = Mode::Capturing(capture);
            }
            Mode::Reading => match self.frames[level].what {
                What::Entry => self.close_entry(),
                What::Source => self.source_level = None,
                What::Channel => self.close_channel(level),
                What::Frame | What::Written { .. } => {}
            },
        }
        self.pop();
    }

    fn close_channel(&mut self, level: usize) {
        if let Some(language) = self.frames.last().and_then(|frame| frame.language) {
            self.head.language(language);
        }
        self.channel_base = self.base();
        self.channel_closed = level == 1 && self.frames[0].name.eq_ignore_ascii_case("rss");
    }

    fn finish(self) -> Result<FeedParts, Fault> {
        let TreeReader { namespaces, head, mut articles, links, left_out, repaired, .. } = self;
        if !self.channel_seen && articles.is_empty() {
            return Err(Fault::NotAFeed);
        }
        let mut warnings = Vec::new();
        if repaired > 0 {
            warnings.push(format!("end tags missing or astray: {repaired}"));
        }
        if left_out > 0 {
            warnings.push(format!("entries beyond the limit, left out: {left_out}"));
        }
        let head = head.into_head(self.channel_base);
        // RFC 4287, section 4.2.1.
        if namespaces.core() == Vocabulary::Atom {
            inherit(&head.authors, &mut articles);
        }
        Ok(FeedParts { head, articles, links, warnings })
    }
}
