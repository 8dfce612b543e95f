//! One entry of a listing: its link, title, date and teaser.

use super::super::tree::Tree;
use super::links::{Link, Links, reference};
use crate::date::{Context, Role};
use crate::extract::text::date_of_line;
use crate::extract::text::head::without_date;
use crate::model::{DateClaim, Markup, Origin, RawArticle, Selectors};
use crate::text::fold;
use std::ops::Range;

/// Where an entry stands.
#[derive(Debug, Clone)]
pub struct Spot {
    /// Its elements.
    pub range: Range<usize>,
    /// A date that stands above it and the entries beside it.
    pub above: Option<String>,
}

impl Spot {
    /// An element and all within it, or up to what follows.
    pub fn plain(at: usize, end: usize) -> Spot {
        Spot { range: at..end, above: None }
    }
}

/// The elements that selectors chose, each list in the order of the page; `None`: nothing was asked.
#[derive(Debug, Default)]
pub struct Asked {
    link: Option<Vec<usize>>,
    title: Option<Vec<usize>>,
    date: Option<Vec<usize>>,
    summary: Option<Vec<usize>>,
}

impl Asked {
    /// Looks them up once for the page.
    pub fn new(tree: &Tree, selectors: &Selectors) -> Asked {
        let all = |selector: &Option<String>| selector.as_deref().map(|selector| tree.select(selector));
        Asked {
            link: all(&selectors.link),
            title: all(&selectors.title),
            date: all(&selectors.date),
            summary: all(&selectors.summary),
        }
    }
}

/// The first of the chosen elements within an entry.
fn first(chosen: &[usize], range: &Range<usize>) -> Option<usize> {
    let at = *chosen.get(chosen.partition_point(|at| *at < range.start))?;
    (at < range.end).then_some(at)
}

/// An entry as found.
#[derive(Debug)]
pub struct Found {
    /// What it is compared by.
    pub target: String,
    /// Link, title, dates, summary.
    pub article: RawArticle,
    /// Whether a heading names it.
    pub headed: bool,
    /// Words of its title.
    pub words: usize,
}

/// Words that say nothing of the article that they lead to.
const GENERIC: [&str; 42] = [
    "weiterlesen",
    "weiter lesen",
    "weiter",
    "lesen",
    "jetzt lesen",
    "hier lesen",
    "lesen sie mehr",
    "lesen sie weiter",
    "erfahren sie mehr",
    "zum artikel",
    "zur meldung",
    "zum beitrag",
    "zum bericht",
    "zur nachricht",
    "zur pressemitteilung",
    "artikel lesen",
    "beitrag lesen",
    "bericht lesen",
    "meldung lesen",
    "ganzen artikel lesen",
    "ganzen beitrag lesen",
    "ganzer artikel",
    "zum ganzen artikel",
    "details",
    "zu den details",
    "download",
    "herunterladen",
    "pdf",
    "anzeigen",
    "ansehen",
    "öffnen",
    "hier",
    "hier klicken",
    "link",
    "read more",
    "continue reading",
    "kommentare",
    "anhang",
    "datei",
    "dokument",
    "dokument öffnen",
    "more",
];
/// What follows `mehr` where it says nothing: a title may begin with it, too.
const MORE: [&str; 18] = [
    "lesen",
    "erfahren",
    "info",
    "infos",
    "information",
    "informationen",
    "dazu",
    "davon",
    "details",
    "anzeigen",
    "ansehen",
    "sehen",
    "laden",
    "hier",
    "zu",
    "zum",
    "zur",
    "über",
];

/// Whether a text says nothing of what it leads to.
pub fn is_generic(text: &str) -> bool {
    let text = text.to_lowercase();
    let text = text.trim_matches(|c: char| !c.is_alphanumeric());
    let mut words = text.split(' ');
    let (first, second) = (words.next().unwrap_or_default(), words.next());
    text.is_empty()
        || GENERIC.contains(&text)
        || first == "mehr" && second.is_none_or(|word| MORE.contains(&word)) && words.count() < 2
        || text.chars().all(|c| c.is_ascii_digit())
        || text.ends_with("kommentare") && text.split(' ').count() <= 2
        || text.starts_with("pdf") && text.len() < 24
}

/// Whether a text is a date and hardly anything else.
fn is_date(text: &str, context: &Context) -> bool {
    text.len() <= 60
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && crate::date::read(text, context).is_some_and(|reading| reading.span.len() * 10 >= text.len() * 8)
}

pub fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// Whether class or id call an element a title.
fn is_named_title(hint: &str) -> bool {
    hint.split([' ', '-', '_']).any(|word| {
        matches!(word, "title" | "titel" | "headline" | "heading" | "ueberschrift" | "überschrift" | "schlagzeile")
    })
}

/// The links of an entry that stand in a heading, or hold one.
pub fn headed<'l>(tree: &Tree, links: &'l Links, range: &Range<usize>) -> Vec<&'l Link> {
    links.within(range.clone()).iter().filter(|link| heading_of(tree, link.at, range).is_some()).collect()
}

/// The heading that a link stands in or holds, within an entry.
fn heading_of(tree: &Tree, link: usize, range: &Range<usize>) -> Option<usize> {
    let outer = tree.around(link).take_while(|at| range.contains(at)).find(|at| is_heading(&tree.elements[*at].name));
    outer.or_else(|| (link..tree.elements[link].end).find(|at| is_heading(&tree.elements[*at].name)))
}

/// The link that an entry is about: in its heading, else the one with the most words.
fn main_link<'l>(tree: &Tree, links: &'l Links, range: &Range<usize>, context: &Context) -> Option<&'l Link> {
    let worth = |link: &Link| {
        let text = tree.text_of(link.at);
        let words = if is_generic(&text) || is_date(&text, context) { 0 } else { text.split(' ').count().min(20) };
        let heading = if heading_of(tree, link.at, range).is_some() { 50 } else { 0 };
        heading + words as i32 - if link.grouping { 30 } else { 0 } - if link.foreign { 10 } else { 0 }
    };
    let mut best: Option<(i32, &Link)> = None;
    for link in links.within(range.clone()) {
        let worth = worth(link);
        if best.is_none_or(|(most, _)| worth > most) {
            best = Some((worth, link));
        }
    }
    best.map(|(_, link)| link)
}

/// Reads an entry; `None` if it has no link or nothing that names it.
pub fn read(tree: &Tree, links: &Links, spot: &Spot, asked: &Asked, context: &Context) -> Option<Found> {
    let range = &spot.range;
    let (at, href, target, grouping) = match &asked.link {
        Some(chosen) => {
            let at = first(chosen, range)?;
            let href = reference(tree, at)?;
            (at, href.clone(), href, false)
        }
        None => {
            let link = main_link(tree, links, range, context)?;
            (link.at, link.href.clone(), link.target.clone(), link.grouping)
        }
    };
    let mut dates = Vec::new();
    let (title, headed) = match &asked.title {
        Some(chosen) => (tree.text_of(first(chosen, range)?), true),
        None => title(tree, at, range, context, &mut dates)?,
    };
    match &asked.date {
        Some(chosen) => dates = first(chosen, range).map(|at| claims_of(tree, at)).unwrap_or_default(),
        None => {
            let mut found = dates_in(tree, range, context);
            found.append(&mut dates);
            dates = found;
            if dates.is_empty() {
                dates.extend(spot.above.iter().map(|words| claim(words, Origin::Byline)));
            }
        }
    }
    let summary = match &asked.summary {
        Some(chosen) => first(chosen, range).map(|at| tree.text_of(at)).filter(|text| !text.is_empty()),
        None => summary(tree, range, &title),
    };
    let words = title.split(' ').count();
    if title.is_empty() || grouping && words < 4 {
        return None;
    }
    let article = RawArticle {
        title: Some(Markup::Text(title)),
        link: Some(href),
        dates,
        summary: summary.map(Markup::Text),
        ..RawArticle::default()
    };
    Some(Found { target, article, headed, words })
}

fn claim(words: &str, origin: Origin) -> DateClaim {
    DateClaim { role: Role::Unknown, words: fold(words), origin }
}

/// What names an entry, and whether that is a heading. A date that stands in it is taken out.
fn title(
    tree: &Tree,
    link: usize,
    range: &Range<usize>,
    context: &Context,
    dates: &mut Vec<DateClaim>,
) -> Option<(String, bool)> {
    let elements = || range.clone().filter(|at| *at < tree.elements.len());
    let beside = |at: usize| at <= link && link < tree.elements[at].end || link < at && at < tree.elements[link].end;
    let good = |text: &String| !text.is_empty() && !is_generic(text) && !is_date(text, context);
    let text = |at: usize| Some(tree.text_of(at)).filter(good);
    let named = |at: &usize| is_named_title(&tree.elements[*at].hint);
    let headings = || elements().filter(|at| is_heading(&tree.elements[*at].name));
    let heading = heading_of(tree, link, range).and_then(text);
    let headed = heading.is_some();
    let own = || {
        let texts: Vec<String> = match tree.elements[link].blocks.len() {
            0 | 1 => vec![tree.text_of(link)],
            _ => tree.elements[link].blocks.clone().map(|block| tree.block_text(block)).collect(),
        };
        let several = texts.len() > 1;
        // Above the title there may be a kicker or a date.
        let is_title = |text: &String| {
            good(text) && (!several || text.split(' ').count() >= 2 && crate::date::read(text, context).is_none())
        };
        texts.into_iter().find(is_title).filter(|text| text.split(' ').count() >= 2 || text.chars().count() >= 10)
    };
    let marked = || elements().filter(|at| matches!(&*tree.elements[*at].name, "strong" | "b")).find_map(text);
    let attribute = || {
        let told = ["title", "aria-label"].iter().find_map(|name| tree.attr(link, name));
        told.map(|told| fold(&told)).filter(good)
    };
    // A picture alone says in words what it shows.
    let picture = || {
        let alts = (link..tree.elements[link].end).filter_map(|at| tree.attr(at, "alt"));
        alts.map(|alt| fold(&alt)).find(|alt| good(alt) && alt.split(' ').count() >= 3)
    };
    let block = || {
        // A break ends a line: there may be a date in the one above.
        let lines = tree.blocks_of(range).flat_map(|block| tree.text[tree.blocks[block].text.clone()].split('\n'));
        lines.map(fold).find(|text| good(text) && text.split(' ').count() >= 3)
    };
    let found = heading
        .or_else(|| elements().filter(named).filter(|at| beside(*at)).find_map(text))
        .or_else(own)
        .or_else(|| headings().find_map(text))
        .or_else(|| elements().filter(named).find_map(text))
        .or_else(marked)
        .or_else(attribute)
        .or_else(picture)
        .or_else(|| text(link).filter(|text| text.chars().count() >= 4))
        .or_else(block)
        .or_else(|| text(link))?;
    let (mut rest, date) = without_date(&found, context);
    // `mehr` behind the sentence that names the entry is none of its words.
    let last = tree.text_of(link);
    if is_generic(&last)
        && let Some(before) = rest.strip_suffix(last.trim()).filter(|before| !before.is_empty())
    {
        rest = before.trim_end().to_owned();
    }
    dates.extend(date.map(|words| claim(&words, Origin::Byline)));
    // A whole teaser in one link has its title in the first line, if anywhere.
    let title =
        if rest.split(' ').count() > 40 { rest.split(". ").next().unwrap_or_default().to_owned() } else { rest };
    Some((title, headed || headings().next().is_some()))
}

/// What an element says of a date: by its attribute, else by its words.
fn claims_of(tree: &Tree, at: usize) -> Vec<DateClaim> {
    let time = (at..tree.elements[at].end).find(|at| &*tree.elements[*at].name == "time").unwrap_or(at);
    let stated =
        ["datetime", "content"].iter().find_map(|name| tree.attr(time, name)).filter(|words| !words.is_empty());
    let mut claims: Vec<DateClaim> = stated.iter().map(|words| claim(words, Origin::Time)).collect();
    let words = tree.text_of(at);
    if !words.is_empty() && words.len() <= 200 {
        claims.push(claim(&words, Origin::Byline));
    }
    claims
}

/// The dates of an entry, best evidence first: `<time>`, elements that are nothing but a date, lines about one.
fn dates_in(tree: &Tree, range: &Range<usize>, context: &Context) -> Vec<DateClaim> {
    let mut found = Vec::new();
    for at in range.clone().filter(|at| &*tree.elements[*at].name == "time") {
        found
            .extend(claims_of(tree, at).into_iter().filter(|claim| crate::date::read(&claim.words, context).is_some()));
    }
    if !found.is_empty() {
        return found;
    }
    for at in range.clone() {
        let element = &tree.elements[at];
        let length = element.text.len();
        if !(6..=60).contains(&length) || is_heading(&element.name) {
            continue;
        }
        let words = tree.text_of(at);
        if let Some((date, _)) = date_of_line(&words, context).filter(|(date, _)| date.len() * 2 > words.len()) {
            return vec![claim(&date, Origin::Byline)];
        }
    }
    // A break ends a line as well.
    let lines = tree.blocks_of(range).flat_map(|block| tree.text[tree.blocks[block].text.clone()].split('\n'));
    for words in lines.map(fold).filter(|words| words.split(' ').count() <= 24) {
        if let Some((date, _)) = date_of_line(&words, context) {
            return vec![claim(&date, Origin::Byline)];
        }
    }
    // `21.10.2024: the title`, and the teaser in the same line.
    for block in tree.blocks_of(range) {
        let words = tree.block_text(block);
        let head = &words[..words.floor_char_boundary(80)];
        let Some(reading) = crate::date::find(head, context).next() else { continue };
        let parted = head[reading.span.end..].trim_start().starts_with([':', '–', '-', '—', '|', '•', '·']);
        if reading.span.start == 0 && parted && !reading.doubtful {
            return vec![claim(&head[reading.span], Origin::Byline)];
        }
    }
    found
}

/// The teaser: the first line that is a sentence, and not the title.
fn summary(tree: &Tree, range: &Range<usize>, title: &str) -> Option<String> {
    let mut texts =
        tree.blocks_of(range).filter(|block| tree.blocks[*block].words >= 8).map(|block| tree.block_text(block));
    let words = title.split(' ').count();
    texts.find(|text| !(title.contains(text.as_str()) || text.contains(title) && text.split(' ').count() < 2 * words))
}
