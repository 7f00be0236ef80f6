//! Port to the service that sends and verifies codes.

mod error_kind;
mod health;

pub use error_kind::ProviderErrorKind;
pub use health::{ProviderHealth, TokenHealth};

use std::{error::Error, fmt, sync::Arc, time::Duration};

use async_trait::async_trait;

use crate::{channel::Channel, code::Code, phone::PhoneNumber};

pub use crate::{sent_text::CODE_PLACEHOLDER, token::ProviderScope};

/// Service that sends and verifies codes.
///
/// 1. An `Err` means "could not find out". It never becomes a yes or a no.
/// 2. `send` and `verify` are called once for each send and each guess. Repeat a call only if the first one
///    certainly had no effect.
/// 3. Limit the time of every call. The engine gives up after ten seconds in any case.
///
/// `Bandwidth` is the implementation for production, and the `testing` feature has one for tests. You can implement the
/// trait outside this crate, with the crate `async-trait`. An `Arc` or a `Box` of a provider is a provider.
///
/// ```
/// use async_trait::async_trait;
/// use mfakit_core::{
///     Channel, MfaProvider,
///     provider::{ProviderError, ProviderErrorKind, SendReceipt, SendRequest, Verdict, VerifyRequest},
/// };
///
/// # #[derive(Debug)]
/// # struct Client;
/// # impl Client {
/// #     async fn post(&self, _: &str, _: [&str; 3]) -> Result<String, std::io::Error> { Ok("true".into()) }
/// # }
/// #[derive(Debug)]
/// struct TextService {
///     client: Client,
/// }
///
/// #[async_trait]
/// impl MfaProvider for TextService {
///     fn supports(&self, channel: Channel) -> bool {
///         channel == Channel::Messaging
///     }
///
///     async fn send(&self, request: &SendRequest<'_>) -> Result<SendReceipt, ProviderError> {
///         let fields = [request.to.as_e164(), request.scope.as_str(), request.message];
///         match self.client.post("/send", fields).await {
///             Ok(id) => Ok(SendReceipt::new(id)),
///             Err(error) => Err(ProviderError::new(ProviderErrorKind::Failed, "no answer").with_source(error)),
///         }
///     }
///
///     async fn verify(&self, request: &VerifyRequest<'_>) -> Result<Verdict, ProviderError> {
///         let fields = [request.to.as_e164(), request.scope.as_str(), request.code.expose_digits()];
///         match self.client.post("/verify", fields).await.as_deref() {
///             Ok("true") => Ok(Verdict::Approved),
///             Ok("false") => Ok(Verdict::Rejected),
///             Ok(_) => Err(ProviderError::new(ProviderErrorKind::Answer, "neither true nor false")),
///             Err(_) => Err(ProviderError::new(ProviderErrorKind::Failed, "no answer")),
///         }
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a provider, which sends and verifies codes",
    label = "not a provider",
    note = "pass a provider such as `Bandwidth`, without the `Result` that its constructor returns, or a `TestProvider` \
            in a test",
    note = "a provider that is chosen at run time is a `Box<dyn MfaProvider>`; for your own service, write \
            `impl MfaProvider`"
)]
#[async_trait]
pub trait MfaProvider: fmt::Debug + Send + Sync + 'static {
    /// Returns whether the provider is configured for this channel. Called when the app starts.
    fn supports(&self, channel: Channel) -> bool;

    /// Sends a new code.
    ///
    /// # Errors
    ///
    /// Returns an error if the provider did not accept the code for sending, or if that is unknown.
    async fn send(&self, request: &SendRequest<'_>) -> Result<SendReceipt, ProviderError>;

    /// Verifies that `code` is the one that was sent to this number under this scope.
    ///
    /// # Errors
    ///
    /// Returns an error if the provider returned no verdict.
    async fn verify(&self, request: &VerifyRequest<'_>) -> Result<Verdict, ProviderError>;

    /// Returns the state of the provider, as far as it is known without a call. By default, nothing is known.
    ///
    /// Must not block: a readiness probe may call this every second.
    fn health(&self) -> ProviderHealth {
        ProviderHealth::new()
    }
}

/// A shared provider: all clones of one `Arc` are the same provider.
#[async_trait]
impl<P: MfaProvider + ?Sized> MfaProvider for Arc<P> {
    fn supports(&self, channel: Channel) -> bool {
        (**self).supports(channel)
    }

    async fn send(&self, request: &SendRequest<'_>) -> Result<SendReceipt, ProviderError> {
        (**self).send(request).await
    }

    async fn verify(&self, request: &VerifyRequest<'_>) -> Result<Verdict, ProviderError> {
        (**self).verify(request).await
    }

    fn health(&self) -> ProviderHealth {
        (**self).health()
    }
}

/// A provider that is chosen at run time.
#[async_trait]
impl<P: MfaProvider + ?Sized> MfaProvider for Box<P> {
    fn supports(&self, channel: Channel) -> bool {
        (**self).supports(channel)
    }

    async fn send(&self, request: &SendRequest<'_>) -> Result<SendReceipt, ProviderError> {
        (**self).send(request).await
    }

    async fn verify(&self, request: &VerifyRequest<'_>) -> Result<Verdict, ProviderError> {
        (**self).verify(request).await
    }

    fn health(&self) -> ProviderHealth {
        (**self).health()
    }
}

/// Request to generate a code and send it.
///
/// ```
/// use mfakit_core::{Channel, PhoneNumber, provider::{ProviderScope, SendRequest}};
///
/// // In a test of a provider:
/// let to = PhoneNumber::new("+19195551234")?;
/// let scope = ProviderScope::from_stored("transfer-abcdefghijklmnop");
/// let request = SendRequest::new(&to, Channel::Messaging, &scope, "Your code is {CODE}.", 6);
/// assert_eq!(request.to.as_e164(), "+19195551234");
/// # Ok::<(), mfakit_core::error::InvalidPhoneNumber>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SendRequest<'a> {
    /// Destination of the code.
    pub to: &'a PhoneNumber,
    /// Channel of the code.
    pub channel: Channel,
    /// Scope that is used for this send only.
    pub scope: &'a ProviderScope,
    /// Text to send, with [`{CODE}`](CODE_PLACEHOLDER) in place of the code.
    pub message: &'a str,
    /// Number of digits of the code, 6 to 8.
    pub digits: u8,
}

impl<'a> SendRequest<'a> {
    /// Creates a request, for tests of a provider.
    #[must_use]
    pub const fn new(
        to: &'a PhoneNumber,
        channel: Channel,
        scope: &'a ProviderScope,
        message: &'a str,
        digits: u8,
    ) -> Self {
        Self { to, channel, scope, message, digits }
    }
}

/// Request to verify a code.
///
/// ```
/// use std::time::Duration;
/// use mfakit_core::{Code, PhoneNumber, provider::{ProviderScope, VerifyRequest}};
///
/// // In a test of a provider:
/// let (to, code) = (PhoneNumber::new("+19195551234")?, Code::parse("123 456")?);
/// let scope = ProviderScope::from_stored("transfer-abcdefghijklmnop");
/// let request = VerifyRequest::new(&to, &scope, &code, Duration::from_secs(300));
/// assert_eq!(request.code.expose_digits(), "123456");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct VerifyRequest<'a> {
    /// Number that the code was sent to.
    pub to: &'a PhoneNumber,
    /// Scope that the code was sent under.
    pub scope: &'a ProviderScope,
    /// Code that the user entered.
    pub code: &'a Code,
    /// Lifetime of codes. The provider may round it up, because the engine enforces it itself.
    pub lifetime: Duration,
}

impl<'a> VerifyRequest<'a> {
    /// Creates a request, for tests of a provider.
    #[must_use]
    pub const fn new(
        to: &'a PhoneNumber,
        scope: &'a ProviderScope,
        code: &'a Code,
        lifetime: Duration,
    ) -> Self {
        Self { to, scope, code, lifetime }
    }
}

/// Confirmation that the provider accepted the message. It may still not arrive.
///
/// ```
/// use mfakit_core::provider::SendReceipt;
///
/// assert_eq!(SendReceipt::new("message-1").id, "message-1");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SendReceipt {
    /// Identifier of the message at the provider, for the log. Empty if there is none.
    pub id: String,
}

impl SendReceipt {
    /// Creates a receipt with the provider's identifier of the message.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: id.into() }
    }
}

/// Verdict of a provider on a code.
///
/// Exhaustive on purpose: providers construct it and the engine matches it, and there is no third answer. Anything else
/// is an error.
///
/// ```
/// use mfakit_core::provider::Verdict;
///
/// fn of(is_valid: bool) -> Verdict {
///     if is_valid { Verdict::Approved } else { Verdict::Rejected }
/// }
/// assert_eq!(of(false), Verdict::Rejected);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a verdict that is not read protects nothing"]
pub enum Verdict {
    /// The code is the one that was sent.
    Approved,
    /// The code is not the one that was sent, or is no longer valid.
    Rejected,
}

/// Error of a provider that could not be reached, or that returned no verdict.
///
/// ```
/// use mfakit_core::provider::{ProviderError, ProviderErrorKind};
///
/// let error = ProviderError::new(ProviderErrorKind::Credentials, "the password has changed");
/// assert_eq!(error.to_string(), "the provider rejects the credentials: the password has changed");
/// assert_eq!(error.kind(), ProviderErrorKind::Credentials);
/// ```
pub struct ProviderError {
    kind: ProviderErrorKind,
    detail: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl ProviderError {
    /// Creates an error. `detail` is logged, so it must not contain a code, a full number or a credential.
    pub fn new(kind: ProviderErrorKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), source: None }
    }

    /// Adds the cause of the error.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Returns the kind of the error.
    #[must_use]
    pub const fn kind(&self) -> ProviderErrorKind {
        self.kind
    }
}

impl fmt::Display for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            ProviderErrorKind::Throttled { .. } => "the provider is throttling requests",
            ProviderErrorKind::Credentials => "the provider rejects the credentials",
            ProviderErrorKind::Request => "the provider rejects the request",
            ProviderErrorKind::Unreachable => "the provider could not be reached",
            ProviderErrorKind::Failed => "the provider failed",
            ProviderErrorKind::Answer => "the provider's answer could not be understood",
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
