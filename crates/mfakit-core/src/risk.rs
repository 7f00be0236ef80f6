//! The port to whatever the app knows about a number or an address that mfakit does not.

use std::{fmt, net::IpAddr};

use async_trait::async_trait;

use crate::{channel::Channel, directory::BoxError, phone::PhoneNumber, scope::Scope, subject::Subject};

/// Asked before every send: a look-up of the line's type, a sign that a SIM was swapped or a number ported, a list
/// of bad addresses (NIST SP 800-63B-4, 3.1.3.3) [SEND-7].
///
/// The send is counted before, so nobody can have it asked without end. A refusal is told to nobody but the
/// observer: the person is told that no code can be sent to the number on file.
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
///         Ok(if voip { Risk::Refuse } else { Risk::Accept })
///     }
/// }
/// ```
#[async_trait]
pub trait RiskCheck: Send + Sync + 'static {
    /// Whether the code may be sent.
    ///
    /// # Errors
    ///
    /// Where that could not be found out; what happens then is said where the check is set.
    async fn assess(&self, send: &PlannedSend<'_>) -> Result<Risk, BoxError>;
}

/// A send that nothing else speaks against.
#[derive(Clone, Copy, Debug)]
pub struct PlannedSend<'a> {
    /// Who asks, in which log-in.
    pub subject: &'a Subject,
    /// For what.
    pub scope: &'a Scope,
    /// How the code travels.
    pub channel: Channel,
    /// Where to.
    pub number: &'a PhoneNumber,
    /// Where the request comes from, if the builder was told how to find out.
    pub address: Option<IpAddr>,
}

/// Whether a code may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Risk {
    /// It may.
    Accept,
    /// It may not.
    Refuse,
}

/// What happens when a [`RiskCheck`] errs, or does not answer within ten seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnRiskError {
    /// Nothing is sent.
    Refuse,
    /// The code is sent all the same.
    Send,
}

impl fmt::Debug for dyn RiskCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RiskCheck")
    }
}
