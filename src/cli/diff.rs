//! `depesche diff`: what changed between two revisions of an article.

use super::ask::{complain, find};
use super::output::{Span, Style};
use super::{Outcome, Session};
use crate::date::rfc3339;
use crate::error::Error;
use crate::model::Revision;
use serde_json::{Value, json};
use similar::{ChangeTag, TextDiff};

/// Lines of context around a change.
const CONTEXT: usize = 1;

/// `depesche diff`
pub fn diff(session: &mut Session, id: &str, from: Option<u32>, to: Option<u32>) -> Outcome {
    let (kept, lost) = find(session, id)?;
    let status = complain(session, &lost);
    let revision = |number: u32| {
        kept.revisions.iter().find(|revision| revision.revision == number).ok_or_else(|| Error::Usage {
            what: format!("the article has no revision {number}"),
            hint: Some(format!("it has {}; `depesche explain {id}` lists them", kept.revisions.len())),
        })
    };
    let Some(newest) = kept.revisions.last() else { return Ok(status) };
    let to = to.map_or(Ok(newest), revision)?;
    let from = match from {
        Some(number) => revision(number)?,
        // The one before; the only revision is compared with itself.
        None => kept.revisions.iter().rev().find(|revision| revision.revision < to.revision).unwrap_or(to),
    };
    let (before, after) = (written(from), written(to));
    if session.json {
        let words = TextDiff::from_words(&before, &after);
        let mut changes: Vec<(&str, String)> = Vec::new();
        for change in words.iter_all_changes() {
            let name = match change.tag() {
                ChangeTag::Equal => "same",
                ChangeTag::Delete => "gone",
                ChangeTag::Insert => "come",
            };
            match changes.last_mut() {
                Some((last, text)) if *last == name => text.push_str(change.value()),
                _ => changes.push((name, change.value().to_owned())),
            }
        }
        let changes: Vec<Value> = changes.into_iter().map(|(name, text)| json!({ name: text })).collect();
        session.out.json(&json!({"id": to.id, "from": head(from), "to": head(to), "changes": changes}))?;
        return Ok(status);
    }
    let name =
        |revision: &Revision| format!("revision {}, {}", revision.revision, rfc3339(&revision.seen.fixed_offset()));
    if !session.out.colours() {
        let lines = TextDiff::from_lines(&before, &after);
        let unified = lines.unified_diff().context_radius(CONTEXT).header(&name(from), &name(to)).to_string();
        for line in unified.lines() {
            session.out.line(line)?;
        }
        return Ok(status);
    }
    session.out.line(&format!("{} → {}", name(from), name(to)))?;
    for hunk in TextDiff::from_lines(&before, &after).grouped_ops(CONTEXT) {
        let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { continue };
        let part = |text: &str, lines: std::ops::Range<usize>| {
            text.split_inclusive('\n').skip(lines.start).take(lines.len()).collect::<String>()
        };
        let old = part(&before, first.old_range().start..last.old_range().end);
        let new = part(&after, first.new_range().start..last.new_range().end);
        let words = TextDiff::from_words(&old, &new);
        let mut line: Vec<Span> = Vec::new();
        for change in words.iter_all_changes() {
            let kind = match change.tag() {
                ChangeTag::Equal => Style::Plain,
                ChangeTag::Delete => Style::Gone,
                ChangeTag::Insert => Style::Come,
            };
            // A token of white space may hold a line break.
            for (at, piece) in change.value().split('\n').enumerate() {
                if at > 0 {
                    session.out.spans(&std::mem::take(&mut line))?;
                }
                line.push(Span::new(kind, piece));
            }
        }
        // A hunk ends with a line break, behind which nothing is left.
        if line.iter().any(|span| !span.text.is_empty()) {
            session.out.spans(&line)?;
        }
    }
    Ok(status)
}

/// What is compared, a line each: title, authors, date, then the paragraphs.
fn written(revision: &Revision) -> String {
    let article = &revision.article;
    let mut lines = vec![article.title.clone()];
    lines.extend((!article.authors.is_empty()).then(|| article.authors.join(", ")));
    lines.extend(article.published.as_ref().filter(|stamp| !stamp.relative).map(|stamp| rfc3339(&stamp.at)));
    lines.extend(article.text.lines().map(str::trim_end).filter(|line| !line.is_empty()).map(str::to_owned));
    lines.extend(article.enclosures.iter().map(|enclosure| enclosure.url.clone()));
    lines.join("\n") + "\n"
}

fn head(revision: &Revision) -> Value {
    json!({"revision": revision.revision, "seen": rfc3339(&revision.seen.fixed_offset()), "title": revision.article.title})
}
