//! The commands that ask the archive: search, list; and how an article is found by its id.

use super::format::Format;
use super::table::{self, Row};
use super::write::tell_mended;
use super::{Outcome, Session, Status, Stop};
use crate::archive::{self, Fault, Hit, Index, Kept, Mended, Page, Sort};
use crate::ask::{self, Query};
use crate::config;
use crate::date::{Context, rfc3339};
use crate::error::{Error, Result};
use crate::model::Revision;
use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Characters of an id that tell a hundred thousand articles apart.
const SHORT: usize = 8;

/// What is asked for, and which part of the answer.
#[derive(Debug)]
pub struct Question<'a> {
    /// The words of a query.
    pub words: &'a [String],
    /// Feeds, any of which lists it.
    pub feeds: &'a [String],
    /// Published from then on, and before the end of then.
    pub since: Option<&'a str>,
    /// See above.
    pub until: Option<&'a str>,
    /// The zone of dates that name none.
    pub zone: Tz,
    /// Which part of the answer.
    pub page: Page,
    /// What a line looks like.
    pub format: Option<&'a str>,
    /// Whether a terminal shows a piece of each text.
    pub excerpts: bool,
}

impl<'a> Question<'a> {
    /// All that answers these words.
    pub fn new(words: &'a [String], zone: Tz) -> Question<'a> {
        let page = Page { offset: 0, limit: None };
        Question { words, feeds: &[], since: None, until: None, zone, page, format: None, excerpts: false }
    }
}

/// `depesche list` and `depesche search`
pub fn search(session: &mut Session, question: &Question, sort: Sort) -> Outcome {
    let query = query(session, question)?;
    let format = question.format.map(Format::parse).transpose()?;
    let width = session.out.width().filter(|_| !session.json && !session.out.quiet && format.is_none());
    let asked = archive::ask(&session.root.join("archive"), session.now, |index| {
        let hits = index.search(&query, sort, question.page)?;
        let names = if query.feeds().is_empty() { Vec::new() } else { index.feeds()? };
        let rows = if width.is_some() { rows(index, &query, &hits, question.excerpts)? } else { Vec::new() };
        Ok((hits, names, rows))
    });
    let ((hits, names, rows), mended) = asked?;
    let status = tell_mended(session, mended);
    known_feeds(session, &query, &names)?;
    if let Some(width) = width {
        table::print(&mut session.out, &rows, width)?;
        if rows.is_empty() && question.page.limit != Some(0) {
            session.out.notice(nothing(question, &query));
        }
        return Ok(status);
    }
    for hit in &hits {
        if session.json {
            session.out.json(&head(hit))?;
        } else if let Some(format) = &format {
            session.out.fields(&format.line(hit))?;
        } else if !session.out.quiet {
            session.out.line(&row(hit, hit.published))?;
        }
    }
    Ok(status)
}

/// Somebody who looks at a terminal is told that it is no fault that there is nothing.
fn nothing(question: &Question, query: &Query) -> &'static str {
    match query {
        _ if question.page.offset > 0 => "no further article answers this",
        Query::All => "there are no articles yet",
        _ => "no article answers this",
    }
}

/// What a table shows of an answer.
fn rows(index: &Index, query: &Query, hits: &[Hit], excerpts: bool) -> Result<Vec<Row>, Fault> {
    let mut marker = index.marker(query);
    let mut rows = Vec::with_capacity(hits.len());
    for hit in hits {
        let text = if excerpts { index.text(hit.id)? } else { None };
        let excerpt = text.and_then(|text| marker.excerpt(&text));
        rows.push(Row { marks: marker.marks(&hit.title), hit: hit.clone(), excerpt });
    }
    Ok(rows)
}

/// What is asked for in all: the query, and what the options add to it.
pub fn query(session: &mut Session, question: &Question) -> Result<Query, Stop> {
    let context = Context { now: session.now, zone: question.zone };
    let text = question.words.join(" ");
    let query = ask::parse(&text, &context).map_err(|fault| pointed(session, &text, &fault))?;
    let date = |text: &str, side: ask::Side| match ask::bounds(text, side, &context) {
        Some((since, until)) => Ok(Query::Published(since, until)),
        None => Err(no_date(text)),
    };
    let mut query = match question.feeds {
        [] => query,
        [feed] => query.and(Query::Feed(feed.clone())),
        feeds => query.and(Query::Or(feeds.iter().cloned().map(Query::Feed).collect())),
    };
    if let Some(since) = question.since {
        query = query.and(date(since, ask::Side::Since)?);
    }
    if let Some(until) = question.until {
        query = query.and(date(until, ask::Side::Until)?);
    }
    Ok(query)
}

/// A mistake in a query, pointed at.
fn pointed(session: &mut Session, text: &str, fault: &ask::Fault) -> Stop {
    let what = format!("the query cannot be read: {fault}");
    // What no person has written is not shown again.
    let shown = text.chars().count() <= 200 && !fault.at.is_empty() || fault.at.end == text.len() && text.len() <= 200;
    if shown {
        session.out.point(text, &fault.at);
    }
    Error::Usage { what, hint: fault.hint.clone() }.into()
}

fn no_date(text: &str) -> Error {
    Error::Usage {
        what: format!("`{text}` is no date"),
        hint: Some("such as `gestern`, `vor 3 Tagen`, `30d`, `28. August 2024` or 2024-08-28".to_owned()),
    }
}

/// A feed that is named must be there.
fn known_feeds(session: &Session, query: &Query, listed: &[String]) -> Result<()> {
    let wanted = query.feeds();
    if wanted.is_empty() {
        return Ok(());
    }
    let defined = config::names(&session.root);
    let names: Vec<&str> = listed.iter().chain(&defined).map(String::as_str).collect();
    match wanted.into_iter().find(|name| !names.contains(name)) {
        None => Ok(()),
        Some(name) => {
            let hint = config::nearest(name, &names).map(|near| format!("did you mean `{near}`?"));
            Err(Error::Usage { what: format!("there is no feed `{name}`"), hint })
        }
    }
}

/// `depesche list --revised`: headlines first, then the last change.
pub fn list_revised(
    session: &mut Session,
    feeds: &[String],
    since: Option<&str>,
    zone: Tz,
    limit: Option<usize>,
) -> Outcome {
    let context = Context { now: session.now, zone };
    let since = match since {
        None => DateTime::<Utc>::MIN_UTC,
        Some(text) => ask::period(text, &context).map(|(from, _)| from).ok_or_else(|| no_date(text))?,
    };
    let archive = session.root.join("archive");
    let (found, mended) = archive::ask(&archive, session.now, |index| index.revised(since))?;
    let mut status = tell_mended(session, mended);
    let mut kept = match found {
        Some(found) => found,
        // Where the journal does not hold what the index says of it, the journal is right.
        None => {
            let (found, lost) = archive::revised_since(&archive, since)?;
            if !lost.is_empty() {
                status = complain(session, &lost);
            }
            found
        }
    };
    kept.sort_by_key(|kept| !changed(kept).contains(&"title"));
    let wanted = chosen(session, &kept, feeds)?;
    for (kept, newest) in wanted.take(limit.unwrap_or(usize::MAX)) {
        let Some(before) = kept.revisions.first() else { continue };
        let changed = changed(kept);
        if session.json {
            let mut object = head(&Hit::of(newest.clone(), kept.feeds.clone()));
            object["seen"] = rfc3339(&newest.seen.fixed_offset()).into();
            object["changed"] = json!(changed);
            object["before"] =
                json!({"revision": before.revision, "title": before.article.title, "authors": before.article.authors});
            session.out.json(&object)?;
        } else if !session.out.quiet {
            session.out.line(&row(&Hit::of(newest.clone(), kept.feeds.clone()), newest.seen.fixed_offset()))?;
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

fn row(hit: &Hit, date: DateTime<FixedOffset>) -> String {
    format!("{}  {}  {}  {}", date.format("%Y-%m-%d %H:%M"), short(hit), hit.feeds.join(","), hit.title)
}

/// The beginning of an id.
pub fn short(hit: &Hit) -> String {
    hit.id.to_string().chars().take(SHORT).collect()
}

/// The one article whose id begins so, with all its revisions; and what of the journal cannot be read.
pub fn find(session: &mut Session, id: &str) -> Result<(Kept, Vec<Error>), Stop> {
    let hint = "`depesche list` prints the ids that there are";
    let usage = |what: String, hint: &str| Error::Usage { what, hint: Some(hint.to_owned()) };
    // Feeds carry it as a URN.
    let id = id.strip_prefix("urn:uuid:").unwrap_or(id);
    let digits = id.chars().filter(char::is_ascii_hexdigit).count();
    if digits < 4 || !id.chars().all(|c| c.is_ascii_hexdigit() || c == '-') {
        return Err(usage(format!("`{id}` is no id"), "an id is at least four of its digits, 0–9 and a–f").into());
    }
    let archive = session.root.join("archive");
    let digits: String = id.chars().filter(|c| *c != '-').flat_map(char::to_lowercase).collect();
    let (kept, mended) = archive::ask(&archive, session.now, |index| index.kept(&digits))?;
    let mut lost = Vec::new();
    for mended in mended {
        match mended {
            Mended::Whole(sentence) => session.out.notice(&sentence),
            Mended::Lost(error) => lost.push(error),
        }
    }
    // Where the journal does not hold what the index says of it, the journal is right.
    let mut found = match kept {
        Some(found) => found,
        None => {
            let (found, lost_there) = archive::with_prefix(&archive, id)?;
            lost = lost_there;
            found
        }
    };
    let kept = match found.len() {
        0 => return Err(usage(format!("there is no article `{id}`"), hint).into()),
        1 => found.remove(0),
        _ => {
            for newest in found.iter().filter_map(|kept| kept.revisions.last()) {
                let day = newest.published.format("%Y-%m-%d");
                session.out.aside(&format!("{}  {day}  {}", newest.id, newest.article.title));
            }
            return Err(usage(format!("`{id}` begins several ids"), "write more of the one that is meant").into());
        }
    };
    Ok((kept, lost))
}

/// Names what cannot be read; the rest is answered all the same.
pub fn complain(session: &mut Session, lost: &[Error]) -> Status {
    lost.iter().for_each(|error| session.out.trouble(error));
    if lost.is_empty() { Status::Done } else { Status::SomeFailed }
}

/// What the contract says of a listed article.
pub fn head(hit: &Hit) -> Value {
    json!({
        "id": hit.id,
        "feed": hit.feeds.first(),
        "feeds": hit.feeds,
        "title": hit.title,
        "link": hit.link,
        "published": rfc3339(&hit.published),
        "published_precision": hit.precision,
        "updated": rfc3339(&hit.updated),
        "authors": hit.authors,
        "first_seen": rfc3339(&hit.first_seen.fixed_offset()),
        "revision": hit.revision,
    })
}
