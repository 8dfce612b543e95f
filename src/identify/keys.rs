//! The keys of an article: by any of them it is known again.

use super::{Digest, link};
use crate::model::{Article, ArticleId};
use crate::text;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
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
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            KeyKind::Link => "link",
            KeyKind::Guid => "guid",
            KeyKind::Place => "place",
            KeyKind::Text => "text",
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

/// The keys of an article, strongest first. There is at least one, unless it has neither link,
/// identifier nor a text long enough to be told from others; then it is known by title and text.
pub fn keys(article: &Article, place: &Place) -> Vec<Key> {
    let mut keys = Vec::with_capacity(3);
    if let Some(link) = article.link.as_deref().and_then(link::normal) {
        keys.push(Key::new(KeyKind::Link, link));
    }
    if let Some(guid) = article.guid.as_deref().map(text::fold).filter(|guid| !guid.is_empty()) {
        keys.push(Key::new(KeyKind::Guid, format!("{} {guid}", place.scope)));
    }
    let words = text::fold(&article.text);
    let by_place = keys.is_empty() && place.single;
    if words.chars().count() >= SHORTEST_TEXT {
        keys.push(Key::new(KeyKind::Text, format!("blake3:{}", blake3::hash(words.as_bytes()).to_hex())));
    }
    if by_place {
        keys.push(Key::new(KeyKind::Place, format!("{} {}", place.scope, place.document)));
    }
    if keys.is_empty() {
        let value = format!("{} {} {words}", place.scope, article.title);
        keys.push(Key::new(KeyKind::Text, format!("blake3:{}", blake3::hash(value.as_bytes()).to_hex())));
    }
    keys
}

/// The id of a new article, made of its strongest key.
pub fn id(keys: &[Key]) -> ArticleId {
    ArticleId::from_digest(&keys[0].digest())
}

/// The id of an article that took the place of another. If nothing but the place is a key of it, the id is made of what
/// it shows as well, since the place alone already made the id of the other.
pub fn id_of_replacement(keys: &[Key], digest: Digest) -> ArticleId {
    if keys[0].kind != KeyKind::Place {
        return id(keys);
    }
    let mut hash = blake3::Hasher::new();
    hash.update(&keys[0].digest());
    hash.update(&digest.0);
    ArticleId::from_digest(hash.finalize().as_bytes())
}

/// Of the articles of one document, gives each with the keys that tell it from the others.
///
/// A key that entries share which otherwise differ (one guid for all, the home page as link of all) is
/// no key. Entries that share link and guid are one article, of which the first counts: feeds put the
/// newest first.
pub fn one_of_each(articles: Vec<Article>, place: &Place) -> Vec<(Article, Vec<Key>)> {
    let mut keyed: Vec<(Article, Vec<Key>)> = articles
        .into_iter()
        .map(|article| {
            let keys = keys(&article, place);
            (article, keys)
        })
        .collect();
    if keyed.len() < 2 {
        return keyed;
    }
    // For each key, whether all entries that carry it agree in everything else that could tell them apart.
    let mut seen: HashMap<Key, (Vec<Key>, String)> = HashMap::new();
    let mut shared: HashMap<Key, bool> = HashMap::new();
    for (article, keys) in &keyed {
        for key in keys {
            let others: Vec<Key> =
                keys.iter().filter(|k| k.kind != key.kind && k.kind != KeyKind::Text).cloned().collect();
            match seen.get(key) {
                None => {
                    seen.insert(key.clone(), (others, article.title.clone()));
                }
                Some((first, title)) => {
                    let differs = if others.is_empty() && first.is_empty() {
                        *title != article.title
                    } else {
                        // Entries that lack what others have are told apart by their titles.
                        *first != others && (first.len() == others.len() || *title != article.title)
                    };
                    *shared.entry(key.clone()).or_default() |= differs;
                }
            }
        }
    }
    let mut taken: HashMap<Key, ()> = HashMap::new();
    keyed.retain_mut(|(article, keys)| {
        keys.retain(|key| !shared.get(key).copied().unwrap_or(false));
        if keys.is_empty() {
            let value = format!("{} {} {}", place.scope, article.title, text::fold(&article.text));
            keys.push(Key::new(KeyKind::Text, format!("blake3:{}", blake3::hash(value.as_bytes()).to_hex())));
        }
        let known = keys.iter().any(|key| taken.contains_key(key));
        keys.iter().for_each(|key| {
            taken.insert(key.clone(), ());
        });
        !known
    });
    keyed
}
