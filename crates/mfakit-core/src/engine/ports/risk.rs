//! The risk check.

use crate::{
    engine::{misconfigured::Misconfigured, ports::observer::ObserverPort},
    event::{EventContext, EventKind, with_causes},
    guarded_call::{NoAnswer, guarded_call},
    risk::{OnRiskError, PlannedSend, Risk, RiskCheck},
};

/// The risk check of the engine, and the app's setting for its failure.
pub(crate) struct RiskPort {
    check: Box<dyn RiskCheck>,
    on_error: OnRiskError,
    observer: ObserverPort,
}

impl RiskPort {
    pub(crate) fn new(check: Box<dyn RiskCheck>, on_error: OnRiskError, observer: ObserverPort) -> Self {
        Self { check, on_error, observer }
    }

    /// Returns the result of the check, or the result that the app configured for a failure. A panic is the outer
    /// error.
    pub(crate) async fn assess(
        &self,
        plan: &PlannedSend<'_>,
    ) -> Result<Result<Risk, OnRiskError>, Misconfigured> {
        // The app's code also writes the text of an error, so the text is composed inside the guarded call.
        let described = async { self.check.assess(plan).await.map_err(|error| with_causes(&*error)) };
        let error = match guarded_call(described).await {
            Ok(Ok(risk)) => return Ok(Ok(risk)),
            Ok(Err(described)) => described,
            Err(NoAnswer::TimedOut) => NoAnswer::TimedOut.to_string(),
            Err(NoAnswer::Panicked) => return Err(self.observer.panicked("risk check")),
        };
        let about = EventContext::subject(plan.subject).scope(plan.scope).channel(plan.channel);
        self.observer.observe(about, EventKind::AppFailed { function: "risk check", error: &error });
        Ok(Err(self.on_error))
    }
}
