//! Lines that systems write between those of people: how many of how many are shown, and whose post it is that stands in a
//! frame.

use super::lower;

/// Whether a line counts what is shown of a list: `Es werden die Einträge 1 bis 10 von insgesamt 19 angezeigt`.
pub(super) fn is_count(line: &str) -> bool {
    const COUNTED: [&str; 9] =
        ["angezeigt", "anzeige", "zeige", "einträge", "ergebnis", "treffer", "artikel", "produkte", "beiträge"];
    const MOST_WORDS: usize = 14;
    if !line.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let lower = lower(line).replace(['-', '–'], " bis ");
    let words: Vec<&str> = lower.split_whitespace().filter(|word| *word != "insgesamt").collect();
    let number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let is_range = |at: &[&str]| match at {
        [from, "bis", to, "von", all] => number(from) && number(to) && number(all),
        _ => false,
    };
    // Of a sentence only one that says that something is shown.
    let shows = || !line.ends_with('.') || COUNTED[..3].iter().any(|word| lower.contains(word));
    words.len() <= MOST_WORDS
        && shows()
        && words.windows(5).any(is_range)
        && COUNTED.iter().any(|word| lower.contains(word))
}

/// Whether a line stands under a post of a network that is shown in a frame, and says only whose it is: the post itself is
/// in the frame.
pub(super) fn is_embedded(line: &str) -> bool {
    const BEGINS: [&str; 6] = [
        "ein beitrag geteilt von ",
        "a post shared by ",
        "sieh dir diesen beitrag auf instagram an",
        "view this post on instagram",
        "diesen beitrag auf instagram ansehen",
        "dieses video auf tiktok ansehen",
    ];
    const LONGEST: usize = 240;
    let lower = if line.len() <= LONGEST { lower(line) } else { return false };
    let posted = lower.starts_with("ein von ")
        && ["geteilter beitrag", "gepostetes foto", "gepostetes video"].iter().any(|what| lower.contains(what));
    posted || BEGINS.iter().any(|begin| lower.starts_with(begin))
}

/// Whether a line asks those who have a subscription to say so, as the choices of a pay wall do.
pub(super) fn is_choice_of_wall(line: &str) -> bool {
    const MOST_WORDS: usize = 8;
    const ASKED: [&str; 11] = [
        "möchten sie weiterlesen",
        "wollen sie weiterlesen",
        "ich bin abonnent",
        "bereits abonnent",
        "schon abonnent",
        "ich benötige ein abo",
        "sie haben bereits ein abo",
        "sie haben schon ein abo",
        "noch kein abo",
        "noch kein konto",
        "sie haben noch kein abo",
    ];
    line.split_whitespace().count() <= MOST_WORDS && {
        let lower = lower(line);
        ASKED.iter().any(|asked| lower.contains(asked))
    }
}

#[cfg(test)]
mod tests {
    use super::{is_choice_of_wall, is_count, is_embedded};

    #[test]
    fn what_systems_count_is_told_from_what_people_count() {
        assert!(is_count("Es werden die Bücher 1 bis 10 von insgesamt 19 angezeigt!"));
        assert!(is_count("Zeige 1-20 von 344 Treffern"));
        assert!(!is_count("Von 10 bis 12 Uhr, von 300 Leuten besucht, wird gesungen"));
        assert!(!is_count("Die Produkte 1 bis 3 von 10 sind ausverkauft, sagt der Händler."));
        assert!(!is_count("In den Jahren 1 bis 5 von 20 wächst der Baum kaum"));
    }

    #[test]
    fn a_post_in_a_frame_says_whose_it_is() {
        assert!(is_embedded("Ein Beitrag geteilt von Anna Muster (@anna_muster) am Apr 21, 2019 um 4:47 PDT"));
        assert!(is_embedded("Ein von Anna Muster (@anna_muster) geteilter Beitrag"));
        assert!(!is_embedded("Ein von der Gemeinde gepostetes Bild sorgt für Ärger im Rat."));
        assert!(!is_embedded("Den Beitrag geteilt von Tausenden hat niemand geprüft."));
    }

    #[test]
    fn a_letter_of_a_subscriber_is_no_pay_wall() {
        assert!(is_choice_of_wall("Ja. Ich bin Abonnent."));
        assert!(is_choice_of_wall("Bereits Abonnentin? Anmelden"));
        assert!(!is_choice_of_wall(
            "Ich bin Abonnent seit dreißig Jahren und habe noch nie einen solchen Unsinn gelesen."
        ));
    }
}
