//! The parts on their own: extract, date.

use super::{Outcome, Session, Status, Stop, source};
use crate::date::{self, Context, Reading};
use crate::error::{Error, Result};
use crate::model::{Article, Document, Kind, Selectors, Source};
use crate::pipeline::{self, Asked, Understood};
use crate::read;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::BufRead;
use std::path::Path;
use url::Url;

/// `depesche extract`
pub fn extract(session: &mut Session, places: &[String], urls: Option<&Path>, zone: Tz) -> Outcome {
    let settings = crate::config::settings(&session.root)?;
    let urls = match urls {
        Some(file) => addresses(file)?,
        None => HashMap::new(),
    };
    let mut jobs = Vec::new();
    for place in places {
        let source = source(place)?;
        let base = match &source {
            Source::Path(path) if path.is_dir() => path.clone(),
            _ => Default::default(),
        };
        jobs.extend(read::places(&source, &base));
    }
    let prepare = |document: &mut Document| {
        let file = document.name.rsplit('/').next().unwrap_or_default();
        if document.url.is_none() {
            document.url = urls.get(&document.name).or_else(|| urls.get(file)).cloned();
        }
    };
    let selectors = Selectors::default();
    let asked = Asked {
        dates: Context { now: session.now, zone },
        language: None,
        kind: None,
        list: false,
        selectors: &selectors,
        limits: settings.limits,
    };
    let mut status = Status::Done;
    let reader = pipeline::reader(&settings, session.now, &session.signals.stop);
    pipeline::look(&jobs, &reader, &asked, prepare, |name, url, understood| -> std::result::Result<(), Stop> {
        let understood = understood.unwrap_or_else(|error| {
            session.out.trouble(&error);
            status = status.max(Status::of(&error));
            Understood { warnings: vec![error.line()], ..Understood::of(Kind::Unknown) }
        });
        let next = understood.links.iter().find(|(rel, _)| rel == "next").map(|(_, url)| url);
        let articles: Vec<Value> = understood.articles.iter().map(|one| article(one)).collect();
        session.out.json(&json!({
            "file": name, "url": url, "kind": understood.kind, "feed": understood.feed, "articles": articles,
            "feeds": understood.feeds, "next": next, "warnings": understood.warnings,
        }))?;
        Ok(())
    })?;
    Ok(status)
}

/// What the contract says of an extracted article.
fn article(article: &Article) -> Value {
    json!({
        "title": article.title,
        "authors": article.authors,
        "published": article.published.as_ref().map(|stamp| date::rfc3339(&stamp.at)),
        "published_precision": article.published.as_ref().map(|stamp| stamp.precision),
        "updated": article.updated.as_ref().map(|stamp| date::rfc3339(&stamp.at)),
        "link": article.link,
        "id": article.guid,
        "summary": article.summary,
        "text": article.text,
        "html": article.html,
        "language": article.language,
        "tags": article.tags,
        "enclosures": article.enclosures,
        "teaser": article.teaser,
    })
}

/// Names and addresses, parted by a tab, a line each.
fn addresses(file: &Path) -> Result<HashMap<String, Url>> {
    let failed = |place: String, cause: crate::error::Cause| Error::Definition {
        place,
        cause,
        hint: Some("each line is a file name, a tab, and the address it was saved from".to_owned()),
    };
    let text = std::fs::read_to_string(file).map_err(|cause| failed(file.display().to_string(), cause.into()))?;
    let mut urls = HashMap::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let pair = line.split_once('\t').and_then(|(name, url)| Some((name, Url::parse(url.trim()).ok()?)));
        let place = || format!("{}:{}", file.display(), number + 1);
        let (name, url) = pair.ok_or_else(|| failed(place(), "it is no name and address".into()))?;
        urls.insert(name.to_owned(), url);
    }
    Ok(urls)
}

/// `depesche date`
pub fn date(session: &mut Session, texts: &[String], zone: Tz) -> Outcome {
    let context = Context { now: session.now, zone };
    let mut status = Status::Done;
    for text in texts {
        let reading = date::read(text, &context);
        if reading.is_none() {
            status = Status::SomeFailed;
        }
        if session.json {
            session.out.json(&answer(text, session.now, reading.as_ref()))?;
        } else {
            session.out.line(&written(reading.as_ref()))?;
        }
    }
    Ok(status)
}

#[derive(Deserialize)]
struct Question {
    input: String,
    #[serde(default)]
    reference_now: Option<String>,
}

/// `depesche date --batch`
pub fn date_batch(session: &mut Session, zone: Tz) -> Outcome {
    let mut status = Status::Done;
    for (number, line) in std::io::stdin().lock().lines().enumerate() {
        let failed = |cause: crate::error::Cause| Error::source(format!("standard input, line {}", number + 1), cause);
        let line = line.map_err(|cause| failed(cause.into()))?;
        if line.trim().is_empty() {
            continue;
        }
        let asked: Question = serde_json::from_str(&line).map_err(|cause| failed(cause.into()))?;
        let now: Option<DateTime<Utc>> = match asked.reference_now.as_deref().filter(|now| !now.is_empty()) {
            Some(now) => Some(DateTime::parse_from_rfc3339(now).map_err(|cause| failed(cause.into()))?.to_utc()),
            None => None,
        };
        let reading = date::read(&asked.input, &Context { now: now.unwrap_or(session.now), zone });
        if reading.is_none() {
            status = Status::SomeFailed;
        }
        let mut object = answer(&asked.input, session.now, reading.as_ref());
        object["reference_now"] = asked.reference_now.into();
        session.out.json(&object)?;
    }
    Ok(status)
}

fn written(reading: Option<&Reading>) -> String {
    reading.map_or_else(|| "none".to_owned(), |reading| date::rfc3339(&reading.at))
}

fn answer(input: &str, now: DateTime<Utc>, reading: Option<&Reading>) -> Value {
    json!({
        "input": input,
        "reference_now": date::rfc3339(&now.fixed_offset()),
        "output": written(reading),
        "precision": reading.map(|reading| reading.precision),
        "role": reading.map(|reading| reading.role),
        "zone": reading.map(|reading| reading.zone),
        "local": reading.map(|reading| reading.local),
    })
}
