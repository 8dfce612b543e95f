//! What the overview and the list of subscriptions tell of a feed, without holding its articles.

use crate::emit::item::{self, page_of};
use crate::model::{Channel, Precision};
use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use url::Url;

/// One feed among all of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The name of its folder.
    pub name: String,
    /// Its title, one line.
    pub title: String,
    /// One line; empty if there is none.
    pub description: String,
    /// The address of the site that it speaks of.
    pub link: Option<String>,
    /// BCP 47 tag.
    pub language: String,
    /// Where `public/` will be seen.
    pub base: Option<Url>,
    /// The newest change.
    pub updated: DateTime<FixedOffset>,
    /// How many entries it has.
    pub entries: usize,
    /// The newest of them, newest first, at most [`Summary::LATEST`].
    pub latest: Vec<Headline>,
}

/// An entry as the overview shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headline {
    /// Its title, one line.
    pub title: String,
    /// Its page, as seen from the folder of the feed.
    pub page: String,
    /// When it was published.
    pub published: DateTime<FixedOffset>,
    /// How exact that is; `None`: it is the time of first sight.
    pub precision: Option<Precision>,
    /// BCP 47 tag, if it is not the feed's.
    pub language: Option<String>,
}

impl Summary {
    /// How many headlines the overview shows of a feed.
    pub const LATEST: usize = 3;

    /// Takes from a feed what the overview tells of it.
    pub fn of(channel: &Channel) -> Summary {
        let headline = |entry| Headline {
            title: item::title(entry).into_owned(),
            page: page_of(entry),
            published: entry.published,
            precision: entry.precision,
            language: entry.language.clone(),
        };
        Summary {
            name: channel.name.clone(),
            title: item::feed_title(channel).into_owned(),
            description: item::line(&channel.description).into_owned(),
            link: channel.link.as_deref().and_then(item::address).map(String::from),
            language: channel.language.clone(),
            base: channel.base.clone(),
            updated: channel.updated,
            entries: channel.entries.len(),
            latest: channel.entries.iter().take(Summary::LATEST).map(headline).collect(),
        }
    }

    /// The absolute address of a file of this feed, such as `rss.xml`; `None` without a base.
    pub fn address(&self, file: &str) -> Option<String> {
        let address = self.base.as_ref()?.join(&format!("{}/{file}", self.name)).ok()?;
        Some(address.into())
    }
}
