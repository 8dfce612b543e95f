//! Ctrl-C and `kill`: the run ends, with everything finished so far kept.

use super::Status;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What the system has asked for.
#[derive(Debug, Default)]
pub struct Signals {
    /// Set when the run is to end.
    pub stop: Arc<AtomicBool>,
    which: Arc<AtomicUsize>,
}

impl Signals {
    /// Listens from now on: before this, a signal ends the process at once. A second one ends it at once as well.
    pub fn listen(&self) {
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
            // The order counts: the first signal finds the flag unset. Where the system refuses, a signal ends the process.
            let _ = signal_hook::flag::register_conditional_default(signal, self.stop.clone());
            let _ = signal_hook::flag::register_usize(signal, self.which.clone(), signal as usize);
            let _ = signal_hook::flag::register(signal, self.stop.clone());
        }
    }

    /// The status that a signal asks for, if one came.
    pub fn status(&self) -> Option<Status> {
        match self.which.load(Ordering::Relaxed) {
            0 => None,
            2 => Some(Status::Interrupted),
            _ => Some(Status::Terminated),
        }
    }
}
