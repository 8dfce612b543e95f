//! `depesche stats`: how much there is, of what, since when.

use super::ask::{Question, query};
use super::output::{Span, Style};
use super::write::tell_mended;
use super::{Outcome, Session, table};
use crate::archive::{self, Count, Group, Statistics};
use crate::date::rfc3339;
use chrono::DateTime;
use chrono_tz::Tz;
use clap::ValueEnum;
use serde_json::json;
use std::fs;
use std::path::Path;
use unicode_width::UnicodeWidthStr;

/// By what articles are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// The feeds that list them
    Feed,
    /// The month of their publication
    Month,
    /// Who wrote them
    Author,
    /// Their tags
    Tag,
    /// The site that they stand at
    Site,
    /// Their language
    Language,
    /// The month in which they were first seen: how the archive grows
    Growth,
}

impl By {
    fn group(self) -> Group {
        match self {
            By::Feed => Group::Feed,
            By::Month => Group::Month,
            By::Author => Group::Author,
            By::Tag => Group::Tag,
            By::Site => Group::Site,
            By::Language => Group::Language,
            By::Growth => Group::Seen,
        }
    }

    fn name(self) -> &'static str {
        match self {
            By::Feed => "feed",
            By::Month => "month",
            By::Author => "author",
            By::Tag => "tag",
            By::Site => "site",
            By::Language => "language",
            By::Growth => "growth",
        }
    }

    /// Whether its names are months, which are told in their order.
    fn in_order(self) -> bool {
        matches!(self, By::Month | By::Growth)
    }
}

/// `depesche stats`
pub fn stats(session: &mut Session, question: &Question, by: Option<By>) -> Outcome {
    let query = query(session, question)?;
    let (found, mended) = archive::ask(&session.root.join("archive"), session.now, |index| {
        index.statistics(&query, by.unwrap_or(By::Feed).group(), question.zone)
    })?;
    let status = tell_mended(session, mended);
    let limit = question.page.limit.unwrap_or(usize::MAX);
    match by {
        Some(by) => counts(session, by, &found, limit)?,
        None => overview(session, &found, question.zone)?,
    }
    Ok(status)
}

/// All in all: articles, text, time, disk.
fn overview(session: &mut Session, found: &Statistics, zone: Tz) -> Result<(), super::Stop> {
    let day = |at: i64| DateTime::from_timestamp(at, 0).unwrap_or_default().with_timezone(&zone).fixed_offset();
    let sizes = [
        ("journal", "archive/journal"),
        ("catalogue", "archive/catalogue"),
        ("index", "archive/index"),
        ("public", "public"),
    ]
    .map(|(name, path)| (name, size(&session.root.join(path))));
    if session.json {
        let (first, last) = found.published.unzip();
        let disk: serde_json::Map<String, serde_json::Value> =
            sizes.iter().map(|(name, bytes)| ((*name).to_owned(), json!(bytes))).collect();
        session.out.json(&json!({
            "articles": found.articles, "text_bytes": found.bytes, "first": first.map(|at| rfc3339(&day(at))),
            "last": last.map(|at| rfc3339(&day(at))), "disk": disk,
            "feeds": found.counts.iter().map(|count| json!({"name": count.name, "articles": count.articles})).collect::<Vec<_>>(),
        }))?;
        return Ok(());
    }
    session.out.line(&format!("{:<10}  {}", "articles", found.articles))?;
    session.out.line(&format!("{:<10}  {}", "text", human(found.bytes)))?;
    if let Some((first, last)) = found.published {
        session.out.line(&format!(
            "{:<10}  {} – {}",
            "published",
            day(first).format("%Y-%m-%d"),
            day(last).format("%Y-%m-%d")
        ))?;
    }
    for (name, bytes) in sizes {
        session.out.line(&format!("{name:<10}  {}", human(bytes)))?;
    }
    for Count { name, articles } in &found.counts {
        session.out.line(&format!("{:<10}  {name}  {articles}", "feed"))?;
    }
    Ok(())
}

/// How many of each: the most first, months in their order; with bars on a terminal.
fn counts(session: &mut Session, by: By, found: &Statistics, limit: usize) -> Result<(), super::Stop> {
    let all = &found.counts;
    // Of months, the last ones are wanted.
    let shown = if by.in_order() { &all[all.len().saturating_sub(limit)..] } else { &all[..limit.min(all.len())] };
    if session.json {
        for Count { name, articles } in shown {
            session.out.json(&json!({"by": by.name(), "name": name, "articles": articles}))?;
        }
        return Ok(());
    }
    let Some(width) = session.out.width() else {
        for Count { name, articles } in shown {
            session.out.line(&format!("{articles:>8}  {name}"))?;
        }
        return Ok(());
    };
    let most = shown.iter().map(|count| count.articles).max().unwrap_or(1).max(1);
    let names = shown.iter().map(|count| count.name.width()).max().unwrap_or(0).min(width / 3);
    let numbers = most.to_string().len();
    let room = width.saturating_sub(names + numbers + 4).max(1) as u64;
    for Count { name, articles } in shown {
        let name = table::fit(name, names);
        let padding = " ".repeat(names.saturating_sub(name.width()));
        session.out.spans(&[
            Span::new(Style::Plain, format!("{name}{padding}  {articles:>numbers$}  ")),
            Span::new(Style::Come, bar(*articles, most, room)),
        ])?;
    }
    Ok(())
}

/// A bar in eighths of a column.
fn bar(part: u64, most: u64, room: u64) -> String {
    let eighths = (part * room * 8).div_ceil(most);
    let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    format!("{}{}", "█".repeat((eighths / 8) as usize), rest[(eighths % 8) as usize])
}

/// Bytes of a folder.
fn size(dir: &Path) -> u64 {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(data) if data.is_dir() => size(&entry.path()),
            Ok(data) => data.len(),
            Err(_) => 0,
        })
        .sum()
}

fn human(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} bytes"),
        10_000..10_000_000 => format!("{} KB", bytes / 1000),
        10_000_000..10_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{} GB", bytes / 1_000_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::{bar, human};

    #[test]
    fn a_bar_is_as_long_as_its_part() {
        assert_eq!(bar(10, 10, 4), "████");
        assert_eq!(bar(5, 10, 4), "██");
        assert_eq!(bar(1, 100, 4), "▏");
        assert_eq!(bar(0, 10, 4), "");
    }

    #[test]
    fn sizes_are_told_in_the_unit_that_one_reads() {
        assert_eq!([human(9_999), human(10_000), human(12_345_678)], ["9999 bytes", "10 KB", "12 MB"]);
    }
}
