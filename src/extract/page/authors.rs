//! Who wrote the article of a page.
//!
//! Owns the choice between what the page says in JSON-LD, in `<meta>`, in marked elements and in
//! its byline. In comes the tree, out go names as found. It never changes a name but for the words
//! around it (`Von`, a profession behind a comma).

use super::headline::Headline;
use super::json_ld::Described;
use super::meta::Head;
use super::tree::Tree;
use crate::extract::text::head::{bare, byline, is_name};
use crate::text::fold;

/// Finds the authors.
pub fn find(
    tree: &Tree,
    head: &Head,
    described: Option<&Described>,
    headline: Option<&Headline>,
    dropped: &[bool],
    body: Option<usize>,
) -> Vec<String> {
    let house = House::of(head, described);
    let mut people = Vec::new();
    let mut houses = Vec::new();
    if let Some(described) = described {
        for (name, organisation) in &described.authors {
            for name in names(name) {
                let list = if *organisation || house.is(&name) { &mut houses } else { &mut people };
                push(list, name);
            }
        }
    }
    let whole = |names: &[String]| names.iter().any(|name| name.contains(' '));
    if whole(&people) {
        // Agencies beside people are authors as well.
        people.extend(houses);
        return people;
    }
    for name in [
        "author",
        "article:author",
        "dc.creator",
        "dcterms.creator",
        "parsely-author",
        "sailthru.author",
        "cxenseparse:author",
        "citation_author",
        "article:author:name",
        "autor",
    ] {
        for value in head.all(name) {
            names(value).into_iter().filter(|name| !house.is(name)).for_each(|name| push(&mut people, name));
        }
        if whole(&people) {
            break;
        }
    }
    let shown = shown(tree, headline, dropped, body, &house);
    match (people.is_empty(), shown.is_empty()) {
        // What the reader sees is written with more care than what machines read.
        (false, false) if whole(&shown) && !whole(&people) => shown,
        (false, _) => people,
        (true, false) => shown,
        (true, true) => houses,
    }
}

/// What stands before a date in a byline: `Anna Muster am Freitag, 3. Mai`.
fn until_date(text: &str) -> &str {
    let text = text.split(" am ").next().unwrap_or(text);
    let digit = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    let text = text[..digit].trim_end();
    for day in [
        " Mo,",
        " Di,",
        " Mi,",
        " Do,",
        " Fr,",
        " Sa,",
        " So,",
        " Montag,",
        " Dienstag,",
        " Mittwoch,",
        " Donnerstag,",
        " Freitag,",
        " Samstag,",
        " Sonntag,",
    ] {
        if let Some(text) = text.strip_suffix(day) {
            return text;
        }
    }
    text
}

/// The names of the site and its publisher: no authors.
struct House(Vec<String>);

impl House {
    fn of(head: &Head, described: Option<&Described>) -> House {
        let names = [
            head.first(&["og:site_name"]),
            head.first(&["application-name"]),
            described.and_then(|d| d.publisher.as_deref()),
        ];
        House(names.into_iter().flatten().map(bare).filter(|name| !name.is_empty()).collect())
    }

    fn is(&self, name: &str) -> bool {
        const WORDS: &[&str] = &[
            "redaktion",
            "admin",
            "administrator",
            "online",
            "gmbh",
            "verlag",
            "webmaster",
            "ag",
            "e.v.",
            "team",
            "presse",
        ];
        let lower = name.to_lowercase();
        let bare = bare(name);
        self.0.contains(&bare)
            || lower.split_whitespace().any(|word| WORDS.contains(&word))
            || lower.contains("redaktion")
            || lower.contains('.') && !lower.contains(' ')
    }
}

fn push(list: &mut Vec<String>, name: String) {
    if !list.iter().any(|other| bare(other) == bare(&name)) && list.len() < 20 {
        list.push(name);
    }
}

/// Splits what stands in a place for authors into names.
fn names(text: &str) -> Vec<String> {
    let text = fold(text);
    if text.len() > 300 || text.contains("://") || text.starts_with("www.") {
        return Vec::new();
    }
    let mut text = text.as_str();
    for lead in [
        "Von ",
        "von ",
        "VON ",
        "By ",
        "by ",
        "Autor: ",
        "Autorin: ",
        "Autoren: ",
        "Text: ",
        "Author: ",
        "Interview: ",
        "Ein Kommentar von ",
        "Kommentar von ",
    ] {
        text = text.strip_prefix(lead).unwrap_or(text);
    }
    text.split([';', '|'])
        .flat_map(|part| part.split(" / "))
        .flat_map(|part| part.split(" und "))
        .flat_map(|part| part.split(" & "))
        .flat_map(split_commas)
        .map(|name| name.split(" (").next().unwrap_or(name))
        .map(|name| name.trim().trim_matches(['"', ',', '(', ')', ':', '•', '·', '-']).trim().to_owned())
        .filter(|name| bare(name).chars().count() >= 2 && name.split(' ').count() <= 6 && !name.contains('@'))
        .collect()
}

/// Commas part names, or a name from a place or profession: only names are kept then.
fn split_commas(part: &str) -> Vec<&str> {
    let pieces: Vec<&str> = part.split(',').map(str::trim).filter(|p| !p.is_empty()).collect();
    if pieces.len() < 2 {
        return pieces;
    }
    let named: Vec<&str> = pieces.iter().copied().filter(|p| is_name(p)).collect();
    if named.is_empty() { pieces[..1].to_vec() } else { named }
}

/// Names in elements that are marked or called authors, near the article, and in its byline.
fn shown(
    tree: &Tree,
    headline: Option<&Headline>,
    dropped: &[bool],
    body: Option<usize>,
    house: &House,
) -> Vec<String> {
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
        if in_other(tree, at) {
            continue;
        }
        let text = tree.text_of(at);
        for name in names(until_date(&text)) {
            if is_name(&name) || rank < 2 && name.split(' ').count() <= 3 && !house.is(&name) {
                found.push((rank, element.blocks.start, name));
            }
        }
    }
    found.sort();
    let rank = found.first().map(|(rank, _, _)| *rank);
    let place = found.first().map(|(_, place, _)| *place).unwrap_or(0);
    let mut authors = Vec::new();
    // All of the best kind that stand together: further ones are of other articles.
    for (_, _, name) in found.into_iter().filter(|(r, p, _)| Some(*r) == rank && p.abs_diff(place) <= 6) {
        if !house.is(&name) {
            push(&mut authors, name);
        }
    }
    if authors.is_empty() {
        let lines = head.saturating_sub(4)..tree.blocks.len().min(head + 14);
        for at in lines.chain(body.end.saturating_sub(2)..tree.blocks.len().min(body.end + 2)) {
            if tree.blocks[at].words <= 14
                && !(dropped[tree.blocks[at].element] && in_other(tree, tree.blocks[at].element))
                && let Some(found) = byline(&tree.block_text(at))
            {
                return found.into_iter().filter(|name| !house.is(name)).collect();
            }
        }
    }
    authors
}

fn is_author_hint(hint: &str) -> bool {
    hint.split(|c: char| !c.is_alphanumeric()).any(|token| {
        matches!(
            token,
            "author" | "authors" | "autor" | "autoren" | "byline" | "vcard" | "authorname" | "autorname" | "writer"
        )
    })
}

/// Whether an element is of comments or of another article.
fn in_other(tree: &Tree, at: usize) -> bool {
    const OTHERS: &[&str] = &["comment", "kommentar", "related", "teaser", "sidebar", "widget", "recommend", "respond"];
    tree.around(at).take(8).any(|around| {
        let element = &tree.elements[around];
        if &*element.name == "footer"
            || element.hint.split(' ').any(|token| token == "footer" || token == "site-footer")
        {
            return !element.hint.contains("entry")
                && !element.hint.contains("post")
                && !element.hint.contains("article");
        }
        element.blocks.len() < 200
            && OTHERS.iter().any(|name| element.hint.contains(name))
            && !matches!(&*element.name, "body" | "html" | "main" | "article")
    })
}
