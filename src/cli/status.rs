//! How a run ended, for the shell.

use crate::error::Error;
use std::process::ExitCode;

/// Exit statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Everything was done.
    Done = 0,
    /// It was done, but some sources or articles failed.
    SomeFailed = 1,
    /// The arguments, a definition or the settings are wrong.
    Usage = 2,
    /// The archive cannot be used.
    Archive = 3,
    /// Another process is writing.
    Busy = 4,
    /// Ctrl-C, or signal 2.
    Interrupted = 130,
    /// Signal 15.
    Terminated = 143,
}

impl Status {
    /// The status that one failure asks for; of several, the highest counts.
    pub fn of(error: &Error) -> Status {
        match error {
            Error::Source { .. } | Error::Output { .. } => Status::SomeFailed,
            Error::Usage { .. } | Error::Definition { .. } => Status::Usage,
            Error::Archive { .. } => Status::Archive,
            Error::Busy { .. } => Status::Busy,
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> ExitCode {
        ExitCode::from(status as u8)
    }
}
