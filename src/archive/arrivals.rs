//! What a feed shows: its newest articles, the documents that hold the older ones for good (RFC 5005), and feeds that are
//! made of other feeds.
//!
//! Everything here follows from the journal alone: a catalogue that is made again numbers runs, arrivals and documents as
//! before.

use super::catalogue::Listing;
use super::journal::Spot;
use super::line::{self, Line};
use super::{Archive, catalogue};
use crate::error::Result;
use crate::model::{ArticleId, Revision};
use chrono::{DateTime, Utc};
use std::collections::HashSet;

/// Arrivals in a closed document, at most.
const DOCUMENT: usize = 100;
/// Ids in a line of the journal, at most.
const LISTED: usize = 500;

/// Which of its newest articles a feed shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// So many.
    Count(usize),
    /// Those that came to the feed since then, at least one and at most so many.
    Since(DateTime<Utc>, usize),
}

/// The articles that a feed shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Window {
    /// In the order in which they are to be read.
    pub shown: Vec<ArticleId>,
    /// Those that wait for their date.
    pub held: Vec<ArticleId>,
}

/// Where a revision was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The feed that found it.
    pub feed: String,
    /// The document among the sources of this feed: an address or a path.
    pub place: String,
    /// Addresses where other papers have it in words of their own.
    pub elsewhere: Vec<String>,
}

/// The closed documents of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shelf {
    /// How many there are.
    pub documents: u32,
    /// How many arrivals the feed has had, closed or not: it changes with everything that the feed shows.
    pub arrived: u64,
    /// How often its articles were joined with others or parted from them.
    pub joins: u64,
    /// How many of its articles were forgotten or left it.
    pub gone: u64,
}

impl Archive {
    /// The articles that a feed shows: those of the newest run first, and within a run the newest publication. So whoever
    /// reads from the top and stops at the first article that he knows misses none that came late. What was published after
    /// `hold` waits. Call this and the others here after [`commit`](Archive::commit).
    pub fn shown(&self, feed: &str, shown: Shown, hold: Option<DateTime<Utc>>) -> Result<Window> {
        let (most, since) = match shown {
            Shown::Count(most) => (most, None),
            Shown::Since(since, most) => (most, Some(since.timestamp())),
        };
        let mut window = Window::default();
        for found in self.catalogue.newest(feed).map_err(|cause| self.broken(cause))? {
            let Listing { id, seen, published, .. } = found.map_err(|cause| self.broken(cause))?;
            let full = window.shown.len() == most;
            if full || !window.shown.is_empty() && since.is_some_and(|since| seen < since) {
                break;
            }
            match hold.is_some_and(|now| published > now.timestamp()) {
                true => window.held.push(id),
                false => window.shown.push(id),
            }
        }
        Ok(window)
    }

    /// The newest revision of an article, and the place that it was read from, with its feed.
    pub fn revision(&mut self, id: ArticleId) -> Result<(Revision, Origin)> {
        let record = self.record(id)?.ok_or_else(|| self.damaged(id))?;
        let (revision, mut origin) = self.read(id, record.newest())?;
        origin.elsewhere.extend(record.joined.into_iter().filter_map(|(_, link)| link));
        Ok((revision, origin))
    }

    fn read(&mut self, id: ArticleId, spot: Spot) -> Result<(Revision, Origin)> {
        let line = match self.pending_line(spot) {
            Some(line) => line.clone(),
            None => {
                let frame = self.catalogue.frame(spot).map_err(|cause| self.broken(cause))?;
                self.journal.read(spot, frame.ok_or_else(|| self.damaged(id))?)?
            }
        };
        match line {
            Line::Revision { revision, feed, place, .. } if revision.id == id => {
                let place = place.strip_prefix(&format!("{feed}/")).map(str::to_owned).unwrap_or(place);
                Ok((*revision, Origin { feed, place, elsewhere: Vec::new() }))
            }
            _ => Err(self.damaged(id)),
        }
    }

    /// Whether there is such an article.
    pub fn knows(&self, id: ArticleId) -> Result<bool> {
        self.record(id).map(|record| record.is_some())
    }

    /// Whether a feed lists an article.
    pub fn lists(&self, feed: &str, id: ArticleId) -> Result<bool> {
        Ok(self.record(id)?.is_some_and(|record| record.feeds.iter().any(|listed| listed == feed)))
    }

    /// What followed an earlier document of a feed, if that was read to its end: the address of the one before it, empty if
    /// it was the first.
    pub fn walked(&self, feed: &str, address: &str) -> Result<Option<String>> {
        self.catalogue.walked(feed, address).map_err(|cause| self.broken(cause))
    }

    /// Notes that an earlier document of a feed was read and kept. Call it after [`commit`](Archive::commit).
    pub fn note_walked(&self, feed: &str, address: &str, before: &str) -> Result<()> {
        self.catalogue.note_walked(feed, address, before).map_err(|cause| self.broken(cause))
    }

    /// The closed documents of a feed.
    pub fn shelf(&self, feed: &str) -> Result<Shelf> {
        let read = || {
            let (documents, arrived) = (self.catalogue.closed(feed)?.0, self.catalogue.arrived(feed)?);
            Ok(Shelf { documents, arrived, joins: self.catalogue.joins(feed)?, gone: self.catalogue.gone(feed)? })
        };
        read().map_err(|cause| self.broken(cause))
    }

    /// How many arrivals of a feed stand in closed documents.
    pub fn closed_arrivals(&self, feed: &str) -> Result<u64> {
        self.catalogue.closed(feed).map(|(_, end)| end).map_err(|cause| self.broken(cause))
    }

    /// The revisions in a closed document, in the order in which they came, without what was forgotten or left the feed.
    pub fn document(&mut self, feed: &str, number: u32) -> Result<Vec<(Revision, Origin)>> {
        let read = || {
            let (start, end) =
                (self.catalogue.end_of(feed, number.saturating_sub(1))?, self.catalogue.end_of(feed, number)?);
            self.catalogue.arrivals(feed, start + 1, end.saturating_sub(start) as usize)
        };
        let arrivals = read().map_err(|cause: catalogue::Fault| self.broken(cause))?;
        let mut revisions = Vec::with_capacity(arrivals.len());
        for (at, arrival) in arrivals {
            if !self.is_gone(feed, at, arrival.id)? {
                revisions.push(self.read(arrival.id, arrival.spot)?);
            }
        }
        Ok(revisions)
    }

    /// Closes documents until every article of the feed is in one of them or is shown. An article that is shown waits, so
    /// that documents are full; a later revision of one that is not shown waits until a document is full.
    pub fn close(&mut self, feed: &str, window: &Window, now: DateTime<Utc>) -> Result<()> {
        let shown: HashSet<&ArticleId> = window.shown.iter().chain(&window.held).collect();
        let (mut number, mut end) = self.catalogue.closed(feed).map_err(|cause| self.broken(cause))?;
        loop {
            let open = self.catalogue.arrivals(feed, end + 1, DOCUMENT).map_err(|cause| self.broken(cause))?;
            let full = open.len() == DOCUMENT && open.iter().any(|(_, arrival)| !arrival.is_first());
            let shown_or_closed =
                self.all_wait(feed, &open, &shown)? && !self.behind(feed, end + open.len() as u64, &shown)?;
            if shown_or_closed && !full {
                break;
            }
            let Some((last, _)) = open.last() else { break };
            end = *last;
            number += 1;
            let (feed, entries) = (feed.to_owned(), open.len() as u32);
            self.learn(Line::Closed { v: line::VERSION, feed, number, entries, seen: now }, now)?;
        }
        self.commit(now)
    }

    /// Whether an article that is not shown came behind this arrival and stands in no document.
    fn behind(&self, feed: &str, mut end: u64, shown: &HashSet<&ArticleId>) -> Result<bool> {
        loop {
            let open = self.catalogue.arrivals(feed, end + 1, LISTED).map_err(|cause| self.broken(cause))?;
            let Some((last, _)) = open.last() else { return Ok(false) };
            end = *last;
            if !self.all_wait(feed, &open, shown)? {
                return Ok(true);
            }
        }
    }

    /// Whether an article that came to a feed as this arrival was forgotten, or left it since.
    fn is_gone(&self, feed: &str, arrival: u64, id: ArticleId) -> Result<bool> {
        self.catalogue.is_gone(feed, arrival, id).map_err(|cause| self.broken(cause))
    }

    /// Whether no arrival asks for a document: a later revision, what is shown, and what is gone does not.
    fn all_wait(&self, feed: &str, open: &[(u64, catalogue::Arrival)], shown: &HashSet<&ArticleId>) -> Result<bool> {
        for (at, arrival) in open {
            if arrival.is_first() && !shown.contains(&arrival.id) && !self.is_gone(feed, *at, arrival.id)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Lets a feed that is made of another one look at what has come to that since it last did: what `wanted` says of the
    /// id and of whether it is a later revision, decides. Tells whether it lists anything new.
    pub fn list_from(
        &mut self,
        feed: &str,
        from: &str,
        now: DateTime<Utc>,
        mut wanted: impl FnMut(&mut Archive, ArticleId, bool) -> Result<bool>,
    ) -> Result<bool> {
        let mut upto = self.catalogue.cursor(feed, from).map_err(|cause| self.broken(cause))?;
        let mut any = false;
        loop {
            let came = self.catalogue.arrivals(from, upto + 1, LISTED).map_err(|cause| self.broken(cause))?;
            let Some((last, _)) = came.last() else { break };
            upto = *last;
            let mut ids: Vec<ArticleId> = Vec::new();
            for (at, arrival) in &came {
                let listed = |record: super::record::Record| {
                    record.is_forgotten() || record.feeds.iter().any(|listed| listed == feed)
                };
                let known = ids.contains(&arrival.id) || self.record(arrival.id)?.is_none_or(listed);
                let known = known || self.is_gone(from, *at, arrival.id)?;
                if !known && wanted(self, arrival.id, !arrival.is_first())? {
                    ids.push(arrival.id);
                }
            }
            any |= !ids.is_empty();
            let (feed, from) = (feed.to_owned(), from.to_owned());
            self.learn(Line::Listed { v: line::VERSION, feed, from, upto, seen: now, ids }, now)?;
        }
        self.commit(now)?;
        Ok(any)
    }

    /// What has come to `from` since a feed that is made of it last looked, and how many arrivals that makes in all.
    pub fn unseen(&self, feed: &str, from: &str) -> Result<(Vec<ArticleId>, u64)> {
        let read = || Ok((self.catalogue.cursor(feed, from)?, self.catalogue.arrived(from)?));
        let (upto, arrived) = read().map_err(|cause| self.broken(cause))?;
        Ok((if upto < arrived { self.came(from, upto)? } else { Vec::new() }, arrived))
    }

    /// Lists articles in a feed that is made of another one, and learns how much of that has been looked at.
    pub fn list(&mut self, feed: &str, from: &str, upto: u64, ids: &[ArticleId], now: DateTime<Utc>) -> Result<()> {
        let mut parts: Vec<&[ArticleId]> = ids.chunks(LISTED).collect();
        if parts.is_empty() {
            parts.push(&[]);
        }
        for ids in parts {
            let (feed, from, ids) = (feed.to_owned(), from.to_owned(), ids.to_vec());
            self.learn(Line::Listed { v: line::VERSION, feed, from, upto, seen: now, ids }, now)?;
        }
        Ok(())
    }

    /// The articles that came to a feed behind its first `after` arrivals, each once, without what was forgotten or left it.
    pub fn came(&self, feed: &str, after: u64) -> Result<Vec<ArticleId>> {
        let (mut seen, mut ids, mut after) = (HashSet::new(), Vec::new(), after);
        loop {
            let came = self.catalogue.arrivals(feed, after + 1, LISTED).map_err(|cause| self.broken(cause))?;
            let Some((last, _)) = came.last() else { return Ok(ids) };
            after = *last;
            for (at, arrival) in came {
                if !self.is_gone(feed, at, arrival.id)? && seen.insert(arrival.id) {
                    ids.push(arrival.id);
                }
            }
        }
    }

    /// The feeds with an article whose names begin so, by name.
    pub fn feeds(&self, beginning: &str) -> Result<Vec<String>> {
        self.catalogue.feeds(beginning).map_err(|cause| self.broken(cause))
    }

    /// What [`note_published`](Archive::note_published) noted of a feed.
    pub fn published(&self, feed: &str) -> Result<Option<Vec<u8>>> {
        self.catalogue.published(feed).map_err(|cause| self.broken(cause))
    }

    /// Notes what was published of feeds, so that nothing is made again that would be the same.
    pub fn note_published(&self, notes: &[(String, Vec<u8>)]) -> Result<()> {
        self.catalogue.note_published(notes).map_err(|cause| self.broken(cause))
    }
}
