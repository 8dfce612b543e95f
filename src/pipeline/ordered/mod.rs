//! Work done by several threads, taken in the order in which it was given.
//!
//! Some threads fetch: most of their time goes into waiting. As many as there are processors make something of what was fetched, and
//! the calling thread takes that. Did all threads all of it, all documents would be ready late and at one moment, and the calling thread
//! would wait first and be waited for then. There are as few threads as do: the allocator keeps memory for each. With 32 that fetch
//! from the disk, a first update of 10,000 articles took 60 MB more than with two.

mod state;

use state::{State, Team, Trade};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::Duration;

/// Who waits looks so often whether the run was stopped.
const LOOK: Duration = Duration::from_millis(100);
/// Parsers of trees go deep into their stack.
const STACK: usize = 16 << 20;

/// How work is shared out.
pub struct Sharing<'a, I> {
    /// Threads that fetch, at most.
    pub threads: usize,
    /// Items of the same lane wait for one another, others pass them.
    pub lane: &'a (dyn Fn(&I) -> Option<String> + Sync),
    /// Items of a lane that are worked on at a time.
    pub per_lane: usize,
    /// Set when nothing more is to be taken.
    pub stop: &'a AtomicBool,
}

/// What the work on an item tells of itself.
pub struct Gate<'a> {
    leave: &'a dyn Fn(),
}

impl Gate<'_> {
    /// Gives the processor to another item: what is done from now on may wait for the network. To be called once.
    pub fn leave(&self) {
        (self.leave)();
    }
}

/// What all threads know.
struct Floor<'a, I, F, R> {
    items: &'a [I],
    sharing: &'a Sharing<'a, I>,
    /// The lane of each item.
    lanes: Vec<Option<usize>>,
    processors: usize,
    state: Mutex<State<F, R>>,
    /// Of those who wait for one of these, each can do what the others can: that an item may be begun, …
    free: Condvar,
    /// … that something was fetched, …
    fetched: Condvar,
    /// … and that the next item can be taken, or a thread be hired.
    ready: Condvar,
}

impl<'a, I: Sync, F: Send, R: Send> Floor<'a, I, F, R> {
    fn new(items: &'a [I], sharing: &'a Sharing<'a, I>) -> Floor<'a, I, F, R> {
        let (lanes, lane_count) = lanes(items, sharing.lane);
        let state = Mutex::new(State::new(items.len(), lane_count));
        let processors = thread::available_parallelism().map_or(1, usize::from);
        let (free, fetched, ready) = Default::default();
        Floor { items, sharing, lanes, processors, state, free, fetched, ready }
    }

    fn locked(&self) -> MutexGuard<'_, State<F, R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_over(&self, now: &State<F, R>) -> bool {
        now.stopped || self.sharing.stop.load(Ordering::Relaxed)
    }

    /// As long as there is something in store, nobody waits for more.
    fn wants_fetcher(&self, now: &State<F, R>) -> bool {
        let Team { hired, idle } = now.fetchers;
        now.fetched.is_empty()
            && idle == 0
            && hired < self.sharing.threads
            && now.to_begin(&self.lanes, self.sharing.per_lane).is_some()
    }

    /// One for each item that waits for the network anew, and as many as there are processors.
    fn wants_worker(&self, now: &State<F, R>) -> bool {
        let Team { hired, idle } = now.workers;
        let may_begin = !now.fetched.is_empty() && now.inside < self.processors;
        may_begin && idle == 0 && hired < self.sharing.threads + self.processors
    }

    /// Asks the calling thread to hire another one, if that is wanted.
    fn ask_for(&self, is_wanted: bool) {
        if is_wanted {
            self.ready.notify_one();
        }
    }

    /// What one thread does that fetches.
    fn fetch_all(&self, fetch: &impl Fn(&I) -> (F, usize)) {
        let mut now = self.locked();
        now.fetchers.idle -= 1;
        while !self.is_over(&now) && now.next < self.items.len() {
            let Some(index) = now.to_begin(&self.lanes, self.sharing.per_lane) else {
                now.fetchers.idle += 1;
                now = wait(&self.free, now);
                now.fetchers.idle -= 1;
                continue;
            };
            now.begin(index, self.lanes[index]);
            self.ask_for(self.wants_fetcher(&now));
            // Where there is room for several again, one wakes the next.
            self.free.notify_one();
            drop(now);
            let found = catch_unwind(AssertUnwindSafe(|| fetch(&self.items[index])));
            now = self.locked();
            match found {
                Ok((found, bytes)) => now = self.put_down(index, found, bytes, now),
                Err(panic) => {
                    now.left -= 1;
                    self.finish(index, Err(panic), &mut now);
                }
            }
        }
        // The others end one after the other.
        self.free.notify_one();
    }

    /// Puts what was fetched where those who work find it, once there is room.
    fn put_down<'s>(
        &'s self,
        index: usize,
        found: F,
        bytes: usize,
        mut now: MutexGuard<'s, State<F, R>>,
    ) -> MutexGuard<'s, State<F, R>> {
        while !now.has_room(index, bytes) && !self.is_over(&now) {
            now.outside.insert(index, thread::current());
            drop(now);
            thread::park_timeout(LOOK);
            now = self.locked();
        }
        now.outside.remove(&index);
        now.weight += bytes;
        now.weights.insert(index, bytes);
        now.fetched.insert(index, found);
        now.call();
        self.ask_for(self.wants_worker(&now));
        self.fetched.notify_one();
        now
    }

    /// What one thread does that works. What it has made and others let go is of use to others when it ends: until then, the allocator
    /// keeps it for that thread.
    fn work_all(&self, work: &impl Fn(&I, F, &Gate) -> R) {
        let mut now = self.locked();
        now.workers.idle -= 1;
        while !self.is_over(&now) && now.left > 0 {
            let first = if now.inside < self.processors { now.fetched.pop_first() } else { None };
            let Some((index, found)) = first else {
                self.ask_for(self.wants_fetcher(&now));
                now.workers.idle += 1;
                now = wait(&self.fetched, now);
                now.workers.idle -= 1;
                continue;
            };
            now.left -= 1;
            now.inside += 1;
            self.ask_for(self.wants_fetcher(&now));
            drop(now);
            let left = AtomicBool::new(false);
            let leave = || {
                left.store(true, Ordering::Relaxed);
                let mut now = self.locked();
                now.inside -= 1;
                self.ask_for(self.wants_worker(&now));
                self.fetched.notify_one();
            };
            let gate = Gate { leave: &leave };
            let result = catch_unwind(AssertUnwindSafe(|| work(&self.items[index], found, &gate)));
            now = self.locked();
            now.inside -= usize::from(!left.load(Ordering::Relaxed));
            self.finish(index, result, &mut now);
        }
        self.fetched.notify_one();
    }

    /// What came of an item can be taken.
    fn finish(&self, index: usize, result: thread::Result<R>, now: &mut State<F, R>) {
        now.done.insert(index, result);
        if let Some(lane) = self.lanes[index] {
            now.busy[lane] -= 1;
        }
        if now.taken == index {
            self.ready.notify_one();
        }
        self.free.notify_one();
    }

    /// Waits for what comes of an item, and hires who is wanted meanwhile; `None` if the run was stopped.
    fn result_of(&self, index: usize, hire: &impl Fn(Trade) -> bool) -> Option<thread::Result<R>> {
        while !self.sharing.stop.load(Ordering::Relaxed) {
            let mut now = self.locked();
            if let Some(result) = now.done.remove(&index) {
                return Some(result);
            }
            let wanted = match (self.wants_worker(&now), self.wants_fetcher(&now)) {
                (true, _) => Some(Trade::Working),
                (false, true) => Some(Trade::Fetching),
                (false, false) => None,
            };
            if let Some(trade) = wanted {
                drop(now);
                if hire(trade) {
                    continue;
                }
                // Those that are there have to do.
                now = self.locked();
            }
            drop(wait(&self.ready, now));
        }
        None
    }

    /// An item was taken: others may be begun, or put down.
    fn took(&self, index: usize) {
        let mut now = self.locked();
        now.taken = index + 1;
        now.weight -= now.weights.remove(&index).unwrap_or_default();
        now.call();
        drop(now);
        self.free.notify_one();
    }

    /// Tells the threads to end.
    fn stop(&self) {
        let mut now = self.locked();
        now.stopped = true;
        now.outside.values().for_each(Thread::unpark);
        drop(now);
        self.free.notify_all();
        self.fetched.notify_all();
    }
}

/// Tells the threads to stop when the calling one is done, whether it returns, fails or panics: a scope waits for them.
struct StopOnDrop<F: Fn()>(F);

impl<F: Fn()> Drop for StopOnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Calls `fetch` for every item on several threads, which also tells about how many bytes there are; `work` with that on few
/// threads, the first items first; and `take` with each result, in the order of the items, on the calling thread. A panic in `fetch` or
/// `work` becomes that item's `Err`. If `take` fails or the run is stopped, no further work is begun and nothing more is taken.
pub fn ordered<I: Sync, F: Send, R: Send, E>(
    items: &[I],
    sharing: &Sharing<I>,
    fetch: impl Fn(&I) -> (F, usize) + Sync,
    work: impl Fn(&I, F, &Gate) -> R + Sync,
    mut take: impl FnMut(usize, thread::Result<R>) -> Result<(), E>,
) -> Result<(), E> {
    let floor = Floor::new(items, sharing);
    thread::scope(|scope| {
        let _stop = StopOnDrop(|| floor.stop());
        // Whoever is hired counts as idle until it begins.
        let hire = |trade: Trade| {
            floor.locked().team(trade).idle += 1;
            let builder = thread::Builder::new();
            let begun = match trade {
                Trade::Fetching => builder.spawn_scoped(scope, || floor.fetch_all(&fetch)),
                Trade::Working => builder.stack_size(STACK).spawn_scoped(scope, || floor.work_all(&work)),
            };
            let mut now = floor.locked();
            match begun {
                Ok(_) => now.team(trade).hired += 1,
                Err(_) => now.team(trade).idle -= 1,
            }
            begun.is_ok()
        };
        let begins = items.is_empty() || hire(Trade::Working) && hire(Trade::Fetching);
        if !begins {
            // A system that gives no thread still gets its work done.
            for (index, item) in items.iter().enumerate() {
                let gate = Gate { leave: &|| {} };
                take(index, catch_unwind(AssertUnwindSafe(|| work(item, fetch(item).0, &gate))))?;
            }
            return Ok(());
        }
        for index in 0..items.len() {
            let Some(result) = floor.result_of(index, &hire) else { break };
            let outcome = take(index, result);
            floor.took(index);
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
    use super::state::BUDGET;
    use super::{Gate, Sharing, ordered};
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::time::Duration;

    static ON: AtomicBool = AtomicBool::new(false);

    fn sharing(threads: usize) -> Sharing<'static, usize> {
        Sharing { threads, lane: &|_| None, per_lane: 1, stop: &ON }
    }

    fn numbers() -> Vec<usize> {
        (0..1000).collect()
    }

    /// The item itself, as a document of one byte.
    fn itself(n: &usize) -> (usize, usize) {
        (*n, 1)
    }

    #[test]
    fn results_come_in_the_order_of_the_items_whatever_the_threads_do() {
        let mut taken = Vec::new();
        // Earlier items take longer, in both steps.
        let long = |n: &usize| (0..(1000 - n) * 50).fold(*n, |a, b| std::hint::black_box(a.max(b % 2)));
        let fetch = |n: &usize| {
            long(n);
            itself(n)
        };
        let work = |item: &usize, n: usize, _: &Gate| {
            long(&n);
            (*item, n)
        };
        let outcome: Result<(), ()> = ordered(&numbers(), &sharing(8), fetch, work, |index, result| {
            taken.push((index, result.unwrap()));
            Ok(())
        });
        assert_eq!(outcome, Ok(()));
        assert_eq!(taken, numbers().into_iter().map(|n| (n, (n, n))).collect::<Vec<_>>());
    }

    #[test]
    fn a_panic_is_the_result_of_its_item_alone() {
        let mut failed = Vec::new();
        let fetch = |n: &usize| if *n == 7 { resume_unwind(Box::new("7")) } else { itself(n) };
        let work = |_: &usize, n: usize, _: &Gate| if n == 9 { resume_unwind(Box::new("9")) } else { n };
        let outcome: Result<(), ()> = ordered(&numbers(), &sharing(4), fetch, work, |index, result| {
            failed.extend(result.is_err().then_some(index));
            Ok(())
        });
        assert_eq!((outcome, failed), (Ok(()), vec![7, 9]));
    }

    #[test]
    fn the_threads_end_when_taking_fails_or_panics() {
        let work = |_: &usize, n: usize, _: &Gate| n;
        let fails = |index, _| if index == 3 { Err(index) } else { Ok(()) };
        assert_eq!(ordered(&numbers(), &sharing(16), itself, work, fails), Err(3));
        let panics = |index, _| -> Result<(), ()> { if index == 3 { resume_unwind(Box::new("3")) } else { Ok(()) } };
        let panicked = catch_unwind(AssertUnwindSafe(|| ordered(&numbers(), &sharing(16), itself, work, panics)));
        assert!(panicked.is_err());
    }

    #[test]
    fn a_full_lane_holds_up_nobody_else() {
        let (now, most, taken) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        // The first half is one lane, and slow; the others are done meanwhile.
        let items: Vec<usize> = (0..40).collect();
        let lane = |n: &usize| (*n < 20).then(|| "slow".to_owned());
        let sharing = Sharing { threads: 4, lane: &lane, per_lane: 2, stop: &ON };
        let fetch = |n: &usize| {
            if *n < 20 {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(5));
                now.fetch_sub(1, Ordering::SeqCst);
            }
            (taken.load(Ordering::SeqCst), 1)
        };
        let mut begun = Vec::new();
        let outcome: Result<(), ()> = ordered(
            &items,
            &sharing,
            fetch,
            |_, n, _| n,
            |_, result| {
                begun.push(result.unwrap());
                taken.fetch_add(1, Ordering::SeqCst);
                Ok(())
            },
        );
        assert_eq!((outcome, most.load(Ordering::SeqCst)), (Ok(()), 2));
        assert!(begun[20..].iter().all(|taken| *taken < 20), "{begun:?}");
    }

    #[test]
    fn large_items_wait_until_there_is_room_and_never_for_ever() {
        let (held, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let work = |_: &usize, (): (), gate: &Gate| {
            // As many as like may be worked on.
            gate.leave();
            most.fetch_max(held.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        };
        let outcome: Result<(), ()> = ordered(
            &numbers(),
            &sharing(16),
            |_| ((), BUDGET / 2),
            work,
            |_, _| {
                held.fetch_sub(1, Ordering::SeqCst);
                Ok(())
            },
        );
        assert_eq!(outcome, Ok(()));
        // Two have room, and the one that is to be taken next is never kept waiting.
        assert!(most.load(Ordering::SeqCst) <= 3, "{most:?}");
    }

    #[test]
    fn an_item_whose_lane_was_full_is_fetched_though_all_threads_hold_what_has_no_room() {
        let (stop, over) = (AtomicBool::new(false), AtomicBool::new(false));
        // The first two are of one lane. While something is made of the first, all threads fetch what is too large.
        let lane = |n: &usize| (*n < 2).then(|| "slow".to_owned());
        let sharing = Sharing { threads: 4, lane: &lane, per_lane: 1, stop: &stop };
        let fetch = |n: &usize| {
            std::thread::sleep(Duration::from_millis(if *n < 2 { 0 } else { 20 }));
            ((), if *n < 2 { 1 } else { BUDGET + 1 })
        };
        let work = |n: &usize, (): (), _: &Gate| {
            std::thread::sleep(Duration::from_millis(if *n == 0 { 150 } else { 0 }));
        };
        let mut taken = 0;
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..500 {
                    std::thread::sleep(Duration::from_millis(20));
                    if over.load(Ordering::SeqCst) {
                        return;
                    }
                }
                stop.store(true, Ordering::SeqCst);
            });
            let outcome: Result<(), ()> = ordered(&numbers()[..12], &sharing, fetch, work, |_, _| {
                taken += 1;
                Ok(())
            });
            over.store(true, Ordering::SeqCst);
            assert_eq!(outcome, Ok(()));
        });
        assert_eq!(taken, 12);
    }

    #[test]
    fn no_more_items_keep_processors_busy_than_there_are() {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let work = |_: &usize, _: usize, _: &Gate| {
            most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_micros(200));
            inside.fetch_sub(1, Ordering::SeqCst);
        };
        let outcome: Result<(), ()> = ordered(&numbers(), &sharing(16), itself, work, |_, _| Ok(()));
        assert_eq!(outcome, Ok(()));
        // Where there are very many, the work may be done before all are busy.
        assert!((processors.min(2)..=processors).contains(&most.load(Ordering::SeqCst)), "{most:?} of {processors}");
    }

    #[test]
    fn who_waits_for_the_network_keeps_nobody_from_a_processor() {
        const ALL: usize = 12;
        let left = AtomicUsize::new(0);
        let work = |_: &usize, _: usize, gate: &Gate| {
            gate.leave();
            left.fetch_add(1, Ordering::SeqCst);
            // All are in here at once.
            while left.load(Ordering::SeqCst) < ALL {
                std::thread::sleep(Duration::from_micros(100));
            }
        };
        let items: Vec<usize> = (0..ALL).collect();
        let outcome: Result<(), ()> = ordered(&items, &sharing(ALL), itself, work, |_, _| Ok(()));
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
            itself,
            |_, n, _| n,
            |_, _| {
                taken += 1;
                stop.store(taken == 10, Ordering::SeqCst);
                Ok(())
            },
        );
        assert_eq!((outcome, taken), (Ok(()), 10));
    }
}
