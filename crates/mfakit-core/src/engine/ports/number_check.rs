//! The number check.

use crate::{
    engine::{misconfigured::Misconfigured, ports::observer::ObserverPort},
    event::{EventContext, EventKind, with_causes},
    guarded_call::{NoAnswer, guarded_call},
    number_check::{Inquiry, NumberCheck, OnCheckError, OnCheckErrors, Opinion},
};

/// The number check of the engine, and the app's settings for its failure.
pub(crate) struct NumberCheckPort {
    check: Box<dyn NumberCheck>,
    on_errors: OnCheckErrors,
    observer: ObserverPort,
}

impl NumberCheckPort {
    pub(crate) fn new(check: Box<dyn NumberCheck>, on_errors: OnCheckErrors, observer: ObserverPort) -> Self {
        Self { check, on_errors, observer }
    }

    /// Returns the opinion of the check, or the reaction that the app configured for a failure at this moment. A panic is the
    /// outer error. Every answer is an event.
    pub(crate) async fn check(
        &self,
        about: EventContext<'_>,
        inquiry: &Inquiry<'_>,
    ) -> Result<Result<Opinion, OnCheckError>, Misconfigured> {
        // The app's code also writes the text of an error, so the text is composed inside the guarded call.
        let described = async { self.check.check(inquiry).await.map_err(|error| with_causes(&*error)) };
        let error = match guarded_call(described).await {
            Ok(Ok(answer)) => {
                let (moment, opinion) = (inquiry.moment, answer.opinion.as_str());
                self.observer
                    .observe(about, EventKind::NumberChecked { moment, opinion, facts: answer.facts });
                return Ok(Ok(answer.opinion));
            }
            Ok(Err(described)) => described,
            Err(NoAnswer::TimedOut) => NoAnswer::TimedOut.to_string(),
            Err(NoAnswer::Panicked) => return Err(self.observer.panicked("number check")),
        };
        self.observer.observe(about, EventKind::AppFailed { function: "number check", error: &error });
        Ok(Err(self.on_errors.at(inquiry.moment)))
    }
}
