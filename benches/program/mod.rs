//! The program as a process: how long it takes, and how much memory.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Runs the program, and returns how long it took from start to exit and the most memory that it held, in MB.
pub fn run(root: &Path, arguments: &[&str]) -> (Duration, u64) {
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_depesche"))
        .args(["--quiet", "--root"])
        .arg(root)
        .args(arguments)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut most = 0;
    let status = loop {
        most = most.max(memory(&child.id().to_string()));
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None => sleep(Duration::from_millis(1)),
        }
    };
    let took = begun.elapsed();
    assert!(status.success(), "{arguments:?}");
    (took, most)
}

/// The most memory that a process held so far, in MB.
pub fn memory(process: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|number| number.parse::<u64>().ok()).unwrap_or_default() / 1024
}
