//! What has been found of a feed or of one entry while it is read: for each field the best
//! candidate so far. Decides between several elements that say the same, by the ranks of the
//! table; at equal rank the first counts, of dates the last.

use super::address::Base;
use crate::model::{DateClaim, Enclosure, Markup, Origin, RawArticle, RawFeed, Role};

/// The best candidate for a field.
#[derive(Debug)]
struct Slot<T>(Option<(u8, T)>);

impl<T> Default for Slot<T> {
    fn default() -> Slot<T> {
        Slot(None)
    }
}

impl<T> Slot<T> {
    fn beats(&self, rank: u8) -> bool {
        self.0.as_ref().is_some_and(|(held, _)| *held <= rank)
    }

    fn offer(&mut self, rank: u8, value: T) {
        if !self.beats(rank) {
            self.0 = Some((rank, value));
        }
    }

    fn take(self) -> Option<T> {
        self.0.map(|(_, value)| value)
    }
}

/// A feed or an entry in the making.
#[derive(Debug, Default)]
pub struct Draft {
    title: Slot<Markup>,
    summary: Slot<(Markup, Base)>,
    body: Slot<(Markup, Base)>,
    link: Slot<String>,
    id: Slot<String>,
    /// An identifier that is an address, too (RSS 2.0 `guid`).
    permalink: Option<String>,
    dates: Vec<(u8, DateClaim)>,
    authors: Vec<(u8, String)>,
    tags: Vec<String>,
    enclosures: Vec<Enclosure>,
    language: Option<String>,
    /// How often the feed changes.
    pub pace: Pace,
}

/// No entry has more dates, authors, tags or files than this; what comes after is no longer one.
const MANY: usize = 1000;

/// A second teaser stands in for the whole text, but loses to any other.
const SECOND_TEASER: u8 = 9;

impl Draft {
    /// A title, with the rank of its element in the table, as for all that follow.
    pub fn title(&mut self, rank: u8, title: Markup) {
        self.title.offer(rank, title);
    }

    /// RSS knows one teaser, `description`. What stands beside it under another name of the first
    /// rank is the longer or the shorter version of the same: the whole text, if nothing else is.
    pub fn summary(&mut self, rank: u8, summary: Markup, base: Base) {
        if rank == 0 && self.summary.beats(0) {
            self.body.offer(SECOND_TEASER, (summary, base));
        } else {
            self.summary.offer(rank, (summary, base));
        }
    }

    /// The whole text, and where relative links in it start from.
    pub fn body(&mut self, rank: u8, body: Markup, base: Base) {
        self.body.offer(rank, (body, base));
    }

    /// The address of the page.
    pub fn link(&mut self, rank: u8, link: String) {
        if !link.is_empty() {
            self.link.offer(rank, link);
        }
    }

    /// The identifier.
    pub fn id(&mut self, rank: u8, id: &str) {
        if !id.is_empty() {
            self.id.offer(rank, id.to_owned());
        }
    }

    /// An identifier that is an address, too: the link, if there is no other.
    pub fn permalink(&mut self, address: String) {
        self.permalink.get_or_insert(address);
    }

    /// Words for a date, and what the element says of it.
    pub fn date(&mut self, role: Role, rank: u8, words: &str) {
        if !words.is_empty() && self.dates.len() < MANY {
            self.dates.push((rank, DateClaim { role, words: words.to_owned(), origin: Origin::Feed }));
        }
    }

    /// A name.
    pub fn author(&mut self, rank: u8, name: &str) {
        if !name.is_empty() && self.authors.len() < MANY {
            self.authors.push((rank, name.to_owned()));
        }
    }

    /// A tag.
    pub fn tag(&mut self, tag: &str) {
        if !tag.is_empty() && self.tags.len() < MANY {
            self.tags.push(tag.to_owned());
        }
    }

    /// The same file is often named twice, as `enclosure` and as `media:content`.
    pub fn enclosure(&mut self, enclosure: Enclosure) {
        let last = self.enclosures.len().saturating_sub(16);
        let known = self.enclosures[last..].iter().any(|known| known.url == enclosure.url);
        if !enclosure.url.is_empty() && !known && self.enclosures.len() < MANY {
            self.enclosures.push(enclosure);
        }
    }

    /// The language; the first counts.
    pub fn language(&mut self, language: &str) {
        if !language.is_empty() && self.language.is_none() {
            self.language = Some(language.to_owned());
        }
    }

    /// The authors of the best rank: others are the same people under the names of other
    /// vocabularies.
    fn authors(found: Vec<(u8, String)>) -> Vec<String> {
        let best = found.iter().map(|(rank, _)| *rank).min();
        found.into_iter().filter(|(rank, _)| Some(*rank) == best).map(|(_, name)| name).collect()
    }

    /// The entry. `base` is the one in force in it.
    pub fn into_article(self, base: Base) -> RawArticle {
        let (body, body_base) = self.body.take().unzip();
        let (summary, summary_base) = self.summary.take().unzip();
        let base = body_base.or(summary_base).flatten().or(base);
        let mut dates = self.dates;
        dates.reverse();
        dates.sort_by_key(|(rank, _)| *rank);
        // Room for several is kept else, and most entries have one.
        let mut dates: Vec<DateClaim> = dates.into_iter().map(|(_, claim)| claim).collect();
        dates.shrink_to_fit();
        RawArticle {
            title: self.title.take(),
            authors: Draft::authors(self.authors),
            dates,
            link: self.link.take().or(self.permalink),
            guid: self.id.take(),
            summary,
            body,
            base: base.map(|base| base.to_string()),
            language: self.language,
            tags: self.tags,
            enclosures: self.enclosures,
            ..RawArticle::default()
        }
    }

    /// The feed.
    pub fn into_head(self, base: Base) -> RawFeed {
        let updated = self
            .dates
            .into_iter()
            .rev()
            .min_by_key(|(rank, claim)| match claim.role {
                Role::Updated => *rank,
                Role::Unknown => 50 + *rank,
                _ => 100 + *rank,
            })
            .map(|(_, claim)| claim);
        RawFeed {
            title: self.title.take(),
            subtitle: self.summary.take().map(|(summary, _)| summary),
            link: self.link.take(),
            id: self.id.take(),
            authors: Draft::authors(self.authors),
            updated,
            tags: self.tags,
            language: self.language,
            base: base.map(|base| base.to_string()),
            minutes: self.pace.minutes(),
        }
    }
}

/// How often a feed changes, as it says.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pace {
    /// Minutes of RSS `ttl`.
    pub ttl: Option<u64>,
    /// Minutes of `sy:updatePeriod`.
    pub period: Option<u64>,
    /// `sy:updateFrequency`.
    pub frequency: Option<u64>,
}

impl Pace {
    /// Minutes for which the feed stays as it is.
    fn minutes(self) -> Option<u64> {
        let counted = self.period.map(|period| period / self.frequency.unwrap_or(1).max(1));
        self.ttl.max(counted).filter(|minutes| *minutes > 0)
    }
}
