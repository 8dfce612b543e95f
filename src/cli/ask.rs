//! The commands that ask the archive: list, show.

use super::{Outcome, Session, Status};
use crate::archive::{self, Kept};
use crate::config;
use crate::date::rfc3339;
use crate::error::Error;
use crate::model::Revision;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Characters of an id that tell a hundred thousand articles apart.
const SHORT: usize = 8;

/// `depesche list`
pub fn list(session: &mut Session, feeds: &[String], limit: Option<usize>) -> Outcome {
    let (kept, lost) = archive::newest_of_each(&session.root.join("archive"))?;
    let status = complain(session, &lost);
    let listed: BTreeSet<&str> = kept.iter().flat_map(|kept| kept.feeds.iter().map(String::as_str)).collect();
    let defined = config::names(&session.root);
    if let Some(name) = feeds.iter().find(|name| !listed.contains(name.as_str()) && !defined.contains(name)) {
        let names: Vec<&str> = listed.into_iter().chain(defined.iter().map(String::as_str)).collect();
        let hint = config::nearest(name, &names).map(|near| format!("did you mean `{near}`?"));
        return Err(Error::Usage { what: format!("there is no feed `{name}`"), hint }.into());
    }
    let wanted = |kept: &&Kept| feeds.is_empty() || kept.feeds.iter().any(|feed| feeds.contains(feed));
    for kept in kept.iter().filter(wanted).take(limit.unwrap_or(usize::MAX)) {
        let Some(newest) = kept.revisions.last() else { continue };
        if session.json {
            session.out.json(&head(kept, newest))?;
        } else if !session.out.quiet {
            let date = newest.published.format("%Y-%m-%d %H:%M");
            let id: String = newest.id.to_string().chars().take(SHORT).collect();
            let feed = kept.feeds.join(",");
            session.out.line(&format!("{date}  {id}  {feed}  {}", newest.article.title))?;
        }
    }
    Ok(status)
}

/// `depesche show`
pub fn show(session: &mut Session, id: &str) -> Outcome {
    let hint = "`depesche list` prints the ids that there are";
    let usage = |what: String, hint: &str| Error::Usage { what, hint: Some(hint.to_owned()) };
    // Feeds carry it as a URN.
    let id = id.strip_prefix("urn:uuid:").unwrap_or(id);
    let digits = id.chars().filter(char::is_ascii_hexdigit).count();
    if digits < 4 || !id.chars().all(|c| c.is_ascii_hexdigit() || c == '-') {
        return Err(usage(format!("`{id}` is no id"), "an id is at least four of its digits, 0–9 and a–f").into());
    }
    let (mut found, lost) = archive::with_prefix(&session.root.join("archive"), id)?;
    let status = complain(session, &lost);
    let kept = match found.len() {
        0 => return Err(usage(format!("there is no article `{id}`"), hint).into()),
        1 => found.remove(0),
        _ => {
            let candidates: Vec<String> = found
                .iter()
                .filter_map(|kept| kept.revisions.last())
                .map(|newest| format!("{} {}", newest.id, newest.article.title))
                .collect();
            return Err(usage(format!("`{id}` begins several ids"), &candidates.join(" · ")).into());
        }
    };
    let Some(newest) = kept.revisions.last() else { return Ok(status) };
    if session.json {
        let mut object = head(&kept, newest);
        object["text"] = newest.article.text.clone().into();
        object["html"] = newest.article.html.clone().into();
        object["revisions"] = kept.revisions.iter().map(revision).collect();
        session.out.json(&object)?;
        return Ok(status);
    }
    let article = &newest.article;
    session.out.line(&article.title)?;
    let mut facts = vec![newest.published.format("%Y-%m-%d %H:%M %:z").to_string()];
    facts.extend((!article.authors.is_empty()).then(|| article.authors.join(", ")));
    facts.extend((newest.revision > 1).then(|| format!("revision {}", newest.revision)));
    session.out.line(&facts.join(" · "))?;
    if let Some(link) = &article.link {
        session.out.line(link)?;
    }
    for line in article.text.lines() {
        session.out.line(line)?;
    }
    Ok(status)
}

/// Names what cannot be read; the rest is answered all the same.
fn complain(session: &mut Session, lost: &[Error]) -> Status {
    lost.iter().for_each(|error| session.out.trouble(error));
    if lost.is_empty() { Status::Done } else { Status::SomeFailed }
}

/// What the contract says of a listed article.
fn head(kept: &Kept, newest: &Revision) -> Value {
    json!({
        "id": newest.id,
        "feed": kept.feeds.first(),
        "feeds": kept.feeds,
        "title": newest.article.title,
        "link": newest.article.link,
        "published": rfc3339(&newest.published),
        "published_precision": newest.precision,
        "updated": rfc3339(&newest.updated()),
        "authors": newest.article.authors,
        "first_seen": rfc3339(&newest.first_seen.fixed_offset()),
        "revision": newest.revision,
    })
}

fn revision(revision: &Revision) -> Value {
    json!({
        "revision": revision.revision,
        "seen": rfc3339(&revision.seen.fixed_offset()),
        "title": revision.article.title,
        "authors": revision.article.authors,
        "published": revision.article.published,
        "updated": revision.article.updated,
        "text": revision.article.text,
    })
}
