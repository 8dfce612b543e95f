//! What the head of a page says: `<meta>`, `<link>`, `<title>`, `<base>`, `<html lang>`.
//!
//! Owns the names of these. In comes the tree, out goes one [`Head`]. It chooses nothing.

use super::tree::Tree;
use crate::text::fold;
use std::collections::HashMap;

/// Feeds that are taken note of.
const MOST_FEEDS: usize = 12;

/// The head of a page.
#[derive(Debug, Default)]
pub struct Head {
    /// `<meta>` by name, property or itemprop in lower case, in the order of the page.
    meta: HashMap<String, Vec<String>>,
    /// `<title>`.
    pub title: Option<String>,
    /// `<link rel=canonical>`.
    pub canonical: Option<String>,
    /// `<link rel=alternate>` of a feed's type, then links on the page that look like those of feeds.
    pub feeds: Vec<String>,
    /// `<base href>`.
    pub base: Option<String>,
    /// `<html lang>`.
    pub language: Option<String>,
    /// `<link rel=next>`.
    pub next: Option<String>,
}

impl Head {
    /// Reads the head.
    pub fn read(tree: &Tree) -> Head {
        let mut head = Head::default();
        for (at, element) in tree.elements.iter().enumerate() {
            match &*element.name {
                "meta" => head.meta(tree, at),
                "link" => head.link(tree, at),
                "title" if head.title.is_none() => head.title = Some(tree.text_of(at)).filter(|t| !t.is_empty()),
                "base" if head.base.is_none() => head.base = tree.attr(at, "href"),
                "html" => {
                    let lang = tree.attr(at, "lang").or_else(|| tree.attr(at, "xml:lang"));
                    head.language = lang.map(|l| fold(&l)).filter(|l| !l.is_empty());
                }
                _ => {}
            }
        }
        head.linked_feeds(tree);
        head
    }

    /// Feeds that the page links to rather than names in its head.
    fn linked_feeds(&mut self, tree: &Tree) {
        const ENDS: [&str; 9] =
            ["/feed", "/rss", ".rss", ".atom", "rss.xml", "atom.xml", "feed.xml", "feed.json", "/rss.php"];
        const WORDS: [&str; 7] = ["rss", "rss-feed", "rss feed", "atom", "atom-feed", "newsfeed", "feed abonnieren"];
        for (at, element) in tree.elements.iter().enumerate().filter(|(_, element)| &*element.name == "a") {
            let Some(href) = tree.attr(at, "href").map(|href| href.trim().to_owned()) else { continue };
            let lower = href.to_lowercase();
            let (path, query) = lower.split_once('?').unwrap_or((&lower, ""));
            let kind = || tree.attr(at, "type").unwrap_or_default().to_lowercase();
            let named = ENDS.iter().any(|end| path.trim_end_matches('/').ends_with(end)) || query.starts_with("feed=");
            let feed = named
                || element.text.len() <= 20 && WORDS.contains(&tree.text_of(at).to_lowercase().as_str())
                || kind().contains("rss+xml")
                || kind().contains("atom+xml");
            if feed && !lower.starts_with('#') && !self.feeds.contains(&href) && self.feeds.len() < MOST_FEEDS {
                self.feeds.push(href);
            }
        }
    }

    fn meta(&mut self, tree: &Tree, at: usize) {
        let Some(content) = tree.attr(at, "content").map(|c| fold(&c)).filter(|c| !c.is_empty()) else { return };
        for name in ["property", "name", "itemprop", "http-equiv"] {
            if let Some(name) = tree.attr(at, name) {
                self.meta.entry(fold(&name).to_lowercase()).or_default().push(content.clone());
            }
        }
    }

    fn link(&mut self, tree: &Tree, at: usize) {
        let (Some(rel), Some(href)) = (tree.attr(at, "rel"), tree.attr(at, "href")) else { return };
        let href = href.trim().to_owned();
        if href.is_empty() {
            return;
        }
        for rel in rel.to_lowercase().split_whitespace() {
            match rel {
                "canonical" if self.canonical.is_none() => self.canonical = Some(href.clone()),
                "next" if self.next.is_none() => self.next = Some(href.clone()),
                "alternate" | "feed" => {
                    let kind = tree.attr(at, "type").unwrap_or_default().to_lowercase();
                    let feed = rel == "feed"
                        || ["rss+xml", "atom+xml", "feed+json", "rdf+xml"].iter().any(|known| kind.contains(known));
                    if feed && !self.feeds.contains(&href) {
                        self.feeds.push(href.clone());
                    }
                }
                _ => {}
            }
        }
    }

    /// The first value of the first of these names that has one.
    pub fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.meta.get(*name)?.first()).map(String::as_str)
    }

    /// All values of a name.
    pub fn all(&self, name: &str) -> &[String] {
        self.meta.get(name).map_or(&[], Vec::as_slice)
    }
}
