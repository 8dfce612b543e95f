//! Which items are begun, fetched, worked on, done and taken, and what may be done next. It waits for nothing and wakes only who can
//! put something down.

use std::collections::{BTreeMap, BTreeSet};
use std::thread::{self, Thread};

/// Items that may be begun or wait while an earlier one is not taken yet.
const WINDOW: usize = 512;
/// Bytes of documents that are worked on or wait at a time: bounds memory. What is made of a document is a few times as
/// large.
pub const BUDGET: usize = 4 << 20;

/// What a thread is hired for.
#[derive(Debug, Clone, Copy)]
pub enum Trade {
    Fetching,
    Working,
}

/// Threads that do the same.
#[derive(Debug, Default)]
pub struct Team {
    /// How many there are.
    pub hired: usize,
    /// How many have nothing to do.
    pub idle: usize,
}

/// Which items are where.
pub struct State<F, R> {
    /// The first item that nobody has begun.
    pub next: usize,
    /// Those behind it that somebody has.
    pub ahead: BTreeSet<usize>,
    /// How many of each lane are worked on.
    pub busy: Vec<usize>,
    /// Threads that fetch, and how many of them have nothing to do.
    pub fetchers: Team,
    /// Those that were fetched and cannot be put down yet, with the threads that hold them.
    pub outside: BTreeMap<usize, Thread>,
    /// Those that were fetched, of which something is to be made.
    pub fetched: BTreeMap<usize, F>,
    /// The bytes of each that was put down and not taken yet, …
    pub weights: BTreeMap<usize, usize>,
    /// … and of all of these.
    pub weight: usize,
    /// How many nobody has begun to make something of.
    pub left: usize,
    /// How many are made something of by a thread that keeps a processor busy.
    pub inside: usize,
    /// Threads that do so or could.
    pub workers: Team,
    /// What came of those that were not taken yet.
    pub done: BTreeMap<usize, thread::Result<R>>,
    /// How many were taken: the number of the one that is to be taken next.
    pub taken: usize,
    /// Set when nothing more is to be begun.
    pub stopped: bool,
}

impl<F, R> State<F, R> {
    /// So many items, in so many lanes, with which nobody has begun.
    pub fn new(items: usize, lanes: usize) -> State<F, R> {
        State {
            next: 0,
            ahead: BTreeSet::new(),
            busy: vec![0; lanes],
            fetchers: Team::default(),
            outside: BTreeMap::new(),
            fetched: BTreeMap::new(),
            weights: BTreeMap::new(),
            weight: 0,
            left: items,
            inside: 0,
            workers: Team::default(),
            done: BTreeMap::new(),
            taken: 0,
            stopped: false,
        }
    }

    /// Whether what was fetched can be put down, with so many bytes. What is to be taken next always can, since the others wait for it;
    /// and where nobody has begun with that (its lane was full), the first one, so that a thread becomes free.
    pub fn has_room(&self, index: usize, bytes: usize) -> bool {
        let is_first = self.outside.keys().next().is_none_or(|first| index <= *first);
        self.taken == index || is_first && (self.weight + bytes <= BUDGET || self.next == self.taken)
    }

    /// The item that is to be fetched next, if one can be.
    pub fn to_begin(&self, lanes: &[Option<usize>], per_lane: usize) -> Option<usize> {
        let is_free =
            |index: &usize| !self.ahead.contains(index) && lanes[*index].is_none_or(|lane| self.busy[lane] < per_lane);
        let first = (self.next..lanes.len().min(self.taken + WINDOW)).find(is_free);
        first.filter(|index| *index == self.taken || self.weight < BUDGET && self.outside.is_empty())
    }

    /// Somebody begins with an item.
    pub fn begin(&mut self, index: usize, lane: Option<usize>) {
        self.ahead.insert(index);
        let first = self.next;
        self.next = (first..).find(|index| !self.ahead.remove(index)).unwrap_or(first);
        if let Some(lane) = lane {
            self.busy[lane] += 1;
        }
    }

    /// Those who do this.
    pub fn team(&mut self, trade: Trade) -> &mut Team {
        match trade {
            Trade::Fetching => &mut self.fetchers,
            Trade::Working => &mut self.workers,
        }
    }

    /// Wakes those who may be able to put down now what they hold.
    pub fn call(&self) {
        let first = self.outside.first_key_value().map(|(_, thread)| thread);
        first.into_iter().chain(self.outside.get(&self.taken)).for_each(Thread::unpark);
    }
}
