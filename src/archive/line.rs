//! The lines of the journal: what was learnt, in the order in which it was learnt.
//!
//! They are the record from which everything else can be made again, and are read by other programs
//! (`zstdcat | jq`): a version in each line, field names that explain themselves. A change of form
//! needs a new version, and the old one stays readable.

use crate::identify::{Digest, Key};
use crate::model::{ArticleId, Revision};
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
        /// The keys that it is known by from now on.
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
        /// What it shows.
        #[serde(serialize_with = "hex", deserialize_with = "unhex")]
        digest: Digest,
        /// Keys that were not known of it.
        keys: Vec<Key>,
    },
    /// Keys that turned out to be used for several articles: they lead to none from now on.
    Shared {
        /// [`VERSION`].
        v: u8,
        /// The feed that used them so.
        feed: String,
        /// The place.
        place: String,
        /// The keys.
        keys: Vec<Key>,
    },
}

impl Line {
    /// The article that the line is about.
    pub fn article(&self) -> Option<ArticleId> {
        match self {
            Line::Revision { revision, .. } => Some(revision.id),
            Line::Place { id, .. } => Some(*id),
            Line::Shared { .. } => None,
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
