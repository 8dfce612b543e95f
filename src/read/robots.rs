//! robots.txt (RFC 9309): what a host wants to be left alone.
//!
//! It counts for addresses that were found by following links. An address that stands in a definition was asked for by a
//! person, as in any feed reader.

use std::time::Duration;
use texting_robots::Robot;

/// The name that rules may be made for.
const AGENT: &str = "depesche";
/// Bytes that are read (RFC 9309, section 2.5, demands 500 KiB at least).
pub const LARGEST: usize = 512 << 10;
/// A longer pause is not made: such a host is asked so often as its schedule says anyway.
const LONGEST: Duration = Duration::from_secs(30);

/// The rules of a host.
#[derive(Debug)]
pub enum Rules {
    /// There are none.
    None,
    /// The host could not say: nothing may be asked (section 2.3.1.4).
    Unknown,
    /// These.
    Robot(Box<Robot>),
}

impl Rules {
    /// Reads the file.
    pub fn read(text: &[u8]) -> Rules {
        Robot::new(AGENT, text).map_or(Rules::None, |robot| Rules::Robot(Box::new(robot)))
    }

    /// Whether an address may be asked for.
    pub fn allow(&self, address: &str) -> bool {
        match self {
            Rules::None => true,
            Rules::Unknown => false,
            Rules::Robot(robot) => robot.allowed(address),
        }
    }

    /// The pause between two requests that the host asks for.
    pub fn pause(&self) -> Duration {
        match self {
            Rules::Robot(robot) => {
                let seconds = robot.delay.filter(|delay| delay.is_finite() && *delay > 0.0).unwrap_or_default();
                Duration::try_from_secs_f32(seconds).unwrap_or(LONGEST).min(LONGEST)
            }
            Rules::None | Rules::Unknown => Duration::ZERO,
        }
    }
}
