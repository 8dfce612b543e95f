//! Near-duplicates: which kept articles may be the same report, joining what is, and parting what is not.

use super::journal::Position;
use super::line::{self, Line};
use super::near::{self, Near};
use super::{Archive, Found};
use crate::error::Result;
use crate::identify::{Fingerprint, Key, Look, Reason};
use crate::model::{Article, ArticleId, Revision};
use chrono::{DateTime, Utc};

/// Articles that are compared with a new one, at most.
const COMPARED: usize = 6;

/// A place where another paper has an article in words of its own.
#[derive(Debug, Clone)]
pub struct Joined {
    /// The feed that found it there.
    pub feed: String,
    /// The place.
    pub place: String,
    /// The keys that were learnt there.
    pub keys: Vec<Key>,
    /// What stands there.
    pub article: Article,
    /// The version of the reading.
    pub reader: u16,
    /// Whether nothing else that the feed found is this article.
    pub alone: bool,
}

impl Archive {
    /// The articles of the last days from other sites that were never seen at this place and may be the same report as a
    /// text with this fingerprint, the likeliest first. Those that cannot be read are none.
    pub fn like(&mut self, print: &Fingerprint, site: u32, found: &Found) -> Result<Vec<Revision>> {
        let near = match self.near.take() {
            Some(near) => near,
            None => {
                let today = u32::try_from(found.seen.timestamp() / 86_400).unwrap_or_default();
                let since = today.saturating_sub(near::DAYS);
                let mut rows = self.catalogue.near(since).map_err(|cause| self.broken(cause))?;
                rows.extend(self.changes.near.iter().filter(|row| row.day >= since));
                Near::new(rows)
            }
        };
        let ids = near.like(print);
        self.near = Some(near);
        let mut like = Vec::new();
        for id in ids {
            if like.len() == COMPARED {
                break;
            }
            let Some(record) = self.record(id)?.filter(|record| record.site != site) else { continue };
            // In a rehearsal, what was learnt first may be let go.
            let is_lost = record.newest().file == 0 && self.pending_line(record.newest()).is_none();
            if is_lost || record.is_forgotten() || record.has_place(found.place) {
                continue;
            }
            if let Ok((revision, _)) = self.revision(id) {
                like.push(revision);
            }
        }
        Ok(like)
    }

    /// Learns that another paper has an article in words of its own. The feed lists it if `listed`.
    pub fn join(
        &mut self,
        id: ArticleId,
        article: Article,
        keys: &[Key],
        why: Reason,
        listed: bool,
        found: &Found,
    ) -> Result<()> {
        // The words of the copy may be known from elsewhere; what leads to it leads to the article from now on.
        let keys = self.unknown(keys)?;
        let line = Line::Joined {
            v: line::VERSION,
            id,
            feed: found.feed.to_owned(),
            place: found.place.to_owned(),
            seen: found.seen,
            why,
            reader: found.reader,
            listed,
            keys,
            article: Box::new(article),
        };
        self.learn(line, found.seen)
    }

    /// The places that are joined to an article, from the journal: where to look in it, the index knows.
    pub fn joined(&mut self, id: ArticleId) -> Result<Vec<Joined>> {
        let mut found = Places::default();
        // A rehearsal leaves the index as it is: it may not have seen all.
        let lines = if self.dry { None } else { self.ask(|index| index.lines(id))?.0 };
        match lines {
            Some(lines) => lines.into_iter().for_each(|line| found.add(line)),
            None => {
                self.journal.scan(Position::default(), |_, _, line| {
                    if line.articles() == [id] {
                        found.add(line);
                    }
                    Ok(())
                })?;
            }
        }
        Ok(found.joined())
    }

    /// Makes what stands at a joined place an article of its own, which keeps its keys: so it is never joined again. A feed that
    /// found nothing else of the article lists it no more. Returns the id of the new one.
    pub fn part(&mut self, id: ArticleId, joined: Joined, now: DateTime<Utc>) -> Result<ArticleId> {
        let Joined { feed, place, mut keys, article, reader, alone } = joined;
        keys.sort();
        keys.dedup();
        let own = crate::identify::id_of(&keys);
        let scope = String::new();
        let found = Found { feed: &feed, place: &place, scope: &scope, seen: now, reader };
        let look = Look::at(&article, &feed, false, now);
        let own = self.keep_new(own, article, &look, &keys, Reason::Parted, &found)?;
        let leaves = alone.then_some(feed);
        self.learn(Line::Parted { v: line::VERSION, id, place, leaves, seen: now }, now)?;
        Ok(own)
    }
}

/// Where an article stands, as the lines about it say.
#[derive(Debug, Default)]
struct Places {
    joined: Vec<Joined>,
    /// Feeds and places that show the article itself.
    own: Vec<(String, String)>,
}

impl Places {
    /// Adds what the next line about the article says.
    fn add(&mut self, line: Line) {
        match line {
            Line::Joined { feed, place, keys, article, reader, .. } => {
                self.joined.push(Joined { feed, place, keys, article: *article, reader, alone: true });
            }
            Line::Place { place, keys, feed, .. } => {
                // What the place was known by later.
                match self.joined.iter_mut().find(|joined| joined.place == place) {
                    Some(joined) => joined.keys.extend(keys),
                    None => self.own.push((feed, place)),
                }
            }
            Line::Revision { feed, place, .. } => self.own.push((feed, place)),
            Line::Parted { place, .. } => self.joined.retain(|joined| joined.place != place),
            _ => {}
        }
    }

    /// What is joined to it.
    fn joined(mut self) -> Vec<Joined> {
        let places: Vec<(String, String)> =
            self.joined.iter().map(|joined| (joined.feed.clone(), joined.place.clone())).collect();
        for joined in &mut self.joined {
            let other = |(feed, place): &(String, String)| *feed == joined.feed && *place != joined.place;
            joined.alone = !self.own.iter().chain(&places).any(other);
        }
        self.joined
    }
}
