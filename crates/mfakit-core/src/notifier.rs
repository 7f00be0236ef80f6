//! Port to the messages that tell a person about a change of the phone number or of the recovery codes [ENROL-2].

use std::{fmt, sync::Arc};

use async_trait::async_trait;

use crate::box_error::BoxError;
pub use crate::notice::{Notice, NoticeKind, NoticeText};

/// Sends notices, over a channel that the person reads: by e-mail, or by text message.
///
/// An async function or closure of one argument is a notifier. To use several channels, call each of them there.
///
/// 1. A notice is sent in the request that makes the change, and *before* the number on file is changed. So a notifier
///    that fails can [hold](OnNoticeError::Hold) the change. The text says that the number "is being" changed, which
///    is also true if the change fails afterwards.
/// 2. Each change has one notice. It follows a right code or a call of the app, so requests without right codes send
///    nothing.
/// 3. The limits of codes neither count nor reject notices.
/// 4. A call has a time limit of ten seconds, after which it counts as failed. After a panic, nothing is changed.
///
/// ```
/// use mfakit_core::{BoxError, MfaBuilder, UserId, notifier::{Notice, OnNoticeError}};
///
/// # #[derive(Clone)] struct Mailer;
/// # impl Mailer {
/// #     async fn send(&self, to: &str, subject: &str, body: &str) -> Result<(), BoxError> { Ok(()) }
/// # }
/// # async fn address_of(user: &UserId) -> Result<String, BoxError> { Ok(String::new()) }
/// fn with_mail(builder: MfaBuilder, mailer: Mailer) -> MfaBuilder {
///     let notify = async move |notice: Notice| {
///         let text = notice.text();
///         mailer.send(&address_of(&notice.user).await?, &text.subject, &text.body).await
///     };
///     builder.notifier(notify, OnNoticeError::Hold)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a notifier",
    label = "not a notifier",
    note = "pass an async function or closure that takes a `Notice` and returns `Result<(), _>`, and whose future is \
            `Send`",
    note = "or write `impl Notifier` for your own type, with `#[async_trait]`"
)]
#[async_trait]
pub trait Notifier: Send + Sync + 'static {
    /// Sends a notice.
    ///
    /// # Errors
    ///
    /// Returns an error if the notice was not sent to everyone that it is for. The [`OnNoticeError`] that was passed
    /// with the notifier then decides.
    async fn notify(&self, notice: Notice) -> Result<(), BoxError>;
}

/// Reaction to a [`Notifier`] that returns an error, or that does not answer within ten seconds. With either, the event
/// [`NoticeFailed`](crate::event::EventKind::NoticeFailed) reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnNoticeError {
    /// Nothing is changed, and the request is answered with 503. The person has to enter other codes.
    /// [`Recovery::allow`](crate::engine::Recovery::allow) returns the error.
    Hold,
    /// The change is made without a notice.
    Proceed,
}

/// An async function or closure. An async closure that captures something implements only `AsyncFn`, whose future
/// stable Rust cannot require to be `Send`, and `FnOnce`. So each call consumes a clone.
#[async_trait]
impl<F, Fut, E> Notifier for F
where
    F: FnOnce(Notice) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<(), E>> + Send,
    E: Into<BoxError>,
{
    async fn notify(&self, notice: Notice) -> Result<(), BoxError> {
        self.clone()(notice).await.map_err(Into::into)
    }
}

/// A shared notifier.
#[async_trait]
impl<N: Notifier + ?Sized> Notifier for Arc<N> {
    async fn notify(&self, notice: Notice) -> Result<(), BoxError> {
        (**self).notify(notice).await
    }
}

/// A notifier that is chosen at run time.
#[async_trait]
impl Notifier for Box<dyn Notifier> {
    async fn notify(&self, notice: Notice) -> Result<(), BoxError> {
        (**self).notify(notice).await
    }
}

impl fmt::Debug for dyn Notifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Notifier")
    }
}
