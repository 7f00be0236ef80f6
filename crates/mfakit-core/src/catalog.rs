//! Scopes as the app declares them, with their labels.

use std::time::Duration;

use crate::{
    action::{Action, Payment},
    channel::Channel,
    messages::MessageId,
    scope::Scope,
};

/// Declaration of a scope: its name, its label and its settings.
///
/// | setting | default |
/// |---|---|
/// | [`grant_lifetime`](Self::grant_lifetime) | the policy's, 10 minutes |
/// | [`channels`](Self::channels) | every channel that has a list of countries |
/// | [`bound`](Self::bound), [`psd2`](Self::psd2) | grants may be bound to actions or not |
/// | [`settled`](Self::settled) | a number counts as soon as it is confirmed |
///
/// ```
/// use std::time::Duration;
/// use mfakit_core::{Channel, DeclaredScope, MfaBuilder};
///
/// # fn example(builder: MfaBuilder) -> MfaBuilder {
/// let payout = DeclaredScope::new("payout", "pay out")
///     .grant_lifetime(Duration::from_secs(120))
///     .channels([Channel::Messaging]);
/// builder.declare(payout)
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct DeclaredScope {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) grant_lifetime: Option<Duration>,
    pub(crate) channels: Vec<Channel>,
    pub(crate) profile: Profile,
    /// Names of the types of payments that the scope approves.
    pub(crate) payments: Vec<&'static str>,
    pub(crate) settled: Option<Duration>,
}

impl DeclaredScope {
    /// Creates a declaration. `name` follows the [grammar of scopes](Scope), and `label` completes "your code to …".
    pub fn new(name: impl Into<String>, label: impl Into<String>) -> Self {
        let channels = Channel::all().to_vec();
        let (name, label) = (name.into(), label.into());
        let (profile, payments) = (Profile::Any, Vec::new());
        Self { name, label, grant_lifetime: None, channels, profile, payments, settled: None }
    }

    /// Sets the lifetime of its grants, 1 second to 24 hours.
    pub const fn grant_lifetime(mut self, lifetime: Duration) -> Self {
        self.grant_lifetime = Some(lifetime);
        self
    }

    /// Sets the channels that may carry its codes.
    pub fn channels(mut self, channels: impl IntoIterator<Item = Channel>) -> Self {
        self.channels = channels.into_iter().collect();
        self
    }

    /// Makes the scope bound only: each code approves one [action](crate::action), and its grant is good for exactly that
    /// action, once.
    ///
    /// A guard that requires an unbound grant of this scope is a mistake, and answers with 500.
    pub fn bound(mut self) -> Self {
        if self.profile == Profile::Any {
            self.profile = Profile::Bound;
        }
        self
    }

    /// Makes the scope [bound only](Self::bound), with what dynamic linking of payments requires (PSD2, RTS 2018/389,
    /// articles 4 and 5). `A` is the type of the payments that the scope approves. Call this once for each, if there are
    /// several. A request to approve a value of another type is answered with 500, and the log names the type.
    ///
    /// Every payment must name an amount and a payee. A type that cannot does not compile here. A grant lasts at most five minutes, which is also the default. The
    /// policy must allow at most five [`attempts`](crate::Policy::attempts), five failures before a user is locked
    /// ([`lock_after`](crate::Policy::lock_after), whose default is ten), and five minutes for a code
    /// ([`code_lifetime`](crate::Policy::code_lifetime)). [`build`](crate::MfaBuilder::build) rejects everything else.
    ///
    /// ```
    /// use mfakit_core::{DeclaredScope, MfaBuilder, Policy, action::Payment};
    ///
    /// # fn example<Order: Payment, StandingOrder: Payment>(builder: MfaBuilder) -> MfaBuilder {
    /// let transfer = DeclaredScope::new("transfer", "make a transfer").psd2::<Order>().psd2::<StandingOrder>();
    /// builder.declare(transfer).policy(Policy::default().lock_after(5))
    /// # }
    /// ```
    pub fn psd2<A: Payment>(mut self) -> Self {
        self.profile = Profile::Psd2;
        self.payments.push(A::name());
        self
    }

    /// Rejects codes for this scope until `time` has passed since the number on file was confirmed, whether it was added or
    /// replaced. So a thief who changed the number has to wait, and the owner has time to notice.
    ///
    /// A start then returns [`StartError::Settling`](crate::StartError::Settling) with the date. A change through the number
    /// book, or one that is [reported](crate::Mfa::number_changed), ends all grants, so guards do not check the number. It
    /// requires a [number book](crate::MfaBuilder::number_book),
    /// which has the time of the confirmation.
    ///
    /// ```
    /// use std::time::Duration;
    /// use mfakit_core::{DeclaredScope, MfaBuilder};
    ///
    /// # fn example(builder: MfaBuilder) -> MfaBuilder {
    /// let two_days = Duration::from_secs(48 * 60 * 60);
    /// builder.declare(DeclaredScope::new("payout", "pay out").settled(two_days))
    /// # }
    /// ```
    pub const fn settled(mut self, time: Duration) -> Self {
        self.settled = Some(time);
        self
    }
}

/// Requirements of a scope on its grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Grants may be bound to actions or not.
    Any,
    /// Every grant is bound to an action.
    Bound,
    /// Every grant is bound to a payment.
    Psd2,
    /// Every grant is bound to a number that a person entered, and only the engine consumes it.
    Enroll,
}

/// Checked settings of a declared scope.
#[derive(Clone, Debug)]
pub struct ScopeSettings {
    pub(crate) scope: Scope,
    pub(crate) label: String,
    pub(crate) grant_lifetime: Duration,
    pub(crate) channels: Vec<Channel>,
    pub(crate) profile: Profile,
    /// Names of the types of payments that the scope approves.
    pub(crate) payments: Vec<&'static str>,
    pub(crate) settled: Option<Duration>,
    /// Label in other languages, for a scope that the engine declares.
    pub(crate) label_id: Option<MessageId>,
}

impl ScopeSettings {
    /// Returns the scope.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Returns the label in the default language.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Returns the lifetime of a grant.
    #[must_use]
    pub const fn grant_lifetime(&self) -> Duration {
        self.grant_lifetime
    }

    /// Returns whether every grant of the scope is bound to an action.
    #[must_use]
    pub const fn is_bound(&self) -> bool {
        matches!(self.profile, Profile::Bound | Profile::Psd2 | Profile::Enroll)
    }

    /// Returns whether every grant of the scope is bound to a payment, with an amount and a payee.
    #[must_use]
    pub const fn is_psd2(&self) -> bool {
        matches!(self.profile, Profile::Psd2)
    }

    /// Returns whether the scope approves actions of a type: any unless it [is PSD2](Self::is_psd2), or else those of its
    /// declaration.
    #[must_use]
    pub fn approves<A: Action>(&self) -> bool {
        !self.is_psd2() || self.payments.contains(&A::name())
    }

    /// Returns whether every grant of the scope is bound to a number that a person entered. No guard can require one.
    #[must_use]
    pub const fn is_enroll(&self) -> bool {
        matches!(self.profile, Profile::Enroll)
    }

    /// Returns the time that must have passed since the number on file was confirmed.
    #[must_use]
    pub const fn settled(&self) -> Option<Duration> {
        self.settled
    }

    /// Returns the label of a scope that the engine declares, among the messages of a language.
    pub(crate) const fn label_id(&self) -> Option<MessageId> {
        self.label_id
    }

    /// Returns the channels that the scope, the provider and the lists of countries all allow.
    #[must_use]
    pub fn channels(&self) -> &[Channel] {
        &self.channels
    }
}
