//! The file operations by which the archive writes, in one place, so that each of them can be made to fail.
//!
//! The journal, `sources.json`, the table of keys and every renaming and removal go through a [`Disk`]. sled writes its own files itself: they
//! can be made again from what stands here.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// What is done to files. Each operation is done as a whole, or returns why not; what it was about may then be half done.
pub trait Disk: fmt::Debug {
    /// Makes a folder, and those above it.
    fn make_folder(&self, dir: &Path) -> io::Result<()>;
    /// Adds bytes to the end of a file, which is made if it is not there, and waits until they are on the disk.
    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Writes a file that holds these bytes and no others, and waits until they are on the disk.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Cuts a file off behind so many bytes, and waits until that is on the disk.
    fn cut(&self, path: &Path, length: u64) -> io::Result<()>;
    /// Gives a file or folder another name, in one step. A file that has this name is replaced.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file, or a folder with everything in it. One that is not there is removed.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Waits until the names in a folder are on the disk.
    fn sync_folder(&self, dir: &Path) -> io::Result<()>;
}

/// The disk of this machine.
#[derive(Debug, Clone, Copy)]
pub struct Real;

impl Disk for Real {
    fn make_folder(&self, dir: &Path) -> io::Result<()> {
        fs::create_dir_all(dir)
    }

    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = File::options().create(true).append(true).open(path)?;
        file.write_all(bytes)?;
        // By the same handle: an error of the disk is told to the one who wrote.
        file.sync_data()
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_data()
    }

    fn cut(&self, path: &Path, length: u64) -> io::Result<()> {
        let file = File::options().write(true).open(path)?;
        file.set_len(length)?;
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        match removed {
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    fn sync_folder(&self, dir: &Path) -> io::Result<()> {
        File::open(if dir.as_os_str().is_empty() { Path::new(".") } else { dir })?.sync_all()
    }
}
