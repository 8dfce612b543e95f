//! `depesche explain`: why an article is one, and where each of its keys was learnt.

use super::ask::{complain, find};
use super::{Outcome, Session, write};
use crate::archive;
use crate::date::rfc3339;
use crate::identify::Reason;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// `depesche explain`
pub fn explain(session: &mut Session, id: &str) -> Outcome {
    if id.contains("://") || id == "-" || Path::new(id).exists() {
        return write::consider(session, id, Duration::from_secs(10));
    }
    let (kept, lost) = find(session, id)?;
    let mut status = complain(session, &lost);
    let Some(newest) = kept.revisions.last() else { return Ok(status) };
    let archive = session.root.join("archive");
    let (facts, lost) = match archive::ask(&archive, session.now, |index| index.story(newest.id))? {
        (Some(facts), _) => (facts, Vec::new()),
        // Where the journal does not hold what the index says of it, the journal is right.
        (None, _) => archive::story(&archive, newest.id)?,
    };
    status = status.max(complain(session, &lost));
    let time = |seen: &chrono::DateTime<chrono::Utc>| rfc3339(&seen.fixed_offset());
    if session.json {
        let keys: Vec<Value> = facts
            .iter()
            .flat_map(|fact| fact.keys.iter().map(move |key| (fact, key)))
            .map(|(fact, key)| json!({"kind": key.kind, "value": key.value, "learnt": time(&fact.seen), "feed": fact.feed, "place": fact.place}))
            .collect();
        let events: Vec<Value> = facts
            .iter()
            .map(|fact| {
                json!({"seen": time(&fact.seen), "feed": fact.feed, "place": fact.place, "revision": fact.revision,
                       "why": fact.why.to_string(), "title": fact.title, "link": fact.link})
            })
            .collect();
        session.out.json(&json!({"id": newest.id, "title": newest.article.title, "feeds": kept.feeds, "keys": keys, "events": events}))?;
        return Ok(status);
    }
    session.out.line(&format!("{}  {}", newest.id, newest.article.title))?;
    let (published, seen) = (rfc3339(&newest.published), time(&newest.first_seen));
    let assumed = if newest.precision.is_none() { " (the time of first sight)" } else { "" };
    session
        .out
        .line(&format!("published {published}{assumed}, first seen {seen}, listed by {}", kept.feeds.join(", ")))?;
    session.out.line("")?;
    session.out.line("Known by")?;
    for fact in &facts {
        for key in &fact.keys {
            session.out.line(&format!("  {:<18} {}", key.kind.to_string(), key.value.replace('\0', " ")))?;
            session.out.line(&format!("  {:<18} since {}, {} in {}", "", time(&fact.seen), fact.place, fact.feed))?;
        }
    }
    session.out.line("")?;
    session.out.line("What happened")?;
    let mut title = "";
    for fact in &facts {
        let what = match fact.revision {
            Some(1) => "new".to_owned(),
            Some(number) => format!("revision {number}"),
            None if fact.why == Reason::Alike => "joined".to_owned(),
            None if fact.why == Reason::Parted => "parted".to_owned(),
            None => "noted".to_owned(),
        };
        session.out.line(&format!("  {}  {what}: {}", time(&fact.seen), fact.why))?;
        session.out.line(&format!("  {:<25}  {} in {}", "", fact.place, fact.feed))?;
        if title != fact.title {
            session.out.line(&format!("  {:<25}  “{}”", "", fact.title))?;
        }
        title = &fact.title;
    }
    Ok(status)
}
