//! Libraries that believe their files: at damaged ones, they may panic.

use std::panic::{self, AssertUnwindSafe, catch_unwind};

/// Does something with files that may be damaged; nothing, if it panicked. That is not printed: what is mended is told in another way.
pub fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| ()));
    let done = catch_unwind(AssertUnwindSafe(work));
    panic::set_hook(hook);
    done.ok()
}
