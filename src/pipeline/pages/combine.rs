//! What a page and a list say of one article becomes one.

use crate::model::{Article, Kind};
use crate::pipeline::understand::{Asked, understand};
use crate::read::Reader;
use std::collections::HashSet;
use url::Url;

/// An entry as it would be kept: with what its page says, if that can be read.
pub fn complete(reader: &Reader, teaser: &Article, kind: Kind, asked: &Asked) -> Article {
    let page = || {
        let url = Url::parse(teaser.link.as_deref()?).ok()?;
        let document = reader.crawl(&url).ok()?;
        let found = understand(&document, &Asked { kind: None, list: false, ..*asked }).ok()?;
        let found = super::joined(reader, document.url.as_ref(), found, asked);
        let [article] = found.articles.as_slice() else { return None };
        (found.kind == Kind::Article).then(|| Article::clone(article))
    };
    let Some(mut article) = page() else { return teaser.clone() };
    combine(&mut article, teaser, kind);
    article
}

/// What the page and the list say of an article becomes one: the page has the text, the list what it knows better.
pub fn combine(article: &mut Article, teaser: &Article, kind: Kind) {
    let feed = kind == Kind::Feed;
    if feed {
        // A feed has its data from where the articles are written; its title has no name of the site behind it.
        article.title.clone_from(&teaser.title);
        let tags: Vec<String> = teaser.tags.iter().filter(|tag| !article.tags.contains(tag)).cloned().collect();
        article.tags.extend(tags);
        let known: HashSet<String> = article.enclosures.iter().map(|enclosure| enclosure.url.clone()).collect();
        article.enclosures.extend(teaser.enclosures.iter().filter(|file| !known.contains(&file.url)).cloned());
        if !teaser.authors.is_empty() {
            article.authors.clone_from(&teaser.authors);
        }
        if teaser.published.is_some() {
            article.published.clone_from(&teaser.published);
        }
        // A page behind a wall may show less than its feed.
        if teaser.text.len() > article.text.len() {
            article.text.clone_from(&teaser.text);
            article.html.clone_from(&teaser.html);
            article.teaser = false;
        }
    }
    if article.published.is_none() {
        article.published.clone_from(&teaser.published);
    }
    if article.updated.is_none() && feed {
        article.updated.clone_from(&teaser.updated);
    }
    if article.summary.is_empty() && kind != Kind::Sitemap && teaser.summary != article.text {
        article.summary.clone_from(&teaser.summary);
    }
    if article.authors.is_empty() {
        article.authors.clone_from(&teaser.authors);
    }
    if article.language.is_none() {
        article.language.clone_from(&teaser.language);
    }
}
