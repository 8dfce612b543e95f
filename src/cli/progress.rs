//! A bar on a terminal, and nothing elsewhere.

use crate::pipeline::Step;
use crate::text::escape_terminal;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;

/// Shows how far a run is.
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar on standard error, if that is a terminal and `wanted`.
    pub fn new(wanted: bool) -> Progress {
        let target = match wanted && std::io::stderr().is_terminal() {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} {wide_msg}") {
            bar.set_style(style);
        }
        Progress { bar }
    }

    /// Takes a step.
    pub fn step(&self, step: Step) {
        match step {
            Step::Planned(length) => self.bar.set_length(length as u64),
            Step::Done(name) => {
                self.bar.set_message(escape_terminal(name));
                self.bar.inc(1);
            }
            Step::Decided { .. } => {}
        }
    }

    /// So much of something is done.
    pub fn bytes(&self, done: u64, all: u64) {
        self.bar.set_length(all);
        self.bar.set_position(done);
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
