//! Boxes within the part that holds an article: cards of others, and what stands under a head of furniture.
//!
//! In comes the block that heads one, out goes how far it reaches, or that it is a section of the article.

use super::worth::{Worth, is_heading};
use crate::extract::furniture;
use crate::extract::page::tree::Tree;
use crate::extract::text::ends_sentence;
use crate::extract::text::head::bare;
use std::ops::Range;

/// The blocks of the card of another article, if the block is its headline: a heading that is a link, in an element with
/// little else.
pub(super) fn card(tree: &Tree, at: usize, range: &Range<usize>) -> Option<Range<usize>> {
    const MOST_WORDS: usize = 70;
    let block = &tree.blocks[at];
    if block.linked * 2 < block.words || block.words < 3 || !is_heading(tree, at) {
        return None;
    }
    let words = |blocks: &Range<usize>| tree.blocks[blocks.clone()].iter().map(|block| block.words).sum::<usize>();
    let within = |around: &usize| {
        let blocks = &tree.elements[*around].blocks;
        let inside = range.start <= blocks.start && blocks.end <= range.end && *blocks != *range;
        // A block has a word at least: what has more blocks need not be counted.
        inside && blocks.len() <= MOST_WORDS && words(blocks) <= MOST_WORDS
    };
    let card = tree.around(block.element).take(8).take_while(within).last()?;
    Some(tree.elements[card].blocks.clone()).filter(|blocks| blocks.len() > 1)
}

/// Whether a heading stands in an element without any running text of the article before it, and the title does not speak of it.
pub(super) fn stands_apart(tree: &Tree, at: usize, worth: &[Worth], keep: &[bool], title: &str) -> bool {
    /// Letters that a word has in common with another form of it.
    const STEM: usize = 8;
    let within = tree.around(tree.blocks[at].element).find(|around| tree.elements[*around].blocks.len() > 1);
    let start = within.map_or(at, |within| tree.elements[within].blocks.start);
    let told = (start..at).any(|before| keep[before] && worth[before] == Worth::Prose);
    let stem: String = bare(&tree.block_text(at)).chars().take(STEM).collect();
    !told && !title.contains(&stem)
}

/// Whether what may be the head of a box heads a section of the article: it stands among its paragraphs, in no element of its
/// own, and what follows there is told in sentences or listed without links.
pub(super) fn is_section(tree: &Tree, at: usize, heading: &str, worth: &[Worth], keep: &[bool]) -> bool {
    const LEAST_WORDS: usize = 6;
    let parent = |block: usize| tree.elements[tree.blocks[block].element].parent;
    let next = at + 1;
    if next >= tree.blocks.len() || !furniture::is_often_section(heading) {
        return false;
    }
    let around = parent(at);
    let among =
        (0..at).rev().take(40).any(|before| keep[before] && worth[before] == Worth::Prose && parent(before) == around);
    let block = &tree.blocks[next];
    let told = match &*tree.elements[block.element].name {
        "p" => {
            let sentence = ends_sentence(&tree.block_text(next));
            parent(next) == around && block.words >= LEAST_WORDS && sentence
        }
        "li" => tree.elements[parent(next)].parent == around,
        _ => false,
    };
    among && told && block.linked == 0
}

/// Where a box ends whose head is the block `at`: with the element around the head, as long as
/// that holds little of the article; else before the next long paragraph.
pub(super) fn box_end(tree: &Tree, at: usize, worth: &[Worth], sums: &[usize], total: usize) -> usize {
    let words = |range: Range<usize>| sums[range.end].saturating_sub(sums[range.start]);
    let mut end = at + 1;
    for around in tree.around(tree.blocks[at].element).skip(1) {
        let blocks = &tree.elements[around].blocks;
        if words(blocks.start..at) * 20 > total || words(at + 1..blocks.end) * 4 > total {
            break;
        }
        end = end.max(blocks.end);
    }
    // `Lesen Sie auch:` with its link behind it is all of a box.
    let complete = tree.blocks[at].linked > 0 && !is_heading(tree, at);
    if end == at + 1 && !complete {
        // Nothing encloses the box: its content is what is linked or short behind it. Of two paragraphs without a link behind
        // one the article goes on.
        let told = |next: usize| {
            tree.blocks.get(next).is_some_and(|block| block.linked == 0 && &*tree.elements[block.element].name == "p")
        };
        end = (at + 1..tree.blocks.len())
            .find(|next| {
                let block = &tree.blocks[*next];
                worth[*next] == Worth::Prose && block.linked * 4 < block.words && block.words >= 25
                    || is_heading(tree, *next)
                    || *next > at + 1 && tree.blocks[*next - 1].linked > 0 && told(*next) && told(*next + 1)
            })
            .unwrap_or(tree.blocks.len());
    }
    end
}
