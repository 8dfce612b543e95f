//! The feed that a page offers: named by the page, linked on it, or at one of the usual addresses. Of several the best counts.

use super::understand::{Asked, Understood, understand};
use crate::identify;
use crate::model::{Article, Document, Kind};
use crate::read::{Look, Place, Reader, Validators};
use std::collections::HashSet;
use url::Url;

/// Feeds that are looked at for one page.
const MOST: usize = 6;
/// Where feeds stand that no page names, below the page or its site.
const USUAL: [&str; 7] = ["feed/", "feed", "atom.xml", "rss.xml", "feed.xml", "index.xml", "feed.json"];

/// A feed that was found.
pub struct Offer {
    /// Where.
    pub url: Url,
    /// What is in it.
    pub understood: Understood,
    /// What the look brought beside that.
    pub look: Look,
    /// Of what kind it is: `Atom`, `RSS`, `JSON Feed`.
    pub format: &'static str,
}

impl Offer {
    /// Characters of text that an entry has, on the average.
    pub fn length(&self) -> usize {
        let articles = &self.understood.articles;
        articles.iter().map(|article| article.text.len()).sum::<usize>() / articles.len().max(1)
    }

    /// Whether it may be one of comments; a paper may call its opinions so, too.
    fn comments(&self) -> bool {
        let title = self.understood.feed.as_ref().and_then(|feed| feed.title.as_deref()).unwrap_or_default();
        let words = format!("{} {title}", self.url).to_lowercase();
        ["comment", "kommentar"].iter().any(|word| words.contains(word)) || self.is_of_comments()
    }

    /// Whether it is one of comments on articles: its entries stand below pages, or its address says so.
    fn is_of_comments(&self) -> bool {
        let articles = &self.understood.articles;
        let below = |article: &Article| {
            let fragment = article.link.as_deref().and_then(|link| link.split_once('#')).map(|(_, fragment)| fragment);
            fragment.is_some_and(|fragment| ["comment", "kommentar"].iter().any(|word| fragment.contains(word)))
        };
        let address = format!("{}?{}", self.url.path(), self.url.query().unwrap_or_default());
        articles.iter().filter(|article| below(article)).count() * 2 > articles.len()
            || ["/comments/", "feed=comments", "/comments.", "/comments?"].iter().any(|part| address.contains(part))
    }

    /// Whether it is to be chosen before another one that was named earlier: with clearly more text; else Atom before RSS
    /// before JSON, since it says most exactly what it means.
    fn beats(&self, other: &Offer) -> bool {
        let rank = |offer: &Offer| ["JSON Feed", "RSS", "Atom"].iter().position(|format| *format == offer.format);
        let (here, there) = (self.length(), other.length());
        match (self.comments(), other.comments()) {
            (false, true) => true,
            (true, false) => false,
            _ if here * 2 > there * 3 => true,
            _ if there * 2 > here * 3 => false,
            _ => rank(self) > rank(other),
        }
    }
}

/// Looks at the feeds that a page names, or, with `guess`, at the usual addresses if it names none. Returns the best with
/// entries in it, and the addresses of the others. A feed at a usual address is that of the whole site: it is believed only if it
/// has one of the articles that the page lists, or the page lists none. One of comments is none of the page.
pub fn feed(reader: &Reader, page: &Url, found: &Understood, guess: bool, asked: &Asked) -> Option<(Offer, Vec<Url>)> {
    let mut offers = Vec::new();
    for url in found.feeds.iter().filter_map(|named| Url::parse(named).ok()).take(MOST) {
        offers.extend(
            reader
                .look(&Place::Url(url.clone()), &Validators::default(), false)
                .ok()
                .and_then(|look| offer(url, look, asked)),
        );
    }
    if asked.kind != Some(Kind::Feed) && offers.iter().all(Offer::is_of_comments) {
        offers.clear();
    }
    if offers.is_empty() && guess {
        let below = page.path().ends_with('/') && page.path() != "/";
        let places = below.then(|| page.join("./").ok()).flatten().into_iter().chain(page.join("/").ok());
        let addresses = places.flat_map(|base| USUAL.iter().filter_map(move |name| base.join(name).ok()));
        let listed: HashSet<String> = match found.kind {
            Kind::Listing if asked.kind != Some(Kind::Feed) => links(found).collect(),
            _ => HashSet::new(),
        };
        let speaks_of_it =
            |offer: &Offer| listed.is_empty() || links(&offer.understood).any(|link| listed.contains(&link));
        // Nobody named these: robots.txt counts.
        let guessed = |url: Url| {
            let document = reader.crawl(&url).ok()?;
            offer(url, Look { document: Some(document), ..Look::default() }, asked)
        };
        offers.extend(addresses.take(MOST + 1).find_map(guessed).filter(speaks_of_it));
    }
    let best = (0..offers.len()).reduce(|best, next| if offers[next].beats(&offers[best]) { next } else { best })?;
    let best = offers.swap_remove(best);
    let others = offers.into_iter().map(|offer| offer.url).filter(|url| *url != best.url).collect();
    Some((best, others))
}

/// The addresses of articles, as they are compared.
fn links(found: &Understood) -> impl Iterator<Item = String> + '_ {
    found.articles.iter().filter_map(|article| identify::normal_link(article.link.as_deref()?).whole)
}

fn offer(url: Url, mut look: Look, asked: &Asked) -> Option<Offer> {
    let document = look.document.take()?;
    let asked = Asked { kind: Some(Kind::Feed), ..*asked };
    let understood = understand(&document, &asked).ok()?;
    let good = understood.kind == Kind::Feed && !understood.articles.is_empty();
    good.then(|| Offer { url, format: format(&document), understood, look })
}

/// The format of a feed, by its first bytes.
pub fn format(document: &Document) -> &'static str {
    let head = String::from_utf8_lossy(&document.bytes[..document.bytes.len().min(2048)]).to_lowercase();
    match head.trim_start_matches(['\u{FEFF}', ' ', '\n', '\r', '\t']) {
        head if head.starts_with('{') => "JSON Feed",
        head if head.contains("<feed") || head.contains(":feed") => "Atom",
        _ => "RSS",
    }
}

/// Whether an address is that of a whole site: a feed that is offered there is meant rather than the page itself.
pub fn is_front(url: &Url) -> bool {
    let path = url.path().to_lowercase();
    let file = path.trim_start_matches('/');
    url.query().is_none() && (file.is_empty() || file.starts_with("index.") && !file.contains('/'))
}
