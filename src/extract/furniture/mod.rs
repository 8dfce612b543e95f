//! The furniture of German web pages: the words of share bars, comment boxes, teasers, notices and
//! menus, by which a line is known not to belong to an article.
//!
//! Owns the word lists and the functions that ask them, [`furniture`] before all. In comes a line as
//! a reader sees it, out goes what kind of furniture it is. It never looks at markup, at the lines
//! around, or at where the line stands: that is up to the rooms for texts and for pages.

mod credit;
mod machine;
mod notice;
mod words;

pub use credit::is_credit;
pub use notice::{addresses, asks_for_script, is_appeal, is_notice, names_subject};
use words::{ASKED, BOX, BOX_WHOLE, END, END_WHOLE, LINE, LINE_WHOLE, NETWORKS};

/// What a line of furniture says of the lines behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Furniture {
    /// The rest of the page is not the article: comments, the foot of the page.
    End,
    /// The head of a box: related articles, newsletter, the author. Its content follows.
    Box,
    /// A line on its own: share bar, print, advertisement, photo credit.
    Line,
}

/// The line without what decorates it: lower case, no soft hyphens, no numbers, marks or brackets
/// at either end, except the colon that a label ends with.
fn key(line: &str) -> String {
    let lower = lower(line);
    let start = lower.trim_start_matches(|c: char| !c.is_alphabetic());
    let end = start.trim_end_matches(|c: char| !c.is_alphabetic() && c != ':' && c != '-');
    crate::text::fold(end)
}

/// Lower case, without soft hyphens.
fn lower(text: &str) -> String {
    if text.contains('\u{AD}') { text.replace('\u{AD}', "").to_lowercase() } else { text.to_lowercase() }
}

/// What kind of furniture the line is, `None` if it may be of the article.
///
/// Only short lines are asked: a sentence of the article may begin with any of these words. A short one that ends with a full
/// stop and speaks neither for the house nor to the reader is one as well: `Mehr aus Zufall fanden sie den Schatz.`
pub fn furniture(line: &str) -> Option<Furniture> {
    if line.len() > 160 {
        return None;
    }
    let words = line.split_whitespace().count();
    if words > 14 {
        return None;
    }
    let key = key(line);
    if key.is_empty() {
        return Some(Furniture::Line);
    }
    let bare = key.trim_end_matches([':', '-', ' ']);
    let starts = |list: &[&str]| {
        list.iter().any(|word| {
            // A whole word, or `Instagram` would be found in `Instagramprofile`.
            key.strip_prefix(word)
                .is_some_and(|rest| word.ends_with([' ', ':']) || !rest.starts_with(char::is_alphanumeric))
        })
    };
    let is = |list: &[&str]| list.contains(&bare);
    let told = || words >= 3 && is_told(line);
    if machine::is_count(line) || machine::is_embedded(line) || machine::is_choice_of_wall(line) {
        return Some(Furniture::Line);
    }
    if is(END_WHOLE) || words <= 12 && starts(END) {
        Some(Furniture::End)
    } else if is(BOX_WHOLE) || words <= 9 && starts(BOX) && !told() {
        Some(Furniture::Box)
    } else if is(LINE_WHOLE)
        || (words <= 3 && starts(NETWORKS)
            || words <= 7 && (starts(LINE) || ASKED.iter().any(|verb| bare.ends_with(verb))))
            && !told()
    {
        Some(Furniture::Line)
    } else {
        None
    }
}

/// Whether a line is a sentence that tells something, and not one that the house says to its readers: those speak to them,
/// name an address, or count what is in a basket.
fn is_told(line: &str) -> bool {
    line.ends_with('.')
        && !line.ends_with("..")
        && !line.split(' ').next().is_some_and(|first| first.ends_with(':'))
        && !line.contains(['@', '©'])
        && !["www.", "http", "Warenkorb"].iter().any(|word| line.contains(word))
        && !addresses(line)
}

/// Whether the heading is one of a box beside articles, or of a section of one: where it stands tells which.
pub fn is_often_beside(heading: &str) -> bool {
    const OFTEN: &[&str] = &[
        "öffnungszeiten",
        "sprechzeiten",
        "bürozeiten",
        "anschrift",
        "so erreichen sie uns",
        "nächste termine",
        "nächste spiele",
        "nächste veranstaltungen",
    ];
    heading.len() <= 60 && OFTEN.contains(&key(heading).trim_end_matches([':', '-', ' ']))
}

/// Whether the head of a box is as often that of a section: what stands below it tells which.
pub fn is_often_section(heading: &str) -> bool {
    const OFTEN: &[&str] = &[
        "archive",
        "artikel",
        "diskussion",
        "downloads",
        "empfehlungen",
        "kommentar",
        "kontakt",
        "links",
        "meta",
        "presse",
        "service",
        "suche",
        "termine",
        "themen",
        "veranstaltungen",
    ];
    const BEGINS: &[&str] = &["unterstützen sie ", "unterstütze ", "entdecken sie ", "mehr ", "weitere themen"];
    let key = key(heading);
    heading.len() <= 60
        && (OFTEN.contains(&key.trim_end_matches([':', '-', ' '])) || BEGINS.iter().any(|word| key.starts_with(word)))
}

/// Whether a line leads to another article, to letters or to networks, and is not of this one: `Lesen Sie auch: …`.
///
/// Only lines with a link in them are asked. A sentence that tells something may have a link in it, and begin so:
/// `Zum Thema Wohnen sagte die Ministerin, man werde bauen.`
pub fn leads_elsewhere(line: &str) -> bool {
    const LEADS: &[&str] = &[
        "lesen sie auch",
        "lesen sie hier",
        "lesen sie dazu",
        "lesen sie mehr",
        "lies auch",
        "lest auch",
        "lesetipp",
        "auch interessant",
        "auch spannend",
        "mehr zum thema",
        "mehr dazu",
        "zum thema",
        "passend dazu",
        "siehe auch",
        "weiterlesen:",
        "mehr lesen:",
        "auch lesen:",
        "hier geht es zu",
        "hier geht’s zu",
        "hier geht's zu",
    ];
    const MOST_WORDS: usize = 40;
    /// What is said of other writing is not told of the matter.
    const ALWAYS: &[&str] = &["lesetipp", "siehe auch", "originalartikel", "hier geht"];
    /// Who asks a reader to look there.
    const FOUND: &[&str] = &["finden sie", "findest du", "lesen sie", "lies ", "hier finden"];
    /// What there is to be found: other writing of the house.
    const THERE: &[&str] = &[
        "liveblog",
        "live-blog",
        "newsblog",
        "liveticker",
        "dossier",
        "themenseite",
        "alle unsere",
        "alle inhalte",
        "alle artikel",
    ];
    let key = key(line);
    let words = line.split_whitespace().count();
    if words > MOST_WORDS {
        return false;
    }
    let has = |list: &[&str]| list.iter().any(|word| key.contains(word));
    let networks = NETWORKS.iter().filter(|network| key.contains(*network)).count();
    if has(FOUND) && has(THERE) || networks >= 3 && words <= MOST_WORDS / 2 {
        return true;
    }
    if is_told(line) && !has(ALWAYS) {
        return false;
    }
    let led =
        LEADS.iter().any(|lead| key.strip_prefix(lead).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)));
    led || words <= MOST_WORDS / 2 && (key.contains("newsletter") || key.contains("originalartikel") || networks >= 2)
}

#[cfg(test)]
mod tests {
    use super::{Furniture, furniture};

    #[test]
    fn a_sentence_may_begin_with_the_words_of_a_box() {
        assert_eq!(furniture("Mehr zum Thema"), Some(Furniture::Box));
        assert_eq!(furniture("3 Kommentare"), Some(Furniture::End));
        assert_eq!(furniture("» Drucken"), Some(Furniture::Line));
        assert_eq!(furniture("Mehr von dem Geld soll nach dem Willen der Fraktion in die Schulen fließen"), None);
    }
}
