//! A TOML table whose keys are taken out one by one, so that what is left over is unknown; every complaint names
//! file, line and key.

use super::{Limit, Members, Pattern, Template};
use crate::ask;
use crate::date::Context;
use crate::error::{Cause, Error, Result};
use crate::model::Proxy;
use chrono::{DateTime, TimeDelta};
use chrono_tz::Tz;
use std::ops::{Range, RangeInclusive};
use std::path::Path;
use std::time::Duration;
use toml::de::{DeTable, DeValue};
use url::Url;

/// A table and the keys that were asked for.
pub struct Table<'a> {
    file: &'a Path,
    text: &'a str,
    table: DeTable<'a>,
    asked: Vec<&'static str>,
}

impl<'a> Table<'a> {
    /// Parses a whole file.
    pub fn parse(file: &'a Path, text: &'a str) -> Result<Table<'a>> {
        let table = DeTable::parse(text).map_err(|cause| Error::Definition {
            place: place(file, text, cause.span()),
            cause: crate::text::fold(cause.message()).into(),
            hint: Some("it is a TOML file: `key = \"text\"`, lists in `[…]`, sources as `[[source]]`".to_owned()),
        })?;
        Ok(Table { file, text, table: table.into_inner(), asked: Vec::new() })
    }

    fn take(&mut self, key: &'static str) -> Option<(DeValue<'a>, Range<usize>)> {
        self.asked.push(key);
        let value = self.table.remove(key)?;
        let span = value.span();
        Some((value.into_inner(), span))
    }

    fn failed(&self, span: Range<usize>, cause: impl Into<Cause>) -> Error {
        Error::Definition { place: place(self.file, self.text, Some(span)), cause: cause.into(), hint: None }
    }

    /// A text.
    pub fn string(&mut self, key: &'static str) -> Result<Option<String>> {
        match self.take(key) {
            None => Ok(None),
            Some((DeValue::String(text), _)) => Ok(Some(text.into_owned())),
            Some((_, span)) => Err(self.failed(span, format!("`{key}` must be a text in quotation marks"))),
        }
    }

    /// A list of texts.
    pub fn strings(&mut self, key: &'static str) -> Result<Option<Vec<String>>> {
        let Some((value, span)) = self.take(key) else { return Ok(None) };
        let texts = match value {
            DeValue::Array(items) => items
                .into_iter()
                .map(|item| match item.into_inner() {
                    DeValue::String(text) => Some(text.into_owned()),
                    _ => None,
                })
                .collect(),
            _ => None,
        };
        texts.map(Some).ok_or_else(|| self.failed(span, format!("`{key}` must be a list of texts: [\"…\"]")))
    }

    /// A list of `host:port`, each in the spelling that an address has.
    pub fn hosts(&mut self, key: &'static str) -> Result<Option<Vec<String>>> {
        let span = self.table.get(key).map(|value| value.span()).unwrap_or_default();
        let Some(written) = self.strings(key)? else { return Ok(None) };
        let mut hosts = Vec::with_capacity(written.len());
        for host in written {
            let port = host.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
            let url = Url::parse(&format!("http://{host}/")).ok().filter(|url| {
                url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty()
            });
            match (url.as_ref().and_then(Url::host_str), port) {
                (Some(name), Some(port)) => hosts.push(format!("{name}:{port}")),
                _ => {
                    let fault =
                        format!("`{host}` in `{key}` must be a host with its port: \"127.0.0.1:8080\", \"[::1]:8080\"");
                    return Err(self.failed(span, fault));
                }
            }
        }
        Ok(Some(hosts))
    }

    /// A whole number within a range.
    pub fn count(&mut self, key: &'static str, range: RangeInclusive<usize>) -> Result<Option<usize>> {
        let Some((value, span)) = self.take(key) else { return Ok(None) };
        let number = match &value {
            DeValue::Integer(number) => number.as_str().parse().ok().filter(|number| range.contains(number)),
            _ => None,
        };
        let (least, most) = (range.start(), range.end());
        number
            .map(Some)
            .ok_or_else(|| self.failed(span, format!("`{key}` must be a whole number from {least} to {most}")))
    }

    /// An http(s) address.
    pub fn address(&mut self, key: &'static str) -> Result<Option<Url>> {
        let Some((value, span)) = self.take(key) else { return Ok(None) };
        let url = match &value {
            DeValue::String(text) => Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https")),
            _ => None,
        };
        match url {
            None => Err(self.failed(span, format!("`{key}` must be a whole address: \"https://…\""))),
            Some(url) if !url.username().is_empty() || url.password().is_some() => {
                Err(self.failed(span, format!("`{key}` must be an address without a name or password in it")))
            }
            url => Ok(url),
        }
    }

    /// A proxy: an address, or that of the environment.
    pub fn proxy(&mut self, key: &'static str) -> Result<Proxy> {
        let is_word = |value: &DeValue| matches!(value, DeValue::String(word) if word == "environment");
        if self.table.get(key).is_some_and(|value| is_word(value.get_ref())) {
            self.take(key);
            return Ok(Proxy::Environment);
        }
        Ok(self.address(key)?.map_or(Proxy::None, Proxy::Of))
    }

    /// A yes or no.
    pub fn flag(&mut self, key: &'static str) -> Result<Option<bool>> {
        match self.take(key) {
            None => Ok(None),
            Some((DeValue::Boolean(flag), _)) => Ok(Some(flag)),
            Some((_, span)) => Err(self.failed(span, format!("`{key}` must be true or false"))),
        }
    }

    /// One of several words.
    pub fn choice<T: Copy>(&mut self, key: &'static str, choices: &[(&str, T)]) -> Result<Option<T>> {
        let Some((value, span)) = self.take(key) else { return Ok(None) };
        let found = match &value {
            DeValue::String(text) => choices.iter().find(|(word, _)| word == text),
            _ => None,
        };
        let words: Vec<String> = choices.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        found
            .map(|(_, choice)| Some(*choice))
            .ok_or_else(|| self.failed(span, format!("`{key}` must be {}", words.join(" or "))))
    }

    /// A number of entries, or an age.
    pub fn limit(&mut self, key: &'static str) -> Result<Option<Limit>> {
        let Some((value, span)) = self.take(key) else { return Ok(None) };
        let limit = match &value {
            DeValue::Integer(number) => {
                number.as_str().parse().ok().filter(|count| (1..=100_000).contains(count)).map(Limit::Count)
            }
            DeValue::String(text) => parse_duration(text).filter(|age| !age.is_zero()).map(Limit::Age),
            _ => None,
        };
        limit.map(Some).ok_or_else(|| {
            self.failed(span, format!("`{key}` must be a whole number from 1 to 100000, or an age such as \"30d\""))
        })
    }

    /// For how long, or how many: `None` is for ever.
    pub fn retention(&mut self, key: &'static str) -> Result<Option<Option<Limit>>> {
        let Some((value, span)) = self.take(key) else { return Ok(None) };
        let retention = match &value {
            DeValue::String(text) if text == "forever" => Some(None),
            DeValue::String(text) => parse_duration(text).filter(|age| !age.is_zero()).map(|age| Some(Limit::Age(age))),
            DeValue::Integer(number) => number
                .as_str()
                .parse()
                .ok()
                .filter(|count| (1..=1_000_000_000).contains(count))
                .map(|count| Some(Limit::Count(count))),
            _ => None,
        };
        let fault = || format!("`{key}` must be \"forever\", an age such as \"365d\", or a number of articles");
        retention.map(Some).ok_or_else(|| self.failed(span, fault()))
    }

    /// A pattern for titles.
    pub fn template(&mut self, key: &'static str) -> Result<Option<Template>> {
        let Some((value, span)) = self.take(key) else { return Ok(None) };
        let parsed = match &value {
            DeValue::String(text) => Template::parse(text),
            _ => Err("it is no text".to_owned()),
        };
        parsed.map(Some).map_err(|fault| {
            self.failed(span, format!("`{key}` must be a text such as \"[{{source}}] {{title}}\": {fault}"))
        })
    }

    /// Patterns that articles are compared with.
    pub fn patterns(&mut self, key: &'static str) -> Result<Vec<Pattern>> {
        let span = self.table.get(key).map(|value| value.span()).unwrap_or_default();
        let mut patterns = Vec::new();
        for text in self.strings(key)?.unwrap_or_default() {
            let parsed = Pattern::parse(&text);
            patterns.push(
                parsed.map_err(|fault| {
                    self.failed(span.clone(), format!("`{text}` in `{key}` cannot be read: {fault}"))
                })?,
            );
        }
        Ok(patterns)
    }

    /// Regular expressions that addresses are compared with.
    pub fn address_patterns(&mut self, key: &'static str) -> Result<Vec<Pattern>> {
        let span = self.table.get(key).map(|value| value.span()).unwrap_or_default();
        let texts = self.strings(key)?.unwrap_or_default();
        let parsed = texts.iter().map(|text| {
            let parsed = Pattern::of_link(text);
            parsed.map_err(|fault| self.failed(span.clone(), format!("`{text}` in `{key}` cannot be read: {fault}")))
        });
        parsed.collect()
    }

    /// A CSS selector.
    pub fn selector(&mut self, key: &'static str) -> Result<Option<String>> {
        let span = self.table.get(key).map(|value| value.span()).unwrap_or_default();
        let Some(text) = self.string(key)? else { return Ok(None) };
        match crate::extract::is_selector(&text) {
            true => Ok(Some(text)),
            false => {
                Err(self.failed(span, format!("`{text}` in `{key}` is no CSS selector, such as \"article h2 a\"")))
            }
        }
    }

    /// A query, in the language of `depesche search`.
    pub fn query(&mut self, key: &'static str, zone: Tz) -> Result<Option<String>> {
        let span = self.table.get(key).map(|value| value.span()).unwrap_or_default();
        let Some(text) = self.string(key)? else { return Ok(None) };
        // When it is asked decides what it finds, and not whether it can be read.
        let context = Context { now: DateTime::UNIX_EPOCH + TimeDelta::days(20_000), zone };
        match ask::parse(&text, &context) {
            Ok(_) => Ok(Some(text)),
            Err(fault) => {
                let there = text.get(fault.at.clone()).filter(|there| !there.is_empty());
                let there = there.map(|there| format!(" at `{there}`")).unwrap_or_default();
                let error = self.failed(span, format!("`{key}` cannot be read{there}: {fault}"));
                Err(match fault.hint {
                    Some(hint) => error.hint(hint),
                    None => error,
                })
            }
        }
    }

    /// Names of feeds, or all.
    pub fn members(&mut self, key: &'static str) -> Result<Members> {
        match self.table.get(key).map(|value| matches!(value.get_ref(), DeValue::String(word) if word == "all")) {
            Some(true) => {
                self.take(key);
                Ok(Members::All)
            }
            Some(false) if !matches!(self.table.get(key).map(|value| value.get_ref()), Some(DeValue::Array(_))) => {
                let span = self.table.get(key).map(|value| value.span()).unwrap_or_default();
                Err(self.failed(span, format!("`{key}` must be a list of names of feeds, or \"all\"")))
            }
            _ => Ok(Members::Named(self.strings(key)?.unwrap_or_default())),
        }
    }

    /// A language tag, in its usual capitals.
    pub fn language(&mut self, key: &'static str) -> Result<Option<String>> {
        let span = self.table.get(key).map(|value| value.span()).unwrap_or_default();
        let Some(tag) = self.string(key)? else { return Ok(None) };
        match crate::normalise::language(&tag) {
            Some(tag) => Ok(Some(tag)),
            None => Err(self.failed(span, format!("`{key}` must be a language tag such as \"de\" or \"de-AT\""))),
        }
    }

    /// A time zone by its name in the IANA database.
    pub fn zone(&mut self, key: &'static str) -> Result<Option<Tz>> {
        let Some((value, span)) = self.take(key) else { return Ok(None) };
        let zone = match &value {
            DeValue::String(text) => text.parse().ok(),
            _ => None,
        };
        zone.map(Some)
            .ok_or_else(|| self.failed(span, format!("`{key}` must be a time zone such as \"Europe/Vienna\"")))
    }

    /// A length of time: a number with `ms`, `s`, `m`, `h` or `d`.
    pub fn duration(&mut self, key: &'static str) -> Result<Option<Duration>> {
        let Some((value, span)) = self.take(key) else { return Ok(None) };
        let duration = match &value {
            DeValue::String(text) => parse_duration(text),
            _ => None,
        };
        duration.map(Some).ok_or_else(|| {
            self.failed(
                span,
                format!("`{key}` must be a length of time such as \"500ms\", \"1s\", \"30m\", \"12h\" or \"7d\""),
            )
        })
    }

    /// A list of tables.
    pub fn tables(&mut self, key: &'static str) -> Result<Vec<Table<'a>>> {
        let Some((value, span)) = self.take(key) else { return Ok(Vec::new()) };
        let (file, text) = (self.file, self.text);
        let tables = match value {
            DeValue::Array(items) => items
                .into_iter()
                .map(|item| match item.into_inner() {
                    DeValue::Table(table) => Some(Table { file, text, table, asked: Vec::new() }),
                    _ => None,
                })
                .collect(),
            _ => None,
        };
        tables.ok_or_else(|| self.failed(span, format!("`{key}` must be written as `[[{key}]]`")))
    }

    /// Says what is left over: the first unknown key, with the nearest known one.
    pub fn finish(self) -> Result<()> {
        let first = self.table.iter().map(|(key, _)| (key.span(), key.get_ref())).min_by_key(|(span, _)| span.start);
        let Some((span, key)) = first else { return Ok(()) };
        let near = nearest(key, &self.asked);
        let hint = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                format!("known are {}", self.asked.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", "))
            }
        };
        let place = place(self.file, self.text, Some(span));
        Err(Error::Definition { place, cause: format!("`{key}` is no key here").into(), hint: Some(hint) })
    }
}

/// The known word that is most like `word`, if one is like it.
pub fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let (likeness, best) = known
        .iter()
        .map(|known| (strsim::jaro_winkler(&word.to_lowercase(), known), *known))
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    // Found by hand: `titel`, `limt`, `sorce` and `urls` are above it, unrelated keys below.
    (likeness > 0.8).then_some(best)
}

fn place(file: &Path, text: &str, span: Option<Range<usize>>) -> String {
    let line = span.and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
    line.map_or_else(|| file.display().to_string(), |line| format!("{}:{line}", file.display()))
}

fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number: u64 = text[..digits].parse().ok()?;
    let unit = match text[digits..].trim() {
        "ms" => return Some(Duration::from_millis(number)),
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86400,
        _ => return None,
    };
    number.checked_mul(unit).map(Duration::from_secs)
}
