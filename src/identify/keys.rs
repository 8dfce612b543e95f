//! The keys of an article: by any of them it is known again.

use super::{Digest, link};
use crate::model::{Article, ArticleId};
use crate::text;
use chrono::{DateTime, FixedOffset, TimeDelta};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::fmt;

/// Texts shorter than this many characters are no key: notices, teasers and boilerplate are alike.
const SHORTEST_TEXT: usize = 200;
/// A key longer than this is kept as its digest.
const LONGEST_KEY: usize = 512;

/// The kinds of keys, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyKind {
    /// The canonical link, normalised.
    Link,
    /// The identifier that the source gives, which counts at this source only.
    Guid,
    /// The words of the text.
    Text,
    /// The place of a document that has neither link nor identifier: its path in the feed's folder.
    Place,
    /// Title and text together, of an entry whose text is too short to be a key. It counts only where there is neither
    /// link nor identifier.
    Content,
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            KeyKind::Link => "link",
            KeyKind::Guid => "guid",
            KeyKind::Place => "place",
            KeyKind::Text => "text",
            KeyKind::Content => "title and text",
        })
    }
}

/// One key. Two articles with an equal key are the same article.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// Its kind.
    pub kind: KeyKind,
    /// What is compared, readable as far as it can be.
    pub value: String,
}

impl Key {
    fn new(kind: KeyKind, value: String) -> Key {
        let value = if value.len() > LONGEST_KEY {
            format!("blake3:{}", blake3::hash(value.as_bytes()).to_hex())
        } else {
            value
        };
        Key { kind, value }
    }

    /// The digest by which the key is looked up: version, kind and value, parted by characters that
    /// they do not contain.
    pub fn digest(&self) -> [u8; 32] {
        *blake3::hash(format!("1\0{}\0{}", self.kind, self.value).as_bytes()).as_bytes()
    }
}

/// Where an article was found: within which source its identifiers count, and how the document is called there.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The host of the source, or the feed's name for local files: what guids are scoped to.
    pub scope: &'a str,
    /// The document within the scope.
    pub document: &'a str,
    /// Whether the document is one article, so that its place can stand for it.
    pub single: bool,
}

/// The keys of an article, strongest first; there is at least one.
pub fn keys(article: &Article, place: &Place) -> Vec<Key> {
    let mut keys = Vec::with_capacity(4);
    if let Some(link) = article.link.as_deref().and_then(link::normal) {
        keys.push(Key::new(KeyKind::Link, link));
    }
    if let Some(guid) = article.guid.as_deref().map(text::fold).filter(|guid| !guid.is_empty()) {
        keys.push(Key::new(KeyKind::Guid, format!("{} {guid}", place.scope)));
    }
    let anonymous = keys.is_empty();
    let words = text::fold(&article.text);
    let telling = words.chars().count() >= SHORTEST_TEXT;
    if telling {
        keys.push(Key::new(KeyKind::Text, hashed(&words)));
    }
    if anonymous && place.single {
        keys.push(Key::new(KeyKind::Place, format!("{} {}", place.scope, place.document)));
    }
    if !telling {
        keys.push(content_key(article, place));
    }
    keys
}

/// The key of an article that has no other left.
pub fn content_key(article: &Article, place: &Place) -> Key {
    let words = text::fold(&article.text);
    Key::new(KeyKind::Content, hashed(&format!("{}\0{}\0{words}", place.scope, article.title)))
}

fn hashed(text: &str) -> String {
    let digest = blake3::hash(text.as_bytes()).to_hex();
    format!("blake3:{}", &digest[..32])
}

/// The id of a new article, made of its strongest key.
pub fn id(keys: &[Key]) -> ArticleId {
    keys.first().map_or(ArticleId([0; 16]), |key| ArticleId::from_digest(&key.digest()))
}

/// The id of an article that took the place of another. If its place is the strongest key that it has, the id is made of
/// what it shows as well, since the place alone already made the id of the other.
pub fn id_of_replacement(keys: &[Key], digest: Digest) -> ArticleId {
    match keys.first() {
        Some(place) if place.kind == KeyKind::Place => {
            let mut hash = blake3::Hasher::new();
            hash.update(&place.digest());
            hash.update(&digest.0);
            ArticleId::from_digest(hash.finalize().as_bytes())
        }
        _ => id(keys),
    }
}

/// The articles of one document, each once, with their keys; and the keys that are none, because the document uses them
/// for several articles (one guid for all, the same page as link of all).
///
/// Of entries that are one article the first counts: feeds put the newest first.
pub fn one_of_each(articles: Vec<Article>, place: &Place) -> (Vec<(Article, Vec<Key>)>, Vec<Key>) {
    let mut keyed: Vec<(Article, Vec<Key>)> = articles
        .into_iter()
        .map(|article| {
            let keys = keys(&article, place);
            (article, keys)
        })
        .collect();
    let mut first: HashMap<&Key, usize> = HashMap::new();
    let mut shared: HashSet<Key> = HashSet::new();
    for (index, (article, keys)) in keyed.iter().enumerate() {
        for key in keys {
            let (other, other_keys) = &keyed[*first.entry(key).or_insert(index)];
            if are_others(key.kind, (article, keys), (other, other_keys)) {
                shared.insert(key.clone());
            }
        }
    }
    let mut taken: HashSet<Key> = HashSet::new();
    keyed.retain_mut(|(_, keys)| {
        keys.retain(|key| !shared.contains(key));
        let again = keys.iter().any(|key| taken.contains(key));
        taken.extend(keys.iter().cloned());
        !again
    });
    let mut shared: Vec<Key> = shared.into_iter().collect();
    shared.sort();
    (keyed, shared)
}

/// Whether two entries of one document that share a key are two articles all the same: they have other titles (for a
/// text also: other dates), and no other key says that they are one.
fn are_others(kind: KeyKind, a: (&Article, &[Key]), b: (&Article, &[Key])) -> bool {
    let named = |keys: &[Key]| -> Vec<Key> {
        keys.iter().filter(|key| key.kind != kind && key.kind <= KeyKind::Guid).cloned().collect()
    };
    let (named_a, named_b) = (named(a.1), named(b.1));
    let joined = named_a.iter().any(|key| named_b.contains(key));
    let other_day = matches!(kind, KeyKind::Text) && days_differ(a.0, b.0);
    !joined && (a.0.title != b.0.title || other_day)
}

fn days_differ(a: &Article, b: &Article) -> bool {
    matches!((&a.published, &b.published), (Some(a), Some(b)) if !same_day(a.at, b.at))
}

/// Whether two dates are less than a day apart: the same date read from two places, one of which may tell no time.
pub fn same_day(a: DateTime<FixedOffset>, b: DateTime<FixedOffset>) -> bool {
    (a - b).abs() < TimeDelta::days(1)
}
