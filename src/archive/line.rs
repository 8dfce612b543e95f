//! The lines of the journal: what was learnt, in the order in which it was learnt.
//!
//! They are the record from which everything else can be made again, and are read by other programs
//! (`zstdcat | jq`): a version in each line, field names that explain themselves. A change of form
//! needs a new version, and the old one stays readable.

use crate::identify::{Digest, Key, Reason};
use crate::model::{ArticleId, Revision};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The version of the lines that are written.
pub const VERSION: u8 = 1;

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "lowercase")]
pub enum Line {
    /// A revision, whole.
    Revision {
        /// [`VERSION`].
        v: u8,
        /// The feed that found it.
        feed: String,
        /// Where in the feed's sources it stood.
        place: String,
        /// Why it is kept, by the rule that decided.
        why: Reason,
        /// The version of the reading that made it: a better reading may find another text in the same document.
        reader: u16,
        /// The keys that lead to it from now on.
        keys: Vec<Key>,
        /// The revision.
        #[serde(flatten)]
        revision: Box<Revision>,
    },
    /// A further place of a known article, or what a known place shows now, with nothing to keep of it.
    Place {
        /// [`VERSION`].
        v: u8,
        /// Which article.
        id: ArticleId,
        /// The feed that found it there.
        feed: String,
        /// The place.
        place: String,
        /// When.
        seen: DateTime<Utc>,
        /// Why it is this article, by the rule that decided.
        why: Reason,
        /// The title that it has there.
        title: String,
        /// The link that it has there.
        link: Option<String>,
        /// The identifier that it has there.
        guid: Option<String>,
        /// What it shows.
        #[serde(serialize_with = "hex", deserialize_with = "unhex")]
        digest: Digest,
        /// Keys that lead to it from now on.
        keys: Vec<Key>,
    },
    /// Keys that a source turned out to use for several articles: there they lead to none from now on.
    Shared {
        /// [`VERSION`].
        v: u8,
        /// The feed that found it out.
        feed: String,
        /// The place.
        place: String,
        /// When.
        seen: DateTime<Utc>,
        /// The source: what guids are scoped to.
        scope: String,
        /// The keys.
        keys: Vec<Key>,
    },
    /// Articles that a feed made of other feeds lists from now on.
    Listed {
        /// [`VERSION`].
        v: u8,
        /// The feed.
        feed: String,
        /// The feed that they were taken from.
        from: String,
        /// How many arrivals of that one have been looked at, these among them.
        upto: u64,
        /// When.
        seen: DateTime<Utc>,
        /// Which.
        ids: Vec<ArticleId>,
    },
    /// The oldest arrivals of a feed that stand in no closed document yet make up the next one (RFC 5005, section 4):
    /// its place and its entries never change from now on.
    Closed {
        /// [`VERSION`].
        v: u8,
        /// The feed.
        feed: String,
        /// The number of the document, from 1.
        number: u32,
        /// How many arrivals it holds.
        entries: u32,
        /// When.
        seen: DateTime<Utc>,
    },
}

impl Line {
    /// The version of its form.
    pub fn version(&self) -> u8 {
        match self {
            Line::Revision { v, .. }
            | Line::Place { v, .. }
            | Line::Shared { v, .. }
            | Line::Listed { v, .. }
            | Line::Closed { v, .. } => *v,
        }
    }

    /// The feed that lists these articles.
    pub fn feed(&self) -> Option<&str> {
        match self {
            Line::Revision { feed, .. } | Line::Place { feed, .. } | Line::Listed { feed, .. } => Some(feed),
            Line::Shared { .. } | Line::Closed { .. } => None,
        }
    }

    /// The articles that the line is about.
    pub fn articles(&self) -> &[ArticleId] {
        match self {
            Line::Revision { revision, .. } => std::slice::from_ref(&revision.id),
            Line::Place { id, .. } => std::slice::from_ref(id),
            Line::Listed { ids, .. } => ids,
            Line::Shared { .. } | Line::Closed { .. } => &[],
        }
    }
}

fn hex<S: Serializer>(digest: &Digest, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(&format!("{:032x}", u128::from_be_bytes(digest.0)))
}

fn unhex<'de, D: Deserializer<'de>>(d: D) -> Result<Digest, D::Error> {
    let text = String::deserialize(d)?;
    u128::from_str_radix(&text, 16).map(|n| Digest(n.to_be_bytes())).map_err(serde::de::Error::custom)
}
