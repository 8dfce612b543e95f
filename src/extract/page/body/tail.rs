//! What stands behind the text of an article and is not of it: lists of links, appeals, headings of nothing, lives of authors.
//!
//! In come the blocks that were kept so far, out go fewer.

use super::worth::{in_figure, is_heading};
use super::{Body, SMALL};
use crate::extract::furniture;
use crate::extract::page::tree::Tree;
use std::ops::Range;

/// Takes lists out whose items are links.
pub(super) fn drop_link_lists(tree: &Tree, range: &Range<usize>, keep: &mut [bool]) {
    for element in tree.elements.iter().filter(|e| matches!(&*e.name, "ul" | "ol")) {
        let blocks = element.blocks.start.max(range.start)..element.blocks.end.min(range.end);
        if blocks.is_empty() {
            continue;
        }
        if is_measured(tree, blocks.clone()) {
            // Salt has no amount.
            if keep[blocks.clone()].contains(&true) {
                keep[blocks].fill(true);
            }
            continue;
        }
        let (mut words, mut linked) = (0, 0);
        for block in &tree.blocks[blocks.clone()] {
            words += block.words;
            linked += block.linked;
        }
        if linked * 10 > words * 6 {
            // What the list was of is said above it.
            if let Some(before) = blocks.start.checked_sub(1).filter(|before| range.contains(before))
                && is_heading(tree, before)
            {
                keep[before] = false;
            }
            for kept in &mut keep[blocks] {
                *kept = false;
            }
        }
    }
}

/// Whether most items of a list begin with an amount, as ingredients do, whatever their names lead to.
fn is_measured(tree: &Tree, blocks: Range<usize>) -> bool {
    const LEAST: usize = 3;
    let amount = |at: &usize| {
        let text = tree.text[tree.blocks[*at].text.clone()].trim_start();
        let number = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '½' | '¼' | '¾' | '⅓' | '⅔'));
        // What is linked is the thing, and the amount stands before it.
        number && tree.blocks[*at].linked < tree.blocks[*at].words
    };
    let (all, measured) = (blocks.len(), blocks.filter(amount).count());
    measured >= LEAST && measured * 2 > all
}

/// Takes out what asks for support or money behind the text, with the box around it.
pub(super) fn drop_appeals(tree: &Tree, range: &Range<usize>, keep: &mut [bool]) {
    // Words of the article from each block on.
    let mut left = vec![0; range.len() + 1];
    for at in range.clone().rev() {
        left[at - range.start] = left[at + 1 - range.start] + if keep[at] { tree.blocks[at].words } else { 0 };
    }
    let behind = |at: usize| at >= range.start && left[at - range.start] * 3 <= left[0];
    for at in range.clone().rev().take_while(|at| behind(*at)) {
        if !keep[at] || tree.blocks[at].words < SMALL || !furniture::is_appeal(&tree.block_text(at)) {
            continue;
        }
        let small = |around: &usize| {
            let blocks = &tree.elements[*around].blocks;
            behind(blocks.start) && blocks.end <= range.end
        };
        keep[at] = false;
        if let Some(around) = tree.around(tree.blocks[at].element).take_while(small).last() {
            keep[tree.elements[around].blocks.clone()].fill(false);
        }
    }
}

/// Takes headings out that nothing follows.
pub(super) fn drop_last_headings(tree: &Tree, range: &Range<usize>, keep: &mut [bool]) {
    for at in range.clone().rev() {
        if !keep[at] || in_figure(tree, at) {
            continue;
        }
        // A sentence that is set as a heading closes a text as well as any other.
        if !is_heading(tree, at) || tree.block_text(at).ends_with(['.', '!', '?', '“', '"', '«']) {
            break;
        }
        keep[at] = false;
    }
}

/// Whether a line says only what somebody is to the house: `Redakteurin im Feuilleton.`, `Politischer Korrespondent in Bern.`
fn is_post(line: &str) -> bool {
    const POSTS: [&str; 4] = ["redakteur", "korrespondent", "volontär", "reporter"];
    const BEHIND: [&str; 9] = ["in", "im", "für", "bei", "beim", "der", "des", "und", "mit"];
    let lower = line.to_lowercase();
    let mut words = lower.split_whitespace();
    let is_post = |word: &str| POSTS.iter().any(|post| word.trim_end_matches("in").ends_with(post));
    // An adjective may stand before it.
    let posted = words.next().is_some_and(|word| is_post(word) || word.ends_with("er") || word.ends_with('e'))
        && (is_post(lower.split(' ').next().unwrap_or_default()) || words.next().is_some_and(is_post));
    // What reporters did is told with a verb.
    let verb = |word: &str| {
        word.chars().count() >= 4
            && word.starts_with(char::is_lowercase)
            && (word.ends_with(['t', 'e']) || word.ends_with("en"))
    };
    posted
        && words.next().is_some_and(|word| BEHIND.contains(&word))
        && !line.split(|c: char| !c.is_alphanumeric()).any(verb)
}

/// Takes out what the last paragraphs say of the authors: `Anna Muster ist Redakteurin …`.
pub fn drop_lives(tree: &Tree, body: &mut Body, authors: &[String]) {
    const LAST: usize = 3;
    const MOST_WORDS: usize = 60;
    const MOST_WORDS_OF_POST: usize = 20;
    const VERBS: [&str; 9] = [
        " ist ",
        " arbeitet ",
        " schreibt ",
        " berichtet ",
        " lebt ",
        " leitet ",
        " studierte ",
        " hat ",
        ", geboren ",
    ];
    /// What may stand before a name.
    const POSTS: [&str; 8] = [
        "Korrespondent ",
        "Korrespondentin ",
        "Redakteur ",
        "Redakteurin ",
        "Reporter ",
        "Reporterin ",
        "Unser Autor ",
        "Unsere Autorin ",
    ];
    /// What the lives of authors speak of: one who is told of in the report as well did something else.
    const TRADES: [&str; 18] = [
        "redakt",
        "journalis",
        "autor",
        "reporter",
        "korrespond",
        "volont",
        "kolumn",
        "schreib",
        "berichtet",
        "ressort",
        "studier",
        "publizi",
        "schriftstell",
        "blog",
        "profess",
        "dozent",
        "geboren",
        "mitarbeiter",
    ];
    let last: Vec<usize> = (0..tree.blocks.len()).rev().filter(|at| body.keep[*at]).take(LAST).collect();
    for at in last {
        let text = tree.block_text(at);
        let named = POSTS.iter().find_map(|post| text.strip_prefix(post)).unwrap_or(&text);
        let of = |author: &String| {
            author.contains(' ')
                && named
                    .strip_prefix(author.as_str())
                    .is_some_and(|rest| VERBS.iter().any(|verb| rest.starts_with(verb)))
        };
        let lower = text.to_lowercase();
        if tree.blocks[at].words <= MOST_WORDS_OF_POST && !authors.is_empty() && is_post(&text) {
            body.keep[at] = false;
            continue;
        }
        let trade = || TRADES.iter().any(|trade| lower.contains(trade));
        if tree.blocks[at].words <= MOST_WORDS && authors.iter().any(of) && trade() {
            body.keep[at] = false;
        }
    }
}
