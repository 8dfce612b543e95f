//! The links of a page: where each leads, and whether it can lead to an article at all.

use super::super::meta::Head;
use super::super::tree::Tree;
use crate::model::RawArticle;
use crate::text::fold;
use std::ops::Range;
use url::Url;

/// A link.
#[derive(Debug)]
pub struct Link {
    /// The element.
    pub at: usize,
    /// The address as found.
    pub href: String,
    /// What is compared: the absolute address where a base is known, without its fragment.
    pub target: String,
    /// Whether it leads to another site.
    pub foreign: bool,
    /// Whether it leads to what groups articles: a tag, a section, an author.
    pub grouping: bool,
}

/// All links of a page that may lead to an article, in their order.
#[derive(Debug)]
pub struct Links(Vec<Link>);

/// Path segments of addresses that group articles.
const GROUPING: [&str; 11] = [
    "tag",
    "tags",
    "schlagwort",
    "schlagworte",
    "kategorie",
    "kategorien",
    "category",
    "categories",
    "autor",
    "autoren",
    "author",
];
/// Ends of addresses that no article has.
const FILES: [&str; 16] = [
    ".jpg", ".jpeg", ".png", ".gif", ".svg", ".webp", ".ico", ".css", ".js", ".ics", ".vcf", ".mp3", ".mp4", ".zip",
    ".rss", ".atom",
];

impl Links {
    /// Reads the links. `own` is the address of the page itself.
    pub fn read(tree: &Tree, base: Option<&Url>, own: Option<&Url>) -> Links {
        let mut links = Vec::new();
        for (at, element) in tree.elements.iter().enumerate() {
            if !matches!(&*element.name, "a" | "area") {
                continue;
            }
            let Some(href) = reference(tree, at) else { continue };
            if let Some(link) = link(at, href, base, own) {
                links.push(link);
            }
        }
        Links(links)
    }

    /// Those whose elements are in a range.
    pub fn within(&self, range: Range<usize>) -> &[Link] {
        let from = self.0.partition_point(|link| link.at < range.start);
        let to = self.0.partition_point(|link| link.at < range.end);
        &self.0[from..to.max(from)]
    }
}

/// Whether an address is that of a single article, rather than of a list: its last part is a long slug, or has a number that
/// is no year, or stands below a year and a month.
pub fn names_article(url: &Url) -> bool {
    let parts: Vec<&str> = url.path().split('/').filter(|part| !part.is_empty()).collect();
    let Some(last) = parts.last() else { return false };
    let stem = last.rsplit_once('.').map_or(*last, |(stem, _)| stem);
    let words = stem.split(['-', '_', '+']).filter(|word| !word.is_empty()).count();
    let digits = stem.bytes().filter(u8::is_ascii_digit).count();
    let is_year = |part: &&str| part.len() == 4 && part.starts_with("20") && part.bytes().all(|b| b.is_ascii_digit());
    let dated = parts.iter().position(is_year).is_some_and(|at| at + 2 < parts.len());
    words >= 5 || digits >= 5 || dated && stem.bytes().any(|byte| byte.is_ascii_alphabetic())
}

fn link(at: usize, href: String, base: Option<&Url>, own: Option<&Url>) -> Option<Link> {
    let url = match base {
        Some(base) => base.join(&href).ok()?,
        // Without an address of the page, any is as good for comparing.
        None => Url::parse("http://page.invalid/").ok()?.join(&href).ok()?,
    };
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let mut target = url.clone();
    target.set_fragment(None);
    let bare = |url: &Url| {
        let mut url = url.clone();
        url.set_fragment(None);
        url.to_string().trim_end_matches('/').to_owned()
    };
    // A link to the page itself, or to the front page, is none to an article.
    let front = url.path() == "/" && url.query().is_none();
    if href.starts_with('#') || front || own.is_some_and(|own| bare(own) == bare(&url)) {
        return None;
    }
    let path = url.path().to_lowercase();
    if FILES.iter().any(|end| path.ends_with(end)) {
        return None;
    }
    let site = |url: &Url| url.host_str().unwrap_or_default().trim_start_matches("www.").to_owned();
    let foreign = own.is_some_and(|own| {
        let (here, there) = (site(own), site(&url));
        here != there && !there.ends_with(&format!(".{here}")) && !here.ends_with(&format!(".{there}"))
    });
    let grouping = path.split('/').any(|segment| GROUPING.contains(&segment));
    Some(Link { at, href, target: target.into(), foreign, grouping })
}

/// Where an element leads, if it or one within it has an address.
pub fn reference(tree: &Tree, at: usize) -> Option<String> {
    let own = tree.attr(at, "href").map(|href| href.trim().to_owned()).filter(|href| !href.is_empty());
    own.or_else(|| {
        let within = at + 1..tree.elements[at].end;
        within.into_iter().find_map(|at| {
            (&*tree.elements[at].name == "a").then(|| tree.attr(at, "href")).flatten().filter(|href| !href.is_empty())
        })
    })
}

/// Words of a link to the page that goes on.
const SAID: [&str; 33] = [
    "nächste seite",
    "nächste",
    "nächste meldungen",
    "nächste einträge",
    "zur nächsten seite",
    "vorwärts",
    "ältere",
    "ältere beiträge",
    "ältere artikel",
    "ältere einträge",
    "ältere meldungen",
    "ältere nachrichten",
    "ältere posts",
    "frühere beiträge",
    "frühere meldungen",
    "weitere meldungen",
    "weitere beiträge",
    "weitere artikel",
    "weitere nachrichten",
    "weitere einträge",
    "weitere laden",
    "weitere anzeigen",
    "weitere meldungen laden",
    "weitere beiträge laden",
    "weitere artikel laden",
    "weitere meldungen anzeigen",
    "mehr laden",
    "mehr anzeigen",
    "older posts",
    "older entries",
    "next page",
    "next",
    "weiter",
];
/// Signs of a link to the page that goes on, where pages are counted.
const SIGNS: [&str; 8] = ["›", "»", "→", ">", ">>", "▶", "►", "⟩"];

/// The address of the page that goes on: what the page says, else what its words say, else a sign beside counted pages. `weiter` may
/// stand in the `entries` as well, whose addresses are none.
pub fn next(tree: &Tree, head: &Head, entries: &[RawArticle]) -> Option<String> {
    if head.next.is_some() {
        return head.next.clone();
    }
    let (mut said, mut signed) = (None, None);
    for (at, element) in tree.elements.iter().enumerate() {
        if &*element.name != "a" {
            continue;
        }
        let Some(href) = tree.attr(at, "href").filter(|href| !href.starts_with('#')) else { continue };
        let listed = || entries.iter().any(|entry| entry.link.as_deref() == Some(href.trim()));
        if tree.attr(at, "rel").is_some_and(|rel| rel.to_lowercase().split_whitespace().any(|rel| rel == "next")) {
            return Some(href);
        }
        let around = &tree.elements[element.parent];
        let hints = [&*element.hint, if matches!(&*around.name, "li" | "span") { &*around.hint } else { "" }];
        let named = hints.iter().any(|hint| hint.split([' ', '-', '_']).any(|word| word == "next"));
        let shown = fold(&tree.text_of(at)).to_lowercase();
        let told =
            ["title", "aria-label"].iter().filter_map(|name| tree.attr(at, name)).map(|words| words.to_lowercase());
        let says = |words: &str| SAID.contains(&words.trim_matches(|c: char| !c.is_alphanumeric()));
        let words = says(&shown) || told.into_iter().any(|words| says(&fold(&words)));
        if said.is_none() && (words || named && shown.len() < 30) && !listed() {
            said = Some(href);
        } else if SIGNS.contains(&shown.as_str()) && is_beside_numbers(tree, at) {
            signed = signed.or(Some(href));
        }
    }
    said.or(signed)
}

/// Elements that are looked at for the numbers of pages.
const NEAR: usize = 400;

/// Whether links of nothing but a number stand beside an element, in a list or a line.
fn is_beside_numbers(tree: &Tree, at: usize) -> bool {
    let parent = tree.elements[at].parent;
    let list =
        if matches!(&*tree.elements[parent].name, "li" | "span") { tree.elements[parent].parent } else { parent };
    let is_number = |at: &usize| {
        let text = &tree.text[tree.elements[*at].text.clone()];
        &*tree.elements[*at].name == "a" && !text.trim().is_empty() && text.trim().bytes().all(|b| b.is_ascii_digit())
    };
    (list..tree.elements[list].end).take(NEAR).any(|at| is_number(&at))
}
