//! From start to exit: the whole binary on the shipped examples, opening the archive included.
//!
//! `cargo bench --bench main_job`

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn examples() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("feeds"), &folder.path().join("feeds"));
    folder
}

fn update(folder: &Path) {
    let status =
        Command::new(env!("CARGO_BIN_EXE_depesche")).args(["--quiet", "update", "--root"]).arg(folder).status();
    assert!(status.unwrap().success());
}

fn main_job(c: &mut Criterion) {
    c.bench_function("update, first run", |bench| {
        bench.iter_batched(examples, |folder| update(folder.path()), BatchSize::PerIteration);
    });
    let folder = examples();
    update(folder.path());
    c.bench_function("update, nothing new", |bench| bench.iter(|| update(folder.path())));
}

criterion_group!(benches, main_job);
criterion_main!(benches);
