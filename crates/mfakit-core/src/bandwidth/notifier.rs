//! Notices by text message, through Bandwidth's Messaging API (<https://dev.bandwidth.com/docs/messaging>).

use std::{fmt, sync::Arc};

use async_trait::async_trait;

use super::{
    Bandwidth, BandwidthConfigError,
    client::{Client, Unconnected},
    notices::Notices,
    reply,
    wire::MessageRequest,
};
use crate::{
    box_error::BoxError,
    clock::{Clock, SystemClock},
    notifier::{Notice, Notifier},
    phone::PhoneNumber,
    provider::{ProviderError, SendReceipt},
};

/// Sends notices by text message, through Bandwidth's Messaging API. Created by [`Bandwidth::notifier`].
///
/// 1. Bandwidth's MFA API cannot send notices: each of its messages must contain `{CODE}`, in whose place it writes a
///    code.
/// 2. Each number of a [`Notice`] receives its own message: several recipients of one message would see each other.
///    The messages are sent concurrently, so a failure of one does not keep the other.
/// 3. Credentials, tokens, connections, time limits, retries and errors are those of [`Bandwidth`]. The account needs
///    the Messaging API for them, and the application must be one of the Messaging API.
/// 4. The Messaging API answers 202, which means that the message is queued. Delivery is not reported here.
///
/// ```
/// use mfakit_core::{
///     BoxError, Mfa, MfaBuilder, MfaProvider,
///     bandwidth::{Bandwidth, BandwidthConfigError},
///     notifier::OnNoticeError,
/// };
///
/// fn builder() -> Result<MfaBuilder, BandwidthConfigError> {
///     let bandwidth = Bandwidth::from_env()?;
///     let notifier = bandwidth.notifier()?;
///     Ok(Mfa::builder(bandwidth, "https://bank.example").notifier(notifier, OnNoticeError::Proceed))
/// }
/// ```
#[derive(Clone)]
pub struct BandwidthNotifier {
    client: Arc<Client>,
    notices: Notices,
}

impl Bandwidth {
    /// Returns a notifier that sends text messages from the same account. It shares the connections and the tokens.
    ///
    /// # Errors
    ///
    /// Returns an error if no application sends text messages.
    pub fn notifier(&self) -> Result<BandwidthNotifier, BandwidthConfigError> {
        let notices = self.notices.clone().ok_or_else(|| {
            BandwidthConfigError::one(
                "no application sends notices: set notice_application or BANDWIDTH_NOTICE_APPLICATION_ID"
                    .to_owned(),
            )
        })?;
        Ok(BandwidthNotifier { client: Arc::clone(&self.client), notices })
    }
}

impl BandwidthNotifier {
    /// Sends a text message. Use it in a notifier of your own, such as one that selects the
    /// [language](Notice::text_in) of the person.
    ///
    /// # Errors
    ///
    /// Returns an error if Bandwidth did not queue the message, or if that is unknown.
    pub async fn send(&self, to: &PhoneNumber, text: &str) -> Result<SendReceipt, ProviderError> {
        let Notices { url, from, application } = &self.notices;
        let body = MessageRequest::new(application, from.as_e164(), to.as_e164(), text);
        let reply = self.client.call(url, &body, Unconnected::TryAgain).await?;
        tracing::debug!(status = reply.status, "Bandwidth answered a notice");
        Ok(reply::queued(&reply, SystemClock.now())?)
    }

    async fn send_to(&self, to: Option<&PhoneNumber>, text: &str) -> Result<(), ProviderError> {
        let Some(to) = to else { return Ok(()) };
        self.send(to, text).await.map(drop)
    }
}

#[async_trait]
impl Notifier for BandwidthNotifier {
    async fn notify(&self, notice: Notice) -> Result<(), BoxError> {
        let text = &notice.text().body;
        let (on_file, new_number) = futures_util::future::join(
            self.send_to(notice.on_file.as_ref(), text),
            self.send_to(notice.new_number.as_ref(), text),
        )
        .await;
        on_file?;
        Ok(new_number?)
    }
}

impl fmt::Debug for BandwidthNotifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BandwidthNotifier")
            .field("credentials", &self.client.credentials())
            .finish_non_exhaustive()
    }
}
