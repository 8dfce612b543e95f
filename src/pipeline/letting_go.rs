//! What is not kept for ever: the retention of feeds, and what has to leave the public folder when it is forgotten.

use super::{Report, Run};
use crate::archive::Archive;
use crate::config::{Definition, Limit};
use crate::error::{Error, Result};
use crate::publish;
use crate::text::count;
use chrono::TimeDelta;
use std::path::Path;

/// An age is applied at every update: what is so much older is no matter of course.
const OVERDUE: TimeDelta = TimeDelta::days(366);

/// Forgets what the chosen feeds do not keep any longer. What another feed with sources of its own keeps for ever stays.
pub(super) fn retain(run: &Run, archive: &mut Archive, report: &mut Report) -> Result<()> {
    let for_ever = |definition: &Definition| definition.retention.is_none() && !definition.sources.is_empty();
    let held = |feed: &str| run.definitions.iter().any(|definition| definition.name == feed && for_ever(definition));
    for (index, definition) in run.definitions.iter().enumerate().filter(|(_, definition)| run.wants(definition)) {
        let name = &definition.name;
        let ids = match definition.retention {
            None => continue,
            // Where nothing came, nothing is too much.
            Some(Limit::Count(_)) if report.feeds[index].new == 0 => continue,
            Some(Limit::Count(most)) => archive.surplus(name, most, &held)?,
            Some(Limit::Age(age)) => {
                let age = TimeDelta::from_std(age).unwrap_or(TimeDelta::MAX);
                let Some(until) = run.now.checked_sub_signed(age) else { continue };
                let overdue = until.checked_sub_signed(OVERDUE).unwrap_or_default();
                let (ids, late) = archive.outdated(name, until.timestamp(), overdue.timestamp(), &held)?;
                if late > 0 {
                    report.troubles.push(all_at_once(name, ids.len(), &until.format("%Y-%m-%d").to_string()));
                    continue;
                }
                ids
            }
        };
        if !ids.is_empty() {
            archive.forget(&ids, run.now)?;
            report.forgotten += ids.len();
        }
    }
    Ok(())
}

/// A clock that is years ahead would empty an archive: what is long overdue is let go by a person only.
fn all_at_once(name: &str, ids: usize, until: &str) -> Error {
    let fault = format!(
        "by its `retention` {} would go, some of them a year late: either the clock is wrong, or the key is new",
        count(ids, "article")
    );
    Error::source(name, fault).hint(format!(
        "nothing was forgotten; if it is meant, run `depesche forget --feed {name} --before {until}` once"
    ))
}

/// Takes from the public folder what of a feed was forgotten behind the first `after` articles: their pages, and the closed
/// documents that hold them, which are then made again without them.
pub(super) fn withdraw(public: &Path, name: &str, after: u64, archive: &Archive) -> Result<()> {
    let ids = archive.gone_since(name, after)?;
    if ids.is_empty() { Ok(()) } else { publish::withdraw(public, name, &ids, &archive.documents_with(name, &ids)?) }
}
