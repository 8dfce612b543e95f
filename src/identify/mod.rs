//! One article stays one article: which keys it has, and what is to happen to it.
//!
//! In come an [`Article`] with the place it was found in, and what the archive knows of its keys;
//! out comes a [`Verdict`] with its reason. Pure: it looks nothing up, keeps nothing, reads no clock.

mod alike;
mod keys;
mod link;
mod sketch;
mod words;

pub use alike::{Dated, Fingerprint, is_same_report, site};
pub use keys::{Key, KeyKind, Keyed, Place, content_key, id as id_of, keys, one_of_each};
pub use link::{Normal, is_plausible, normal as normal_link};
pub use sketch::Sketch;

use crate::model::{Article, ArticleId};
use crate::text;
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What decides whether two looks at an article show the same: everything that a reader would call a
/// change, and nothing of the furniture (white space, markup, tracking parameters).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest(pub [u8; 16]);

impl Digest {
    /// The digest of title, authors, text and enclosures.
    ///
    /// Dates are not in it: a relative one (`vor 3 Stunden`) would be another at every look.
    /// They are compared in [`verdict`].
    pub fn of(article: &Article) -> Digest {
        // Version, then fields parted by a character that clean text cannot contain. In one piece: hashing word for word
        // would take three times as long.
        let mut fields = String::with_capacity(article.text.len() + article.title.len() + 64);
        let field = |fields: &mut String, text: &str| {
            fields.push_str(text);
            fields.push('\0');
        };
        fields.push('2');
        field(&mut fields, &article.title);
        article.authors.iter().for_each(|name| field(&mut fields, name));
        field(&mut fields, "");
        // Words, not lines: the same text, wrapped or indented differently, is the same text. Each is a field; they are copied with
        // the spaces between them, which then become its character.
        let begin = fields.len();
        for line in article.text.lines() {
            let before = fields.len();
            match is_counter(line) {
                true => {
                    let has_digit = |word: &&str| word.bytes().any(|byte| byte.is_ascii_digit());
                    let said: Vec<&str> = text::by_space(line).filter(|word| !has_digit(word)).collect();
                    fields.push_str(&said.join(" "));
                }
                false => text::fold_onto(&mut fields, line),
            }
            if fields.len() > before {
                fields.push(' ');
            }
        }
        let words = begin..fields.len();
        field(&mut fields, "");
        article.enclosures.iter().for_each(|enclosure| field(&mut fields, &enclosure.url));
        let mut fields = fields.into_bytes();
        fields[words].iter_mut().filter(|byte| **byte == b' ').for_each(|byte| *byte = 0);
        let mut digest = [0; 16];
        digest.copy_from_slice(&blake3::hash(&fields).as_bytes()[..16]);
        Digest(digest)
    }
}

/// Whether a line of a page counts its readers or shows the time: its numbers are others at every look.
fn is_counter(line: &str) -> bool {
    const CUES: [&str; 16] = [
        "aufruf",
        "views",
        "geteilt",
        "gelesen",
        "kommentar",
        "shares",
        "likes",
        "lesezeit",
        "zugriffe",
        "besuche",
        "reaktion",
        "stand:",
        "uhrzeit",
        "gefällt",
        "abonnent",
        "follower",
    ];
    if line.len() > 100 || !line.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    // A whole sentence speaks of its subject.
    let line = line.trim().to_lowercase();
    // `Sperrung für 3 Stunden` says something, `vor 3 Stunden` another thing at every look.
    let ago = || {
        line.split_once("vor ").is_some_and(|(before, rest)| {
            !before.ends_with(char::is_alphabetic)
                && rest.starts_with(|c: char| c.is_ascii_digit())
                && ["sekunde", "minute", "stunde", "tag"].iter().any(|unit| rest.contains(unit))
        })
    };
    let sentence = line.ends_with('.') && line.split_whitespace().nth(5).is_some();
    !sentence && (CUES.iter().any(|cue| line.contains(cue)) || ago())
}

/// What the archive knows of an article that a key leads to.
#[derive(Debug, Clone)]
pub struct Known {
    /// Its identity.
    pub id: ArticleId,
    /// The strongest key that leads to it.
    pub by: KeyKind,
    /// The digest of the title of its newest revision.
    pub title: [u8; 8],
    /// When it was first seen.
    pub first_seen: DateTime<Utc>,
    /// Its stated publication.
    pub published: Option<DateTime<FixedOffset>>,
    /// How many characters of text its newest revision has.
    pub length: usize,
    /// What its newest revision speaks of.
    pub sketch: Sketch,
    /// The number of its newest revision.
    pub revision: u32,
    /// When its newest revision was first seen.
    pub changed: DateTime<Utc>,
    /// The digest of its newest revision.
    pub digest: Digest,
    /// What was last seen of it at the place that is now looked at; `None`: never seen there.
    pub seen_here: Option<Digest>,
    /// Whether its newest revision came from the place that is now looked at.
    pub owned_here: bool,
    /// Whether what stands at the place that is now looked at was joined to it as a near-duplicate.
    pub joined_here: bool,
    /// The site of its newest revision.
    pub site: u32,
}

/// A look at an article, with what it is compared by. That is made once, of the article that is then decided about and kept.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Whether the article was read from a page of its own rather than from a feed.
    pub page: bool,
    /// Whose writing it is, as [`site`] says.
    pub site: u32,
    /// When.
    pub now: DateTime<Utc>,
    /// What it shows.
    pub digest: Digest,
    /// What it speaks of.
    pub sketch: Sketch,
    /// What copies of it are found by; `None` for one that is too short.
    pub fingerprint: Option<Fingerprint>,
}

impl Look {
    /// A look at an article that a feed found.
    pub fn at(article: &Article, feed: &str, page: bool, now: DateTime<Utc>) -> Look {
        let (site, digest) = (site(article, feed), Digest::of(article));
        let (sketch, fingerprint) = Fingerprint::with_sketch(&article.text);
        Look { page, site, now, digest, sketch, fingerprint }
    }
}

/// What is to happen to an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is kept as a new article under this id.
    New {
        /// Made of its strongest key.
        id: ArticleId,
        /// Why no known article is it.
        reason: Reason,
    },
    /// It is kept as the next revision of a known article.
    Revised {
        /// Which.
        id: ArticleId,
        /// What changed.
        reason: Reason,
    },
    /// It is a known article, and shows nothing new.
    Same {
        /// Which.
        id: ArticleId,
        /// How that is known.
        reason: Reason,
    },
    /// It is a known article in another paper's words: a further place of it.
    Joined {
        /// Which.
        id: ArticleId,
        /// How that is known.
        reason: Reason,
    },
    /// It is a known article, and what is shown now is not to replace what is kept.
    Refused {
        /// Which.
        id: ArticleId,
        /// Why.
        reason: Reason,
    },
}

impl Verdict {
    /// Which article it is.
    pub fn id(&self) -> ArticleId {
        match self {
            Verdict::New { id, .. }
            | Verdict::Revised { id, .. }
            | Verdict::Same { id, .. }
            | Verdict::Joined { id, .. }
            | Verdict::Refused { id, .. } => *id,
        }
    }

    /// Why.
    pub fn reason(&self) -> Reason {
        match self {
            Verdict::New { reason, .. }
            | Verdict::Revised { reason, .. }
            | Verdict::Same { reason, .. }
            | Verdict::Joined { reason, .. }
            | Verdict::Refused { reason, .. } => *reason,
        }
    }
}

/// Why a verdict was given; prints as a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// None of its keys is known.
    Unknown,
    /// Only the place is known, and both title and date are others: another article stands there now.
    Replaced,
    /// What its weaker keys lead to has another title and another date: one guid or one text for several articles.
    Another,
    /// Known by this key; title, text, authors or enclosures differ.
    Changed(KeyKind),
    /// Known by this key; the stated date differs.
    Redated(KeyKind),
    /// Known by this key; this place has more of it than what is kept.
    Fuller(KeyKind),
    /// Known by this key; nothing differs from what this place showed last.
    Unchanged(KeyKind),
    /// Known by this key from another place, which has at least as much of it.
    Elsewhere(KeyKind),
    /// Its text is nearly that of the article, in another paper.
    Alike,
    /// It had been joined to another article, and was parted from it by a person.
    Parted,
    /// Known by this key; hardly anything is left of its text.
    Emptied(KeyKind),
    /// Known by this key; the page shows something else, and no date that would make it another article.
    Foreign(KeyKind),
    /// Known by this key; it has changed so often that the next revision has to wait.
    Restless(KeyKind),
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Reason::Unknown => f.write_str("none of its keys is known"),
            Reason::Replaced => f.write_str("another article stands in its place: both title and date differ"),
            Reason::Another => f.write_str("the articles that its weaker keys lead to have another title and date"),
            Reason::Changed(key) => write!(f, "known by its {key}, with a change"),
            Reason::Redated(key) => write!(f, "known by its {key}, with another date"),
            Reason::Fuller(key) => write!(f, "known by its {key}, with more text than before"),
            Reason::Unchanged(key) => write!(f, "known by its {key}, unchanged"),
            Reason::Elsewhere(key) => write!(f, "known by its {key} from another place"),
            Reason::Alike => f.write_str("nearly the same text stands in another paper"),
            Reason::Parted => f.write_str("parted from the article that it had been joined to"),
            Reason::Emptied(key) => write!(f, "known by its {key}, with hardly any of its text left"),
            Reason::Foreign(key) => write!(f, "known by its {key}, but the page shows something else now"),
            Reason::Restless(key) => write!(f, "known by its {key}, and changing at every look"),
        }
    }
}

/// Decides. `keys` are the article's own, strongest first; `known` is what they lead to, in the same order.
///
/// A key that is weaker than one the article has besides, and that nobody knows yet, joins only what can be the same: an
/// address may change, but then title or date stay.
///
/// A place revises an article if the newest revision came from it or was last seen there, or if it shows clearly more of
/// it than is kept (a full page after a teaser). Any other difference between two places (a teaser here, a
/// full text there) is none of the article: otherwise the two would revise each other at every look.
///
/// A page that was emptied, or shows a consent wall, a log-in form or an error now, revises nothing. An article that changes
/// at every look gets a revision ever more rarely. Another paper's words never revise it.
pub fn verdict(article: &Article, keys: &[Key], known: &[Known], look: &Look) -> Verdict {
    let Look { page, now, digest, .. } = *look;
    let Some(known) = known.iter().find(|known| can_be(article, keys, known, look.site)) else {
        let replaced = known.iter().any(|known| known.by == KeyKind::Place);
        return match replaced {
            true => Verdict::New { id: keys::id_of_replacement(keys, digest), reason: Reason::Replaced },
            false if known.is_empty() => Verdict::New { id: keys::id(keys), reason: Reason::Unknown },
            false => Verdict::New { id: keys::id(keys), reason: Reason::Another },
        };
    };
    let (id, by) = (known.id, known.by);
    // A date after the first sight is none of the publication: some pages show the clock.
    let redated = matches!((stated(article), known.published), (Some(a), Some(b))
        if a.timestamp() != b.timestamp() && a.to_utc() <= known.first_seen);
    let same = |reason| Verdict::Same { id, reason };
    let revised = |reason| match reason {
        // A clock that went back makes nothing wait.
        Reason::Changed(by) | Reason::Redated(by)
            if (TimeDelta::zero()..pause(known.revision)).contains(&(now - known.changed)) =>
        {
            Verdict::Refused { id, reason: Reason::Restless(by) }
        }
        reason => Verdict::Revised { id, reason },
    };
    if digest == known.digest {
        return if redated && known.owned_here { revised(Reason::Redated(by)) } else { same(Reason::Unchanged(by)) };
    }
    if known.seen_here == Some(digest) {
        return same(Reason::Unchanged(by));
    }
    if known.joined_here {
        return same(Reason::Elsewhere(by));
    }
    let follows = known.owned_here || known.seen_here == Some(known.digest);
    let length = article.text.chars().count();
    // A correction makes a text a little shorter, a wall or a change of template takes nearly all of it.
    // What a pay wall leaves of a page may be much of it.
    let share = if article.teaser { 80 } else { 25 };
    if follows && known.length > 0 && (length == 0 || known.length >= FULL && length * 100 < known.length * share) {
        return Verdict::Refused { id, reason: Reason::Emptied(by) };
    }
    if page
        && known.length >= FULL
        && known.title != title_digest(&article.title)
        && known.sketch.is_unlike(&look.sketch)
    {
        let other_day = matches!((stated(article), known.published), (Some(a), Some(b)) if !keys::same_day(a, b));
        return match other_day {
            true => Verdict::New { id: keys::id_of_replacement(keys, digest), reason: Reason::Replaced },
            false => Verdict::Refused { id, reason: Reason::Foreign(by) },
        };
    }
    // A place that showed the newest revision and now shows something else has followed the article: it may revise it,
    // too, as a file does that was renamed and then edited.
    if follows {
        return revised(Reason::Changed(by));
    }
    // A quarter more: house style, a lead or a date line make less.
    if length > known.length + known.length / 4 {
        return revised(Reason::Fuller(by));
    }
    same(Reason::Elsewhere(by))
}

/// Characters from which a text is one, and no notice or teaser that may be replaced by a shorter one.
const FULL: usize = 400;

/// How long an article with so many revisions has to wait for the next. A running report has some dozens in a day; a page
/// with a clock in it would have one for each look.
fn pause(revisions: u32) -> TimeDelta {
    match revisions {
        0..12 => TimeDelta::zero(),
        12..24 => TimeDelta::hours(1),
        24..48 => TimeDelta::hours(6),
        48..100 => TimeDelta::days(1),
        _ => TimeDelta::days(7),
    }
}

/// The date that an article states by itself. A relative one differs at every look without meaning a change.
fn stated(article: &Article) -> Option<DateTime<FixedOffset>> {
    article.published.as_ref().filter(|stamp| !stamp.relative).map(|stamp| stamp.at)
}

/// What an article has in common with a known one: the title, the instant, and the day, as far as both state it.
fn in_common(article: &Article, known: &Known) -> (bool, bool, Option<bool>) {
    let title = known.title == title_digest(&article.title);
    match (stated(article), known.published) {
        (Some(here), Some(there)) => (title, here.timestamp() == there.timestamp(), Some(keys::same_day(here, there))),
        _ => (title, false, None),
    }
}

/// Whether an article is the known one, word for word, on another site.
pub fn is_copy(article: &Article, known: &Known, site: u32) -> bool {
    let (title, instant, day) = in_common(article, known);
    known.by == KeyKind::Text && known.site != site && (instant || title && day.unwrap_or(true))
}

/// Whether an article of this site can be the known one that a key leads to.
fn can_be(article: &Article, keys: &[Key], known: &Known, site: u32) -> bool {
    let (title, instant, day) = in_common(article, known);
    let named = keys.first().is_some_and(|key| key.kind <= KeyKind::Guid);
    match known.by {
        KeyKind::Link => true,
        // Where the article was seen, its name holds whatever changes; elsewhere another may bear the same.
        KeyKind::Guid => known.seen_here.is_some() || title || day == Some(true),
        KeyKind::Page | KeyKind::Place => title || day == Some(true),
        // The same words under another name: a moved article keeps its title, and not only boilerplate does. On another site
        // they are another paper's copy.
        KeyKind::Text => {
            let moved = known.site == site || known.seen_here.is_some();
            !named || moved && (instant || title && day.unwrap_or(true))
        }
        KeyKind::Content => !named,
    }
}

/// The digest by which titles are compared.
pub fn title_digest(title: &str) -> [u8; 8] {
    let digest = blake3::hash(title.as_bytes());
    std::array::from_fn(|i| digest.as_bytes()[i])
}

#[cfg(test)]
mod tests {
    use super::{Digest, is_counter};
    use crate::model::Article;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_digest_is_that_of_the_fields_one_after_the_other(
            title in "[a ü\u{A0}]{0,6}", names in prop::collection::vec("[a ]{0,3}", 0..3), text in "[ab ü\t\u{A0}\n\r]{0,40}",
        ) {
            let mut fields = vec!["2".to_owned() + &title];
            fields.extend(names.iter().cloned());
            fields.push(String::new());
            fields.extend(text.split_whitespace().map(str::to_owned));
            fields.push(String::new());
            let bytes: Vec<u8> = fields.into_iter().flat_map(|field| field.into_bytes().into_iter().chain([0])).collect();
            let empty: [(); 0] = [];
            let article: Article = serde_json::from_value(serde_json::json!({
                "title": title, "authors": names, "summary": "", "html": "", "text": text, "tags": empty, "enclosures": empty,
            })).unwrap();
            let whole = blake3::hash(&bytes);
            prop_assert_eq!(&Digest::of(&article).0[..], &whole.as_bytes()[..16]);
        }
    }

    #[test]
    fn lines_that_count_are_told_from_lines_that_say_something() {
        for line in
            ["1.204 Aufrufe", "vor 3 Stunden", "Aktualisiert vor 12 Minuten", "17 Kommentare", "Lesezeit: 5 Min."]
        {
            assert!(is_counter(line), "{line}");
        }
        let said = [
            "Sperrung für 3 Stunden",
            "Fahrzeit 40 Minuten",
            "Bewertung: 3 von 5",
            "Vor 3 Jahren gebaut",
            "Davor 2 Tage Regen",
        ];
        for line in said {
            assert!(!is_counter(line), "{line}");
        }
    }
}
