//! What a first look at the whole journal finds out about its articles, in few bytes for each.

use super::place::{Place, Places};
use crate::archive::line::Line;
use crate::model::ArticleId;
use hashbrown::HashTable;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// The articles of a journal. Of each there are some fifty bytes: with a map from ids to what is known of them, half of its room
/// would be empty.
#[derive(Debug, Default)]
pub struct Known {
    articles: Vec<Article>,
    /// Where an article stands in there, by its id.
    numbers: HashTable<u32>,
    hasher: RandomState,
    /// What stands before the newest revision of an article, and what else is told of it: of most, nothing.
    more: HashMap<u32, Places>,
    /// Names of feeds.
    names: Vec<String>,
    /// Lists of feeds, each once: most articles are in one of a few. The first is the empty one.
    lists: Vec<Vec<u16>>,
    /// A list with one more feed is which list.
    longer: HashMap<(u32, u16), u32>,
}

/// An article.
#[derive(Debug)]
struct Article {
    id: ArticleId,
    /// The number of its list.
    feeds: u32,
    newest: Place,
}

impl Known {
    /// Takes note of a line.
    pub fn add(&mut self, line: &Line, place: Place) {
        if let Line::Forgotten { ids, .. } = line {
            ids.iter().for_each(|id| self.forget(*id));
        }
        match (line, line.articles()) {
            (Line::Revision { .. }, [id]) => self.revise(*id, place),
            (Line::Place { .. } | Line::Joined { .. } | Line::Parted { .. }, [id]) => {
                if let Some(number) = self.number(*id) {
                    self.more.entry(number).or_default().told.push(place);
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

    fn number(&self, id: ArticleId) -> Option<u32> {
        let is_it = |number: &u32| self.articles.get(*number as usize).is_some_and(|known| known.id == id);
        self.numbers.find(self.hasher.hash_one(id), is_it).copied()
    }

    fn article(&mut self, id: ArticleId) -> Option<&mut Article> {
        let number = self.number(id)?;
        self.articles.get_mut(number as usize)
    }

    fn revise(&mut self, id: ArticleId, place: Place) {
        let Some(number) = self.number(id) else {
            let Known { articles, numbers, hasher, .. } = self;
            let number = articles.len() as u32;
            if articles.len() == articles.capacity() {
                // Twice as much room would be as much that is empty.
                articles.reserve_exact(articles.len() / 4 + 64);
            }
            articles.push(Article { id, feeds: 0, newest: place });
            let hash = |number: &u32| hasher.hash_one(articles[*number as usize].id);
            numbers.insert_unique(hasher.hash_one(id), number, hash);
            return;
        };
        if let Some(known) = self.articles.get_mut(number as usize) {
            self.more.entry(number).or_default().revisions.push(known.newest);
            known.newest = place;
        }
    }

    fn forget(&mut self, id: ArticleId) {
        let Some(number) = self.number(id) else { return };
        if let Ok(entry) = self.numbers.find_entry(self.hasher.hash_one(id), |other| *other == number) {
            entry.remove();
        }
        self.more.remove(&number);
    }

    fn feed(&mut self, name: &str) -> u16 {
        let number = self.names.iter().position(|known| known == name).unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        number as u16
    }

    fn list(&mut self, id: ArticleId, feed: u16) {
        let Some(number) = self.number(id) else { return };
        let Known { articles, lists, longer, .. } = self;
        let Some(known) = articles.get_mut(number as usize) else { return };
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
        let Some(from) = self.article(id).map(|known| known.feeds) else { return };
        let Some(list) = self.lists.get(from as usize) else { return };
        let without: Vec<u16> = list.iter().copied().filter(|listed| *listed != feed).collect();
        let number = self.lists.iter().position(|list| *list == without).unwrap_or_else(|| {
            self.lists.push(without);
            self.lists.len() - 1
        });
        if let Some(known) = self.article(id) {
            known.feeds = number as u32;
        }
    }

    /// How many articles there are.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The feeds that list an article, and where it stands, if it is its newest revision that stands here.
    pub fn newest_at(&self, id: ArticleId, place: Place) -> Option<(Vec<String>, Places)> {
        let number = self.number(id)?;
        let known = self.articles.get(number as usize).filter(|known| known.newest == place)?;
        let list = self.lists.get(known.feeds as usize).map(Vec::as_slice).unwrap_or_default();
        let feeds = list.iter().filter_map(|number| self.names.get(usize::from(*number)).cloned()).collect();
        let mut places = self.more.get(&number).cloned().unwrap_or_default();
        places.revisions.push(place);
        Some((feeds, places))
    }
}
