//! The folder of an index, as tantivy writes to it.
//!
//! Its own way waits for the disk with each file, and with a list of all files for each new one: two dozen times for a run with
//! a hundred articles. What is committed has to be on the disk, and nothing before: so files go there together, just before the
//! file that makes them count. The list is for what is to be cleared away; the folder itself knows better what lies in it.

use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use tantivy::directory::error::{DeleteError, LockError, OpenDirectoryError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, Lock, META_LOCK, MmapDirectory, TerminatingWrite,
    WatchCallback, WatchHandle, WritePtr,
};

/// The list of files that tantivy keeps.
const LIST: &str = ".managed.json";
/// Files that are waited for at once.
const AT_ONCE: usize = 16;

/// A folder whose files are mapped into memory to be read.
#[derive(Debug, Clone)]
pub struct Folder {
    mapped: MmapDirectory,
    path: PathBuf,
    /// What was written and may not be on the disk yet.
    written: Arc<Mutex<Vec<PathBuf>>>,
}

impl Folder {
    /// One that is there.
    pub fn open(path: &Path) -> Result<Folder, OpenDirectoryError> {
        Ok(Folder { mapped: MmapDirectory::open(path)?, path: path.to_owned(), written: Arc::default() })
    }

    /// The files of segments that lie in it, whether a commit names them or not.
    fn list(&self) -> io::Result<Vec<String>> {
        let names = fs::read_dir(&self.path)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
        let names = names.collect::<io::Result<Vec<String>>>()?;
        let of_segment = |name: &String| {
            name.split_once('.').is_some_and(|(id, _)| id.len() == 32 && id.bytes().all(|c| c.is_ascii_hexdigit()))
        };
        Ok(names.into_iter().filter(of_segment).collect())
    }
}

impl Directory for Folder {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.mapped.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.mapped.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.mapped.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        let whole = self.path.join(path);
        let file =
            OpenOptions::new().write(true).create_new(true).open(&whole).map_err(|cause| match cause.kind() {
                io::ErrorKind::AlreadyExists => OpenWriteError::FileAlreadyExists(path.to_owned()),
                _ => OpenWriteError::wrap_io_error(cause, path.to_owned()),
            })?;
        self.written.lock().unwrap_or_else(PoisonError::into_inner).push(whole);
        Ok(BufWriter::new(Box::new(Unsynced(file))))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        if path == Path::new(LIST) {
            let list = self.list().and_then(|list| Ok(serde_json::to_vec(&list)?));
            return list.map_err(|cause| OpenReadError::wrap_io_error(cause, path.to_owned()));
        }
        self.mapped.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        if path == Path::new(LIST) { Ok(()) } else { self.mapped.atomic_write(path, data) }
    }

    fn sync_directory(&self) -> io::Result<()> {
        let written = std::mem::take(&mut *self.written.lock().unwrap_or_else(PoisonError::into_inner));
        if written.is_empty() {
            return Ok(());
        }
        let sync = |path: &PathBuf| match OpenOptions::new().write(true).open(path) {
            Ok(file) => file.sync_data(),
            // It was needed for a while only.
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(cause) => Err(cause),
        };
        // At once: what a file system writes for one of them, it writes for all.
        for some in written.chunks(AT_ONCE) {
            thread::scope(|scope| {
                let threads: Vec<_> = some.iter().map(|path| scope.spawn(move || sync(path))).collect();
                threads.into_iter().try_for_each(|thread| {
                    thread
                        .join()
                        .unwrap_or_else(|_| Err(io::Error::other("a thread that waited for the disk broke off")))
                })
            })?;
        }
        self.mapped.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        match self.mapped.acquire_lock(lock) {
            // Whoever may only read here can still see to it that nothing is cleared away while it opens what there is.
            Err(LockError::IoError(cause)) if lock.filepath == META_LOCK.filepath && forbidden(&cause) => {
                let file = fs::File::open(self.path.join(&lock.filepath));
                let locked = file.and_then(|file| file.lock_shared().map(|()| file));
                match locked {
                    Ok(file) => Ok(DirectoryLock::from(Box::new(file))),
                    Err(_) => Ok(DirectoryLock::from(Box::new(()))),
                }
            }
            locked => locked,
        }
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.mapped.watch(callback)
    }
}

/// Whether this user may not write there.
pub fn forbidden(cause: &io::Error) -> bool {
    matches!(cause.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

/// A file that is on the disk when its folder is.
struct Unsynced(fs::File);

impl Write for Unsynced {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl TerminatingWrite for Unsynced {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        self.0.flush()
    }
}
