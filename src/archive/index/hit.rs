//! What the index shows of an article, and how that is stored.

use super::place::{Place, Places};
use super::schema::{Fields, rank};
use crate::model::{Article, ArticleId, Precision, Revision};
use chrono::{DateTime, FixedOffset, Utc};
use serde::{Deserialize, Serialize};
use tantivy::TantivyDocument;
use url::Url;

/// An article as an answer shows it: its newest revision, without its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Which.
    pub id: ArticleId,
    /// The feeds that list it, in the order in which they found it.
    pub feeds: Vec<String>,
    /// Its title.
    pub title: String,
    /// Its address.
    pub link: Option<String>,
    /// What stands for its publication.
    pub published: DateTime<FixedOffset>,
    /// How exact that is; `None` if it is the time of first sight.
    pub precision: Option<Precision>,
    /// Its last change.
    pub updated: DateTime<FixedOffset>,
    /// Its authors.
    pub authors: Vec<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Its language.
    pub language: Option<String>,
    /// When it was first seen.
    pub first_seen: DateTime<Utc>,
    /// The number of the revision.
    pub revision: u32,
}

impl Hit {
    /// That of a revision.
    pub fn of(revision: Revision, feeds: Vec<String>) -> Hit {
        let updated = revision.updated();
        let Revision { id, revision, first_seen, published, precision, article, .. } = revision;
        let Article { title, link, authors, tags, language, .. } = article;
        Hit { id, feeds, title, link, published, precision, updated, authors, tags, language, first_seen, revision }
    }
}

/// A place: the file, the line, how many lines of its frame came before it, and where that began.
type Spot = (u32, u32, u32, u64);

/// A hit as it is stored, and where in the journal its revisions stand.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stored {
    id: [u8; 16],
    /// See [`Hit::feeds`].
    pub feeds: Vec<String>,
    title: String,
    link: Option<String>,
    published: (i64, i32),
    precision: Option<Precision>,
    updated: (i64, i32),
    authors: Vec<String>,
    tags: Vec<String>,
    language: Option<String>,
    first_seen: i64,
    revision: u32,
    spots: Vec<Spot>,
    told: Vec<Spot>,
}

impl Stored {
    fn of(hit: Hit, places: &Places) -> Stored {
        let instant = |at: &DateTime<FixedOffset>| (at.timestamp(), at.offset().local_minus_utc());
        let spots = |places: &[Place]| {
            places.iter().map(|spot| (spot.file, spot.line, spot.line - spot.first, spot.offset)).collect()
        };
        Stored {
            id: hit.id.0,
            published: instant(&hit.published),
            updated: instant(&hit.updated),
            feeds: hit.feeds,
            title: hit.title,
            link: hit.link,
            precision: hit.precision,
            authors: hit.authors,
            tags: hit.tags,
            language: hit.language,
            first_seen: hit.first_seen.timestamp(),
            revision: hit.revision,
            spots: spots(&places.revisions),
            told: spots(&places.told),
        }
    }

    /// Which article.
    pub fn id(&self) -> ArticleId {
        ArticleId(self.id)
    }

    /// Where it stands in the journal.
    pub fn places(&self) -> Places {
        let places = |spots: &[Spot]| {
            let place =
                |&(file, line, within, offset): &Spot| Place { file, line, first: line.saturating_sub(within), offset };
            spots.iter().map(place).collect()
        };
        Places { revisions: places(&self.spots), told: places(&self.told) }
    }

    /// Without what only the index needs.
    pub fn hit(self) -> Hit {
        let utc = |seconds| DateTime::from_timestamp(seconds, 0).unwrap_or_default();
        let instant = |(seconds, offset): (i64, i32)| {
            utc(seconds).with_timezone(&FixedOffset::east_opt(offset).unwrap_or(chrono::Offset::fix(&Utc)))
        };
        Hit {
            id: ArticleId(self.id),
            published: instant(self.published),
            updated: instant(self.updated),
            first_seen: utc(self.first_seen),
            feeds: self.feeds,
            title: self.title,
            link: self.link,
            precision: self.precision,
            authors: self.authors,
            tags: self.tags,
            language: self.language,
            revision: self.revision,
        }
    }
}

/// An article as the index takes it in, without the words that it is found by: what is shown of it, when its newest revision was
/// first seen, the bytes of its title and its text, and where the journal speaks of it.
pub fn document(fields: &Fields, hit: &Hit, seen: DateTime<Utc>, length: usize, places: &Places) -> TantivyDocument {
    let mut document = TantivyDocument::default();
    document.add_bytes(fields.id, &hit.id.0);
    document.add_u64(fields.rank, rank(hit.published.timestamp(), hit.id));
    document.add_i64(fields.seen, hit.first_seen.timestamp());
    document.add_u64(fields.length, length as u64);
    if places.revisions.len() > 1 {
        document.add_i64(fields.changed, seen.timestamp());
    }
    for feed in &hit.feeds {
        document.add_text(fields.feed, feed);
    }
    document.add_text(fields.language, primary(hit.language.as_deref()));
    if let Some(host) = hit.link.as_deref().and_then(host) {
        for (at, _) in std::iter::once((0, "")).chain(host.match_indices('.').map(|(at, dot)| (at + 1, dot))) {
            if host[at..].contains('.') || at == 0 {
                document.add_text(fields.host, &host[at..]);
            }
        }
        document.add_text(fields.site, &host);
    }
    for author in &hit.authors {
        document.add_text(fields.authors, author);
    }
    for tag in &hit.tags {
        document.add_text(fields.tags, tag);
    }
    let shown = Stored::of(hit.clone(), places);
    document.add_bytes(fields.shown, &postcard::to_stdvec(&shown).unwrap_or_default());
    document
}

/// The first part of a language's tag; German where there is none.
fn primary(tag: Option<&str>) -> String {
    tag.unwrap_or("de").split('-').next().unwrap_or_default().to_lowercase()
}

/// The host of an address, without `www.`.
fn host(link: &str) -> Option<String> {
    let url = Url::parse(link).ok()?;
    let host = url.host_str()?;
    Some(host.strip_prefix("www.").unwrap_or(host).to_owned())
}
