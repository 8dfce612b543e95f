//! Where the words of a text are.
//!
//! A word is letters and digits. What is written together with a hyphen, a dot, a slash, an apostrophe or the marks of
//! gender (`E-Mail`, `U.S.A.`, `H&M`, `Bürger:innen`) is several words of one chain; a number with points between its
//! thousands is one.

/// A word in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// As it is written.
    pub text: &'a str,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Whether only a mark parts it from the word before.
    pub chained: bool,
}

/// The words of a text.
pub fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut at = 0;
    let mut last_end = None;
    std::iter::from_fn(move || {
        loop {
            let start = at + text[at..].find(is_part)?;
            let end = end_of(text, start);
            at = end;
            let chained = last_end.is_some_and(|last: usize| is_link(&text[last..start]));
            last_end = Some(end);
            let word = &text[start..end];
            // Invisible marks alone are no word.
            if word.contains(|c: char| c.is_alphanumeric() || c == '§') {
                return Some(Token { text: word, start, chained });
            }
        }
    })
}

fn end_of(text: &str, start: usize) -> usize {
    if text[start..].starts_with('§') {
        return start + '§'.len_utf8();
    }
    let run = |from: usize| from + text[from..].find(|c: char| !is_part(c) || c == '§').unwrap_or(text.len() - from);
    let mut end = run(start);
    // `1.000.000`, and `1 000 000` with narrow spaces, as a Swiss writes `1'000'000`.
    if end - start <= 3 && is_digits(&text[start..end]) {
        loop {
            let mut rest = text[end..].chars();
            let Some(mark) = rest.next().filter(|c| matches!(c, '.' | '\'' | '’' | '\u{202F}' | '\u{2009}')) else {
                break;
            };
            let from = end + mark.len_utf8();
            let to = run(from);
            if to - from != 3 || !is_digits(&text[from..to]) {
                break;
            }
            end = to;
        }
    }
    end
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A letter, a digit, a mark that stands on one, or one that is not seen within a word (soft hyphen, joiners).
fn is_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36F}' | '\u{AD}' | '\u{200B}'..='\u{200D}' | '§')
}

fn is_link(between: &str) -> bool {
    let mut chars = between.chars();
    matches!(
        (chars.next(), chars.next()),
        (Some('-' | '‐' | '‑' | '–' | '.' | '\'' | '’' | '/' | '&' | '_' | ':' | '*' | '@' | '+'), None)
    )
}
