//! One word, and what is left of it when spelling and inflection are taken away.

use frostem::{Algorithm, Stemmer};
use std::borrow::Cow;

/// A language whose inflection is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// `de` and its regions.
    German,
    /// `en`.
    English,
    /// `fr`.
    French,
    /// `it`.
    Italian,
    /// `es`.
    Spanish,
    /// `nl`.
    Dutch,
    /// Any other, and names: only umlauts are made alike.
    Other,
}

impl Language {
    /// That of a BCP 47 tag; what names none is German.
    pub fn of(tag: Option<&str>) -> Language {
        let Some(tag) = tag else { return Language::German };
        match tag.split('-').next().unwrap_or_default() {
            "de" | "gsw" | "nds" | "bar" => Language::German,
            "en" => Language::English,
            "fr" => Language::French,
            "it" => Language::Italian,
            "es" => Language::Spanish,
            "nl" => Language::Dutch,
            _ => Language::Other,
        }
    }

    /// How many there are.
    pub(super) const ALL: usize = 7;

    /// Each of them, in their order.
    pub(super) fn each() -> [Language; Language::ALL] {
        use Language::{Dutch, English, French, German, Italian, Other, Spanish};
        [German, English, French, Italian, Spanish, Dutch, Other]
    }

    /// The stem of a word that [`normal`] has made.
    pub fn stem(self, normal: &str) -> String {
        let algorithm = match self {
            Language::German => return german(normal),
            Language::English => Algorithm::English,
            Language::French => Algorithm::French,
            Language::Italian => Algorithm::Italian,
            Language::Spanish => Algorithm::Spanish,
            Language::Dutch => Algorithm::Dutch,
            Language::Other => return plain(&umlauts(normal)),
        };
        plain(&Stemmer::new(algorithm).stem(normal))
    }
}

/// A word in lower case, composed, with `ss` for `ß`, and without marks other than the dots of umlauts.
pub fn normal(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars().flat_map(char::to_lowercase) {
        match c {
            'ß' => out.push_str("ss"),
            // A letter and its dots, one by one.
            '\u{308}' => match out.pop() {
                Some('a') => out.push('ä'),
                Some('o') => out.push('ö'),
                Some('u') => out.push('ü'),
                other => out.extend(other),
            },
            '\u{300}'..='\u{36F}' | '\u{AD}' | '\u{200B}'..='\u{200D}' | '.' | '\'' | '’' | '\u{202F}' | '\u{2009}' =>
                {}
            'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => out.push('a'),
            'ç' | 'ć' | 'č' => out.push('c'),
            'ď' | 'đ' => out.push('d'),
            'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => out.push('e'),
            'ğ' => out.push('g'),
            'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => out.push('i'),
            'ł' | 'ľ' | 'ĺ' => out.push('l'),
            'ñ' | 'ń' | 'ň' => out.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ø' | 'ō' => out.push('o'),
            'ő' => out.push('ö'),
            'ř' | 'ŕ' => out.push('r'),
            'ś' | 'š' | 'ş' | 'ș' => out.push('s'),
            'ť' | 'ţ' | 'ț' => out.push('t'),
            'ù' | 'ú' | 'û' | 'ū' | 'ů' => out.push('u'),
            'ű' => out.push('ü'),
            'ý' | 'ÿ' => out.push('y'),
            'ź' | 'ż' | 'ž' => out.push('z'),
            'æ' => out.push('ä'),
            'œ' => out.push('ö'),
            c => out.push(c),
        }
    }
    out
}

/// Without the dots of umlauts.
fn plain(word: &str) -> String {
    if word.is_ascii() {
        return word.to_owned();
    }
    word.chars()
        .map(|c| match c {
            'ä' => 'a',
            'ö' => 'o',
            'ü' => 'u',
            c => c,
        })
        .collect()
}

/// `ae`, `oe` and `ue` stand for umlauts, but not behind a vowel or `q`: `neue`, `Steuer`, `Quelle`, `Frauen`.
fn umlauts(word: &str) -> Cow<'_, str> {
    let is_one = |pair: &[u8]| pair[1] == b'e' && matches!(pair[0], b'a' | b'o' | b'u');
    if !word.as_bytes().windows(2).any(is_one) {
        return Cow::Borrowed(word);
    }
    let mut out = String::with_capacity(word.len());
    let mut chars = word.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        let alone = !matches!(before, 'a' | 'e' | 'i' | 'o' | 'u' | 'q' | 'ä' | 'ö' | 'ü');
        let umlaut = match c {
            'a' => 'ä',
            'o' => 'ö',
            'u' => 'ü',
            _ => ' ',
        };
        if umlaut != ' ' && alone && chars.peek() == Some(&'e') {
            chars.next();
            out.push(umlaut);
            before = umlaut;
        } else {
            out.push(c);
            before = c;
        }
    }
    Cow::Owned(out)
}

/// Snowball's stem, and what it leaves that German has borrowed: `Autos`, `Museen`, `Themen`, `Lehrerinnen`.
fn german(normal: &str) -> String {
    if !normal.contains(|c: char| c.is_alphabetic()) {
        return normal.to_owned();
    }
    let word = umlauts(normal);
    let length = word.chars().count();
    if length < 4 {
        return plain(&word);
    }
    // Snowball takes these ends from long words and leaves them to short ones, so that a compound had another stem than the
    // word that it ends in.
    let singular = word.strip_suffix("en").or_else(|| word.strip_suffix('s')).unwrap_or(&word);
    if length >= 5 && ["ung", "heit", "keit"].iter().any(|end| singular.ends_with(end)) {
        return plain(singular);
    }
    // The plural of words that end in a vowel; `Preis`, `Kreis`, `Mais` and `Haus` have none.
    let word = match word.strip_suffix('s') {
        Some(rest)
            if length >= 5
                && rest.ends_with(['a', 'o', 'i', 'y'])
                && !rest.ends_with("ei")
                && !rest.ends_with("ai") =>
        {
            rest
        }
        _ => &word,
    };
    let mut stem = plain(&Stemmer::new(Algorithm::German).stem(word));
    if stem.ends_with("inn") || stem.ends_with("arn") && length >= 6 {
        stem.pop();
    }
    let length = stem.chars().count();
    if length >= 6 && stem.ends_with("um") {
        stem.truncate(stem.len() - 2);
    } else if length >= 5 && stem.ends_with(['a', 'o']) {
        stem.pop();
    }
    stem
}
#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn words_of_one_kind_have_one_stem() {
        let stem = |word: &str| Language::German.stem(&normal(word));
        for same in [
            &["Zug", "Züge", "Zuge", "Zuege", "Zügen"][..],
            &["Größe", "Groesse", "Grösse", "Grosse", "Größen"],
            &["Haus", "Häuser", "Hauses", "Haeusern"],
            &["Auto", "Autos"],
            &["Museum", "Museen", "Museums"],
            &["Thema", "Themen"],
            &["Firma", "Firmen"],
            &["Ministerium", "Ministerien", "Ministeriums"],
            &["Lehrerin", "Lehrerinnen"],
            &["Straße", "Strasse", "Straßen"],
            &["Universität", "Universitaet", "Universitäten", "Universitat"],
            &["Kamera", "Kameras"],
            &["Konto", "Konten", "Kontos"],
            &["Stadt", "Städte", "Städten"],
            &["Café", "Cafés", "Cafe"],
            &["Nachbar", "Nachbarn"],
            &["Gesetz", "Gesetze", "Gesetzes", "Gesetzen"],
            &["Land", "Länder"],
            &["Buch", "Bücher", "Buches"],
            &["Wahl", "Wahlen"],
            &["Bäckerei", "Bäckereien"],
            &["Prüfung", "Prüfungen", "Pruefung"],
            &["Übung", "Übungen", "Uebung"],
            &["Krankheit", "Krankheiten"],
            &["Neue", "neuer", "neues", "neuen"],
            &["Kirche", "Kirchen"],
            &["Vertrag", "Verträge", "Vertrags"],
            &["Rat", "Räte", "Rates", "Raete"],
        ] {
            let stems: Vec<String> = same.iter().map(|word| stem(word)).collect();
            assert!(stems.iter().all(|s| *s == stems[0]), "{same:?}: {stems:?}");
        }
    }
}
