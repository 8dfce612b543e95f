//! Entries out of pages that list articles.
//!
//! Owns the finding of the repeated block that links to articles, or of the one that CSS selectors name. In comes the tree,
//! out go raw articles with link, title, date and teaser, and the address of the next page. It follows no link and knows
//! nothing of what stands behind one.

mod entry;
mod groups;
mod links;

use super::meta::Head;
use super::tree::Tree;
use crate::date::Context;
use crate::model::{RawArticle, Selectors};
use entry::Asked;
use links::Links;
pub use links::names_article;
use std::collections::HashSet;
use std::ops::Range;
use url::Url;

/// Entries that are read of one page.
const MOST: usize = 2000;

/// What a listing page offers.
#[derive(Debug, Default)]
pub struct Listing {
    /// Its entries in the order of the page, each link once.
    pub entries: Vec<RawArticle>,
    /// Where on the page they stand: elements.
    pub spots: Vec<Range<usize>>,
    /// The address of the page that goes on where this one ends, as found.
    pub next: Option<String>,
}

/// Finds the entries: by the selectors if there are any, else by their looks; `known` to be a list, there may be one alone.
pub fn read(
    tree: &Tree,
    head: &Head,
    url: Option<&Url>,
    selectors: &Selectors,
    known: bool,
    context: &Context,
) -> Listing {
    let own = head.base.as_deref().and_then(|base| match url {
        Some(url) => url.join(base).ok(),
        None => Url::parse(base).ok(),
    });
    let links = Links::read(tree, own.as_ref().or(url), url);
    let asked = Asked::new(tree, selectors);
    let spots = match selectors.entry.as_ref().or(selectors.link.as_ref()) {
        Some(entry) => tree.select(entry).into_iter().map(|at| entry::Spot::plain(at, tree.elements[at].end)).collect(),
        None => groups::find(tree, &links, known, context),
    };
    let mut met = HashSet::new();
    let mut entries = Vec::new();
    for spot in &spots {
        let Some(found) = entry::read(tree, &links, spot, &asked, context) else { continue };
        if entries.len() < MOST && met.insert(found.target) {
            entries.push(found.article);
        }
    }
    let next = match &selectors.next {
        Some(next) => tree.select(next).into_iter().find_map(|at| links::reference(tree, at)),
        None => links::next(tree, head, &entries),
    };
    Listing { entries, spots: spots.into_iter().map(|spot| spot.range).collect(), next }
}
