//! Settings of the builder that are functions of the app: the directory, the observer, the checks and the notifier.

use std::str::FromStr;

use crate::{
    directory::{BoxError, Directory, IntoNumberOnFile, WithState},
    engine::builder::MfaBuilder,
    event::Observer,
    notifier::{Notifier, OnNoticeError},
    number_book::NumberBook,
    number_check::{NumberCheck, OnCheckErrors},
    recovery_book::RecoveryBook,
    risk::{OnRiskError, RiskCheck},
};

impl MfaBuilder {
    /// Sets the directory, which is the app's record of phone numbers: an async function or closure from
    /// [`UserId`](crate::UserId) to a [number on file](crate::directory::IntoNumberOnFile), or a type that implements
    /// [`Directory`].
    pub fn directory(mut self, directory: impl Directory) -> Self {
        self.directory = Some(Box::new(directory));
        self
    }

    /// Sets the directory to an async function that takes `state`, such as a connection pool, and the ID of the user.
    ///
    /// The ID has the type that the function takes, such as `i64` or `Uuid`, and is read with `FromStr`. Every call
    /// receives a clone of `state`. The function returns a [number on file](crate::directory::IntoNumberOnFile):
    ///
    /// ```
    /// use mfakit_core::MfaBuilder;
    ///
    /// # #[derive(Clone)] struct Pool;
    /// # impl Pool {
    /// #     async fn phone_of(&self, user: i64) -> Result<Option<String>, std::io::Error> { Ok(None) }
    /// # }
    /// fn with_phones(builder: MfaBuilder, pool: Pool) -> MfaBuilder {
    ///     builder.directory_with(pool, async |pool, user: i64| pool.phone_of(user).await)
    /// }
    /// ```
    ///
    /// The function can take the [`UserId`](crate::UserId) itself:
    ///
    /// ```
    /// use mfakit_core::{MfaBuilder, PhoneNumber, UserId};
    ///
    /// # #[derive(Clone)] struct Pool;
    /// # impl Pool {
    /// #     async fn find(&self, user: &str) -> Result<Option<String>, std::io::Error> { Ok(None) }
    /// # }
    /// async fn phone(pool: Pool, user: UserId) -> Result<Option<PhoneNumber>, mfakit_core::BoxError> {
    ///     let stored = pool.find(user.as_str()).await?;
    ///     Ok(stored.map(|text| PhoneNumber::parse(&text, "US")).transpose()?)
    /// }
    ///
    /// fn with_phones(builder: MfaBuilder, pool: Pool) -> MfaBuilder {
    ///     builder.directory_with(pool, phone)
    /// }
    /// ```
    pub fn directory_with<S, I, F, Fut>(self, state: S, function: F) -> Self
    where
        S: Clone + Send + Sync + 'static,
        I: FromStr<Err: Into<BoxError>> + Send + 'static,
        F: Fn(S, I) -> Fut + Send + Sync + 'static,
        Fut: Future<Output: IntoNumberOnFile> + Send + 'static,
    {
        self.directory(WithState::new(state, function))
    }

    /// Sets the number book, which takes the place of a directory and also saves numbers. People then add, replace and remove
    /// their number themselves. See [`NumberBook`] for an implementation over SQL.
    ///
    /// The engine declares two scopes for it: [`Scope::MANAGE`](crate::Scope::MANAGE) for a code to the number on file, and
    /// [`Scope::ENROLL`](crate::Scope::ENROLL) for a code to a new one.
    ///
    /// ```
    /// use mfakit_core::{MemoryNumberBook, MfaBuilder, PhoneNumber, Timestamp};
    ///
    /// # fn example(builder: MfaBuilder) -> Result<MfaBuilder, Box<dyn std::error::Error>> {
    /// let alices = PhoneNumber::new("+19195551234")?;
    /// let book = MemoryNumberBook::new().with("alice", alices, Timestamp::from_millis(0));
    /// # Ok(
    /// builder.number_book(book)
    /// # )
    /// # }
    /// ```
    pub fn number_book(mut self, book: impl NumberBook) -> Self {
        self.number_book = Some(Box::new(book));
        self
    }

    /// Sets the recovery book, in which the engine keeps recovery codes. A person who lost the phone can then replace its
    /// number with such a code, or after the app [allowed](crate::engine::Mfa::recovery) it. See [`RecoveryBook`] for an
    /// implementation over SQL.
    ///
    /// Requires a [`number_book`](Self::number_book) and, unless the book is in memory, a [`secret`](Self::secret). Without the
    /// secret that was the current one when they were made, recovery codes end: keep it in the list when you rotate secrets.
    ///
    /// ```
    /// use mfakit_core::{MemoryNumberBook, MemoryRecoveryBook, MfaBuilder};
    ///
    /// # fn example(builder: MfaBuilder) -> MfaBuilder {
    /// builder.number_book(MemoryNumberBook::new()).recovery(MemoryRecoveryBook::new())
    /// # }
    /// ```
    pub fn recovery(mut self, book: impl RecoveryBook) -> Self {
        self.recovery = Some(Box::new(book));
        self
    }

    /// Sets the country of stored numbers that have no calling code, by its ISO 3166 code. Text that the directory
    /// returns is then read by [`PhoneNumber::parse`](crate::PhoneNumber::parse), so `(202) 555-0123` is a number for
    /// `"US"`. Without it, the text must be in E.164 form.
    ///
    /// It does not apply to a directory that returns a `PhoneNumber`. With a [number book](Self::number_book), it is the
    /// country of numbers that people enter without a calling code.
    pub fn default_region(mut self, region: impl Into<String>) -> Self {
        self.default_region = Some(region.into());
        self
    }

    /// Sets the observer, which receives the audit events. It replaces the [`TracingObserver`](crate::event::TracingObserver), which writes them to
    /// the log.
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observer = Box::new(observer);
        self
    }

    /// Sets a check that runs before every send, and the behavior if the check fails.
    pub fn risk_check(mut self, check: impl RiskCheck, on_error: OnRiskError) -> Self {
        self.risk = Some((Box::new(check), on_error));
        self
    }

    /// Sets a check of phone numbers, and the behavior if the check fails. It runs before a number is enrolled, before every
    /// send, and before a code for a [settled](crate::DeclaredScope::settled) scope is compared. It works with a directory
    /// and with a [number book](Self::number_book), which also has the time of the confirmation.
    ///
    /// ```
    /// use mfakit_core::{MfaBuilder, NumberCheck, number_check::OnCheckErrors};
    ///
    /// fn with_check(builder: MfaBuilder, check: impl NumberCheck) -> MfaBuilder {
    ///     builder.number_check(check, OnCheckErrors::default())
    /// }
    /// ```
    pub fn number_check(mut self, check: impl NumberCheck, on_errors: OnCheckErrors) -> Self {
        self.number_check = Some((Box::new(check), on_errors));
        self
    }

    /// Sets the notifier, which tells people of each change of their number, and the behavior if it fails: an async function
    /// or closure from [`Notice`](crate::notifier::Notice) to `Result<(), _>`, or a type that implements [`Notifier`].
    pub fn notifier(mut self, notifier: impl Notifier, on_error: OnNoticeError) -> Self {
        self.notifier = Some((Box::new(notifier), on_error));
        self
    }

    /// Counts and times what the engine does, through the facade of the crate `metrics`. [The module
    /// `metrics`](crate::metrics) lists the names. Without this call, nothing is counted.
    ///
    /// The handles come from the recorder that is current during [`build`](Self::build): that of the thread, or that of
    /// the process. If there is none yet, the engine looks for one at each later event, and counts from then on. So
    /// install the recorder first, so that no count is lost and every series begins at zero. A recorder that filters
    /// names must keep `mfakit_secrets`, because the engine recognizes a recorder by it.
    #[cfg(feature = "metrics")]
    pub fn metrics(mut self) -> Self {
        self.metrics = true;
        self
    }
}
