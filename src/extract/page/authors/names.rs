//! Names out of what stands in a place for authors, and out of lines near the headline.

use crate::extract::text::head::{bare, byline, is_name};
use crate::text::fold;

/// Splits what stands in a place for authors into names.
pub fn names(text: &str) -> Vec<String> {
    let text = fold(text).replacen("von: ", "von ", 1);
    if text.len() > 300 || text.contains("://") || text.starts_with("www.") {
        return Vec::new();
    }
    let mut text = text.as_str();
    for lead in [
        "Alle Artikel von ",
        "Alle Beiträge von ",
        "Alles von ",
        "Erstellt von ",
        "erstellt von ",
        "Eingestellt von ",
        "Gespeichert von ",
        "Geschrieben von ",
        "Verfasst von ",
        "Posted by ",
        "Von ",
        "von ",
        "VON ",
        "By ",
        "by ",
        "Autor: ",
        "Autorin: ",
        "Autoren: ",
        "Text: ",
        "Author: ",
        "Interview: ",
        "Ein Kommentar von ",
        "Kommentar von ",
    ] {
        text = text.strip_prefix(lead).unwrap_or(text);
    }
    text.split([';', '|'])
        .flat_map(|part| part.split(" / "))
        .flat_map(|part| part.split(" und "))
        .flat_map(|part| part.split(" & "))
        .flat_map(split_commas)
        .flat_map(split_slash)
        .map(|name| name.split(" (").next().unwrap_or(name))
        .map(|name| name.trim().trim_matches(['"', ',', '(', ')', ':', '•', '·', '-', '–', '—']).trim().to_owned())
        .filter(|name| bare(name).chars().count() >= 2 && name.split(' ').count() <= 6 && !name.contains('@'))
        .collect()
}

/// Commas part names, or a name from a place or profession: only names are kept then.
pub(super) fn split_commas(part: &str) -> Vec<&str> {
    let pieces: Vec<&str> = part.split(',').map(str::trim).filter(|p| !p.is_empty()).collect();
    if pieces.len() < 2 {
        return pieces;
    }
    let named: Vec<&str> = pieces.iter().copied().filter(|p| is_name(p)).collect();
    if named.is_empty() { pieces[..1].to_vec() } else { named }
}

/// An agency behind the name of a person: `Anna Muster/dpa`. Alone the names of agencies stay together.
pub(super) fn split_slash(part: &str) -> Vec<&str> {
    let pieces: Vec<&str> = part.split('/').collect();
    if pieces.iter().any(|piece| is_name(piece)) { pieces } else { vec![part] }
}

/// Names in a line near the headline: a byline, a label with the name behind it, or a name beside
/// a date.
pub(super) fn line(text: &str, next: Option<&str>) -> Vec<String> {
    const LABELS: &[&str] = &[
        "autor",
        "autorin",
        "autoren",
        "text",
        "von",
        "interview",
        "author",
        "redakteur",
        "redakteurin",
        "artikel von",
        "beitrag von",
        "text von",
        "verfasst von",
        "geschrieben von",
    ];
    if let Some(names) = byline(text) {
        return names;
    }
    // Behind a date: `05.02.2020 - Redaktion: Anna Muster`.
    for bar in [" // ", " | ", " • ", " · ", " – ", " - ", " -"] {
        let handle = |piece: &str| {
            let name = ["Autor: ", "Autorin: "].iter().find_map(|lead| piece.strip_prefix(lead))?;
            (!name.contains(' ')).then(|| vec![name.to_owned()])
        };
        let mut pieces = text.split(bar).skip(1).map(str::trim);
        if let Some(names) = pieces.find_map(|piece| byline(piece).or_else(|| handle(piece))) {
            return names;
        }
    }
    if LABELS.contains(&text.trim_end_matches(':').to_lowercase().as_str())
        && let Some(next) = next.filter(|next| next.len() < 80)
    {
        return names(next).into_iter().filter(|name| is_name(name)).collect();
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits < 4 {
        return Vec::new();
    }
    if let Some((_, behind)) = text.split_once(" von ")
        && behind.split(' ').count() <= 3
        && behind.split(' ').all(|word| word.starts_with(char::is_uppercase))
    {
        return vec![behind.trim().to_owned()];
    }
    text.split(['|', '•', '·', '–', '—', ',', '/'])
        .map(str::trim)
        .filter(|piece| piece.split(' ').count() <= 4 && is_name(piece) && !is_time_word(piece))
        .map(str::to_owned)
        .collect()
}

/// Whether a piece of a date line that looks like a name is of the date.
pub(super) fn is_time_word(piece: &str) -> bool {
    const WORDS: &[&str] = &[
        "januar",
        "februar",
        "märz",
        "april",
        "mai",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "dezember",
        "uhr",
        "stand",
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
        "veröffentlicht",
        "aktualisiert",
        "kommentare",
        "lesezeit",
    ];
    piece.split(' ').any(|word| WORDS.contains(&word.to_lowercase().as_str()))
}

/// What stands before a date in a byline: `Anna Muster am Freitag, 3. Mai`.
pub(super) fn until_date(text: &str) -> &str {
    let text = text.split(" am ").next().unwrap_or(text);
    let text = text.split(" um ").next().unwrap_or(text);
    let digit = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    let text = text[..digit].trim_end();
    for day in [
        " Stand:",
        " Stand",
        " vor",
        " veröffentlicht",
        " Veröffentlicht",
        " aktualisiert",
        " Aktualisiert",
        " Mo,",
        " Di,",
        " Mi,",
        " Do,",
        " Fr,",
        " Sa,",
        " So,",
        " Montag,",
        " Dienstag,",
        " Mittwoch,",
        " Donnerstag,",
        " Freitag,",
        " Samstag,",
        " Sonntag,",
    ] {
        if let Some(text) = text.strip_suffix(day) {
            return text;
        }
    }
    text
}

/// Whether a name of several words has a capital in it and does not end with a word that leads on.
pub(super) fn is_proper(name: &str) -> bool {
    name.chars().any(char::is_uppercase) && !name.ends_with(" von") && !name.contains(" der ")
}

/// Whether words lead in the names behind them.
pub(super) fn is_led(text: &str) -> bool {
    const LEADS: [&str; 6] = ["von ", "by ", "gespeichert von", "erstellt von", "eingestellt von", "verfasst von"];
    let lower = text.to_lowercase();
    LEADS.iter().any(|lead| lower.starts_with(lead))
}
