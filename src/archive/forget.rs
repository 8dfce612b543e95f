//! What is left of articles that were forgotten: enough to know them again, and to leave every number as it was.

use super::Archive;
use super::catalogue::{Arrival, Changes};
use super::learn::{hash_of, list, short, today};
use super::line::{self, Hidden, Husk, HuskOfRevision, Line};
use super::record::Record;
use crate::error::Result;
use crate::identify::{Key, Sketch, title_digest};
use crate::model::ArticleId;
use chrono::{DateTime, Utc};

/// Ids in a line of the journal, at most.
const IDS: usize = 500;

impl Archive {
    /// Whether the content of an article was forgotten.
    pub fn is_forgotten(&self, id: ArticleId) -> Result<bool> {
        Ok(self.record(id)?.is_some_and(|record| record.is_forgotten()))
    }

    /// Forgets articles: no feed lists them any more, and what leads to them leads to a tombstone. Their content is in the
    /// files until these are [written anew](Archive::compact).
    pub fn forget(&mut self, ids: &[ArticleId], now: DateTime<Utc>) -> Result<()> {
        for ids in ids.chunks(IDS) {
            self.learn(Line::Forgotten { v: line::VERSION, seen: now, ids: ids.to_vec() }, now)?;
        }
        self.commit(now)
    }
}

/// What is left of a line of an article that was forgotten; `None` if nothing has to go.
pub fn husk(line: &Line) -> Option<Line> {
    let digests = |keys: &[Key]| keys.iter().flat_map(today).map(|key| Hidden(short(key.digest()))).collect();
    let husk = match line {
        Line::Revision { revision, feed, place, keys, .. } => {
            let stamp = revision.article.published.as_ref().filter(|stamp| !stamp.relative);
            Husk {
                v: line::VERSION,
                id: revision.id,
                feed: feed.clone(),
                seen: revision.seen,
                place: hash_of(place),
                keys: digests(keys),
                revision: Some(HuskOfRevision {
                    number: revision.revision,
                    first_seen: revision.first_seen,
                    published: revision.published,
                    precision: revision.precision,
                    stated: stamp.map(|stamp| stamp.at.timestamp()),
                    title: title_digest(&revision.article.title),
                }),
            }
        }
        Line::Place { id, feed, place, seen, keys, .. } => Husk {
            v: line::VERSION,
            id: *id,
            feed: feed.clone(),
            seen: *seen,
            place: hash_of(place),
            keys: digests(keys),
            revision: None,
        },
        _ => return None,
    };
    Some(Line::Husk(Box::new(husk)))
}

/// What a husk changes in the catalogue: what its line did, as far as it outlives the content.
pub fn apply_husk(changes: &mut Changes, husk: &Husk, known: Option<Record>) {
    let mut record = match (&husk.revision, known) {
        (Some(revision), known) => {
            let mut record = known.unwrap_or_else(|| Record {
                first_seen: revision.first_seen.timestamp(),
                published: (revision.published.timestamp(), revision.published.offset().local_minus_utc()),
                precision: revision.precision,
                revision: 0,
                stated: None,
                title: [0; 8],
                length: 0,
                digest: [0; 16],
                feeds: Vec::new(),
                places: Vec::new(),
                owner: [0; 8],
                spot: (0, 0),
                changed: 0,
                sketch: Sketch::default(),
            });
            record.stated = revision.stated.or(record.stated);
            record.title = revision.title;
            record.changed = husk.seen.timestamp();
            record.revision = revision.number;
            record.forget();
            for feed in &record.feeds {
                let (feed, id, spot) = (feed.clone(), husk.id, record.newest());
                changes.arrivals.push(Arrival { feed, id, spot, first: false });
            }
            record
        }
        (None, Some(record)) => record,
        (None, None) => return,
    };
    if !record.places.iter().any(|(place, _)| *place == husk.place) {
        record.places.push((husk.place, [0; 16]));
    }
    list(changes, &mut record, husk.id, &husk.feed, husk.seen.timestamp());
    changes.keys.extend(husk.keys.iter().map(|key| (key.0, husk.id)));
    changes.records.insert(husk.id, record);
}
