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
            let start = at + length_of(&text[at..], |c| !is_part(c), false);
            if start == text.len() {
                return None;
            }
            let end = end_of(text, start);
            at = end;
            let chained = last_end.is_some_and(|last: usize| is_link(&text[last..start]));
            last_end = Some(end);
            let word = &text[start..end];
            // Invisible marks alone are no word.
            if word.starts_with(|c: char| c.is_ascii_alphanumeric())
                || word.contains(|c: char| c.is_alphanumeric() || c == '§')
            {
                return Some(Token { text: word, start, chained });
            }
        }
    })
}

fn end_of(text: &str, start: usize) -> usize {
    if text[start..].starts_with('§') {
        return start + '§'.len_utf8();
    }
    let run = |from: usize| from + length_of(&text[from..], |c| is_part(c) && c != '§', true);
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

/// Bytes at the beginning of a text that are of one kind: parts of words, or not. Most are ASCII and need no table.
fn length_of(text: &str, is_of_kind: impl Fn(char) -> bool, parts: bool) -> usize {
    let mut at = 0;
    loop {
        let ascii = |byte: &&u8| byte.is_ascii() && byte.is_ascii_alphanumeric() == parts;
        at += text.as_bytes()[at..].iter().take_while(ascii).count();
        match text[at..].chars().next().filter(|c| !c.is_ascii() && is_of_kind(*c)) {
            Some(c) => at += c.len_utf8(),
            None => return at,
        }
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A letter, a digit, a mark that stands on one, or one that is not seen within a word (soft hyphen, joiners).
fn is_part(c: char) -> bool {
    // The letters of western Europe, without asking the table of all.
    matches!(c, 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ÿ')
        || c.is_alphanumeric()
        || matches!(c, '\u{300}'..='\u{36F}' | '\u{AD}' | '\u{200B}'..='\u{200D}' | '§')
}

fn is_link(between: &str) -> bool {
    let mut chars = between.chars();
    matches!(
        (chars.next(), chars.next()),
        (Some('-' | '‐' | '‑' | '–' | '.' | '\'' | '’' | '/' | '&' | '_' | ':' | '*' | '@' | '+'), None)
    )
}
