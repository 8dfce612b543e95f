//! Definitions and settings: what a person wrote into `feeds/NAME/feed.toml` and `depesche.toml`.
//!
//! In comes the folder that everything lies under, out come typed values with every default filled in. It reads
//! these files and nothing else, and never guesses: an unknown key is an error that names the nearest known one.

mod approach;
mod filter;
mod keys;
mod presentation;

pub use approach::Approach;
pub use filter::{Filter, Pattern};
pub use keys::nearest;
pub use presentation::{Content, Future, Limit, Presentation, Template};

use crate::error::{Error, Result};
use crate::extract::Limits;
use crate::model::{Proxy, Source};
use chrono_tz::Tz;
use keys::Table;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::Url;

/// Names that `public/` needs for itself.
const RESERVED: [&str; 5] = ["feed.css", "feeds.opml", "health", "index.html", "style.css"];

/// How a first feed is made.
pub const FIRST_FEED: &str = "a feed is a file `feeds/NAME/feed.toml` with three lines: `title = \"…\"`, `[[source]]`, \
                              `url = \"https://…\"`; or name another folder with `--root DIR`";

/// A feed definition with every default filled in.
#[derive(Debug, Clone)]
pub struct Definition {
    /// The name of its folder.
    pub name: String,
    /// Its folder, which the paths of its sources start from.
    pub dir: PathBuf,
    /// `title`: the name by default.
    pub title: String,
    /// `description`: empty by default.
    pub description: String,
    /// `link`: the site that the feed speaks of.
    pub link: Option<Url>,
    /// `language`: BCP 47, `de` by default.
    pub language: String,
    /// `zone`: of dates that name none, Europe/Berlin by default.
    pub zone: Tz,
    /// How it is shown.
    pub presentation: Presentation,
    /// `keep`, `drop`, `max_age`: which articles it wants.
    pub filter: Filter,
    /// `duplicates`: what becomes of another paper's copy of a kept article.
    pub duplicates: Duplicates,
    /// `feeds`: other feeds whose articles it lists as well.
    pub members: Members,
    /// `query`: what of the archive it lists besides, in the language of `depesche search`; of `feeds`, if these are named.
    pub query: Option<String>,
    /// `corrections`: of these, only what was revised after its publication.
    pub corrections: bool,
    /// `retention`: how much of what it found is kept; for ever, if nothing is said.
    pub retention: Option<Limit>,
    /// `split = "tag"`: beside it, a feed for each tag.
    pub by_tag: bool,
    /// `[[source]]`: where it reads.
    pub sources: Vec<Reading>,
}

impl Definition {
    /// Whether it lists what other feeds have found.
    pub fn is_composed(&self) -> bool {
        self.query.is_some() || self.members != Members::Named(Vec::new())
    }
}

/// A source, and how it is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Where.
    pub source: Source,
    /// How.
    pub approach: Approach,
}

/// What becomes of an article that is another paper's copy of a kept one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Duplicates {
    /// It is a further place of that one, which the feed lists.
    #[default]
    Join,
    /// It is an article of its own.
    Keep,
    /// It is a further place of that one, and the feed shows neither.
    Drop,
}

impl Duplicates {
    const WORDS: [(&str, Duplicates); 3] =
        [("join", Duplicates::Join), ("keep", Duplicates::Keep), ("drop", Duplicates::Drop)];
}

/// The feeds that a feed is made of, beside its own sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Members {
    /// These.
    Named(Vec<String>),
    /// `feeds = "all"`: every feed that has sources of its own.
    All,
}

/// What is common to all feeds: `depesche.toml`.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `base`: where `public/` will be seen, with a slash at the end.
    pub base: Option<Url>,
    /// `hub`: a WebSub hub that is told of changes and tells the subscribers.
    pub hub: Option<Url>,
    /// `allow`: hosts with port that may be read although they are no public addresses.
    pub allow: Vec<String>,
    /// `per_host`: connections to one host at a time, 1 by default.
    pub per_host: usize,
    /// `pause`: between two requests to one host, a second by default.
    pub pause: Duration,
    /// `contact`: an address for webmasters, sent in the User-Agent.
    pub contact: Option<String>,
    /// `timeout`: for the whole of a document, a minute by default.
    pub timeout: Duration,
    /// `proxy`: what the web is read through; nothing by default, whatever the environment says.
    pub proxy: Proxy,
    /// `max_megabytes`: of a document, decoded; 64 by default. In bytes.
    pub largest: usize,
    /// `max_entries` and `max_depth`: of a feed or sitemap, 100,000 and 512 by default.
    pub limits: Limits,
    /// `health`: whether the troubles of sources are published as a feed of their own.
    pub health: bool,
    defaults: Defaults,
}

/// Keys of a definition that may stand in the settings as well.
#[derive(Debug, Clone)]
struct Defaults {
    description: String,
    link: Option<Url>,
    language: String,
    zone: Tz,
    presentation: Presentation,
    title: Option<String>,
    duplicates: Duplicates,
    every: Option<Duration>,
    retention: Option<Limit>,
}

impl Defaults {
    /// These, where `table` says nothing else.
    fn with(self, table: &mut Table) -> Result<Defaults> {
        Ok(Defaults {
            title: table.string("title")?.or(self.title),
            description: table.string("description")?.unwrap_or(self.description),
            link: table.address("link")?.or(self.link),
            language: table.language("language")?.unwrap_or(self.language),
            zone: table.zone("zone")?.unwrap_or(self.zone),
            presentation: self.presentation.with(table)?,
            duplicates: table.choice("duplicates", &Duplicates::WORDS)?.unwrap_or(self.duplicates),
            every: table.duration("every")?.or(self.every),
            retention: table.retention("retention")?.unwrap_or(self.retention),
        })
    }
}

impl Default for Defaults {
    fn default() -> Defaults {
        Defaults {
            description: String::new(),
            link: None,
            language: "de".to_owned(),
            zone: chrono_tz::Europe::Berlin,
            presentation: Presentation::default(),
            title: None,
            duplicates: Duplicates::default(),
            every: None,
            retention: None,
        }
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            base: None,
            hub: None,
            allow: Vec::new(),
            per_host: 1,
            pause: Duration::from_secs(1),
            contact: None,
            timeout: Duration::from_secs(60),
            proxy: Proxy::None,
            largest: 64 << 20,
            limits: Limits::default(),
            health: false,
            defaults: Defaults::default(),
        }
    }
}

impl Settings {
    /// `zone`: of dates that name none, where no definition says otherwise.
    pub fn zone(&self) -> Tz {
        self.defaults.zone
    }
}

/// Reads `depesche.toml` under `root`; without one, everything has its default.
pub fn settings(root: &Path) -> Result<Settings> {
    let path = root.join("depesche.toml");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Settings::default()),
        Err(cause) => {
            return Err(Error::Definition { place: path.display().to_string(), cause: cause.into(), hint: None });
        }
    };
    let mut table = Table::parse(&path, &text)?;
    let mut settings = Settings { defaults: Defaults::default().with(&mut table)?, ..Settings::default() };
    if let Some(mut base) = table.address("base")? {
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        settings.base = Some(base);
    }
    settings.hub = table.address("hub")?;
    settings.allow = table.hosts("allow")?.unwrap_or_default();
    settings.per_host = table.count("per_host", 1..=64)?.unwrap_or(settings.per_host);
    settings.pause = table.duration("pause")?.unwrap_or(settings.pause);
    settings.contact = table.string("contact")?;
    settings.timeout = table.duration("timeout")?.filter(|time| !time.is_zero()).unwrap_or(settings.timeout);
    settings.proxy = table.proxy("proxy")?;
    settings.largest = table.count("max_megabytes", 1..=4096)?.map_or(settings.largest, |megabytes| megabytes << 20);
    settings.limits = Limits {
        entries: table.count("max_entries", 1..=10_000_000)?.unwrap_or(settings.limits.entries),
        depth: table.count("max_depth", 16..=4096)?.unwrap_or(settings.limits.depth),
    };
    settings.health = table.flag("health")?.unwrap_or_default();
    table.finish()?;
    if settings.hub.is_some() && settings.base.is_none() {
        return Err(Error::Definition {
            place: path.display().to_string(),
            cause: "`hub` needs `base`: a hub can only fetch what has an address".into(),
            hint: Some("add `base = \"https://…\"`, where public/ will be seen".to_owned()),
        });
    }
    Ok(settings)
}

/// Reads the definitions under `root/feeds`, with their names and in the order of these. One that cannot be used does not hinder the
/// others: its error stands in its place.
pub fn definitions(root: &Path, settings: &Settings) -> Result<Vec<(String, Result<Definition>)>> {
    let feeds = root.join("feeds");
    let failed = |cause: io::Error| Error::Definition {
        place: feeds.display().to_string(),
        hint: Some(FIRST_FEED.to_owned()),
        cause: match cause.kind() {
            io::ErrorKind::NotFound => "there is no such folder".into(),
            _ => cause.into(),
        },
    };
    let mut names = BTreeMap::new();
    for entry in fs::read_dir(&feeds).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let file = path.join("feed.toml");
        // What may not be looked at is told when it is read.
        let is_there = match file.symlink_metadata() {
            Err(cause) => cause.kind() == io::ErrorKind::PermissionDenied,
            Ok(_) => true,
        };
        if is_there {
            names.insert(path.file_name().unwrap_or_default().to_owned(), file);
        }
    }
    let mut taken: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut definitions = Vec::new();
    for (name, file) in names {
        let name = name.to_string_lossy().into_owned();
        // Web servers and file systems that do not tell `Blatt` from `blatt` would show one of the two.
        let twin = taken.insert(name.to_lowercase(), file.clone());
        let definition = match twin {
            Some(twin) => Err(Error::Definition {
                place: file.display().to_string(),
                cause: format!("its name differs from that of `{}` in upper and lower case only", twin.display())
                    .into(),
                hint: Some("rename one of the two folders".to_owned()),
            }),
            None => definition(&file, &name, settings),
        };
        definitions.push((name, definition));
    }
    // A feed that another one is made of must be there.
    let names: Vec<String> = definitions.iter().map(|(name, _)| name.clone()).collect();
    for (name, definition) in &mut definitions {
        let Ok(Definition { members: Members::Named(members), .. }) = definition else { continue };
        let Some(unknown) = members.iter().find(|member| !names.contains(member) || *member == name) else { continue };
        let names: Vec<&str> = names.iter().map(String::as_str).filter(|other| other != name).collect();
        *definition = Err(Error::Definition {
            place: feeds.join(&*name).join("feed.toml").display().to_string(),
            cause: format!("`feeds` names `{unknown}`, which is no other feed").into(),
            hint: Some(match nearest(unknown, &names) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are {}", names.join(", ")),
            }),
        });
    }
    Ok(definitions)
}

/// The names under `root/feeds`, whether their definitions can be used or not.
pub fn names(root: &Path) -> Vec<String> {
    let entries = fs::read_dir(root.join("feeds")).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// Reads one definition.
fn definition(file: &Path, name: &str, settings: &Settings) -> Result<Definition> {
    let failed = |cause: crate::error::Cause, hint: Option<&str>| Error::Definition {
        place: file.display().to_string(),
        cause,
        hint: hint.map(str::to_owned),
    };
    if !is_name(name) {
        let cause = format!("`{name}` cannot be the name of a feed");
        let hint = "a name is a part of an address: ASCII letters, digits, `-`, `_` and `.`, a letter or digit first";
        return Err(failed(cause.into(), Some(hint)));
    }
    let text = fs::read_to_string(file).map_err(|cause| failed(cause.into(), None))?;
    let mut table = Table::parse(file, &text)?;
    let Defaults { title, description, link, language, zone, presentation, duplicates, every, retention } =
        settings.defaults.clone().with(&mut table)?;
    let filter =
        Filter { keep: table.patterns("keep")?, drop: table.patterns("drop")?, max_age: table.duration("max_age")? };
    let members = table.members("feeds")?;
    let query = table.query("query", zone)?;
    let corrections = table.flag("corrections")?.unwrap_or_default();
    if corrections && members == Members::Named(Vec::new()) {
        let hint = "add `feeds = [\"…\"]`, or `feeds = \"all\"`";
        return Err(failed("`corrections` needs the feeds that it watches".into(), Some(hint)));
    }
    let by_tag = table.choice("split", &[("tag", true), ("none", false)])?.unwrap_or_default();
    let dir = file.parent().unwrap_or(file).to_owned();
    let mut sources = Vec::new();
    for mut entry in table.tables("source")? {
        let source = match (entry.address("url")?, entry.string("path")?) {
            (Some(url), None) => Source::Url(url),
            (None, Some(path)) => Source::Path(dir.join(path)),
            _ => {
                let hint = "write `url = \"https://…\"` or `path = \"…\"`, relative to the feed's folder";
                return Err(failed("a `[[source]]` has either a `url` or a `path`".into(), Some(hint)));
            }
        };
        let approach = Approach::read(&mut entry, every)?;
        entry.finish()?;
        sources.push(Reading { source, approach });
    }
    table.finish()?;
    let title = title.unwrap_or_else(|| name.to_owned());
    let name = name.to_owned();
    Ok(Definition {
        name,
        dir,
        title,
        description,
        link,
        language,
        zone,
        presentation,
        filter,
        duplicates,
        members,
        query,
        corrections,
        retention,
        by_tag,
        sources,
    })
}

/// Writes the definition of a new feed, and reads it again.
///
/// # Errors
/// If there is one of this name, if it cannot be written, or cannot be used.
pub fn write(root: &Path, name: &str, text: &str, settings: &Settings) -> Result<()> {
    let file = root.join("feeds").join(name).join("feed.toml");
    let failed = |cause: crate::error::Cause, hint: &str| Error::Definition {
        place: file.display().to_string(),
        cause,
        hint: Some(hint.to_owned()),
    };
    if names(root).iter().any(|taken| taken.eq_ignore_ascii_case(name)) {
        return Err(failed("there is a feed of this name".into(), "choose another one with `--name`"));
    }
    if !is_name(name) {
        let hint = "a name is a part of an address: ASCII letters, digits, `-`, `_` and `.`, a letter or digit first";
        return Err(failed(format!("`{name}` cannot be the name of a feed").into(), hint));
    }
    let write = || -> io::Result<()> {
        fs::create_dir_all(root.join("feeds").join(name))?;
        fs::write(&file, text)
    };
    write().map_err(|cause| failed(cause.into(), "feeds/ must be a folder that this user may write to"))?;
    definition(&file, name, settings).map(|_| ())
}

/// The feeds that read this address.
pub fn readers(root: &Path, settings: &Settings, address: &Url) -> Vec<String> {
    let all = definitions(root, settings).unwrap_or_default();
    let reads = |definition: &Definition| {
        definition.sources.iter().any(|reading| matches!(&reading.source, Source::Url(url) if url == address))
    };
    all.into_iter().filter_map(|(name, definition)| definition.ok().filter(reads).map(|_| name)).collect()
}

/// Whether a name can be a folder everywhere, and a part of an address as it is.
pub fn is_name(name: &str) -> bool {
    name.len() <= 64
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        && name.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
        && !name.ends_with('.')
        && !RESERVED.contains(&name.to_lowercase().as_str())
}
