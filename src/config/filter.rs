//! Which articles a feed wants: `keep`, `drop` and `max_age` of a definition.
//!
//! A pattern is words, or a regular expression between slashes, and may begin with the field that it is looked for in:
//! `"Gemeinderat"`, `"title:/^Anzeige/"`, `"tag:Sport"`, `"language:en"`. Case does not count. Words are whole words: `Rat` is not
//! found in `Fahrrad`.

use crate::model::Article;
use chrono::{DateTime, TimeDelta, Utc};
use regex::{Regex, RegexBuilder};
use std::time::Duration;

/// Which articles a feed wants.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// One of these must be found, if there are any.
    pub keep: Vec<Pattern>,
    /// None of these may be found.
    pub drop: Vec<Pattern>,
    /// Articles that were published longer ago are not wanted.
    pub max_age: Option<Duration>,
}

/// What is looked for, and where.
#[derive(Debug, Clone)]
pub struct Pattern {
    field: Field,
    regex: Regex,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Any,
    Title,
    Text,
    Author,
    Tag,
    Link,
    Language,
}

/// Fields by their names.
const FIELDS: [(&str, Field); 6] = [
    ("title", Field::Title),
    ("text", Field::Text),
    ("author", Field::Author),
    ("tag", Field::Tag),
    ("link", Field::Link),
    ("language", Field::Language),
];
/// Bytes that a regular expression may take when it is made ready.
const LARGEST: usize = 1 << 20;

impl Filter {
    /// Whether there is anything that it does not let through.
    pub fn asks(&self) -> bool {
        !self.keep.is_empty() || !self.drop.is_empty() || self.max_age.is_some()
    }

    /// Whether it lets an article through.
    pub fn wants(&self, article: &Article, now: DateTime<Utc>) -> bool {
        let old = || {
            let (published, age) = (article.published.as_ref()?.at.to_utc(), TimeDelta::from_std(self.max_age?).ok()?);
            Some(now - published > age)
        };
        (self.keep.is_empty() || self.keep.iter().any(|pattern| pattern.is_in(article)))
            && !self.drop.iter().any(|pattern| pattern.is_in(article))
            && !old().unwrap_or_default()
    }

    /// Whether it may let an article through of which a list says only title, address, date and teaser.
    pub fn may_want(&self, teaser: &Article, now: DateTime<Utc>) -> bool {
        // A sitemap often names no title.
        let told = |field| field == Field::Link || field == Field::Title && !teaser.title.is_empty();
        let may_be = |pattern: &Pattern| !told(pattern.field) || pattern.is_in(teaser);
        // A sitemap says when the page was changed: it was not published later.
        let dated = Article { published: teaser.published.clone().or(teaser.updated.clone()), ..teaser.clone() };
        let unwanted = Filter { keep: Vec::new(), ..self.clone() };
        unwanted.wants(&dated, now) && (self.keep.is_empty() || self.keep.iter().any(may_be))
    }

    /// What tells it from other filters.
    pub fn described(&self) -> String {
        let patterns = |patterns: &[Pattern]| -> Vec<String> { patterns.iter().map(Pattern::described).collect() };
        format!("{:?} {:?} {:?}", patterns(&self.keep), patterns(&self.drop), self.max_age)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.field == other.field && self.regex.as_str() == other.regex.as_str()
    }
}

impl Pattern {
    /// What tells it from other patterns.
    pub fn described(&self) -> String {
        format!("{:?} {}", self.field, self.regex)
    }

    /// Reads a pattern.
    pub fn parse(text: &str) -> Result<Pattern, String> {
        let (field, rest) = text
            .split_once(':')
            .and_then(|(name, rest)| Some((FIELDS.iter().find(|(known, _)| *known == name)?.1, rest.trim_start())))
            .unwrap_or((Field::Any, text));
        let source = match rest.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
            Some(source) => source.to_owned(),
            None => words(rest)?,
        };
        Pattern::compile(field, &source)
    }

    /// A regular expression for addresses.
    pub fn of_link(source: &str) -> Result<Pattern, String> {
        Pattern::compile(Field::Link, source)
    }

    fn compile(field: Field, source: &str) -> Result<Pattern, String> {
        let regex = RegexBuilder::new(source).case_insensitive(true).size_limit(LARGEST).build();
        let regex = regex.map_err(|cause| crate::text::fold(&cause.to_string()))?;
        Ok(Pattern { field, regex })
    }

    /// Whether it is found in an article.
    pub fn is_in(&self, article: &Article) -> bool {
        let found = |text: &str| self.regex.is_match(text);
        let any = |texts: &[String]| texts.iter().any(|text| found(text));
        match self.field {
            Field::Any => found(&article.title) || found(&article.summary) || found(&article.text),
            Field::Title => found(&article.title),
            Field::Text => found(&article.text) || found(&article.summary),
            Field::Author => any(&article.authors),
            Field::Tag => any(&article.tags),
            Field::Link => article.link.as_deref().is_some_and(found),
            Field::Language => article.language.as_deref().is_some_and(found),
        }
    }
}

/// Words as a regular expression: whole, with any white space between.
fn words(text: &str) -> Result<String, String> {
    let words: Vec<String> = text.split_whitespace().map(regex::escape).collect();
    let joined = words.join(r"\s+");
    let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let start = if inside(text.trim().chars().next()) { r"\b" } else { "" };
    let end = if inside(text.trim().chars().last()) { r"\b" } else { "" };
    if joined.is_empty() { Err("it is empty".to_owned()) } else { Ok(format!("{start}{joined}{end}")) }
}
