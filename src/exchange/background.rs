//! A large bericht, out of the way of small ones.

use std::future::Future;
use std::panic::resume_unwind;
use std::thread;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;
use tracing::Instrument;

use crate::size::Size;

/// How far a thread with a large bericht steps back for others, in the steps of `nice`: it then counts for a tenth. Nothing at
/// all would not do: it could wait for ever for a busy gateway, and others for what it holds.
#[cfg(target_os = "linux")]
const STEP: i32 = 10;

/// Sees to one bericht of so many bytes. A large one gets a thread of its own, which the system lets run when those of small
/// ones leave it time; other threads take over what this one was to do. Where there are none, all else waits.
pub async fn in_background<T: Send>(size: usize, story: impl Future<Output = T> + Send) -> T {
    let runtime = Handle::current();
    if Size::of(size) == Size::Small || runtime.runtime_flavor() != RuntimeFlavor::MultiThread {
        return story.await;
    }
    let story = story.in_current_span();
    let alone = || {
        step_back();
        runtime.block_on(story)
    };
    block_in_place(|| thread::scope(|scope| scope.spawn(alone).join().unwrap_or_else(|panic| resume_unwind(panic))))
}

/// This thread lets others go first, from now on. Where that is refused it goes on as it is.
fn step_back() {
    #[cfg(target_os = "linux")] // Elsewhere the whole process would.
    if let Err(cause) = rustix::process::nice(STEP) {
        tracing::warn!(error = %cause, "a large bericht takes as much of the processor as small ones");
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use tracing::instrument::WithSubscriber;
    use tracing::{Dispatch, Metadata, Span};

    use super::*;
    use crate::size::LARGE_BYTES;

    /// How far this thread stands back.
    #[expect(clippy::unused_async, reason = "a story is")]
    async fn niceness() -> i32 {
        rustix::process::nice(0).expect("a number")
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_large_one_steps_back_and_leaves_others_as_they_were() {
        let before = niceness().await;
        assert_eq!(in_background(LARGE_BYTES - 1, niceness()).await, before);
        assert_eq!(in_background(LARGE_BYTES, niceness()).await, (before + STEP).min(19));
        assert_eq!(niceness().await, before);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_a_large_one_logs_stands_in_the_span_in_which_it_was_asked_for() {
        let log = Dispatch::new(tracing_subscriber::registry());
        let story = async { (thread::current().id(), Span::current().metadata().map(Metadata::name)) };
        let story = story.with_subscriber(log.clone());
        let asked = async { in_background(LARGE_BYTES, story).instrument(tracing::info_span!("bericht")).await };
        let (ran_on, span) = asked.with_subscriber(log).await;
        assert_ne!(ran_on, thread::current().id(), "a thread of its own");
        assert_eq!(span, Some("bericht"));
    }

    #[tokio::test(flavor = "multi_thread")]
    #[should_panic(expected = "in the story")]
    async fn what_breaks_in_a_large_one_breaks_where_it_was_asked_for() {
        in_background(LARGE_BYTES, async { panic!("in the story") }).await;
    }
}
