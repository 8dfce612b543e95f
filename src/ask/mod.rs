//! The language in which the archive is asked: words, `"phrases"`, `-not`, `OR`, `field:value`, `klima*`, dates.
//!
//! In comes what a person typed, out goes a [`Query`], or a [`Fault`] that points at the mistake. Nothing is guessed: what
//! cannot be read is not searched for. Which articles answer a query is the archive's business.

mod lex;
mod parse;
mod time;

pub use parse::parse;
pub use time::{Side, bounds, period};

use std::fmt;
use std::ops::Range;

/// Bytes of the longest query.
pub const LONGEST: usize = 8 << 10;
/// Words, phrases and fields of a query, at most.
pub const TERMS: usize = 256;
/// Parentheses within each other, at most.
pub const DEPTH: usize = 24;

/// Where a word is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Title, text, authors and tags.
    Any,
    /// `title:`, `titel:`
    Title,
    /// `author:`, `autor:`
    Author,
    /// `tag:`, `thema:`
    Tag,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// Everything.
    All,
    /// What answers all of these.
    And(Vec<Query>),
    /// What answers one of these.
    Or(Vec<Query>),
    /// What does not answer this.
    Not(Box<Query>),
    /// What has a word, in any inflection, or as a part of a compound.
    Word(Field, String),
    /// What has these words one behind the other.
    Phrase(Field, String),
    /// What has a word that begins so.
    Prefix(Field, String),
    /// What a feed lists.
    Feed(String),
    /// What stands at a host, or at one below it.
    Site(String),
    /// What is written in a language, by its tag.
    Language(String),
    /// What was published from then on (seconds since 1970), and before.
    Published(Option<i64>, Option<i64>),
}

impl Query {
    /// The words, phrases and beginnings that an answer has.
    pub fn wanted(&self) -> Vec<&Query> {
        match self {
            Query::And(all) | Query::Or(all) => all.iter().flat_map(Query::wanted).collect(),
            Query::Word(..) | Query::Phrase(..) | Query::Prefix(..) => vec![self],
            _ => Vec::new(),
        }
    }

    /// The feeds that are named.
    pub fn feeds(&self) -> Vec<&str> {
        match self {
            Query::And(all) | Query::Or(all) => all.iter().flat_map(Query::feeds).collect(),
            Query::Not(inner) => inner.feeds(),
            Query::Feed(name) => vec![name],
            _ => Vec::new(),
        }
    }

    /// What answers both.
    pub fn and(self, other: Query) -> Query {
        match (self, other) {
            (Query::All, only) | (only, Query::All) => only,
            (Query::And(mut all), other) => {
                all.push(other);
                Query::And(all)
            }
            (one, other) => Query::And(vec![one, other]),
        }
    }
}

/// A mistake in a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where it stands, in bytes.
    pub at: Range<usize>,
    /// What is wrong.
    pub what: String,
    /// The way out.
    pub hint: Option<String>,
}

impl Fault {
    fn new(at: Range<usize>, what: impl Into<String>) -> Fault {
        Fault { at, what: what.into(), hint: None }
    }

    fn hint(mut self, hint: impl Into<String>) -> Fault {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Fault {}
