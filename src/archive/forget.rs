//! What is left of articles that were forgotten: enough to know them again, and to leave every number as it was.

use super::Archive;
use super::catalogue::{Arrival, Changes, Listing};
use super::learn::{hash_of, list, short, today};
use super::line::{self, Hidden, Husk, HuskOfRevision, Line};
use super::record::Record;
use crate::error::Result;
use crate::identify::{Key, title_digest};
use crate::model::ArticleId;
use chrono::{DateTime, FixedOffset, Utc};
use std::collections::HashMap;

/// Ids in a line of the journal, at most.
const IDS: usize = 500;

/// Articles that are meant by what they have in common.
#[derive(Debug, Clone, Default)]
pub struct Which {
    /// The feed that lists them.
    pub feed: Option<String>,
    /// They were published before.
    pub before: Option<DateTime<Utc>>,
}

impl Which {
    fn means(&self, record: &Record) -> bool {
        !record.is_forgotten()
            && self.feed.as_ref().is_none_or(|feed| record.feeds.contains(feed))
            && self.before.is_none_or(|before| record.published.0 < before.timestamp())
    }
}

impl Archive {
    /// Whether the content of an article was forgotten.
    pub fn is_forgotten(&self, id: ArticleId) -> Result<bool> {
        Ok(self.record(id)?.is_some_and(|record| record.is_forgotten()))
    }

    /// Whether anything was forgotten.
    pub(super) fn any_forgotten(&self) -> Result<bool> {
        self.catalogue.entries(b"t").next().transpose().map(|first| first.is_some()).map_err(|cause| self.broken(cause))
    }

    /// Whether the content of an article was forgotten, by the shorter way.
    pub(super) fn has_tombstone(&self, id: ArticleId) -> Result<bool> {
        let found = self.catalogue.value(&[b"t", &id.0[..]].concat());
        found.map(|found| found.is_some()).map_err(|cause| self.broken(cause))
    }

    /// The forgotten articles whose ids begin so; dashes may be left out.
    pub fn tombstones(&self, beginning: &str) -> Result<Vec<ArticleId>> {
        let digits = |id: &str| id.replace('-', "").to_lowercase();
        let (beginning, mut found) = (digits(beginning), Vec::new());
        for entry in self.catalogue.entries(b"t") {
            let (key, _) = entry.map_err(|cause| self.broken(cause))?;
            let id = key.get(1..).and_then(|id| id.try_into().ok()).map(ArticleId);
            found.extend(id.filter(|id| digits(&id.to_string()).starts_with(&beginning)));
        }
        Ok(found)
    }

    /// How many articles of a feed were forgotten or left it.
    pub fn gone(&self, feed: &str) -> Result<u64> {
        self.catalogue.gone(feed).map_err(|cause| self.broken(cause))
    }

    /// The articles of a feed that were forgotten or left it, behind the first `after` of them.
    pub fn gone_since(&self, feed: &str, after: u64) -> Result<Vec<ArticleId>> {
        self.catalogue.gone_since(feed, after).map_err(|cause| self.broken(cause))
    }

    /// The feeds of which anything was forgotten, or has left them.
    pub fn feeds_with_gone(&self) -> Result<Vec<String>> {
        self.catalogue.feeds_under(b'x', "").map_err(|cause| self.broken(cause))
    }

    /// The closed documents of a feed that hold one of these articles.
    pub fn documents_with(&self, feed: &str, ids: &[ArticleId]) -> Result<Vec<u32>> {
        let mut left: HashMap<ArticleId, u32> = HashMap::new();
        for id in ids {
            left.insert(*id, self.record(*id)?.map_or(0, |record| record.revision));
        }
        let (documents, end) = self.catalogue.closed(feed).map_err(|cause| self.broken(cause))?;
        let (mut found, mut number, mut at) = (Vec::new(), 1, 0);
        let mut last = if documents > 0 { self.end_of(feed, 1)? } else { 0 };
        // An article comes to a feed at most once for each revision: when all have come, nothing is to be found behind.
        while at < end && !left.is_empty() {
            let came = self.catalogue.arrivals(feed, at + 1, IDS).map_err(|cause| self.broken(cause))?;
            let Some((upto, _)) = came.last() else { break };
            at = *upto;
            for (arrival, Arrival { id, .. }) in came.iter().filter(|(arrival, _)| *arrival <= end) {
                while *arrival > last {
                    number += 1;
                    last = self.end_of(feed, number)?;
                }
                let Some(times) = left.get_mut(id) else { continue };
                *times = times.saturating_sub(1);
                if *times == 0 {
                    left.remove(id);
                }
                if found.last() != Some(&number) {
                    found.push(number);
                }
            }
        }
        Ok(found)
    }

    fn end_of(&self, feed: &str, document: u32) -> Result<u64> {
        self.catalogue.end_of(feed, document).map_err(|cause| self.broken(cause))
    }

    /// The latest publication among the articles that came to a closed document, forgotten or not.
    pub fn newest_in(&self, feed: &str, document: u32) -> Result<DateTime<FixedOffset>> {
        let start = if document > 1 { self.end_of(feed, document - 1)? } else { 0 };
        let most = self.end_of(feed, document)?.saturating_sub(start) as usize;
        let mut newest = DateTime::<Utc>::default().fixed_offset();
        for (_, arrival) in self.catalogue.arrivals(feed, start + 1, most).map_err(|cause| self.broken(cause))? {
            newest = newest.max(self.record(arrival.id)?.map(|record| record.published()).unwrap_or_default());
        }
        Ok(newest)
    }

    /// The next articles behind `after` that are meant, at most `most`, and those that are not counted as such any more.
    pub fn meant(&self, which: &Which, after: Option<ArticleId>, most: usize) -> Result<Vec<ArticleId>> {
        let mut found = Vec::new();
        for entry in self.catalogue.records(after).map_err(|cause| self.broken(cause))? {
            let (id, record) = entry.map_err(|cause| self.broken(cause))?;
            if which.means(&record) {
                found.push(id);
                if found.len() == most {
                    break;
                }
            }
        }
        Ok(found)
    }

    /// The articles of a feed that came before `until` (seconds since 1970), and are not `held` by another one; how many
    /// of them came before `overdue`.
    pub fn outdated(
        &self,
        feed: &str,
        until: i64,
        overdue: i64,
        held: &dyn Fn(&str) -> bool,
    ) -> Result<(Vec<ArticleId>, usize)> {
        let (mut found, mut late) = (Vec::new(), 0);
        for listing in self.catalogue.oldest(feed).map_err(|cause| self.broken(cause))? {
            let Listing { id, seen, .. } = listing.map_err(|cause| self.broken(cause))?;
            if seen >= until {
                break;
            }
            if !self.is_held(id, feed, held)? {
                late += usize::from(seen < overdue);
                found.push(id);
            }
        }
        Ok((found, late))
    }

    /// The articles of a feed behind its newest `most`, which are not `held` by another one.
    pub fn surplus(&self, feed: &str, most: usize, held: &dyn Fn(&str) -> bool) -> Result<Vec<ArticleId>> {
        let mut found = Vec::new();
        for listing in self.catalogue.newest(feed).map_err(|cause| self.broken(cause))?.skip(most) {
            let id = listing.map_err(|cause| self.broken(cause))?.id;
            if !self.is_held(id, feed, held)? {
                found.push(id);
            }
        }
        Ok(found)
    }

    fn is_held(&self, id: ArticleId, feed: &str, held: &dyn Fn(&str) -> bool) -> Result<bool> {
        let record = self.record(id)?;
        Ok(record.is_some_and(|record| record.feeds.iter().any(|other| other != feed && held(other))))
    }

    /// Forgets articles: no feed lists them any more, and what leads to them leads to a tombstone. Their content is in the
    /// files until these are [written anew](Archive::compact).
    pub fn forget(&mut self, ids: &[ArticleId], now: DateTime<Utc>) -> Result<()> {
        let mut fresh = Vec::with_capacity(ids.len());
        for id in ids {
            if self.record(*id)?.is_some_and(|record| !record.is_forgotten()) {
                fresh.push(*id);
            }
        }
        for ids in fresh.chunks(IDS) {
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
                joined: None,
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
        Line::Place { id, feed, place, seen, keys, .. } | Line::Joined { id, feed, place, seen, keys, .. } => Husk {
            v: line::VERSION,
            id: *id,
            feed: feed.clone(),
            seen: *seen,
            place: hash_of(place),
            keys: digests(keys),
            joined: match line {
                Line::Joined { listed, .. } => Some(*listed),
                _ => None,
            },
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
            let begun = || Record::new(revision.first_seen, revision.published, revision.precision);
            let mut record = known.unwrap_or_else(begun);
            record.stated = revision.stated.or(record.stated);
            record.title = revision.title;
            record.changed = husk.seen.timestamp();
            record.revision = revision.number;
            record.forget();
            for feed in &record.feeds {
                let (feed, id, spot) = (feed.clone(), husk.id, record.newest());
                let published = record.published.0;
                changes.arrivals.push(Arrival { feed, id, spot, listed: None, published });
            }
            record
        }
        (None, Some(record)) => record,
        (None, None) => return,
    };
    if !record.places.iter().any(|(place, _)| *place == husk.place) {
        record.places.push((husk.place, [0; 16]));
    }
    // As the line did, so that what came to a feed keeps its number.
    let is_here = |(place, _): &([u8; 8], Option<String>)| *place == husk.place;
    let listed = match husk.joined {
        Some(listed) => {
            record.joined.retain(|joined| !is_here(joined));
            record.joined.push((husk.place, None));
            listed
        }
        None => husk.revision.is_some() || !record.joined.iter().any(is_here),
    };
    if listed {
        list(changes, &mut record, husk.id, &husk.feed, husk.seen.timestamp());
    }
    changes.keys.extend(husk.keys.iter().map(|key| (key.0, husk.id)));
    changes.records.insert(husk.id, record);
}
