//! Settings of the builder that are functions of the app: the directory, the observer and the risk check.

use crate::{
    directory::{BoxError, Directory, WithState},
    engine::builder::MfaBuilder,
    event::Observer,
    phone::PhoneNumber,
    risk::{OnRiskError, RiskCheck},
    subject::UserId,
};

impl MfaBuilder {
    /// Sets the directory, which is the app's record of phone numbers: an async function or closure from [`UserId`], or
    /// a type that implements [`Directory`].
    pub fn directory(mut self, directory: impl Directory) -> Self {
        self.directory = Some(Box::new(directory));
        self
    }

    /// Sets the directory to an async function that takes `state`, such as a connection pool, and the user.
    ///
    /// Every call receives a clone of `state`.
    ///
    /// ```
    /// use mfakit_core::{MfaBuilder, PhoneNumber, UserId};
    ///
    /// # #[derive(Clone)] struct Pool;
    /// # impl Pool {
    /// #     async fn phone(&self, user: i64) -> Result<Option<String>, std::io::Error> { Ok(None) }
    /// # }
    /// async fn phone(pool: Pool, user: UserId) -> Result<Option<PhoneNumber>, mfakit_core::BoxError> {
    ///     let stored = pool.phone(user.parse()?).await?;
    ///     Ok(stored.map(|text| PhoneNumber::parse(&text, "US")).transpose()?)
    /// }
    ///
    /// fn with_phones(builder: MfaBuilder, pool: Pool) -> MfaBuilder {
    ///     builder.directory_with(pool, phone)
    /// }
    /// ```
    ///
    /// The function can be a closure that captures nothing:
    ///
    /// ```
    /// # use mfakit_core::{MfaBuilder, PhoneNumber, UserId};
    /// # #[derive(Clone)] struct Pool;
    /// # impl Pool {
    /// #     async fn phone(&self, user: &UserId) -> Result<Option<PhoneNumber>, std::io::Error> { Ok(None) }
    /// # }
    /// # fn with_phones(builder: MfaBuilder, pool: Pool) -> MfaBuilder {
    /// builder.directory_with(pool, async |pool, user| pool.phone(&user).await)
    /// # }
    /// ```
    pub fn directory_with<S, F, Fut, E>(self, state: S, function: F) -> Self
    where
        S: Clone + Send + Sync + 'static,
        F: Fn(S, UserId) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Option<PhoneNumber>, E>> + Send + 'static,
        E: Into<BoxError> + 'static,
    {
        self.directory(WithState { state, function })
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
}
