//! What is remembered of sources from run to run: validators, health, schedule.
//!
//! It stands in a file of its own, `sources.json`, and not in the catalogue: `status` reads it while an update is running, it
//! outlives a catalogue that is made again, and a person can read it. It is written when what it stands for is kept, and
//! loses nothing by being lost but a full look at each source.

use super::Archive;
use crate::error::{Error, Result};
use crate::model::SourceState;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

const FILE: &str = "sources.json";

/// The states of all sources, by feed and place. One that cannot be read is none.
pub fn sources(dir: &Path) -> BTreeMap<String, SourceState> {
    let text = fs::read(dir.join(FILE)).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

impl Archive {
    /// The states of all sources, by feed and place.
    pub fn sources(&self) -> BTreeMap<String, SourceState> {
        sources(&self.dir)
    }

    /// Remembers the states of all sources. Call it after [`commit`](Archive::commit): validators say that something is
    /// known.
    pub fn note_sources(&self, states: &BTreeMap<String, SourceState>) -> Result<()> {
        let path = self.dir.join(FILE);
        let beside = self.dir.join("sources.json.new");
        let write = || -> io::Result<()> {
            self.disk.write(&beside, &serde_json::to_vec_pretty(states)?)?;
            self.disk.rename(&beside, &path)
        };
        write().map_err(|cause| Error::archive(&path, cause))
    }
}
