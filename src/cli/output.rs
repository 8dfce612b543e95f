//! The only place that prints. Untrusted text reaches a terminal only through [`escape_terminal`]; a reader that went
//! away (a broken pipe) ends the output quietly.

use crate::error::Error;
use crate::text::{escape_json, escape_terminal};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::ops::Range;
use unicode_width::UnicodeWidthStr;

/// Where a command prints to.
pub struct Output {
    out: BufWriter<io::Stdout>,
    /// Print nothing but what failed.
    pub quiet: bool,
    /// Also print warnings.
    pub verbose: bool,
}

/// What happened to a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It stayed.
    None,
    /// It went.
    Gone,
    /// It came.
    Come,
}

/// The reader of the output went away, or it cannot be written: nothing more to say.
#[derive(Debug)]
pub struct Gone(pub io::Error);

impl Output {
    /// Standard output and standard error.
    pub fn new(quiet: bool, verbose: bool) -> Output {
        Output { out: BufWriter::new(io::stdout()), quiet, verbose }
    }

    /// A line of the answer.
    pub fn line(&mut self, text: &str) -> Result<(), Gone> {
        writeln!(self.out, "{}", escape_terminal(text)).map_err(Gone)
    }

    /// Whether a person looks at a terminal that shows colours (<https://no-color.org>).
    pub fn colours(&self) -> bool {
        io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
    }

    /// A line of pieces, what went in red and struck through, what came in green; for [`colours`](Output::colours) only.
    pub fn changed(&mut self, pieces: &[(Change, &str)]) -> Result<(), Gone> {
        for (change, text) in pieces {
            let text = escape_terminal(text);
            match change {
                Change::None => write!(self.out, "{text}"),
                Change::Gone => write!(self.out, "\x1b[31;9m{text}\x1b[0m"),
                Change::Come => write!(self.out, "\x1b[32m{text}\x1b[0m"),
            }
            .map_err(Gone)?;
        }
        writeln!(self.out).map_err(Gone)
    }

    /// A line of JSON.
    pub fn json(&mut self, value: &serde_json::Value) -> Result<(), Gone> {
        writeln!(self.out, "{}", escape_json(&value.to_string())).map_err(Gone)
    }

    /// Hands everything on.
    pub fn flush(&mut self) -> Result<(), Gone> {
        self.out.flush().map_err(Gone)
    }

    /// What failed, with the way out. Standard error; that it cannot be written is nobody's to hear.
    pub fn trouble(&mut self, error: &Error) {
        let _ = self.out.flush();
        let _ = writeln!(io::stderr(), "depesche: {}", escape_terminal(&error.line()));
        if let Some(hint) = error.way_out() {
            let _ = writeln!(io::stderr(), "hint: {}", escape_terminal(hint));
        }
    }

    /// Shows where in a text something is wrong, on standard error.
    pub fn point(&mut self, text: &str, at: &Range<usize>) {
        let _ = self.out.flush();
        let before = UnicodeWidthStr::width(escape_terminal(text.get(..at.start).unwrap_or_default()).as_str());
        let length = UnicodeWidthStr::width(escape_terminal(text.get(at.clone()).unwrap_or_default()).as_str()).max(1);
        let _ = writeln!(io::stderr(), "  {}\n  {}{}", escape_terminal(text), " ".repeat(before), "^".repeat(length));
    }

    /// Something that a person should know, though nothing failed.
    pub fn notice(&mut self, text: &str) {
        if !self.quiet {
            let _ = self.out.flush();
            let _ = writeln!(io::stderr(), "depesche: {}", escape_terminal(text));
        }
    }
}

/// What clap says of the arguments, which it quotes as they are: help and version on standard output, complaints on
/// standard error.
pub fn clap(message: &clap::Error) {
    let said: Vec<String> = message.to_string().lines().map(escape_terminal).collect();
    let said = said.join("\n");
    let _ = match message.use_stderr() {
        true => writeln!(io::stderr(), "{said}"),
        false => writeln!(io::stdout(), "{said}"),
    };
}
