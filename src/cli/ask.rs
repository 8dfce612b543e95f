//! The commands that ask the archive: search, list, show; and how an article is found by its id.

use super::format::Format;
use super::table::{self, Row};
use super::write::tell_mended;
use super::{Outcome, Session, Status, Stop, render};
use crate::archive::{self, Fault, Group, Hit, Index, Kept, Mended, Page, Sort};
use crate::ask::{self, Query};
use crate::config;
use crate::date::{Context, rfc3339};
use crate::error::{Error, Result};
use crate::model::Revision;
use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::process::{Command, Stdio};

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

/// `depesche list` and `depesche search`
pub fn search(session: &mut Session, question: &Question, sort: Sort) -> Outcome {
    let query = query(session, question)?;
    let format = question.format.map(Format::parse).transpose()?;
    let width = session.out.width().filter(|_| !session.json && !session.out.quiet && format.is_none());
    let asked = archive::ask(&session.root.join("archive"), session.now, |index| {
        let hits = index.search(&query, sort, question.page)?;
        let names = if query.feeds().is_empty() { Vec::new() } else { index.statistics(&Query::All, Group::Feed)?.counts };
        let rows = if width.is_some() { rows(index, &query, &hits, question.excerpts)? } else { Vec::new() };
        Ok((hits, names, rows))
    });
    let ((hits, names, rows), mended) = asked?;
    let status = tell_mended(session, mended);
    known_feeds(session, &query, &names.into_iter().map(|count| count.name).collect::<Vec<_>>())?;
    if let Some(width) = width {
        table::print(&mut session.out, &rows, width)?;
        return Ok(status);
    }
    for hit in &hits {
        if session.json {
            session.out.json(&head(hit))?;
        } else if let Some(format) = &format {
            session.out.line(&format.line(hit))?;
        } else if !session.out.quiet {
            session.out.line(&row(hit, hit.published))?;
        }
    }
    Ok(status)
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
    let (mut kept, lost) = archive::revised_since(&session.root.join("archive"), since)?;
    let status = complain(session, &lost);
    kept.sort_by_key(|kept| !changed(kept).contains(&"title"));
    let wanted = chosen(session, &kept, feeds)?;
    for (kept, newest) in wanted.take(limit.unwrap_or(usize::MAX)) {
        let Some(before) = kept.revisions.first() else { continue };
        let changed = changed(kept);
        if session.json {
            let mut object = head(&Hit::of(newest, kept.feeds.clone()));
            object["seen"] = rfc3339(&newest.seen.fixed_offset()).into();
            object["changed"] = json!(changed);
            object["before"] =
                json!({"revision": before.revision, "title": before.article.title, "authors": before.article.authors});
            session.out.json(&object)?;
        } else if !session.out.quiet {
            session.out.line(&row(&Hit::of(newest, kept.feeds.clone()), newest.seen.fixed_offset()))?;
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

/// How an article is shown.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Its HTML, as it is.
    pub html: bool,
    /// In a browser, at its address.
    pub open: bool,
    /// On a terminal, in a pager.
    pub paged: bool,
}

/// `depesche show`
pub fn show(session: &mut Session, id: &str, shape: Shape) -> Outcome {
    let (kept, lost) = find(session, id)?;
    let status = complain(session, &lost);
    let Some(newest) = kept.revisions.last() else { return Ok(status) };
    if shape.open {
        return open(session, newest).map(|()| status);
    }
    if session.json {
        let mut object = head(&Hit::of(newest, kept.feeds.clone()));
        object["text"] = newest.article.text.clone().into();
        object["html"] = newest.article.html.clone().into();
        object["revisions"] = kept.revisions.iter().map(revision).collect();
        session.out.json(&object)?;
        return Ok(status);
    }
    let article = &newest.article;
    if shape.html {
        for line in article.html.lines() {
            session.out.line(line)?;
        }
        return Ok(status);
    }
    if let Some(width) = session.out.width() {
        if shape.paged {
            session.out.page();
        }
        render::article(&mut session.out, newest, width)?;
        return Ok(status);
    }
    session.out.line(&article.title)?;
    session.out.line(&render::facts(newest, "%Y-%m-%d %H:%M %:z"))?;
    if let Some(link) = &article.link {
        session.out.line(link)?;
    }
    for line in article.text.lines() {
        session.out.line(line)?;
    }
    Ok(status)
}

/// Hands the address of an article to a browser: the one of `$BROWSER`, else that of the desktop.
fn open(session: &mut Session, newest: &Revision) -> Result<(), Stop> {
    let Some(link) = &newest.article.link else {
        let hint = "`depesche show` shows its text; its page lies in public/NAME/articles/";
        return Err(Error::Usage { what: "the article has no address".to_owned(), hint: Some(hint.to_owned()) }.into());
    };
    let named = std::env::var_os("BROWSER").filter(|browser| !browser.is_empty());
    let usual = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let browser = named.unwrap_or_else(|| usual.into());
    let ended = Command::new(&browser).arg(link).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let fault = match ended {
        Ok(status) if status.success() => return Ok(session.out.line(link)?),
        Ok(status) => format!("`{}` ended with {status}", browser.display()),
        Err(cause) => format!("`{}` cannot be run: {cause}", browser.display()),
    };
    Err(Error::Usage { what: fault, hint: Some(format!("name a browser with BROWSER=…, or open {link}")) }.into())
}

/// Names what cannot be read; the rest is answered all the same.
pub fn complain(session: &mut Session, lost: &[Error]) -> Status {
    lost.iter().for_each(|error| session.out.trouble(error));
    if lost.is_empty() { Status::Done } else { Status::SomeFailed }
}

/// What the contract says of a listed article.
fn head(hit: &Hit) -> Value {
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
