//! Where a revision stands for those who read without the catalogue: by its line, and by the frame that it stood in first.

use crate::archive::journal::{Frame, Journal, Spot};
use crate::archive::line::Line;
use crate::error::Result;

/// Where in the journal something is said of an article, each in the order of the journal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// Its revisions, each whole.
    pub revisions: Vec<Place>,
    /// What else was learnt of it: further places, what was joined to it and parted from it.
    pub told: Vec<Place>,
}

impl Places {
    /// Of a line that says something of it.
    pub fn add(&mut self, line: &Line, place: Place) {
        match line {
            Line::Revision { .. } => self.revisions.push(place),
            Line::Place { .. } | Line::Joined { .. } | Line::Parted { .. } => self.told.push(place),
            _ => {}
        }
    }

    /// Adds what is not among them yet.
    pub fn extend(&mut self, more: Places) {
        let fresh = |known: &mut Vec<Place>, mut more: Vec<Place>| {
            more.retain(|place| known.iter().all(|known| (known.file, known.line) != (place.file, place.line)));
            known.append(&mut more);
        };
        fresh(&mut self.revisions, more.revisions);
        fresh(&mut self.told, more.told);
    }
}

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The number of the file.
    pub file: u32,
    /// The line within the file, from 0.
    pub line: u32,
    /// The first line of its frame when it was learnt where that is …
    pub first: u32,
    /// … and where in the file it began then.
    pub offset: u64,
}

impl Place {
    /// Of a line in a frame.
    pub fn of(spot: Spot, frame: Frame) -> Place {
        Place { file: spot.file, line: spot.line, first: frame.first.line.min(spot.line), offset: frame.offset }
    }

    /// The line that stands there.
    pub fn read(self, journal: &mut Journal) -> Result<Line> {
        let Place { file, line, first, offset } = self;
        journal.find(Spot { file, line }, Frame { first: Spot { file, line: first }, offset })
    }
}
