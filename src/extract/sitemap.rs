//! Sitemaps: lists of a site's addresses (sitemaps.org, protocol 0.9), with the extension for news.
//!
//! In comes decoded text, out go raw articles that have an address and perhaps a title and dates, or the addresses of further
//! sitemaps. It follows none of them. A document that breaks off is refused whole.

use super::feed::entities::Entities;
use super::feed::lexer::{Lexer, Token};
use super::feed::{Fault, Limits};
use crate::date::Role;
use crate::model::{DateClaim, FeedLink, Markup, Origin, Pile, RawArticle};
use crate::text::fold;

/// Bytes in which the root element begins.
const HEAD: usize = 4096;

/// What was found in a sitemap.
#[derive(Debug, Default)]
pub struct SitemapParts {
    /// The articles, in the order of the document.
    pub articles: Pile<RawArticle>,
    /// The sitemaps that an index names.
    pub links: Vec<FeedLink>,
    /// What was left out.
    pub warnings: Vec<String>,
}

impl SitemapParts {
    fn tell_left_out(&mut self, count: usize, limits: &Limits) {
        if count > 0 {
            self.warnings.push(format!("{count} addresses beyond the limit of {} were left out", limits.entries));
        }
    }
}

/// Whether the root element is that of a sitemap or of an index of sitemaps.
pub fn looks_like(text: &str) -> bool {
    let mut lexer = Lexer::new(&text[..text.floor_char_boundary(HEAD)]);
    loop {
        match lexer.next() {
            Ok(Token::Start(tag)) => return matches!(local(tag.name()), "urlset" | "sitemapindex"),
            Ok(Token::End) | Err(_) => return false,
            Ok(_) => {}
        }
    }
}

/// Whether a text is a sitemap without markup: addresses, one a line (protocol 0.9, "Text file").
pub fn is_list(text: &str) -> bool {
    let is_address = |line: &str| {
        (line.starts_with("https://") || line.starts_with("http://")) && !line.contains(char::is_whitespace)
    };
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.next().is_some_and(is_address) && lines.next().is_some_and(is_address) && lines.all(is_address)
}

/// Reads a sitemap without markup.
pub fn read_list(text: &str, limits: &Limits) -> SitemapParts {
    let mut parts = SitemapParts::default();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut left_out = 0;
    for line in lines {
        match parts.articles.len() < limits.entries {
            true => parts.articles.push(Box::new(RawArticle { link: Some(line.to_owned()), ..RawArticle::default() })),
            false => left_out += 1,
        }
    }
    parts.tell_left_out(left_out, limits);
    parts
}

/// Reads a sitemap or an index.
///
/// An entry's `loc` is its link, `lastmod` the date of its last change; of the extension for news, `title`, `publication_date`,
/// `language` and `keywords` are taken.
pub fn read(text: &str, limits: &Limits) -> Result<SitemapParts, Fault> {
    let mut parts = SitemapParts::default();
    let mut lexer = Lexer::new(text);
    let mut entities = Entities::new();
    let mut open: Vec<&str> = Vec::new();
    let mut entry: Option<(bool, RawArticle)> = None;
    let mut words = String::new();
    let mut left_out = 0;
    let mut begun = false;
    while !begun || !open.is_empty() {
        match lexer.next()? {
            Token::Start(tag) => {
                if open.len() >= limits.depth {
                    return Err(Fault::TooDeep);
                }
                begun = true;
                words.clear();
                if matches!(local(tag.name()), "url" | "sitemap") && open.len() == 1 {
                    entry = Some((local(tag.name()) == "sitemap", RawArticle::default()));
                }
                if !tag.empty {
                    open.push(tag.name());
                }
            }
            Token::Text(raw) if entry.is_some() => words.push_str(&entities.text(raw)),
            Token::Data(data) if entry.is_some() => words.push_str(data),
            Token::Doctype(doctype) => entities.declare(doctype),
            Token::Text(_) | Token::Data(_) => {}
            Token::Close(name) => {
                // What is not closed ends with what is around it.
                let Some(level) = open.iter().rposition(|open| *open == name) else { continue };
                open.truncate(level);
                if let Some((_, article)) = entry.as_mut().filter(|_| !open.iter().any(|open| is_media(open))) {
                    take(local(name), &fold(&words), article);
                }
                words.clear();
                if open.len() > 1 {
                    continue;
                }
                match entry.take() {
                    Some((_, article)) if article.link.is_none() => {}
                    Some((_, _)) if parts.articles.len() + parts.links.len() >= limits.entries => left_out += 1,
                    Some((true, article)) => parts.links.push(FeedLink {
                        rel: "sitemap".to_owned(),
                        href: article.link.unwrap_or_default(),
                        changed: article.dates.into_iter().next().map(|date| date.words),
                    }),
                    Some((false, article)) => parts.articles.push(Box::new(article)),
                    None => {}
                }
            }
            Token::End => return Err(Fault::Truncated),
        }
    }
    parts.tell_left_out(left_out, limits);
    Ok(parts)
}

/// Takes in what an element of an entry says.
fn take(name: &str, words: &str, article: &mut RawArticle) {
    if words.is_empty() {
        return;
    }
    let claim = |role| DateClaim { role, words: words.to_owned(), origin: Origin::Feed };
    match name {
        // Pictures and films of an entry have addresses, too: the first is its own.
        "loc" if article.link.is_none() => article.link = Some(words.to_owned()),
        "lastmod" => article.dates.push(claim(Role::Updated)),
        "publication_date" => article.dates.push(claim(Role::Published)),
        "title" if article.title.is_none() => article.title = Some(Markup::Text(words.to_owned())),
        "language" if article.language.is_none() => article.language = Some(words.to_owned()),
        "keywords" => article.tags.extend(words.split(',').map(fold).filter(|tag| !tag.is_empty())),
        _ => {}
    }
}

/// Whether an element describes a picture or a film of the page, with titles of their own.
fn is_media(name: &str) -> bool {
    matches!(local(name), "image" | "video")
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAP: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
  xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
 <url><loc>https://blatt.example/a?x=1&amp;y=2</loc><lastmod>2024-08-28T14:30:00+02:00</lastmod>
  <image:image><image:loc>https://blatt.example/a.jpg</image:loc><image:title>Ein Bild</image:title></image:image></url>
 <url><loc> https://blatt.example/b </loc><news:news><news:publication><news:name>Blatt</news:name><news:language>de</news:language>
  </news:publication><news:publication_date>2024-08-27</news:publication_date><news:title>Zwei &amp; Drei</news:title>
  <news:keywords>Rat, Haushalt</news:keywords></news:news></url>
 <url><lastmod>2024-08-28</lastmod></url>
</urlset>"#;

    #[test]
    fn addresses_dates_and_news_are_read() {
        assert!(looks_like(MAP));
        let parts = read(MAP, &Limits::default()).unwrap();
        let [a, b] = parts.articles.as_slice() else { panic!("{parts:?}") };
        assert_eq!(a.link.as_deref(), Some("https://blatt.example/a?x=1&y=2"));
        assert_eq!((a.dates[0].role, a.dates[0].words.as_str()), (Role::Updated, "2024-08-28T14:30:00+02:00"));
        assert_eq!(a.title, None, "the title of a picture is none of the page");
        assert_eq!(b.link.as_deref(), Some("https://blatt.example/b"));
        assert_eq!(b.title, Some(Markup::Text("Zwei & Drei".into())));
        assert_eq!((b.language.as_deref(), b.tags.join(" ")), (Some("de"), "Rat Haushalt".into()));
    }

    #[test]
    fn an_index_names_sitemaps_and_what_breaks_off_is_refused() {
        let index = "<sitemapindex><sitemap><loc>https://blatt.example/1.xml.gz</loc><lastmod>2024-08-28</lastmod></sitemap></sitemapindex>";
        let parts = read(index, &Limits::default()).unwrap();
        assert_eq!((parts.articles.len(), parts.links.len()), (0, 1));
        assert_eq!(parts.links[0].changed.as_deref(), Some("2024-08-28"));
        for end in [MAP.len() - 20, 300, 400] {
            assert_eq!(read(&MAP[..end], &Limits::default()).unwrap_err(), Fault::Truncated);
        }
        let deep = "<urlset>".repeat(600);
        assert_eq!(read(&deep, &Limits::default()).unwrap_err(), Fault::TooDeep);
    }
}
