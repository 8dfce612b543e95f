//! What a single block is to an article, by what it is, says and stands in.
//!
//! In comes a block, out goes its worth. Nothing here looks at other blocks but those beside it.

use crate::date::Context;
use crate::extract::furniture;
use crate::extract::page::tree::Tree;
use crate::extract::text::head::byline;
use crate::extract::text::{date_of_line, ends_sentence};

/// A heading of that many words is a paragraph.
const LEAD: usize = 20;

/// What a block is to the article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Worth {
    /// Running text.
    Prose,
    /// Belongs where it stands: headings, short paragraphs, items, cells.
    Neutral,
    /// Labels, links, furniture.
    Noise,
}

pub(super) fn worth(tree: &Tree, at: usize, dropped: &[bool]) -> Worth {
    let block = &tree.blocks[at];
    if dropped[block.element] {
        return Worth::Noise;
    }
    let name = &*tree.elements[block.element].name;
    let linked = block.linked * 2 > block.words;
    match name {
        // A lead is often set as a heading.
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if block.words >= LEAD && !linked => Worth::Prose,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "figcaption" | "figure" | "caption" => Worth::Neutral,
        "td" | "th" | "dt" | "dd" | "li" | "pre" if !linked => {
            if block.words >= 12 {
                Worth::Prose
            } else {
                Worth::Neutral
            }
        }
        _ if linked => Worth::Noise,
        "p" | "blockquote" if block.words >= 4 => Worth::Prose,
        "p" => Worth::Neutral,
        _ if block.words >= 10 => Worth::Prose,
        // An item whose mark is typed.
        _ if ["– ", "- ", "• "].iter().any(|mark| tree.text[block.text.clone()].trim_start().starts_with(mark)) => {
            Worth::Neutral
        }
        _ if block.linked == 0 && is_quoted(tree, at) || is_verse(tree, at) => Worth::Neutral,
        _ => Worth::Noise,
    }
}

/// Whether a block is of a quotation: whose it is stands below it.
pub(super) fn is_quoted(tree: &Tree, at: usize) -> bool {
    tree.around(tree.blocks[at].element).take(3).any(|around| &*tree.elements[around].name == "blockquote")
}

/// Whether a block is one of several lines that each have an element to themselves, as verses and letters are written in
/// editors: elements without a name, one beside the other.
pub(super) fn is_verse(tree: &Tree, at: usize) -> bool {
    let line = |at: usize| {
        let block = tree.blocks.get(at)?;
        let element = &tree.elements[block.element];
        let plain =
            &*element.name == "div" && element.hint.is_empty() && element.blocks.len() == 1 && block.linked == 0;
        plain.then_some(element.parent)
    };
    let Some(parent) = line(at) else { return false };
    let beside = |other: Option<usize>| other.and_then(line) == Some(parent);
    beside(at.checked_sub(1)) || beside(Some(at + 1))
}

/// Whether a block is of the article by itself.
pub(super) fn of_article(
    tree: &Tree,
    at: usize,
    worth: Worth,
    text: &str,
    passed: usize,
    edge: bool,
    context: &Context,
) -> bool {
    let block = &tree.blocks[at];
    let name = &*tree.elements[block.element].name;
    if in_figure(tree, at) {
        return true;
    }
    if furniture::is_credit(text) && (block.words <= 14 || !matches!(name, "p" | "li" | "td") || starts_as_credit(text))
    {
        return false;
    }
    // A heading is none, whatever the size of its letters is called.
    if !is_heading_name(name) && is_caption_hint(tree, at) && block.words < 60 {
        return false;
    }
    if block.words <= 14
        && edge
        && !matches!(name, "li" | "td" | "th" | "dd")
        && (byline(text).is_some() || is_date_line(text, context) || is_called_author(tree, at))
    {
        return false;
    }
    match worth {
        Worth::Prose => true,
        Worth::Neutral => block.words > 0,
        // A short line without a paragraph around it: in the midst of the text it may be one.
        Worth::Noise if block.linked == 0 && !matches!(name, "p") => {
            passed > 0 && block.words >= 4 && ends_sentence(text)
        }
        // A paragraph that is all link is a teaser; one link in a short line may be a source.
        Worth::Noise => matches!(name, "td" | "th") || name == "p" && block.linked < block.words && block.words >= 8,
    }
}

pub(super) fn starts_as_credit(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["foto", "bild", "©", "quelle:", "(foto", "copyright", "grafik", "photo"]
        .iter()
        .any(|start| lower.starts_with(start))
}

/// Whether the block stands in a figure, where it is written as its caption.
pub fn in_figure(tree: &Tree, at: usize) -> bool {
    tree.around(tree.blocks[at].element)
        .take(6)
        .any(|around| matches!(&*tree.elements[around].name, "figcaption" | "figure"))
        && !tree
            .around(tree.blocks[at].element)
            .take(6)
            .any(|around| matches!(&*tree.elements[around].name, "table" | "blockquote" | "pre"))
}

pub(super) fn is_caption_hint(tree: &Tree, at: usize) -> bool {
    let called = |around: usize| {
        let hint = &tree.elements[around].hint;
        ["caption", "bildunterschrift", "bildtext", "bu-text"].iter().any(|name| hint.contains(name))
            // Within a word it is another one: addresses of headings hold the heading.
            || hint.contains("legend")
                && hint.split(|c: char| !c.is_alphanumeric()).any(|word| matches!(word, "legend" | "legende"))
    };
    // What stands in the line may hold all of a block.
    let end = tree.blocks[at].text.end;
    let first = tree.elements.partition_point(|element| element.blocks.start < at);
    let inner = (first..tree.elements.len()).take(6).take_while(|inner| tree.elements[*inner].blocks.start == at);
    tree.around(tree.blocks[at].element)
        .take(2)
        .chain(inner.filter(|inner| tree.elements[*inner].text.end >= end))
        .any(called)
}

/// Whether a few words stand in an element that is called after authors: a name, or a mark for one and a place.
fn is_called_author(tree: &Tree, at: usize) -> bool {
    const MOST_WORDS: usize = 6;
    let hint = &tree.elements[tree.blocks[at].element].hint;
    let called = |word: &str| matches!(word, "author" | "autor" | "authorshort" | "authorname" | "authors" | "autoren");
    tree.blocks[at].words <= MOST_WORDS
        && hint.split(|c: char| !c.is_alphanumeric()).any(called)
        && !ends_sentence(&tree.block_text(at))
}

/// Whether the line says when the article appeared, and nothing else.
pub(super) fn is_date_line(text: &str, context: &Context) -> bool {
    if !text.bytes().any(|b| b.is_ascii_digit()) || ends_sentence(text) {
        return false;
    }
    date_of_line(text, context).is_some()
}

pub(super) fn is_heading(tree: &Tree, at: usize) -> bool {
    tree.blocks[at].words < LEAD && is_heading_name(&tree.elements[tree.blocks[at].element].name)
}

fn is_heading_name(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}
