//! From channels to files, on all processors: what the archive gave is rendered and written while the next feed is prepared.

use super::failure;
use crate::emit::Summary;
use crate::error::Result;
use crate::model::Channel;
use crate::publish::{self, Left};
use serde::{Deserialize, Serialize};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

/// What is remembered of a feed that was written.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Note {
    /// The digest of everything that it was made of.
    pub stamp: String,
    /// How many arrivals it had had.
    pub arrived: u64,
    /// How many of its articles had been forgotten.
    #[serde(default)]
    pub gone: u64,
    /// What the page of all feeds tells of it.
    pub summary: Summary,
    /// Its files.
    pub files: Vec<Left>,
}

/// What is done for one feed.
pub(super) struct Outcome {
    pub summary: Summary,
    pub written: bool,
    pub note: Option<Note>,
}

/// A feed ready to be rendered.
pub(super) struct Draft {
    /// What it says.
    pub channel: Channel,
    /// The digest of everything that it is made of.
    pub stamp: String,
    /// How many arrivals it has had.
    pub arrived: u64,
    /// How many of its articles were forgotten.
    pub gone: u64,
}

impl Draft {
    fn write(self, public: &Path) -> Result<Outcome> {
        let written = publish::feed(public, &self.channel)?;
        let summary = Summary::of(&self.channel);
        let Draft { stamp, arrived, gone, .. } = self;
        let note = Note { stamp, arrived, gone, summary: summary.clone(), files: written.files };
        Ok(Outcome { summary, written: written.changed, note: Some(note) })
    }
}

/// Renders and writes the drafts that `plan` hands out with their numbers, and returns what came of each, in no order.
pub(super) fn all(
    public: &Path,
    plan: impl FnOnce(&dyn Fn(usize, Box<Draft>)) -> Result<()>,
) -> Result<Vec<(usize, Result<Outcome>)>> {
    // One processor prepares, and all are needed where the index is made meanwhile.
    let workers = thread::available_parallelism().map_or(1, |processors| processors.get().saturating_sub(1).max(1));
    // Few wait at a time: each holds the texts of a feed.
    let (hand_out, drafts) = mpsc::sync_channel::<(usize, Box<Draft>)>(workers);
    let (hand_in, written) = mpsc::channel();
    let drafts = Mutex::new(drafts);
    thread::scope(|scope| {
        for _ in 0..workers {
            let (drafts, hand_in) = (&drafts, hand_in.clone());
            scope.spawn(move || {
                let next = || drafts.lock().unwrap_or_else(PoisonError::into_inner).recv();
                while let Ok((number, draft)) = next() {
                    let name = draft.channel.name.clone();
                    // A panic is the trouble of its feed.
                    let outcome = catch_unwind(AssertUnwindSafe(|| draft.write(public)));
                    let outcome = outcome.unwrap_or_else(|panic| Err(failure(&name, &*panic)));
                    let _ = hand_in.send((number, outcome));
                }
            });
        }
        drop(hand_in);
        let planned = plan(&|number, draft| drop(hand_out.send((number, draft))));
        drop(hand_out);
        planned.map(|()| written.iter().collect())
    })
}
