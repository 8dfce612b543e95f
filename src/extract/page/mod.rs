//! Articles out of HTML pages.
//!
//! Owns the reading of a page: what it is, and the title, names, dates, address, language, tags,
//! picture and body of its article. In comes decoded HTML, out goes one raw article with links as
//! found. It parses a page once, follows no address, sanitises nothing and chooses no date.

mod authors;
mod body;
mod dates;
mod headline;
mod json_ld;
mod meta;
mod parts;
mod source;
mod tree;
mod write;

use crate::date::{Context, Role};
use crate::extract::text::head::without_date;
use crate::model::{DateClaim, Enclosure, Kind, Markup, Origin, RawArticle};
use meta::Head;
use tree::Tree;
use url::Url;

/// What was found in a page.
#[derive(Debug)]
pub struct PageParts {
    /// What the page is.
    pub kind: Kind,
    /// Its article, if it has one.
    pub article: Option<RawArticle>,
    /// What was odd, cut or left out: sentences without a full stop.
    pub warnings: Vec<String>,
    /// The addresses of feeds that it names.
    pub feeds: Vec<String>,
}

/// Reads a page. `url` is its address, if it has one.
pub fn read(html: &str, url: Option<&Url>, context: &Context) -> PageParts {
    let source = source::prepare(html);
    let tree = Tree::parse(&source.html);
    let head = Head::read(&tree);
    let described = json_ld::read(&source.data);
    let described = described.as_ref();
    let dropped = parts::dropped(&tree);
    let mut headline = headline::find(&tree, &head, described, &dropped);
    let mut titled = None;
    if let Some(headline) = &mut headline {
        (headline.text, titled) = without_date(&headline.text, context);
    }
    let summary = described.and_then(|d| d.description.clone()).or_else(|| {
        head.first(&["og:description", "description", "twitter:description", "dc.description"]).map(str::to_owned)
    });
    let body = body::find(&tree, &dropped, headline.as_ref(), summary.as_deref(), context);
    let container = body.as_ref().map(|b| b.container);
    // WHY-BEGIN
    if let (Ok(why), Some(body)) = (std::env::var("WHY"), &body) {
        let c = &tree.elements[body.container];
        for at in 0..tree.blocks.len() {
            if tree.block_text(at).contains(&why) {
                let b = &tree.blocks[at];
                let chain: Vec<String> = tree
                    .around(b.element)
                    .map(|e| {
                        format!(
                            "{}{}[{}]",
                            if dropped[e] { "!" } else { "" },
                            tree.elements[e].name,
                            tree.elements[e].hint.trim().chars().take(50).collect::<String>()
                        )
                    })
                    .take(14)
                    .collect();
                eprintln!(
                    "WHY {why:?} keep={} inside={} words={} linked={} {}",
                    body.keep[at],
                    c.blocks.contains(&at),
                    b.words,
                    b.linked,
                    chain.join(" < ")
                );
            }
        }
        eprintln!("   container {} [{}] blocks {:?} of {}", c.name, c.hint, c.blocks, tree.blocks.len());
    }
    // WHY-END
    let place = dates::Place { tree: &tree, dropped: &dropped, headline: headline.as_ref(), body: container };
    let mut dates = dates::claims(&place, &head, described, &source.scripts, url, context);
    dates.extend(titled.map(|words| DateClaim { role: Role::Unknown, words, origin: Origin::Byline }));
    let authors = authors::find(&tree, &head, described, headline.as_ref(), &dropped, container);
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
    let words = body.as_ref().map_or(0, |b| b.words);
    let kind = if html.is_some() && words >= 30 { Kind::Article } else { Kind::Unknown };
    let article = RawArticle {
        title: headline.map(|h| Markup::Text(h.text)),
        authors,
        dates,
        link: head
            .canonical
            .clone()
            .or_else(|| head.first(&["og:url"]).map(str::to_owned))
            .or_else(|| described?.url.clone()),
        summary: summary.map(Markup::Text),
        body: html.map(Markup::Html),
        base: head.base.clone(),
        language: head.language.clone().or_else(|| described?.language.clone()),
        tags,
        enclosures: image.map(|url| Enclosure { url, media_type: None, length: None }).into_iter().collect(),
        ..RawArticle::default()
    };
    PageParts { kind, article: Some(article), warnings: source.warnings, feeds: head.feeds }
}

/// The encoding that a page declares for itself: the prescan of the HTML Standard, section
/// 13.2.3.2, over its first 1024 bytes.
pub fn declared_encoding(head: &[u8]) -> Option<String> {
    source::declared_encoding(&head[..head.len().min(1024)])
}
