//! The command that tells how the sources are: status.

use super::{Outcome, Session, Status, definitions};
use crate::archive;
use crate::config;
use crate::pipeline::{self, Health, State};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

/// `depesche status`
pub fn status(session: &mut Session, feeds: &[String]) -> Outcome {
    let settings = config::settings(&session.root)?;
    let (definitions, mut status) = definitions(session, &settings, feeds)?;
    let states = archive::sources(&session.root.join("archive"));
    let mut all = pipeline::health(&definitions, &states, session.now);
    all.retain(|health| feeds.is_empty() || feeds.contains(&health.feed));
    for health in &all {
        if matches!(health.state, State::Failing | State::Odd) {
            status = status.max(Status::SomeFailed);
        }
        if session.json {
            session.out.json(&json!({
                "feed": health.feed, "source": health.source, "state": health.state.word(), "good": health.good,
                "news": health.news, "next": health.next, "usual": health.usual, "failures": health.failures,
                "failing_since": health.failing_since, "troubles": health.troubles,
            }))?;
        } else {
            line(session, health)?;
        }
    }
    if all.is_empty() && !session.json {
        session.out.line("no feed reads from the web: files are read at every update")?;
    }
    Ok(status)
}

fn line(session: &mut Session, health: &Health) -> std::result::Result<(), super::Stop> {
    let now = session.now;
    let good = health.good.map_or_else(|| "never".to_owned(), |at| ago(now - at));
    let next = match health.next {
        Some(at) if at > now => format!("in {}", words(at - now)),
        _ => "now".to_owned(),
    };
    let news = health.news.map_or_else(|| "never".to_owned(), |at| ago(now - at));
    let usual = health.usual.map_or_else(|| "? entries".to_owned(), |usual| crate::text::count(usual, "entry"));
    let (state, feed, source) = (health.state.word(), &health.feed, &health.source);
    session.out.line(&format!("{state:<8} {feed}  {source}"))?;
    session.out.line(&format!("         good {good}, news {news}, usually {usual}, next {next}"))?;
    if let Some(since) = health.failing_since {
        let (times, since) = (crate::text::count(health.failures as usize, "time"), date(since));
        session.out.line(&format!("         failed {times} in a row, since {since}"))?;
    }
    for trouble in &health.troubles {
        session.out.line(&format!("         {trouble}"))?;
    }
    Ok(())
}

fn date(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

fn ago(time: TimeDelta) -> String {
    if time.num_minutes() < 1 { "just now".to_owned() } else { format!("{} ago", words(time)) }
}

/// The largest unit that fits: `3 hours`.
fn words(time: TimeDelta) -> String {
    let (number, unit) = match () {
        () if time.num_days() >= 2 => (time.num_days(), "day"),
        () if time.num_hours() >= 2 => (time.num_hours(), "hour"),
        () => (time.num_minutes().max(1), "minute"),
    };
    crate::text::count(usize::try_from(number).unwrap_or_default(), unit)
}
