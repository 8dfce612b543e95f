//! What was found becomes clean and typed: absolute links, dates that are dates, plain-text titles, safe HTML.
//!
//! In comes a [`RawArticle`] of any format, out goes an [`Article`], or the reason why there is none. Each of these
//! repairs happens here once, whatever the format, and doing it twice changes nothing. It fetches nothing, knows no
//! identity and reads no clock.

mod dates;
mod sanitise;

use crate::date::Context;
use crate::model::{Article, Enclosure, FeedHead, Markup, RawArticle, RawFeed};
use crate::text;
use sanitise::Clean;
use std::fmt;
use url::Url;

/// Characters of a title that are kept; the longest headline in print is far shorter.
const LONGEST_TITLE: usize = 500;
/// Bytes of markup of a title or teaser that are looked at.
const LONGEST_LINE: usize = 256 << 10;
/// Characters of text that make a title where there is none.
const TITLE_FROM_TEXT: usize = 80;

/// What surrounds a document.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// Its address, if it has one.
    pub url: Option<&'a Url>,
    /// Against what dates are read.
    pub dates: Context,
    /// The language of what names none.
    pub language: Option<&'a str>,
}

/// Why something is no article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is empty.
    Nothing,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Fault::Nothing => f.write_str("it is empty"),
        }
    }
}

impl std::error::Error for Fault {}

/// Cleans an article. Things that had to be left out are named in `warnings`.
pub fn article(raw: &RawArticle, around: &Surroundings, warnings: &mut Vec<String>) -> Result<Article, Fault> {
    let own = raw.base.as_deref().and_then(|base| address(base, around.url));
    let base = own.as_ref().or(around.url);
    let link = raw.link.as_deref().and_then(|link| address(link, base)).map(String::from);
    // Without an address of the document, the article's own is the best start for its relative links.
    let own_link = link.as_deref().and_then(|link| Url::parse(link).ok());
    let mut clean = match &raw.body {
        Some(Markup::Html(source)) => sanitise::html(source, base.or(own_link.as_ref()), warnings),
        Some(Markup::Text(source)) => sanitise::html(&paragraphs(source), None, warnings),
        None => Clean::NOTHING,
    };
    // A feed without bodies has its whole text in the teaser, which is none besides then.
    let mut teaser = raw.summary.as_ref();
    if let (true, Some(Markup::Html(source))) = (clean.html.is_empty(), teaser) {
        clean = sanitise::html(source, base.or(own_link.as_ref()), warnings);
        teaser = teaser.filter(|_| clean.html.is_empty());
    }
    let summary = teaser.map(one_line).unwrap_or_default();
    if clean.html.is_empty() {
        // Where nothing of its markup may stay, its words do.
        clean = sanitise::html(&paragraphs(&summary_text(raw)), None, warnings);
    }
    let (body, html) = (clean.text(), clean.html);
    let title = match raw.title.as_ref().map(one_line).filter(|title| !title.is_empty()) {
        Some(title) => cut(&title, LONGEST_TITLE),
        None if !body.is_empty() => cut(&text::fold(&body), TITLE_FROM_TEXT),
        None if *raw == RawArticle::default() => return Err(Fault::Nothing),
        // A photograph, a podcast, a bare link: kept as well, under a name that tells it from the others.
        None => cut(&stand_in(raw), LONGEST_TITLE),
    };
    let (published, updated) = dates::chosen(&raw.dates, &around.dates);
    Ok(Article {
        title,
        authors: names(&raw.authors),
        published,
        updated,
        link,
        guid: raw.guid.as_deref().map(|guid| text::fold(&text::legal(guid))).filter(|guid| !guid.is_empty()),
        summary: if summary == text::fold(&body) { String::new() } else { summary },
        html,
        text: body,
        language: raw.language.as_deref().or(around.language).and_then(language),
        tags: each_once(raw.tags.iter().map(|tag| text::fold(&text::legal(tag)))),
        enclosures: raw.enclosures.iter().filter_map(|enclosure| whole(enclosure, base)).collect(),
        aliases: each_once(
            raw.aliases.iter().filter_map(|alias| address(alias, base.or(own_link.as_ref()))).map(String::from),
        ),
        teaser: raw.teaser,
    })
}

/// Cleans what a feed says of itself.
pub fn feed(raw: &RawFeed, around: &Surroundings) -> FeedHead {
    let own = raw.base.as_deref().and_then(|base| address(base, around.url));
    let base = own.as_ref().or(around.url);
    FeedHead {
        title: raw.title.as_ref().map(one_line).filter(|title| !title.is_empty()),
        subtitle: raw.subtitle.as_ref().map(one_line).filter(|subtitle| !subtitle.is_empty()),
        link: raw.link.as_deref().and_then(|link| address(link, base)).map(String::from),
        id: raw.id.as_deref().map(text::fold).filter(|id| !id.is_empty()),
        authors: names(&raw.authors),
        updated: raw.updated.as_ref().and_then(|claim| dates::instant(claim, &around.dates)),
        tags: each_once(raw.tags.iter().map(|tag| text::fold(&text::legal(tag)))),
        language: raw.language.as_deref().and_then(language),
        minutes: raw.minutes,
    }
}

/// The absolute http(s) address that `link` means; `None` if it is none.
pub fn address(link: &str, base: Option<&Url>) -> Option<Url> {
    // The URL Standard strips tabs and line feeds within, and white space around.
    let url = match base {
        Some(base) => base.join(link.trim()).ok()?,
        None => Url::parse(link.trim()).ok()?,
    };
    // What the URL Standard lets pass and no URI may carry is encoded, so that every list and feed shows the same.
    let url = Url::parse(&text::escape_uri(url.as_str())).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.host().is_some() && !link.trim().is_empty()).then_some(url)
}

/// Plain text on one line.
fn one_line(markup: &Markup) -> String {
    match markup {
        Markup::Text(source) => text::fold(&text::legal(source)),
        // Without a tag or a reference there is nothing to parse.
        Markup::Html(source) if !source.contains(['<', '&']) => text::fold(&text::legal(source)),
        Markup::Html(source) => {
            let head = &source[..source.floor_char_boundary(LONGEST_LINE)];
            text::fold(&text::legal(&text::of_html(&text::source::fragment(&text::legal(head)).html)))
        }
    }
}

/// The teaser as plain text, with its paragraphs where it has any.
fn summary_text(raw: &RawArticle) -> String {
    match &raw.summary {
        Some(Markup::Text(source)) => source.clone(),
        Some(markup) => one_line(markup),
        None => String::new(),
    }
}

/// A title for what has neither title nor text.
fn stand_in(raw: &RawArticle) -> String {
    let file = raw.enclosures.first().map(|file| file.url.as_str());
    let name = raw.link.as_deref().or(raw.guid.as_deref()).or(file).unwrap_or_default();
    let name = name.split_once("://").map_or(name, |(_, rest)| rest);
    let name = text::fold(&text::legal(name));
    if name.is_empty() { "Ohne Titel".to_owned() } else { name }
}

/// Plain text as HTML: paragraphs where it has empty lines, breaks where it has others.
fn paragraphs(source: &str) -> String {
    let legal = text::legal(source);
    let mut html = String::new();
    for paragraph in legal.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        let lines: Vec<String> = paragraph.lines().map(|line| text::escape_html(line.trim())).collect();
        html.push_str("<p>");
        html.push_str(&lines.join("<br>"));
        html.push_str("</p>");
    }
    html
}

/// The beginning of a text, at most `most` characters, cut between words.
fn cut(text: &str, most: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(most) else { return text.to_owned() };
    let head = &text[..end];
    let head = head.rfind(' ').map_or(head, |space| &head[..space]);
    format!("{}…", head.trim_end_matches([',', ';', ':', '-', ' ']))
}

fn names(found: &[String]) -> Vec<String> {
    each_once(found.iter().map(|name| text::fold(&text::legal(name))))
}

fn each_once(found: impl Iterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for one in found {
        if !one.is_empty() && !kept.contains(&one) {
            kept.push(one);
        }
    }
    kept
}

/// A language tag in the usual case (RFC 5646, section 2.1.1): `de`, `de-AT`, `zh-Hant`.
pub fn language(found: &str) -> Option<String> {
    let parts: Vec<&str> = found.trim().split(['-', '_']).collect();
    let sound =
        parts.iter().all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if !sound || !(2..=3).contains(&parts[0].len()) || !parts[0].bytes().all(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    let cased = parts.iter().enumerate().map(|(i, part)| match part.len() {
        2 if i > 0 => part.to_ascii_uppercase(),
        4 if i > 0 => part[..1].to_ascii_uppercase() + &part[1..].to_ascii_lowercase(),
        _ => part.to_ascii_lowercase(),
    });
    Some(cased.collect::<Vec<_>>().join("-"))
}

fn whole(enclosure: &Enclosure, base: Option<&Url>) -> Option<Enclosure> {
    let url = address(&enclosure.url, base)?.into();
    let media_type = enclosure.media_type.as_deref().map(|found| text::fold(&text::legal(found)));
    Some(Enclosure { url, media_type: media_type.filter(|found| found.contains('/')), length: enclosure.length })
}
