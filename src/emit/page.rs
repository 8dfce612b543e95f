//! The HTML pages: one of all feeds, one for each feed, one for each article.
//!
//! In come the same values as for the feeds, out go HTML5 documents. They are made for reading:
//! no script, nothing from elsewhere but the pictures of an article, and a policy that tells the
//! browser so (Content Security Policy 3, section 3.3), in case a sanitiser ever let something pass.
//!
//! The words of the interface are German, and so is the document; text in another language says so.
//! All links between the pages are relative: they hold under any address, and from a disk.
//! Text whose direction is unknown stands in elements that the style sheet isolates, so that an
//! unclosed bidirectional mark in a title does not turn its surroundings around (Unicode Standard
//! Annex 9, section 6.3).

use crate::emit::item::{self, File, page_of};
use crate::emit::{Format, Headline, Summary, time};
use crate::model::{Channel, Entry, Precision};
use crate::text::escape_html;
use chrono::{DateTime, FixedOffset, Timelike};
use std::borrow::Cow;

/// Lists cut titles and teasers here, in characters: one of a megabyte must not hide the others.
const LONGEST_TITLE: usize = 300;
const LONGEST_TEASER: usize = 500;

const POLICY: &str = "default-src 'none'; img-src https: http:; media-src https: http:; style-src 'self'; \
                      base-uri 'none'; form-action 'none'";

/// The page of a feed, `public/NAME/index.html`: its entries in the order of the channel, and how
/// to subscribe.
pub fn index_page(channel: &Channel) -> Vec<u8> {
    let title = item::feed_title(channel);
    let mut page = Page::open(&title, &channel.root());
    for format in Format::ALL {
        page.announce(format.media_type(), &format!("{title} ({})", format.label()), format.file_name());
    }
    page.body(&format!("{}index.html", channel.root()), "Alle Feeds");
    page.push(&format!("<header>\n<h1{}>{}</h1>\n", lang(&channel.language), escape_html(&title)));
    let description = item::line(&channel.description);
    if !description.trim().is_empty() {
        page.push(&format!("<p class=\"teaser\"{}>{}</p>\n", lang(&channel.language), escape_html(&description)));
    }
    if let Some(site) = channel.link.as_deref().and_then(item::address) {
        page.push(&format!("<p>Quelle: <a href=\"{0}\">{0}</a></p>\n", escape_html(&site)));
    }
    page.push("</header>\n");
    page.subscribe("");
    page.push("<main>\n<ol class=\"entries\">\n");
    for entry in &channel.entries {
        let language = entry.language.as_deref().unwrap_or(&channel.language);
        page.push("<li>\n");
        page.push(&headline(&page_of(entry), &item::title(entry), language));
        page.push(&byline(entry));
        let teaser = item::line(&entry.summary);
        if !teaser.trim().is_empty() {
            let teaser = escape_html(&clip(&teaser, LONGEST_TEASER));
            page.push(&format!("<p class=\"teaser\"{}>{teaser}</p>\n", lang(language)));
        }
        page.push("</li>\n");
    }
    page.push("</ol>\n</main>\n");
    page.close()
}

/// The page of an article, `public/NAME/articles/ID.html`: the whole of it, for reading.
pub fn article_page(channel: &Channel, entry: &Entry) -> Vec<u8> {
    let title = item::title(entry);
    let language = entry.language.as_deref().unwrap_or(&channel.language);
    let link = item::link(entry);
    let mut page = Page::open(&title, &format!("../{}", channel.root()));
    if let Some(link) = &link {
        // The article lives elsewhere: search engines are to name that place (RFC 6596).
        page.head(&format!("<link rel=\"canonical\" href=\"{}\">", escape_html(link)));
    }
    page.body("../index.html", &item::feed_title(channel));
    page.push(&format!("<main>\n<article>\n<header>\n<h1{}>{}</h1>\n", lang(language), escape_html(&title)));
    page.push(&byline(entry));
    if let Some(link) = &link {
        let link = escape_html(link);
        page.push(&format!("<p><a class=\"button\" href=\"{link}\">Zum Artikel</a></p>\n"));
    }
    page.push("</header>\n");
    let body = item::body(entry);
    let teaser = item::line(&entry.summary);
    if !body.is_empty() {
        page.push(&format!("<div class=\"text\"{}>\n{body}\n</div>\n", lang(language)));
    } else if !teaser.trim().is_empty() {
        page.push(&format!("<div class=\"text\"{}>\n<p>{}</p>\n</div>\n", lang(language), escape_html(&teaser)));
    }
    page.push(&item::elsewhere(entry));
    page.push(&attachments(&item::files(entry)));
    page.push(&topics(&item::lines(&entry.tags), language));
    page.push("</article>\n</main>\n");
    page.close()
}

/// The page of all feeds, `public/index.html`, in the order given.
pub fn overview_page(site: &[Summary]) -> Vec<u8> {
    let mut page = Page::open("Feeds", "");
    page.announce("text/x-opml", "Alle Feeds (OPML)", "feeds.opml");
    for feed in site {
        for format in Format::ALL {
            let title = format!("{} ({})", feed.title, format.label());
            page.announce(format.media_type(), &title, &format!("{}/{}", feed.name, format.file_name()));
        }
    }
    page.push("</head>\n<body>\n<header>\n<h1>Feeds</h1>\n");
    if site.is_empty() {
        page.push("<p>Noch ist kein Feed veröffentlicht.</p>\n</header>\n");
        return page.close();
    }
    page.push("<p><a href=\"feeds.opml\">Alle abonnieren (OPML)</a></p>\n</header>\n<main>\n");
    for feed in site.iter().filter(|feed| !feed.name.contains('/')) {
        page.push(&section(feed));
        let below = format!("{}/", feed.name);
        let parts: Vec<&Summary> = site.iter().filter(|part| part.name.starts_with(&below)).collect();
        page.push(&parts_list(&parts));
    }
    page.push("</main>\n");
    page.close()
}

fn section(feed: &Summary) -> String {
    let language = lang(&feed.language);
    let title = escape_html(&clip(&feed.title, LONGEST_TITLE));
    let mut out =
        format!("<section>\n<h2{language}><a href=\"{}/index.html\">{title}</a></h2>\n", escape_html(&feed.name));
    let count = if feed.entries == 1 { "1 Artikel" } else { &format!("{} Artikel", feed.entries) };
    let newest = timestamp(&feed.updated, precision_of(&feed.updated));
    out.push_str(&format!("<p class=\"byline\">{count} · zuletzt geändert am {newest}</p>\n"));
    if !feed.description.trim().is_empty() {
        let teaser = escape_html(&clip(&feed.description, LONGEST_TEASER));
        out.push_str(&format!("<p class=\"teaser\"{language}>{teaser}</p>\n"));
    }
    out.push_str("<ul class=\"latest\">\n");
    for Headline { title, page, published, precision, language } in &feed.latest {
        let tag = lang(language.as_deref().unwrap_or(&feed.language));
        let title = escape_html(&clip(title, LONGEST_TITLE));
        let href = escape_html(&format!("{}/{page}", feed.name));
        let when = when(published, *precision);
        out.push_str(&format!("<li><a href=\"{href}\"{tag}>{title}</a> <span class=\"byline\">{when}</span></li>\n"));
    }
    out.push_str("</ul>\n");
    out.push_str(&subscription(&format!("{}/", feed.name), &format!("{} abonnieren", feed.title)));
    out.push_str("</section>\n");
    out
}

/// The feeds that a feed is parted into.
fn parts_list(parts: &[&Summary]) -> String {
    if parts.is_empty() {
        return String::new();
    }
    let mut out =
        String::from("<nav class=\"parts\" aria-label=\"Themen\">\n<span>Themen:</span>\n<ul class=\"topics\">\n");
    for part in parts {
        let title = part.title.rsplit_once(": ").map_or(part.title.as_str(), |(_, tag)| tag);
        let (href, title) =
            (escape_html(&format!("{}/index.html", part.name)), escape_html(&clip(title, LONGEST_TITLE)));
        out.push_str(&format!("<li{}><a href=\"{href}\">{title}</a></li>\n", lang(&part.language)));
    }
    out.push_str("</ul>\n</nav>\n");
    out
}

fn headline(href: &str, title: &str, language: &str) -> String {
    let title = escape_html(&clip(title, LONGEST_TITLE));
    format!("<h2{}><a href=\"{}\">{title}</a></h2>\n", lang(language), escape_html(href))
}

/// Who wrote it and when.
fn byline(entry: &Entry) -> String {
    let mut parts = Vec::new();
    let authors: Vec<String> = item::lines(&entry.authors)
        .iter()
        .map(|name| format!("<span class=\"author\">{}</span>", escape_html(name)))
        .collect();
    if !authors.is_empty() {
        parts.push(format!("Von {}", authors.join(", ")));
    }
    parts.push(when(&entry.published, entry.precision));
    if entry.updated > entry.published {
        parts.push(format!("geändert am {}", timestamp(&entry.updated, precision_of(&entry.updated))));
    }
    format!("<p class=\"byline\">{}</p>\n", parts.join(" · "))
}

/// When an article appeared; where it did not say so, when it was first seen.
fn when(at: &DateTime<FixedOffset>, precision: Option<Precision>) -> String {
    match precision {
        Some(precision) => timestamp(at, precision),
        None => format!("gesehen am {}", timestamp(at, Precision::Minute)),
    }
}

fn timestamp(at: &DateTime<FixedOffset>, precision: Precision) -> String {
    let at = time::writable(*at).unwrap_or(*at);
    format!("<time datetime=\"{}\">{}</time>", time::machine(&at, precision), time::german(&at, precision))
}

/// The time of a change comes without its precision; midnight to the second is a day.
fn precision_of(at: &DateTime<FixedOffset>) -> Precision {
    if at.num_seconds_from_midnight() == 0 { Precision::Day } else { Precision::Minute }
}

fn attachments(files: &[File]) -> String {
    if files.is_empty() {
        return String::new();
    }
    let mut out = String::from("<section>\n<h2>Beilagen</h2>\n<ul>\n");
    for file in files {
        let href = escape_html(&file.url);
        let name = file.url.rsplit('/').find(|part| !part.is_empty()).unwrap_or(&file.url);
        let notes: Vec<String> =
            file.media_type.map(escape_html).into_iter().chain(file.length.map(size_words)).collect();
        let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
        out.push_str(&format!("<li><a href=\"{href}\">{}</a>{notes}</li>\n", escape_html(name)));
    }
    out.push_str("</ul>\n</section>\n");
    out
}

/// `3,4 MB`, as German writes numbers.
fn size_words(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} Byte");
    }
    let mut tenths = bytes / 100;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1000;
        unit += 1;
    }
    format!("{},{} {}", tenths / 10, tenths % 10, UNITS[unit])
}

fn topics(tags: &[Cow<str>], language: &str) -> String {
    if tags.is_empty() {
        return String::new();
    }
    let tags: Vec<String> = tags.iter().map(|tag| format!("<li>{}</li>", escape_html(tag))).collect();
    format!(
        "<section>\n<h2>Themen</h2>\n<ul class=\"topics\"{}>\n{}\n</ul>\n</section>\n",
        lang(language),
        tags.join("\n")
    )
}

/// The links to subscribe by, in a folder.
fn subscription(folder: &str, label: &str) -> String {
    let label = escape_html(&clip(label, LONGEST_TITLE));
    let mut out = format!("<nav class=\"subscribe\" aria-label=\"{label}\">\n<span>Abonnieren:</span>\n");
    for format in Format::ALL {
        let href = escape_html(&format!("{folder}{}", format.file_name()));
        let (kind, name) = (format.media_type(), format.label());
        out.push_str(&format!("<a class=\"button\" href=\"{href}\" type=\"{kind}\">{name}</a>\n"));
    }
    out.push_str("</nav>\n");
    out
}

/// A `lang` attribute for text that is not in the language of the interface.
fn lang(tag: &str) -> String {
    match item::language(tag) {
        Some(tag) if !tag.eq_ignore_ascii_case("de") => format!(" lang=\"{tag}\""),
        _ => String::new(),
    }
}

/// The first characters of a text, up to the end of a word where there is one.
fn clip(text: &str, longest: usize) -> Cow<'_, str> {
    match text.char_indices().nth(longest) {
        None => Cow::Borrowed(text),
        Some((end, _)) => {
            let cut = text[..end].rfind(' ').filter(|space| *space > end / 2).unwrap_or(end);
            Cow::Owned(format!("{} …", text[..cut].trim_end()))
        }
    }
}

/// A document in the making.
struct Page {
    out: String,
}

impl Page {
    /// Begins a document; `root` leads from it to `public/`.
    fn open(title: &str, root: &str) -> Page {
        let title = escape_html(&clip(title, LONGEST_TITLE));
        let out = format!(
            "<!DOCTYPE html>\n<html lang=\"de\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <meta name=\"generator\" content=\"depesche\">\n\
             <title>{title}</title>\n<link rel=\"stylesheet\" href=\"{root}style.css\">\n"
        );
        Page { out }
    }

    fn head(&mut self, line: &str) {
        self.push(line);
        self.push("\n");
    }

    /// A link by which browsers and readers find a feed on their own.
    fn announce(&mut self, media_type: &str, title: &str, href: &str) {
        let title = escape_html(&clip(title, LONGEST_TITLE));
        let href = escape_html(href);
        self.head(&format!("<link rel=\"alternate\" type=\"{media_type}\" title=\"{title}\" href=\"{href}\">"));
    }

    /// Ends the head and begins the body with the way back.
    fn body(&mut self, up: &str, name: &str) {
        let name = escape_html(&clip(name, LONGEST_TITLE));
        self.push(&format!(
            "</head>\n<body>\n<nav class=\"up\" aria-label=\"Zurück\"><a href=\"{up}\">{name}</a></nav>\n"
        ));
    }

    fn subscribe(&mut self, folder: &str) {
        self.push(&subscription(folder, "Abonnieren"));
    }

    fn push(&mut self, html: &str) {
        self.out.push_str(html);
    }

    fn close(mut self) -> Vec<u8> {
        self.push("</body>\n</html>\n");
        self.out.into_bytes()
    }
}
