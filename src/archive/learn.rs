//! What a line changes in the catalogue: one function for the line that was just learnt and for the one that is read from
//! the journal again, so that a catalogue made anew is the same.

use super::catalogue::{Arrival, Changes, Closing, Leaving};
use super::journal::Spot;
use super::line::Line;
use super::near::Row;
use super::record::Record;
use crate::identify::{Digest, Key, KeyKind, Look, normal_link, title_digest};
use crate::model::ArticleId;

/// What a line changes, the same whether it was just learnt or is read from the journal again.
///
/// `look` is the one at the article that the line holds; what it is compared by is made anew if there is none.
/// `known` holds the record of each article that the line is about, as far as there is one, in their order.
pub fn apply(changes: &mut Changes, line: &Line, look: Option<&Look>, known: Vec<Option<Record>>, spot: Spot) {
    let (id, feed, place, keys, seen) = match line {
        Line::Revision { revision, feed, place, keys, .. } => (revision.id, feed, place, keys, revision.seen),
        Line::Place { id, feed, place, keys, seen, .. } => (*id, feed, place, keys, *seen),
        Line::Joined { id, feed, place, keys, seen, .. } => (*id, feed, place, keys, *seen),
        Line::Parted { id, place, leaves, .. } => {
            if let Some(mut record) = known.into_iter().next().flatten() {
                let here = hash_of(place);
                record.joined.retain(|(place, _)| *place != here);
                record.places.retain(|(place, _)| *place != here);
                changes.shown_otherwise(&record);
                if let Some(feed) = leaves
                    && record.feeds.contains(feed)
                {
                    record.feeds.retain(|listed| listed != feed);
                    changes.left.push(Leaving { feed: feed.clone(), id: *id, after: changes.arrivals.len() });
                }
                changes.records.insert(*id, record);
            }
            return;
        }
        Line::Listed { feed, from, upto, seen, ids, .. } => {
            for (id, record) in ids.iter().zip(known) {
                let Some(mut record) = record else { continue };
                list(changes, &mut record, *id, feed, seen.timestamp());
                changes.records.insert(*id, record);
            }
            changes.cursors.insert((feed.clone(), from.clone()), *upto);
            return;
        }
        Line::Closed { feed, number, entries, .. } => {
            changes.closed.push(Closing { feed: feed.clone(), number: *number, entries: *entries });
            return;
        }
        Line::Forgotten { ids, .. } => {
            for (id, record) in ids.iter().zip(known) {
                let Some(mut record) = record else { continue };
                record.forget();
                changes.forgotten.insert(*id, record.clone());
                changes.records.insert(*id, record);
            }
            return;
        }
        Line::Husk(husk) => return super::forget::apply_husk(changes, husk, known.into_iter().next().flatten()),
        Line::Shared { scope, keys, .. } => {
            let keys = keys.iter().flat_map(today);
            changes.shared.extend(keys.map(|key| short(key.shared_digest(scope))));
            return;
        }
    };
    let here = hash_of(place);
    let known = known.into_iter().next().flatten();
    let (mut record, digest) = match (line, known) {
        (Line::Revision { revision, .. }, known) => {
            let article = &revision.article;
            let look = look.copied().unwrap_or_else(|| Look::at(article, feed, false, revision.seen));
            let digest = look.digest.0;
            let begun = || Record::new(revision.first_seen, revision.published, revision.precision);
            if known.is_none() {
                changes.begun.insert(id);
            }
            let mut record = known.unwrap_or_else(begun);
            let stamp = article.published.as_ref().filter(|stamp| !stamp.relative);
            record.stated = stamp.map(|stamp| stamp.at.timestamp()).or(record.stated);
            record.title = title_digest(&article.title);
            record.length = u32::try_from(article.text.chars().count()).unwrap_or(u32::MAX);
            record.digest = digest;
            record.changed = revision.seen.timestamp();
            record.sketch = look.sketch;
            record.site = look.site;
            if let Some(print) = look.fingerprint {
                let day = u32::try_from(revision.seen.timestamp() / 86_400).unwrap_or_default();
                changes.near.push(Row { day, id, print });
            }
            record.owner = here;
            record.revision = revision.revision;
            record.stands_at(spot);
            // Every feed that lists it shows the new revision once more.
            for feed in &record.feeds {
                changes.arrivals.push(Arrival {
                    feed: feed.clone(),
                    id,
                    spot,
                    listed: None,
                    published: record.published.0,
                });
            }
            (record, digest)
        }
        (Line::Place { digest, .. }, Some(record)) => (record, digest.0),
        (Line::Joined { article, .. }, Some(mut record)) => {
            record.joined.retain(|(place, _)| *place != here);
            record.joined.push((here, article.link.clone()));
            changes.shown_otherwise(&record);
            (record, Digest::of(article).0)
        }
        // A place of an article that the journal does not hold (any more) says nothing.
        _ => return,
    };
    match record.places.iter_mut().find(|(place, _)| *place == here) {
        Some((_, last)) => *last = digest,
        None => record.places.push((here, digest)),
    }
    let listed = match line {
        Line::Joined { listed, .. } => *listed,
        // What is joined was listed or not when that happened.
        Line::Place { .. } => record.joined.iter().all(|(place, _)| *place != here),
        _ => true,
    };
    if listed {
        list(changes, &mut record, id, feed, seen.timestamp());
    }
    for key in keys {
        changes.keys.insert(short(key.digest()), id);
        // What was just looked at has its keys by today's rules.
        if look.is_none()
            && let Some(again) = by_today(key)
        {
            changes.keys.insert(short(again.digest()), id);
        }
    }
    changes.records.insert(id, record);
}

/// Puts an article into a feed, if it is not there already.
pub(super) fn list(changes: &mut Changes, record: &mut Record, id: ArticleId, feed: &str, seen: i64) {
    if record.feeds.iter().any(|listed| listed == feed) {
        return;
    }
    record.feeds.push(feed.to_owned());
    let ((published, _), spot) = (record.published, record.newest());
    changes.arrivals.push(Arrival { feed: feed.to_owned(), id, spot, listed: Some(seen), published });
}

/// A key as it was learnt and, should that be another one, as it is looked up today.
pub(super) fn today(key: &Key) -> impl Iterator<Item = Key> {
    std::iter::once(key.clone()).chain(by_today(key))
}

/// How a key is looked up today, should an earlier rule have normalised its link.
fn by_today(key: &Key) -> Option<Key> {
    let link = if key.kind == KeyKind::Link { normal_link(&format!("https://{}", key.value)).whole } else { None };
    link.filter(|link| *link != key.value).map(|value| Key { kind: key.kind, value })
}

/// The part of a digest that keys are looked up by.
pub fn short(digest: [u8; 32]) -> [u8; 16] {
    std::array::from_fn(|i| digest[i])
}

/// The digest by which places are told apart.
pub fn hash_of(place: &str) -> [u8; 8] {
    let digest = blake3::hash(place.as_bytes());
    std::array::from_fn(|i| digest.as_bytes()[i])
}
