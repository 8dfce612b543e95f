//! Which part of a page is the body of its article, and which blocks within it are not of it.
//!
//! Owns the choice of the container and of the blocks. In comes the tree with the parts that are
//! out already, out goes a [`Body`]. It writes no HTML.

use super::headline::Headline;
use super::tree::Tree;
use crate::date::Context;
use crate::extract::furniture::{self, Furniture};
use crate::extract::text::head::{bare, byline};
use std::ops::Range;

/// A body of fewer words is none, unless the whole page is small.
pub const SMALL: usize = 15;
/// A heading of that many words is a paragraph.
const LEAD: usize = 20;

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

/// What a block is to the article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Worth {
    /// Running text.
    Prose,
    /// Belongs where it stands: headings, short paragraphs, items, cells.
    Neutral,
    /// Labels, links, furniture.
    Noise,
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
    lead: Option<&str>,
    context: &Context,
) -> Option<Body> {
    let worth: Vec<Worth> = (0..tree.blocks.len()).map(|at| worth(tree, at, dropped)).collect();
    let container = container(tree, dropped, &worth)?;
    let mut keep = vec![false; tree.blocks.len()];
    let range = tree.elements[container].blocks.clone();
    filter(tree, dropped, &worth, range.clone(), headline, context, &mut keep);
    self::lead(tree, dropped, &range, headline, lead, &mut keep);
    let words = keep.iter().zip(&tree.blocks).filter(|(keep, _)| **keep).map(|(_, block)| block.words).sum();
    Some(Body { container, keep, words, whole: false })
}

fn worth(tree: &Tree, at: usize, dropped: &[bool]) -> Worth {
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
fn is_quoted(tree: &Tree, at: usize) -> bool {
    tree.around(tree.blocks[at].element).take(3).any(|around| &*tree.elements[around].name == "blockquote")
}

/// Whether a block is one of several lines that each have an element to themselves, as verses and letters are written in
/// editors: elements without a name, one beside the other.
fn is_verse(tree: &Tree, at: usize) -> bool {
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
            || super::super::text::about_itself(&text).is_some()
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

/// The blocks of the card of another article, if the block is its headline: a heading that is a link, in an element with
/// little else.
fn card(tree: &Tree, at: usize, range: &Range<usize>) -> Option<Range<usize>> {
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
fn stands_apart(tree: &Tree, at: usize, worth: &[Worth], keep: &[bool], title: &str) -> bool {
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
fn is_section(tree: &Tree, at: usize, heading: &str, worth: &[Worth], keep: &[bool]) -> bool {
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
            let sentence = super::super::text::ends_sentence(&tree.block_text(next));
            parent(next) == around && block.words >= LEAST_WORDS && sentence
        }
        "li" => tree.elements[parent(next)].parent == around,
        _ => false,
    };
    among && told && block.linked == 0
}

/// Whether a heading is the title with a kicker before it.
fn names_title(heading: &str, title: &str) -> bool {
    const LEAST: usize = 20;
    title.len() >= LEAST && heading.ends_with(title)
}

/// Where a box ends whose head is the block `at`: with the element around the head, as long as
/// that holds little of the article; else before the next long paragraph.
fn box_end(tree: &Tree, at: usize, worth: &[Worth], sums: &[usize], total: usize) -> usize {
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

fn is_heading(tree: &Tree, at: usize) -> bool {
    let name = &*tree.elements[tree.blocks[at].element].name;
    tree.blocks[at].words < LEAD && name.len() == 2 && name.starts_with('h') && name != "hr"
}

/// Whether a block is of the article by itself.
fn of_article(tree: &Tree, at: usize, worth: Worth, text: &str, passed: usize, edge: bool, context: &Context) -> bool {
    let block = &tree.blocks[at];
    let name = &*tree.elements[block.element].name;
    if in_figure(tree, at) {
        return true;
    }
    if furniture::is_credit(text) && (block.words <= 14 || !matches!(name, "p" | "li" | "td") || starts_as_credit(text))
    {
        return false;
    }
    if is_caption_hint(tree, at) && block.words < 60 {
        return false;
    }
    if block.words <= 14
        && edge
        && !matches!(name, "li" | "td" | "th" | "dd")
        && (byline(text).is_some() || is_date_line(text, context))
    {
        return false;
    }
    match worth {
        Worth::Prose => true,
        Worth::Neutral => block.words > 0,
        // A short line without a paragraph around it: in the midst of the text it may be one.
        Worth::Noise if block.linked == 0 && !matches!(name, "p") => {
            passed > 0 && block.words >= 4 && super::super::text::ends_sentence(text)
        }
        // A paragraph that is all link is a teaser; one link in a short line may be a source.
        Worth::Noise => matches!(name, "td" | "th") || name == "p" && block.linked < block.words && block.words >= 8,
    }
}

fn starts_as_credit(text: &str) -> bool {
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

fn is_caption_hint(tree: &Tree, at: usize) -> bool {
    let called = |around: usize| {
        let hint = &tree.elements[around].hint;
        ["caption", "bildunterschrift", "bildtext", "bu-text", "legend"].iter().any(|name| hint.contains(name))
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

/// Whether the line says when the article appeared, and nothing else.
fn is_date_line(text: &str, context: &Context) -> bool {
    if !text.bytes().any(|b| b.is_ascii_digit()) || super::super::text::ends_sentence(text) {
        return false;
    }
    super::super::text::date_of_line(text, context).is_some()
}

/// Takes lists out whose items are links.
fn drop_link_lists(tree: &Tree, range: &Range<usize>, keep: &mut [bool]) {
    for element in tree.elements.iter().filter(|e| matches!(&*e.name, "ul" | "ol")) {
        let blocks = element.blocks.start.max(range.start)..element.blocks.end.min(range.end);
        if blocks.is_empty() {
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

/// Takes out what asks for support or money behind the text, with the box around it.
fn drop_appeals(tree: &Tree, range: &Range<usize>, keep: &mut [bool]) {
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
fn drop_last_headings(tree: &Tree, range: &Range<usize>, keep: &mut [bool]) {
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

/// Takes out what the last paragraphs say of the authors: `Anna Muster ist Redakteurin …`.
pub fn drop_lives(tree: &Tree, body: &mut Body, authors: &[String]) {
    const LAST: usize = 3;
    const MOST_WORDS: usize = 60;
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
        let trade = || TRADES.iter().any(|trade| lower.contains(trade));
        if tree.blocks[at].words <= MOST_WORDS && authors.iter().any(of) && trade() {
            body.keep[at] = false;
        }
    }
}

/// Keeps the teaser between headline and body, told by its name or by what the page says of itself.
fn lead(
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
        let paragraph = block.words >= 15 && block.linked == 0 && super::super::text::ends_sentence(&sentence);
        *kept |= named || repeated || subtitle || paragraph;
    }
}
