//! HTML source made safe to parse: bounded in size, depth and attributes, without what no article
//! is made of.
//!
//! Owns the one scan over the source before the parser sees it. In comes decoded HTML, out goes
//! HTML without scripts, styles, comments and drawings, and the JSON-LD that stood in scripts. It
//! builds no tree and repairs no markup; a tag that it does not understand is passed on.
//!
//! Why before: an HTML parser spends quadratic time on tags nested tens of thousands deep and on
//! thousands of attributes in one tag, and most of a page's bytes are scripts.

use std::borrow::Cow;

/// A longer page is cut.
const MOST_BYTES: usize = 8 << 20;
/// Tags nested deeper are left out, their text stays.
const MOST_DEPTH: usize = 256;
/// Formatting elements (`b`, `i`, `font` …) open at once: each is opened again in every paragraph
/// (HTML Standard, 13.2.4.3).
const MOST_FORMATTING: usize = 32;
/// A tag with more attributes keeps none.
const MOST_ATTRIBUTES: usize = 128;
/// JSON-LD beyond this is not read.
const MOST_DATA: usize = 1 << 20;

/// Tools that save pages leave their mark at the beginning.
const MARKS: usize = 16 << 10;

/// The source without ballast.
pub struct Source<'a> {
    /// HTML for the parser.
    pub html: Cow<'a, str>,
    /// The contents of `<script type="application/ld+json">`.
    pub data: Vec<&'a str>,
    /// The address that a browser or tool noted when it saved the page.
    pub saved: Option<&'a str>,
    /// What was left out: sentences without a full stop.
    pub warnings: Vec<String>,
    /// The other scripts.
    pub scripts: Vec<&'a str>,
}

/// Prepares a page.
pub fn page(html: &str) -> Source<'_> {
    prepare(html, &[PASSED_OVER, DRAWN], false)
}

/// Prepares a piece of a page. The words in drawings and formulas stay; of what is embedded, a link does, with its picture.
pub fn fragment(html: &str) -> Source<'_> {
    prepare(html, &[PASSED_OVER], true)
}

fn prepare<'a>(html: &'a str, raw: &'a [&'a [&'static str]], links: bool) -> Source<'a> {
    let mut warnings = Vec::new();
    let html = if html.len() > MOST_BYTES {
        warnings.push(format!("only the first {} MB were read", MOST_BYTES >> 20));
        &html[..html.floor_char_boundary(MOST_BYTES)]
    } else {
        html
    };
    let mut scan = Scan::new(html, raw, links);
    scan.run();
    if scan.too_deep {
        warnings.push(format!("elements nested deeper than {MOST_DEPTH} were flattened"));
    }
    if scan.too_wide {
        warnings.push(format!("tags with more than {MOST_ATTRIBUTES} attributes lost them"));
    }
    Source { html: Cow::Owned(scan.out), data: scan.data, saved: scan.saved, warnings, scripts: scan.scripts }
}

struct Scan<'a> {
    html: &'a str,
    /// Elements whose content is taken out, or is text.
    raw: &'a [&'a [&'static str]],
    /// Whether what is embedded leaves a link.
    links: bool,
    out: String,
    data: Vec<&'a str>,
    scripts: Vec<&'a str>,
    saved: Option<&'a str>,
    /// Open elements as far as the source tells: the names only.
    open: Vec<&'a str>,
    /// How many of them are formatting elements.
    formatting: usize,
    /// Names of elements without content of interest that the page never closes.
    unclosed: Vec<&'static str>,
    too_deep: bool,
    too_wide: bool,
}

impl<'a> Scan<'a> {
    fn new(html: &'a str, raw: &'a [&'a [&'static str]], links: bool) -> Self {
        Scan {
            html,
            raw,
            links,
            out: String::with_capacity(html.len() / 2),
            data: Vec::new(),
            scripts: Vec::new(),
            saved: None,
            open: Vec::new(),
            formatting: 0,
            unclosed: Vec::new(),
            too_deep: false,
            too_wide: false,
        }
    }

    fn run(&mut self) {
        let html = self.html;
        let mut at = 0;
        while let Some(next) = html[at..].find('<') {
            let start = at + next;
            self.text(&html[at..start]);
            at = self.markup(start);
        }
        self.text(&html[at..]);
    }

    /// Passes text on, without null characters: the parser would report each as an error.
    fn text(&mut self, text: &str) {
        if text.contains('\0') {
            self.out.extend(text.chars().filter(|c| *c != '\0'));
        } else {
            self.out.push_str(text);
        }
    }

    /// Handles what begins with `<` at `start`; where to go on.
    fn markup(&mut self, start: usize) -> usize {
        let rest = &self.html[start..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            // `<!-->` and `<!--->` are comments already closed (13.2.5.43).
            if comment.starts_with('>') || comment.starts_with("->") {
                return start + 4 + comment.find('>').map_or(0, |end| end + 1);
            }
            let Some(end) = comment.find("-->") else { return self.html.len() };
            if self.saved.is_none() && start < MARKS {
                self.saved = saved_from(&comment[..end]);
            }
            return start + 4 + end + 3;
        }
        if rest.starts_with("<!") || rest.starts_with("<?") {
            let end = rest.find('>').map_or(self.html.len(), |end| start + end + 1);
            if rest.get(..9).is_some_and(|d| d.eq_ignore_ascii_case("<!doctype")) {
                self.out.push_str(&self.html[start..end]);
            }
            return end;
        }
        let closing = rest.starts_with("</");
        let name_at = if closing { 2 } else { 1 };
        let name = name(&rest[name_at..]);
        if name.is_empty() {
            self.out.push_str("&lt;");
            return start + 1;
        }
        let Some((length, attributes)) = tag_end(rest) else {
            // Unclosed at the end of the file: nothing of it is shown.
            return self.html.len();
        };
        let tag = &rest[..length];
        let end = start + length;
        if closing {
            self.close(name, tag);
            return end;
        }
        if self.links && attributes <= MOST_ATTRIBUTES {
            self.out.extend(embedded(name, tag));
        }
        if let Some(raw) = self.raw.iter().copied().flatten().find(|raw| raw.eq_ignore_ascii_case(name)) {
            return self.raw(raw, tag, end);
        }
        self.start(name, tag, attributes);
        end
    }

    /// An element whose content is no markup, or is not wanted: skipped to its end tag.
    fn raw(&mut self, name: &'static str, tag: &'a str, from: usize) -> usize {
        // Only these hide what follows them when they are not closed.
        let hides = matches!(name, "script" | "style" | "title" | "textarea" | "iframe");
        if !hides && (tag.ends_with("/>") || self.unclosed.contains(&name)) {
            return from;
        }
        let (content, after) = match find_end_tag(&self.html[from..], name) {
            Some((content, after)) => (content, from + after),
            None if hides => (self.html.len() - from, self.html.len()),
            None => {
                // Nor will a later one be closed: not to be looked for again.
                self.unclosed.push(name);
                return from;
            }
        };
        let content = &self.html[from..from + content];
        match name {
            "script" => {
                let head = |text: &'a str| &text[..text.floor_char_boundary(400)];
                // Some pages forget to say the type.
                let looks = || content.trim_start().starts_with(['{', '[']) && head(content).contains("schema.org");
                if content.len() <= MOST_DATA && (head(tag).to_ascii_lowercase().contains("ld+json") || looks()) {
                    self.data.push(content);
                } else if content.len() > 20 {
                    self.scripts.push(content);
                }
            }
            "title" | "textarea" => {
                self.out.push_str(tag);
                self.text(content);
                self.out.push_str(if name == "title" { "</title>" } else { "</textarea>" });
            }
            _ => {}
        }
        after
    }

    fn start(&mut self, name: &'a str, tag: &'a str, attributes: usize) {
        let is = |list: &[&str]| list.iter().any(|other| other.eq_ignore_ascii_case(name));
        let void = is(VOID) || tag.ends_with("/>") && !name.is_ascii();
        if !void {
            let formatting = is(FORMATTING);
            // What closes itself by the next of its kind does not nest, however often it is left open.
            if is(IMPLIED) {
                while let Some(last) = self.open.last()
                    && IMPLIED.iter().any(|other| other.eq_ignore_ascii_case(last))
                    && same_kind(last, name)
                {
                    self.open.pop();
                }
            }
            if self.open.len() >= MOST_DEPTH || formatting && self.formatting >= MOST_FORMATTING {
                self.too_deep = true;
                // A space in its place, or words would grow together.
                self.out.push(' ');
                return;
            }
            self.formatting += usize::from(formatting);
            self.open.push(name);
        }
        if attributes > MOST_ATTRIBUTES {
            self.too_wide = true;
            self.out.push('<');
            self.out.push_str(name);
            self.out.push('>');
        } else {
            self.text(tag);
        }
    }

    fn close(&mut self, name: &str, tag: &str) {
        // Look back only a little way: a stray end tag must not cost the whole stack each time.
        let from = self.open.len().saturating_sub(24);
        match self.open[from..].iter().rposition(|open| open.eq_ignore_ascii_case(name)) {
            Some(found) => {
                let through = BLOCKS.iter().any(|block| block.eq_ignore_ascii_case(name));
                let end = if through { self.open.len() } else { from + found + 1 };
                for open in self.open.drain(from + found..end) {
                    self.formatting -= usize::from(FORMATTING.iter().any(|other| other.eq_ignore_ascii_case(open)));
                }
                self.text(tag);
            }
            // `</p>` and `</br>` make elements of their own; other stray end tags do nothing.
            None if name.eq_ignore_ascii_case("br") => self.out.push_str("<br>"),
            None => {}
        }
    }
}

/// Elements whose content is taken out, or is text.
const PASSED_OVER: &[&str] = &[
    "script",
    "style",
    "title",
    "textarea",
    "iframe",
    "object",
    "template",
    "canvas",
    "select",
    "xmp",
    "noembed",
    "noframes",
    "plaintext",
];
/// Drawings and formulas.
const DRAWN: &[&str] = &["svg", "math"];
/// Elements whose end tags close what is left open in them (HTML Standard, 13.2.6.4.7). Other end tags do not reach
/// through such an element.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "button",
    "center",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "header",
    "hgroup",
    "listing",
    "main",
    "menu",
    "nav",
    "ol",
    "pre",
    "search",
    "section",
    "summary",
    "table",
    "td",
    "th",
    "tr",
    "tbody",
    "thead",
    "tfoot",
    "caption",
    "li",
    "dd",
    "dt",
    "p",
    "ul",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "body",
    "html",
    "head",
];
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];
const FORMATTING: &[&str] =
    &["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
/// Elements whose end tags may be left out.
const IMPLIED: &[&str] = &["p", "li", "dt", "dd", "tr", "td", "th", "option", "thead", "tbody", "tfoot"];

/// Whether the start of `name` ends an open `last` that stands directly around it.
fn same_kind(last: &str, name: &str) -> bool {
    let group = |n: &str| match n.to_ascii_lowercase().as_str() {
        "p" => 1,
        "li" => 2,
        "dt" | "dd" => 3,
        "td" | "th" => 4,
        "tr" => 5,
        "option" => 6,
        _ => 7,
    };
    group(last) == group(name) || group(name) == 5 && group(last) == 4 || group(name) != 4 && group(last) == 1
}

/// The address in the comment of a saved page: `saved from url=(0042)https://…` as browsers write
/// it, `url: https://…` as SingleFile does.
fn saved_from(comment: &str) -> Option<&str> {
    let rest = match comment.split_once("saved from url=(") {
        Some((_, rest)) => rest.split_once(')')?.1,
        None if comment.contains("SingleFile") => comment.split_once("url:")?.1.trim_start(),
        None => return None,
    };
    let address = rest.split_whitespace().next()?;
    (address.starts_with("http://") || address.starts_with("https://")).then_some(address)
}

/// The name at the beginning of a tag's content.
fn name(text: &str) -> &str {
    let end =
        text.bytes().position(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/' | b'<')).unwrap_or(text.len());
    let name = &text[..end];
    if name.as_bytes().first().is_some_and(u8::is_ascii_alphabetic) && name.is_ascii() && name.len() <= 64 {
        name
    } else {
        ""
    }
}

/// The length of a tag and the number of its attributes, quotes respected.
fn tag_end(tag: &str) -> Option<(usize, usize)> {
    let bytes = tag.as_bytes();
    let mut at = 1;
    let mut attributes = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'>' => return Some((at + 1, attributes)),
            b'=' => {
                attributes += 1;
                at += 1;
                while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
                    at += 1;
                }
                if let Some(quote @ (b'"' | b'\'')) = bytes.get(at) {
                    at += 1 + tag[at + 1..].find(*quote as char)?;
                    at += 1;
                }
                continue;
            }
            byte => {
                // An attribute without a value counts as well.
                attributes +=
                    usize::from(byte.is_ascii_whitespace() && bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic));
            }
        }
        at += 1;
    }
    None
}

/// Where the end tag begins and where it ends.
fn find_end_tag(text: &str, name: &str) -> Option<(usize, usize)> {
    let mut at = 0;
    while let Some(found) = text[at..].find("</") {
        let start = at + found;
        let rest = &text.as_bytes()[start + 2..];
        if rest.len() >= name.len() && rest[..name.len()].eq_ignore_ascii_case(name.as_bytes()) {
            let end = text[start..].find('>').map_or(text.len(), |end| start + end + 1);
            return Some((start, end));
        }
        at = start + 2;
    }
    None
}

/// The prescan for `<meta charset>` and `<meta http-equiv=content-type>`.
pub fn declared_encoding(head: &[u8]) -> Option<String> {
    // All that counts here is ASCII; other bytes only stand between.
    let text: String =
        head.iter().map(|b| if b.is_ascii() { b.to_ascii_lowercase() as char } else { '\u{FFFD}' }).collect();
    let mut rest = text.as_str();
    while let Some(start) = rest.find('<') {
        rest = &rest[start..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = &comment[comment.find("-->")? + 3..];
            continue;
        }
        let length = tag_end(rest).map_or(rest.len(), |(length, _)| length);
        let tag = &rest[..length];
        if tag
            .strip_prefix("<meta")
            .is_some_and(|after| after.starts_with(|c: char| c.is_ascii_whitespace() || c == '/'))
        {
            if let Some(label) = attribute(tag, "charset") {
                return Some(label);
            }
            if attribute(tag, "http-equiv").is_some_and(|value| value == "content-type")
                && let Some(content) = attribute(tag, "content")
                && let Some((_, label)) = content.split_once("charset")
            {
                let label = label.trim_start().strip_prefix('=')?.trim();
                let label = label.trim_matches(['"', '\'']).split([';', ' ']).next().unwrap_or_default();
                return (!label.is_empty()).then(|| label.to_owned());
            }
        }
        rest = &rest[length.max(1)..];
    }
    None
}

/// The link that stands for what is embedded: nothing of elsewhere runs in an article. It still goes through the sanitiser.
fn embedded(name: &str, tag: &str) -> Option<String> {
    let address = match &*name.to_ascii_lowercase() {
        "iframe" | "embed" | "video" | "audio" | "source" => attribute(tag, "src"),
        "object" => attribute(tag, "data"),
        _ => None,
    }?;
    let rest = address.trim_start_matches("https:").trim_start_matches("http:");
    let host = rest.strip_prefix("//")?.split(['/', '?', '#']).next().filter(|host| !host.is_empty())?;
    let quoted = |text: &str| text.replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let poster = attribute(tag, "poster").map(|poster| format!("<img src=\"{}\" alt=\"\">", quoted(&poster)));
    let words = attribute(tag, "title").unwrap_or_else(|| format!("Eingebettet: {host}"));
    let (address, poster, words) = (quoted(&address), poster.unwrap_or_default(), quoted(&words));
    Some(format!("<p><a href=\"{address}\">{poster}{words}</a></p>"))
}

/// The value of an attribute in the source of a tag.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let mut rest = &tag[1 + self::name(tag.get(1..)?).len()..];
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '/' | '>'))?;
        let found = &rest[..end];
        rest = rest[end..].trim_start();
        let Some(value) = rest.strip_prefix('=').map(str::trim_start) else {
            if found.is_empty() {
                return None;
            }
            continue;
        };
        let (value, after) = match value.chars().next()? {
            quote @ ('"' | '\'') => value[1..].split_once(quote)?,
            _ => value.split_at(value.find(|c: char| c.is_ascii_whitespace() || c == '>')?),
        };
        if found == name {
            return Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::{declared_encoding, page as prepare};

    #[test]
    fn both_ways_to_declare_an_encoding_are_read_and_comments_are_not() {
        assert_eq!(
            declared_encoding(b"<!-- <meta charset=x> --><META charset='ISO-8859-1'>").as_deref(),
            Some("iso-8859-1")
        );
        let old = b"<meta content=\"text/html; charset=windows-1252\" http-equiv=Content-Type>";
        assert_eq!(declared_encoding(old).as_deref(), Some("windows-1252"));
        assert_eq!(declared_encoding(b"<p>charset=x</p>"), None);
    }

    #[test]
    fn nesting_is_bounded_and_the_text_stays() {
        let deep = "<div>".repeat(100_000) + "Wort";
        let source = prepare(&deep);
        assert_eq!(source.html.matches("<div>").count(), super::MOST_DEPTH);
        assert!(source.html.ends_with("Wort"));
        assert_eq!(source.warnings.len(), 1);
    }

    #[test]
    fn the_address_of_a_saved_page_is_read_from_its_mark() {
        let browser = "<!-- saved from url=(0030)https://musterblatt.example/eins -->";
        assert_eq!(prepare(browser).saved, Some("https://musterblatt.example/eins"));
        let tool = "<!-- Page saved with SingleFile\n url: https://musterblatt.example/zwei\n saved date: heute -->";
        assert_eq!(prepare(tool).saved, Some("https://musterblatt.example/zwei"));
        assert_eq!(prepare("<!-- url: https://musterblatt.example/drei -->").saved, None);
    }

    #[test]
    fn paragraphs_left_open_do_not_nest() {
        let open = "<p>Wort".repeat(10_000);
        assert!(prepare(&open).warnings.is_empty());
    }

    #[test]
    fn a_greater_than_sign_within_quotes_does_not_end_the_tag() {
        assert_eq!(prepare("<a title='a>b'>c</a><script>x</script>").html, "<a title='a>b'>c</a>");
    }
}
