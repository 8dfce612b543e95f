//! Work done by several threads, taken in the order in which it was given.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Results that may wait for an earlier one: bounds memory.
const WINDOW: usize = 64;
/// Parsers of trees go deep into their stack.
const STACK: usize = 16 << 20;

struct State<R> {
    next: usize,
    taken: usize,
    done: BTreeMap<usize, thread::Result<R>>,
    stopped: bool,
}

/// Calls `work` for every item on up to `threads` threads, and `take` with each result, in the order of the items, on
/// the calling thread. A panic in `work` becomes that item's `Err`. If `take` fails, no further work is begun.
pub fn ordered<I: Sync, R: Send, E>(
    items: &[I],
    threads: usize,
    work: impl Fn(&I) -> R + Sync,
    mut take: impl FnMut(usize, thread::Result<R>) -> Result<(), E>,
) -> Result<(), E> {
    let state = Mutex::new(State { next: 0, taken: 0, done: BTreeMap::new(), stopped: false });
    let moved = Condvar::new();
    let locked = || -> MutexGuard<State<R>> { state.lock().unwrap_or_else(PoisonError::into_inner) };
    let run = || {
        loop {
            let mut now = locked();
            while !now.stopped && now.next < items.len() && now.next >= now.taken + WINDOW {
                now = moved.wait(now).unwrap_or_else(PoisonError::into_inner);
            }
            let index = now.next;
            if now.stopped || index >= items.len() {
                return;
            }
            now.next += 1;
            drop(now);
            let result = catch_unwind(AssertUnwindSafe(|| work(&items[index])));
            locked().done.insert(index, result);
            moved.notify_all();
        }
    };
    thread::scope(|scope| {
        let mut started = 0;
        for _ in 0..threads.min(items.len()) {
            started += usize::from(thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run).is_ok());
        }
        if started == 0 && !items.is_empty() {
            // A system that gives no thread still gets its work done.
            for (index, item) in items.iter().enumerate() {
                take(index, catch_unwind(AssertUnwindSafe(|| work(item))))?;
            }
            return Ok(());
        }
        let mut outcome = Ok(());
        for index in 0..items.len() {
            let mut now = locked();
            let result = loop {
                match now.done.remove(&index) {
                    Some(result) => break result,
                    None => now = moved.wait(now).unwrap_or_else(PoisonError::into_inner),
                }
            };
            now.taken = index + 1;
            drop(now);
            moved.notify_all();
            outcome = take(index, result);
            if outcome.is_err() {
                break;
            }
        }
        locked().stopped = true;
        moved.notify_all();
        outcome
    })
}
