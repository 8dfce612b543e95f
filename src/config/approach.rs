//! How a source is read: the keys of a `[[source]]` beside its place.

use super::filter::Pattern;
use super::keys::Table;
use crate::error::Result;
use crate::model::{Article, Kind, PageSelectors, Selectors};
use std::time::Duration;

/// How a source is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Approach {
    /// `kind`: what is there; found out by looking, if nothing is said.
    pub kind: Option<Kind>,
    /// `full`: whether the entries of a list are followed to their pages; those of listings and sitemaps are by default, those
    /// of feeds are not.
    pub full: Option<bool>,
    /// `history`: whether a feed is followed back to its beginning.
    pub history: bool,
    /// `pages`: of a listing, how many are read while they bring something new; 1 by default.
    pub pages: usize,
    /// `entry`, `link`, `title`, `date`, `summary`, `next`: where the entries of a listing stand; `article_title`,
    /// `article_author`, `article_date`, `article_body`, `article_drop`: what stands where on the page of an article.
    pub selectors: Selectors,
    /// `links`: regular expressions; only entries in whose address one of these is found.
    pub links: Vec<Pattern>,
    /// `every`: between two looks; learnt, if nothing is said.
    pub every: Option<Duration>,
}

impl Default for Approach {
    fn default() -> Approach {
        Approach {
            kind: None,
            full: None,
            history: false,
            pages: 1,
            selectors: Selectors::default(),
            links: Vec::new(),
            every: None,
        }
    }
}

impl Approach {
    /// Takes its keys out of the table of a source. `every` is that of the definition.
    pub(super) fn read(table: &mut Table, every: Option<Duration>) -> Result<Approach> {
        let kinds =
            [("article", Kind::Article), ("feed", Kind::Feed), ("listing", Kind::Listing), ("sitemap", Kind::Sitemap)];
        let selectors = Selectors {
            entry: table.selector("entry")?,
            link: table.selector("link")?,
            title: table.selector("title")?,
            date: table.selector("date")?,
            summary: table.selector("summary")?,
            next: table.selector("next")?,
            page: PageSelectors {
                title: table.selector("article_title")?,
                author: table.selector("article_author")?,
                date: table.selector("article_date")?,
                body: table.selector("article_body")?,
                drop: table.selector("article_drop")?,
            },
        };
        let kind = table.choice("kind", &kinds)?;
        Ok(Approach {
            // Who says where the entries stand says that there are some.
            kind: kind.or(selectors.find_entries().then_some(Kind::Listing)),
            full: table.flag("full")?,
            history: table.flag("history")?.unwrap_or_default(),
            pages: table.count("pages", 1..=1000)?.unwrap_or(1),
            links: table.address_patterns("links")?,
            every: table.duration("every")?.or(every),
            selectors,
        })
    }

    /// Whether an entry is to be followed, by its address.
    pub fn wants(&self, entry: &Article) -> bool {
        self.links.is_empty() || self.links.iter().any(|pattern| pattern.is_in(entry))
    }

    /// What tells it from other ways of reading the same; nothing for the usual one.
    pub fn described(&self) -> String {
        let usual = Approach { history: self.history, every: self.every, ..Approach::default() };
        match *self == usual {
            true => String::new(),
            false => {
                let links: Vec<String> = self.links.iter().map(Pattern::described).collect();
                format!(" {:?} {:?} {} {:?} {links:?}", self.kind, self.full, self.pages, self.selectors)
            }
        }
    }
}
