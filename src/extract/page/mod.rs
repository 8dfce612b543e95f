//! Articles out of HTML pages.
//!
//! Owns the reading of a page: what it is, and the title, names, dates, address, language, tags,
//! picture and body of its article. In comes decoded HTML, out goes one raw article with links as
//! found. It parses a page once, follows no address, sanitises nothing and chooses no date.

mod authors;
mod body;
mod chosen;
mod dates;
mod headline;
mod json_ld;
mod kind;
mod listing;
mod meta;
mod parts;
mod sequel;
mod tree;
mod write;

use crate::date::{Context, Role};
use crate::extract::Wanted;
use crate::extract::text::date_of_line;
use crate::extract::text::head::without_date;
use crate::model::{DateClaim, Enclosure, Kind, Markup, Origin, PageSelectors, RawArticle, Selectors};
use crate::text::source;
use body::Body;
use chosen::Chosen;
use json_ld::Described;
use listing::Listing;
use meta::Head;
use sequel::Sequel;
use tree::Tree;
use url::Url;

/// What was found in a page.
#[derive(Debug)]
pub struct PageParts {
    /// What the page is.
    pub kind: Kind,
    /// Its article, if it is one; what a listing lists.
    pub articles: Vec<RawArticle>,
    /// Where a listing or an article goes on.
    pub next: Option<String>,
    /// Where the whole of an article stands on one page.
    pub whole: Option<String>,
    /// What was odd, cut or left out: sentences without a full stop.
    pub warnings: Vec<String>,
    /// The addresses of feeds that it names.
    pub feeds: Vec<String>,
}

/// Reads a page. `url` is its address, if it has one.
pub fn read(html: &str, url: Option<&Url>, context: &Context, wanted: &Wanted) -> PageParts {
    let source = source::page(html);
    let tree = Tree::parse(&source.html);
    let head = Head::read(&tree);
    let described = json_ld::read(&source.data);
    let described = described.as_ref();
    let mut dropped = parts::dropped(&tree);
    let none = PageSelectors::default();
    let mut chosen = Chosen::new(&tree, wanted.selectors.map_or(&none, |selectors| &selectors.page));
    chosen.drop(&mut dropped);
    let mut headline = chosen.headline().or_else(|| headline::find(&tree, &head, described, &dropped));
    let mut titled = None;
    if let Some(headline) = &mut headline {
        (headline.text, titled) = without_date(&headline.text, context);
        // A date may stand in the heading beside the title, set smaller.
        let beside = || {
            let whole = tree.text_of(headline.element?);
            let rest = whole.strip_prefix(headline.text.as_str()).or(whole.strip_suffix(headline.text.as_str()))?;
            date_of_line(rest.trim(), context).map(|(words, _)| words)
        };
        titled = titled.or_else(beside);
    }
    let summary = described.and_then(|d| d.description.clone()).or_else(|| {
        head.first(&["og:description", "description", "twitter:description", "dc.description"]).map(str::to_owned)
    });
    let mut body = chosen
        .body(&mut dropped, headline.as_ref())
        .or_else(|| body::find(&tree, &dropped, headline.as_ref(), summary.as_deref(), context));
    if wanted.selectors.is_none_or(|selectors| selectors.page.title.is_none() && selectors.page.body.is_none())
        && let Some(below) = headline::below_name(&tree, &head, described, headline.as_ref(), body.as_ref())
    {
        body = body::find(&tree, &dropped, Some(&below), summary.as_deref(), context);
        headline = Some(below);
    }
    let container = body.as_ref().map(|b| b.container);
    let place = dates::Place { tree: &tree, dropped: &dropped, headline: headline.as_ref(), body: container };
    let dates = chosen.date().map(|claim| vec![claim]).unwrap_or_else(|| {
        let mut dates = dates::claims(&place, &head, described, &source.scripts, url, context);
        dates.extend(titled.map(|words| DateClaim { role: Role::Unknown, words, origin: Origin::Byline }));
        dates
    });
    let authors =
        chosen.authors().unwrap_or_else(|| authors::find(&tree, &head, described, headline.as_ref(), container));
    if let Some(body) = body.as_mut().filter(|_| wanted.selectors.is_none_or(|wanted| wanted.page.body.is_none())) {
        body::drop_lives(&tree, body, &authors);
    }
    let html = body.as_ref().map(|body| write::html(&tree, body, &dropped)).filter(|html| !html.trim().is_empty());
    let mut tags: Vec<String> = Vec::new();
    let said = described.map(|d| d.tags.clone()).unwrap_or_default();
    let keywords = head.first(&["news_keywords", "keywords"]).unwrap_or_default().split(',').map(crate::text::fold);
    for tag in said
        .into_iter()
        .chain(head.all("article:tag").iter().cloned())
        .chain(head.all("article:section").iter().cloned())
        .chain(keywords)
    {
        if !tag.is_empty() && tag.len() <= 80 && !tags.iter().any(|t| t.eq_ignore_ascii_case(&tag)) && tags.len() < 40 {
            tags.push(tag);
        }
    }
    let image = head
        .first(&["og:image:secure_url", "og:image", "twitter:image"])
        .map(str::to_owned)
        .or_else(|| described?.image.clone());
    let script = source.scripts.iter().map(|script| script.len()).sum();
    let shown = headline.as_ref().map(|h| h.text.as_str());
    let judged = kind::judge(&tree, &head, described, shown, body.as_ref(), script);
    let saved = source.saved.map(str::to_owned);
    let mut warnings = source.warnings;
    let missed = std::mem::take(&mut chosen.missed);
    let address = saved.as_deref().and_then(|saved| Url::parse(saved).ok());
    let page = Page { tree: &tree, head: &head, described, url: url.or(address.as_ref()), body: body.as_ref() };
    if let Some(listing) = page.listing(judged.kind, judged.warning.is_some(), wanted, context) {
        let Listing { entries, next, .. } = listing;
        return PageParts { kind: Kind::Listing, articles: entries, next, whole: None, warnings, feeds: head.feeds };
    }
    warnings.extend(judged.warning.map(str::to_owned));
    warnings.extend(missed);
    let article = RawArticle {
        title: headline.map(|h| Markup::Text(h.text)),
        authors,
        dates,
        link: head
            .canonical
            .clone()
            .or_else(|| head.first(&["og:url"]).map(str::to_owned))
            .or_else(|| described?.url.clone())
            .or_else(|| saved.clone()),
        summary: summary.map(Markup::Text),
        body: html.map(Markup::Html),
        // A page read from the web knows its address better than its mark does.
        base: head.base.clone().or_else(|| saved.filter(|_| url.is_none())),
        language: head.language.clone().or_else(|| described?.language.clone()),
        tags,
        enclosures: image.map(|url| Enclosure { url, media_type: None, length: None }).into_iter().collect(),
        teaser: judged.teaser,
        ..RawArticle::default()
    };
    let wall = judged.kind == Kind::Unknown && judged.warning.is_some();
    let kind = match wanted.kind {
        Some(Kind::Article) if !wall => Kind::Article,
        // It lists nothing that can be told from the rest.
        _ if judged.kind == Kind::Listing && article.body.is_some() => Kind::Article,
        _ => judged.kind,
    };
    let articles = if wall { Vec::new() } else { vec![article] };
    let sequel = if kind == Kind::Article { sequel::find(&tree, &head, url) } else { Sequel::default() };
    PageParts { kind, articles, next: sequel.next, whole: sequel.whole, warnings, feeds: head.feeds }
}

/// What is known of a page when it is asked whether it lists articles.
struct Page<'a> {
    tree: &'a Tree,
    head: &'a Head,
    described: Option<&'a Described>,
    url: Option<&'a Url>,
    body: Option<&'a Body>,
}

impl Page<'_> {
    /// What it lists, if that is what it is for: it looks so, is said to, or what would be taken for the text of an article
    /// is made of entries.
    fn listing(&self, judged: Kind, walled: bool, wanted: &Wanted, context: &Context) -> Option<Listing> {
        let said = self.described.is_some_and(|d| d.article) || self.head.first(&["og:type"]) == Some("article");
        let asked = wanted.kind == Some(Kind::Listing);
        let named = self.url.is_some_and(listing::names_article);
        let refused =
            !asked && (said || named || wanted.kind == Some(Kind::Article) || judged == Kind::Unknown && walled);
        if refused {
            return None;
        }
        let none = Selectors::default();
        let selectors = wanted.selectors.unwrap_or(&none);
        let listing = listing::read(self.tree, self.head, self.url, selectors, asked, context);
        let count = listing.entries.len();
        // The foot of a page is a list, too.
        let legal = listing.entries.iter().filter(|entry| is_legal(entry)).count();
        if !asked && legal * 2 > count {
            return None;
        }
        let dated = listing.entries.iter().filter(|entry| !entry.dates.is_empty()).count();
        let enough = match judged {
            _ if asked => true,
            Kind::Listing => count >= 2,
            Kind::Unknown => count >= 3 || count == 2 && dated == 2,
            // Products and services are listed as well, but without dates.
            _ => {
                let some = count >= 3 && (wanted.list || dated * 2 >= count);
                // What somebody wants to follow may have begun of late.
                let begun = wanted.list && count == 2 && dated == 2;
                (some || begun) && self.share(&listing) >= MADE_OF_ENTRIES
            }
        };
        enough.then_some(listing)
    }

    /// Of a hundred words of the body, how many stand in entries.
    fn share(&self, listing: &Listing) -> usize {
        let Some(body) = self.body else { return 100 };
        let kept = |block: &usize| body.keep[*block];
        let words = |block: usize| self.tree.blocks[block].words;
        let all: usize = (0..self.tree.blocks.len()).filter(kept).map(words).sum();
        let listed: usize =
            listing.spots.iter().flat_map(|spot| self.tree.blocks_of(spot)).filter(kept).map(words).sum();
        listed * 100 / all.max(1)
    }
}

/// Whether an entry is one of the pages that every site has to have.
fn is_legal(entry: &RawArticle) -> bool {
    const NAMES: [&str; 8] = [
        "impressum",
        "datenschutz",
        "datenschutzerklärung",
        "barrierefreiheit",
        "agb",
        "kontakt",
        "sitemap",
        "nutzungsbedingungen",
    ];
    entry.title.as_ref().is_some_and(|title| NAMES.contains(&title.source().trim().to_lowercase().as_str()))
}

/// Share of the text, in percent, from which a page that looks like an article is a list of entries.
const MADE_OF_ENTRIES: usize = 60;

/// Whether a text is a CSS selector.
pub fn is_selector(text: &str) -> bool {
    dom_query::Matcher::new(text).is_ok()
}

/// The encoding that a page declares for itself: the prescan of the HTML Standard, section
/// 13.2.3.2, over its first 1024 bytes.
pub fn declared_encoding(head: &[u8]) -> Option<String> {
    source::declared_encoding(&head[..head.len().min(1024)])
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::date::Context;
    use crate::extract::Wanted;
    use crate::model::{Kind, Markup};

    fn context() -> Context {
        Context { now: "2025-01-01T00:00:00Z".parse().unwrap(), zone: chrono_tz::Europe::Berlin }
    }

    const PAGE: &str = r#"<html lang=de><head><title>Kürbis gewogen | Gartenblatt</title>
        <meta property="og:site_name" content="Gartenblatt"><link rel=canonical href="/kuerbis"></head><body>
        <nav><ul><li><a href="/">Start</a></li><li><a href="/abo">Abo</a></li></ul></nav>
        <article><h1><span class="kicker">Ernte</span> Kürbis gewogen</h1><p class="byline">Von Anna Muster</p>
        <time datetime="2024-10-02T08:30:00+02:00">2. Oktober 2024</time>
        <p>Der größte Kürbis des Landes wiegt in diesem Jahr mehr als neunhundert Kilogramm, sagt der Verein.</p>
        <figure><img src="/bild.jpg" alt="Kürbis"><figcaption>Der Kürbis auf der Waage</figcaption></figure>
        <h2>Ein Sommer voller Regen</h2>
        <p>Der viele <a href="/regen">Regen</a> habe geholfen, und ein warmer September den Rest getan, heißt es.</p>
        <ul><li>Gewicht: 912 Kilogramm</li></ul><h2>Mehr zum Thema</h2><p><a href="/a">Die Birne des Jahres ist gefunden</a></p>
        </article><div class="comments"><p>Ich hätte nie gedacht, dass ein Kürbis so schwer werden kann wie dieser hier.</p></div>
        </body></html>"#;

    #[test]
    fn the_article_of_a_page_is_found_without_what_is_around_it() {
        let parts = read(PAGE, None, &context(), &Wanted::default());
        let article = parts.articles[0].clone();
        assert_eq!(parts.kind, Kind::Article);
        assert_eq!(article.title, Some(Markup::Text("Kürbis gewogen".into())));
        assert_eq!(article.authors, ["Anna Muster"]);
        assert_eq!(article.link.as_deref(), Some("/kuerbis"));
        assert_eq!(article.dates[0].words, "2024-10-02T08:30:00+02:00");
        assert_eq!(
            article.body.unwrap().source(),
            "<p>Der größte Kürbis des Landes wiegt in diesem Jahr mehr als neunhundert Kilogramm, sagt der Verein.</p>\n\
             <figure><img src=\"/bild.jpg\" alt=\"Kürbis\"><figcaption>Der Kürbis auf der Waage</figcaption>\n</figure>\n\
             <h2>Ein Sommer voller Regen</h2>\n\
             <p>Der viele <a href=\"/regen\">Regen</a> habe geholfen, und ein warmer September den Rest getan, heißt es.</p>\n\
             <ul><li>Gewicht: 912 Kilogramm</li>\n</ul>\n"
        );
    }

    #[test]
    fn an_error_page_and_a_log_in_form_are_no_articles() {
        let error = read(
            "<h1>Seite nicht gefunden</h1><p>Die Adresse führt zu nichts.</p>",
            None,
            &context(),
            &Wanted::default(),
        );
        assert!(error.articles.is_empty());
        assert_eq!(error.warnings, ["an error page, not an article"]);
        let login = read(
            "<h1>Anmelden</h1><p>Bitte melden.</p><form><input type=password></form>",
            None,
            &context(),
            &Wanted::default(),
        );
        assert_eq!(login.warnings, ["a log-in form, not an article"]);
    }

    #[test]
    fn nesting_without_end_is_read_in_bounded_space() {
        let parts = read(&("<div><b>".repeat(100_000) + "Wort"), None, &context(), &Wanted::default());
        assert_eq!(parts.warnings.len(), 1);
    }
}
