//! Who wrote the article of a page.
//!
//! Owns the choice between what the page says in JSON-LD, in `<meta>`, in marked elements and in
//! its byline. In comes the tree, out go names as found. It never changes a name but for the words
//! around it (`Von`, a profession behind a comma).

mod house;
mod names;
mod place;
mod shown;

use crate::extract::furniture::furniture;
use crate::extract::page::headline::Headline;
use crate::extract::page::json_ld::Described;
use crate::extract::page::meta::Head;
use crate::extract::page::tree::Tree;
use crate::extract::text::head::{bare, byline, is_name};
use house::House;
pub use names::names;
use names::until_date;
pub use place::in_other;
use shown::{is_author_hint, shown};

/// Finds the authors.
pub fn find(
    tree: &Tree,
    head: &Head,
    described: Option<&Described>,
    headline: Option<&Headline>,
    body: Option<usize>,
) -> Vec<String> {
    let house = House::of(head, described, headline);
    // Whom the text itself names by what he wrote: the account that put it on the page is another's.
    let guests = guests(tree, body, &house);
    if !guests.is_empty() {
        return guests;
    }
    let mut people = Vec::new();
    let mut houses = Vec::new();
    // Who calls a site after himself.
    let mut own = Vec::new();
    if let Some(described) = described {
        for (name, organisation) in &described.authors {
            for name in names(name) {
                let list = match house.is(&name) {
                    _ if *organisation => &mut houses,
                    true if house.is_named(&name) && is_name(&name) => &mut own,
                    true => &mut houses,
                    false => &mut people,
                };
                push(list, name);
            }
        }
    }
    let whole = |names: &[String]| names.iter().any(|name| is_name(name));
    let spaced = |names: &[String]| names.iter().any(|name| name.contains(' '));
    if whole(&people) {
        // Agencies beside people are authors as well.
        people.extend(houses);
        return people;
    }
    // WordPress says it in pairs: `twitter:label1` names what `twitter:data1` holds.
    for at in ["1", "2"] {
        let label = head.first(&[&format!("twitter:label{at}")]).unwrap_or_default();
        if matches!(label, "Verfasst von" | "Geschrieben von" | "Written by" | "Von" | "Autor") {
            let name = head.first(&[&format!("twitter:data{at}")]).unwrap_or_default();
            names(name).into_iter().filter(|name| !house.is(name)).for_each(|name| push(&mut people, name));
        }
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
        "byl",
    ] {
        for name in head.all(name).iter().flat_map(|value| names(value)) {
            match house.is(&name) {
                false => push(&mut people, name),
                true if house.is_named(&name) && is_name(&name) => push(&mut own, name),
                true => {}
            }
        }
        if spaced(&people) {
            break;
        }
    }
    let (shown, marked) = shown(tree, headline, body, &house, &mut own);
    match (people.is_empty(), shown.is_empty()) {
        // What the reader sees is written with more care than what machines read.
        (false, false) if whole(&shown) && !whole(&people) => shown,
        // Who made the design of a site may stand in its `<meta>`, on every page of it.
        (false, false) if marked && whole(&shown) && !names_alike(&shown, &people) => shown,
        (false, _) => people,
        (true, false) => shown,
        // A desk is better than nobody.
        (true, true) => {
            let last = [signed(tree, body, &house), desk(tree, headline, body), agency(tree, body), own, houses];
            last.into_iter().find(|names| !names.is_empty()).unwrap_or_default()
        }
    }
}

/// Whether one of the names is in both lists, with or without what else stands beside it.
fn names_alike(these: &[String], those: &[String]) -> bool {
    these.iter().any(|this| those.iter().any(|that| this.contains(that.as_str()) || that.contains(this.as_str())))
}

/// Who is named in a line of the text that says what he wrote: `Ein Gastbeitrag von Anna Muster.`
fn guests(tree: &Tree, body: Option<usize>, house: &House) -> Vec<String> {
    const MOST_WORDS: usize = 14;
    const FIRST: usize = 4;
    const LAST: usize = 3;
    let Some(blocks) = body.map(|at| tree.elements[at].blocks.clone()) else { return Vec::new() };
    let edges = blocks.clone().take(FIRST).chain(blocks.rev().take(LAST));
    let named = |at: usize| {
        let text = (tree.blocks[at].words <= MOST_WORDS).then(|| tree.block_text(at))?;
        let lower = text.to_lowercase();
        let begins = ["ein ", "eine ", "gastbeitrag von ", "gastkommentar von "].iter().any(|b| lower.starts_with(b));
        byline(&text).filter(|_| begins).filter(|names| names.iter().all(|name| is_name(name) && !house.is(name)))
    };
    edges.filter(|at| tree.blocks[*at].words > 0).find_map(named).unwrap_or_default()
}

/// A name under the text, set apart from it.
fn signed(tree: &Tree, body: Option<usize>, house: &House) -> Vec<String> {
    let Some(blocks) = body.map(|at| tree.elements[at].blocks.clone()) else { return Vec::new() };
    let set_apart = |at: &usize| {
        let block = &tree.blocks[*at];
        let inner = (block.element..tree.elements[block.element].end).map(|at| &tree.elements[at]);
        (2..=3).contains(&block.words)
            && block.linked == 0
            && &*tree.elements[block.element].name == "p"
            && inner.skip(1).any(|inner| matches!(&*inner.name, "em" | "i" | "b" | "strong"))
    };
    let last = blocks.rev().filter(|at| tree.blocks[*at].words > 0).take(3).find(set_apart);
    let name =
        last.map(|at| tree.block_text(at)).filter(|name| is_name(name) && !house.is(name) && furniture(name).is_none());
    name.into_iter().collect()
}

/// The agency that a report names before its first sentence: `Hamburg (dpa/lno) – Der Senat …`.
fn agency(tree: &Tree, body: Option<usize>) -> Vec<String> {
    const AGENCIES: [&str; 17] = [
        "afp",
        "ap",
        "apa",
        "awp",
        "dapd",
        "dpa",
        "dts",
        "epd",
        "idea",
        "keystone-sda",
        "kna",
        "ots",
        "pte",
        "reuters",
        "rtr",
        "sda",
        "sid",
    ];
    /// Bytes before which the agency stands.
    const NEAR: usize = 60;
    let Some(blocks) = body.map(|at| tree.elements[at].blocks.clone()) else { return Vec::new() };
    let named = |at: usize| {
        let text = tree.block_text(at);
        let (place, rest) = text.split_once('(').filter(|(place, _)| place.len() <= NEAR && !place.contains('.'))?;
        let (names, rest) = rest.split_once(')')?;
        let known = |name: &str| AGENCIES.contains(&name.trim().to_lowercase().as_str());
        let said = names.split(['/', ',', '-']).any(known) && names.len() <= 24 && !place.trim().is_empty();
        (said && rest.trim_start().starts_with(['–', '-', '—', '.', ':'])).then(|| names.to_owned())
    };
    blocks.filter(|at| tree.blocks[*at].words >= 8).take(4).find_map(named).into_iter().collect()
}

/// The editorial desk where the page shows it in the place of an author.
fn desk(tree: &Tree, headline: Option<&Headline>, body: Option<usize>) -> Vec<String> {
    let body = body.map_or(0..tree.blocks.len(), |at| tree.elements[at].blocks.clone());
    let head = headline.and_then(|h| h.element).map_or(body.start, |at| tree.elements[at].blocks.start);
    let near = head.saturating_sub(4)..body.end + 3;
    let shown = tree.elements.iter().enumerate().find(|(at, element)| {
        near.contains(&element.blocks.start)
            && is_author_hint(&element.hint)
            && tree.text_of(*at).to_lowercase().starts_with("redaktion")
            && element.text.len() < 40
            && !in_other(tree, *at, head)
    });
    shown.map(|(at, _)| vec![until_date(&tree.text_of(at)).to_owned()]).unwrap_or_default()
}

fn push(list: &mut Vec<String>, name: String) {
    if !list.iter().any(|other| bare(other) == bare(&name)) && list.len() < 20 {
        list.push(name);
    }
}
