//! What came to feeds, and what they list: `r`, feed, number of the first → up to 64 arrivals, in their order; `w`, feed → the
//! first arrival that the feed may still list, since all before it are later revisions or forgotten.
//!
//! A feed lists what came to it first, but for what was forgotten or left it. What it lists at one moment is one run, whatever the clock
//! said before: a clock that goes back does not bury what is new.

use super::changes::Arrival;
use super::fault::Fault;
use super::{number_of, prefix, with_letter};
use crate::archive::journal::Spot;
use crate::model::ArticleId;
use std::collections::BTreeMap;
use std::iter::Peekable;

/// Arrivals in an entry.
const ROWS: usize = 64;
/// Bytes of an arrival: id, file, line, whether it is listed, since when, publication.
const ROW: usize = 41;

/// An article that a feed lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listing {
    /// The run that listed it: its now, in seconds since 1970.
    pub seen: i64,
    /// What stands for its publication, in seconds since 1970.
    pub published: i64,
    /// Which article.
    pub id: ArticleId,
}

/// Numbers arrivals, each behind the last of its feed.
pub fn append(db: &sled::Db, arrivals: &[Arrival], batch: &mut sled::Batch) -> Result<(), Fault> {
    let mut open: BTreeMap<&str, (u64, Vec<u8>)> = BTreeMap::new();
    for arrival in arrivals {
        let (first, rows) = match open.entry(&arrival.feed) {
            std::collections::btree_map::Entry::Occupied(last) => last.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => place.insert(last(db, &arrival.feed)?),
        };
        if rows.len() >= ROWS * ROW {
            batch.insert(key(&arrival.feed, *first), std::mem::take(rows));
            *first += ROWS as u64;
        }
        rows.extend(arrival.id.0);
        rows.extend(arrival.spot.file.to_be_bytes());
        rows.extend(arrival.spot.line.to_be_bytes());
        rows.push(arrival.listed.is_some().into());
        rows.extend(arrival.listed.unwrap_or_default().to_be_bytes());
        rows.extend(arrival.published.to_be_bytes());
    }
    for (feed, (first, rows)) in open {
        batch.insert(key(feed, first), rows);
    }
    Ok(())
}

/// The last entry of a feed: the number of its first arrival, and its bytes.
fn last(db: &sled::Db, feed: &str) -> Result<(u64, Vec<u8>), Fault> {
    let start = prefix(b'r', feed);
    let Some(last) = db.scan_prefix(&start).next_back() else { return Ok((1, Vec::new())) };
    let (key, value) = last?;
    Ok((number_of(&key[start.len()..])?, value.to_vec()))
}

/// How many arrivals a feed has had.
pub fn arrived(db: &sled::Db, feed: &str) -> Result<u64, Fault> {
    let (first, rows) = last(db, feed)?;
    Ok(first - 1 + (rows.len() / ROW) as u64)
}

/// What came to a feed from this arrival on.
pub fn arrivals(
    db: &sled::Db,
    feed: &str,
    from: u64,
) -> Result<impl Iterator<Item = Result<(u64, Arrival), Fault>> + use<>, Fault> {
    let entries = entries(db, feed, from)?;
    let feed = feed.to_owned();
    Ok(entries
        .flat_map(move |entry| decoded(&feed, entry))
        .filter(move |row| !matches!(row, Ok((at, _)) if *at < from)))
}

/// The articles that a feed lists, in the order in which they came.
pub fn oldest(db: &sled::Db, feed: &str) -> Result<impl Iterator<Item = Result<Listing, Fault>> + use<>, Fault> {
    let gone = gone(db, feed)?;
    let rows = arrivals(db, feed, listed_from(db, feed)?)?;
    Ok(rows.filter_map(move |row| match row.map(|(at, arrival)| Some((at, listing(&arrival)?))) {
        Ok(found) => {
            let (at, listing) = found?;
            gone(at, listing.id).map(|gone| (!gone).then_some(listing)).transpose()
        }
        Err(fault) => Some(Err(fault)),
    }))
}

/// The articles that a feed lists, those of the newest run first, and within a run the newest publication. Where a run cannot be
/// read, a failure stands for all of it, and is the last.
pub fn newest(db: &sled::Db, feed: &str) -> Result<impl Iterator<Item = Result<Listing, Fault>> + use<>, Fault> {
    let gone = gone(db, feed)?;
    let from = listed_from(db, feed)?;
    let (entries, name) = (entries(db, feed, from)?, feed.to_owned());
    let rows = entries.rev().flat_map(move |entry| decoded(&name, entry).into_iter().rev());
    let rows = rows.filter(move |row| !matches!(row, Ok((at, _)) if *at < from));
    let listings = rows.filter_map(|row| row.map(|(at, arrival)| Some((at, listing(&arrival)?))).transpose());
    let mut listings = listings.peekable();
    let (mut run, mut failed) = (Vec::new(), false);
    Ok(std::iter::from_fn(move || {
        if run.is_empty() && !failed {
            match next_run(&mut listings, &gone) {
                Ok(next) => run = next,
                Err(fault) => {
                    failed = true;
                    return Some(Err(fault));
                }
            }
        }
        run.pop().map(Ok)
    }))
}

/// The next run that lists anything, its newest publication last; empty if there is none. Nothing is read behind a failure: sled
/// comes back with the same one for ever.
fn next_run(
    listings: &mut Peekable<impl Iterator<Item = Result<(u64, Listing), Fault>>>,
    gone: &impl Fn(u64, ArticleId) -> Result<bool, Fault>,
) -> Result<Vec<Listing>, Fault> {
    let mut run = Vec::new();
    while run.is_empty()
        && let Some(first) = listings.next().transpose()?
    {
        let seen = first.1.seen;
        let mut found = Some(first);
        while let Some((at, listing)) = found {
            if !gone(at, listing.id)? {
                run.push(listing);
            }
            // What cannot be read may belong to it.
            let belongs = |next: &Result<(u64, Listing), Fault>| next.as_ref().map_or(true, |(_, it)| it.seen == seen);
            found = listings.next_if(belongs).transpose()?;
        }
    }
    // With the id, the order is total.
    run.sort_unstable_by_key(|listing| (listing.published, listing.id));
    Ok(run)
}

/// Passes over what a feed does not list any more at its beginning, now that some more of it is `forgotten`.
pub fn pass(
    db: &sled::Db,
    feed: &str,
    forgotten: impl Fn(&ArticleId) -> bool,
    batch: &mut sled::Batch,
) -> Result<(), Fault> {
    let before = gone(db, feed)?;
    let from = listed_from(db, feed)?;
    let mut next = from;
    for row in arrivals(db, feed, from)? {
        let (number, arrival) = row?;
        if arrival.is_first() && !forgotten(&arrival.id) && !before(number, arrival.id)? {
            break;
        }
        next = number + 1;
    }
    if next > from {
        batch.insert(with_letter(b'w', feed.as_bytes()), &next.to_be_bytes());
    }
    Ok(())
}

fn listed_from(db: &sled::Db, feed: &str) -> Result<u64, Fault> {
    db.get(with_letter(b'w', feed.as_bytes()))?.map_or(Ok(1), |value| number_of(&value))
}

/// Whether an article that came to a feed was forgotten, or left it since.
pub fn gone(db: &sled::Db, feed: &str) -> Result<impl Fn(u64, ArticleId) -> Result<bool, Fault> + use<>, Fault> {
    let any = |start: &[u8]| db.scan_prefix(start).next().transpose().map(|first| first.is_some());
    let (forgotten, left) = (any(b"t")?, any(&prefix(b'u', feed))?);
    let (db, feed) = (db.clone(), feed.to_owned());
    Ok(move |arrival: u64, id: ArticleId| {
        if forgotten && db.contains_key(with_letter(b't', &id.0))? {
            return Ok(true);
        }
        let last = if left { db.get(left_key(&feed, &id))? } else { None };
        last.map_or(Ok(false), |last| Ok(arrival <= number_of(&last)?))
    })
}

/// What says that an article left a feed.
pub fn left_key(feed: &str, id: &ArticleId) -> Vec<u8> {
    [prefix(b'u', feed).as_slice(), &id.0].concat()
}

fn listing(arrival: &Arrival) -> Option<Listing> {
    Some(Listing { seen: arrival.listed?, published: arrival.published, id: arrival.id })
}

/// The entries of a feed from the one on that holds this arrival.
fn entries(
    db: &sled::Db,
    feed: &str,
    from: u64,
) -> Result<impl DoubleEndedIterator<Item = sled::Result<(sled::IVec, sled::IVec)>> + use<>, Fault> {
    let start = prefix(b'r', feed);
    let first = db.range(start.clone()..=key(feed, from)).next_back().transpose()?;
    let first = first.map_or(start, |(key, _)| key.to_vec());
    Ok(db.range(first..key(feed, u64::MAX)))
}

fn key(feed: &str, number: u64) -> Vec<u8> {
    [prefix(b'r', feed).as_slice(), &number.to_be_bytes()].concat()
}

/// The arrivals of an entry, or what is wrong with it.
fn decoded(feed: &str, entry: sled::Result<(sled::IVec, sled::IVec)>) -> Vec<Result<(u64, Arrival), Fault>> {
    let parse = || -> Result<Vec<(u64, Arrival)>, Fault> {
        let (key, value) = entry?;
        let first = number_of(key.get(key.len().saturating_sub(8)..).unwrap_or_default())?;
        let (rows, rest) = value.as_chunks::<ROW>();
        let rows: Option<Vec<_>> = (first..).zip(rows).map(|(at, bytes)| Some((at, row(feed, bytes)?))).collect();
        rows.filter(|_| rest.is_empty()).ok_or(Fault::Schema)
    };
    match parse() {
        Ok(rows) => rows.into_iter().map(Ok).collect(),
        Err(fault) => vec![Err(fault)],
    }
}

fn row(feed: &str, bytes: &[u8; ROW]) -> Option<Arrival> {
    let (id, rest) = bytes.split_first_chunk()?;
    let (file, rest) = rest.split_first_chunk()?;
    let (line, rest) = rest.split_first_chunk()?;
    let (first, rest) = rest.split_first()?;
    let (seen, rest) = rest.split_first_chunk()?;
    Some(Arrival {
        feed: feed.to_owned(),
        id: ArticleId(*id),
        spot: Spot { file: u32::from_be_bytes(*file), line: u32::from_be_bytes(*line) },
        listed: (*first == 1).then_some(i64::from_be_bytes(*seen)),
        published: i64::from_be_bytes(rest.try_into().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::{Fault, Listing, next_run};
    use crate::model::ArticleId;
    use std::iter::repeat_with;

    fn listed(at: u64, seen: i64, published: i64) -> Result<(u64, Listing), Fault> {
        Ok((at, Listing { seen, published, id: ArticleId([at as u8; 16]) }))
    }

    #[test]
    fn a_run_is_whole_and_in_order_without_what_is_gone() {
        let rows = vec![listed(5, 20, 3), listed(4, 20, 7), listed(3, 20, 5), listed(2, 10, 9), listed(1, 5, 1)];
        let mut rows = rows.into_iter().peekable();
        let mut next = || {
            let run = next_run(&mut rows, &|at, _| Ok(at == 3 || at == 2)).unwrap();
            run.iter().map(|listing| (listing.seen, listing.published)).collect::<Vec<_>>()
        };
        assert_eq!(next(), [(20, 3), (20, 7)]);
        assert_eq!(next(), [(5, 1)], "nothing of the run before it is listed");
        assert_eq!(next(), []);
    }

    #[test]
    fn a_run_of_which_a_part_cannot_be_read_is_none_and_nothing_is_read_behind_it() {
        for read in 0..3 {
            let rows = (0..read).map(|at| listed(at, 20, 3)).chain(repeat_with(|| Err(Fault::Schema)));
            let found = next_run(&mut rows.peekable(), &|_, _| Ok(false));
            assert!(matches!(found, Err(Fault::Schema)), "{read} rows before it: {found:?}");
        }
        let found = next_run(&mut [listed(1, 20, 3)].into_iter().peekable(), &|_, _| Err(Fault::Schema));
        assert!(matches!(found, Err(Fault::Schema)), "{found:?}");
    }
}
