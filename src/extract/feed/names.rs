//! Namespaces: which vocabulary a name belongs to, by its declaration, and where that is missing
//! or wrong, by the prefix that everybody uses for it.
//!
//! Comes in: names and `xmlns` attributes as written. Goes out: a [`Vocabulary`].
//!
//! Surprising: the namespace of the root element, whatever it is called, is the core vocabulary of
//! the document. Formats were published under addresses that nobody remembers.

/// The vocabularies that feeds are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vocabulary {
    /// RSS of any version, mostly without a namespace.
    Rss,
    /// Atom 0.3 and 1.0.
    Atom,
    /// RDF, the frame of RSS 0.90 and 1.0.
    Rdf,
    /// Dublin Core elements and terms.
    DublinCore,
    /// `content:encoded`.
    Content,
    /// Media RSS.
    Media,
    /// iTunes podcasts, and others that copied its names.
    Itunes,
    /// FeedBurner.
    Feedburner,
    /// Metadata of publishers (PRISM).
    Prism,
    /// How often a feed changes (RSS 1.0 module syndication).
    Syndication,
    /// XHTML, SVG and MathML: markup.
    Markup,
    /// Any other.
    Other,
}

use Vocabulary::*;

/// Namespace names without scheme, `www.` and trailing `/` or `#`, in lower case.
const BY_NAME: &[(&str, Vocabulary)] = &[
    ("w3.org/2005/atom", Atom),
    ("purl.org/atom/ns", Atom),
    ("purl.org/atom", Atom),
    ("w3.org/1999/02/22-rdf-syntax-ns", Rdf),
    ("purl.org/rss/1.0", Rss),
    ("my.netscape.com/rdf/simple/0.9", Rss),
    ("channel.netscape.com/rdf/simple/0.9", Rss),
    ("my.netscape.com/publish/formats/rss-0.91.dtd", Rss),
    ("backend.userland.com/rss", Rss),
    ("backend.userland.com/rss2", Rss),
    ("backend.userland.com/rss091", Rss),
    ("backend.userland.com/rss092", Rss),
    ("blogs.law.harvard.edu/tech/rss", Rss),
    ("cyber.law.harvard.edu/rss/rss.html", Rss),
    ("rssboard.org/rss-specification", Rss),
    ("purl.org/rss/1.0/modules/rss091", Rss),
    ("purl.org/dc/elements/1.0", DublinCore),
    ("purl.org/dc/elements/1.1", DublinCore),
    ("purl.org/dc/terms", DublinCore),
    ("purl.org/dc/dcmitype", DublinCore),
    ("purl.org/rss/1.0/modules/content", Content),
    ("search.yahoo.com/mrss", Media),
    ("video.search.yahoo.com/mrss", Media),
    ("rssboard.org/media-rss", Media),
    ("itunes.com/dtds/podcast-1.0.dtd", Itunes),
    ("itunes.com/dtds/podcast-1.0", Itunes),
    ("example.com/dtds/podcast-1.0.dtd", Itunes),
    ("google.com/schemas/play-podcasts/1.0", Itunes),
    ("rssnamespace.org/feedburner/ext/1.0", Feedburner),
    ("prismstandard.org/namespaces/1.2/basic", Prism),
    ("prismstandard.org/namespaces/basic/2.0", Prism),
    ("purl.org/rss/1.0/modules/prism", Prism),
    ("purl.org/rss/1.0/modules/syndication", Syndication),
    ("w3.org/1999/xhtml", Markup),
    ("w3.org/tr/rec-html40", Markup),
    ("w3.org/2000/svg", Markup),
    ("w3.org/1998/math/mathml", Markup),
];

/// The prefixes that everybody uses.
const BY_PREFIX: &[(&str, Vocabulary)] = &[
    ("atom", Atom),
    ("atom03", Atom),
    ("atom10", Atom),
    ("a10", Atom),
    ("rdf", Rdf),
    ("rss", Rss),
    ("rss091", Rss),
    ("dc", DublinCore),
    ("dct", DublinCore),
    ("dcterm", DublinCore),
    ("dcterms", DublinCore),
    ("content", Content),
    ("media", Media),
    ("itunes", Itunes),
    ("googleplay", Itunes),
    ("feedburner", Feedburner),
    ("prism", Prism),
    ("sy", Syndication),
    ("xhtml", Markup),
    ("html", Markup),
    ("svg", Markup),
    ("mml", Markup),
];

fn by_name(name: &str) -> Option<Vocabulary> {
    let name = name.trim().to_ascii_lowercase();
    let name = name.strip_prefix("http://").or_else(|| name.strip_prefix("https://")).unwrap_or(&name);
    let name = name.strip_prefix("www.").unwrap_or(name).trim_end_matches(['/', '#']);
    BY_NAME.iter().find(|(known, _)| *known == name).map(|(_, vocabulary)| *vocabulary)
}

fn by_prefix(prefix: &str) -> Option<Vocabulary> {
    BY_PREFIX.iter().find(|(known, _)| known.eq_ignore_ascii_case(prefix)).map(|(_, vocabulary)| *vocabulary)
}

/// The declarations in force at a place of the document.
#[derive(Debug)]
pub struct Namespaces<'a> {
    core: Vocabulary,
    core_name: &'a str,
    bindings: Vec<(&'a str, Vocabulary)>,
}

impl<'a> Namespaces<'a> {
    /// Those of a document whose root element has this name and these attributes.
    pub fn of_root(name: &str, attributes: impl Iterator<Item = (&'a str, &'a str)>) -> Namespaces<'a> {
        let (prefix, local) = split(name);
        let core = if local.eq_ignore_ascii_case("feed") { Atom } else { Rss };
        // RDF is only the frame: the core is what needs no prefix in it.
        let prefix = if local.eq_ignore_ascii_case("rdf") { "" } else { prefix };
        let core_name = attributes
            .filter_map(|(key, value)| Some((declared_prefix(key)?, value)))
            .find(|(declared, _)| *declared == prefix)
            .map_or("", |(_, value)| value);
        Namespaces { core, core_name, bindings: Vec::new() }
    }

    /// The vocabulary of the document itself.
    pub fn core(&self) -> Vocabulary {
        self.core
    }

    /// How many declarations are in force.
    pub fn mark(&self) -> usize {
        self.bindings.len()
    }

    /// Forgets what was declared after `mark`.
    pub fn reset(&mut self, mark: usize) {
        self.bindings.truncate(mark);
    }

    /// Learns a declaration, if the attribute is one. An unknown default namespace counts as the
    /// core on the frame of a document, and as foreign within an entry.
    pub fn declare(&mut self, key: &'a str, value: &str, within_entry: bool) {
        let Some(prefix) = declared_prefix(key) else { return };
        if self.bindings.len() >= DECLARATIONS {
            return;
        }
        let vocabulary = if value == self.core_name && (!value.is_empty() || prefix.is_empty()) {
            self.core
        } else if let Some(known) = by_name(value) {
            known
        } else if prefix.is_empty() {
            if within_entry && !value.is_empty() { Other } else { self.core }
        } else {
            by_prefix(prefix).unwrap_or(Other)
        };
        self.bindings.push((prefix, vocabulary));
    }

    /// The vocabulary of a name and the name without its prefix.
    pub fn resolve<'n>(&self, name: &'n str) -> (Vocabulary, &'n str) {
        let (prefix, local) = split(name);
        let bound = self.bindings.iter().rev().find(|(declared, _)| *declared == prefix);
        let vocabulary = match bound {
            Some((_, vocabulary)) => *vocabulary,
            None if prefix.is_empty() => self.core,
            None => by_prefix(prefix).unwrap_or(Other),
        };
        (vocabulary, local)
    }
}

/// More declarations than this are not kept: each name of the document is looked up among them.
const DECLARATIONS: usize = 128;

/// Prefix, empty if there is none, and local name.
fn split(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}

/// The prefix that an `xmlns` attribute declares, empty for the default.
fn declared_prefix(key: &str) -> Option<&str> {
    match key.strip_prefix("xmlns")? {
        "" => Some(""),
        rest => rest.strip_prefix(':'),
    }
}
