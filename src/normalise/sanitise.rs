//! Untrusted HTML becomes HTML that is safe everywhere: in a page, in an Atom content of any type, in a reader.
//!
//! One policy, ammonia's engine. Before it runs, illegal characters are dropped and size and depth are capped: its
//! time grows with the square of the depth.

use crate::text;
use std::borrow::Cow;
use std::collections::HashMap;
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

/// Drops the tags that lie deeper than [`DEEPEST`]. A scan over the characters that keeps the names of the open elements.
/// Elements that HTML closes by itself (`p`, `li`, cells) do not count, so that a page which closes none of them keeps
/// them all.
pub fn capped(source: &str) -> Cow<'_, str> {
    let mut open: Vec<&str> = Vec::new();
    // Open elements whose tags were dropped, by name: their end tags go as well.
    let mut below: HashMap<&str, usize> = HashMap::new();
    let mut dropped: Vec<(usize, usize)> = Vec::new();
    let bytes = source.as_bytes();
    let mut at = 0;
    while let Some(start) = memchr::memchr(b'<', &bytes[at..]).map(|i| at + i) {
        let closing = bytes.get(start + 1) == Some(&b'/');
        let name_at = start + 1 + usize::from(closing);
        let length = bytes[name_at..].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        let name = &source[name_at..name_at + length];
        if name.is_empty() {
            at = start + 1;
            continue;
        }
        let Some(length) = memchr::memchr(b'>', &bytes[start..]) else { break };
        let end = start + length + 1;
        at = end;
        let is = |other: &&str| other.eq_ignore_ascii_case(name);
        if CLOSED_BY_ITSELF.iter().any(is) {
            if open.len() == DEEPEST {
                dropped.push((start, end));
            }
        } else if !closing {
            // Only in drawings and formulas does a slash close an element.
            let foreign = |name: &&str| name.eq_ignore_ascii_case("svg") || name.eq_ignore_ascii_case("math");
            if bytes[end - 2] == b'/' && open.iter().any(foreign) {
                continue;
            }
            if open.len() < DEEPEST {
                open.push(name);
            } else {
                *below.entry(name).or_default() += 1;
                dropped.push((start, end));
            }
        } else if let Some(count) = below.get_mut(name).filter(|count| **count > 0) {
            *count -= 1;
            dropped.push((start, end));
        } else if let Some(level) = open.iter().rposition(is) {
            open.truncate(level);
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

/// Elements that do not stay open until they are closed.
const CLOSED_BY_ITSELF: [&str; 34] = [
    "area", "base", "basefont", "bgsound", "br", "col", "colgroup", "dd", "dt", "embed", "frame", "hr", "img", "input",
    "keygen", "li", "link", "meta", "optgroup", "option", "p", "param", "rb", "rp", "rt", "rtc", "source", "tbody",
    "td", "tfoot", "th", "thead", "tr", "wbr",
];
