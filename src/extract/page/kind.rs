//! What a page is, if it is no article: a listing, a consent wall, an error page, a log-in form,
//! an empty shell that needs JavaScript; and whether a pay wall stands before the rest.
//!
//! Owns the telling. In come what was found on the page, out goes its kind and a sentence that
//! names what it is. It never drops anything itself.

use super::body::{Body, SMALL};
use super::json_ld::Described;
use super::meta::Head;
use super::tree::Tree;
use crate::model::Kind;

/// What a page is, and the sentence that says so if it is no plain article.
pub struct Judged {
    /// The kind.
    pub kind: Kind,
    /// What to say of it.
    pub warning: Option<&'static str>,
}

/// A shorter body is no evidence of an article by itself.
const ARTICLE: usize = 120;

/// Judges a page by what it shows.
pub fn judge(
    tree: &Tree,
    head: &Head,
    described: Option<&Described>,
    title: Option<&str>,
    body: Option<&Body>,
    script: usize,
) -> Judged {
    let words = body.map_or(0, |body| body.words);
    let shown: usize = tree.blocks.iter().map(|block| block.words).sum();
    let said = described.is_some_and(|d| d.article) || head.first(&["og:type"]).is_some_and(|kind| kind == "article");
    let named = |kind, warning| Judged { kind, warning: Some(warning) };
    let title = title.unwrap_or_default().to_lowercase();
    if words < ARTICLE && !said {
        if is_error(&title) {
            return named(Kind::Unknown, "an error page, not an article");
        }
        if is_consent(&title, tree, shown) {
            return named(Kind::Unknown, "a consent wall, not an article");
        }
        if words < 80 && has_password(tree) {
            return named(Kind::Unknown, "a log-in form, not an article");
        }
        if shown < 60 && (script > 4_000 || asks_for_script(tree)) {
            return named(Kind::Unknown, "an empty shell that needs JavaScript");
        }
    }
    let teasers = tree.blocks.iter().filter(|block| block.linked >= 4 && block.linked * 10 >= block.words * 8).count();
    if !said && words < ARTICLE && teasers >= 12 && teasers * 8 > words {
        return Judged { kind: Kind::Listing, warning: None };
    }
    if words < SMALL && !body.is_some_and(|body| body.whole) {
        return Judged { kind: Kind::Unknown, warning: None };
    }
    let paid = described.is_some_and(|d| d.paid);
    Judged {
        kind: Kind::Article,
        warning: paid.then_some("marked as paid content: what is behind the pay wall may be missing"),
    }
}

fn is_error(title: &str) -> bool {
    const SAID: &[&str] = &[
        "nicht gefunden",
        "not found",
        "existiert nicht",
        "nicht verfügbar",
        "nicht mehr verfügbar",
        "fehler 4",
        "fehler 5",
        "error 4",
        "error 5",
        "zugriff verweigert",
        "access denied",
        "forbidden",
        "service unavailable",
        "bad gateway",
        "wartungsarbeiten",
    ];
    SAID.iter().any(|said| title.contains(said))
        || title
            .split(|c: char| !c.is_ascii_digit())
            .any(|number| matches!(number, "403" | "404" | "410" | "500" | "502" | "503"))
}

fn is_consent(title: &str, tree: &Tree, shown: usize) -> bool {
    const SAID: &[&str] = &[
        "zustimmung",
        "einwilligung",
        "cookies",
        "privatsphäre",
        "consent",
        "datenschutzeinstellungen",
        "weiter mit werbung",
    ];
    const WORDS: &[&str] = &[
        "cookies",
        "einwilligung",
        "zustimm",
        "partner",
        "personenbezogen",
        "werbung",
        "datenschutz",
        "widerruf",
        "tracking",
    ];
    if shown > 900 {
        return false;
    }
    let text = tree.text.to_lowercase();
    let found = WORDS.iter().filter(|word| text.contains(*word)).count();
    found >= 5 || found >= 3 && SAID.iter().any(|said| title.contains(said))
}

fn has_password(tree: &Tree) -> bool {
    (0..tree.elements.len()).any(|at| {
        &*tree.elements[at].name == "input"
            && tree.attr(at, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("password"))
    })
}

fn asks_for_script(tree: &Tree) -> bool {
    let text = tree.text.to_lowercase();
    text.contains("javascript")
}
