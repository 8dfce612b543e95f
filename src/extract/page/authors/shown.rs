//! Authors as a page shows them: marked elements near the article, and its byline.

use super::house::House;
use super::names::{is_led, is_proper, line, names, until_date};
use super::{in_other, push};
use crate::extract::page::headline::Headline;
use crate::extract::page::tree::Tree;
use crate::extract::text::head::{bare, byline, is_name};

/// Names in elements that are marked or called authors, near the article, and in its byline; and whether they are marked.
pub(super) fn shown(
    tree: &Tree,
    headline: Option<&Headline>,
    body: Option<usize>,
    house: &House,
    own: &mut Vec<String>,
) -> (Vec<String>, bool) {
    let body = body.map_or(0..tree.blocks.len(), |at| tree.elements[at].blocks.clone());
    let head = headline.and_then(|h| h.element).map_or(body.start, |at| tree.elements[at].blocks.start);
    let near = |block: usize| block + 15 >= head && block <= body.end + 15;
    let mut found: Vec<(u8, usize, String)> = Vec::new();
    for (at, element) in tree.elements.iter().enumerate() {
        if element.text.is_empty() || element.text.len() > 240 || !near(element.blocks.start) {
            continue;
        }
        let rel = tree.attr(at, "rel").is_some_and(|rel| rel.split_whitespace().any(|r| r == "author"));
        let prop = tree.attr(at, "itemprop").unwrap_or_default();
        let profile = &*element.name == "a"
            && tree.attr(at, "href").is_some_and(|href| {
                ["/author/", "/autor/", "/autoren/", "/autorin/", "/authors/"].iter().any(|part| href.contains(part))
            });
        let rank = if prop.contains("author") || prop.contains("creator") {
            0
        } else if rel || profile || element.hint.split(' ').any(|token| token == "fn") {
            1
        } else if is_author_hint(&element.hint) {
            2
        } else {
            continue;
        };
        if in_other(tree, at, head) {
            continue;
        }
        let text = tree.text_of(at);
        let apart = names_apart(tree, at);
        for name in if apart.len() >= 2 { apart } else { names(until_date(&text)) } {
            let agency = name.len() <= 5 && name.chars().all(char::is_uppercase) && !found.is_empty();
            // A handle, where nothing but it is said.
            let linked = || (at..element.end).any(|inner| &*tree.elements[inner].name == "a");
            let called =
                || element.hint.split_whitespace().any(|token| matches!(token, "author" | "autor" | "username"));
            let handle = || {
                let one = !name.contains(' ') && (is_led(&text) || called() && linked());
                rank < 2 || element.hint.contains("username") || one
            };
            let words = name.split(' ').count();
            if house.is(&name) {
                if rank < 2 && house.is_named(&name) {
                    push(own, name);
                }
            } else if is_name(&name) || agency || words <= 3 && handle() && (words == 1 || is_proper(&name)) {
                found.push((rank, element.blocks.start, name));
            }
        }
    }
    found.sort_by_key(|(rank, place, _)| (*rank, *place));
    let rank = found.first().map(|(rank, _, _)| *rank);
    let place = found.first().map(|(_, place, _)| *place).unwrap_or(0);
    let mut authors = Vec::new();
    // All of the best kind that stand together: further ones are of other articles.
    for (_, _, name) in found.into_iter().filter(|(r, p, _)| Some(*r) == rank && p.abs_diff(place) <= 6) {
        push(&mut authors, name);
    }
    // A line that names somebody says more than the handle under which a system knows him.
    let handles = !authors.is_empty();
    if !authors.iter().any(|name| is_name(name)) {
        let lines = head.saturating_sub(4)..tree.blocks.len().min(head + 14);
        for at in lines.chain(body.end.saturating_sub(2)..tree.blocks.len().min(body.end + 2)) {
            if tree.blocks[at].words > 16 || in_other(tree, tree.blocks[at].element, head) {
                continue;
            }
            let text = tree.block_text(at);
            let found = if handles {
                byline(&text).unwrap_or_default()
            } else {
                line(&text, tree.blocks.get(at + 1).map(|_| tree.block_text(at + 1)).as_deref())
            };
            let found: Vec<String> = found.into_iter().filter(|name| !house.is(name)).collect();
            if !found.is_empty() {
                return (found, false);
            }
        }
    }
    (authors, rank.is_some_and(|rank| rank <= 1))
}

/// The names that stand each in an element of its own, with nothing between them: without a mark they would be read as one.
pub(super) fn names_apart(tree: &Tree, at: usize) -> Vec<String> {
    const MOST: usize = 60;
    let element = &tree.elements[at];
    let inner = (at + 1..element.end).take(MOST).filter(|inner| tree.elements[*inner].end == inner + 1);
    let mut names: Vec<String> = Vec::new();
    for name in inner.map(|inner| tree.text_of(inner)).filter(|name| is_name(name)) {
        push(&mut names, name);
    }
    // Where they are not all, the words between them part them.
    let all = names.iter().map(|name| bare(name).len()).sum::<usize>() == bare(&tree.text_of(at)).len();
    if all { names } else { Vec::new() }
}

pub(super) fn is_author_hint(hint: &str) -> bool {
    let called = hint.split_whitespace().any(|token| matches!(token, "user-name" | "user_name"));
    called
        || hint.split(|c: char| !c.is_alphanumeric()).any(|token| {
            matches!(token, "byline" | "vcard" | "writer" | "username" | "submitted")
                || (token.starts_with("author") || token.starts_with("autor") || token.ends_with("author"))
                    && token.len() <= 16
                    && token != "authority"
        })
}
