//! The commands that ask the archive: list, show; and how an article is found by its id.

use super::{Outcome, Session, Status, Stop};
use crate::archive::{self, Kept};
use crate::config;
use crate::date::{self, Context, rfc3339};
use crate::error::{Error, Result};
use crate::model::Revision;
use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Characters of an id that tell a hundred thousand articles apart.
const SHORT: usize = 8;

/// `depesche list`
pub fn list(session: &mut Session, feeds: &[String], limit: Option<usize>) -> Outcome {
    let (kept, lost) = archive::newest_of_each(&session.root.join("archive"))?;
    let status = complain(session, &lost);
    let wanted = chosen(session, &kept, feeds)?;
    for (kept, newest) in wanted.take(limit.unwrap_or(usize::MAX)) {
        if session.json {
            session.out.json(&head(kept, newest))?;
        } else if !session.out.quiet {
            session.out.line(&row(kept, newest, newest.published))?;
        }
    }
    Ok(status)
}

/// `depesche list --revised`: headlines first, then the last change.
pub fn list_revised(
    session: &mut Session,
    feeds: &[String],
    since: Option<&str>,
    zone: Tz,
    limit: Option<usize>,
) -> Outcome {
    let since = match since {
        None => DateTime::<Utc>::MIN_UTC,
        Some(text) => date::read(text, &Context { now: session.now, zone })
            .map(|reading| reading.at.to_utc())
            .ok_or_else(|| Error::Usage {
                what: format!("`{text}` is no date"),
                hint: Some("such as `gestern`, `vor 3 Tagen`, `28. August 2024` or 2024-08-28".to_owned()),
            })?,
    };
    let (mut kept, lost) = archive::revised_since(&session.root.join("archive"), since)?;
    let status = complain(session, &lost);
    kept.sort_by_key(|kept| !changed(kept).contains(&"title"));
    let wanted = chosen(session, &kept, feeds)?;
    for (kept, newest) in wanted.take(limit.unwrap_or(usize::MAX)) {
        let Some(before) = kept.revisions.first() else { continue };
        let changed = changed(kept);
        if session.json {
            let mut object = head(kept, newest);
            object["seen"] = rfc3339(&newest.seen.fixed_offset()).into();
            object["changed"] = json!(changed);
            object["before"] =
                json!({"revision": before.revision, "title": before.article.title, "authors": before.article.authors});
            session.out.json(&object)?;
        } else if !session.out.quiet {
            session.out.line(&row(kept, newest, newest.seen.fixed_offset()))?;
            if changed.contains(&"title") {
                session.out.line(&format!("{:<28}was: {}", "", before.article.title))?;
            }
        }
    }
    Ok(status)
}

/// What differs between the first and the last of the revisions.
fn changed(kept: &Kept) -> Vec<&'static str> {
    let (Some(before), Some(now)) = (kept.revisions.first(), kept.revisions.last()) else { return Vec::new() };
    let (before, now) = (&before.article, &now.article);
    let stated = |article: &crate::model::Article| article.published.as_ref().map(|stamp| stamp.at);
    [
        ("title", before.title != now.title),
        ("authors", before.authors != now.authors),
        ("published", stated(before) != stated(now)),
        ("text", before.text != now.text),
        ("enclosures", before.enclosures != now.enclosures),
    ]
    .into_iter()
    .filter_map(|(name, differs)| differs.then_some(name))
    .collect()
}

/// The articles of the named feeds, each with its newest revision. A name that is none is an error.
fn chosen<'a>(
    session: &Session,
    kept: &'a [Kept],
    feeds: &'a [String],
) -> Result<impl Iterator<Item = (&'a Kept, &'a Revision)> + use<'a>> {
    let listed: BTreeSet<&str> = kept.iter().flat_map(|kept| kept.feeds.iter().map(String::as_str)).collect();
    let defined = config::names(&session.root);
    if let Some(name) = feeds.iter().find(|name| !listed.contains(name.as_str()) && !defined.contains(name)) {
        let names: Vec<&str> = listed.into_iter().chain(defined.iter().map(String::as_str)).collect();
        let hint = config::nearest(name, &names).map(|near| format!("did you mean `{near}`?"));
        return Err(Error::Usage { what: format!("there is no feed `{name}`"), hint });
    }
    let wanted = move |kept: &&Kept| feeds.is_empty() || kept.feeds.iter().any(|feed| feeds.contains(feed));
    Ok(kept.iter().filter(wanted).filter_map(|kept| Some((kept, kept.revisions.last()?))))
}

fn row(kept: &Kept, newest: &Revision, date: DateTime<FixedOffset>) -> String {
    let id: String = newest.id.to_string().chars().take(SHORT).collect();
    format!("{}  {id}  {}  {}", date.format("%Y-%m-%d %H:%M"), kept.feeds.join(","), newest.article.title)
}

/// The one article whose id begins so, with all its revisions; and what of the journal cannot be read.
pub fn find(session: &Session, id: &str) -> std::result::Result<(Kept, Vec<Error>), Stop> {
    let hint = "`depesche list` prints the ids that there are";
    let usage = |what: String, hint: &str| Error::Usage { what, hint: Some(hint.to_owned()) };
    // Feeds carry it as a URN.
    let id = id.strip_prefix("urn:uuid:").unwrap_or(id);
    let digits = id.chars().filter(char::is_ascii_hexdigit).count();
    if digits < 4 || !id.chars().all(|c| c.is_ascii_hexdigit() || c == '-') {
        return Err(usage(format!("`{id}` is no id"), "an id is at least four of its digits, 0–9 and a–f").into());
    }
    let (mut found, lost) = archive::with_prefix(&session.root.join("archive"), id)?;
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
    Ok((kept, lost))
}

/// `depesche show`
pub fn show(session: &mut Session, id: &str) -> Outcome {
    let (kept, lost) = find(session, id)?;
    let status = complain(session, &lost);
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
pub fn complain(session: &mut Session, lost: &[Error]) -> Status {
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
