//! What the words around a date say that happened then.
//!
//! Comes in: the place of a date. Goes out: its role, from the nearest word that says one, before
//! it on its line or directly behind it. A date inside of a sentence, where nothing says more, is
//! that of the event which the sentence tells.

use super::Role;
use super::kind::Kind;
use super::lex::{Gap, Token};
use super::lexicon::{Folded, Stem};
use super::window::Window;

/// How far a word may stand before its date: `Zuletzt aktualisiert von der Redaktion am`.
const REACH: usize = 9;

/// The role of the date from token `at` to the token before `next`; `floor` is the token behind
/// the date before it.
pub(super) fn role(w: &Window, at: usize, next: usize, floor: usize) -> Role {
    let mut lines = 0;
    let mut place = at;
    while place > floor && at - place < REACH {
        let gap = w.get(place).gap;
        lines += usize::from(gap == Gap::Line);
        // A word on the line above leads in only what it ends with: `Stand:`, `Aktualisiert am`.
        if gap == Gap::Paragraph || lines > 1 || (lines == 1 && at - place >= 3) {
            break;
        }
        place -= 1;
        let token = w.get(place);
        if let Some(role) = said_by(w, token) {
            let online = token.kind == Kind::Lead && w.words(w.before(place)).eq_ignore_ascii_case("online");
            return if online { Role::Published } else { role };
        }
        let begins_part = place == floor
            || matches!(w.before(place).kind, Kind::Bar | Kind::Dash | Kind::End | Kind::Sign)
            || token.gap >= Gap::Line;
        let colon = w.get(place + 1).kind == Kind::Colon;
        if begins_part && (lines == 0 || colon) && (is_piece(w, token) || (is_by(w, token) && lines == 0)) {
            return Role::Published;
        }
        let ends_part = matches!(token.kind, Kind::Bar | Kind::Semicolon | Kind::Dot | Kind::Sign);
        if ends_part && (place + 1 < at || lines > 0) {
            break;
        }
    }
    for place in next..next + 3 {
        let token = w.get(place);
        if token.gap > Gap::Space {
            break;
        }
        if let Some(role) = said_by(w, token).filter(|_| token.kind != Kind::Until) {
            // `(aktualisiert: 17:05 Uhr)` speaks of what comes.
            let leads = matches!(
                w.get(place + 1).kind,
                Kind::Colon | Kind::Number | Kind::Am | Kind::Um | Kind::Lead | Kind::Weekday(_) | Kind::Before
            );
            if leads {
                break;
            }
            return role;
        }
        if !matches!(token.kind, Kind::Comma | Kind::Close | Kind::Open | Kind::Dash) {
            break;
        }
    }
    let behind = w.get(next);
    let before = lead_in(w, at, floor);
    if is_lower(before) && before.gap <= Gap::Space || is_lower(behind) && !is_by(w, behind) && behind.gap == Gap::Space
    {
        return Role::Event;
    }
    Role::Unknown
}

/// The token before the prepositions and articles that lead a date in; the end if there are none.
fn lead_in(w: &Window, at: usize, floor: usize) -> Token {
    let mut place = at;
    while place > floor && at - place < 4 && matches!(w.before(place).kind, Kind::Am | Kind::Lead | Kind::Article) {
        place -= 1;
    }
    if place == at || place == floor { Token::END } else { w.before(place) }
}

fn is_lower(token: Token) -> bool {
    token.kind == Kind::Word && !token.capital
}

pub(super) fn is_by(w: &Window, token: Token) -> bool {
    matches!(w.words(token), "von" | "Von" | "by" | "By" | "par" | "Par")
}

/// `Artikel vom`, where it begins a line: in a sentence it is another one that is spoken of.
fn is_piece(w: &Window, token: Token) -> bool {
    token.kind == Kind::Word && Folded::new(w.words(token)).is_some_and(|word| PIECE.iter().any(|stem| stem.is(word)))
}

/// The role that a word gives to the date behind it.
pub(super) fn said_by(w: &Window, token: Token) -> Option<Role> {
    let words = w.words(token);
    match token.kind {
        Kind::Until => return Some(Role::Event),
        Kind::Lead if words.eq_ignore_ascii_case("ab") || words.eq_ignore_ascii_case("seit") => {
            return Some(Role::Event);
        }
        // `mise à jour`
        Kind::Unit(_) if words == "jour" => return Some(Role::Updated),
        Kind::Word | Kind::Label => {}
        _ => return None,
    }
    // The noun; `stand` is what someone did.
    if words == "Stand" || words == "STAND" {
        return Some(Role::Updated);
    }
    let word = Folded::new(words)?;
    let any = |stems: &[Stem]| stems.iter().any(|stem| stem.begins(word));
    match () {
        () if any(&UPDATED) => Some(Role::Updated),
        () if any(&PUBLISHED) => Some(Role::Published),
        () if any(&EVENT) => Some(Role::Event),
        () => None,
    }
}

const UPDATED: [Stem; 12] = Stem::all([
    "aktualisier",
    "upd",
    "geaendert",
    "aenderung",
    "bearbeitet",
    "ueberarbeit",
    "modifi",
    "revidiert",
    "revised",
    "edited",
    "ergaenzt",
    "korrigiert",
]);

const PUBLISHED: [Stem; 21] = Stem::all([
    "veroeffentlich",
    "publi",
    "erschienen",
    "erscheinung",
    "erstell",
    "geschrieben",
    "verfasst",
    "gepostet",
    "posted",
    "eingestellt",
    "hochgeladen",
    "created",
    "pubdate",
    "freigegeben",
    "onlinestell",
    "erstveroeffent",
    "ersterschein",
    "uploaded",
    "pressemitteil",
    "pressemeldung",
    "medienmitteil",
]);

const PIECE: [Stem; 11] = Stem::all([
    "artikel",
    "beitrag",
    "meldung",
    "eintrag",
    "nachricht",
    "blogeintrag",
    "newsletter",
    "ausgabe",
    "bericht",
    "datum",
    "date",
]);

const EVENT: [Stem; 24] = Stem::all([
    "termin",
    "wann",
    "beginn",
    "einlass",
    "anmeldeschluss",
    "frist",
    "gueltig",
    "urteil",
    "beschluss",
    "gesetz",
    "verordnung",
    "geboren",
    "gestorben",
    "abgerufen",
    "abruf",
    "zugriff",
    "konzert",
    "veranstaltung",
    "geburtstag",
    "premiere",
    "retrieved",
    "accessed",
    "deadline",
    "einsendeschl",
]);
