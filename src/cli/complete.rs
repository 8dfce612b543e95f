//! What shells and `man` know of the commands, made of their definitions.

use super::args::Arguments;
use super::{Outcome, Session, Status};
use crate::archive;
use crate::config;
use crate::error::Error;
use chrono::DateTime;
use clap::{CommandFactory, ValueEnum};
use clap_complete::engine::CompletionCandidate;
use clap_complete::env::{CompleteEnv, Shells};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// The variable by which a shell asks what may stand next.
const VARIABLE: &str = "DEPESCHE_COMPLETE";

/// A shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// bash
    Bash,
    /// zsh
    Zsh,
    /// fish
    Fish,
    /// elvish
    Elvish,
    /// PowerShell
    Powershell,
}

/// Answers a shell that asks what may stand next; `None` if none asks.
pub fn answer() -> Option<Status> {
    std::env::var_os(VARIABLE)?;
    let here = std::env::current_dir().ok();
    match CompleteEnv::with_factory(Arguments::command).var(VARIABLE).try_complete(std::env::args_os(), here.as_deref())
    {
        Ok(true) => Some(Status::Done),
        Ok(false) => None,
        Err(_) => Some(Status::Usage),
    }
}

/// `depesche completions`
pub fn completions(session: &mut Session, shell: Shell) -> Outcome {
    let name = match shell {
        Shell::Bash => "bash",
        Shell::Zsh => "zsh",
        Shell::Fish => "fish",
        Shell::Elvish => "elvish",
        Shell::Powershell => "powershell",
    };
    let shells = Shells::builtins();
    let mut script = Vec::new();
    if let Some(completer) = shells.completer(name) {
        completer
            .write_registration(VARIABLE, "depesche", "depesche", "depesche", &mut script)
            .map_err(|cause| Error::output("standard output", cause))?;
    }
    for line in String::from_utf8_lossy(&script).lines() {
        session.out.script(line)?;
    }
    Ok(Status::Done)
}

/// `depesche man`
pub fn man(session: &mut Session, dir: &Path) -> Outcome {
    let failed = |cause| Error::output(dir, cause);
    fs::create_dir_all(dir).map_err(failed)?;
    clap_mangen::generate_to(Arguments::command().disable_help_subcommand(true), dir).map_err(failed)?;
    let entries = fs::read_dir(dir).map_err(failed)?.flatten();
    let pages = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("depesche")).count();
    if !session.out.quiet {
        session.out.line(&format!("{} in {}/", crate::text::count(pages, "page"), dir.display()))?;
    }
    Ok(Status::Done)
}

/// The folder that the command line being completed works on.
fn root() -> PathBuf {
    let mut arguments = std::env::args_os();
    while let Some(argument) = arguments.next() {
        let Some(text) = argument.to_str() else { continue };
        if text == "--root" {
            return arguments.next().map(PathBuf::from).unwrap_or_default();
        }
        if let Some(root) = text.strip_prefix("--root=") {
            return root.into();
        }
    }
    PathBuf::new()
}

/// The names of feeds.
pub fn feeds(current: &OsStr) -> Vec<CompletionCandidate> {
    let begins = |name: &String| current.to_str().is_some_and(|beginning| name.starts_with(beginning));
    let mut names: Vec<String> = config::names(&root()).into_iter().filter(begins).collect();
    names.sort();
    names.into_iter().map(CompletionCandidate::new).collect()
}

/// The ids that begin so, from two digits on, with their titles.
pub fn ids(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(beginning) = current.to_str().filter(|beginning| beginning.len() >= 2) else { return Vec::new() };
    let digits: String = beginning.chars().filter(|c| *c != '-').flat_map(char::to_lowercase).collect();
    let found = archive::ask(&root().join("archive"), DateTime::UNIX_EPOCH, |index| index.candidates(&digits));
    let (found, _) = found.unwrap_or_default();
    let candidate = |(id, title): (crate::model::ArticleId, String)| {
        CompletionCandidate::new(id.to_string()).help(Some(crate::text::escape_terminal(&title).into()))
    };
    found.into_iter().map(candidate).collect()
}
