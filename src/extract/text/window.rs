//! Which lines of a text are the article.
//!
//! Owns the search for the window: the run of lines that holds the most running text with the
//! least of menus, boxes and comments in it. In come lines, out goes a range. It never drops
//! single lines within the range.

use super::lines::{Line, Look};
use crate::extract::furniture::Furniture;
use std::ops::Range;

/// Where a text comes from, by its looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A whole page copied from a browser, menus and all.
    Page,
    /// What a scraper left: most of it is the article.
    Scraped,
}

/// Tells a page with its menus from a scraped text.
pub fn shape(lines: &[Line]) -> Shape {
    // The numbers of a list say nothing of it.
    let named = |line: &Line| matches!(line.look, Look::Furniture(_)) && line.text.chars().any(char::is_alphabetic);
    let menu = lines.iter().filter(|l| (l.look == Look::Item || named(l)) && l.words <= 5).count();
    let furniture = lines.iter().filter(|l| named(l)).count();
    let prose = lines.iter().filter(|l| l.look == Look::Prose && !l.item).count();
    // A menu above the first paragraph gives a page away, however long its text is.
    let above = || lines.iter().take_while(|l| l.look != Look::Prose);
    let labels = above().filter(|l| matches!(l.look, Look::Furniture(_))).count();
    let items = above().filter(|l| l.look == Look::Item).count();
    let menus = furniture >= 3 && menu > 6 && menu > prose;
    if menus || labels >= 2 && labels + items >= 4 { Shape::Page } else { Shape::Scraped }
}

/// The lines of the article's body, headline and byline not yet among them.
pub fn window(lines: &[Line], shape: Shape) -> Range<usize> {
    let range = match shape {
        Shape::Scraped => 0..lines.len(),
        Shape::Page => densest(lines),
    };
    let range = trim(lines, range);
    cut(lines, range, shape)
}

/// The run of lines with a great sum of weights: runs are parted where the sum falls to nothing
/// (Kadane's algorithm, one pass), and the first counts that reaches a good share of the greatest,
/// since comments may be longer than what they are about.
fn densest(lines: &[Line]) -> Range<usize> {
    const SHARE: i64 = 60;
    let mut runs: Vec<(i64, Range<usize>)> = Vec::new();
    let (mut sum, mut start) = (0, 0);
    let (mut peak, mut end) = (0, 0);
    for (at, line) in lines.iter().enumerate() {
        sum += weight(line);
        if sum > peak {
            (peak, end) = (sum, at + 1);
        }
        if sum <= 0 {
            if peak > 0 {
                runs.push((peak, start..end));
            }
            (sum, peak, start) = (0, 0, at + 1);
        }
    }
    runs.push((peak, start..end.max(start)));
    let most = runs.iter().map(|(peak, _)| *peak).max().unwrap_or(0);
    runs.into_iter().find(|(peak, _)| peak * 100 >= most * SHARE).map_or(0..0, |(_, range)| range)
}

/// What a line adds to the belief that the article runs through it, in words.
fn weight(line: &Line) -> i64 {
    let words = line.words.min(120) as i64;
    match line.look {
        Look::Prose if line.item => words / 4,
        Look::Prose => words,
        Look::Short if line.gap => -4,
        Look::Short => -6,
        Look::Item => -9 + words.min(6),
        Look::Date => -14,
        Look::Byline => -4,
        Look::Path => -12,
        Look::Notice => -words.max(20),
        Look::Furniture(Furniture::End) => -120,
        Look::Furniture(Furniture::Box) => -40,
        Look::Furniture(Furniture::Line) => -8,
    }
}

/// The first line of running text within the body: what the head of the article stands before.
pub fn anchor(lines: &[Line], body: &Range<usize>) -> usize {
    let prose = |at: &usize| lines[*at].look == Look::Prose && !lines[*at].item && !lines[*at].credit;
    // A single sentence with menus behind it is not yet the text.
    let dense = |at: &usize| {
        let next = &lines[at + 1..(at + 8).min(body.end)];
        let prose = next.iter().filter(|l| l.look == Look::Prose && !l.item).count();
        let menu = next.iter().filter(|l| matches!(l.look, Look::Item | Look::Furniture(_))).count();
        next.is_empty() || prose > 0 && menu <= 2 * prose
    };
    body.clone()
        .filter(prose)
        .find(dense)
        .or_else(|| body.clone().find(prose))
        .or_else(|| body.clone().find(|at| lines[*at].look == Look::Prose))
        .unwrap_or(body.start)
}

/// Takes lines that cannot begin or end a body off both ends.
fn trim(lines: &[Line], mut range: Range<usize>) -> Range<usize> {
    let idle = |line: &Line| matches!(line.look, Look::Furniture(_) | Look::Notice | Look::Path);
    while range.start < range.end && idle(&lines[range.start]) {
        range.start += 1;
    }
    while range.start < range.end && idle(&lines[range.end - 1]) {
        range.end -= 1;
    }
    range
}

/// Ends the window where comments or a box begin, if little running text comes behind.
fn cut(lines: &[Line], range: Range<usize>, shape: Shape) -> Range<usize> {
    let prose = |range: Range<usize>| -> usize {
        lines[range].iter().filter(|l| l.look == Look::Prose && !l.item).map(|l| l.words).sum()
    };
    let total = prose(range.clone());
    let mut before = 0;
    for at in range.clone() {
        let line = &lines[at];
        // Shares of the running text that must have gone by: most of an article stands before its comments.
        let share = match (line.look, shape) {
            (Look::Furniture(Furniture::End), _) => 25,
            (Look::Furniture(Furniture::Box), Shape::Page) => 60,
            (Look::Furniture(Furniture::Box), Shape::Scraped) => 80,
            _ => 101,
        };
        if at > range.start && before * 100 >= total * share && before >= 30 {
            return trim(lines, range.start..at);
        }
        if line.look == Look::Prose && !line.item {
            before += line.words;
        }
    }
    range
}
