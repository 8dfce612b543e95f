//! The commands that write: update, ingest, publish, split.

use super::ask::{complain, find};
use super::progress::Progress;
use super::{Outcome, Session, Status, definitions, source};
use crate::archive::{self, Archive, Mended};
use crate::config;
use crate::error::{Error, Result};
use crate::identify::Verdict;
use crate::pipeline::{self, Report, Run};
use crate::text::count;
use serde_json::json;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How a run goes.
#[derive(Debug, Clone, Copy)]
pub struct How {
    /// Whether sources are read that are not due.
    pub all: bool,
    /// Whether nothing is kept, and each decision printed instead.
    pub dry: bool,
}

/// `depesche update`
pub fn update(session: &mut Session, feeds: &[String], how: How, wait: Duration) -> Outcome {
    write(session, feeds, how, wait, pipeline::update)
}

/// `depesche publish`
pub fn publish(session: &mut Session, feeds: &[String], accept_loss: bool, wait: Duration) -> Outcome {
    write(session, feeds, How { all: true, dry: false }, wait, |run, archive| {
        pipeline::republish(run, accept_loss, archive)
    })
}

/// `depesche ingest`
pub fn ingest(session: &mut Session, places: &[String], feed: &str, wait: Duration) -> Outcome {
    let sources = places.iter().map(|place| source(place)).collect::<Result<Vec<_>>>()?;
    write(session, &[feed.to_owned()], How { all: true, dry: false }, wait, |run, archive| {
        pipeline::ingest(run, &sources, Path::new(""), archive)
    })
}

/// `depesche split`
pub fn split(session: &mut Session, id: &str, place: Option<&str>, wait: Duration) -> Outcome {
    let (kept, lost) = find(session, id)?;
    let status = complain(session, &lost);
    let Some(newest) = kept.revisions.last() else { return Ok(status) };
    let how = How { all: false, dry: false };
    write(session, &[], how, wait, |run, archive| pipeline::part(run, newest.id, place, archive))
}

/// What would be decided about a place, keeping nothing.
pub fn consider(session: &mut Session, place: &str, wait: Duration) -> Outcome {
    let source = source(place)?;
    write(session, &[], How { all: true, dry: true }, wait, |run, archive| pipeline::consider(run, &source, archive))
}

fn write(
    session: &mut Session,
    only: &[String],
    how: How,
    wait: Duration,
    job: impl Fn(&Run, &mut Archive) -> Result<Report>,
) -> Outcome {
    let settings = config::settings(&session.root)?;
    let (definitions, mut status) = definitions(session, &settings, only)?;
    if definitions.is_empty() {
        return Ok(status);
    }
    let (mut archive, mended) = Archive::open(&session.root.join("archive"), wait, session.now)?;
    status = status.max(tell_mended(session, mended));
    let public = session.root.join("public");
    let progress = Progress::new(!session.out.quiet && !session.json);
    let decisions = Mutex::new(Vec::new());
    let step = |step: pipeline::Step| match step {
        pipeline::Step::Decided { feed, place, title, verdict } if how.dry => {
            let decision = (feed.to_owned(), place.to_owned(), title.to_owned(), verdict.clone());
            decisions.lock().unwrap_or_else(PoisonError::into_inner).push(decision);
        }
        step => progress.step(step),
    };
    if how.dry {
        archive.rehearse();
    }
    let run = Run {
        settings: &settings,
        definitions: &definitions,
        complete: status < Status::Usage,
        only,
        public: &public,
        now: session.now,
        all: how.all,
        dry: how.dry,
        stop: session.signals.stop.clone(),
        progress: &step,
    };
    session.signals.listen();
    let report = job(&run, &mut archive);
    progress.finish();
    let report = report?;
    status = status.max(index(session, &mut archive));
    if !how.dry
        && !session.signals.stop.load(Ordering::Relaxed)
        && let Err(error) = archive.tidy(archive::LARGE)
    {
        session.out.trouble(&error);
        status = status.max(Status::of(&error));
    }
    if session.out.verbose {
        for (name, warning) in &report.warnings {
            session.out.notice(&format!("warning: `{name}`: {warning}"));
        }
    }
    for (name, notice) in &report.notices {
        session.out.notice(&format!("`{name}`: {notice}"));
    }
    for trouble in &report.troubles {
        session.out.trouble(trouble);
        status = status.max(Status::of(trouble));
    }
    for (feed, place, title, verdict) in decisions.into_inner().unwrap_or_else(PoisonError::into_inner) {
        let (what, id, why) = (name_of(&verdict), verdict.id(), verdict.reason().to_string());
        if session.json {
            session
                .out
                .json(&json!({"verdict": what, "feed": feed, "place": place, "id": id, "title": title, "why": why}))?;
        } else if !session.out.quiet {
            session.out.line(&format!("{what:<8} {feed}  {title}"))?;
            session.out.line(&format!("{:<8} {id}: {why}", ""))?;
        }
    }
    if how.dry {
        session.out.notice("a rehearsal: nothing was kept or published");
    }
    tell(session, &report, &public)?;
    if let Some(signal) = session.signals.status() {
        session.out.notice("ended by a signal: what was finished is kept, the next run goes on");
        return Ok(signal);
    }
    Ok(status)
}

/// Brings the index up to date. What is kept is kept, whether it can be found at once or not.
pub fn index(session: &mut Session, archive: &mut Archive) -> Status {
    match archive.index() {
        Ok(mended) => tell_mended(session, mended),
        Err(error) => {
            session.out.trouble(&error);
            Status::SomeFailed
        }
    }
}

/// Tells what had to be mended; what may be lost is a failure.
pub fn tell_mended(session: &mut Session, mended: Vec<Mended>) -> Status {
    let mut status = Status::Done;
    for mended in mended {
        match mended {
            Mended::Whole(sentence) => session.out.notice(&sentence),
            Mended::Lost(error) => {
                session.out.trouble(&error);
                status = Status::SomeFailed;
            }
        }
    }
    status
}

fn name_of(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::New { .. } => "new",
        Verdict::Revised { .. } => "revised",
        Verdict::Same { .. } => "known",
        Verdict::Joined { .. } => "joined",
        Verdict::Refused { .. } => "refused",
    }
}

fn tell(session: &mut Session, report: &Report, public: &Path) -> std::result::Result<(), super::Stop> {
    if session.json {
        let feeds: Vec<_> = report
            .feeds
            .iter()
            .map(|feed| {
                json!({"name": feed.name, "new": feed.new, "revised": feed.revised, "entries": feed.entries,
                       "written": feed.written})
            })
            .collect();
        let troubles: Vec<String> = report.troubles.iter().map(Error::line).collect();
        session.out.json(&json!({
            "sources": report.sources, "articles": report.articles, "new": report.new, "revised": report.revised,
            "known": report.known, "joined": report.joined, "dropped": report.dropped, "unchanged": report.unchanged, "waiting": report.waiting, "forgotten": report.forgotten, "failed": report.troubles.len(), "feeds_written": report.feeds_written,
            "feeds": feeds, "troubles": troubles,
        }))?;
        return Ok(());
    }
    if session.out.quiet {
        return Ok(());
    }
    for feed in report.feeds.iter().filter(|feed| feed.written) {
        let (name, entries) = (&feed.name, count(feed.entries, "entry"));
        let dir = public.join(name);
        session.out.line(&format!("{name}: {entries} in {}/ (rss.xml, atom.xml, feed.json)", dir.display()))?;
    }
    let failed = match report.troubles.len() {
        0 => String::new(),
        failed => format!("; {failed} failed"),
    };
    let waiting = match report.waiting {
        0 => String::new(),
        waiting => format!("; {waiting} not due yet (`update --all` reads them)"),
    };
    let dropped = match report.dropped {
        0 => String::new(),
        dropped => format!(", {dropped} dropped"),
    };
    let joined = match report.joined {
        0 => String::new(),
        joined => format!(", {joined} joined"),
    };
    let forgotten = match report.forgotten {
        0 => String::new(),
        forgotten => format!("; {forgotten} forgotten, as `retention` says"),
    };
    let unchanged = match report.unchanged {
        0 => String::new(),
        unchanged => format!(", {unchanged} unchanged"),
    };
    session.out.line(&format!(
        "{}{unchanged}, {}: {} new, {} revised, {} known{joined}{dropped}; {} written{forgotten}{failed}{waiting}",
        count(report.sources, "source"),
        count(report.articles, "article"),
        report.new,
        report.revised,
        report.known,
        count(report.feeds_written, "feed"),
    ))?;
    Ok(())
}
