//! Files of the journal that were written anew: their lines are the same, their frames stand elsewhere. The catalogue follows.

use super::catalogue::{Catalogue, Fault, frame_key, position_bytes};
use super::frame;
use super::journal::{Journal, Position, Spot, length};
use crate::error::Result;

/// Changes of the catalogue: keys, each with what stands there from then on.
type Alterations = Vec<(Vec<u8>, Option<Vec<u8>>)>;

/// Lets the catalogue, which has seen the journal up to `position`, know where the frames of those files stand that were
/// written anew since, and returns what this position is called now.
pub fn follow(
    catalogue: &Catalogue,
    journal: &Journal,
    mut position: Position,
) -> Result<std::result::Result<Position, Fault>> {
    let seen = position.file;
    for file in journal.numbers().take_while(|file| *file <= seen) {
        let edition = journal.edition(file)?;
        match known(catalogue, file) {
            Ok(known) if known == edition => continue,
            Ok(_) => {}
            Err(fault) => return Ok(Err(fault)),
        }
        let (frames, lines) = frames(journal, file)?;
        if file == seen {
            // Nothing is written anew before the catalogue has seen all of it; but a power cut may have taken from it what it had
            // seen last.
            let begins = frames.iter().find(|(first, _)| *first == position.line).map(|(_, offset)| *offset);
            position.offset = match begins {
                _ if position.line == lines => length(&journal.files[&file])?,
                Some(offset) => offset,
                None => return Ok(Err(Fault::Behind)),
            };
        }
        if let Err(fault) = moved(catalogue, file, edition, &frames, position) {
            return Ok(Err(fault));
        }
    }
    Ok(Ok(position))
}

/// Learns where the frames of a file stand that was written anew, and how far the journal has been seen.
pub fn moved(
    catalogue: &Catalogue,
    file: u32,
    edition: u32,
    frames: &[(u32, u64)],
    position: Position,
) -> std::result::Result<(), Fault> {
    let start = [b"f", &file.to_be_bytes()[..]].concat();
    let mut alterations = Alterations::new();
    for entry in catalogue.entries(&start) {
        alterations.push((entry?.0.to_vec(), None));
    }
    let frames = frames
        .iter()
        .map(|(line, offset)| (frame_key(Spot { file, line: *line }), Some(offset.to_be_bytes().to_vec())));
    alterations.extend(frames);
    alterations.push(edition_entry(file, edition));
    alterations.push((b"mposition".to_vec(), Some(position_bytes(position))));
    catalogue.alter(alterations)
}

/// Notes the editions of the files behind `position`, before they are taken in.
pub fn note(catalogue: &Catalogue, journal: &Journal, position: Position) -> Result<std::result::Result<(), Fault>> {
    let mut alterations = Alterations::new();
    for file in journal.numbers().filter(|file| *file > position.file) {
        match journal.edition(file)? {
            0 => {}
            edition => alterations.push(edition_entry(file, edition)),
        }
    }
    Ok(if alterations.is_empty() { Ok(()) } else { catalogue.alter(alterations) })
}

fn known(catalogue: &Catalogue, file: u32) -> std::result::Result<u32, Fault> {
    let Some(value) = catalogue.value(&edition_entry(file, 0).0)? else { return Ok(0) };
    value.as_ref().try_into().map(u32::from_be_bytes).map_err(|_| Fault::Schema)
}

fn edition_entry(file: u32, edition: u32) -> (Vec<u8>, Option<Vec<u8>>) {
    ([b"e", &file.to_be_bytes()[..]].concat(), Some(edition.to_be_bytes().to_vec()))
}

/// Where the frames of a file stand, each with the number of its first line; and how many lines there are.
fn frames(journal: &Journal, file: u32) -> Result<(Vec<(u32, u64)>, u32)> {
    let (mut frames, mut lines) = (Vec::new(), 0);
    journal.walk(&journal.files[&file], 0, |offset, raw| {
        frames.push((lines, offset));
        lines += frame::lines(&raw).count() as u32;
        Ok(())
    })?;
    Ok((frames, lines))
}
