//! Where a revision stands for those who read without the catalogue: by its frame, until its file is written anew.

use crate::archive::journal::{Frame, Journal, Spot};
use crate::archive::line::Line;
use crate::error::Result;

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The number of the file.
    pub file: u32,
    /// Where in it the frame begins.
    pub offset: u64,
    /// The line within the frame, from 0.
    pub line: u32,
}

impl Place {
    /// Of a line in a frame.
    pub fn of(spot: Spot, frame: Frame) -> Place {
        Place { file: spot.file, offset: frame.offset, line: spot.line.saturating_sub(frame.first.line) }
    }

    /// The line that stands there.
    pub fn read(self, journal: &mut Journal) -> Result<Line> {
        let Place { file, offset, line } = self;
        journal.read(Spot { file, line }, Frame { first: Spot { file, line: 0 }, offset })
    }
}
