//! Work on a large bericht, out of the way of small ones.

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;

/// From how many bytes on a bericht is large: a smaller one is done within a few milliseconds.
const LARGE: usize = 1 << 18;

/// Does some work on a bericht of so many bytes. While it does a large one, other threads take over what this one was
/// to do; where there are none, all else waits.
pub fn aside<T>(size: usize, work: impl FnOnce() -> T) -> T {
    let has_others = || Handle::try_current().is_ok_and(|one| one.runtime_flavor() == RuntimeFlavor::MultiThread);
    if size >= LARGE && has_others() { block_in_place(work) } else { work() }
}
