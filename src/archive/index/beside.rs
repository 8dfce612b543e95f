//! Two threads that work at once: one looks for things, the other makes something of them, in the order in which they were found.

use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// What things weigh that are handed on together. Three times as much is on its way at most, and one thing more.
const TOGETHER: usize = 256 << 10;

/// Where what was found is put.
#[derive(Debug)]
pub struct Tray<T> {
    waiting: Vec<T>,
    weight: usize,
    sender: SyncSender<Vec<T>>,
}

impl<T> Tray<T> {
    /// Puts one there; `weight` is about the bytes that it takes.
    pub fn put(&mut self, thing: T, weight: usize) {
        self.waiting.push(thing);
        self.weight += weight;
        if self.weight >= TOGETHER {
            self.hand_on();
        }
    }

    fn hand_on(&mut self) {
        self.weight = 0;
        // Whoever does not wait for more has failed, and says so when it is asked.
        let _ = self.sender.send(std::mem::take(&mut self.waiting));
    }
}

/// Lets another thread work on what `find` puts on the tray, while this one goes on. Gives what both have to say in the end.
pub fn beside<T: Send, R: Send, F>(
    work: impl FnOnce(Receiver<Vec<T>>) -> R + Send,
    find: impl FnOnce(&mut Tray<T>) -> F,
) -> (R, F) {
    let (sender, receiver) = sync_channel(1);
    thread::scope(|scope| {
        let worker = scope.spawn(move || work(receiver));
        let mut tray = Tray { waiting: Vec::new(), weight: 0, sender };
        let found = find(&mut tray);
        tray.hand_on();
        drop(tray);
        (worker.join().unwrap_or_else(|panic| resume_unwind(panic)), found)
    })
}
