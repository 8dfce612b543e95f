//! The repeated block of a page that links to articles, found by its looks.
//!
//! Elements that stand in the same way below the root (names and first classes alike) are a group. Each member that has one
//! link it is about, and a title, is a possible entry, and is valued by what entries have and navigation does not: a title of
//! several words, a heading, a date, a teaser, an address that names an article. The group with the most value wins; others join
//! it that are as good and lead to the same kind of address, such as a lead story above the list.

use super::super::tree::Tree;
use super::entry::{self, Asked, Spot, is_heading};
use super::links::{Link, Links};
use crate::date::Context;
use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Value that a member needs on the average; navigation of two words has one at most.
const LEAST: f64 = 2.0;
/// Value that the last entry of a list needs that stands alone on its page: what has a title has a date, too.
const ALONE: f64 = 4.0;
/// Of the best group's average, what others need to join it.
const JOINS: f64 = 0.7;

/// A group with its entries.
struct Group {
    entries: Vec<(Spot, i32, String)>,
    /// How many of them have a date that is still to come.
    coming: usize,
    /// How many have more than words and an address: a heading, a date, a teaser.
    shown: usize,
}

impl Group {
    fn value(&self) -> i32 {
        self.entries.iter().map(|(_, value, _)| value).sum()
    }

    /// What they are: bare links, which navigation is made of as well; dates to come; or articles.
    fn rank(&self) -> u8 {
        let count = self.entries.len();
        match count > 1 && self.shown * 2 > count && self.average() >= LEAST {
            false => 0,
            true if self.coming * 2 > count => 1,
            true => 2,
        }
    }

    fn average(&self) -> f64 {
        f64::from(self.value()) / self.entries.len().max(1) as f64
    }
}

/// Finds the entries, in the order of the page; one alone only where it is `known` that the page lists some.
pub fn find(tree: &Tree, links: &Links, known: bool, context: &Context) -> Vec<Spot> {
    let passed = passed(tree);
    let mut members: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    let mut paths: Vec<u64> = Vec::with_capacity(tree.elements.len());
    for (at, element) in tree.elements.iter().enumerate() {
        let above = if element.parent == at { 0 } else { paths[element.parent] };
        let mut hash = DefaultHasher::new();
        (above, &*element.name, class(&element.name, &element.hint, tree, at)).hash(&mut hash);
        paths.push(hash.finish());
        if !passed[at] && !links.within(at..element.end).is_empty() {
            members.entry(paths[at]).or_default().push(at);
        }
    }
    let mut groups: Vec<Group> =
        members.into_values().filter_map(|members| group(tree, links, &passed, &members, context)).collect();
    // Of groups that are worth the same, the one with the larger members: what is around the title belongs to it.
    let size = |group: &Group| group.entries.iter().map(|(spot, ..)| spot.range.len()).sum::<usize>();
    // A long navigation, or calendar, is worth much in all: these are entries only where nothing tells more.
    groups.sort_by_key(|group| (group.rank(), group.value(), size(group)));
    let good = |group: &Group| match group.entries.len() {
        1 => known && group.average() >= ALONE,
        _ => group.average() >= LEAST,
    };
    let Some(best) = groups.iter().rposition(good).map(|at| groups.remove(at)) else { return Vec::new() };
    let shapes: HashSet<String> = best.entries.iter().map(|(_, _, target)| shape(target)).collect();
    let mut targets: HashSet<String> = best.entries.iter().map(|(_, _, target)| target.clone()).collect();
    let average = best.average();
    let mut spots: Vec<Spot> = best.entries.into_iter().map(|(spot, ..)| spot).collect();
    for group in groups.into_iter().rev() {
        // Beside a list of news there may be a calendar.
        if group.average() < LEAST.max(average * JOINS) || group.coming * 2 > group.entries.len() {
            continue;
        }
        for (spot, _, target) in group.entries {
            let apart = spots.iter().all(|taken| !overlap(taken, &spot));
            if apart && shapes.contains(&shape(&target)) && targets.insert(target) {
                spots.push(spot);
            }
        }
    }
    spots.sort_by_key(|spot| spot.range.start);
    spots
}

fn overlap(a: &Spot, b: &Spot) -> bool {
    a.range.start < b.range.end && b.range.start < a.range.end
}

/// What an element is called, without what tells it from the ones beside it.
fn class(name: &str, hint: &str, tree: &Tree, at: usize) -> String {
    // Rows and items are called first, last, odd and by what they are about.
    if matches!(name, "li" | "tr" | "td" | "dt" | "dd" | "p") || hint.is_empty() {
        return String::new();
    }
    const TOLD: [&str; 8] = ["first", "last", "odd", "even", "active", "current", "featured", "sticky"];
    let class = tree.attr(at, "class").unwrap_or_default().to_lowercase();
    let first = class.split_whitespace().find(|token| !TOLD.contains(token)).unwrap_or_default();
    first.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// The members of a group as entries; `None` if they are none.
fn group(tree: &Tree, links: &Links, passed: &[bool], members: &[usize], context: &Context) -> Option<Group> {
    let asked = Asked::default();
    let mut entries: Vec<(Spot, i32, String)> = Vec::new();
    let (mut containers, mut coming, mut shown) = (0, 0, 0);
    let mut above: Option<(String, usize)> = None;
    let mut met = HashSet::new();
    let mut spots: Vec<Spot> =
        (0..members.len()).map(|index| Spot::plain(members[index], end(tree, members, index))).collect();
    let before = |index: usize| heading_before(tree, links, members, index, &spots[index]);
    let headings: Vec<Option<usize>> = (0..members.len()).map(before).collect();
    // One heading alone is that of the whole list.
    if headings.iter().flatten().count() > 1 {
        for (spot, heading) in spots.iter_mut().zip(headings) {
            spot.range.start = heading.unwrap_or(spot.range.start);
        }
    }
    for (index, (&at, mut spot)) in members.iter().zip(spots).enumerate() {
        if is_container(tree, links, &spot) {
            containers += 1;
            continue;
        }
        // The heading above the first one may stand before the list that it is in.
        let outer = || tree.elements[tree.elements[at].parent].parent;
        let from = index.checked_sub(1).map_or_else(outer, |before| self::end(tree, members, before));
        if let Some(date) = date_between(tree, from, at, context) {
            above = Some((date, tree.elements[at].parent));
        }
        let own = date_before(tree, at, context);
        spot.above = own.or_else(|| above.as_ref().map(|(date, _)| date.clone()));
        let Some(found) = entry::read(tree, links, &spot, &asked, context) else { continue };
        let inside = links.within(spot.range.clone());
        let Some(link) = inside.iter().find(|link| link.target == found.target) else { continue };
        if !found.headed && is_in_prose(tree, link.at, &spot) {
            continue;
        }
        let date = found.article.dates.iter().find_map(|claim| crate::date::read(&claim.words, context));
        let to_come = date.as_ref().is_some_and(|date| date.at.to_utc() > context.now);
        coming += usize::from(to_come);
        // What is still to come is in a calendar, where entries have one anyway.
        let dated = date.is_some_and(|date| date.at.to_utc() <= context.now) || above.is_some();
        let value = value(&found, link, dated) + i32::from(to_come && !dated);
        if !passed[link.at] && met.insert(found.target.clone()) {
            shown += usize::from(found.headed || dated || to_come || found.article.summary.is_some());
            entries.push((spot, value, found.target));
        }
    }
    let useful = !entries.is_empty() && containers * 3 <= members.len();
    useful.then_some(Group { entries, coming, shown })
}

/// The heading that a member belongs to, where its only link says nothing, such as `mehr`: the last one before it beside it.
fn heading_before(tree: &Tree, links: &Links, members: &[usize], index: usize, spot: &Spot) -> Option<usize> {
    let silent = |link: &Link| entry::is_generic(&tree.text_of(link.at));
    let (at, inside) = (spot.range.start, links.within(spot.range.clone()));
    let parent = tree.elements[at].parent;
    let headed = spot.range.clone().any(|at| is_heading(&tree.elements[at].name));
    if headed || inside.is_empty() || !inside.iter().all(silent) {
        return None;
    }
    let from = index.checked_sub(1).map_or(parent + 1, |before| tree.elements[members[before]].end).max(parent + 1);
    (from..at).rev().find(|at| is_heading(&tree.elements[*at].name) && tree.elements[*at].parent == parent)
}

/// Where a member ends: with its element; but a heading or a term goes on to the next one, if nothing parts them.
fn end(tree: &Tree, members: &[usize], index: usize) -> usize {
    let at = members[index];
    let element = &tree.elements[at];
    if !(is_heading(&element.name) || matches!(&*element.name, "dt" | "a" | "strong" | "b")) {
        return element.end;
    }
    let parent = &tree.elements[element.parent];
    let next = members.get(index + 1).copied().filter(|next| *next < parent.end);
    // The last one is not to take in what follows the whole list.
    let rank = |at: usize| is_heading(&tree.elements[at].name).then(|| tree.elements[at].name.to_string());
    let limit = match next {
        Some(next) if tree.elements[next].parent == element.parent => next,
        Some(_) => return element.end,
        None => parent.end,
    };
    let mut to = element.end;
    while to < limit && to - at < 60 {
        let stops = rank(to).is_some() && rank(at).is_some() && rank(to) <= rank(at);
        if stops || matches!(&*tree.elements[to].name, "nav" | "footer" | "form" | "aside") {
            break;
        }
        to = tree.elements[to].end;
    }
    to.min(limit)
}

/// Whether a part holds several entries.
fn is_container(tree: &Tree, links: &Links, spot: &Spot) -> bool {
    let several = |found: &mut dyn Iterator<Item = &Link>| {
        let mut targets = found.map(|link| &link.target);
        let first = targets.next();
        first.is_some() && targets.any(|target| Some(target) != first)
    };
    let headed = entry::headed(tree, links, &spot.range);
    if !headed.is_empty() {
        return several(&mut headed.into_iter());
    }
    let inside = links.within(spot.range.clone()).iter();
    several(&mut inside.filter(|link| !link.grouping && tree.text_of(link.at).split(' ').count() >= 4))
}

/// A date that stands in the same line before a link, and nothing else does: `12.10.2024: the title`, line for line.
fn date_before(tree: &Tree, at: usize, context: &Context) -> Option<String> {
    let element = &tree.elements[at];
    if &*element.name != "a" {
        return None;
    }
    let holds = |block: &usize| {
        let text = &tree.blocks[*block].text;
        text.start <= element.text.start && element.text.start < text.end
    };
    let block = tree.blocks_of(&(element.parent..tree.elements[element.parent].end)).find(holds)?;
    let before = &tree.text[tree.blocks[block].text.start..element.text.start];
    let line = before.rsplit('\n').next().unwrap_or_default();
    let words = line.trim_matches(|c: char| !c.is_alphanumeric() && c != '.');
    let reading = crate::date::read(words, context)?;
    (reading.span.len() * 10 >= words.len() * 8).then(|| words.to_owned())
}

/// Whether a link is a word of a sentence rather than the name of an entry.
fn is_in_prose(tree: &Tree, link: usize, spot: &Spot) -> bool {
    let element = &tree.elements[link];
    let Some(block) = tree.blocks_of(&spot.range).find(|block| {
        let text = &tree.blocks[*block].text;
        text.start <= element.text.start && element.text.start < text.end
    }) else {
        return false;
    };
    let block = &tree.blocks[block];
    let before = tree.text[block.text.start..element.text.start].split_whitespace().count();
    let plain = block.words - block.linked;
    let line_ends =
        tree.text[element.text.end.min(block.text.end)..block.text.end].trim_start_matches(' ').starts_with('\n');
    // `mehr` at the end of a teaser is no word of it.
    if entry::is_generic(&tree.text_of(link))
        && element.text.end >= block.text.start + tree.text[block.text.clone()].trim_end().len()
    {
        return false;
    }
    plain > 10 && before > 6 || plain > 15 && !line_ends && before == 0
}

/// A date that stands between two members and is the heading of what follows.
fn date_between(tree: &Tree, from: usize, to: usize, context: &Context) -> Option<String> {
    let first = tree.elements[from.min(to)].blocks.start;
    let last = tree.elements[to].blocks.start;
    let mut found = None;
    for block in first..last.max(first) {
        if tree.blocks[block].words > 6 || tree.blocks[block].linked > 0 {
            continue;
        }
        let words = tree.block_text(block);
        if let Some(reading) = crate::date::read(&words, context)
            && reading.span.len() * 10 >= words.len() * 6
        {
            found = Some(words);
        }
    }
    found
}

/// What speaks for an entry.
fn value(found: &entry::Found, link: &Link, dated: bool) -> i32 {
    let title = match found.words {
        0..3 => 0,
        3..5 => 1,
        _ => 2,
    };
    let summary = i32::from(found.article.summary.is_some());
    let mut value = title + i32::from(found.headed) + 2 * i32::from(dated) + summary + i32::from(names(&link.target));
    if link.grouping {
        value -= 3;
    }
    if link.foreign {
        value -= 1;
    }
    value
}

/// Whether an address names an article: a long slug, a number, a date.
fn names(target: &str) -> bool {
    let path = target.split("://").nth(1).and_then(|rest| rest.split_once('/')).map_or("", |(_, path)| path);
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let words = last.split(['-', '_', '+', '.']).filter(|word| !word.is_empty()).count();
    let digits = last.bytes().filter(u8::is_ascii_digit).count();
    words >= 4 || digits >= 4 || path.split('/').any(|part| part.len() == 4 && part.starts_with("20"))
}

/// The kind of an address: its host and how its path is built.
fn shape(target: &str) -> String {
    let rest = target.split("://").nth(1).unwrap_or(target);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let parts: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let file = parts.last().is_some_and(|last| last.contains('.'));
    format!("{host} {} {file} {}", parts.len(), names(target))
}

/// Whether a name such as `hauptnavigation` or `submenu` is that of a navigation.
fn is_compound(word: &str) -> bool {
    ["navigation", "navi", "nav", "menu", "menue", "menü"].iter().any(|end| word.ends_with(end))
}

/// For each element whether it is in a part that holds no entries: navigation, foot, margin, forms.
fn passed(tree: &Tree) -> Vec<bool> {
    const NAMES: [&str; 29] = [
        "navbar",
        "breadcrumb",
        "breadcrumbs",
        "pagination",
        "pager",
        "paginator",
        "footer",
        "footermenu",
        "sidebar",
        "cookie",
        "consent",
        "share",
        "sharing",
        "social",
        "login",
        "search",
        "suche",
        "comments",
        "kommentare",
        "tagcloud",
        "related",
        "meistgelesen",
        "mostread",
        "newsletter",
        "offcanvas",
        "dropdown",
        "sponsor",
        "sponsoren",
        "skiplinks",
    ];
    let total = tree.text.len().max(1);
    let mut passed = vec![false; tree.elements.len()];
    let mut at = 0;
    while at < tree.elements.len() {
        let element = &tree.elements[at];
        let role = || tree.attr(at, "role").unwrap_or_default();
        let called = || element.hint.split([' ', '-', '_']).any(|word| NAMES.contains(&word) || is_compound(word));
        let out = match &*element.name {
            "html" | "body" | "main" | "article" | "h1" | "h2" | "h3" | "h4" | "a" | "time" => false,
            "nav" | "form" | "dialog" | "noscript" | "menu" | "select" | "button" => true,
            "aside" => true,
            // The head and foot of the page, not those of an entry.
            "header" => !tree.around(at).any(|at| matches!(&*tree.elements[at].name, "article" | "main" | "li")),
            "footer" => !tree.around(at).any(|at| matches!(&*tree.elements[at].name, "article" | "li")),
            _ => {
                matches!(&*role(), "navigation" | "complementary" | "contentinfo" | "search" | "menu" | "menubar")
                    || called()
                    || tree.attr(at, "hidden").is_some()
            }
        };
        // What holds most of the page is not left out for its name.
        if out && element.text.len() * 2 <= total {
            let end = element.end;
            passed[at..end].fill(true);
            at = end;
        } else {
            at += 1;
        }
    }
    passed
}
