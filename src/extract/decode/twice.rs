//! Text whose UTF-8 was once taken for windows-1252 and encoded again: `fÃ¼r` for `für`.

use encoding_rs::WINDOWS_1252;
use memchr::memmem;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Ruins below which a text may be one that speaks of such ruins.
const FEWEST: usize = 3;

/// The byte that stands for a character beyond ASCII in windows-1252.
static BYTES: LazyLock<HashMap<char, u8>> = LazyLock::new(|| {
    let character = |byte: u8| WINDOWS_1252.decode_without_bom_handling(&[byte]).0.chars().next().map(|c| (c, byte));
    (0x80..=0xff).filter_map(character).collect()
});

/// The text with each ruin made whole, and how many there were. `None` if there are fewer than three, or if more umlauts
/// are right than ruined: then the whole was not encoded twice.
pub fn repaired(text: &str) -> Option<(String, usize)> {
    // `Ã` begins the ruins of Latin letters, `â€` those of dashes and quotation marks.
    let ruins = ["\u{c3}", "\u{e2}\u{20ac}"].map(|ruin| memmem::find_iter(text.as_bytes(), ruin).take(FEWEST).count());
    if ruins.iter().sum::<usize>() < FEWEST {
        return None;
    }
    let mut whole = String::with_capacity(text.len());
    let (mut repaired, mut right) = (0, 0);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match ruin(rest) {
            Some((character, length)) => {
                whole.push(character);
                repaired += 1;
                rest = &rest[length..];
            }
            None => {
                right += usize::from("äöüÄÖÜß".contains(c));
                whole.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    (repaired >= FEWEST && repaired > right).then_some((whole, repaired))
}

/// The byte that a character was: programs that take UTF-8 for ISO-8859-1 leave control characters where windows-1252 has
/// letters and marks.
fn byte(c: char) -> Option<u8> {
    match c {
        '\u{80}'..='\u{9f}' => u8::try_from(u32::from(c)).ok(),
        _ => BYTES.get(&c).copied(),
    }
}

/// The character whose ruin the text begins with, and how many bytes the ruin has.
fn ruin(text: &str) -> Option<(char, usize)> {
    let first = text.chars().next().filter(|c| !c.is_ascii())?;
    let mut bytes = [byte(first)?, 0, 0, 0];
    // How many bytes follow in UTF-8 (RFC 3629, section 3).
    let length = match bytes[0] {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let mut size = first.len_utf8();
    let mut characters = text.chars().skip(1);
    for at in &mut bytes[1..length] {
        let c = characters.next()?;
        *at = byte(c)?;
        size += c.len_utf8();
    }
    let character = std::str::from_utf8(&bytes[..length]).ok()?.chars().next()?;
    Some((character, size))
}

#[cfg(test)]
mod tests {
    use super::repaired;

    #[test]
    fn a_text_that_was_encoded_twice_is_made_whole() {
        let ruined = "FÃ¼r GÃ¤ste der StraÃŸe â€“ â€žÃœber uns\u{e2}\u{20ac}\u{153} kostet 3 â‚¬";
        let whole = "Für Gäste der Straße – „Über uns“ kostet 3 €";
        assert_eq!(repaired(ruined), Some((whole.to_owned(), 8)));
        assert_eq!(repaired(whole), None);
        let controls = "FÃ¼r GÃ¤ste der StraÃ\u{9f}e, Ã\u{9c}bermut";
        assert_eq!(repaired(controls), Some(("Für Gäste der Straße, Übermut".to_owned(), 4)));
    }

    #[test]
    fn a_text_that_speaks_of_ruins_stays() {
        assert_eq!(repaired("Wer fÃ¼r liest, hat ein Problem."), None);
        let mixed = "Größe, Höhe, Länge und Nähe über Öl schön: Ã¤ Ã¶ Ã¼";
        assert_eq!(repaired(mixed), None);
        assert_eq!(repaired("São Paulo, ÃO, Ã Ã Ã."), None);
        assert_eq!(repaired(""), None);
    }
}
