//! CommonMark with optional front matter.
//!
//! Owns the keys of front matter as Hugo, Jekyll and Zola write them, YAML between `---` and TOML
//! between `+++`, and the telling of Markdown from plain text. In comes decoded text, out goes one
//! raw article with its body as HTML. It never reads a date and never sanitises: raw HTML within
//! the Markdown is handed on as it is.

use crate::date::Role;
use crate::model::{DateClaim, Markup, Origin, RawArticle};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// No front matter is longer; what is, is text.
const MOST_FRONT_MATTER: usize = 64 << 10;
/// A longer text is cut.
const MOST_BYTES: usize = 4 << 20;
/// Deeper brackets in front matter are refused before a parser recurses into them.
const MOST_NESTING: usize = 64;

/// What was found in a Markdown file.
#[derive(Debug, Default)]
pub struct MarkdownParts {
    /// The article, if there is anything.
    pub article: Option<RawArticle>,
    /// Whether it says that it is not to be published.
    pub draft: bool,
    /// What was odd: sentences without a full stop.
    pub warnings: Vec<String>,
}

/// Reads a Markdown file. `file_name` gives a date and a title to files named as Jekyll wants them,
/// `2024-08-28-titel.md`.
pub fn read(text: &str, file_name: Option<&str>) -> MarkdownParts {
    let mut warnings = Vec::new();
    let mut text = text.trim_start_matches('\u{FEFF}');
    if text.len() > MOST_BYTES {
        warnings.push(format!("only the first {} MB were read", MOST_BYTES >> 20));
        text = &text[..text.floor_char_boundary(MOST_BYTES)];
    }
    let (front, body) = split(text, &mut warnings);
    let mut article = RawArticle::default();
    if let Some(front) = &front {
        take(front, &mut article);
    }
    let body = flat(body, &mut warnings);
    let (heading, html) = render(&body, article.title.is_none());
    if article.title.is_none() {
        article.title = heading.map(Markup::Text);
    }
    if let Some(words) = file_name.and_then(file_date) {
        article.dates.push(DateClaim { role: Role::Unknown, words, origin: Origin::FileName });
    }
    if !html.trim().is_empty() {
        article.body = Some(Markup::Html(html));
    }
    let empty = article.title.is_none() && article.body.is_none();
    let draft = front.as_ref().is_some_and(is_draft);
    MarkdownParts { article: (!empty).then_some(article), draft, warnings }
}

/// Whether a text is Markdown, told by its looks: front matter, or at least two different marks of
/// it that plain text does not carry by chance.
pub fn looks_like(text: &str) -> bool {
    let text = text.trim_start_matches('\u{FEFF}');
    if fence(text).is_some_and(|(_, front, _)| front.lines().any(|line| line.contains([':', '=']))) {
        return true;
    }
    let (mut atx, mut setext, mut link, mut fenced, mut strong) = (0, 0, 0, 0, 0);
    let mut before = "";
    for line in text.lines().take(400) {
        let hashes = line.bytes().take_while(|b| *b == b'#').count();
        // A heading stands on its own; numbered notes with `#` follow line on line.
        let alone = before.trim().is_empty() && !line.ends_with(['.', '!']);
        atx += usize::from(alone && (1..=6).contains(&hashes) && line[hashes..].starts_with(' '));
        let rule = line.len() >= 4 && (line.bytes().all(|b| b == b'=') || line.bytes().all(|b| b == b'-'));
        setext += usize::from(rule && !before.trim().is_empty() && before.len() < 120);
        link += usize::from(line.contains("](") && line.contains('['));
        fenced += usize::from(line.starts_with("```") || line.starts_with("~~~"));
        strong += usize::from(line.matches("**").count() >= 2);
        before = line;
    }
    let marks = [atx, setext, link, fenced / 2, strong].iter().filter(|n| **n > 0).count();
    // A first line `# Titel` is enough; comments of scripts have no empty line behind it.
    let headed =
        text.trim_start().starts_with("# ") && text.trim_start().lines().nth(1).is_none_or(|l| l.trim().is_empty());
    marks >= 2 || headed || atx >= 2 || link >= 3
}

#[derive(Clone, Copy, PartialEq)]
enum Dialect {
    Yaml,
    Toml,
}

/// Front matter between its fences, and what follows it.
fn fence(text: &str) -> Option<(Dialect, &str, &str)> {
    let (first, rest) = text.split_once('\n')?;
    let (mark, dialect) = match first.trim_end() {
        "---" => ("---", Dialect::Yaml),
        "+++" => ("+++", Dialect::Toml),
        _ => return None,
    };
    let mut start = 0;
    for line in rest.split_inclusive('\n') {
        let word = line.trim_end();
        if word == mark || dialect == Dialect::Yaml && word == "..." {
            return Some((dialect, &rest[..start], &rest[start + line.len()..]));
        }
        start += line.len();
        if start > MOST_FRONT_MATTER {
            return None;
        }
    }
    None
}

fn split<'a>(text: &'a str, warnings: &mut Vec<String>) -> (Option<Map<String, Value>>, &'a str) {
    let Some((dialect, front, body)) = fence(text) else { return (None, text) };
    let value = if nesting(front) > MOST_NESTING {
        Err("nested too deeply".to_owned())
    } else {
        match dialect {
            Dialect::Yaml => serde_saphyr::from_str::<Value>(front).map_err(|e| e.to_string()),
            Dialect::Toml => toml::from_str::<toml::Table>(front)
                .map_err(|e| e.to_string())
                .map(|table| plain(toml::Value::Table(table))),
        }
    };
    match value {
        Ok(Value::Object(map)) => (Some(map), body),
        Ok(Value::Null) => (None, body),
        // A rule over the first paragraph is no front matter.
        Ok(_) => (None, text),
        Err(reason) => {
            let reason = crate::text::fold(reason.lines().next().unwrap_or_default());
            warnings.push(format!("front matter was not understood: {reason}"));
            let found = if dialect == Dialect::Yaml { lines_of(front) } else { Map::new() };
            ((!found.is_empty()).then_some(found), body)
        }
    }
}

/// What the lines of broken YAML say one by one, as who wrote them meant it: `title: Der Turm: er bleibt`.
fn lines_of(front: &str) -> Map<String, Value> {
    let said = |line: &str| {
        let (key, value) = line.split_once(": ")?;
        let named = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        let value = value.trim().trim_matches(['"', '\'']);
        // Lists and blocks are what may be broken.
        let plain = !value.is_empty() && !value.starts_with(['[', '{', '|', '>', '&', '*', '#']);
        (named && plain).then(|| (key.to_owned(), Value::from(value)))
    };
    front.lines().filter_map(said).collect()
}

/// The deepest nesting of brackets, or of indentation, that a parser would follow.
fn nesting(front: &str) -> usize {
    let (mut depth, mut most) = (0usize, 0usize);
    for byte in front.bytes() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        most = most.max(depth);
    }
    // `a.b.c = 1` nests tables without a bracket.
    let dotted = |line: &str| line.split('=').next().unwrap_or(line).matches('.').count();
    most = most.max(front.lines().map(dotted).max().unwrap_or(0));
    let indent = front.lines().map(|l| l.len() - l.trim_start_matches([' ', '-', '?']).len()).max().unwrap_or(0);
    most.max(indent / 2)
}

/// A TOML value as JSON; dates as they were written (RFC 3339).
fn plain(value: toml::Value) -> Value {
    match value {
        toml::Value::String(s) => Value::String(s),
        toml::Value::Integer(n) => n.into(),
        toml::Value::Float(n) => n.into(),
        toml::Value::Boolean(b) => b.into(),
        toml::Value::Datetime(d) => Value::String(d.to_string()),
        toml::Value::Array(a) => a.into_iter().map(plain).collect(),
        toml::Value::Table(t) => Value::Object(t.into_iter().map(|(k, v)| (k, plain(v))).collect()),
    }
}

/// Whether an author holds it back: `draft: true` (Hugo, Zola), `published: false` (Jekyll).
fn is_draft(front: &Map<String, Value>) -> bool {
    let is = |name: &str, wanted: bool| {
        let value = front.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        match value {
            Some(Value::Bool(said)) => *said == wanted,
            Some(Value::String(said)) => said.trim().eq_ignore_ascii_case(if wanted { "true" } else { "false" }),
            _ => false,
        }
    };
    is("draft", true) || is("published", false)
}

/// Moves what the keys say into the article. Zola keeps what it does not know in `[extra]`, Hugo in `[params]`; both have
/// tables of taxonomies, of which authors may be one.
fn take(front: &Map<String, Value>, article: &mut RawArticle) {
    let table = |name: &str| front.get(name).and_then(Value::as_object);
    let taxonomies = table("taxonomies");
    let tables = [Some(front), taxonomies, table("extra"), table("params")];
    let get = |names: &[&str]| {
        // A key without words in it (`published: true`) says nothing.
        let said = |(key, value): (&String, &'_ Value), name: &str| key.eq_ignore_ascii_case(name) && says(value);
        tables.iter().flatten().find_map(|table| {
            names.iter().find_map(|name| table.iter().find(|pair| said(*pair, name)).map(|(_, value)| value))
        })
    };
    let one = |names: &[&str]| get(names).map(words).unwrap_or_default().into_iter().next();
    article.title = one(&["title", "headline", "titel"]).map(Markup::Text);
    article.authors = get(&["authors", "author", "autor", "autoren"]).map(words).unwrap_or_default();
    let roles = [
        (Role::Published, &["date", "published", "publishDate", "pubDate", "datum", "created"][..]),
        (Role::Updated, &["lastmod", "updated", "last_modified_at", "modified"][..]),
    ];
    for (role, names) in roles {
        if let Some(words) = one(names) {
            article.dates.push(DateClaim { role, words, origin: Origin::FrontMatter });
        }
    }
    article.summary = one(&["description", "summary", "excerpt", "teaser"]).map(Markup::Text);
    article.link = one(&["canonical", "canonical_url", "canonicalURL", "url", "link", "permalink"]);
    article.guid = one(&["guid", "id", "uuid"]);
    article.language = one(&["lang", "language", "locale"]);
    article.aliases = get(&["aliases", "alias", "redirect_from"]).map(words).unwrap_or_default();
    for key in ["tags", "categories", "category", "keywords"] {
        let nested = taxonomies.and_then(|t| t.get(key));
        for word in get(&[key]).into_iter().chain(nested).flat_map(words) {
            if !article.tags.contains(&word) {
                article.tags.push(word);
            }
        }
    }
}

/// Whether a value has words.
fn says(value: &Value) -> bool {
    match value {
        Value::Bool(_) | Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        _ => true,
    }
}

/// The words of a value: one, or one for each element of a list; of a table its name.
fn words(value: &Value) -> Vec<String> {
    match value {
        Value::String(s) if s.trim().is_empty() => Vec::new(),
        Value::String(s) => vec![crate::text::fold(s)],
        Value::Number(n) => vec![n.to_string()],
        Value::Array(list) => list.iter().filter(|v| !v.is_array()).flat_map(words).collect(),
        Value::Object(map) => map.get("name").filter(|v| v.is_string()).map(words).unwrap_or_default(),
        Value::Bool(_) | Value::Null => Vec::new(),
    }
}

/// Takes off the marks of quotes and lists that nest deeper than anybody reads: a parser spends
/// quadratic time on them, and so does everything behind it.
fn flat<'a>(body: &'a str, warnings: &mut Vec<String>) -> Cow<'a, str> {
    let marks = |line: &'a str| -> Option<usize> {
        // A rule is no nesting, however long it is drawn.
        if line.trim_matches([' ', '\t', '-']).is_empty() || line.trim_matches([' ', '\t', '*']).is_empty() {
            return None;
        }
        let mut count = 0;
        let prefix = line.len() - line.trim_start_matches([' ', '\t', '>', '-', '*', '+']).len();
        for (at, byte) in line.bytes().enumerate().take(prefix) {
            // Two columns of indentation are a level as well.
            count += if byte == b' ' { 1 } else { 2 };
            if count > 2 * MOST_NESTING {
                return Some(at);
            }
        }
        None
    };
    if !body.lines().any(|line| marks(line).is_some()) {
        return Cow::Borrowed(body);
    }
    warnings.push(format!("quotes and lists nested deeper than {MOST_NESTING} were flattened"));
    let mut out = String::with_capacity(body.len());
    for line in body.lines() {
        match marks(line) {
            Some(at) => {
                out.push_str(&line[..at]);
                out.push_str(line[at..].trim_start_matches([' ', '\t', '>', '-', '*', '+']));
            }
            None => out.push_str(line),
        }
        out.push('\n');
    }
    Cow::Owned(out)
}

/// The body as HTML. The first heading of level 1, if it opens the text, is the title: taken out
/// and handed back where there is none yet, and left out where it repeats one.
fn render(body: &str, untitled: bool) -> (Option<String>, String) {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
    let mut events = Parser::new_ext(body, options).peekable();
    let mut title = None;
    if untitled && matches!(events.peek(), Some(Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }))) {
        let mut heading = String::new();
        for event in events.by_ref() {
            match event {
                Event::Text(text) | Event::Code(text) => heading.push_str(&text),
                Event::SoftBreak | Event::HardBreak => heading.push(' '),
                Event::End(TagEnd::Heading(_)) => break,
                _ => {}
            }
        }
        title = Some(crate::text::fold(&heading)).filter(|t| !t.is_empty());
    }
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events);
    (title, html)
}

/// The date that a file name begins with.
fn file_date(name: &str) -> Option<String> {
    let name = name.rsplit(['/', '\\']).next()?;
    let date = name.get(..10)?;
    let shape = date.bytes().enumerate().all(|(at, b)| if at == 4 || at == 7 { b == b'-' } else { b.is_ascii_digit() });
    (shape && !name.as_bytes().get(10).is_some_and(u8::is_ascii_digit)).then(|| date.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{looks_like, read};
    use crate::model::Markup;

    #[test]
    fn yaml_and_toml_front_matter_say_the_same() {
        let yaml = "---\ntitle: Der Apfel\ndate: 2024-08-28T10:00:00+02:00\ntags: [Obst, Garten]\nauthor: Anna Muster\n---\nText.\n";
        let toml = "+++\ntitle = \"Der Apfel\"\ndate = 2024-08-28T10:00:00+02:00\nauthors = [\"Anna Muster\"]\n[taxonomies]\ntags = [\"Obst\", \"Garten\"]\n+++\nText.\n";
        let article = read(yaml, None).article;
        assert_eq!(article, read(toml, None).article);
        let article = article.unwrap();
        assert_eq!(article.title, Some(Markup::Text("Der Apfel".into())));
        assert_eq!(article.dates[0].words, "2024-08-28T10:00:00+02:00");
        assert_eq!(article.tags, ["Obst", "Garten"]);
        assert_eq!(article.body, Some(Markup::Html("<p>Text.</p>\n".into())));
    }

    #[test]
    fn what_generators_keep_in_tables_is_read() {
        let zola = "+++\ntitle = \"Der Apfel\"\naliases = [\"/alt/apfel/\"]\n[taxonomies]\nauthors = [\"Anna Muster\"]\n\
            [extra]\ndate = \"2024-08-28\"\nlang = \"de-AT\"\n+++\nText.\n";
        let article = read(zola, None).article.unwrap();
        assert_eq!(article.authors, ["Anna Muster"]);
        assert_eq!(article.aliases, ["/alt/apfel/"]);
        assert_eq!(article.dates[0].words, "2024-08-28");
        assert_eq!(article.language.as_deref(), Some("de-AT"));
        let hugo = "---\ntitle: Der Apfel\nparams:\n  author: Bernd Beispiel\n---\nText.\n";
        assert_eq!(read(hugo, None).article.unwrap().authors, ["Bernd Beispiel"]);
    }

    #[test]
    fn what_is_held_back_is_told_from_what_is_published() {
        let draft = |front: &str| read(&format!("---\ntitle: Der Apfel\n{front}\n---\nText.\n"), None).draft;
        assert!(draft("draft: true") && draft("published: false") && draft("draft: \"true\""));
        assert!(!draft("draft: false") && !draft("published: true") && !draft("published: 2024-08-28"));
    }

    #[test]
    fn a_rule_above_the_text_is_no_front_matter() {
        let article = read("---\nNur ein Satz.\n---\nNoch einer.\n", None).article.unwrap();
        assert!(article.body.unwrap().source().contains("Nur ein Satz."));
    }

    #[test]
    fn nesting_is_bounded_in_front_matter_and_body() {
        let quotes = read(&(">".repeat(10_000) + " Wort\n"), None);
        assert!(quotes.article.unwrap().body.unwrap().source().matches("<blockquote>").count() <= super::MOST_NESTING);
        assert_eq!(quotes.warnings.len(), 1);
        let keys = format!("+++\n{}a = 1\n+++\nText.\n", "a.".repeat(20_000));
        assert_eq!(read(&keys, None).warnings, ["front matter was not understood: nested too deeply"]);
    }

    #[test]
    fn plain_text_with_dashes_is_not_taken_for_markdown() {
        assert!(!looks_like("Titel\n\n- eins\n- zwei\n\nEin Satz mit * Stern.\n"));
        assert!(looks_like("# Titel\n\nEin Satz.\n"));
    }
}
