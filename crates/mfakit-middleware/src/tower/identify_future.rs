//! Future of an identify function, without an allocation.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;
use stackfuture::StackFuture;

use crate::identify::Identified;

/// Bytes that a guard's future holds for the future of an identify function. That of a function which reads a session from
/// the extensions takes 176. A larger one is boxed.
const ROOM: usize = 224;

pin_project! {
    /// Future of an identify function, whose type is erased. It stands inside the guard's own future, because every guarded
    /// request waits for it.
    pub struct IdentifyFuture<'a> {
        #[pin]
        future: StackFuture<'a, Identified, ROOM>,
    }
}

impl<'a> IdentifyFuture<'a> {
    pub(crate) fn new(future: impl Future<Output = Identified> + Send + 'a) -> Self {
        Self { future: StackFuture::from_or_box(future) }
    }
}

impl Future for IdentifyFuture<'_> {
    type Output = Identified;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Identified> {
        self.project().future.poll(cx)
    }
}

impl fmt::Debug for IdentifyFuture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentifyFuture").finish_non_exhaustive()
    }
}
