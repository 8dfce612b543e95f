//! Which parts of a page cannot be of its article, told by element names, roles and what pages
//! call their parts.
//!
//! Owns the telling; the names are in a room of their own. In comes the tree, out goes for each element
//! whether it is left out. It never
//! looks at the text except to count it: a part that holds most of the text is never left out for
//! its name.

mod names;

use crate::extract::furniture;
use crate::extract::page::tree::Tree;
use names::{Name, Names};

/// For each element whether it, and all within it, is left out.
pub fn dropped(tree: &Tree) -> Vec<bool> {
    let prose = prose(tree);
    let total = prose.last().copied().unwrap_or(0).max(1);
    let within = |at: usize| {
        let blocks = &tree.elements[at].blocks;
        prose[blocks.end] - prose[blocks.start]
    };
    let mut dropped = vec![false; tree.elements.len()];
    let mut headings = (0..tree.elements.len()).filter(|at| &*tree.elements[*at].name == "h1");
    let headline = headings.next().filter(|at| headings.next().is_none() && is_shown(tree, *at));
    let mut names = Names::default();
    let mut at = 0;
    while at < tree.elements.len() {
        // What holds the only headline of the page may be called after other things in it.
        let head = headline.is_some_and(|headline| (at..tree.elements[at].end).contains(&headline));
        // In percent: the share of the page's running text beyond which a name is not believed.
        let share = if head { believed_of_head(tree, at, &mut names) } else { believed(tree, at, &mut names) };
        if share > 0 && within(at) * 100 <= total * share && !is_told_live(tree, at) {
            for part in &mut dropped[at..tree.elements[at].end] {
                *part = true;
            }
            at = tree.elements[at].end;
        } else {
            at += 1;
        }
    }
    drop_subscriptions(tree, &prose, headline, &mut dropped);
    drop_narrow_columns(tree, &prose, headline, &mut dropped);
    dropped
}

/// Whether an element is of the ticker of an event, which is told in it: one of news is a list of links.
fn is_told_live(tree: &Tree, at: usize) -> bool {
    const LEAST_WORDS: usize = 20;
    let told = |ticker: usize| {
        let blocks = || tree.blocks[tree.elements[ticker].blocks.clone()].iter();
        let words: usize = blocks().map(|block| block.words).sum();
        words >= LEAST_WORDS && blocks().map(|block| block.linked).sum::<usize>() * 4 < words
    };
    let called = |at: usize| tree.elements[at].hint.contains("ticker") && !tree.elements[at].hint.contains("comment");
    called(at) && tree.around(at).take(6).any(|around| called(around) && told(around))
}

/// Leaves out the narrow column beside a wide one that holds much of the text: many pages name their columns by nothing but
/// their width, in twelfths. A column with the headline, or with a good part of the text, is one of the article's.
fn drop_narrow_columns(tree: &Tree, prose: &[usize], headline: Option<usize>, dropped: &mut [bool]) {
    const NARROW: u8 = 4;
    const WIDE: u8 = 7;
    let words = |at: usize| prose[tree.elements[at].blocks.end] - prose[tree.elements[at].blocks.start];
    let total = prose.last().copied().unwrap_or(0);
    let mut wide = None;
    for at in 0..tree.elements.len() {
        match width(&tree.elements[at].hint) {
            Some(width) if width >= WIDE && words(at) * 5 >= total * 2 => wide = Some(at),
            Some(width) if width <= NARROW => {
                let head = headline.is_some_and(|headline| (at..tree.elements[at].end).contains(&headline));
                let share = if is_headed_as_box(tree, at) { 2 } else { 4 };
                let beside = |wide: usize| {
                    tree.elements[wide].parent == tree.elements[at].parent && words(at) * share <= words(wide)
                };
                if !head && wide.is_some_and(beside) {
                    dropped[at..tree.elements[at].end].fill(true);
                }
            }
            _ => {}
        }
    }
}

/// Whether the first heading within an element is that of a box: hours, contact, letters.
fn is_headed_as_box(tree: &Tree, at: usize) -> bool {
    let element = &tree.elements[at];
    let is_heading = |inner: &usize| matches!(&*tree.elements[*inner].name, "h2" | "h3" | "h4" | "h5" | "h6");
    (at..element.end).find(is_heading).is_some_and(|heading| {
        let text = tree.text_of(heading);
        furniture::is_often_beside(&text) || furniture::furniture(&text).is_some()
    })
}

/// The width of a column in twelfths, as `col-md-8` says it; of several the largest.
fn width(hint: &str) -> Option<u8> {
    let of = |token: &str| {
        let (_, size) = token.strip_prefix("col-")?.split_once('-')?;
        size.parse().ok().filter(|size| (1..=12).contains(size))
    };
    hint.contains("col-").then(|| hint.split_whitespace().filter_map(of).max())?
}

/// Leaves out what stands around a field for an address of electronic mail, as far as it is a box: the words for a
/// newsletter, which none of its names may tell.
fn drop_subscriptions(tree: &Tree, prose: &[usize], headline: Option<usize>, dropped: &mut [bool]) {
    const MOST_WORDS: usize = 60;
    let total = prose.last().copied().unwrap_or(0);
    let asks = |at: &usize| {
        &*tree.elements[*at].name == "input"
            && tree.attr(*at, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("email"))
    };
    // Behind the last box: of many fields in one, the first has left out all.
    let mut behind = 0;
    for field in (0..tree.elements.len()).filter(asks) {
        if field < behind {
            continue;
        }
        let small = |around: &usize| {
            let element = &tree.elements[*around];
            let holds_headline = headline.is_some_and(|headline| (*around..element.end).contains(&headline));
            let words = prose[element.blocks.end] - prose[element.blocks.start];
            // Of a short article most would be lost, whose form is for those who want to take part.
            words <= MOST_WORDS
                && words * 2 <= total
                && !holds_headline
                && !matches!(&*element.name, "html" | "body" | "main" | "article")
        };
        if let Some(around) = tree.around(field).take(8).take_while(small).last() {
            behind = tree.elements[around].end;
            dropped[around..behind].fill(true);
        }
    }
}

/// Whether a heading is seen as the headline of a page: neither for screen readers only, nor a step of a breadcrumb.
fn is_shown(tree: &Tree, at: usize) -> bool {
    let hint = &tree.elements[at].hint;
    !["hidden", "sr-only", "screen-reader", "aural"].iter().any(|name| hint.contains(name))
        && !tree.around(at).take(4).any(|around| matches!(&*tree.elements[around].name, "li" | "nav"))
}

/// The same for what holds the headline: names of elements count, names that pages give do not.
fn believed_of_head<'a>(tree: &'a Tree, at: usize, names: &mut Names<'a>) -> usize {
    match &*tree.elements[at].name {
        "nav" | "footer" | "aside" | "dialog" | "noscript" | "form" => believed(tree, at, names),
        _ if is_hidden(tree, at) => 50,
        _ => 0,
    }
}

/// Running sums over the blocks: words of running text up to each block.
pub fn prose(tree: &Tree) -> Vec<usize> {
    let mut sums = Vec::with_capacity(tree.blocks.len() + 1);
    let mut sum = 0;
    sums.push(0);
    for block in &tree.blocks {
        if block.words >= 10 && block.linked * 3 < block.words {
            sum += block.words;
        }
        sums.push(sum);
    }
    sums
}

/// How far the name of an element is to be believed, in percent of the page's text; 0: not at all.
fn believed<'a>(tree: &'a Tree, at: usize, names: &mut Names<'a>) -> usize {
    let element = &tree.elements[at];
    let hint = &*element.hint;
    match &*element.name {
        "nav" | "footer" | "button" | "dialog" | "noscript" | "menu" | "input" | "label" => return 50,
        "aside" => return 40,
        "form" => return 30,
        "html" | "body" | "main" | "head" => return 0,
        _ => {}
    }
    if let Some(role) = tree.attr(at, "role")
        && matches!(
            role.as_str(),
            "navigation"
                | "banner"
                | "complementary"
                | "contentinfo"
                | "search"
                | "dialog"
                | "alert"
                | "alertdialog"
                | "menu"
                | "menubar"
                | "tablist"
        )
    {
        return 40;
    }
    if is_hidden(tree, at) && !is_folded(tree, at) {
        return 50;
    }
    if tree.attr(at, "aria-label").is_some_and(|label| is_labelled(&label))
        && matches!(&*element.name, "div" | "section" | "ul" | "ol")
    {
        return 30;
    }
    let said = hint.split_whitespace().map(|token| names.say(token)).max().unwrap_or(Name::Nothing);
    match &*element.name {
        _ if said == Name::Comments => 90,
        _ if said != Name::Furniture => 0,
        // A paragraph is rarely furniture; a heading, a picture or a whole article never for a word.
        "p" => 5,
        "h1" | "h2" | "h3" | "h4" | "article" | "a" | "img" | "figure" => 0,
        _ => 30,
    }
}

/// Whether what a part is called for those who hear a page names furniture.
fn is_labelled(label: &str) -> bool {
    const WORDS: [&str; 14] = [
        "newsletter",
        "breadcrumb",
        "brotkrumen",
        "teilen",
        "share",
        "werbung",
        "anzeige",
        "ähnliche",
        "verwandte",
        "related",
        "kommentar",
        "navigation",
        "empfehlung",
        "cookie",
    ];
    let label = label.to_lowercase();
    WORDS.iter().any(|word| label.contains(word))
}

/// Whether an element is shown when the reader asks for it, and tells something then: an answer under its question.
fn is_folded(tree: &Tree, at: usize) -> bool {
    const NAMES: [&str; 6] = ["accordion", "akkordeon", "faq", "aufklapp", "antwort", "spoiler"];
    const LEAST_WORDS: usize = 8;
    const NEAR: usize = 3;
    let called = |around: usize| NAMES.iter().any(|name| tree.elements[around].hint.contains(name));
    let told = |block: usize| {
        let block = &tree.blocks[block];
        block.words >= LEAST_WORDS && block.linked * 4 < block.words
    };
    (called(at) || tree.around(at).take(NEAR).any(called)) && tree.elements[at].blocks.clone().any(told)
}

/// Whether a browser would not show it.
fn is_hidden(tree: &Tree, at: usize) -> bool {
    if tree.attr(at, "hidden").is_some() || tree.attr(at, "aria-hidden").is_some_and(|v| v == "true") {
        return true;
    }
    tree.attr(at, "style").is_some_and(|style| {
        let style: String = style.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
        style.contains("display:none") || style.contains("visibility:hidden")
    })
}
