//! Work done by several threads, taken in the order in which it was given.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::Duration;

/// Items that may be begun or wait while an earlier one is not taken yet.
const WINDOW: usize = 512;
/// Bytes of documents that are worked on or wait at a time: bounds memory. What is made of a document is a few times as
/// large: with 12 MB a first update of 10,000 articles took 195 MB, with 6 MB 188, in the same time (`cargo bench --bench fetch`).
const BUDGET: usize = 6 << 20;
/// Who waits looks so often whether the run was stopped.
const LOOK: Duration = Duration::from_millis(100);
/// Parsers of trees go deep into their stack.
const STACK: usize = 16 << 20;

/// How work is shared out.
pub struct Sharing<'a, I> {
    /// Threads, at most.
    pub threads: usize,
    /// Items of the same lane wait for one another, others pass them.
    pub lane: &'a (dyn Fn(&I) -> Option<String> + Sync),
    /// Items of a lane that are worked on at a time.
    pub per_lane: usize,
    /// Set when nothing more is to be taken.
    pub stop: &'a AtomicBool,
}

struct State<R> {
    /// The first item that nobody has begun.
    next: usize,
    /// Those behind it that somebody has.
    ahead: BTreeSet<usize>,
    /// How many of each lane are worked on.
    busy: Vec<usize>,
    taken: usize,
    done: BTreeMap<usize, thread::Result<R>>,
    weights: BTreeMap<usize, usize>,
    weight: usize,
    /// Those that were admitted and keep a processor busy.
    inside: BTreeSet<usize>,
    /// Those that wait to be admitted, with the threads that work on them.
    outside: BTreeMap<usize, Thread>,
    stopped: bool,
}

impl<R> State<R> {
    /// Whether an item with so many bytes may go on. The one that is to be taken next always may: the others wait for it.
    fn has_room(&self, index: usize, bytes: usize, processors: usize) -> bool {
        let is_first = self.outside.keys().next().is_none_or(|first| index <= *first);
        let is_free = self.inside.len() < processors || self.inside.contains(&index);
        self.taken == index || is_first && is_free && self.weight + bytes <= BUDGET
    }

    /// Wakes who may be the next to be admitted.
    fn call(&self) {
        if let Some((_, thread)) = self.outside.first_key_value() {
            thread.unpark();
        }
    }
}

/// Admits documents to the work that takes memory and keeps a processor busy.
pub struct Gate<'a> {
    admit: &'a dyn Fn(usize),
    leave: &'a dyn Fn(),
}

impl Gate<'_> {
    /// Waits until there is room for so many bytes and a processor is free, the first items first. The item that is to be taken
    /// next never waits. Documents that are worked on at once by more threads than there are processors are all ready late, and
    /// at one moment: then the calling thread has nothing to take, and after that the others have no room.
    pub fn admit(&self, bytes: usize) {
        (self.admit)(bytes);
    }

    /// Gives the processor to another item: what is to be done now waits for the network again. The room is still taken.
    pub fn leave(&self) {
        (self.leave)();
    }
}

/// Tells the threads to stop when the calling one is done, whether it returns, fails or panics: a scope waits for them.
struct StopOnDrop<F: Fn()>(F);

impl<F: Fn()> Drop for StopOnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Calls `work` for every item on several threads, and `take` with each result, in the order of the items, on
/// the calling thread. A panic in `work` becomes that item's `Err`. If `take` fails or the run is stopped, no further work is
/// begun and nothing more is taken.
pub fn ordered<I: Sync, R: Send, E>(
    items: &[I],
    sharing: &Sharing<I>,
    work: impl Fn(&I, &Gate) -> R + Sync,
    mut take: impl FnMut(usize, thread::Result<R>) -> Result<(), E>,
) -> Result<(), E> {
    let (lanes, count) = lanes(items, sharing.lane);
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let state = Mutex::new(State {
        next: 0,
        ahead: BTreeSet::new(),
        busy: vec![0; count],
        taken: 0,
        done: BTreeMap::new(),
        weights: BTreeMap::new(),
        weight: 0,
        inside: BTreeSet::new(),
        outside: BTreeMap::new(),
        stopped: false,
    });
    // Of those who wait for an item to begin each can take any; the calling thread waits for one to be ready.
    let (free, ready) = (Condvar::new(), Condvar::new());
    let locked = || -> MutexGuard<State<R>> { state.lock().unwrap_or_else(PoisonError::into_inner) };
    let over = |now: &State<R>| now.stopped || sharing.stop.load(Ordering::Relaxed);
    let admit = |index: usize, bytes: usize| {
        let mut now = locked();
        while !now.has_room(index, bytes, processors) && !over(&now) {
            now.outside.insert(index, thread::current());
            drop(now);
            thread::park_timeout(LOOK);
            now = locked();
        }
        now.outside.remove(&index);
        now.inside.insert(index);
        now.weight += bytes;
        *now.weights.entry(index).or_default() += bytes;
        now.call();
    };
    let leave = |index: usize| {
        let mut now = locked();
        now.inside.remove(&index);
        now.call();
    };
    let run = || {
        loop {
            let mut now = locked();
            let index = loop {
                if over(&now) || now.next >= items.len() {
                    drop(now);
                    // One after the other.
                    free.notify_one();
                    return;
                }
                let end = items.len().min(now.taken + WINDOW);
                let is_free = |index: &usize| {
                    !now.ahead.contains(index) && lanes[*index].is_none_or(|lane| now.busy[lane] < sharing.per_lane)
                };
                match (now.next..end).find(is_free) {
                    Some(index) => break index,
                    None => now = wait(&free, now),
                }
            };
            now.ahead.insert(index);
            let first = now.next;
            now.next = (first..).find(|index| !now.ahead.remove(index)).unwrap_or(first);
            if let Some(lane) = lanes[index] {
                now.busy[lane] += 1;
            }
            drop(now);
            let gate = Gate { admit: &|bytes| admit(index, bytes), leave: &|| leave(index) };
            let result = catch_unwind(AssertUnwindSafe(|| work(&items[index], &gate)));
            let mut now = locked();
            now.done.insert(index, result);
            now.inside.remove(&index);
            if let Some(lane) = lanes[index] {
                now.busy[lane] -= 1;
            }
            now.call();
            if now.taken == index {
                ready.notify_one();
            }
            drop(now);
            free.notify_one();
        }
    };
    thread::scope(|scope| {
        let _stop = StopOnDrop(|| {
            let mut now = locked();
            now.stopped = true;
            now.outside.values().for_each(Thread::unpark);
            drop(now);
            free.notify_all();
        });
        let mut started = 0;
        for _ in 0..sharing.threads.min(items.len()) {
            started += usize::from(thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run).is_ok());
        }
        if started == 0 && !items.is_empty() {
            // A system that gives no thread still gets its work done.
            for (index, item) in items.iter().enumerate() {
                let gate = Gate { admit: &|_| {}, leave: &|| {} };
                take(index, catch_unwind(AssertUnwindSafe(|| work(item, &gate))))?;
            }
            return Ok(());
        }
        for index in 0..items.len() {
            let mut now = locked();
            let result = loop {
                if sharing.stop.load(Ordering::Relaxed) {
                    return Ok(());
                }
                match now.done.remove(&index) {
                    Some(result) => break result,
                    None => now = wait(&ready, now),
                }
            };
            drop(now);
            let outcome = take(index, result);
            let mut now = locked();
            now.taken = index + 1;
            now.weight -= now.weights.remove(&index).unwrap_or_default();
            now.call();
            // It may have been waiting behind others.
            if let Some(thread) = now.outside.get(&(index + 1)) {
                thread.unpark();
            }
            drop(now);
            free.notify_one();
            outcome?;
        }
        Ok(())
    })
}

/// Waits to be woken, and not for ever: nobody tells of a stop.
fn wait<'a, S>(moved: &Condvar, now: MutexGuard<'a, S>) -> MutexGuard<'a, S> {
    moved.wait_timeout(now, LOOK).unwrap_or_else(PoisonError::into_inner).0
}

/// The lane of each item by number, and how many there are.
fn lanes<I>(items: &[I], lane: &dyn Fn(&I) -> Option<String>) -> (Vec<Option<usize>>, usize) {
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let lanes = items.iter().map(|item| {
        let name = lane(item)?;
        let next = numbers.len();
        Some(*numbers.entry(name).or_insert(next))
    });
    (lanes.collect(), numbers.len())
}

#[cfg(test)]
mod tests {
    use super::{Sharing, ordered};
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::time::Duration;

    static ON: AtomicBool = AtomicBool::new(false);

    fn sharing(threads: usize) -> Sharing<'static, usize> {
        Sharing { threads, lane: &|_| None, per_lane: 1, stop: &ON }
    }

    fn numbers() -> Vec<usize> {
        (0..1000).collect()
    }

    #[test]
    fn results_come_in_the_order_of_the_items_whatever_the_threads_do() {
        let mut taken = Vec::new();
        let slow = |n: &usize, _: &super::Gate| {
            // Earlier items take longer.
            (0..(1000 - n) * 50).fold(*n, |a, b| std::hint::black_box(a.max(b % 2)));
            *n
        };
        let outcome: Result<(), ()> = ordered(&numbers(), &sharing(8), slow, |index, result| {
            taken.push((index, result.unwrap()));
            Ok(())
        });
        assert_eq!(outcome, Ok(()));
        assert_eq!(taken, numbers().into_iter().map(|n| (n, n)).collect::<Vec<_>>());
    }

    #[test]
    fn a_panic_in_the_work_is_the_result_of_its_item_alone() {
        let mut failed = Vec::new();
        let work = |n: &usize, _: &super::Gate| if *n == 7 { std::panic::resume_unwind(Box::new("7")) } else { *n };
        let outcome: Result<(), ()> = ordered(&numbers(), &sharing(4), work, |index, result| {
            failed.extend(result.is_err().then_some(index));
            Ok(())
        });
        assert_eq!((outcome, failed), (Ok(()), vec![7]));
    }

    #[test]
    fn the_threads_end_when_taking_fails_or_panics() {
        let outcome =
            ordered(&numbers(), &sharing(16), |n, _| *n, |index, _| if index == 3 { Err(index) } else { Ok(()) });
        assert_eq!(outcome, Err(3));
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            ordered(
                &numbers(),
                &sharing(16),
                |n, _| *n,
                |index, _| -> Result<(), ()> {
                    if index == 3 { std::panic::resume_unwind(Box::new("3")) } else { Ok(()) }
                },
            )
        }));
        assert!(panicked.is_err());
    }

    #[test]
    fn a_full_lane_holds_up_nobody_else() {
        let (now, most, taken) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        // The first half is one lane, and slow; the others are done meanwhile.
        let items: Vec<usize> = (0..40).collect();
        let lane = |n: &usize| (*n < 20).then(|| "slow".to_owned());
        let sharing = Sharing { threads: 4, lane: &lane, per_lane: 2, stop: &ON };
        let work = |n: &usize, _: &super::Gate| {
            if *n < 20 {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(5));
                now.fetch_sub(1, Ordering::SeqCst);
            }
            taken.load(Ordering::SeqCst)
        };
        let mut begun = Vec::new();
        let outcome: Result<(), ()> = ordered(&items, &sharing, work, |_, result| {
            begun.push(result.unwrap());
            taken.fetch_add(1, Ordering::SeqCst);
            Ok(())
        });
        assert_eq!((outcome, most.load(Ordering::SeqCst)), (Ok(()), 2));
        assert!(begun[20..].iter().all(|taken| *taken < 20), "{begun:?}");
    }

    #[test]
    fn large_items_wait_until_there_is_room_and_never_for_ever() {
        let (held, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let work = |_: &usize, gate: &super::Gate| {
            gate.admit(super::BUDGET / 2);
            gate.leave();
            most.fetch_max(held.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        };
        let outcome: Result<(), ()> = ordered(&numbers(), &sharing(16), work, |_, _| {
            held.fetch_sub(1, Ordering::SeqCst);
            Ok(())
        });
        assert_eq!(outcome, Ok(()));
        // Two have room, and the one that is to be taken next is never kept waiting.
        assert!(most.load(Ordering::SeqCst) <= 3, "{most:?}");
    }

    #[test]
    fn no_more_items_keep_processors_busy_than_there_are() {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let work = |_: &usize, gate: &super::Gate| {
            gate.admit(1);
            most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_micros(200));
            inside.fetch_sub(1, Ordering::SeqCst);
        };
        let outcome: Result<(), ()> = ordered(&numbers(), &sharing(16), work, |_, _| Ok(()));
        assert_eq!(outcome, Ok(()));
        // One more is the one that is to be taken next.
        assert!((1..=processors + 1).contains(&most.load(Ordering::SeqCst)), "{most:?} of {processors}");
    }

    #[test]
    fn who_waits_for_the_network_keeps_nobody_from_a_processor() {
        const ALL: usize = 12;
        let left = AtomicUsize::new(0);
        let work = |_: &usize, gate: &super::Gate| {
            gate.admit(1);
            gate.leave();
            left.fetch_add(1, Ordering::SeqCst);
            // All are in here at once.
            while left.load(Ordering::SeqCst) < ALL {
                std::thread::sleep(Duration::from_micros(100));
            }
        };
        let items: Vec<usize> = (0..ALL).collect();
        let outcome: Result<(), ()> = ordered(&items, &sharing(ALL), work, |_, _| Ok(()));
        assert_eq!(outcome, Ok(()));
    }

    #[test]
    fn a_stop_ends_it_at_once() {
        let stop = AtomicBool::new(false);
        let sharing = Sharing { stop: &stop, ..sharing(4) };
        let mut taken = 0;
        let outcome: Result<(), ()> = ordered(
            &numbers(),
            &sharing,
            |n, _| *n,
            |_, _| {
                taken += 1;
                stop.store(taken == 10, Ordering::SeqCst);
                Ok(())
            },
        );
        assert_eq!((outcome, taken), (Ok(()), 10));
    }
}
