//! The whole archive as JSON lines, out and in again.
//!
//! First a line that says what it is, then the lines of the journal in their order, then the states of the sources, and at last
//! how many lines there were: what was cut off is noticed. What was forgotten leaves as what is left of it.

use super::compact::LARGE;
use super::disk::Real;
use super::forget::husk;
use super::frame;
use super::journal::{Journal, Position};
use super::line::{Line, VERSION};
use super::{Archive, Mended, PENDING};
use crate::error::{Error, Result};
use crate::model::{ArticleId, SourceState};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use std::io::BufRead;
use std::path::Path;
use std::rc::Rc;

/// The version of what is exported.
const FORM: u8 = 1;

/// The lines that stand around those of the journal.
#[derive(Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "lowercase")]
enum Around {
    Archive { v: u8, depesche: String },
    Source { key: String, state: Box<SourceState> },
    End { lines: usize },
}

fn text(around: &Around) -> Vec<u8> {
    serde_json::to_vec(around).unwrap_or_default()
}

/// Gives each line of the archive in `dir` to `write`, and returns how many lines of the journal there are, and what cannot be
/// read. Needs no lock.
pub fn export<E: From<Error>>(
    dir: &Path,
    mut write: impl FnMut(&[u8]) -> std::result::Result<(), E>,
) -> std::result::Result<(usize, Vec<Error>), E> {
    let journal = Journal::open(&dir.join("journal"))?;
    let mut forgotten: HashSet<ArticleId> = HashSet::new();
    for path in journal.files.values() {
        journal.walk(path, 0, |_, raw| {
            for line in frame::lines(&raw).filter(|line| line.starts_with(b"{\"line\":\"forgotten\"")) {
                if let Ok(Line::Forgotten { ids, .. }) = Line::read(line) {
                    forgotten.extend(ids);
                }
            }
            Ok(())
        })?;
    }
    write(&text(&Around::Archive { v: FORM, depesche: env!("CARGO_PKG_VERSION").to_owned() }))?;
    let (mut lines, mut stopped) = (0, None);
    // The error of the reader and that of the writer are not the same kind: the latter is put aside.
    let scanned = journal.scan(Position::default(), |_, _, line| {
        let gone = !forgotten.is_empty() && line.articles().iter().any(|id| forgotten.contains(id));
        let line = if gone { husk(&line).unwrap_or(line) } else { line };
        lines += 1;
        write(&frame::encode(&line)).map_err(|error| {
            stopped = Some(error);
            Error::archive(dir, "it is not written")
        })
    });
    if let Some(error) = stopped {
        return Err(error);
    }
    let (damages, _) = scanned?;
    for (key, state) in super::sources(dir) {
        write(&text(&Around::Source { key, state: Box::new(state) }))?;
    }
    write(&text(&Around::End { lines }))?;
    // An end that is not whole is what another process is writing.
    Ok((lines, damages.iter().filter(|damage| !damage.torn).map(super::mend::lost).collect()))
}

impl Archive {
    /// Takes in what was exported; only an archive that holds nothing does. All of it, or nothing.
    pub fn import(&mut self, mut input: impl BufRead, name: &str, now: DateTime<Utc>) -> Result<usize> {
        if self.end != Position::default() {
            let hint = "import into another folder with `--root DIR`";
            return Err(Error::archive(&self.dir, "there is something in it").hint(hint));
        }
        let beside = self.dir.join("import");
        self.disk.remove(&beside).map_err(|cause| Error::archive(&beside, cause))?;
        let mut journal = Journal::open_on(self.disk.clone(), &beside.join("journal"))?;
        let taken = self.read_in(&mut journal, &mut input, name, now);
        let (lines, states) = match taken {
            Ok(taken) => taken,
            Err(error) => {
                let _ = self.disk.remove(&beside);
                return Err(error);
            }
        };
        // From here on everything is there: the catalogue is made of it, now or at the next opening.
        let place = self.journal.dir.clone();
        let switch = || {
            self.disk.remove(&place)?;
            if lines > 0 {
                self.disk.rename(&journal.dir, &place)?;
            }
            self.disk.sync_folder(&self.dir)?;
            self.disk.remove(&beside)
        };
        switch().map_err(|cause| Error::archive(&place, cause))?;
        self.note_sources(&states)?;
        self.journal = Journal::open_on(self.disk.clone(), &place)?;
        self.catch_up(&mut Vec::<Mended>::new(), &|_, _| {})?;
        Ok(lines)
    }

    fn read_in(
        &self,
        journal: &mut Journal,
        input: &mut impl BufRead,
        name: &str,
        now: DateTime<Utc>,
    ) -> Result<(usize, BTreeMap<String, SourceState>)> {
        let failed = |number: usize, cause: crate::error::Cause| {
            let hint = "export it again, or take a whole copy: nothing was imported";
            Error::Usage { what: format!("`{name}`, line {number}: {cause}"), hint: Some(hint.to_owned()) }
        };
        let (mut lines, mut states, mut ended) = (0, BTreeMap::new(), false);
        let (mut waiting, mut size, mut end) = (Vec::new(), 0, Position::default());
        let (mut number, mut line) = (0, Vec::new());
        loop {
            line.clear();
            number += 1;
            if input.read_until(b'\n', &mut line).map_err(|cause| failed(number, cause.into()))? == 0 {
                break;
            }
            let line = line.trim_ascii();
            if line.is_empty() {
                continue;
            }
            if ended {
                return Err(failed(number, "something stands behind the end".into()));
            }
            match serde_json::from_slice(line) {
                Ok(Around::Archive { v, .. }) if number == 1 && v <= FORM => continue,
                Ok(Around::Archive { .. }) => {
                    return Err(failed(number, "it was written by a newer version of depesche".into()));
                }
                _ if number == 1 => return Err(failed(number, "it is nothing that `depesche export` wrote".into())),
                Ok(Around::Source { key, state }) => {
                    states.insert(key, *state);
                    continue;
                }
                Ok(Around::End { lines: all }) if all == lines => ended = true,
                Ok(Around::End { .. }) => return Err(failed(number, "lines are missing before it".into())),
                Err(_) => match Line::read(line) {
                    Ok(parsed) if parsed.version() <= VERSION => {
                        lines += 1;
                        size += line.len();
                        waiting.push(parsed);
                    }
                    Ok(_) => return Err(failed(number, "it was written by a newer version of depesche".into())),
                    Err(cause) => return Err(failed(number, cause.into())),
                },
            }
            if size > PENDING || ended {
                end = if waiting.is_empty() { end } else { journal.append(&waiting, end, now)?.end };
                waiting.clear();
                size = 0;
            }
        }
        if ended { Ok((lines, states)) } else { Err(failed(number, "its end is missing".into())) }
    }
}

/// Makes the catalogue of the archive in `dir` again from its journal. `progress` is told how many bytes are done, and of
/// how many.
pub fn rebuild(
    dir: &Path,
    wait: std::time::Duration,
    now: DateTime<Utc>,
    progress: &dyn Fn(u64, u64),
) -> Result<Vec<Mended>> {
    let (archive, mended) = Archive::open_telling(Rc::new(Real), dir, wait, now, true, progress)?;
    let broken = archive.dir.join("catalogue.broken");
    archive.disk.remove(&broken).map_err(|cause| Error::archive(&broken, cause))?;
    archive.tidy(LARGE)?;
    Ok(mended)
}
