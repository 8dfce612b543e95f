//! A folder of its own for each test, and the program run in it.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::SystemTime;
use tempfile::TempDir;

/// The moment that stands for now where a test names no other.
pub const NOW: &str = "2024-11-01T12:00:00+01:00";

/// A folder that everything lies under.
pub struct House {
    dir: TempDir,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Files by their path, each with bytes and time of modification.
pub type Tree = BTreeMap<String, (Vec<u8>, SystemTime)>;

impl House {
    /// An empty folder.
    pub fn empty() -> House {
        House { dir: TempDir::new().unwrap() }
    }

    /// A folder with one feed, `blatt`, that reads the files under `feeds/blatt/artikel`.
    pub fn with_files(files: &[(&str, &str)]) -> House {
        let house = House::empty().feed("blatt", "title = \"Blatt\"\n[[source]]\npath = \"artikel\"\n");
        for (name, text) in files {
            house.write(&format!("feeds/blatt/artikel/{name}"), text);
        }
        house
    }

    /// A folder with one feed, `blatt`, that reads this document, whatever it is.
    pub fn with_document(document: impl AsRef<[u8]>) -> House {
        let house = House::empty().feed("blatt", "title = \"Blatt\"\n[[source]]\npath = \"quelle\"\n");
        house.write("feeds/blatt/quelle", document);
        house
    }

    /// The same with a further file.
    pub fn file(self, path: &str, bytes: impl AsRef<[u8]>) -> House {
        self.write(path, bytes);
        self
    }

    /// The same with a further feed.
    pub fn feed(self, name: &str, definition: &str) -> House {
        self.file(&format!("feeds/{name}/feed.toml"), definition)
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|cause| panic!("{path}: {cause}"))
    }

    pub fn there(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    /// The program, ready to run in this folder.
    pub fn command(&self, now: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_depesche"));
        command.current_dir(self.dir.path()).args(arguments);
        // Help and version are asked for without.
        if !now.is_empty() {
            command.args(["--now", now]);
        }
        command
    }

    /// Runs it.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.at(NOW, arguments)
    }

    /// Runs it at another moment.
    pub fn at(&self, now: &str, arguments: &[&str]) -> Ran {
        Ran::of(self.command(now, arguments).stdin(Stdio::null()).output().unwrap())
    }

    /// Runs it as somebody who may do what the files' modes say and no more, as root does not. Nothing, if root cannot become anybody else
    /// here.
    #[cfg(unix)]
    pub fn unprivileged(&self, arguments: &[&str]) -> Option<Ran> {
        use std::os::unix::fs::{MetadataExt, lchown};
        use std::os::unix::process::CommandExt;
        const NOBODY: u32 = 65_534;
        fn give(path: &Path) -> std::io::Result<()> {
            lchown(path, Some(NOBODY), Some(NOBODY))?;
            if path.symlink_metadata()?.is_dir() {
                fs::read_dir(path)?.try_for_each(|entry| give(&entry?.path()))?;
            }
            Ok(())
        }
        let mut command = self.command(NOW, arguments);
        if tempfile::tempfile().unwrap().metadata().unwrap().uid() == 0 {
            give(self.dir.path()).ok()?;
            command.uid(NOBODY).gid(NOBODY);
        }
        command.stdin(Stdio::null()).output().ok().map(Ran::of)
    }

    /// Runs it with something on standard input.
    pub fn fed(&self, input: &[u8], arguments: &[&str]) -> Ran {
        let mut child = self
            .command(NOW, arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        Ran::of(child.wait_with_output().unwrap())
    }

    /// Runs `update`, which must succeed without a word on standard error, and returns its closing line.
    pub fn update(&self) -> String {
        self.update_at(NOW)
    }

    pub fn update_at(&self, now: &str) -> String {
        self.at(now, &["update"]).good().lines().last().unwrap_or_default().to_owned()
    }

    /// What `list --json` prints, newest first.
    pub fn list(&self) -> Vec<Value> {
        self.run(&["list", "--json"]).objects()
    }

    /// One field of all that is listed.
    pub fn listed(&self, field: &str) -> Vec<Value> {
        self.list().into_iter().map(|mut article| article[field].take()).collect()
    }

    /// What `show --json` prints of the only article.
    pub fn only(&self) -> Value {
        let list = self.list();
        assert_eq!(list.len(), 1, "one article was expected: {list:#?}");
        self.show(list[0]["id"].as_str().unwrap())
    }

    pub fn show(&self, id: &str) -> Value {
        self.run(&["show", "--json", id]).objects().remove(0)
    }

    /// What `extract` understands of one document under `url`.
    pub fn extract(&self, place: &str) -> Value {
        let ran = self.run(&["extract", place]);
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
        ran.objects().remove(0)
    }

    /// Everything below a folder.
    pub fn tree(&self, below: &str) -> Tree {
        fn walk(dir: &Path, root: &Path, tree: &mut Tree) {
            let Ok(entries) = fs::read_dir(dir) else { return };
            for entry in entries {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, root, tree);
                } else {
                    let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                    let time = path.metadata().unwrap().modified().unwrap();
                    tree.insert(name, (fs::read(&path).unwrap(), time));
                }
            }
        }
        let root = self.path(below);
        let mut tree = Tree::new();
        walk(&root, &root, &mut tree);
        tree
    }

    /// The bytes of everything that is published.
    pub fn published(&self) -> BTreeMap<String, String> {
        let text = |(name, (bytes, _)): (String, (Vec<u8>, _))| (name, String::from_utf8(bytes).unwrap());
        self.tree("public").into_iter().map(text).collect()
    }

    /// The lines of the journal, by a reader that is not ours.
    pub fn journal(&self) -> Vec<Value> {
        let mut lines = Vec::new();
        for (name, (bytes, _)) in self.tree("archive/journal") {
            if name.starts_with("torn/") {
                continue;
            }
            if !name.ends_with(".zst") {
                continue;
            }
            let mut text = String::new();
            let dictionary = fs::read(self.path("archive/journal/dictionary")).unwrap_or_default();
            zstd::stream::read::Decoder::with_dictionary(bytes.as_slice(), &dictionary)
                .unwrap()
                .read_to_string(&mut text)
                .unwrap();
            lines.extend(text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
        }
        lines
    }
}

impl Ran {
    fn of(output: Output) -> Ran {
        Ran {
            // A signal would be no status at all.
            status: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("standard output is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("standard error is UTF-8"),
        }
    }

    /// The output of a run that must have succeeded without a word on standard error.
    pub fn good(self) -> String {
        assert_eq!((self.status, self.stderr.as_str()), (0, ""), "{}", self.stdout);
        self.stdout
    }

    /// Compares all three.
    #[track_caller]
    pub fn is(&self, status: i32, stdout: &str, stderr: &str) {
        let expected = Ran { status, stdout: stdout.to_owned(), stderr: stderr.to_owned() };
        assert_eq!(*self, expected, "\n--- stdout\n{}\n--- stderr\n{}", self.stdout, self.stderr);
    }

    /// The JSON objects on standard output, one a line.
    pub fn objects(&self) -> Vec<Value> {
        let object = |line| serde_json::from_str(line).unwrap_or_else(|cause| panic!("{cause}: {line}"));
        self.stdout.lines().map(object).collect()
    }

    /// The last line of standard output.
    pub fn closing(&self) -> &str {
        self.stdout.lines().last().unwrap_or_default()
    }
}
