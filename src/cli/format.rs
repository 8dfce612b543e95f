//! `--format`: what a line of an answer looks like.

use super::ask::short;
use crate::archive::Hit;
use crate::config;
use crate::date::rfc3339;
use crate::error::{Error, Result};

/// What may stand between braces.
const NAMES: [&str; 13] = [
    "id",
    "short",
    "date",
    "time",
    "published",
    "updated",
    "title",
    "link",
    "feed",
    "feeds",
    "authors",
    "tags",
    "revision",
];

/// A line with places for what is known of an article.
#[derive(Debug)]
pub struct Format {
    /// Text, and the name of what stands behind it.
    parts: Vec<(String, Option<&'static str>)>,
}

impl Format {
    /// Reads `{date} {title}`; `\\t` is a tab, `\\n` a new line, `{{` a brace.
    pub fn parse(text: &str) -> Result<Format> {
        let wrong = |what: String, hint: String| Error::Usage { what, hint: Some(hint) };
        let mut parts = Vec::new();
        let mut before = String::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\\' if chars.next_if_eq(&'t').is_some() => before.push('\t'),
                '\\' if chars.next_if_eq(&'n').is_some() => before.push('\n'),
                '{' if chars.next_if_eq(&'{').is_some() => before.push('{'),
                '}' if chars.next_if_eq(&'}').is_some() => before.push('}'),
                '{' => {
                    let mut is_closed = false;
                    let within = |c: &char| {
                        is_closed = *c == '}';
                        !is_closed
                    };
                    let name: String = chars.by_ref().take_while(within).collect();
                    if !is_closed {
                        let hint = "write `}` behind the name, and `{{` for a brace that is meant as one".to_owned();
                        return Err(wrong(format!("the brace of `{{{name}` is not closed"), hint));
                    }
                    let known = NAMES.iter().find(|known| **known == name).copied();
                    let known = known.ok_or_else(|| {
                        let hint = match config::nearest(&name, &NAMES) {
                            Some(near) => format!("did you mean `{{{near}}}`?"),
                            None => format!("there are {}", NAMES.map(|name| format!("{{{name}}}")).join(", ")),
                        };
                        wrong(format!("`{{{name}}}` is nothing that `--format` knows"), hint)
                    })?;
                    parts.push((std::mem::take(&mut before), Some(known)));
                }
                c => before.push(c),
            }
        }
        parts.push((before, None));
        Ok(Format { parts })
    }

    /// The line of an article. Tabs of the format stay, those of a title are spaces.
    pub fn line(&self, hit: &Hit) -> String {
        let mut line = String::new();
        for (before, name) in &self.parts {
            line.push_str(before);
            if let Some(name) = name {
                line.push_str(&value(hit, name).replace(['\t', '\n'], " "));
            }
        }
        line
    }
}

fn value(hit: &Hit, name: &str) -> String {
    match name {
        "id" => hit.id.to_string(),
        "short" => short(hit),
        "date" => hit.published.format("%Y-%m-%d").to_string(),
        "time" => hit.published.format("%H:%M").to_string(),
        "published" => rfc3339(&hit.published),
        "updated" => rfc3339(&hit.updated),
        "title" => hit.title.clone(),
        "link" => hit.link.clone().unwrap_or_default(),
        "feed" => hit.feeds.first().cloned().unwrap_or_default(),
        "feeds" => hit.feeds.join(","),
        "authors" => hit.authors.join(", "),
        "tags" => hit.tags.join(", "),
        "revision" => hit.revision.to_string(),
        _ => String::new(),
    }
}
