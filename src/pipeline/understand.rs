//! One document, understood: extract, then normalise.

use super::ordered::{Gate, Sharing, ordered};
use super::{failure, threads};
use crate::date::Context;
use crate::error::{Error, Result};
use crate::extract::{self, Limits, Wanted};
use crate::identify;
use crate::model::{Article, Document, Extracted, FeedHead, Kind, Pile, Selectors};
use crate::normalise::{self, Surroundings};
use crate::read::{Place, Reader};
use chrono::{DateTime, Utc};
use std::sync::atomic::AtomicBool;
use url::Url;

/// What a document was understood to be.
#[derive(Debug, Clone)]
pub struct Understood {
    /// Its kind.
    pub kind: Kind,
    /// What a feed says of itself.
    pub feed: Option<FeedHead>,
    /// Its articles, in the order of the document. What a sitemap does not name has an empty title.
    pub articles: Pile<Article>,
    /// The addresses of feeds that a page offers.
    pub feeds: Vec<String>,
    /// Where a feed points to for more of itself: relation and address.
    pub links: Vec<(String, Url)>,
    /// The sitemaps that an index names, the newest first, and when they were changed.
    pub sitemaps: Vec<(Url, Option<DateTime<Utc>>)>,
    /// How many articles came without a title of their own.
    pub untitled: usize,
    /// What was odd, repaired or left out.
    pub warnings: Vec<String>,
}

impl Understood {
    /// A document of this kind with nothing in it.
    pub fn of(kind: Kind) -> Understood {
        Understood {
            kind,
            feed: None,
            articles: Vec::new(),
            feeds: Vec::new(),
            links: Vec::new(),
            sitemaps: Vec::new(),
            untitled: 0,
            warnings: Vec::new(),
        }
    }
}

/// How a document is to be read.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Against what dates are read.
    pub dates: Context,
    /// The language of what names none.
    pub language: Option<&'a str>,
    /// What the document is said to be.
    pub kind: Option<Kind>,
    /// Whether a list is as likely as an article.
    pub list: bool,
    /// Where the entries of a listing stand.
    pub selectors: &'a Selectors,
    /// How much is read.
    pub limits: Limits,
}

/// Understands one document.
pub(super) fn understand(document: &Document, asked: &Asked) -> std::result::Result<Understood, extract::Fault> {
    let Asked { dates, language, kind, list, selectors, limits } = *asked;
    let extracted = extract::articles(document, &dates, &Wanted { kind, list, selectors: Some(selectors), limits })?;
    let sitemaps = sitemaps(&extracted, document, &dates);
    let mut warnings = extracted.warnings;
    let feed = extracted
        .feed
        .map(|feed| normalise::feed(&feed, &Surroundings { url: document.url.as_ref(), dates, language }));
    // What names no language is in the feed's, if that names one.
    let language = feed.as_ref().and_then(|feed| feed.language.as_deref()).or(language);
    let around = Surroundings { url: document.url.as_ref(), dates, language };
    let untitled = extracted.articles.iter().filter(|raw| raw.title.is_none()).count();
    let mut articles: Pile<Article> = Vec::with_capacity(extracted.articles.len());
    // One after the other is let go: a feed of a hundred thousand entries is not held twice.
    for raw in extracted.articles {
        match normalise::article(&raw, &around, &mut warnings) {
            Ok(mut article) => {
                if extracted.kind == Kind::Sitemap && raw.title.is_none() {
                    article.title.clear();
                }
                articles.push(Box::new(article));
            }
            // A page that is no article promised none.
            Err(_) if extracted.kind == Kind::Unknown => {}
            Err(fault) => warnings.push(format!("an entry was left out: {fault}")),
        }
    }
    // A page that names no address of its own has the one it was read from.
    if let (Kind::Article, [article], Some(url)) = (extracted.kind, articles.as_mut_slice(), &document.url) {
        if let Some(link) = article.link.take_if(|link| !identify::is_plausible(link, url.as_str())) {
            warnings.push(format!(
                "the page calls {link} its canonical link, which is not believed: it names another page"
            ));
        }
        article.link.get_or_insert_with(|| url.to_string());
    }
    let feeds =
        extracted.feeds.iter().filter_map(|link| normalise::address(link, around.url)).map(String::from).collect();
    let links = extracted.links.into_iter();
    let links = links.filter_map(|link| Some((link.rel, normalise::address(&link.href, around.url)?))).collect();
    Ok(Understood { kind: extracted.kind, feed, articles, feeds, links, sitemaps, untitled, warnings })
}

/// The sitemaps that an index names, the newest first.
fn sitemaps(found: &Extracted, document: &Document, dates: &Context) -> Vec<(Url, Option<DateTime<Utc>>)> {
    let changed = |words: &str| crate::date::read(words, dates).map(|reading| reading.at.to_utc());
    let links = found.links.iter().filter(|link| link.rel == "sitemap");
    let mut sitemaps: Vec<_> = links
        .filter_map(|link| {
            let url = normalise::address(&link.href, document.url.as_ref())?;
            Some((url, link.changed.as_deref().and_then(changed)))
        })
        .collect();
    // Those of which nothing is known may be new.
    sitemaps.sort_by_key(|(_, changed)| std::cmp::Reverse(changed.unwrap_or(DateTime::<Utc>::MAX_UTC)));
    sitemaps
}

/// Reads and understands places in their order, keeping nothing. `prepare` may add what is known of a document before
/// it is looked into.
pub fn look<E>(
    places: &[Place],
    reader: &Reader,
    asked: &Asked,
    prepare: impl Fn(&mut Document) + Sync,
    mut take: impl FnMut(&str, Option<Url>, Result<Understood>) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    let fetch = |place: &Place| {
        let document = reader.document(place);
        let bytes = document.as_ref().map_or(0, |document| document.bytes.len());
        (document, bytes)
    };
    let work = |place: &Place, document: Result<Document>, gate: &Gate| {
        let mut document = match document {
            Ok(document) => document,
            Err(error) => return (None, Err(error)),
        };
        prepare(&mut document);
        let understood = understand(&document, asked);
        gate.leave();
        let understood = understood.map(|found| match place.host() {
            Some(_) => super::pages::joined(reader, document.url.as_ref(), found, asked),
            None => found,
        });
        (document.url, understood.map_err(|fault| Error::source(place.shown(), fault)))
    };
    let stop = AtomicBool::new(false);
    let sharing =
        Sharing { threads: threads(), lane: &|place: &Place| place.host(), per_lane: reader.per_host(), stop: &stop };
    ordered(places, &sharing, fetch, work, |index, result| {
        let name = places[index].name();
        let (url, understood) = result.unwrap_or_else(|panic| (None, Err(failure(&places[index].shown(), &*panic))));
        take(name, url, understood)
    })
}
