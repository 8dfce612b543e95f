//! The program as a person or another program meets it: a folder, a command line, and what comes of it, compared whole.
//!
//! Expected values are written by hand. Nothing but localhost is connected to, and nothing outside of the folders that
//! the tests make is written.

mod support;

mod adding;
mod archive;
mod asking;
mod bad_input;
mod composing;
mod contract;
mod copies;
mod dates;
mod drills;
mod faults;
mod fetching;
mod furnished;
mod help;
mod history;
mod identity;
mod keeping;
mod kinds;
mod laws;
mod listings;
mod matter;
mod mishaps;
mod pages;
mod pairs;
mod properties;
mod published;
mod recall;
mod revisions;
mod rounds;
mod routes;
mod sanitising;
mod searching;
mod session;
mod shared;
mod shipped;
mod statuses;
mod systems;
mod tools;
mod versions;
mod ways_in;
mod year;
