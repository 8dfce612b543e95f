//! The health of every source on the web: what `status` tells.

use super::Run;
use super::feeds::FEED;
use super::keep::source_key;
use super::rounds;
use crate::config::Definition;
use crate::model::{ArticleId, Channel, Entry, History, Precision, Source, SourceState};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// Events in the feed of health.
const EVENTS: usize = 50;

/// A source and how it is.
#[derive(Debug, Clone)]
pub struct Health {
    /// The feed that it is read for.
    pub feed: String,
    /// Its address.
    pub source: String,
    /// How it is.
    pub state: State,
    /// When it last answered well.
    pub good: Option<DateTime<Utc>>,
    /// When it had new entries last.
    pub news: Option<DateTime<Utc>>,
    /// When it is asked next.
    pub next: Option<DateTime<Utc>>,
    /// How many entries it usually has.
    pub usual: Option<usize>,
    /// How many times in a row it has failed.
    pub failures: u32,
    /// When the first of these failures was.
    pub failing_since: Option<DateTime<Utc>>,
    /// What is wrong, in words.
    pub troubles: Vec<String>,
}

/// How a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It was never asked.
    New,
    /// It answers as usual.
    Good,
    /// It answers, but something is missing or unusual.
    Odd,
    /// It fails.
    Failing,
}

impl State {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            State::New => "new",
            State::Good => "good",
            State::Odd => "odd",
            State::Failing => "failing",
        }
    }
}

/// The health of all sources on the web, in the order of the definitions.
pub fn health(definitions: &[Definition], states: &BTreeMap<String, SourceState>, now: DateTime<Utc>) -> Vec<Health> {
    let mut all = Vec::new();
    for definition in definitions {
        if let Some(state) = states.get(&format!("{}{FEED}", definition.name)) {
            all.push(of(&definition.name, &format!("public/{}", definition.name), state, now));
        }
        for reading in &definition.sources {
            let Source::Url(url) = &reading.source else { continue };
            let state = states.get(&source_key(&definition.name, url)).cloned().unwrap_or_default();
            all.push(of(&definition.name, url.as_str(), &state, now));
        }
    }
    all
}

fn of(feed: &str, source: &str, state: &SourceState, now: DateTime<Utc>) -> Health {
    let mut troubles = state.troubles.clone();
    if let Some((to, since)) = &state.moved {
        let days = (now.timestamp() - since) / 86_400;
        troubles.push(format!("it has moved to {to}, it says for {days} days: write that into its definition"));
    }
    troubles.extend(rounds::silence(state, now.timestamp()));
    let time = |at: i64| DateTime::from_timestamp(at, 0);
    let mut sorted = state.entries.clone();
    sorted.sort_unstable();
    Health {
        feed: feed.to_owned(),
        source: source.to_owned(),
        state: match () {
            () if state.failures > 0 => State::Failing,
            () if !troubles.is_empty() => State::Odd,
            () if state.good.is_none() => State::New,
            () => State::Good,
        },
        good: state.good.and_then(time),
        news: state.news.last().copied().and_then(time),
        next: (state.next > 0).then(|| time(state.next)).flatten(),
        usual: sorted.get(sorted.len() / 2).copied(),
        failures: state.failures,
        failing_since: state.failing_since.and_then(time),
        troubles,
    }
}

/// The feed of what began to be wrong with sources and what ended, newest first; `None` as long as nothing ever was.
pub(super) fn feed(run: &Run, states: &BTreeMap<String, SourceState>) -> Option<Channel> {
    let mut events: Vec<(i64, &String, &String)> = Vec::new();
    for (key, state) in states {
        events.extend(state.events.iter().map(|(at, words)| (*at, key, words)));
    }
    events.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    events.truncate(EVENTS);
    let entries: Vec<Entry> = events.into_iter().filter_map(|(at, key, words)| entry(at, key, words)).collect();
    Some(Channel {
        name: "health".to_owned(),
        title: "depesche: sources".to_owned(),
        description: "What is wrong with the sources of these feeds, and when it ended".to_owned(),
        link: None,
        language: "en".to_owned(),
        base: run.settings.base.clone(),
        hub: None,
        image: None,
        rights: String::new(),
        ttl: None,
        history: History::Newest(0),
        updated: entries.iter().map(|entry| entry.updated).max()?,
        entries,
    })
}

fn entry(at: i64, key: &str, words: &str) -> Option<Entry> {
    let when = DateTime::from_timestamp(at, 0)?.fixed_offset();
    let (feed, source) = key.split_once('/')?;
    Some(Entry {
        id: ArticleId::from_digest(blake3::hash(format!("health\0{key}\0{at}").as_bytes()).as_bytes()),
        title: format!("{feed}: {words}"),
        authors: Vec::new(),
        published: when,
        precision: Some(Precision::Second),
        updated: when,
        link: Some(source.to_owned()),
        summary: String::new(),
        html: String::new(),
        text: format!("{source}\n\n{words}"),
        language: None,
        tags: Vec::new(),
        enclosures: Vec::new(),
        via: None,
        related: Vec::new(),
        source: None,
    })
}
