//! An article that is spread over several pages becomes one.

use crate::model::{Article, Kind};
use crate::pipeline::understand::{Asked, Understood, understand};
use crate::read::Reader;
use crate::text;
use std::collections::HashSet;
use url::Url;

/// Parts that are followed; what goes on is cut, and said to be.
const MOST: usize = 30;

/// Follows an article from the web to its end: to the whole on one page if there is one, else from part to part.
pub fn joined(reader: &Reader, url: Option<&Url>, mut found: Understood, asked: &Asked) -> Understood {
    if found.kind != Kind::Article || found.articles.len() != 1 {
        return found;
    }
    let links = std::mem::take(&mut found.links);
    let link = |rel: &str| links.iter().find(|(other, _)| other == rel).map(|(_, url)| url.clone());
    let first = url.cloned();
    let mut met: HashSet<Url> = first.into_iter().collect();
    if let Some(whole) = link("whole").filter(|url| met.insert(url.clone()))
        && let Some((article, _)) = part(reader, &whole, asked)
        && article.text.len() > found.articles[0].text.len()
    {
        let one = &mut found.articles[0];
        (one.text, one.html) = (article.text, article.html);
        return found;
    }
    let mut next = link("next");
    let mut parts = 1;
    while let Some(url) = next.take().filter(|url| met.insert(url.clone())) {
        if parts == MOST {
            found.warnings.push(format!("only the first {MOST} parts of it were read"));
            break;
        }
        let Some((article, further)) = part(reader, &url, asked) else {
            found.warnings.push(format!("it goes on at {url}, which cannot be read: the rest of it is missing"));
            break;
        };
        let one = &mut found.articles[0];
        // The same text again, with other comments below it, is no further part.
        if article.text.is_empty() || one.text.contains(beginning(&article.text)) {
            break;
        }
        one.html.push('\n');
        one.html.push_str(&article.html);
        one.text = text::legal(&text::of_html(&one.html));
        parts += 1;
        next = further;
    }
    found
}

/// One further page: its article, and where that goes on.
fn part(reader: &Reader, url: &Url, asked: &Asked) -> Option<(Article, Option<Url>)> {
    let document = reader.crawl(url).ok()?;
    let mut found = understand(&document, &Asked { kind: None, list: false, ..*asked }).ok()?;
    if found.kind != Kind::Article || found.articles.len() != 1 {
        return None;
    }
    let next = found.links.into_iter().find(|(rel, _)| rel == "next").map(|(_, url)| url);
    Some((*found.articles.remove(0), next))
}

/// What a text is known by.
fn beginning(text: &str) -> &str {
    &text[..text.floor_char_boundary(200)]
}
