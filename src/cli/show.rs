//! `depesche show`: an article for reading, as HTML, as JSON, in a browser.

use super::ask::{complain, find, head};
use super::{Outcome, Session, Stop, output, render};
use crate::archive::Hit;
use crate::date::rfc3339;
use crate::error::Error;
use crate::model::Revision;
use serde_json::{Value, json};

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
        let mut object = head(&Hit::of(newest.clone(), kept.feeds.clone()));
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
    let ended = output::quietly(&browser, link);
    let fault = match ended {
        Ok(status) if status.success() => return Ok(session.out.line(link)?),
        Ok(status) => format!("`{}` ended with {status}", browser.display()),
        Err(cause) => format!("`{}` cannot be run: {cause}", browser.display()),
    };
    Err(Error::Usage { what: fault, hint: Some(format!("name a browser with BROWSER=…, or open {link}")) }.into())
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
