//! Port to the app's own information about a number or an address.

use std::{fmt, net::IpAddr, sync::Arc};

use async_trait::async_trait;

use crate::{
    action::Words, box_error::BoxError, channel::Channel, phone::PhoneNumber, scope::Scope, subject::Subject,
};

/// Check that runs before every send, such as a lookup of the line type, of recent SIM swaps and ported numbers, or of
/// blocked addresses (NIST SP 800-63B-4, 3.1.3.3) [SEND-7].
///
/// The send is counted first, so the limits apply to the number of checks as well. Only the observer receives a
/// rejection. The page states that no code can be sent to the number on file.
///
/// You can implement this trait outside this crate, with the crate `async-trait`. An `Arc` or a `Box` of a check is a
/// check.
///
/// ```
/// use async_trait::async_trait;
/// use mfakit_core::{BoxError, RiskCheck, risk::{PlannedSend, Risk}};
///
/// struct NoInternetTelephony;
///
/// #[async_trait]
/// impl RiskCheck for NoInternetTelephony {
///     async fn assess(&self, send: &PlannedSend<'_>) -> Result<Risk, BoxError> {
///         let voip = send.number.as_e164().starts_with("+1500");
///         Ok(if voip { Risk::Reject } else { Risk::Accept })
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a risk check",
    label = "not a risk check",
    note = "implement `RiskCheck` for a type of your own, with `#[async_trait]`",
    note = "a closure is not a risk check; put what it captures into the fields of that type"
)]
#[async_trait]
pub trait RiskCheck: Send + Sync + 'static {
    /// Assesses a send.
    ///
    /// # Errors
    ///
    /// Returns an error if the risk could not be determined. The [`OnRiskError`] that was passed with the check
    /// then decides.
    async fn assess(&self, send: &PlannedSend<'_>) -> Result<Risk, BoxError>;
}

/// A shared check.
#[async_trait]
impl<R: RiskCheck + ?Sized> RiskCheck for Arc<R> {
    async fn assess(&self, send: &PlannedSend<'_>) -> Result<Risk, BoxError> {
        (**self).assess(send).await
    }
}

/// A check that is chosen at run time.
#[async_trait]
impl<R: RiskCheck + ?Sized> RiskCheck for Box<R> {
    async fn assess(&self, send: &PlannedSend<'_>) -> Result<Risk, BoxError> {
        (**self).assess(send).await
    }
}

/// Send that has passed every other check.
///
/// ```
/// use mfakit_core::{Channel, LoginId, PhoneNumber, Scope, Subject, risk::PlannedSend};
///
/// // In a test of a `RiskCheck`:
/// let (subject, scope) = (Subject::cookie("alice", LoginId::random()), Scope::new("transfer")?);
/// let number = PhoneNumber::new("+19195551234")?;
/// let send = PlannedSend::new(&subject, &scope, Channel::Messaging, &number, "192.0.2.1".parse().ok());
/// assert_eq!(send.number.last_two(), "34");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct PlannedSend<'a> {
    /// User and session that request the code.
    pub subject: &'a Subject,
    /// Scope that the code will confirm.
    pub scope: &'a Scope,
    /// Channel of the code.
    pub channel: Channel,
    /// Destination of the code.
    pub number: &'a PhoneNumber,
    /// Address of the client, if the builder configures how it is determined.
    pub address: Option<IpAddr>,
    /// Words of the action that the code will approve, with its amount and payee. `None` if the challenge is not bound to
    /// an action.
    pub words: Option<&'a Words>,
}

impl<'a> PlannedSend<'a> {
    /// Creates a planned send, for tests of a check.
    #[must_use]
    pub const fn new(
        subject: &'a Subject,
        scope: &'a Scope,
        channel: Channel,
        number: &'a PhoneNumber,
        address: Option<IpAddr>,
    ) -> Self {
        Self { subject, scope, channel, number, address, words: None }
    }

    /// Sets the words of the action.
    #[must_use]
    pub const fn with_words(mut self, words: Option<&'a Words>) -> Self {
        self.words = words;
        self
    }
}

/// Result of a [`RiskCheck`].
///
/// Exhaustive on purpose: checks construct it and the engine matches it, and there is no third answer. A check
/// that cannot decide returns an error.
///
/// ```
/// use mfakit_core::risk::Risk;
///
/// fn of(sim_was_swapped: bool) -> Risk {
///     if sim_was_swapped { Risk::Reject } else { Risk::Accept }
/// }
/// assert_eq!(of(true), Risk::Reject);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Risk {
    /// The code is sent.
    Accept,
    /// The code is not sent.
    Reject,
}

/// Reaction to a [`RiskCheck`] that returns an error, or that does not answer within ten seconds.
///
/// ```
/// use mfakit_core::{MfaBuilder, RiskCheck, risk::OnRiskError};
///
/// fn with_check(builder: MfaBuilder, check: impl RiskCheck) -> MfaBuilder {
///     builder.risk_check(check, OnRiskError::Reject)
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnRiskError {
    /// The code is not sent.
    Reject,
    /// The code is sent.
    Send,
}

impl fmt::Debug for dyn RiskCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RiskCheck")
    }
}
