//! The commands that tend the archive: verify, rebuild, compact, forget, export, import.

use super::args::Meant;
use super::progress::Progress;
use super::write::{index, tell_mended};
use super::{Outcome, Session, Status, Stop, ask};
use crate::archive::{self, Archive, Scope, Which};
use crate::config;
use crate::date::{self, Context};
use crate::error::{Error, Result};
use crate::model::ArticleId;
use crate::pipeline::{self, Run};
use crate::text::count;
use serde_json::json;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::Duration;

fn dir(session: &Session) -> PathBuf {
    session.root.join("archive")
}

fn open(session: &mut Session, wait: Duration) -> Result<(Archive, Status)> {
    let (archive, mended) = Archive::open(&dir(session), wait, session.now)?;
    let status = tell_mended(session, mended);
    Ok((archive, status))
}

/// `depesche verify`
pub fn verify(session: &mut Session, wait: Duration) -> Outcome {
    let progress = Progress::new(!session.out.quiet && !session.json);
    let verified = archive::verify(&dir(session), wait, session.now, &|done, all| progress.bytes(done, all));
    progress.finish();
    let verified = verified?;
    verified.faults.iter().for_each(|fault| session.out.trouble(fault));
    let faults: Vec<String> = verified.faults.iter().map(Error::line).collect();
    if session.json {
        session.out.json(&json!({
            "files": verified.files, "lines": verified.lines, "articles": verified.articles, "faults": faults,
        }))?;
    } else if !session.out.quiet {
        let found = if faults.is_empty() { "all is well".to_owned() } else { count(faults.len(), "fault") };
        let (lines, files) = (count(verified.lines, "line"), count(verified.files, "file"));
        session.out.line(&format!("{lines} in {files}, {}: {found}", count(verified.articles, "article")))?;
    }
    Ok(if faults.is_empty() { Status::Done } else { Status::Archive })
}

/// `depesche rebuild`
pub fn rebuild(session: &mut Session, wait: Duration) -> Outcome {
    let progress = Progress::new(!session.out.quiet && !session.json);
    let mended = archive::rebuild(&dir(session), wait, session.now, &|done, all| progress.bytes(done, all));
    progress.finish();
    Ok(tell_mended(session, mended?))
}

/// `depesche compact`
pub fn compact(session: &mut Session, wait: Duration) -> Outcome {
    let (mut archive, mut status) = open(session, wait)?;
    let progress = Progress::new(!session.out.quiet && !session.json);
    session.signals.listen();
    // What it has seen before files are written anew, it knows again.
    status = status.max(index(session, &mut archive));
    let stop = session.signals.stop.clone();
    let done = archive.compact(Scope::All, &stop, &|done, all| progress.bytes(done as u64, all as u64));
    progress.finish();
    let done = done?;
    if !done.stopped {
        archive = archive.renew_catalogue()?;
    }
    status = status.max(index(session, &mut archive));
    for damage in &done.damaged {
        session.out.trouble(damage);
        status = status.max(Status::Archive);
    }
    if session.json {
        session.out.json(&json!({
            "files": done.files, "rewritten": done.rewritten, "dropped": done.dropped, "before": done.before,
            "after": done.after,
        }))?;
    } else if !session.out.quiet {
        let forgotten = match done.dropped {
            0 => String::new(),
            dropped => format!("; {} of what was forgotten dropped", count(dropped, "line")),
        };
        let (rewritten, files) = (done.rewritten, count(done.files, "file"));
        let (before, after) = (done.before.div_ceil(1024), done.after.div_ceil(1024));
        session
            .out
            .line(&format!("{rewritten} of {files} written anew: {before} KB before, {after} KB now{forgotten}"))?;
    }
    if let Some(signal) = session.signals.status() {
        session.out.notice("ended by a signal: what was finished is kept, the next run goes on");
        return Ok(signal);
    }
    Ok(status)
}

/// `depesche forget`
pub fn forget(session: &mut Session, meant: &Meant, dry: bool, wait: Duration) -> Outcome {
    let mut ids: Vec<ArticleId> = Vec::new();
    let mut unknown = Vec::new();
    for id in &meant.ids {
        match ask::find(session, id) {
            Ok((kept, _)) => ids.extend(kept.revisions.first().map(|revision| revision.id)),
            Err(complaint) => unknown.push((id, complaint)),
        }
    }
    let before = meant.before.as_deref().map(|text| {
        let reading = date::read(text, &Context { now: session.now, zone: meant.zone.name });
        reading.map(|reading| reading.at.to_utc()).ok_or_else(|| Error::Usage {
            what: format!("`{text}` is no date"),
            hint: Some("such as `vor 2 Jahren`, `1. Januar 2020` or 2020-01-01".to_owned()),
        })
    });
    let which = Which { feed: meant.feed.clone(), before: before.transpose()? };
    let which = (meant.feed.is_some() || meant.before.is_some()).then_some(&which);
    let settings = config::settings(&session.root)?;
    let mut definitions = Vec::new();
    let mut complete = true;
    if session.root.join("feeds").is_dir() {
        for (_, definition) in config::definitions(&session.root, &settings)? {
            match definition {
                Ok(definition) => definitions.push(definition),
                Err(error) => {
                    session.out.trouble(&error);
                    complete = false;
                }
            }
        }
    }
    let (mut archive, mut status) = open(session, wait)?;
    for (id, complaint) in unknown {
        // What was forgotten before is forgotten once more: should that have been broken off, it goes on.
        match archive.tombstones(id)?.as_slice() {
            [] => return Err(complaint),
            [only] => ids.push(*only),
            _ => return Err(complaint),
        }
    }
    if dry {
        let mut number = ids.len();
        let mut last = None;
        while let Some(which) = which {
            let some = archive.meant(which, last, 5000)?;
            number += some.len();
            last = some.last().copied();
            if last.is_none() {
                break;
            }
        }
        session.out.line(&format!("{} would be forgotten", count(number, "article")))?;
        return Ok(status);
    }
    let public = session.root.join("public");
    session.signals.listen();
    let run = Run {
        settings: &settings,
        definitions: &definitions,
        complete,
        only: &[],
        public: &public,
        now: session.now,
        all: true,
        dry: false,
        stop: session.signals.stop.clone(),
        progress: &|_| {},
    };
    let report = pipeline::forget(&run, &ids, which, &mut archive)?;
    status = status.max(index(session, &mut archive));
    for trouble in &report.troubles {
        session.out.trouble(trouble);
        status = status.max(Status::of(trouble));
    }
    if !complete {
        status = status.max(Status::Usage);
    }
    if session.json {
        let troubles: Vec<String> = report.troubles.iter().map(Error::line).collect();
        let written = report.feeds_written;
        session.out.json(&json!({"forgotten": report.forgotten, "feeds_written": written, "troubles": troubles}))?;
    } else if !session.out.quiet {
        let (forgotten, written) = (count(report.forgotten, "article"), count(report.feeds_written, "feed"));
        session.out.line(&format!("{forgotten} forgotten; {written} written"))?;
    }
    Ok(session.signals.status().unwrap_or(status))
}

/// `depesche export`
pub fn export(session: &mut Session) -> Outcome {
    let out = &mut session.out;
    let (_, lost) = archive::export(&session.root.join("archive"), |line| out.raw(line).map_err(Stop::from))?;
    Ok(ask::complain(session, &lost))
}

/// `depesche import`
pub fn import(session: &mut Session, file: &Path, wait: Duration) -> Outcome {
    let name = file.display().to_string();
    let input: Box<dyn BufRead> = match name.as_str() {
        "-" => Box::new(io::stdin().lock()),
        _ => Box::new(BufReader::new(File::open(file).map_err(|cause| Error::source(&name, cause))?)),
    };
    let (mut archive, status) = open(session, wait)?;
    let lines = archive.import(input, &name, session.now)?;
    let status = status.max(index(session, &mut archive));
    if session.json {
        session.out.json(&json!({"lines": lines}))?;
    } else if !session.out.quiet {
        session.out.line(&format!("{} taken in; `depesche publish` writes the feeds", count(lines, "line")))?;
    }
    Ok(status)
}
