//! Admission and caller of a request.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
    task::{Context, Poll},
};

use mfakit_core::{
    Misconfigured, Subject,
    adapter::{guarded_poll, guarded_wait, with_timeout},
};

use crate::{
    admission::Admission,
    answer::Answer,
    identify::{Failure, Identified},
    problem::{Kind, Problem},
    request_head::RequestHead,
    respond,
};

impl Admission {
    /// Returns the admission in a request.
    ///
    /// # Errors
    ///
    /// Returns the answer to a request without one, because the adapter's app-wide part is missing or inside
    /// the guard.
    pub(crate) fn of<H: RequestHead>(head: &H) -> Result<Self, Answer> {
        head.admission().ok_or_else(|| {
            let layer = H::APP_WIDE;
            tracing::error!(
                target: "mfakit",
                error = format!("{layer} is missing, or is inside the guard: put it around the whole app"),
                "misconfigured"
            );
            respond::bare(&head.facts(), Problem::new(Kind::Misconfigured))
        })
    }

    /// Returns the caller. Calls the app's function unless an earlier guard of this request already has.
    pub(crate) async fn identify<H: RequestHead>(&self, head: &mut H) -> Result<Option<Subject>, Answer> {
        self.settle_caller(head).await?;
        Ok(self.caller().cloned())
    }

    /// Returns the caller anew. A session that ended while a body was arriving then identifies no caller.
    pub(crate) async fn identify_anew<H: RequestHead>(
        &self,
        head: &mut H,
    ) -> Result<Option<Subject>, Answer> {
        let anew = self.without_caller();
        anew.settle_caller(head).await?;
        Ok(anew.caller().cloned())
    }

    /// Records the caller. Calls the app's function unless an earlier guard of this request already has.
    #[expect(clippy::manual_async_fn, reason = "an async function holds and copies each argument twice")]
    pub(crate) fn settle_caller<H: RequestHead>(
        &self,
        head: &mut H,
    ) -> impl Future<Output = Result<(), Answer>> {
        async move {
            if self.is_identified() {
                return Ok(());
            }
            // Checked first, because almost no request has to wait.
            if self.turn().is_taken() {
                // A guard that is kept and not polled holds up no other for longer than the app's function may take.
                let _ = Box::pin(with_timeout(self.turn().wait())).await;
                if self.is_identified() {
                    return Ok(());
                }
            }
            let identified = {
                let mut identify = pin!(Some(head.identify(self)));
                match poll_fn(|cx| Poll::Ready(self.identify_at_once(identify.as_mut(), cx))).await {
                    Poll::Ready(identified) => identified,
                    // Boxed, so that a request whose caller is known at once needs no room for it.
                    Poll::Pending => Box::pin(self.identify_later(identify, self.take_turn())).await,
                }
            };
            identified.map_err(|kind| self.reject(None, &head.facts(), kind))
        }
    }

    /// Takes the turn to identify the caller, because the app's function has to be waited for.
    pub(crate) fn take_turn(&self) -> MyTurn {
        self.turn().take();
        MyTurn(self.clone())
    }

    /// Polls the app's function once, and records the caller if it is known at once. That is a plain function, because
    /// almost every request ends here.
    pub(crate) fn identify_at_once<F: Future<Output = Identified>>(
        &self,
        identify: Pin<&mut Option<F>>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Kind>> {
        let polled = guarded_poll(identify, cx, |identified| self.note_identified(identified));
        polled.map(|noted| match noted {
            Ok(Ok(())) => Ok(()),
            Ok(Err(failure)) => Err(failure.report(self.mfa())),
            Err(why) => Err(Failure::from(why).report(self.mfa())),
        })
    }

    /// Waits for the app's function, and records the caller. Other guards of the request wait for it too.
    pub(crate) async fn identify_later<F: Future<Output = Identified>>(
        &self,
        identify: Pin<&mut Option<F>>,
        _turn: MyTurn,
    ) -> Result<(), Kind> {
        let answer = guarded_wait(identify).await.map_err(Failure::from);
        answer
            .and_then(|identified| self.note_identified(identified))
            .map_err(|failure| failure.report(self.mfa()))
    }

    /// Records the caller that the app's function has identified.
    fn note_identified(&self, identified: Identified) -> Result<(), Failure> {
        let caller = identified?;
        match caller.as_ref().and_then(Subject::mistake) {
            Some(mistake) => Err(Misconfigured::new(mistake).into()),
            None => {
                self.note_caller(caller);
                Ok(())
            }
        }
    }
}

/// Turn of one guard. Dropping it lets the others continue.
#[must_use = "the turn ends when this is dropped"]
pub(crate) struct MyTurn(Admission);

impl Drop for MyTurn {
    fn drop(&mut self) {
        self.0.turn().end();
    }
}
