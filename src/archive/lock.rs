//! One writer at a time. The lock is the operating system's (`flock`), so it ends with its process
//! and can never be stale; the file's content only tells who holds it.

use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use std::fs::{self, File, TryLockError};
use std::io::{Seek, Write};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

const STEP: Duration = Duration::from_millis(50);

/// Held for as long as it lives.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of the archive at `dir`, waiting up to `wait`. Leaves word who holds it, since
    /// `now`.
    pub fn take(dir: &Path, wait: Duration, now: DateTime<Utc>) -> Result<Lock> {
        let path = dir.join("lock");
        let failed = |cause: std::io::Error| Error::archive(&path, cause);
        let mut file =
            File::options().read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        let mut waited = Duration::ZERO;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(cause)) => return Err(failed(cause)),
                Err(TryLockError::WouldBlock) if waited < wait => {
                    sleep(STEP);
                    waited += STEP;
                }
                Err(TryLockError::WouldBlock) => {
                    let word = fs::read_to_string(&path).unwrap_or_default();
                    let holder = if word.is_empty() { "it left no word".to_owned() } else { word.trim().to_owned() };
                    return Err(Error::Busy { path: dir.to_owned(), holder });
                }
            }
        }
        let word = format!("process {} since {}\n", std::process::id(), now.to_rfc3339());
        // Only a help for people: a disk too full for this line will be noticed where it matters.
        let _ = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(word.as_bytes()));
        Ok(Lock { _file: file })
    }
}
