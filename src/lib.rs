//! depesche: a feed generator and archiver for German-language writing.
//!
//! Articles come in from files and the web, are kept for good, and go out as RSS, Atom and JSON feeds with dates that
//! are right. The rooms, from the ground up; each names only rooms above it in this list.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod error;
pub mod text;

pub mod date;
pub mod model;
pub mod words;

pub mod ask;
pub mod emit;
pub mod extract;
pub mod identify;
pub mod normalise;

pub mod archive;
pub mod config;
pub mod publish;
pub mod read;

pub mod pipeline;

pub mod cli;

/// What a run takes in is made by one thread and let go by another, in pieces of all sizes: glibc's allocator keeps
/// twice of that from the system and needs half as long again (DESIGN.md, Libraries).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
