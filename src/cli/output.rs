//! The only place that prints. Untrusted text reaches a terminal only through [`escape_terminal`]; a reader that went
//! away (a broken pipe) ends the output quietly.

use crate::error::Error;
use crate::text::{escape_json, escape_terminal, escape_uri};
use std::borrow::Cow;
use std::ffi::OsStr;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::ops::Range;
use std::process::{Child, Command, ExitStatus, Stdio};
use unicode_width::UnicodeWidthStr;

/// Where a command prints to.
pub struct Output {
    out: BufWriter<Box<dyn Write>>,
    /// What a long text is read in.
    pager: Option<Child>,
    /// Print nothing but what failed.
    pub quiet: bool,
    /// Also print warnings.
    pub verbose: bool,
}

/// What a piece of text looks like on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// As any other.
    Plain,
    /// It went: red and struck through.
    Gone,
    /// It came: green.
    Come,
    /// It stands above others: bold.
    Head,
    /// It stands behind others: dim.
    Dim,
    /// It answers a query: bold and yellow.
    Mark,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span<'a> {
    /// What it says.
    pub text: Cow<'a, str>,
    /// What it looks like.
    pub style: Style,
    /// Where it leads.
    pub link: Option<&'a str>,
}

impl<'a> Span<'a> {
    /// A piece that leads nowhere.
    pub fn new(style: Style, text: impl Into<Cow<'a, str>>) -> Span<'a> {
        Span { text: text.into(), style, link: None }
    }
}

/// The reader of the output went away, or it cannot be written: nothing more to say.
#[derive(Debug)]
pub struct Gone(pub io::Error);

impl Output {
    /// Standard output and standard error.
    pub fn new(quiet: bool, verbose: bool) -> Output {
        Output { out: BufWriter::new(Box::new(io::stdout())), pager: None, quiet, verbose }
    }

    /// A line of the answer.
    pub fn line(&mut self, text: &str) -> Result<(), Gone> {
        writeln!(self.out, "{}", escape_terminal(text)).map_err(Gone)
    }

    /// Lines whose tabs part what stands between them.
    pub fn fields(&mut self, text: &str) -> Result<(), Gone> {
        for line in text.split('\n') {
            let fields: Vec<String> = line.split('\t').map(escape_terminal).collect();
            writeln!(self.out, "{}", fields.join("\t")).map_err(Gone)?;
        }
        Ok(())
    }

    /// A line of a script, which is ours: its tabs stay.
    pub fn script(&mut self, text: &str) -> Result<(), Gone> {
        writeln!(self.out, "{text}").map_err(Gone)
    }

    /// Whether a person looks at a terminal that shows colours (<https://no-color.org>).
    pub fn colours(&self) -> bool {
        io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
    }

    /// How many columns the terminal has that a person looks at; `None` if the answer goes elsewhere.
    pub fn width(&self) -> Option<usize> {
        if !io::stdout().is_terminal() {
            return None;
        }
        Some(terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0)).max(20))
    }

    /// A line of pieces; for terminals only. Colours are left out where they are not wanted, links where the terminal is
    /// known to have none.
    pub fn spans(&mut self, spans: &[Span]) -> Result<(), Gone> {
        let colours = self.colours();
        let links = std::env::var_os("TERM").is_none_or(|term| term != "dumb" && term != "linux");
        for Span { text, style, link } in spans {
            let code = match style {
                _ if !colours => "",
                Style::Plain => "",
                Style::Gone => "31;9",
                Style::Come => "32",
                Style::Head => "1",
                Style::Dim => "2",
                Style::Mark => "1;33",
            };
            let text = escape_terminal(text);
            let text = if code.is_empty() { text } else { format!("\x1b[{code}m{text}\x1b[0m") };
            match link.filter(|_| links) {
                // What no address may carry is written in percents: it ends no sequence.
                Some(link) => write!(self.out, "\x1b]8;;{}\x1b\\{text}\x1b]8;;\x1b\\", escape_uri(link)),
                None => write!(self.out, "{text}"),
            }
            .map_err(Gone)?;
        }
        writeln!(self.out).map_err(Gone)
    }

    /// Lets what follows be read in a pager, `$PAGER` or `less`; where there is none, it is printed.
    pub fn page(&mut self) {
        let wanted = std::env::var("PAGER").ok().filter(|pager| !pager.trim().is_empty());
        let pager = wanted.unwrap_or_else(|| "less".to_owned());
        let mut words = pager.split_whitespace();
        let Some(program) = words.next() else { return };
        let mut command = Command::new(program);
        command.args(words).stdin(Stdio::piped());
        if std::env::var_os("LESS").is_none() {
            // It ends at once if all fits, and shows colours.
            command.env("LESS", "FRX");
        }
        let Ok(mut child) = command.spawn() else { return };
        if let Some(input) = child.stdin.take() {
            self.out = BufWriter::new(Box::new(input));
            self.pager = Some(child);
        }
    }

    /// A line of JSON.
    pub fn json(&mut self, value: &serde_json::Value) -> Result<(), Gone> {
        writeln!(self.out, "{}", escape_json(&value.to_string())).map_err(Gone)
    }

    /// A line of JSON as it stands in the archive: what a terminal would obey is written as JSON can.
    pub fn raw(&mut self, line: &[u8]) -> Result<(), Gone> {
        let text = String::from_utf8_lossy(line);
        writeln!(self.out, "{}", escape_json(&text)).map_err(Gone)
    }

    /// Hands everything on, and waits until it is read.
    pub fn flush(&mut self) -> Result<(), Gone> {
        let flushed = self.out.flush().map_err(Gone);
        if let Some(mut pager) = self.pager.take() {
            // It ends when nothing more can come.
            self.out = BufWriter::new(Box::new(io::sink()));
            let _ = pager.wait();
        }
        flushed
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

    /// A line that belongs to what is told next, on standard error.
    pub fn aside(&mut self, text: &str) {
        let _ = self.out.flush();
        let _ = writeln!(io::stderr(), "  {}", escape_terminal(text));
    }

    /// Something that a person should know, though nothing failed.
    pub fn notice(&mut self, text: &str) {
        if !self.quiet {
            let _ = self.out.flush();
            let _ = writeln!(io::stderr(), "depesche: {}", escape_terminal(text));
        }
    }
}

/// Runs a program with one argument, without a word of it on the terminal.
pub fn quietly(program: &OsStr, argument: &str) -> io::Result<ExitStatus> {
    let nothing = Stdio::null;
    Command::new(program).arg(argument).stdin(nothing()).stdout(nothing()).stderr(nothing()).status()
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
