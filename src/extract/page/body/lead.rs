//! The teaser between headline and body.

use super::worth::in_figure;
use crate::extract::furniture;
use crate::extract::page::headline::Headline;
use crate::extract::page::tree::Tree;
use crate::extract::text::ends_sentence;
use crate::extract::text::head::{bare, byline};
use std::ops::Range;

/// Keeps the teaser between headline and body, told by its name or by what the page says of itself.
pub(super) fn lead(
    tree: &Tree,
    dropped: &[bool],
    range: &Range<usize>,
    headline: Option<&Headline>,
    said: Option<&str>,
    keep: &mut [bool],
) {
    const NAMES: &[&str] = &[
        "lead",
        "intro",
        "teaser",
        "summary",
        "excerpt",
        "standfirst",
        "vorspann",
        "abstract",
        "subtitle",
        "subline",
        "subheadline",
        "description",
        "dek",
        "article-header",
        "articleheader",
        "entry-header",
        "einleitung",
        "anleser",
    ];
    let said = said.map(bare).filter(|said| said.chars().count() >= 30);
    let from = match headline.and_then(|h| h.element) {
        Some(element) => tree.elements[element].blocks.end,
        None => return,
    };
    let to = range.start.min(from + 30).max(from);
    for (at, kept) in keep.iter_mut().enumerate().take(to).skip(from) {
        let block = &tree.blocks[at];
        if block.words < 8 || block.linked * 2 > block.words || dropped[block.element] || in_figure(tree, at) {
            continue;
        }
        let text = tree.block_text(at);
        if furniture::furniture(&text).is_some()
            || furniture::is_credit(&text)
            || furniture::is_notice(&text, headline.map_or("", |h| &h.text))
            || byline(&text).is_some()
        {
            continue;
        }
        let named = tree.around(block.element).take(3).any(|around| {
            let hint = &tree.elements[around].hint;
            NAMES.iter().any(|name| hint.contains(name))
                || tree.attr(around, "itemprop").is_some_and(|p| p.contains("description"))
        });
        let sentence = text;
        let text = bare(&sentence);
        if headline.is_some_and(|headline| names_title(&text, &bare(&headline.text))) {
            continue;
        }
        let repeated = said.as_ref().is_some_and(|said| {
            let head: String = text.chars().take(40).collect();
            let start: String = said.chars().take(40).collect();
            said.starts_with(&head) || text.starts_with(&start)
        });
        let subtitle = at < from + 3 && matches!(&*tree.elements[block.element].name, "h2" | "h3" | "h4");
        let paragraph = block.words >= 15 && block.linked == 0 && ends_sentence(&sentence);
        *kept |= named || repeated || subtitle || paragraph;
    }
}

/// Whether a heading is the title with a kicker before it.
pub(super) fn names_title(heading: &str, title: &str) -> bool {
    const LEAST: usize = 20;
    title.len() >= LEAST && heading.ends_with(title)
}
