//! The lines of the journal: what was learnt, in the order in which it was learnt.
//!
//! They are the record from which everything else can be made again, and are read by other programs
//! (`zstdcat | jq`): a version in each line, field names that explain themselves. A change of form
//! needs a new version, and the old one stays readable.

use crate::identify::{Digest, Key, Reason};
use crate::model::{Article, ArticleId, Precision, Revision};
use chrono::{DateTime, FixedOffset, Utc};
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
    /// A known article in another paper's words: a further place of it, where nothing revises it.
    Joined {
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
        /// The version of the reading.
        reader: u16,
        /// Whether the feed lists it from now on.
        listed: bool,
        /// Keys that lead to it from now on.
        keys: Vec<Key>,
        /// What stands there, whole: it can be made an article of its own again.
        article: Box<Article>,
    },
    /// A person said that a place does not show this article: what stands there is one of its own from now on.
    Parted {
        /// [`VERSION`].
        v: u8,
        /// Which article.
        id: ArticleId,
        /// The place.
        place: String,
        /// The feed that listed the article for what stands there alone, and does not any more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        leaves: Option<String>,
        /// When.
        seen: DateTime<Utc>,
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
    /// Articles whose content is forgotten: it is in no answer from now on, and in no file after the next `compact`.
    Forgotten {
        /// [`VERSION`].
        v: u8,
        /// When.
        seen: DateTime<Utc>,
        /// Which.
        ids: Vec<ArticleId>,
    },
    /// What is left of a revision or a place of an article that was forgotten. It stands in its line, so that what comes
    /// behind it keeps its number, and by the digests of its keys the article is known again.
    Husk(Box<Husk>),
}

/// What is left of a line whose content was forgotten.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Husk {
    /// [`VERSION`].
    pub v: u8,
    /// Which article.
    pub id: ArticleId,
    /// The feed that found it.
    pub feed: String,
    /// When.
    pub seen: DateTime<Utc>,
    /// The digest of the place.
    #[serde(with = "digits")]
    pub place: [u8; 8],
    /// The digests of the keys that lead to it.
    pub keys: Vec<Hidden>,
    /// If it was another paper's words that were joined to it: whether the feed listed it for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined: Option<bool>,
    /// What was known of the revision, if it was one.
    pub revision: Option<HuskOfRevision>,
}

/// What is left of a revision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HuskOfRevision {
    /// Its number.
    pub number: u32,
    /// When the article was first seen.
    pub first_seen: DateTime<Utc>,
    /// What stands for its publication.
    pub published: DateTime<FixedOffset>,
    /// How exact that is.
    pub precision: Option<Precision>,
    /// The date that it states: seconds since 1970.
    pub stated: Option<i64>,
    /// The digest of its title.
    #[serde(with = "digits")]
    pub title: [u8; 8],
}

/// The digest of a key, from which nobody reads the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hidden(#[serde(with = "digits")] pub [u8; 16]);

/// Bytes as hexadecimal digits.
mod digits {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer, const N: usize>(bytes: &[u8; N], s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    }

    pub fn deserialize<'de, D: Deserializer<'de>, const N: usize>(d: D) -> Result<[u8; N], D::Error> {
        let text = String::deserialize(d)?;
        let pair = |n: usize| text.get(2 * n..2 * n + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        let bytes: Option<Vec<u8>> = (0..N).map(pair).collect();
        bytes
            .filter(|_| text.len() == 2 * N)
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| D::Error::custom("it is no digest"))
    }
}

/// How the line of a revision begins, as it is written here.
const REVISION: &[u8] = br#"{"line":"revision","#;

/// The fields of [`Line::Revision`] side by side. That of an enum which says its kind in a field, and of what is flattened into
/// another struct, serde reads twice: first all into values of any kind. Most lines are revisions, and long.
#[derive(Deserialize)]
struct Flat {
    v: u8,
    feed: String,
    place: String,
    why: Reason,
    reader: u16,
    keys: Vec<Key>,
    id: ArticleId,
    revision: u32,
    first_seen: DateTime<Utc>,
    seen: DateTime<Utc>,
    published: DateTime<FixedOffset>,
    precision: Option<Precision>,
    article: Article,
}

impl From<Flat> for Line {
    fn from(flat: Flat) -> Line {
        let Flat { v, feed, place, why, reader, keys, id, revision, first_seen, seen, published, precision, article } =
            flat;
        let revision = Box::new(Revision { id, revision, first_seen, seen, published, precision, article });
        Line::Revision { v, feed, place, why, reader, keys, revision }
    }
}

impl Line {
    /// Reads one.
    pub fn read(line: &[u8]) -> serde_json::Result<Line> {
        match line.starts_with(REVISION) {
            // Text of which is known that it is UTF-8 is looked at once, and with vector instructions.
            true => match simdutf8::basic::from_utf8(line) {
                Ok(line) => serde_json::from_str::<Flat>(line).map(Line::from),
                Err(_) => serde_json::from_slice::<Flat>(line).map(Line::from),
            },
            false => serde_json::from_slice(line),
        }
    }

    /// The version of its form.
    pub fn version(&self) -> u8 {
        match self {
            Line::Revision { v, .. }
            | Line::Place { v, .. }
            | Line::Joined { v, .. }
            | Line::Parted { v, .. }
            | Line::Shared { v, .. }
            | Line::Listed { v, .. }
            | Line::Closed { v, .. }
            | Line::Forgotten { v, .. } => *v,
            Line::Husk(husk) => husk.v,
        }
    }

    /// About how many bytes it has when it is written.
    pub fn weight(&self) -> usize {
        let of = |article: &Article| {
            article.title.len() + article.summary.len() + article.html.len() + article.text.len() + 1024
        };
        match self {
            Line::Revision { revision, .. } => of(&revision.article),
            Line::Joined { article, .. } => of(article),
            Line::Listed { ids, .. } | Line::Forgotten { ids, .. } => 256 + 40 * ids.len(),
            Line::Shared { keys, .. } => 256 + 256 * keys.len(),
            Line::Place { .. } | Line::Parted { .. } | Line::Closed { .. } | Line::Husk(_) => 512,
        }
    }

    /// The feed that lists these articles.
    pub fn feed(&self) -> Option<&str> {
        match self {
            Line::Revision { feed, .. }
            | Line::Place { feed, .. }
            | Line::Joined { feed, listed: true, .. }
            | Line::Listed { feed, .. } => Some(feed),
            Line::Joined { .. }
            | Line::Parted { .. }
            | Line::Shared { .. }
            | Line::Closed { .. }
            | Line::Forgotten { .. }
            | Line::Husk(_) => None,
        }
    }

    /// The feed that does not list these articles any more.
    pub fn left(&self) -> Option<&str> {
        match self {
            Line::Parted { leaves, .. } => leaves.as_deref(),
            _ => None,
        }
    }

    /// The articles that the line is about.
    pub fn articles(&self) -> &[ArticleId] {
        match self {
            Line::Revision { revision, .. } => std::slice::from_ref(&revision.id),
            Line::Place { id, .. } | Line::Joined { id, .. } | Line::Parted { id, .. } => std::slice::from_ref(id),
            Line::Listed { ids, .. } | Line::Forgotten { ids, .. } => ids,
            Line::Husk(husk) => std::slice::from_ref(&husk.id),
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

#[cfg(test)]
mod tests {
    use super::Line;

    #[test]
    fn the_short_way_reads_what_the_long_one_reads() {
        let frozen: &[u8] = include_bytes!("../../tests/main/frozen/journal-v1.jsonl");
        let mut revisions = 0;
        for line in frozen.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let read = Line::read(line).unwrap();
            revisions += usize::from(matches!(read, Line::Revision { .. }));
            assert_eq!(read, serde_json::from_slice(line).unwrap());
        }
        assert!(revisions > 0);
    }
}
