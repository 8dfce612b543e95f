//! The command line: arguments in, an exit status out.
//!
//! The only room that prints, knows clap and looks at the clock, once, to hand the moment down. It decides nothing that
//! outlives the run.

mod add;
mod args;
mod ask;
mod complete;
mod diff;
mod explain;
mod format;
mod health;
mod output;
mod parts;
mod progress;
mod render;
mod show;
mod signals;
mod stats;
mod status;
mod table;
mod write;

pub use status::Status;

use crate::archive::{Page, Sort};
use crate::config;
use crate::error::{Error, Result};
use crate::model::Source;
use args::{Arguments, Command};
use chrono::{DateTime, SubsecRound, Utc};
use clap::Parser;
use output::{Gone, Output};
use signals::Signals;
use std::io;
use std::path::{Path, PathBuf};
use url::Url;

/// What every command works with.
pub struct Session {
    root: PathBuf,
    json: bool,
    now: DateTime<Utc>,
    out: Output,
    signals: Signals,
}

/// Runs the command that the process was started with.
pub fn run() -> Status {
    if let Some(status) = complete::answer() {
        return status;
    }
    let Arguments { common, command } = match Arguments::try_parse_from(args::arguments()) {
        Ok(arguments) => arguments,
        // Help and version are answers, everything else is wrong usage; clap prints both in its own way.
        Err(message) => {
            output::clap(&message);
            return if message.use_stderr() { Status::Usage } else { Status::Done };
        }
    };
    // Whole seconds: feeds cannot say more, and what is kept is compared with what is read back.
    let now = common.now.unwrap_or_else(Utc::now).trunc_subsecs(0);
    let out = Output::new(common.quiet, common.verbose);
    // `feeds/a` reads better than `./feeds/a`.
    let root = if common.root == Path::new(".") { PathBuf::new() } else { common.root };
    let mut session = Session { root, json: common.json, now, out, signals: Signals::default() };
    let outcome = match command {
        Command::Update { feeds, all, dry_run, wait } => {
            write::update(&mut session, &feeds, write::How { all, dry: dry_run }, wait.duration)
        }
        Command::Add { address, name, dry_run } => add::add(&mut session, &address, name.as_deref(), dry_run),
        Command::Status { feeds } => health::status(&mut session, &feeds),
        Command::Ingest { places, feed, wait } => write::ingest(&mut session, &places, &feed, wait.duration),
        Command::Publish { feeds, accept_loss, wait } => {
            write::publish(&mut session, &feeds, accept_loss, wait.duration)
        }
        Command::List { feed, limit, revised: true, since, zone, .. } => {
            ask::list_revised(&mut session, &feed, since.as_deref(), zone.name, limit)
        }
        Command::List { query, feed, limit, page, since, until, zone, .. } => {
            let question = ask::Question {
                feeds: &feed,
                since: since.as_deref(),
                until: until.as_deref(),
                page: Page { offset: page.offset, limit },
                format: page.format.as_deref(),
                ..ask::Question::new(&query, zone.name)
            };
            ask::search(&mut session, &question, Sort::Newest)
        }
        Command::Search { query, newest, limit, page, zone } => {
            let question = ask::Question {
                page: Page { offset: page.offset, limit: Some(limit) },
                format: page.format.as_deref(),
                excerpts: true,
                ..ask::Question::new(&query, zone.name)
            };
            ask::search(&mut session, &question, if newest { Sort::Newest } else { Sort::Best })
        }
        Command::Diff { id, from, to } => diff::diff(&mut session, &id, from, to),
        Command::Explain { id } => explain::explain(&mut session, &id),
        Command::Stats { query, by, limit, zone } => {
            let page = Page { offset: 0, limit };
            let question = ask::Question { page, ..ask::Question::new(&query, zone.name) };
            stats::stats(&mut session, &question, by)
        }
        Command::Show { id, html, open, no_pager } => {
            show::show(&mut session, &id, show::Shape { html, open, paged: !no_pager })
        }
        Command::Completions { shell } => complete::completions(&mut session, shell),
        Command::Man { dir } => complete::man(&mut session, &dir),
        Command::Extract { places, urls, zone } => parts::extract(&mut session, &places, urls.as_deref(), zone.name),
        Command::Date { texts, batch, zone } => match batch {
            true => parts::date_batch(&mut session, zone.name),
            false => parts::date(&mut session, &texts, zone.name),
        },
    };
    let outcome = outcome.and_then(|status| session.out.flush().map(|()| status).map_err(Stop::from));
    match outcome {
        Ok(status) => status,
        Err(Stop::Failed(error)) => {
            session.out.trouble(&error);
            Status::of(&error)
        }
        // Whoever read the output has seen enough.
        Err(Stop::Gone(Gone(cause))) if cause.kind() == io::ErrorKind::BrokenPipe => Status::Done,
        Err(Stop::Gone(Gone(cause))) => {
            session.out.trouble(&Error::output("standard output", cause));
            Status::SomeFailed
        }
    }
}

/// Why a command ended early.
pub enum Stop {
    /// Something failed that ends the command.
    Failed(Error),
    /// Nobody reads the output.
    Gone(Gone),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::Failed(error)
    }
}

impl From<Gone> for Stop {
    fn from(gone: Gone) -> Stop {
        Stop::Gone(gone)
    }
}

/// How a command ends.
pub type Outcome = std::result::Result<Status, Stop>;

/// What a person calls a place: `-`, an address, else a path.
fn source(place: &str) -> Result<Source> {
    if place == "-" {
        return Ok(Source::Stdin);
    }
    match Url::parse(place) {
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            Err(Error::Usage { what: "an address with a name or password in it is not read".to_owned(), hint: None })
        }
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(Source::Url(url)),
        // A name with a colon in it, or a drive letter.
        _ if Path::new(place).exists() => Ok(Source::Path(place.into())),
        Ok(url) if place.contains("://") => Err(Error::Usage {
            what: format!("`{place}` cannot be read: `{}:` is neither http nor https", url.scheme()),
            hint: Some("save it to a file and give its name".to_owned()),
        }),
        _ => Ok(Source::Path(place.into())),
    }
}

/// The definitions that can be used, with a complaint printed about each other one. A name in `only` must be one of a
/// feed; if its definition cannot be used, nothing is left to do.
fn definitions(
    session: &mut Session,
    settings: &config::Settings,
    only: &[String],
) -> Result<(Vec<config::Definition>, Status)> {
    let mut status = Status::Done;
    let mut good = Vec::new();
    let mut names = Vec::new();
    for (name, definition) in config::definitions(&session.root, settings)? {
        names.push(name);
        match definition {
            Ok(definition) => good.push(definition),
            Err(error) => {
                session.out.trouble(&error);
                status = status.max(Status::of(&error));
            }
        }
    }
    if names.is_empty() {
        return Err(Error::Usage {
            what: format!("there is no feed under `{}`", session.root.join("feeds").display()),
            hint: Some(config::FIRST_FEED.to_owned()),
        });
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    if let Some(name) = only.iter().find(|name| !names.contains(&name.as_str())) {
        let hint = match config::nearest(name, &names) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("a feed is made by writing `feeds/{name}/feed.toml`; there are: {}", names.join(", ")),
        };
        return Err(Error::Usage { what: format!("there is no feed `{name}`"), hint: Some(hint) });
    }
    if !only.is_empty() && !good.iter().any(|definition| only.contains(&definition.name)) {
        good.clear();
    }
    Ok((good, status))
}
