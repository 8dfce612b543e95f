//! Why a document could not be had from the web, in the words for a person.

use crate::read::guard;
use reqwest::StatusCode;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Why a document could not be had from the web.
#[derive(Debug, Clone)]
pub enum Fault {
    /// The address is not connected to.
    Refused(guard::Refusal),
    /// Any status but 200 and 203, and for how long the server wants to be left alone.
    Status(StatusCode, Option<Duration>),
    /// A redirect that leads nowhere.
    Redirect(&'static str),
    /// The host's robots.txt does not want it to be read.
    Robots,
    /// The run is to end.
    Stopped,
    /// The body is in an encoding that nobody asked for.
    Encoding(String),
    /// The body is larger than so many bytes.
    TooLarge(usize),
    /// The body is packed, and broken.
    Packed(String),
    /// No end within the deadline.
    Deadline(Duration),
    /// The network or the server failed.
    Transport(Arc<reqwest::Error>),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Fault::Refused(refusal) => refusal.fmt(f),
            Fault::Status(status, _) => write!(f, "the server answered {}", status.as_u16()),
            Fault::Redirect(why) => f.write_str(why),
            Fault::Robots => f.write_str("the robots.txt of its host does not want that, or cannot be had"),
            Fault::Stopped => f.write_str("it was broken off"),
            Fault::Encoding(name) => write!(f, "the server sent it in the unknown encoding `{name}`"),
            Fault::TooLarge(largest) => write!(f, "it is larger than {} MB", largest >> 20),
            Fault::Packed(cause) => f.write_str(cause),
            Fault::Deadline(deadline) => write!(f, "it did not end within {} s", deadline.as_secs()),
            Fault::Transport(cause) => f.write_str(&innermost(cause)),
        }
    }
}

impl std::error::Error for Fault {}

impl Fault {
    /// The network or the server failed.
    pub fn transport(cause: reqwest::Error) -> Fault {
        Fault::Transport(Arc::new(cause))
    }

    /// The way out, where there is one.
    pub fn way_out(&self) -> Option<String> {
        match self {
            Fault::Refused(refusal) => refusal.way_out(),
            Fault::Status(StatusCode::GONE, _) => {
                Some("it is gone for good, says the server: look for a new address; what was kept stays".to_owned())
            }
            Fault::TooLarge(_) => Some("`max_megabytes` in depesche.toml sets the limit".to_owned()),
            _ => None,
        }
    }

    /// Whether asking again soon would bring the same.
    pub fn is_lasting(&self) -> bool {
        match self {
            Fault::Status(status, _) => {
                let passing = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS];
                status.is_client_error() && !passing.contains(status)
            }
            Fault::Stopped | Fault::Deadline(_) | Fault::Transport(_) => false,
            _ => true,
        }
    }

    /// For how long the server wants to be left alone, if it says so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Fault::Status(_, retry) => *retry,
            _ => None,
        }
    }
}

/// The words that tell what happened: reqwest's own ("error sending request for url") and hyper's say little, the
/// innermost cause ("connection refused") says it.
fn innermost(cause: &reqwest::Error) -> String {
    let words = chain(cause).last().map_or_else(|| cause.to_string(), ToString::to_string);
    // The number tells a person nothing that the words do not.
    let words = words.split(" (os error").next().unwrap_or_default().to_owned();
    if cause.is_connect() { format!("no connection: {words}") } else { words }
}

pub fn chain(cause: &reqwest::Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    std::iter::successors(std::error::Error::source(cause), |inner| inner.source())
}
