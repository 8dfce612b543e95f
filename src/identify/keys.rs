//! The keys of an article: by any of them it is known again.

use super::{Digest, Look, link};
use crate::model::{Article, ArticleId, Pile};
use crate::text;
use chrono::{DateTime, FixedOffset, TimeDelta};
use rayon::prelude::*;
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
    /// The link without its fragment, of an article whose link has one: `…/haushalt#comment-99` may be a comment, or the
    /// article. Looked up as the link that it would be, and never learnt.
    Page,
    /// The words of the text.
    Text,
    /// The place of a local document: its path in the feed's folder.
    Place,
    /// Title and date, or title and text, of an article that has neither link nor identifier.
    Content,
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            KeyKind::Link => "link",
            KeyKind::Guid => "guid",
            KeyKind::Place => "place",
            KeyKind::Page => "page",
            KeyKind::Text => "text",
            KeyKind::Content => "title and content",
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
        let value = if value.len() > LONGEST_KEY { hashed(&value) } else { value };
        Key { kind, value }
    }

    /// The digest by which the key is looked up: version, kind and value, parted by a character that they do not contain.
    pub fn digest(&self) -> [u8; 32] {
        let kind = if self.kind == KeyKind::Page { KeyKind::Link } else { self.kind };
        *blake3::hash(format!("1\0{kind}\0{}", self.value).as_bytes()).as_bytes()
    }

    /// The digest under which it is kept that this key tells nothing at a source.
    pub fn shared_digest(&self, scope: &str) -> [u8; 32] {
        *blake3::hash(format!("1\0shared\0{scope}\0{}\0{}", self.kind, self.value).as_bytes()).as_bytes()
    }

    /// Whether articles may be known by it later.
    pub fn is_learnt(&self) -> bool {
        self.kind != KeyKind::Page
    }
}

fn hashed(text: &str) -> String {
    let digest = blake3::hash(text.as_bytes()).to_hex();
    format!("blake3:{}", &digest[..32])
}

/// Where an article was found: within which source its identifiers count, and how the document is called there.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The host of the source, or the feed's name for local files: what guids are scoped to.
    pub scope: &'a str,
    /// The document within the scope.
    pub document: &'a str,
    /// Whether the document is a local one and one article, so that its place can stand for it.
    pub single: bool,
    /// The address that the document was read from, if it is one article: it leads there whatever link the page calls canonical.
    pub address: Option<&'a str>,
}

/// The keys of an article, strongest first. There is none only for an article without link, identifier and date whose
/// text is short; [`one_of_each`] gives it one.
pub fn keys(article: &Article, place: &Place) -> Vec<Key> {
    let mut keys = Vec::with_capacity(4);
    let links = article.link.as_deref().map(link::normal).unwrap_or_default();
    if let Some(link) = links.whole {
        keys.push(Key::new(KeyKind::Link, link));
    }
    if let Some(address) = place.address.and_then(|address| link::normal(address).whole) {
        let key = Key::new(KeyKind::Link, address);
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    // Where it stood before, as its own front matter says.
    for former in article.aliases.iter().filter_map(|alias| link::normal(alias).whole) {
        let key = Key::new(KeyKind::Link, former);
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    if let Some(guid) = article.guid.as_deref().map(text::fold).filter(|guid| !guid.is_empty()) {
        keys.push(Key::new(KeyKind::Guid, format!("{} {guid}", place.scope)));
    }
    let anonymous = keys.is_empty();
    if let Some(page) = links.page {
        keys.push(Key::new(KeyKind::Page, page));
    }
    let words = text::fold(&article.text);
    if words.chars().count() >= SHORTEST_TEXT {
        keys.push(Key::new(KeyKind::Text, hashed(&words)));
    }
    if place.single {
        keys.push(Key::new(KeyKind::Place, format!("{} {}", place.scope, place.document)));
    }
    if anonymous && let Some(stamp) = article.published.as_ref().filter(|stamp| !stamp.relative) {
        let value = format!("{}\0{}\0{}", place.scope, article.title, stamp.at.timestamp());
        keys.push(Key::new(KeyKind::Content, hashed(&value)));
    }
    keys
}

/// The key of an article that has no other.
pub fn content_key(article: &Article, scope: &str) -> Key {
    let words = text::fold(&article.text);
    Key::new(KeyKind::Content, hashed(&format!("{scope}\0{}\0{words}", article.title)))
}

/// The id of a new article, made of its strongest key.
pub fn id(keys: &[Key]) -> ArticleId {
    keys.first().map_or(ArticleId([0; 16]), |key| ArticleId::from_digest(&key.digest()))
}

/// The id of an article that took the place of another. If its place is the strongest key that it has, the id is made of
/// what it shows as well, since the place alone already made the id of the other.
pub fn id_of_replacement(keys: &[Key], digest: Digest) -> ArticleId {
    match keys.first() {
        Some(place) if matches!(place.kind, KeyKind::Place | KeyKind::Content) => {
            let mut hash = blake3::Hasher::new();
            hash.update(&place.digest());
            hash.update(&digest.0);
            ArticleId::from_digest(hash.finalize().as_bytes())
        }
        _ => id(keys),
    }
}

/// An article of a document, with what it may be known by.
#[derive(Debug, Clone)]
pub struct Keyed {
    /// The article.
    pub article: Box<Article>,
    /// Its keys, strongest first; at least one.
    pub keys: Vec<Key>,
    /// Keys that it shares with other articles of the document, and which therefore tell nothing there.
    pub shared: Vec<Key>,
    /// The look at it.
    pub look: Look,
}

/// Articles of a document from which on it is worth the while to look at them on all processors.
const MANY: usize = 256;

/// The articles of one document, each once. A key that the document uses for several articles (one guid for all, the
/// same page as link of all) is none there.
///
/// Of entries that are one article the first counts: feeds put the newest first. `look` takes a look at one.
pub fn one_of_each(articles: Pile<Article>, place: &Place, look: impl Fn(&Article) -> Look + Sync) -> Vec<Keyed> {
    let seen = |article: &Article| (keys(article, place), look(article));
    let (all, looks): (Vec<Vec<Key>>, Vec<Look>) = match articles.len() {
        ..MANY => articles.iter().map(|article| seen(article)).unzip(),
        _ => articles.par_iter().with_min_len(MANY / 2).map(|article| seen(article)).unzip(),
    };
    let mut first: HashMap<&Key, usize> = HashMap::new();
    let mut shared: HashSet<Key> = HashSet::new();
    for (index, keys) in all.iter().enumerate() {
        for key in keys {
            let other = *first.entry(key).or_insert(index);
            if are_others(key.kind, (&articles[index], keys), (&articles[other], &all[other])) {
                shared.insert(key.clone());
            }
        }
    }
    drop(first);
    // Of a feed of a hundred thousand entries, neither the keys nor the articles are held twice.
    let mut taken: HashSet<[u8; 32]> = HashSet::new();
    let mut entries = Vec::with_capacity(articles.len());
    entries.extend(articles.into_iter().zip(all).zip(looks).filter_map(|((article, mut keys), look)| {
        let shared = keys.extract_if(.., |key| shared.contains(key)).collect();
        if keys.is_empty() {
            keys.push(content_key(&article, place.scope));
        }
        let own: Vec<[u8; 32]> = keys.iter().filter(|key| key.is_learnt()).map(Key::digest).collect();
        let again = own.iter().any(|key| taken.contains(key));
        taken.extend(own);
        (!again).then_some(Keyed { article, keys, shared, look })
    }));
    entries
}

/// Whether two entries of one document that share a key are two articles all the same: they have other titles (for a
/// text also: other dates; for title and date: other texts), and no name says that they are one.
fn are_others(kind: KeyKind, (a, a_keys): (&Article, &[Key]), (b, b_keys): (&Article, &[Key])) -> bool {
    let mut names = a_keys.iter().filter(|key| key.kind != kind && key.kind <= KeyKind::Guid);
    let joined = names.any(|key| b_keys.contains(key));
    let differ = match kind {
        KeyKind::Page => false,
        KeyKind::Text => a.title != b.title || days_differ(a, b),
        KeyKind::Content => a.text != b.text,
        KeyKind::Link => a.title != b.title || are_episodes(a, b),
        KeyKind::Guid | KeyKind::Place => a.title != b.title,
    };
    differ && !joined
}

/// Whether two entries have each a guid and a file of their own, as episodes of one series that all link to its page.
fn are_episodes(a: &Article, b: &Article) -> bool {
    let files = |article: &Article| article.enclosures.first().map(|file| file.url.clone());
    matches!((&a.guid, &b.guid), (Some(a), Some(b)) if a != b)
        && matches!((files(a), files(b)), (Some(a), Some(b)) if a != b)
}

fn days_differ(a: &Article, b: &Article) -> bool {
    matches!((&a.published, &b.published), (Some(a), Some(b)) if !same_day(a.at, b.at))
}

/// Whether two dates are less than a day apart: the same date read from two places, one of which may tell no time.
pub fn same_day(a: DateTime<FixedOffset>, b: DateTime<FixedOffset>) -> bool {
    (a - b).abs() < TimeDelta::days(1)
}
