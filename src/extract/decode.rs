//! Bytes to characters: by byte order mark, by the transport, by the document's own word, and
//! where these are silent or wrong, by looking.
//!
//! ISO-8859-1 is read as windows-1252, as the WHATWG Encoding Standard demands.

mod twice;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

/// Characters, and how they were found.
#[derive(Debug)]
pub struct Decoded<'a> {
    /// The text, without a byte order mark.
    pub text: Cow<'a, str>,
    /// What had to be overruled or repaired: sentences without a full stop.
    pub warnings: Vec<String>,
}

/// Decodes `bytes`. `media_type` is the transport's `Content-Type`, `declared` the label that the
/// document itself gives (an XML declaration, `<meta charset>`).
///
/// A byte order mark wins, then the transport, then the document. A label that the bytes
/// contradict (they are not valid in it, or they are valid UTF-8 with characters beyond ASCII
/// where a single-byte set is claimed) is overruled, with a warning. A text that was encoded twice is repaired, with a
/// warning.
pub fn decode<'a>(bytes: &'a [u8], media_type: Option<&str>, declared: Option<&str>) -> Decoded<'a> {
    let mut decoded = decoded(bytes, media_type, declared);
    if let Some((text, count)) = twice::repaired(&decoded.text) {
        decoded.warnings.push(format!("encoded twice, characters repaired: {count}"));
        decoded.text = Cow::Owned(text);
    }
    decoded
}

fn decoded<'a>(bytes: &'a [u8], media_type: Option<&str>, declared: Option<&str>) -> Decoded<'a> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[length..]);
        return Decoded { text, warnings: Vec::new() };
    }
    let label = media_type.and_then(charset).or_else(|| declared.map(str::to_owned));
    let named = label.as_deref().and_then(|label| Encoding::for_label(label.as_bytes()));
    let utf8 = simdutf8::basic::from_utf8(bytes).ok();
    let mut warnings = Vec::new();
    let encoding = match (named, utf8) {
        (Some(named), Some(text)) if named == UTF_8 || text.is_ascii() && named.is_ascii_compatible() => {
            return Decoded { text: Cow::Borrowed(text), warnings };
        }
        (Some(named), Some(text)) if named.is_single_byte() => {
            warnings.push(format!("declared as {}, is UTF-8", named.name()));
            return Decoded { text: Cow::Borrowed(text), warnings };
        }
        (Some(named), _) if named != UTF_8 => {
            // A document whose declaration could be read as ASCII is not in UTF-16, whatever it says
            // (HTML Standard, 13.2.3.2, step "if charset is UTF-16BE/LE").
            if (named == UTF_16BE || named == UTF_16LE) && !bytes.iter().take(64).any(|b| *b == 0) {
                guess(bytes)
            } else {
                named
            }
        }
        // A zero is no character of a text, but half of one in UTF-16 without its mark.
        (None, Some(text)) if !bytes.iter().take(64).any(|b| *b == 0) => {
            return Decoded { text: Cow::Borrowed(text), warnings };
        }
        (named, _) => {
            if let Some((text, foreign)) = mostly_utf8(bytes) {
                warnings.push(format!("not valid UTF-8, bytes read as windows-1252: {foreign}"));
                return Decoded { text: Cow::Owned(text), warnings };
            }
            let found = guess(bytes);
            if let Some(named) = named {
                warnings.push(format!("declared as {}, read as {}", named.name(), found.name()));
            }
            found
        }
    };
    let (text, faulty) = encoding.decode_without_bom_handling(bytes);
    if faulty {
        warnings.push(format!("some bytes are not valid in {}", encoding.name()));
    }
    Decoded { text, warnings }
}

/// The `charset` parameter of a media type (RFC 9110, section 8.3.2).
fn charset(media_type: &str) -> Option<String> {
    media_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then(|| value.to_owned())
    })
}

/// UTF-8 into which text of another encoding was pasted: each foreign byte is read as windows-1252.
/// `None` if less than half of what is beyond ASCII is valid; in other encodings hardly anything is.
fn mostly_utf8(bytes: &[u8]) -> Option<(String, usize)> {
    let mut text = String::with_capacity(bytes.len());
    let (mut valid, mut foreign) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        text.push_str(chunk.valid());
        match chunk.invalid() {
            [] => {}
            [byte] => {
                text.push_str(&WINDOWS_1252.decode_without_bom_handling(&[*byte]).0);
                foreign += 1;
            }
            // A character that was cut in its middle.
            _ => {
                text.push('\u{FFFD}');
                foreign += 1;
            }
        }
    }
    (valid > foreign).then_some((text, foreign))
}

/// The encoding by the look of the bytes.
fn guess(bytes: &[u8]) -> &'static Encoding {
    // Zeros in every second place of the beginning: UTF-16 of western text without its mark.
    let head = &bytes[..bytes.len().min(64)];
    let zeros = |start: usize| head.iter().skip(start).step_by(2).filter(|b| **b == 0).count() * 4 > head.len();
    match (zeros(0), zeros(1)) {
        (true, false) => return UTF_16BE,
        (false, true) => return UTF_16LE,
        _ => {}
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(Some(b"de"), Utf8Detection::Allow)
}
