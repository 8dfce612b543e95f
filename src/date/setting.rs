//! Whether what stands around a date lets it be one.
//!
//! Comes in: the place of what the grammar read. Goes out: yes or no. `28. August 2024` is a date
//! wherever it stands; `08/2024`, `31.12.` and `gestern` are dates only where nothing before or
//! behind makes something else of them.

use super::Role;
use super::calendar::When;
use super::expression::{Expression, What, is_word};
use super::kind::Kind;
use super::lex::Gap;
use super::relative::Relative;
use super::role;
use super::window::Window;

/// Whether a date may stand from token `at` to the token before `next`; `floor` is the token
/// behind the date before it.
pub(super) fn fits(w: &Window, at: usize, next: usize, floor: usize, said: &Expression) -> bool {
    match said.what {
        What::Calendar(cal) if !cal.weak => match cal.when {
            // `1. August-Feier`, `Straße des 17. Juni`
            When::Yearless { .. } => !is_compound(w, next) && !is_street(w, at),
            _ => true,
        },
        What::Calendar(cal) => match cal.when {
            When::Yearless { .. } => {
                said.weekday.is_some()
                    || said.clock.is_some()
                    || is_led_in(w, at)
                    || (has_two_digits(w, at) && is_open(w, at, next, floor))
            }
            // `20240828-titel`, but not `0151-20240828`.
            When::Date(_) => {
                let left = is_open_left(w, at, floor) || (w.get(at).tight() && !is_word(w.before(at).kind));
                left && !is_joined(w, next)
            }
            When::Month { .. } if is_path(w, at, next) => true,
            // `2009/10` is a season.
            When::Month { .. } if w.get(at).digits == 4 && w.get(at + 1).kind == Kind::Slash => false,
            _ => said.clock.is_some() || is_open(w, at, next, floor),
        },
        What::Relative(_) if is_compound(w, next) => false,
        // `Samstag 10–18 Uhr` are the hours of every Saturday.
        What::Relative(Relative::Weekday(..)) if said.clock.is_some_and(|clock| clock.span) => false,
        What::Relative(Relative::Weekday(..) | Relative::Days(-3..=2)) if said.clock.is_some() => true,
        // `Mo`, `Do`, `Fr` and `Sat` are much else, too.
        What::Relative(Relative::Weekday(..)) if w.get(at).end - w.get(at).start < 5 => false,
        What::Relative(_) if w.get(at + 1).is_number() || w.get(at).is_number() => {
            let before = w.before(at);
            let named = is_word(before.kind) && before.capital || role::said_by(w, before).is_some();
            (named || is_open_left(w, at, floor)) && (is_open_right(w, next) || is_said(w, next))
        }
        What::Relative(relative) => {
            let led = matches!(relative, Relative::Weekday(..)) && w.before(at).kind == Kind::Am;
            let begin = at - usize::from(led);
            stands_left(w, begin, floor) && (stands_right(w, next) || is_said(w, next))
        }
    }
}

fn is_open(w: &Window, at: usize, next: usize, floor: usize) -> bool {
    is_open_left(w, at, floor) && is_open_right(w, next)
}

/// Nothing before it that it could belong to.
fn is_open_left(w: &Window, at: usize, floor: usize) -> bool {
    let before = w.before(at);
    at <= floor
        || w.get(at).gap >= Gap::Line
        || matches!(before.kind, Kind::Lead | Kind::Am | Kind::Article)
        || (!is_word(before.kind) && !before.is_number() && !is_tight_mark(w, at))
        || role::said_by(w, before).is_some()
}

/// A mark that is written onto a number or word before it, as in `x/12.10.`
fn is_tight_mark(w: &Window, at: usize) -> bool {
    let mark = w.before(at);
    w.get(at).tight()
        && mark.tight()
        && matches!(mark.kind, Kind::Slash | Kind::Dash | Kind::Dot | Kind::Plus)
        && at >= 2
}

/// Nothing behind it that it could belong to.
fn is_open_right(w: &Window, next: usize) -> bool {
    let behind = w.get(next);
    if behind.gap >= Gap::Line {
        return true;
    }
    let tight = w.get(next + 1).tight() && w.get(next + 1).kind != Kind::End;
    match behind.kind {
        Kind::Slash | Kind::Dash | Kind::Dot | Kind::Comma | Kind::Colon if behind.tight() => !tight,
        kind => !is_word(kind) && !behind.is_number(),
    }
}

/// Stands at the beginning of a line or of a part of it.
fn stands_left(w: &Window, at: usize, floor: usize) -> bool {
    let before = w.before(at);
    (at == floor && floor > 0)
        || w.get(at).gap >= Gap::Line
        || matches!(before.kind, Kind::Bar | Kind::Dash | Kind::Colon | Kind::Comma) && !w.get(at).tight()
        || before.kind == Kind::Open
        || before.kind == Kind::Sign && before.gap >= Gap::Line
        || role::said_by(w, before).is_some_and(|role| role != Role::Event)
}

/// Stands at the end of a line or of a part of it.
fn stands_right(w: &Window, next: usize) -> bool {
    let behind = w.get(next);
    behind.gap >= Gap::Line
        || match behind.kind {
            Kind::Bar | Kind::Close => true,
            Kind::Dash => behind.gap == Gap::Space && w.get(next + 1).gap == Gap::Space,
            Kind::Dot | Kind::Comma | Kind::Colon | Kind::Sign => w.get(next + 1).gap >= Gap::Line,
            _ => false,
        }
}

/// A word behind it says what happened then, or who wrote: `gestern aktualisiert`.
fn is_said(w: &Window, next: usize) -> bool {
    let behind = w.get(next);
    behind.gap <= Gap::Space
        && (role::said_by(w, behind).is_some_and(|role| role != Role::Event) || role::is_by(w, behind))
}

/// Goes on with digits behind a mark.
fn is_joined(w: &Window, next: usize) -> bool {
    let mark = w.get(next);
    let behind = w.get(next + 1);
    let number = mark.tight() && behind.tight() && behind.is_number();
    number && matches!(mark.kind, Kind::Dash | Kind::Slash | Kind::Dot | Kind::Colon | Kind::Comma)
        || mark.tight() && (is_word(mark.kind) && mark.kind != Kind::T)
}

/// `heute-journal`: the first part of a compound.
pub(super) fn is_compound(w: &Window, next: usize) -> bool {
    let mark = w.get(next);
    let behind = w.get(next + 1);
    mark.tight() && matches!(mark.kind, Kind::Dash | Kind::Sign) && behind.tight() && is_word(behind.kind)
}

/// Behind the name of a way that is named after a day.
fn is_street(w: &Window, at: usize) -> bool {
    let way = if at >= 2 && w.words(w.before(at)) == "des" { w.words(w.get(at - 2)) } else { "" };
    ["traße", "trasse", "latz", "llee", "ring", "rücke"].iter().any(|end| way.ends_with(end))
}

/// Behind a preposition that days stand with.
fn is_led_in(w: &Window, at: usize) -> bool {
    let before = w.before(at);
    matches!(before.kind, Kind::Am | Kind::Until) || before.kind == Kind::Lead && w.words(before) != "im"
}

/// `02.10.`, which is less of everything else than `2.10.` is.
fn has_two_digits(w: &Window, at: usize) -> bool {
    w.get(at).digits == 2 && w.get(at + 2).digits == 2
}

/// `/2024/08/`: a month as a part of an address.
fn is_path(w: &Window, at: usize, next: usize) -> bool {
    w.get(at).digits == 4
        && w.before(at).kind == Kind::Slash
        && w.get(at).tight()
        && w.get(next).tight()
        && w.get(next).kind == Kind::Slash
}
