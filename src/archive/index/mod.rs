//! The index: finds articles by what they say, at once. The only room that names tantivy.
//!
//! It is made of the journal and holds nothing that the journal does not: lost, damaged or behind, it is made again, and
//! that is said. It lies in `archive/index`; what it has seen of the journal stands in the payload of its last commit, so
//! that index and position are one state. One process writes, the one that holds the lock of the archive; a query takes
//! the last commit as it is.

mod beside;
mod best;
mod build;
mod compile;
mod conditions;
mod desk;
mod fault;
mod folder;
mod hit;
mod known;
mod lines;
mod mark;
mod occurrences;
mod open;
mod phrase;
mod place;
mod positions;
mod postings;
mod ranked;
mod schema;
mod search;
mod segments;
mod span;
mod stats;
#[cfg(test)]
mod trial;
mod windows;

pub use fault::Fault;
pub use hit::Hit;
pub use mark::Marker;
pub use open::{ask, follow, purge, verify};
pub use search::{Index, Page, Sort};
pub use stats::{Count, Group, Statistics};
