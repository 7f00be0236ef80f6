//! E-mails about changed phone numbers.

use std::{env, fmt, time::Duration};

use async_trait::async_trait;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
};
use mfakit::{
    BoxError, Notifier,
    notifier::{Notice, NoticeText},
};

use crate::Bank;

/// Variable with the URL of the mail server, such as `smtps://user:password@mail.example` or `smtp://127.0.0.1:1025`.
const SMTP_URL: &str = "SMTP_URL";

/// Sender of the e-mails.
const FROM: &str = "Example Bank <security@bank.example>";

/// Time limit for each step of the exchange with the mail server. A notice may take ten seconds in all.
const PATIENCE: Duration = Duration::from_secs(5);

/// Sends one e-mail per notice, to the address that the bank has for the customer.
///
/// Without a mail server, it writes the e-mail to the log, for development.
#[derive(Clone)]
pub struct Notices {
    bank: Bank,
    server: Option<AsyncSmtpTransport<Tokio1Executor>>,
}

impl Notices {
    /// Reads the URL of the mail server from `SMTP_URL`.
    ///
    /// # Errors
    ///
    /// Returns an error if the variable is set and is not a URL of a mail server.
    pub fn from_env(bank: &Bank) -> Result<Self, BoxError> {
        let url = env::var(SMTP_URL).ok().filter(|url| !url.is_empty());
        Self::new(bank, url.as_deref())
    }

    /// Sends e-mails through this mail server. If there is none, writes them to the log.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not a URL of a mail server. It does not contain the text, which may have a
    /// password in it.
    pub fn new(bank: &Bank, url: Option<&str>) -> Result<Self, BoxError> {
        let server = url.map(|url| {
            let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| {
                format!("{SMTP_URL} is not the URL of a mail server, such as smtps://mail.example")
            })?;
            Ok::<_, BoxError>(server.timeout(Some(PATIENCE)).build())
        });
        Ok(Self { bank: bank.clone(), server: server.transpose()? })
    }
}

#[async_trait]
impl Notifier for Notices {
    async fn notify(&self, notice: Notice) -> Result<(), BoxError> {
        let to = self.bank.email(notice.user.as_str()).ok_or("the customer has no e-mail address")?;
        let mail = mail(to, notice.text())?;
        match &self.server {
            Some(server) => {
                server.send(mail).await?;
            }
            None => {
                let text = String::from_utf8_lossy(&mail.formatted()).into_owned();
                tracing::info!("an e-mail, because {SMTP_URL} is not set:\n{text}");
            }
        }
        Ok(())
    }
}

/// Composes an e-mail. It has no link, so that customers do not get used to links in e-mails of the bank.
fn mail(to: &str, text: &NoticeText) -> Result<Message, BoxError> {
    let message = Message::builder().from(FROM.parse::<Mailbox>()?).to(to.parse::<Mailbox>()?);
    Ok(message.subject(&text.subject).header(ContentType::TEXT_PLAIN).body(text.body.clone())?)
}

/// Shows neither the mail server nor its password.
impl fmt::Debug for Notices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notices").field("has_server", &self.server.is_some()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use mfakit::{Timestamp, UserId, notifier::NoticeKind};

    use super::*;

    #[tokio::test]
    async fn a_customer_without_an_address_is_an_error() {
        let notices = Notices::new(&Bank::open().unwrap(), None).unwrap();
        let notice =
            |user: &str| Notice::new(UserId::from(user), NoticeKind::NumberAdded, Timestamp::from_millis(0));
        let text = |user: &str| notice(user).with_text("en", "Added", "It is being added.");
        assert!(notices.notify(text("alice")).await.is_ok());
        assert!(notices.notify(text("nobody")).await.is_err());
    }

    #[test]
    fn a_url_that_is_not_one_is_an_error_without_its_password() {
        let error =
            Notices::new(&Bank::open().unwrap(), Some("http://user:hushhush@mail.example")).unwrap_err();
        let error = error.to_string();
        assert!(error.contains("SMTP_URL") && !error.contains("hushhush"), "{error}");
    }
}
