//! What a definition says of where things stand on the page of an article.
//!
//! Owns the following of CSS selectors there. In come the tree and the selectors, out go the elements that they choose as what
//! looking would have found. A selector that chooses nothing is named, and looking goes on in its place.

use super::authors;
use super::body::Body;
use super::headline::Headline;
use super::tree::Tree;
use crate::date::Role;
use crate::extract::text::head::bare;
use crate::model::{DateClaim, Origin, PageSelectors};

/// The selectors with the page that they are followed on.
pub struct Chosen<'a> {
    tree: &'a Tree,
    selectors: &'a PageSelectors,
    /// Which of them chose nothing: sentences without a full stop.
    pub missed: Vec<String>,
}

impl<'a> Chosen<'a> {
    /// Takes the selectors for a page.
    pub fn new(tree: &'a Tree, selectors: &'a PageSelectors) -> Chosen<'a> {
        Chosen { tree, selectors, missed: Vec::new() }
    }

    fn select(&mut self, key: &str, selector: Option<&String>) -> Vec<usize> {
        let Some(selector) = selector else { return Vec::new() };
        let found = self.tree.select(selector);
        if found.is_empty() {
            self.missed.push(format!("`{key}` chooses nothing on the page: looking went on in its place"));
        }
        found
    }

    /// Marks what is to be left out.
    pub fn drop(&mut self, dropped: &mut [bool]) {
        // What is to be dropped need not be on each page.
        let Some(selector) = &self.selectors.drop else { return };
        for at in self.tree.select(selector) {
            dropped[at..self.tree.elements[at].end].fill(true);
        }
    }

    /// The headline.
    pub fn headline(&mut self) -> Option<Headline> {
        let found = self.select("article_title", self.selectors.title.as_ref());
        let at = found.into_iter().find(|at| !self.tree.text_of(*at).is_empty())?;
        Some(Headline { text: self.tree.text_of(at), element: Some(at) })
    }

    /// The names of the authors.
    pub fn authors(&mut self) -> Option<Vec<String>> {
        let found = self.select("article_author", self.selectors.author.as_ref());
        let mut names: Vec<String> = Vec::new();
        for text in found.into_iter().map(|at| self.tree.text_of(at)).filter(|text| !text.is_empty()) {
            let some = authors::names(&text);
            names.extend(if some.is_empty() { vec![text] } else { some });
        }
        (!names.is_empty()).then_some(names)
    }

    /// The date.
    pub fn date(&mut self) -> Option<DateClaim> {
        let at = self.select("article_date", self.selectors.date.as_ref()).into_iter().next()?;
        let said = ["datetime", "content"].iter().find_map(|name| self.tree.attr(at, name));
        let words = said.filter(|said| !said.trim().is_empty()).unwrap_or_else(|| self.tree.text_of(at));
        (!words.is_empty()).then_some(DateClaim { role: Role::Published, words, origin: Origin::Time })
    }

    /// The text: all that the chosen elements hold and that is not left out, without the headline.
    pub fn body(&mut self, dropped: &mut [bool], headline: Option<&Headline>) -> Option<Body> {
        let found = self.select("article_body", self.selectors.body.as_ref());
        let (first, last) = (*found.first()?, *found.last()?);
        let tree = self.tree;
        let container = tree.around(first).find(|around| (*around..tree.elements[*around].end).contains(&last))?;
        // Names do not count in what was chosen by hand.
        for at in &found {
            dropped[*at..tree.elements[*at].end].fill(false);
        }
        self.drop(dropped);
        let title = headline.map(|headline| bare(&headline.text)).unwrap_or_default();
        let mut keep = vec![false; tree.blocks.len()];
        for at in found.iter().flat_map(|at| tree.elements[*at].blocks.clone()) {
            keep[at] = !dropped[tree.blocks[at].element] && bare(&tree.block_text(at)) != title;
        }
        let words = keep.iter().zip(&tree.blocks).filter(|(keep, _)| **keep).map(|(_, block)| block.words).sum();
        Some(Body { container, keep, words, whole: true })
    }
}
