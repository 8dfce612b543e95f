//! Untrusted HTML becomes HTML that is safe everywhere: in a page, in an Atom content of any type, in a reader.
//!
//! One policy, ammonia's engine. Before it runs, illegal characters are dropped and size and depth are capped: its
//! time grows with the square of the depth.

use crate::text;
use std::borrow::Cow;
use std::sync::OnceLock;
use url::Url;

/// Bytes of markup of one article that are looked at; a book of 800 pages has 2 MB.
const LONGEST: usize = 8 << 20;
/// Elements within elements that are kept; real articles stay below 40.
const DEEPEST: usize = 128;

/// The policy. Links and images are made absolute against `base`; without one, relative addresses are dropped.
/// What had to be capped is said in `warnings`.
pub fn html(source: &str, base: Option<&Url>, warnings: &mut Vec<String>) -> String {
    let mut end = source.len().min(LONGEST);
    if end < source.len() {
        warnings.push(format!("longer than {} MB: the rest was left out", LONGEST >> 20));
        end = source.floor_char_boundary(end);
    }
    let legal = text::legal(&source[..end]);
    let flat = capped(&legal);
    if matches!(flat, Cow::Owned(_)) {
        warnings.push(format!("nested more than {DEEPEST} deep: the markup below was dropped, its text kept"));
    }
    let relative = match base {
        Some(base) => ammonia::UrlRelative::RewriteWithBase(base.clone()),
        None => ammonia::UrlRelative::Deny,
    };
    let mut policy = policy();
    policy.url_relative(relative);
    text::legal(policy.clean(&flat).to_string().trim())
}

/// What is let through: the elements that structure writing, pictures and tables, and no attribute that styles,
/// runs or tracks.
fn policy() -> ammonia::Builder<'static> {
    static TAGS: OnceLock<std::collections::HashSet<&'static str>> = OnceLock::new();
    let tags = TAGS.get_or_init(|| {
        "a abbr b blockquote br caption cite code col colgroup dd del dfn div dl dt em figcaption figure h1 h2 h3 h4 \
         h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small strong sub sup table tbody td tfoot th \
         thead time tr u ul var"
            .split(' ')
            .filter(|tag| !tag.is_empty())
            .collect()
    });
    let mut builder = ammonia::Builder::default();
    builder
        .tags(tags.clone())
        .clean_content_tags(["script", "style", "noscript", "template", "iframe", "object"].into())
        .generic_attributes(["lang", "dir", "title"].into())
        .tag_attributes(
            [
                ("a", ["href"].into()),
                ("img", ["src", "alt", "width", "height"].into()),
                ("time", ["datetime"].into()),
                ("ol", ["start", "reversed"].into()),
                ("td", ["colspan", "rowspan"].into()),
                ("th", ["colspan", "rowspan", "scope"].into()),
            ]
            .into(),
        )
        .url_schemes(["http", "https", "mailto"].into())
        .link_rel(Some("nofollow noopener"))
        .strip_comments(true);
    builder
}

/// Drops the tags that lie deeper than [`DEEPEST`]. A scan over the characters that counts open elements: elements
/// that HTML closes by itself (`p`, `li`, cells) do not count, so that a page which closes none of them keeps them all.
fn capped(source: &str) -> Cow<'_, str> {
    let mut depth = 0usize;
    let mut dropped: Vec<(usize, usize)> = Vec::new();
    let bytes = source.as_bytes();
    let mut at = 0;
    while let Some(start) = bytes[at..].iter().position(|b| *b == b'<').map(|i| at + i) {
        let closing = bytes.get(start + 1) == Some(&b'/');
        let name_at = start + 1 + usize::from(closing);
        let name: Vec<u8> =
            bytes[name_at..].iter().take(12).take_while(|b| b.is_ascii_alphanumeric()).copied().collect();
        if name.is_empty() {
            at = start + 1;
            continue;
        }
        let Some(length) = bytes[start..].iter().position(|b| *b == b'>') else { break };
        let end = start + length + 1;
        at = end;
        if !counts(&name.to_ascii_lowercase()) || bytes[end - 2] == b'/' {
            if depth > DEEPEST {
                dropped.push((start, end));
            }
            continue;
        }
        if closing {
            if depth > DEEPEST {
                dropped.push((start, end));
            }
            depth = depth.saturating_sub(1);
        } else {
            depth += 1;
            if depth > DEEPEST {
                dropped.push((start, end));
            }
        }
    }
    if dropped.is_empty() {
        return Cow::Borrowed(source);
    }
    let mut flat = String::with_capacity(source.len());
    let mut from = 0;
    for (start, end) in dropped {
        flat.push_str(&source[from..start]);
        // Words that a tag parted stay parted.
        flat.push(' ');
        from = end;
    }
    flat.push_str(&source[from..]);
    Cow::Owned(flat)
}

/// Whether an element stays open until it is closed.
fn counts(name: &[u8]) -> bool {
    const CLOSED_BY_ITSELF: [&[u8]; 34] = [
        b"area",
        b"base",
        b"basefont",
        b"bgsound",
        b"br",
        b"col",
        b"colgroup",
        b"dd",
        b"dt",
        b"embed",
        b"frame",
        b"hr",
        b"img",
        b"input",
        b"keygen",
        b"li",
        b"link",
        b"meta",
        b"optgroup",
        b"option",
        b"p",
        b"param",
        b"rb",
        b"rp",
        b"rt",
        b"rtc",
        b"source",
        b"tbody",
        b"td",
        b"tfoot",
        b"th",
        b"thead",
        b"tr",
        b"wbr",
    ];
    !CLOSED_BY_ITSELF.contains(&name)
}
