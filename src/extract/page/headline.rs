//! The headline of a page as its reader sees it.
//!
//! Owns the choice between what is shown (`h1`) and what is said elsewhere (JSON-LD, Open Graph,
//! `<title>`), and the taking off of kickers and of the site's name. It never changes the words.

use super::body::Body;
use super::json_ld::Described;
use super::meta::Head;
use super::tree::{Piece, Tree};
use crate::extract::furniture::{furniture, is_often_beside};
use crate::extract::text::head::bare;
use crate::text::fold;
use std::collections::HashSet;

/// A headline, and the element that shows it.
pub struct Headline {
    /// The words.
    pub text: String,
    /// The element, if the page shows them.
    pub element: Option<usize>,
}

/// Finds the headline.
pub fn find(tree: &Tree, head: &Head, described: Option<&Described>, dropped: &[bool]) -> Option<Headline> {
    let said = Said::of(head, described);
    let mut tops = (0..tree.elements.len()).filter(|at| &*tree.elements[*at].name == "h1");
    let top = tops.next();
    let lone = top.filter(|_| tops.next().is_none());
    let mut best: Option<(i64, Headline)> = None;
    for (at, element) in tree.elements.iter().enumerate() {
        let level = match &*element.name {
            "h1" => 30,
            "h2" => 12,
            "h3" => 4,
            "div" | "span" | "p" | "header" if is_headline_hint(&element.hint) => 2,
            _ => continue,
        };
        let text = said.whole(tree, at).unwrap_or_else(|| shown(tree, at));
        let words = text.split_whitespace().count();
        if words == 0 || words > 40 || element.text.len() > 600 {
            continue;
        }
        let likeness = said.likeness(&text);
        let mut score = level + likeness;
        if tree.attr(at, "itemprop").is_some_and(|p| p.contains("headline")) {
            score += 15;
        }
        if is_headline_hint(&element.hint) {
            score += 8;
        }
        if dropped[at] {
            score -= 25;
        }
        if links_home(tree, at) {
            score -= 40;
        }
        // A single word is a headline only where nothing else is, and where it is none of a page's usual parts.
        let alone = lone == Some(at) && !said.all.is_empty() && furniture(&text).is_none();
        if said.is_site(&text) || words < 2 && likeness < 90 && !alone {
            score -= 30;
        }
        // Where the first heading is one for search engines, the one that is shared stands below it.
        let near = top.is_some_and(|top| {
            let from = tree.elements[top].blocks.start;
            (from..from + NEAR).contains(&element.blocks.start)
        });
        if near && !dropped[at] && said.is_shared(&text) {
            score += SHARED;
        }
        // Without any likeness to what the page says of itself only a lone `h1` will do.
        if likeness < 30 && level < 30 {
            continue;
        }
        if best.as_ref().is_none_or(|(most, _)| score > *most) {
            best = Some((score, Headline { text, element: Some(at) }));
        }
    }
    let mut shown = best.filter(|(score, _)| *score >= 30).map(|(_, headline)| headline);
    if let Some(headline) = &mut shown
        && let Some(whole) = said.with_kicker().find(|said| adds_kicker(tree, headline, said))
    {
        headline.text.clone_from(whole);
    }
    let text = shown.or_else(|| said.all.into_iter().next().map(|text| Headline { text, element: None }));
    text.filter(|headline| !headline.text.is_empty())
}

/// The headline of the article, where the one that was found is the name of the house: sites without a system write it as
/// the first heading of each page, and again in the foot. The first heading over running text of the body is it then.
pub fn below_name(
    tree: &Tree,
    head: &Head,
    described: Option<&Described>,
    found: Option<&Headline>,
    body: Option<&Body>,
) -> Option<Headline> {
    let (found, body) = (found?, body?);
    let top = found.element.filter(|at| &*tree.elements[*at].name == "h1")?;
    // What is written for readers tells the headline from the name.
    if Said::of(head, described).written > 0 || !signs_foot(tree, body, &found.text) {
        return None;
    }
    let behind = tree.elements[top].blocks.end;
    let title = |at: &usize| {
        let block = &tree.blocks[*at];
        let name = &*tree.elements[block.element].name;
        let next = body.keep.iter().enumerate().skip(at + 1).find(|(_, keep)| **keep);
        matches!(name, "h1" | "h2" | "h3")
            && (2..=20).contains(&block.words)
            && block.linked * 2 <= block.words
            && furniture(&tree.block_text(*at)).is_none()
            && !is_often_beside(&tree.block_text(*at))
            && next.is_some_and(|(next, _)| next <= at + 4)
    };
    let at = (behind..tree.blocks.len()).filter(|at| body.keep[*at]).find(title)?;
    Some(Headline { text: tree.block_text(at), element: Some(tree.blocks[at].element) })
}

/// Whether the foot of the page begins a line with this name: `© Verein e. V. | Impressum`, `Praxis · Straße 5 · Ort`.
fn signs_foot(tree: &Tree, body: &Body, name: &str) -> bool {
    const FOOT: usize = 15;
    const LEAST: usize = 6;
    let name = bare(name);
    let last = body.keep.iter().rposition(|keep| *keep).map_or(0, |last| last + 1);
    let foot = last.max(tree.blocks.len().saturating_sub(FOOT))..tree.blocks.len();
    foot.map(|at| tree.block_text(at)).any(|text| {
        let text = text.trim_start_matches("Copyright").trim_start_matches([' ', '©', '(', 'c', ')']);
        let text = text.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '–' | 'b' | 'y'));
        let first = bare(text.split(['|', '·', ',', '•', '–']).next().unwrap_or_default());
        first.len() >= LEAST && name.len() >= LEAST && (name.starts_with(&first) || first.starts_with(&name))
    })
}

/// Blocks behind the first heading within which the one that a reader sees may follow.
const NEAR: usize = 8;
/// What it counts that a heading is the title under which the page is shared: more than one level of headings.
const SHARED: i64 = 25;

/// The titles that a page says of itself.
struct Said {
    /// Without the name of the site, the best evidence first.
    all: Vec<String>,
    /// How many of them were written for readers, not for the window of a browser.
    written: usize,
    /// All of them bare, in the same order.
    plain: Vec<String>,
    /// The words of each, once for those that are alike.
    words: Vec<(String, HashSet<String>)>,
    /// The one under which the page is shared, bare.
    shared: Option<String>,
    /// The pieces of `<title>`, bare.
    pieces: Vec<String>,
    /// The name of the site, bare.
    site: Option<String>,
}

impl Said {
    fn of(head: &Head, described: Option<&Described>) -> Said {
        let site = head.first(&["og:site_name", "application-name"]).map(str::to_owned);
        let site = site.or_else(|| described?.publisher.clone());
        let clean =
            |title: &str| Some(without_site(title, site.as_deref())).filter(|title| bare(title).chars().count() >= 2);
        let shared = head.first(&["og:title"]).and_then(clean);
        let mut all: Vec<String> = described.and_then(|d| d.headline.clone()).into_iter().collect();
        all.retain(|title| bare(title).chars().count() >= 2);
        all.extend(shared.clone());
        all.extend(head.first(&["twitter:title", "dc.title", "dcterms.title", "headline"]).and_then(clean));
        let written = all.len();
        all.extend(head.title.as_deref().and_then(clean));
        // A title may name site and section before the headline as well as behind it.
        let pieces = head.title.iter().flat_map(|title| pieces_of(title)).collect();
        let plain: Vec<String> = all.iter().map(|title| bare(title)).collect();
        let mut words: Vec<(String, HashSet<String>)> = Vec::new();
        for (title, plain) in all.iter().zip(&plain) {
            if !words.iter().any(|(other, _)| other == plain) {
                words.push((plain.clone(), words_of(title)));
            }
        }
        let (shared, site) = (shared.map(|title| bare(&title)), site.map(|site| bare(&site)));
        Said { all, written, plain, words, shared, pieces, site }
    }

    fn with_kicker(&self) -> impl Iterator<Item = &String> {
        self.all[..self.written].iter()
    }

    fn is_site(&self, text: &str) -> bool {
        self.site.as_ref().is_some_and(|site| *site == bare(text))
    }

    fn is_shared(&self, text: &str) -> bool {
        self.shared.as_ref().is_some_and(|shared| *shared == bare(text))
    }

    fn likeness(&self, text: &str) -> i64 {
        let (plain, words) = (bare(text), words_of(text));
        let like = |(said, said_words): &(String, HashSet<String>)| {
            if *said == plain { 100 } else { likeness(&words, said_words) }
        };
        let most = self.words.iter().map(like).max().unwrap_or(0);
        let piece = text.contains(' ') && self.pieces.contains(&plain);
        if piece { most.max(PIECE) } else { most }
    }

    /// The title that a heading is, whatever its parts are called, or that is one part of it beside a kicker or a subtitle.
    fn whole(&self, tree: &Tree, at: usize) -> Option<String> {
        let element = &tree.elements[at];
        if element.text.len() > 600 {
            return None;
        }
        let text = bare(&tree.text[element.text.clone()]);
        let barred = |said: &str| BARS.iter().any(|bar| said.contains(bar));
        let same = |(said, plain): &(&String, &String)| **plain == text && !barred(said);
        if let Some((said, _)) = self.all[..self.written].iter().zip(&self.plain).find(same) {
            // The colon behind a kicker is often drawn, not written.
            let own = tree.text_of(at);
            return Some(if said.contains(": ") && !own.contains(':') { said.clone() } else { own });
        }
        let parted = |(_, said): &(&String, &String)| {
            let said = said.as_str();
            let rest = text.len().saturating_sub(said.len());
            let ends = text.starts_with(said) || text.ends_with(said);
            if !ends || said.chars().count() < LEAST || rest == 0 || rest > MOST_BESIDE {
                return false;
            }
            let start = element.text.start;
            (at + 1..element.end).any(|inner| {
                let inner = &tree.elements[inner].text;
                let before = || bare(&tree.text[start..inner.start]);
                let behind = || bare(&tree.text[inner.end..element.text.end]);
                text.ends_with(said) && (before().len() == rest || bare(&tree.text[start..inner.end]).len() == rest)
                    || text.starts_with(said) && (before() == said || behind().len() == rest)
            })
        };
        self.all.iter().zip(&self.plain).find(parted).map(|(said, _)| said.clone())
    }
}

/// Letters of a title that is looked for within a heading.
const LEAST: usize = 12;
/// Bytes of a kicker or subtitle in one heading with the title.
const MOST_BESIDE: usize = 100;

/// How alike a headline is to a title of which it is one piece.
const PIECE: i64 = 85;

/// The pieces of a title between its bars, bare.
pub fn pieces_of(title: &str) -> Vec<String> {
    let mut pieces = vec![title];
    for bar in BARS {
        pieces = pieces.into_iter().flat_map(|piece| piece.split(bar)).collect();
    }
    pieces.into_iter().map(bare).filter(|piece| !piece.is_empty()).collect()
}

/// What parts a title from the names of section and site.
const BARS: &[&str] = &[" | ", " - ", " – ", " — ", " :: ", " » ", " « ", " · ", " • ", " // ", " / "];

/// Whether a title that is said is the shown one with the kicker that stands above it:
/// `Kicker: Titel`.
fn adds_kicker(tree: &Tree, headline: &Headline, said: &str) -> bool {
    let Some(element) = headline.element else { return false };
    let Some((kicker, rest)) = said.split_once(": ") else { return false };
    let (kicker, rest) = (bare(kicker), bare(rest));
    if kicker.is_empty() || rest != bare(&headline.text) {
        return false;
    }
    let end = tree.elements[element].text.end;
    let start = tree.elements[element].text.start;
    let from = tree.text.floor_char_boundary(start.saturating_sub(300));
    bare(&tree.text[from..end]).contains(&kicker)
}

/// Whether the heading is the site's name: a link to its front page.
fn links_home(tree: &Tree, at: usize) -> bool {
    let around = tree.around(at).take(3).skip(1);
    (at..tree.elements[at].end).chain(around).filter(|inner| &*tree.elements[*inner].name == "a").any(|link| {
        tree.attr(link, "href").is_some_and(|href| {
            let path =
                href.split_once("://").map_or(href.as_str(), |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
            matches!(path.trim(), "/" | "/index.html" | "/index.php" | "/de/" | "/de")
        })
    })
}

fn is_headline_hint(hint: &str) -> bool {
    // One of these two is in each of the names.
    (hint.contains("title") || hint.contains("headline"))
        && [
            "headline",
            "entry-title",
            "post-title",
            "article-title",
            "article__title",
            "articletitle",
            "posttitle",
            "page-title",
        ]
        .iter()
        .any(|name| hint.contains(name))
        && !["sub", "related", "teaser", "widget", "kicker"].iter().any(|name| hint.contains(name))
}

/// The text of a heading without its kicker and without what only machines read.
fn shown(tree: &Tree, at: usize) -> String {
    const ASIDE: &[&str] = &[
        "kicker",
        "overline",
        "topline",
        "roofline",
        "dachzeile",
        "supertitle",
        "spitzmarke",
        "overtitle",
        "pretitle",
        "toptitle",
        "visually-hidden",
        "sr-only",
        "hidden",
        "subtitle",
        "subline",
        "intro",
        "badge",
        "label",
        "icon",
        "topic",
        "roof",
        "eyebrow",
        "super-title",
        "suptitle",
        "category",
        "rubrik",
        "permalink",
        "anchor",
        "comment",
        "section-name",
        "prefix",
        "headline-prefix",
    ];
    let whole = tree.text_of(at);
    let mut text = String::new();
    let range = tree.elements[at].text.clone();
    let mut skip = None;
    for piece in pieces(tree, at) {
        match *piece {
            Piece::Open(inner) if inner > at && skip.is_none() => {
                let element = &tree.elements[inner];
                let aside = ASIDE.iter().any(|name| element.hint.contains(name)) || &*element.name == "small";
                // What holds nearly all of the words is the headline, whatever it is called.
                if aside && element.text.len() * 10 <= range.len() * 8 {
                    skip = Some(inner);
                } else if matches!(&*element.name, "br" | "span") {
                    text.push(' ');
                }
            }
            Piece::Close(inner) if skip == Some(inner) => skip = None,
            // What follows is no part of it, though no element may part the two.
            Piece::Close(inner) if inner == at => break,
            Piece::Text { start, end, .. } if skip.is_none() => text.push_str(&tree.text[start..end]),
            _ => {}
        }
    }
    let text = fold(&text);
    let text = text.trim_start_matches([':', '–', '|']).trim();
    // Spaces at the borders of elements are guesses; where the source had none, trust it.
    if bare(text) == bare(&whole) { whole } else { text.to_owned() }
}

/// The pieces of an element, itself included.
fn pieces(tree: &Tree, at: usize) -> &[Piece] {
    let start = tree.opening[at];
    let end = tree.opening.get(tree.elements[at].end).copied().unwrap_or(tree.pieces.len());
    &tree.pieces[start..end]
}

/// The words of a title, each bare.
fn words_of(title: &str) -> HashSet<String> {
    title.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect()
}

/// How alike two titles are that are not the same, 0 to 90: the share of common words.
fn likeness(a: &HashSet<String>, b: &HashSet<String>) -> i64 {
    let common = a.intersection(b).count() as i64;
    if a.is_empty() || b.is_empty() {
        return 0;
    }
    // A shown headline is often part of a longer one with kicker and site.
    let part = 90 * common / a.len().min(b.len()) as i64;
    let whole = 90 * common / a.len().max(b.len()) as i64;
    if a.len().min(b.len()) >= 3 { (part + whole) / 2 } else { whole }
}

/// Takes the site's name off the end, or the beginning, of a title.
pub fn without_site(title: &str, site: Option<&str>) -> String {
    let mut title = fold(title);
    if let Some(site) = site.map(bare).filter(|site| !site.is_empty()) {
        for _ in 0..2 {
            let cut = BARS.iter().filter_map(|bar| title.rfind(bar).map(|at| (at, bar.len()))).max();
            match cut {
                Some((at, length))
                    if bare(&title[at + length..]).starts_with(&site)
                        || site.starts_with(&bare(&title[at + length..])) =>
                {
                    title.truncate(at);
                }
                _ => break,
            }
        }
        let cut = BARS.iter().filter_map(|bar| title.find(bar).map(|at| (at, bar.len()))).min();
        if let Some((at, length)) = cut
            && bare(&title[..at]) == site
        {
            title = title[at + length..].to_owned();
        }
        return title;
    }
    // Without a name the last short piece behind a bar is taken for it.
    let cut = [" | ", " :: ", " » ", " - ", " – ", " — "]
        .iter()
        .filter_map(|bar| title.rfind(bar).map(|at| (at, bar.len())))
        .max();
    if let Some((at, length)) = cut {
        let (before, behind) =
            (title[..at].split_whitespace().count(), title[at + length..].split_whitespace().count());
        if behind <= 4 && before >= 3 && before > behind {
            title.truncate(at);
        }
    }
    title
}

#[cfg(test)]
mod tests {
    use super::without_site;

    #[test]
    fn the_name_of_the_site_is_taken_off_and_a_dash_within_is_kept() {
        assert_eq!(
            without_site("Der Apfel – rot und rund | Gartenblatt", Some("Gartenblatt")),
            "Der Apfel – rot und rund"
        );
        assert_eq!(without_site("Gartenblatt: Der Apfel", Some("Gartenblatt")), "Gartenblatt: Der Apfel");
        assert_eq!(without_site("Ein roter Apfel fällt - Gartenblatt", None), "Ein roter Apfel fällt");
    }
}
