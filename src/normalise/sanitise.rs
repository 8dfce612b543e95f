//! Untrusted HTML becomes HTML that is safe everywhere: in a page, in an Atom content of any type, in a reader.
//!
//! One policy, ammonia's engine. Before it runs, illegal characters are dropped and size and depth are capped: its
//! time grows with the square of the depth.

use crate::text;
use std::borrow::Cow;
use std::cell::RefCell;
use url::Url;

/// HTML that is safe.
#[derive(Debug)]
pub struct Clean {
    pub html: String,
    /// Whether cleaning it again changes nothing.
    settled: bool,
}

impl Clean {
    /// None at all.
    pub const NOTHING: Clean = Clean { html: String::new(), settled: true };

    /// As plain text, paragraphs parted by an empty line.
    pub fn text(&self) -> String {
        text::legal(&if self.settled { text::of_serialised(&self.html) } else { text::of_html(&self.html) })
    }
}

/// The policy. Links and images are made absolute against `base`; without one, relative addresses are dropped.
/// What had to be capped is said in `warnings`.
pub fn html(source: &str, base: Option<&Url>, warnings: &mut Vec<String>) -> Clean {
    let legal = text::legal(source);
    let prepared = text::source::fragment(&legal);
    warnings.extend(prepared.warnings);
    let relative = match base {
        Some(base) => ammonia::UrlRelative::RewriteWithBase(base.clone()),
        None => ammonia::UrlRelative::Deny,
    };
    POLICY.with_borrow_mut(|policy| {
        policy.url_relative(relative);
        let mut clean = Clean { html: prepared.html.into_owned(), settled: false };
        // What is taken out may change how the rest is read: it is cleaned until nothing changes, which is nearly always once
        // more. This is also the answer to markup that becomes dangerous by being cleaned.
        for _ in 0..MOST_PASSES {
            let again = text::legal(without_pixels(&policy.clean(&parted(&clean.html)).to_string()).trim());
            clean.settled = again == clean.html;
            if clean.settled {
                break;
            }
            clean.html = again;
        }
        clean
    })
}

thread_local! {
    /// The [`policy`]: made once for each thread, it takes longer than to clean a short text. What addresses are made absolute
    /// against is set for each text.
    static POLICY: RefCell<ammonia::Builder<'static>> = RefCell::new(policy());
}

/// Parts long stretches of text by comments, which are taken out again: the writer of the engine looks on to the end of a text at
/// each character that it escapes, so that its time would grow with the square of the length.
fn parted(html: &str) -> Cow<'_, str> {
    /// Bytes of a text that are left in one piece.
    const LONG: usize = 4096;
    // What is escaped: an ampersand, and what shares its first byte with the space that does not break.
    let is_escaped = |byte: &u8| matches!(byte, b'&' | 0xC2);
    let mut out = String::new();
    let (mut done, mut at) = (0, 0);
    let bytes = html.as_bytes();
    while at < bytes.len() {
        let end = memchr::memchr(b'<', &bytes[at..]).map_or(bytes.len(), |next| at + next);
        let mut last = at;
        while end - last > LONG
            && let Some(next) = bytes[last + LONG..end].iter().position(is_escaped)
        {
            last += LONG + next;
            out.push_str(&html[done..last]);
            out.push_str("<!---->");
            done = last;
        }
        // Within a tag nothing is parted: it ends at the next bracket, wherever that stands.
        at = memchr::memchr(b'>', &bytes[end..]).map_or(bytes.len(), |next| end + next + 1);
    }
    if out.is_empty() {
        return Cow::Borrowed(html);
    }
    out.push_str(&html[done..]);
    Cow::Owned(out)
}

/// Leaves out pictures that nobody can see: they count readers. What comes in is ammonia's, which writes tags in one way.
fn without_pixels(html: &str) -> Cow<'_, str> {
    let mut kept = String::new();
    let mut rest = html;
    while let Some(start) = memchr::memmem::find(rest.as_bytes(), b"<img ") {
        let Some(length) = rest[start..].find('>') else { break };
        let tag = &rest[start..start + length + 1];
        let value = |name: &str| tag.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split('"').next());
        let tiny = |name: &str| value(name).is_some_and(|size| matches!(size.trim().trim_end_matches("px"), "0" | "1"));
        let unseen = value("src").is_none() || tiny("width") || tiny("height");
        kept.push_str(&rest[..if unseen { start } else { start + tag.len() }]);
        rest = &rest[start + tag.len()..];
    }
    if rest.len() == html.len() {
        return Cow::Borrowed(html);
    }
    kept.push_str(rest);
    Cow::Owned(kept)
}

/// Passes after which markup that still changes is left as the last one made it.
const MOST_PASSES: usize = 5;

/// Bytes of an attribute beyond which it is left out: an address has hardly ever more than two thousand.
const LONGEST_ATTRIBUTE: usize = 16 << 10;

/// What is let through: the elements that structure writing, pictures and tables, and no attribute that styles,
/// runs or tracks.
fn policy() -> ammonia::Builder<'static> {
    const TAGS: &str = "a abbr b blockquote br caption cite code col colgroup dd del dfn div dl dt em figcaption figure h1 h2 \
        h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small strong sub sup table tbody td tfoot th \
        thead time tr u ul var";
    let mut builder = ammonia::Builder::default();
    builder
        .tags(TAGS.split_ascii_whitespace().collect())
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
        .attribute_filter(|_, _, value| (value.len() <= LONGEST_ATTRIBUTE).then(|| value.into()))
        .link_rel(Some("nofollow noopener"))
        .strip_comments(true);
    builder
}
