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

/// Tells the threads to stop when the calling one is done, whether it returns, fails or panics: a scope waits for them.
struct StopOnDrop<F: Fn()>(F);

impl<F: Fn()> Drop for StopOnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
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
        let _stop = StopOnDrop(|| {
            locked().stopped = true;
            moved.notify_all();
        });
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
            take(index, result)?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::ordered;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    fn numbers() -> Vec<usize> {
        (0..1000).collect()
    }

    #[test]
    fn results_come_in_the_order_of_the_items_whatever_the_threads_do() {
        let mut taken = Vec::new();
        let slow = |n: &usize| {
            // Earlier items take longer.
            (0..(1000 - n) * 50).fold(*n, |a, b| std::hint::black_box(a.max(b % 2)));
            *n
        };
        let outcome: Result<(), ()> = ordered(&numbers(), 8, slow, |index, result| {
            taken.push((index, result.unwrap()));
            Ok(())
        });
        assert_eq!(outcome, Ok(()));
        assert_eq!(taken, numbers().into_iter().map(|n| (n, n)).collect::<Vec<_>>());
    }

    #[test]
    fn a_panic_in_the_work_is_the_result_of_its_item_alone() {
        let mut failed = Vec::new();
        let work = |n: &usize| if *n == 7 { std::panic::resume_unwind(Box::new("7")) } else { *n };
        let outcome: Result<(), ()> = ordered(&numbers(), 4, work, |index, result| {
            failed.extend(result.is_err().then_some(index));
            Ok(())
        });
        assert_eq!((outcome, failed), (Ok(()), vec![7]));
    }

    #[test]
    fn the_threads_end_when_taking_fails_or_panics() {
        let outcome = ordered(&numbers(), 16, |n| *n, |index, _| if index == 3 { Err(index) } else { Ok(()) });
        assert_eq!(outcome, Err(3));
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            ordered(
                &numbers(),
                16,
                |n| *n,
                |index, _| -> Result<(), ()> {
                    if index == 3 { std::panic::resume_unwind(Box::new("3")) } else { Ok(()) }
                },
            )
        }));
        assert!(panicked.is_err());
    }
}
