//! Discards the rest of a rejected request, so that the answer arrives.
//!
//! A browser does not read the answer until it has sent its whole body. If the server stops reading earlier and closes
//! the connection, TCP resets it, and the user sees a connection error instead of the answer (RFC 9112, section 9.6).
//!
//! 1. The answer is decided before the first byte is discarded, and no byte reaches an extractor or a
//!    handler.
//! 2. The client controls the size and the duration of its body, so bytes, pauses, and time are limited. Past a limit,
//!    the connection is closed.
//! 3. HTTP/2 does not need this: a stream is reset without harm to the others.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use mfakit_core::policy::DrainRule;
use tokio::{
    runtime::Handle,
    time::{Instant, Sleep, sleep},
};

/// Body that is being discarded, with what remains of its limits.
pub(crate) struct Drain {
    left: u64,
    rule: DrainRule,
    pause: Pin<Box<Sleep>>,
    end: Pin<Box<Sleep>>,
    paused: bool,
}

impl Drain {
    /// Starts the limits. Returns `None` if draining is off, or if there is no runtime to measure time.
    pub(crate) fn begin(rule: DrainRule) -> Option<Self> {
        if rule.bytes == 0 || Handle::try_current().is_err() {
            return None;
        }
        let (pause, end) = (Box::pin(sleep(rule.pause)), Box::pin(sleep(rule.time)));
        Some(Self { left: rule.bytes, rule, pause, end, paused: true })
    }

    /// Discards pieces of the body. `next` returns the length of each. Ready when `next` has no more or a
    /// limit is reached.
    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        mut next: impl FnMut(&mut Context<'_>) -> Poll<Option<usize>>,
    ) -> Poll<()> {
        loop {
            if self.end.as_mut().poll(cx).is_ready() {
                return Poll::Ready(());
            }
            match next(cx) {
                Poll::Ready(None) => return Poll::Ready(()),
                Poll::Ready(Some(count)) => {
                    let count = u64::try_from(count).unwrap_or(u64::MAX);
                    match self.left.checked_sub(count) {
                        Some(left) => self.left = left,
                        None => return Poll::Ready(()),
                    }
                    self.paused = false;
                }
                Poll::Pending => {
                    if !self.paused {
                        self.pause.as_mut().reset(Instant::now() + self.rule.pause);
                        self.paused = true;
                    }
                    ready!(self.pause.as_mut().poll(cx));
                    return Poll::Ready(());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, time::Duration};

    use mfakit_core::Policy;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    /// Discards a body whose pieces of 1,000 bytes arrive at this interval. Returns the number of pieces
    /// read, and the time it took.
    async fn drained(rule: DrainRule, pieces: usize, apart: Duration) -> (usize, Duration) {
        let started = Instant::now();
        let mut drain = Drain::begin(rule).unwrap();
        let (mut came, mut wait) = (0, Box::pin(sleep(apart)));
        poll_fn(|cx| {
            drain.poll(cx, |cx| {
                if came == pieces {
                    return Poll::Ready(None);
                }
                ready!(wait.as_mut().poll(cx));
                wait.as_mut().reset(Instant::now() + apart);
                came += 1;
                Poll::Ready(Some(1000))
            })
        })
        .await;
        (came, started.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_is_discarded_to_its_end_or_to_the_first_limit_it_reaches() {
        let rule =
            Policy::default().drain_bytes(100_000).drain_pause(MINUTE / 6).drain_time(2 * MINUTE).drain();
        let second = Duration::from_secs(1);
        for (name, pieces, apart, came, took) in [
            ("a whole body", 100, second, 100, 100 * second),
            ("no body", 0, second, 0, Duration::ZERO),
            ("a body of too many bytes", usize::MAX, second, 101, 101 * second),
            ("a body that pauses for too long", usize::MAX, 11 * second, 0, 10 * second),
            ("a body that takes too long", usize::MAX, 9 * second, 13, 120 * second),
        ] {
            let (drained, elapsed) = drained(rule, pieces, apart).await;
            assert_eq!((drained, elapsed.as_secs()), (came, took.as_secs()), "{name}");
        }
    }

    #[tokio::test]
    async fn nothing_is_discarded_if_draining_is_turned_off() {
        assert!(Drain::begin(Policy::default().drain_bytes(0).drain()).is_none());
    }

    #[test]
    fn nothing_is_discarded_without_a_runtime() {
        assert!(Drain::begin(Policy::default().drain()).is_none());
    }
}
