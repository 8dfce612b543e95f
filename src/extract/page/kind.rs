//! What a page is, if it is no article: a listing, a consent wall, an error page, a log-in form,
//! an empty shell that needs JavaScript; and whether a pay wall stands before the rest.
//!
//! Owns the telling. In come what was found on the page, out goes its kind and a sentence that
//! names what it is. It never drops anything itself.

use super::body::{Body, SMALL};
use super::json_ld::Described;
use super::meta::Head;
use super::tree::Tree;
use crate::extract::furniture;
use crate::model::Kind;

/// What a page is, and the sentence that says so if it is no plain article.
pub struct Judged {
    /// The kind.
    pub kind: Kind,
    /// What to say of it.
    pub warning: Option<&'static str>,
    /// Whether an article is only the beginning of one.
    pub teaser: bool,
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
    // A whole site may say of each of its pages that it is an article in `og:type`, of its walls and errors as well.
    let described_so = described.is_some_and(|d| d.article);
    let said = described_so || head.first(&["og:type"]).is_some_and(|kind| kind == "article");
    let named = |kind, warning| Judged { kind, warning: Some(warning), teaser: false };
    let title = title.unwrap_or_default().to_lowercase();
    if words < ARTICLE && !described_so {
        if is_error(&title, tree, shown) {
            return named(Kind::Unknown, "an error page, not an article");
        }
        if is_check(tree, shown) {
            return named(Kind::Unknown, "a check for robots, not an article");
        }
        if is_consent(&title, tree, shown, body) {
            return named(Kind::Unknown, "a consent wall, not an article");
        }
        // Many pages have a log-in in their head, and people announce themselves for other things as well.
        let asks = |text: &str| {
            ["login", "log-in", "einlogg", "passwort", "kennwort", "benutzername", "zugangsdaten"]
                .iter()
                .any(|word| text.contains(word))
        };
        let called =
            || asks(&title) || matches!(title.as_str(), "anmelden" | "anmeldung" | "registrieren" | "registrierung");
        let log_in = || words < SMALL || called() || !said && body.is_some_and(|body| asks(&kept(tree, body)));
        if words < 80 && log_in() && has_password(tree) {
            return named(Kind::Unknown, "a log-in form, not an article");
        }
        // Beside an article the word may be its matter.
        let script_is_all = || script > 4_000 || tree.text.to_lowercase().contains("javascript");
        let asks_for_script = || (0..tree.blocks.len()).any(|at| furniture::asks_for_script(&tree.block_text(at)));
        if shown < 60 && (words < SMALL && script_is_all() || asks_for_script()) {
            return named(Kind::Unknown, "an empty shell that needs JavaScript");
        }
    }
    let teasers = tree.blocks.iter().filter(|block| block.linked >= 4 && block.linked * 10 >= block.words * 8).count();
    if !said && words < ARTICLE && teasers >= 12 && teasers * 8 > words {
        return Judged { kind: Kind::Listing, warning: None, teaser: false };
    }
    if words < SMALL && !body.is_some_and(|body| body.whole) {
        return Judged { kind: Kind::Unknown, warning: None, teaser: false };
    }
    let warning = if described.is_some_and(|d| d.paid) {
        Some("marked as paid content: what is behind the pay wall may be missing")
    } else {
        has_wall(tree, body).then_some("a pay wall stands on the page: what is behind it may be missing")
    };
    Judged { kind: Kind::Article, warning, teaser: warning.is_some() }
}

/// The words of a body in lower case.
fn kept(tree: &Tree, body: &Body) -> String {
    let kept = (0..tree.blocks.len()).filter(|at| body.keep[*at]);
    kept.map(|at| tree.block_text(at).to_lowercase() + "\n").collect()
}

/// Words of a text from which the wall on its page is one for other texts.
const BEFORE_WALL: usize = 450;

/// Whether the page itself says that the rest is for those who pay: by what it calls its parts, or in its words.
fn has_wall(tree: &Tree, body: Option<&Body>) -> bool {
    const NAMES: [&str; 5] = ["paywall", "pay-wall", "abowall", "abo-wall", "paid-barrier"];
    const SAID: [&str; 22] = [
        "weiterlesen mit",
        "jetzt weiterlesen",
        "um weiterzulesen",
        "um den ganzen artikel zu lesen",
        "um diesen artikel zu lesen",
        "um den artikel zu lesen",
        "um den vollständigen artikel",
        "den vollständigen artikel lesen",
        "den ganzen artikel lesen",
        "lesen sie den ganzen artikel",
        "artikel weiterlesen",
        "artikel ist nur für abonnent",
        "artikel ist exklusiv für",
        "artikel ist kostenpflichtig",
        "inhalt ist nur für abonnent",
        "inhalt ist exklusiv für",
        "exklusiv für abonnent",
        "nur für abonnent",
        "artikel freischalten",
        "sie haben bereits ein abo",
        "bereits abonnent?",
        "sie sind bereits abonnent",
    ];
    let Some(body) = body.filter(|body| body.words < BEFORE_WALL) else { return false };
    let around = tree.elements[body.container].blocks.clone();
    let near = around.start..tree.blocks.len().min(around.end + 12);
    let called = |element: &crate::extract::page::tree::Element| {
        !matches!(&*element.name, "html" | "body" | "main")
            && !element.text.is_empty()
            && near.contains(&element.blocks.start)
            && element.hint.split_whitespace().any(|token| NAMES.iter().any(|name| token.contains(name)))
    };
    let says = |at: usize| {
        let block = &tree.blocks[at];
        if block.words > 40 {
            return false;
        }
        let text = tree.block_text(at).to_lowercase();
        SAID.iter().any(|said| text.contains(said))
    };
    tree.elements.iter().any(called) || near.clone().any(says)
}

fn is_error(title: &str, tree: &Tree, shown: usize) -> bool {
    const SURE: [&str; 10] = [
        "not found",
        "fehler 4",
        "fehler 5",
        "error 4",
        "error 5",
        "zugriff verweigert",
        "access denied",
        "forbidden",
        "service unavailable",
        "bad gateway",
    ];
    /// What may be said of a road or a vaccine as well: these need a word for what is missing.
    const SAID: [&str; 4] = ["nicht gefunden", "existiert nicht", "nicht verfügbar", "nicht mehr verfügbar"];
    /// Works are done on bridges and baths as well.
    const SITE: [&str; 6] = ["website", "webseite", "diese seite", "unsere seite", "server", "internetauftritt"];
    const PAGE: [&str; 9] = ["seite", "page", "adresse", "url", "link", "dokument", "artikel", "inhalt", "beitrag"];
    if SURE.iter().any(|said| title.contains(said)) {
        return true;
    }
    let has = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(title, &SAID) && has(title, &PAGE) || title.contains("wartungsarbeiten") && has(title, &SITE) {
        return true;
    }
    if title.contains("wartungsarbeiten") && shown <= 60 {
        return has(&tree.text.to_lowercase(), &SITE);
    }
    let text = || tree.text.to_lowercase();
    // Some say it in another tone: `Hoppla!`, and the rest below.
    if shown <= SHORT
        && (title.contains("fehler aufgetreten") && has(&text(), &["später", "erneut", "noch einmal", "startseite"])
            || (0..tree.blocks.len()).any(|at| is_code(&tree.block_text(at))) && has(&text(), &PAGE))
    {
        return true;
    }
    let mut numbers = title.split(|c: char| !c.is_ascii_digit());
    let code = numbers.any(|number| matches!(number, "403" | "404" | "410" | "500" | "502" | "503"));
    if shown > 150 || !(code || has(title, &SAID)) {
        return false;
    }
    // A number alone is one of many things: the page has to speak of itself.
    let text = text();
    has(&text, &SAID) && has(&text, &PAGE) || has(&text, &["not found", "server error", "serverfehler", "fehlerseite"])
}

/// Words up to which a page may be one that says a sentence to everybody.
const SHORT: usize = 80;

/// Whether a line names a status of HTTP as an error, and little else: `Fehler 404: …`.
fn is_code(line: &str) -> bool {
    const MOST_WORDS: usize = 16;
    let lower = line.to_lowercase();
    let rest = ["fehler ", "error ", "http "].iter().find_map(|begin| lower.strip_prefix(begin));
    let rest = rest.map(|rest| rest.trim_start_matches("code ").trim_start_matches(':').trim_start());
    // A picture may be called so; a status has nothing behind it, or what is to be said of it.
    let code = |rest: &str| {
        let behind = ["403", "404", "410", "500", "502", "503"].iter().find_map(|code| rest.strip_prefix(code));
        behind.is_some_and(|behind| !behind.trim_start().starts_with(char::is_alphanumeric))
    };
    rest.is_some_and(code) && line.split_whitespace().count() <= MOST_WORDS
}

/// Whether a page asks for a proof that no program is reading it.
fn is_check(tree: &Tree, shown: usize) -> bool {
    const SAID: [&str; 9] = [
        "sie ein mensch sind",
        "kein roboter sind",
        "you are human",
        "you are not a robot",
        "are you a robot",
        "site connection is secure",
        "security of your connection",
        "checking your browser",
        "enable javascript and cookies to continue",
    ];
    /// A report on such pages asks for nothing.
    const ASKED: [&str; 9] = [
        "bitte",
        "bestätigen sie",
        "verifizier",
        "überprüfung",
        "verify",
        "please",
        "checking",
        "needs to",
        "continue",
    ];
    shown <= SHORT && {
        let text = tree.text.to_lowercase();
        SAID.iter().any(|said| text.contains(said)) && ASKED.iter().any(|asked| text.contains(asked))
    }
}

fn is_consent(title: &str, tree: &Tree, shown: usize, body: Option<&Body>) -> bool {
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
        "technologien",
        "stimmen sie",
    ];
    /// What is on its buttons.
    const ASKED: &[&str] =
        &["akzeptier", "zustimm", "ablehn", "einverstanden", "einwillig", "annehmen", "accept", "agree", "weiter mit"];
    /// What it costs to be left alone.
    const PAID: &[&str] =
        &["pur-abo", "pur abo", "mit werbung weiter", "mit werbung lesen", "weiter mit werbung", "werbefrei"];
    /// Words of a paragraph about other things that makes a page an article.
    const TOLD: usize = 8;
    if shown > 900 {
        return false;
    }
    // A report on consent has no button for it, and asks nobody for his.
    let asks = |at: usize| {
        let name = &*tree.elements[tree.blocks[at].element].name;
        let text = tree.block_text(at);
        let lower = text.to_lowercase();
        let button = tree.blocks[at].words <= 6 && !matches!(name, "title" | "h1" | "h2" | "h3");
        button && ASKED.iter().any(|word| lower.contains(word))
            || WORDS.iter().filter(|word| lower.contains(*word)).count() >= 2 && furniture::addresses(&text)
    };
    if !(0..tree.blocks.len()).any(asks) {
        return false;
    }
    // A short article beside a banner tells of something else.
    let tells = |at: usize| {
        let block = &tree.blocks[at];
        let text = tree.block_text(at);
        let lower = text.to_lowercase();
        let of_consent = WORDS.iter().filter(|word| lower.contains(*word)).count() >= 2 || furniture::addresses(&text);
        block.words >= TOLD && block.linked * 2 < block.words && !of_consent
    };
    if (0..tree.blocks.len()).filter(|at| body.is_some_and(|body| body.keep[*at])).any(tells) {
        return false;
    }
    let text = tree.text.to_lowercase();
    let found = WORDS.iter().filter(|word| text.contains(*word)).count();
    let bought = || PAID.iter().any(|paid| text.contains(paid));
    found >= 4 || found >= 3 && (SAID.iter().any(|said| title.contains(said)) || bought())
}

fn has_password(tree: &Tree) -> bool {
    (0..tree.elements.len()).any(|at| {
        &*tree.elements[at].name == "input"
            && tree.attr(at, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("password"))
    })
}
