//! Which part of a page is the body of its article, and which blocks within it are not of it.
//!
//! Owns the choice of the container and of the blocks. In comes the tree with the parts that are
//! out already, out goes a [`Body`]. It writes no HTML.

mod boxes;
mod lead;
mod tail;
mod worth;

use crate::date::Context;
use crate::extract::furniture::{self, Furniture};
use crate::extract::page::headline::Headline;
use crate::extract::page::tree::Tree;
use crate::extract::text::head::bare;
use boxes::{box_end, card, is_section, stands_apart};
use lead::names_title;
use std::ops::Range;
pub use tail::drop_lives;
use tail::{drop_appeals, drop_last_headings, drop_link_lists};
pub use worth::in_figure;
use worth::{Worth, is_date_line, of_article};

/// A body of fewer words is none, unless the whole page is small.
pub const SMALL: usize = 15;

/// The body of an article.
pub struct Body {
    /// The element that holds it.
    pub container: usize,
    /// For each block of the page whether it is of the article.
    pub keep: Vec<bool>,
    /// The words of running text among them.
    pub words: usize,
    /// Whether the page is so small that all of it counts.
    pub whole: bool,
}

/// Finds the body.
pub fn find(
    tree: &Tree,
    dropped: &[bool],
    headline: Option<&Headline>,
    lead: Option<&str>,
    context: &Context,
) -> Option<Body> {
    let found = largest(tree, dropped, headline, lead, context);
    match found {
        Some(body) if body.words >= SMALL => Some(body),
        found => whole(tree, dropped, headline, context).or(found),
    }
}

/// A page of a few words that are no links, under a headline, is an article as a whole: a note that somebody saved.
fn whole(tree: &Tree, dropped: &[bool], headline: Option<&Headline>, context: &Context) -> Option<Body> {
    let shown: usize = tree.blocks.iter().map(|block| block.words).sum();
    let linked: usize = tree.blocks.iter().map(|block| block.linked).sum();
    let title = bare(&headline?.text);
    if shown > 4 * SMALL || linked * 4 > shown {
        return None;
    }
    let container = tree.elements.iter().position(|element| &*element.name == "body")?;
    let of_body = |at: usize| {
        let text = tree.block_text(at);
        // The title of the document says nothing that the headline does not.
        tree.elements[container].blocks.contains(&at)
            && !dropped[tree.blocks[at].element]
            && bare(&text) != title
            && !is_date_line(&text, context)
    };
    let keep: Vec<bool> = (0..tree.blocks.len()).map(of_body).collect();
    let words = keep.iter().zip(&tree.blocks).filter(|(keep, _)| **keep).map(|(_, block)| block.words).sum();
    (words > 0).then_some(Body { container, keep, words, whole: true })
}

fn largest(
    tree: &Tree,
    dropped: &[bool],
    headline: Option<&Headline>,
    said: Option<&str>,
    context: &Context,
) -> Option<Body> {
    let worth: Vec<Worth> = (0..tree.blocks.len()).map(|at| worth::worth(tree, at, dropped)).collect();
    let container = container(tree, dropped, &worth)?;
    let mut keep = vec![false; tree.blocks.len()];
    let range = tree.elements[container].blocks.clone();
    filter(tree, dropped, &worth, range.clone(), headline, context, &mut keep);
    lead::lead(tree, dropped, &range, headline, said, &mut keep);
    let words = keep.iter().zip(&tree.blocks).filter(|(keep, _)| **keep).map(|(_, block)| block.words).sum();
    Some(Body { container, keep, words, whole: false })
}

/// The element with the most running text at the least noise: words of the one less words of the
/// other, the smaller element among equals.
fn container(tree: &Tree, dropped: &[bool], worth: &[Worth]) -> Option<usize> {
    let mut sums: Vec<i64> = vec![0];
    let mut sum = 0;
    for (at, block) in tree.blocks.iter().enumerate() {
        let words = block.words as i64;
        sum += match worth[at] {
            _ if dropped[block.element] => 0,
            Worth::Prose => words - 2 * block.linked as i64,
            Worth::Neutral => 0,
            // A label costs little: short articles stand among many of them.
            Worth::Noise => -(words.min(30) / 4 + 1),
        };
        sums.push(sum);
    }
    let value = |at: usize| sums[tree.elements[at].blocks.end] - sums[tree.elements[at].blocks.start];
    let may = |at: &usize| !dropped[*at] && can_hold(&tree.elements[*at].name);
    let most = (0..tree.elements.len()).filter(may).map(value).max().filter(|most| *most > 0)?;
    // The innermost element that holds nearly all of it: what little is outside is of the page.
    const SHARE: i64 = 90;
    (0..tree.elements.len()).filter(may).filter(|at| value(*at) * 100 >= most * SHARE).min_by_key(|at| {
        let blocks = &tree.elements[*at].blocks;
        (blocks.len(), std::cmp::Reverse(*at))
    })
}

/// Whether an article may be laid out in such an element.
fn can_hold(name: &str) -> bool {
    matches!(name, "div" | "section" | "article" | "main" | "td" | "body" | "html" | "center" | "form" | "dd" | "li")
        || name.contains('-')
}

/// Chooses among the blocks of the container.
fn filter(
    tree: &Tree,
    dropped: &[bool],
    worth: &[Worth],
    range: Range<usize>,
    headline: Option<&Headline>,
    context: &Context,
    keep: &mut [bool],
) {
    let title = headline.map(|h| bare(&h.text)).unwrap_or_default();
    let start = headline
        .and_then(|h| h.element)
        .map(|at| tree.elements[at].blocks.end)
        .filter(|start| range.contains(start))
        .unwrap_or(range.start);
    // Words of running text before each block: every question about a range is one subtraction.
    let mut sums = vec![0; tree.blocks.len() + 1];
    for (at, block) in tree.blocks.iter().enumerate() {
        sums[at + 1] = sums[at] + if worth[at] == Worth::Prose { block.words } else { 0 };
    }
    let total = sums[range.end].saturating_sub(sums[start]);
    let mut passed = 0;
    // Blocks before this one are within a box.
    let mut boxed = 0;
    for at in start..range.end {
        let block = &tree.blocks[at];
        let element = &tree.elements[block.element];
        if at < boxed {
            continue;
        }
        if let Some(card) = card(tree, at, &range).filter(|_| passed > 0) {
            keep[card.start..at].fill(false);
            boxed = card.end;
            continue;
        }
        if dropped[block.element] {
            continue;
        }
        let text = tree.block_text(at);
        let heading = matches!(&*element.name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "strong" | "summary");
        let cell = matches!(&*element.name, "td" | "th" | "dd" | "dt");
        let beside = || heading && furniture::is_often_beside(&text) && stands_apart(tree, at, worth, keep, &title);
        if !cell && let Some(kind) = furniture::furniture(&text).or_else(|| beside().then_some(Furniture::Box)) {
            if heading && kind != Furniture::Line && is_section(tree, at, &text, worth, keep) {
                keep[at] = true;
                continue;
            }
            match kind {
                Furniture::End if passed * 4 >= total && (heading || block.words <= 6) => {
                    break;
                }
                Furniture::Box if heading || !matches!(&*element.name, "li" | "td") => {
                    boxed = box_end(tree, at, worth, &sums, total);
                }
                _ => {}
            }
            continue;
        }
        // A teaser ends with the link to what it is of.
        let leads = ["mehr", "weiterlesen", "[mehr]", "mehr …", "mehr..."].iter().any(|end| text.ends_with(end));
        let plain = bare(&text);
        if plain == title
            || heading && names_title(&plain, &title)
            || furniture::is_notice(&text, headline.map_or("", |h| &h.text))
            || block.linked > 0 && (leads || furniture::leads_elsewhere(&text))
            || crate::extract::text::about_itself(&text).is_some()
        {
            continue;
        }
        // Names and dates of the article stand before or behind its text.
        let edge = passed * 20 <= total || passed * 20 >= total * 19;
        // Lines parted by breaks are of one paragraph.
        let goes_on = at > 0 && keep[at - 1] && tree.blocks[at - 1].element == block.element && block.linked == 0;
        if !goes_on && !of_article(tree, at, worth[at], &text, passed, edge, context) {
            continue;
        }
        if worth[at] == Worth::Prose {
            passed += block.words;
        }
        keep[at] = true;
    }
    drop_link_lists(tree, &range, keep);
    drop_appeals(tree, &range, keep);
    drop_last_headings(tree, &range, keep);
}
