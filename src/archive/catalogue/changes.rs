//! What a run changes in the catalogue.

use crate::archive::journal::{Frame, Spot};
use crate::archive::near::Row;
use crate::archive::record::Record;
use crate::model::ArticleId;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Changes that become visible together, and are seen by the look-ups of the run that makes them.
#[derive(Debug, Default)]
pub struct Changes {
    /// New and changed records, each whole.
    pub records: HashMap<ArticleId, Record>,
    /// Those of them that are new.
    pub begun: HashSet<ArticleId>,
    /// New keys.
    pub keys: HashMap<[u8; 16], ArticleId>,
    /// Keys that a source uses for several articles.
    pub shared: HashSet<[u8; 16]>,
    /// What came to a feed, in that order: articles and later revisions of them.
    pub arrivals: Vec<Arrival>,
    /// Documents that hold arrivals for good.
    pub closed: Vec<Closing>,
    /// How much of one feed another one that is made of it has looked at.
    pub cursors: BTreeMap<(String, String), u64>,
    /// Fingerprints of what was kept, in that order.
    pub near: Vec<Row>,
    /// How often articles of a feed were joined with others, or parted from them.
    pub joins: BTreeMap<String, u64>,
    /// Frames of the journal that hold what was learnt.
    pub frames: Vec<Frame>,
    /// Articles that were forgotten: their feeds do not list them any more.
    pub forgotten: BTreeMap<ArticleId, Record>,
    /// Articles that left a feed.
    pub left: Vec<Leaving>,
}

impl Changes {
    /// Notes that the feeds with this article name other places of it than before.
    pub fn shown_otherwise(&mut self, record: &Record) {
        for feed in &record.feeds {
            *self.joins.entry(feed.clone()).or_default() += 1;
        }
    }
}

/// What came to a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// The feed.
    pub feed: String,
    /// Which article.
    pub id: ArticleId,
    /// Where the revision stands that came.
    pub spot: Spot,
    /// Since when the feed lists the article, if this is the first of it there: the run's now, in seconds since 1970.
    pub listed: Option<i64>,
    /// What stands for the publication of the article: seconds since 1970.
    pub published: i64,
}

impl Arrival {
    /// Whether it is the first of this article in the feed, and no later revision.
    pub fn is_first(&self) -> bool {
        self.listed.is_some()
    }
}

/// An article that a feed lists no more, until it comes there again.
#[derive(Debug)]
pub struct Leaving {
    /// The feed.
    pub feed: String,
    /// Which article.
    pub id: ArticleId,
    /// How many of the arrivals in these changes came before it left.
    pub after: usize,
}

/// A document that holds the next arrivals of a feed for good.
#[derive(Debug)]
pub struct Closing {
    /// The feed.
    pub feed: String,
    /// Its number, from 1.
    pub number: u32,
    /// How many arrivals it holds.
    pub entries: u32,
}
