//! An address that nobody reads yet: what is there, how it would be read, and what its newest articles would look like.
//! Keeps nothing.

use super::discover::{self, Offer};
use super::pages;
use super::understand::{Asked, Understood, understand};
use crate::error::{Error, Result};
use crate::extract;
use crate::model::{Article, Document, Kind, Pile};
use crate::read::{Place, Reader};
use crate::text::count;
use url::Url;

/// Articles that are shown.
const SHOWN: usize = 5;
/// Characters that the entries of a feed have on the average if it is one of teasers.
const TEASER: usize = 500;

/// What was found at an address.
#[derive(Debug)]
pub struct Survey {
    /// What is there, in words: one finding each.
    pub findings: Vec<String>,
    /// What is to be read.
    pub kind: Kind,
    /// Where.
    pub source: Url,
    /// Whether the entries of a feed are to be completed by their pages.
    pub full: bool,
    /// A name for it.
    pub title: Option<String>,
    /// The site that it speaks of.
    pub link: Url,
    /// The language that it names.
    pub language: Option<String>,
    /// How many entries there are.
    pub entries: usize,
    /// The newest of them, as they would be kept.
    pub newest: Vec<Article>,
}

/// Looks at an address, at the feeds that it offers and at its newest articles.
///
/// # Errors
/// If it cannot be read, or is neither a feed nor a list of articles nor a page that offers one of these.
pub fn survey(reader: &Reader, address: &Url, asked: &Asked) -> Result<Survey> {
    let failed = |fault: extract::Fault| Error::source(address.as_str(), fault);
    let document = reader.document(&Place::Url(address.clone()))?;
    let found = understand(&document, asked).map_err(failed)?;
    let site = document.url.clone().unwrap_or_else(|| address.clone());
    if found.kind == Kind::Feed {
        let what = format!("it is a feed ({})", discover::format(&document));
        return Ok(of_feed(reader, vec![what], address.clone(), found, asked));
    }
    if found.kind == Kind::Sitemap {
        let what = format!("it is a sitemap of {}", named(&found));
        return of_list(reader, vec![what], address, &site, title_of(&document), found, asked);
    }
    let page = match found.kind {
        Kind::Listing => format!("it is a page that lists {}", count(found.articles.len(), "article")),
        Kind::Article => "it is a page with one article".to_owned(),
        _ => "it is a page without an article".to_owned(),
    };
    if let Some((offer, others)) = discover::feed(reader, &site, &found, true, asked) {
        let Offer { url, format, understood, .. } = offer;
        let mut findings = vec![page, format!("the page offers a feed: {url} ({format})")];
        findings.extend(others.iter().map(|other| format!("another feed there says less, or the same: {other}")));
        return Ok(of_feed(reader, findings, url, understood, asked));
    }
    match found.kind {
        Kind::Listing => {
            let findings = vec![page, "it offers no feed: its entries are followed to their pages".to_owned()];
            of_list(reader, findings, address, &site, title_of(&document), found, asked)
        }
        Kind::Article => Err(Error::source(address.as_str(), "it is a page with one article, and offers no feed")
            .hint("`depesche ingest ADDRESS --feed NAME` keeps a single article; a list of articles can be added")),
        _ => {
            let why: Vec<&str> = found.warnings.iter().map(String::as_str).collect();
            let why = [vec!["neither a feed nor a list of articles was found there"], why].concat().join("; ");
            Err(Error::source(address.as_str(), why).hint(match sitemap_of(reader, &site) {
                Some(sitemap) => format!("its site has a sitemap: `depesche add {sitemap}`"),
                None => "name the page that lists the articles; if it does, say where they stand: `entry = \"CSS selector\"` in \
                         a [[source]]"
                    .to_owned(),
            }))
        }
    }
}

/// The sitemap that the robots.txt of a site names (sitemaps.org, "Informing search engine crawlers"); that of the news, if
/// there are several.
fn sitemap_of(reader: &Reader, site: &Url) -> Option<String> {
    let robots = reader.document(&Place::Url(site.join("/robots.txt").ok()?)).ok()?;
    let text = String::from_utf8_lossy(&robots.bytes);
    let named = text.lines().filter_map(|line| {
        let (name, address) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("sitemap").then(|| Url::parse(address.trim()).ok())?
    });
    let mut named: Vec<Url> = named.collect();
    named.sort_by_key(|address| !address.path().to_lowercase().contains("news"));
    named.into_iter().next().map(Into::into)
}

fn of_feed(reader: &Reader, mut findings: Vec<String>, source: Url, found: Understood, asked: &Asked) -> Survey {
    let entries = found.articles.len();
    if found.links.iter().any(|(rel, _)| matches!(rel.as_str(), "prev-archive" | "next")) {
        findings.push("it leads to its earlier entries: with `history = true` they are read as well".to_owned());
    }
    let newest = newest(found.articles);
    let length = newest.iter().map(|article| article.text.chars().count()).sum::<usize>() / newest.len().max(1);
    let mut full = false;
    let mut shown = newest.clone();
    if length < TEASER && !newest.is_empty() {
        let completed: Vec<Article> =
            newest.iter().map(|teaser| pages::complete(reader, teaser, Kind::Feed, asked)).collect();
        let longer = completed.iter().map(|article| article.text.chars().count()).sum::<usize>() / newest.len();
        if longer > 2 * length.max(100) {
            findings.push("its entries are teasers: with `full = true` they are completed by their pages".to_owned());
            (full, shown) = (true, completed);
        }
    }
    let head = found.feed.unwrap_or_else(|| unreachable!("a feed has a head"));
    let link = head.link.as_deref().and_then(|link| Url::parse(link).ok());
    let link = link.or_else(|| source.join("/").ok()).unwrap_or_else(|| source.clone());
    let (title, language) = (head.title, head.language);
    Survey { findings, kind: Kind::Feed, source, full, title, link, language, entries, newest: shown }
}

fn of_list(
    reader: &Reader,
    mut findings: Vec<String>,
    source: &Url,
    site: &Url,
    title: Option<String>,
    mut found: Understood,
    asked: &Asked,
) -> Result<Survey> {
    let kind = found.kind;
    if let Some((_, next)) = found.links.iter().find(|(rel, _)| rel == "next") {
        findings.push(format!("it goes on at {next}: with `pages = 5` so many of its pages are read"));
    }
    if let (true, Some((first, _))) = (found.articles.is_empty(), found.sitemaps.first()) {
        let document = reader.crawl(first).map_err(|lost| lost.error)?;
        let failed = |fault| Error::source(first.as_str(), fault);
        found.articles = understand(&document, asked).map_err(failed)?.articles;
        findings.push(format!("the newest of these is {first}"));
    }
    let entries = found.articles.len();
    let teasers = newest(found.articles);
    let shown = teasers.iter().map(|teaser| pages::complete(reader, teaser, kind, asked)).collect();
    let language = teasers.first().and_then(|teaser| teaser.language.clone());
    let front = || site.join("/").ok();
    let link = Some(site).filter(|_| kind != Kind::Sitemap).cloned().or_else(front).unwrap_or_else(|| site.clone());
    let source = source.clone();
    Ok(Survey { findings, kind, source, full: false, title, link, language, entries, newest: shown })
}

fn named(found: &Understood) -> String {
    match found.sitemaps.len() {
        0 => count(found.articles.len(), "page"),
        more => count(more, "further sitemap"),
    }
}

/// The newest articles, the newest first; those without a date in the order of their list, behind.
fn newest(mut articles: Pile<Article>) -> Vec<Article> {
    let date = |article: &Article| article.published.as_ref().or(article.updated.as_ref()).map(|stamp| stamp.at);
    articles.sort_by_key(|article| std::cmp::Reverse(date(article)));
    articles.into_iter().take(SHOWN).map(|article| *article).collect()
}

/// What a page calls itself: its `<title>`, as tabs of browsers show it.
fn title_of(document: &Document) -> Option<String> {
    let text = extract::decode::decode(&document.bytes, document.media_type.as_deref(), None).text.into_owned();
    let from = text.to_ascii_lowercase().find("<title")?;
    let inner = text[from..].split_once('>')?.1;
    let end = inner.to_ascii_lowercase().find("</title")?;
    Some(crate::text::fold(&crate::text::of_html(&inner[..end]))).filter(|title| !title.is_empty())
}
