//! The command line as clap knows it: names, options, and the prose of the help.

use super::complete::{self, Shell};
use super::stats::By;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use clap::{Args, Parser, Subcommand};
use clap_complete::engine::ArgValueCompleter;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// Reads articles, keeps every one of them, and publishes them as RSS, Atom and JSON feeds.
#[derive(Debug, Parser)]
#[command(
    name = "depesche",
    version,
    max_term_width = 100,
    after_help = "Exit status: 0 done · 1 done, but some sources or articles failed · 2 wrong usage or definition · \
                  3 the archive cannot be used · 4 another process is writing · 130 and 143 ended by a signal."
)]
pub struct Arguments {
    #[command(flatten)]
    pub common: Common,
    #[command(subcommand)]
    pub command: Command,
}

/// The arguments of the process. To clap, `-Werbung` in a query would be options: with a minus sign in the place of the
/// hyphen, which means the same in a query, it is a word.
pub fn arguments() -> Vec<OsString> {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    let asks = |argument: &OsString| argument == "search" || argument == "list" || argument == "stats";
    let behind = arguments.iter().position(asks).map_or(arguments.len(), |at| at + 1);
    for argument in &mut arguments[behind..] {
        let Some(word) = argument.to_str().and_then(|text| text.strip_prefix('-')) else { continue };
        let options = word.chars().all(|c| "qvh".contains(c));
        if !options && !word.starts_with('-') {
            *argument = format!("\u{2212}{word}").into();
        }
    }
    arguments
}

/// What every command takes.
#[derive(Debug, Args)]
pub struct Common {
    /// The folder that everything lies under: feeds/, archive/, public/, depesche.toml
    #[arg(long, global = true, value_name = "DIR", default_value = ".", help_heading = "Common options")]
    pub root: PathBuf,
    /// Print JSON instead of text: one object a line
    #[arg(long, global = true, help_heading = "Common options")]
    pub json: bool,
    /// Print nothing but what failed
    #[arg(short, long, global = true, help_heading = "Common options")]
    pub quiet: bool,
    /// Also print what was odd about documents that were read
    #[arg(short, long, global = true, conflicts_with = "quiet", help_heading = "Common options")]
    pub verbose: bool,
    /// Take this moment for now: RFC 3339, for runs that can be repeated
    #[arg(long, global = true, value_name = "TIME", value_parser = moment, help_heading = "Common options")]
    pub now: Option<DateTime<Utc>>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read the sources, keep what is new, publish what changed
    ///
    /// This is the main job, made to be run by a schedule. Reads the sources of every feed (or of the named ones),
    /// keeps new and changed articles in archive/, and writes public/NAME/rss.xml, atom.xml, feed.json and index.html.
    /// A file that would not change is not touched. A source that fails is named and does not stop the others. Sources on
    /// the web are read when they are due: as `every` says, or by the rhythm that is learnt, between ten minutes and a day.
    #[command(after_help = "Examples:\n  depesche update\n  depesche update beispiel --json")]
    Update {
        /// Names of feeds; all, if none is given
        #[arg(value_name = "FEED", add = ArgValueCompleter::new(complete::feeds))]
        feeds: Vec<String>,
        /// Also read sources that are not due yet
        #[arg(long)]
        all: bool,
        /// Print what would be new, revised, known or refused, and by which rule; keep and publish nothing
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        wait: Wait,
    },
    /// Look at an address and make a feed of it
    ///
    /// Finds out what is there: a feed, a page that offers one, a page that lists articles, a sitemap. Shows its newest entries as
    /// they would be kept, and writes feeds/NAME/feed.toml. Nothing is kept or published before the next update. With --json, one
    /// object: address, kind, source, full, findings, entries, newest, name, definition, written.
    #[command(after_help = "Examples:\n  depesche add https://blatt.example/aktuelles\n  \
                            depesche add blatt.example --name blatt --dry-run")]
    Add {
        /// An http(s) address
        #[arg(value_name = "ADDRESS")]
        address: String,
        /// The name of the feed; made of the address, if none is given
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// Print the definition, and write nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Tell how the sources are: what fails or is unusual, the last good look, the next one
    ///
    /// Needs no lock: it works while an update is running. Exit status 1 if a source fails or is unusual. With --json, one
    /// object a source: feed, source, state (good, odd, failing, new), good, news, next, usual, failures, failing_since, troubles.
    #[command(
        after_help = "Examples:\n  depesche status\n  depesche status --json | jq -r 'select(.state != \"good\") | .source'"
    )]
    Status {
        /// Names of feeds; all, if none is given
        #[arg(value_name = "FEED", add = ArgValueCompleter::new(complete::feeds))]
        feeds: Vec<String>,
    },
    /// Read single files, folders, addresses or standard input into a feed
    ///
    /// The feed must be defined; what is kept is published with it. Kinds are found out by looking: plain text,
    /// Markdown, HTML pages, RSS, Atom and JSON feeds.
    #[command(after_help = "Examples:\n  depesche ingest brief.txt seiten/ --feed beispiel\n  \
                            curl -s https://blatt.example/a | depesche ingest - --feed beispiel")]
    Ingest {
        /// Files, folders, http(s) addresses, or `-` for standard input
        #[arg(value_name = "PLACE", required = true)]
        places: Vec<String>,
        /// The feed that they go into
        #[arg(long, value_name = "NAME", add = ArgValueCompleter::new(complete::feeds))]
        feed: String,
        #[command(flatten)]
        wait: Wait,
    },
    /// Write the feeds again from the archive
    ///
    /// Reads no source. Useful after a definition, the settings or depesche itself have changed, or when public/ was
    /// lost. Closed documents (archive/NNNN) that are there stay as they are; one that is missing is made again.
    #[command(after_help = "Examples:\n  depesche publish\n  depesche publish beispiel")]
    Publish {
        /// Names of feeds; all, if none is given
        #[arg(value_name = "FEED", add = ArgValueCompleter::new(complete::feeds))]
        feeds: Vec<String>,
        /// Write a feed even if it loses entries that the archive does not know any more
        #[arg(long)]
        accept_loss: bool,
        #[command(flatten)]
        wait: Wait,
    },
    /// Find articles by what they say, the best answer first
    ///
    /// Words are found in any inflection and as parts of compounds: `Gesetz` finds `Haushaltsgesetze`. `"…"` finds words one
    /// behind the other, `-word` leaves out, `OR` takes either, `klima*` finds beginnings. Fields: title, author, tag, feed,
    /// site, language, since, until, on, with dates in any form that `depesche date` reads. Needs no lock: it works while an
    /// update is running. With --json, the objects of list.
    #[command(after_help = "Examples:\n  depesche search 'Klimaschutz -Werbung seit:30d'\n  \
                            depesche search 'title:Haushalt OR \"neuer Etat\"' --newest --limit 50")]
    Search {
        /// What is looked for
        #[arg(value_name = "QUERY", required = true)]
        query: Vec<String>,
        /// The newest first, rather than the best
        #[arg(long)]
        newest: bool,
        /// At most this many
        #[arg(long, value_name = "N", default_value = "20")]
        limit: usize,
        #[command(flatten)]
        page: Paging,
        #[command(flatten)]
        zone: Zone,
    },
    /// List what is kept, newest first
    ///
    /// A query, as for search, leaves out what does not answer it. Needs no lock: it works while an update is running. With
    /// --json, one object an article: id, feed, title, link, published, published_precision, updated, authors, first_seen,
    /// revision.
    #[command(after_help = "Examples:\n  depesche list --limit 20\n  depesche list --feed beispiel --json | jq .title")]
    List {
        /// Only what answers this
        #[arg(value_name = "QUERY")]
        query: Vec<String>,
        /// Only articles that this feed lists; may be given several times
        #[arg(long, value_name = "NAME", add = ArgValueCompleter::new(complete::feeds))]
        feed: Vec<String>,
        /// At most this many
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
        #[command(flatten)]
        page: Paging,
        /// Only what changed after it was first kept: changed headlines first, then the last change
        ///
        /// With --json, adds seen, changed and before to each object.
        #[arg(long, conflicts_with_all = ["query", "until", "offset", "format"])]
        revised: bool,
        /// Only what was published since then, in any form that `depesche date` reads; with --revised, what changed since then
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
        /// Only what was published until then
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
        #[command(flatten)]
        zone: Zone,
    },
    /// Count what is kept: articles, text, disk, by feed, month, author, tag or site
    ///
    /// A query, as for search, counts only what answers it. With --by, so many of each, on a terminal with bars. With --json, one
    /// object: articles, text_bytes, first, last, disk, feeds; with --by, one object each: by, name, articles.
    #[command(after_help = "Examples:\n  depesche stats\n  depesche stats --by month Klimaschutz seit:2023")]
    Stats {
        /// Only what answers this
        #[arg(value_name = "QUERY")]
        query: Vec<String>,
        /// By what they are counted
        #[arg(long, value_enum, value_name = "WHAT")]
        by: Option<By>,
        /// At most so many of each; of months, the last ones
        #[arg(long, value_name = "N", requires = "by")]
        limit: Option<usize>,
        #[command(flatten)]
        zone: Zone,
    },
    /// Show an article, for reading
    ///
    /// The id may be shortened as long as it is the only one that begins so. On a terminal with headings, wrapped, in a pager
    /// ($PAGER, else less); elsewhere plain. With --json, adds text, html and revisions to what list prints.
    #[command(after_help = "Examples:\n  depesche show 3f2a9c\n  depesche show 3f2a9c --json | jq -r .text")]
    Show {
        /// The id, or its beginning
        #[arg(add = ArgValueCompleter::new(complete::ids))]
        id: String,
        /// Print its HTML
        #[arg(long, conflicts_with = "json")]
        html: bool,
        /// Open its address in a browser: $BROWSER, else that of the desktop
        #[arg(long, conflicts_with_all = ["html", "json"])]
        open: bool,
        /// Print it at once, without a pager
        #[arg(long)]
        no_pager: bool,
    },
    /// Show what changed in an article
    ///
    /// Compares the newest revision with the one before, or those that are named: words in colour on a terminal, a unified diff
    /// elsewhere. With --json, one object: id, from, to, changes (pieces that are the same, gone or come).
    #[command(after_help = "Examples:\n  depesche diff 3f2a9c\n  depesche diff 3f2a9c --from 1 --to 3")]
    Diff {
        /// The id, or its beginning
        #[arg(add = ArgValueCompleter::new(complete::ids))]
        id: String,
        /// The older revision; the one before the newer, if it is not given
        #[arg(long, value_name = "N")]
        from: Option<u32>,
        /// The newer revision; the newest, if it is not given
        #[arg(long, value_name = "N")]
        to: Option<u32>,
    },
    /// Tell why an article is one: its keys, its places, each decision with its reason
    ///
    /// So one sees why two things were taken for one, or one for two. Needs no lock. With --json, one object: id, title, feeds,
    /// keys, events. For an address or a file, tells what would be decided about each article there, and by which rule, as
    /// `update --dry-run` does, keeping nothing.
    #[command(after_help = "Examples:\n  depesche explain 3f2a9c\n  depesche explain https://blatt.example/feed.xml")]
    Explain {
        /// The id, or its beginning; or an address or a file
        #[arg(value_name = "ID|PLACE", add = ArgValueCompleter::new(complete::ids))]
        id: String,
    },
    /// Undo a join: another paper's words become an article of their own
    ///
    /// Undoes a wrong join of near-duplicates (`duplicates` in a definition); explain shows them. They are never joined
    /// again, and the feeds that changed are published.
    #[command(after_help = "Examples:\n  depesche split 3f2a9c\n  \
                            depesche split 3f2a9c --place https://bote.example/artikel")]
    Split {
        /// The id of the article that they were joined to, or its beginning
        id: String,
        /// Only what stands there: its link, or the document that it was found in
        #[arg(long, value_name = "PLACE")]
        place: Option<String>,
        #[command(flatten)]
        wait: Wait,
    },
    /// Look whether everything is there as it was written
    ///
    /// Reads the whole journal with its checksums and compares the catalogue and the index with it. Mends nothing: what is wrong is named, with
    /// the way out, and the exit status is 3. With --json, one object: files, lines, articles, faults.
    #[command(after_help = "Examples:\n  depesche verify\n  depesche verify --json | jq .faults")]
    Verify {
        #[command(flatten)]
        wait: Wait,
    },
    /// Make the catalogue again from the journal
    ///
    /// This happens by itself when the catalogue is broken. Nothing that is kept is lost by it, and no published byte changes. If it
    /// is interrupted, the next command that writes goes on with it.
    #[command(after_help = "Examples:\n  depesche rebuild\n  depesche rebuild --quiet --wait 60")]
    Rebuild {
        #[command(flatten)]
        wait: Wait,
    },
    /// Make the archive small: pack it anew, and drop what was forgotten
    ///
    /// Puts the small frames of many runs together, packs with a dictionary once there is enough to learn from, and writes each file
    /// beside before it takes the place of the old one: it may be killed at any moment. Useful once a month. With --json, one
    /// object: files, rewritten, dropped, before, after (bytes).
    #[command(after_help = "Examples:\n  depesche compact\n  depesche compact --json | jq .after")]
    Compact {
        #[command(flatten)]
        wait: Wait,
    },
    /// Forget articles for good, and take them from the feeds
    ///
    /// Their content leaves the archive and public/ at once; what is left keeps them from coming back, and leaves the numbers of
    /// closed documents as they are. --feed and --before may be combined: what the feed lists and was published before.
    #[command(
        after_help = "Examples:\n  depesche forget 3f2a9c1e\n  depesche forget --feed blatt --before 2020-01-01 --dry-run"
    )]
    Forget {
        #[command(flatten)]
        meant: Meant,
        /// Print how many would be forgotten, and forget none
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        wait: Wait,
    },
    /// Print the whole archive as JSON lines
    ///
    /// All revisions, keys and decisions, what is left of what was forgotten, and the states of the sources. Needs no lock.
    #[command(after_help = "Examples:\n  depesche export | zstd > archiv.jsonl.zst\n  depesche export | jq -r .line")]
    Export,
    /// Take in what export printed, into an archive that is empty
    ///
    /// All of it or nothing: what was cut off is refused. Feeds published from it have the same bytes as before.
    #[command(
        after_help = "Examples:\n  depesche import archiv.jsonl --root neu\n  zstdcat archiv.jsonl.zst | depesche import -"
    )]
    Import {
        /// The file, or `-` for standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        wait: Wait,
    },
    /// Print what would be understood, keeping nothing
    ///
    /// One JSON object a line and document: file, url, kind, feed, articles, warnings. Exit status 1 if a document could
    /// not be understood.
    #[command(after_help = "Examples:\n  depesche extract artikel.html\n  depesche extract --urls urls.tsv seiten/")]
    Extract {
        /// Files, folders, http(s) addresses, or `-` for standard input
        #[arg(value_name = "PLACE", required = true)]
        places: Vec<String>,
        /// File names and the addresses they were saved from, parted by a tab, a line each
        #[arg(long, value_name = "FILE")]
        urls: Option<PathBuf>,
        #[command(flatten)]
        zone: Zone,
    },
    /// Read German dates
    ///
    /// Prints RFC 3339 for each text, or `none`, a line each. What the text does not say is assumed, and with --json
    /// marked as assumed. Exit status 1 if a text was no date.
    #[command(after_help = "Examples:\n  depesche date '28. August 2024, 14:30 Uhr'\n  \
                            depesche date --now 2024-08-28T12:00:00Z 'gestern um 18:05' --json")]
    Date {
        /// Texts, each with one date
        #[arg(value_name = "TEXT", required_unless_present = "batch")]
        texts: Vec<String>,
        /// Read JSON lines {"input", "reference_now"} from standard input
        #[arg(long, conflicts_with = "texts")]
        batch: bool,
        #[command(flatten)]
        zone: Zone,
    },
    /// Print what a shell needs to complete commands, names of feeds and ids
    ///
    /// The script asks depesche itself, so that it completes what the archive has. It goes where the shell looks for such:
    /// `source <(depesche completions bash)` in ~/.bashrc, a file _depesche on the fpath of zsh, a file in fish's completions/.
    #[command(after_help = "Examples:\n  depesche completions bash | sudo tee /etc/bash_completion.d/depesche\n  \
                            depesche completions fish | tee ~/.config/fish/completions/depesche.fish")]
    Completions {
        /// Which shell
        #[arg(value_enum, value_name = "SHELL")]
        shell: Shell,
    },
    /// Write manual pages, one for each command
    ///
    /// They say what the help says, as `man depesche`, `man depesche-update` and so on.
    #[command(after_help = "Examples:\n  depesche man /usr/local/share/man/man1\n  depesche man seiten/")]
    Man {
        /// The folder that they are written to
        #[arg(value_name = "DIR")]
        dir: PathBuf,
    },
}

/// For commands that answer with articles.
#[derive(Debug, Args)]
pub struct Paging {
    /// Pass over this many
    #[arg(long, value_name = "N", default_value = "0")]
    pub offset: usize,
    /// What a line looks like: text with {id}, {short}, {date}, {time}, {published}, {updated}, {title}, {link}, {feed},
    /// {feeds}, {authors}, {tags} and {revision}
    #[arg(long, value_name = "FORMAT", conflicts_with = "json")]
    pub format: Option<String>,
}

/// Which articles are meant.
#[derive(Debug, Args)]
pub struct Meant {
    /// Ids, or their beginnings
    #[arg(value_name = "ID", required_unless_present_any = ["feed", "before"], conflicts_with_all = ["feed", "before"])]
    pub ids: Vec<String>,
    /// All that this feed lists
    #[arg(long, value_name = "NAME")]
    pub feed: Option<String>,
    /// All that was published before then, in any form that `depesche date` reads
    #[arg(long, value_name = "DATE")]
    pub before: Option<String>,
    #[command(flatten)]
    pub zone: Zone,
}

/// For commands that write.
#[derive(Debug, Args)]
pub struct Wait {
    /// Wait so long for another process that is writing
    #[arg(long = "wait", value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub duration: Duration,
}

/// For commands that read dates without a definition.
#[derive(Debug, Args)]
pub struct Zone {
    /// The time zone of dates that name none
    #[arg(long = "zone", value_name = "ZONE", default_value = "Europe/Berlin", value_parser = zone)]
    pub name: Tz,
}

fn moment(text: &str) -> Result<DateTime<Utc>, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|moment| moment.to_utc())
        .map_err(|_| "write it as RFC 3339, such as 2024-08-28T14:30:00+02:00".to_owned())
}

fn seconds(text: &str) -> Result<Duration, String> {
    text.parse().map(Duration::from_secs).map_err(|_| "write a whole number of seconds".to_owned())
}

fn zone(text: &str) -> Result<Tz, String> {
    text.parse().map_err(|_| "write a name of the IANA database, such as Europe/Vienna".to_owned())
}
