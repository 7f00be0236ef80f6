//! The port to whoever sends codes and checks them.

use std::{error::Error, fmt, time::Duration};

use async_trait::async_trait;

use crate::{channel::Channel, code::Code, phone::PhoneNumber};

pub use crate::{sent_text::CODE_PLACEHOLDER, token::ProviderScope};

/// Whoever sends codes and checks them.
///
/// 1. An `Err` means "could not find out". It never becomes a yes or a no.
/// 2. `send` and `verify` are called once for each send and each guess. Repeat a call only when the first
///    certainly did nothing.
/// 3. Bound every call in time; the engine gives up after ten seconds by itself.
///
/// `Bandwidth` is the implementation that sends; the feature `testing` has one for tests.
#[async_trait]
pub trait MfaProvider: fmt::Debug + Send + Sync + 'static {
    /// Whether it is set up to send this way. Asked when the app starts.
    fn supports(&self, channel: Channel) -> bool;

    /// Sends a new code.
    async fn send(&self, request: &SendRequest<'_>) -> Result<SendReceipt, ProviderError>;

    /// Says whether `code` is the one that was sent to this number under this scope.
    async fn verify(&self, request: &VerifyRequest<'_>) -> Result<Verdict, ProviderError>;
}

/// A code to be made and sent.
#[derive(Clone, Debug)]
pub struct SendRequest<'a> {
    /// Where to.
    pub to: &'a PhoneNumber,
    /// How.
    pub channel: Channel,
    /// A scope of its own for this send.
    pub scope: &'a ProviderScope,
    /// The message, in which `{CODE}` stands for the code.
    pub message: &'a str,
    /// How many digits the code has, 6 to 8.
    pub digits: u8,
}

/// A code to be checked.
#[derive(Clone, Debug)]
pub struct VerifyRequest<'a> {
    /// The number it was sent to.
    pub to: &'a PhoneNumber,
    /// The scope it was sent under.
    pub scope: &'a ProviderScope,
    /// What the person typed.
    pub code: &'a Code,
    /// How long codes live. The provider may be coarser; the engine has judged it already.
    pub lifetime: Duration,
}

/// The provider took the message. Whether it arrives is another matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendReceipt {
    /// The provider's own name for it, for the log.
    pub id: String,
}

/// What a provider says of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a verdict that nobody reads lets nobody in"]
pub enum Verdict {
    /// It is the one that was sent.
    Approved,
    /// It is not, or it no longer is.
    Rejected,
}

/// The provider could not be asked, or did not say.
///
/// ```
/// use mfakit_core::provider::{ProviderError, ProviderErrorKind};
///
/// let error = ProviderError::new(ProviderErrorKind::Credentials, "the password has changed");
/// assert_eq!(error.to_string(), "the provider refuses the credentials: the password has changed");
/// ```
pub struct ProviderError {
    kind: ProviderErrorKind,
    detail: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// Who must act, and whether a retry is safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderErrorKind {
    /// The person must wait. Nothing was sent or checked; a retry after the wait is safe.
    Throttled {
        /// How long.
        retry_after: Duration,
    },
    /// The operator must act: credentials, or what they may do. Nothing was sent or checked.
    Credentials,
    /// The operator must act: the request was not acceptable (a number, an application, a message).
    /// Nothing was sent or checked, and the same request fails again.
    Request,
    /// Nobody can act; the provider was not reached. Nothing was sent or checked; a retry is safe.
    Unreachable,
    /// Nobody can act; the provider failed or fell silent. It may have sent or checked: a retry is not safe.
    Failed,
    /// The developer must act: the answer made no sense. It may have sent or checked: a retry is not safe.
    Answer,
}

impl ProviderError {
    /// An error of this kind. `detail` goes to the log: no code, no full number, no credential in it.
    pub fn new(kind: ProviderErrorKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), source: None }
    }

    /// The same error with what caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Who must act, and whether a retry is safe.
    #[must_use]
    pub const fn kind(&self) -> ProviderErrorKind {
        self.kind
    }
}

impl fmt::Display for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            ProviderErrorKind::Throttled { .. } => "the provider asks to wait",
            ProviderErrorKind::Credentials => "the provider refuses the credentials",
            ProviderErrorKind::Request => "the provider refuses the request",
            ProviderErrorKind::Unreachable => "the provider could not be reached",
            ProviderErrorKind::Failed => "the provider failed",
            ProviderErrorKind::Answer => "the provider's answer makes no sense",
        };
        write!(f, "{kind}: {}", self.detail)
    }
}

impl fmt::Debug for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderError")
            .field("kind", &self.kind)
            .field("detail", &self.detail)
            .field("source", &self.source)
            .finish()
    }
}

impl Error for ProviderError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
