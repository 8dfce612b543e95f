//! What a first look at the whole journal finds out about its articles, in few bytes for each.

use super::place::{Place, Places};
use crate::archive::line::Line;
use crate::model::ArticleId;
use std::collections::HashMap;

/// The articles of a journal.
#[derive(Debug, Default)]
pub struct Known {
    articles: HashMap<ArticleId, Article>,
    /// Names of feeds.
    names: Vec<String>,
    /// Lists of feeds, each once: most articles are in one of a few. The first is the empty one.
    lists: Vec<Vec<u16>>,
    /// A list with one more feed is which list.
    longer: HashMap<(u32, u16), u32>,
}

/// An article: most stand at one place, and nothing else is said of them.
#[derive(Debug)]
struct Article {
    /// The number of its list.
    feeds: u32,
    newest: Place,
    /// What stands before that, and what else is told.
    more: Option<Box<Places>>,
}

impl Known {
    /// Takes note of a line.
    pub fn add(&mut self, line: &Line, place: Place) {
        if let Line::Forgotten { ids, .. } = line {
            ids.iter().for_each(|id| drop(self.articles.remove(id)));
        }
        match (line, line.articles()) {
            (Line::Revision { .. }, [id]) => {
                self.articles
                    .entry(*id)
                    .and_modify(|known| {
                        known.more.get_or_insert_default().revisions.push(known.newest);
                        known.newest = place;
                    })
                    .or_insert(Article { feeds: 0, newest: place, more: None });
            }
            (Line::Place { .. } | Line::Joined { .. } | Line::Parted { .. }, [id]) => {
                if let Some(known) = self.articles.get_mut(id) {
                    known.more.get_or_insert_default().told.push(place);
                }
            }
            _ => {}
        }
        if let Some(feed) = line.feed() {
            let feed = self.feed(feed);
            line.articles().iter().for_each(|id| self.list(*id, feed));
        }
        if let Some(feed) = line.left() {
            let feed = self.feed(feed);
            line.articles().iter().for_each(|id| self.leave(*id, feed));
        }
    }

    fn feed(&mut self, name: &str) -> u16 {
        let number = self.names.iter().position(|known| known == name).unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        number as u16
    }

    fn list(&mut self, id: ArticleId, feed: u16) {
        let Some(known) = self.articles.get_mut(&id) else { return };
        let Known { lists, longer, .. } = self;
        if lists.is_empty() {
            lists.push(Vec::new());
        }
        let Some(list) = lists.get(known.feeds as usize).filter(|list| !list.contains(&feed)) else { return };
        let mut with = list.clone();
        known.feeds = *longer.entry((known.feeds, feed)).or_insert_with(|| {
            with.push(feed);
            lists.push(with);
            (lists.len() - 1) as u32
        });
    }

    fn leave(&mut self, id: ArticleId, feed: u16) {
        let Some(known) = self.articles.get_mut(&id) else { return };
        let Some(list) = self.lists.get(known.feeds as usize) else { return };
        let without: Vec<u16> = list.iter().copied().filter(|listed| *listed != feed).collect();
        let number = self.lists.iter().position(|list| *list == without).unwrap_or_else(|| {
            self.lists.push(without);
            self.lists.len() - 1
        });
        known.feeds = number as u32;
    }

    /// How many articles there are.
    pub fn len(&self) -> usize {
        self.articles.len()
    }

    /// The feeds that list an article, and where it stands, if it is its newest revision that stands here.
    pub fn newest_at(&self, id: ArticleId, place: Place) -> Option<(Vec<String>, Places)> {
        let known = self.articles.get(&id).filter(|known| known.newest == place)?;
        let list = self.lists.get(known.feeds as usize).map(Vec::as_slice).unwrap_or_default();
        let feeds = list.iter().filter_map(|number| self.names.get(usize::from(*number)).cloned()).collect();
        let mut places = known.more.as_deref().cloned().unwrap_or_default();
        places.revisions.push(place);
        Some((feeds, places))
    }
}
