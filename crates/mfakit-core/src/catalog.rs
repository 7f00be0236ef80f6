//! What is declared once: the scopes, with the words people read.

use std::time::Duration;

use crate::{channel::Channel, scope::Scope};

/// A scope as the app declares it: its name, the words people read, and what belongs to it.
///
/// | setting | default |
/// |---|---|
/// | [`grant_lifetime`](Self::grant_lifetime) | the policy's, 10 minutes |
/// | [`channels`](Self::channels) | every channel that has a list of countries |
///
/// ```
/// use std::time::Duration;
/// use mfakit_core::{Channel, DeclaredScope};
///
/// let payout = DeclaredScope::new("payout", "pay out")
///     .grant_lifetime(Duration::from_mins(2))
///     .channels([Channel::Messaging]);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct DeclaredScope {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) grant_lifetime: Option<Duration>,
    pub(crate) channels: Vec<Channel>,
}

impl DeclaredScope {
    /// A scope called `name` ([grammar](Scope)), and the words that complete "your code to …".
    pub fn new(name: impl Into<String>, label: impl Into<String>) -> Self {
        let channels = Channel::ALL.to_vec();
        Self { name: name.into(), label: label.into(), grant_lifetime: None, channels }
    }

    /// How long a grant for it lasts, 1 second to 24 hours.
    pub const fn grant_lifetime(mut self, lifetime: Duration) -> Self {
        self.grant_lifetime = Some(lifetime);
        self
    }

    /// How its codes may travel.
    pub fn channels(mut self, channels: impl IntoIterator<Item = Channel>) -> Self {
        self.channels = channels.into_iter().collect();
        self
    }
}

/// A scope as the engine knows it.
#[derive(Clone, Debug)]
pub struct ScopeSettings {
    pub(crate) scope: Scope,
    pub(crate) label: String,
    pub(crate) grant_lifetime: Duration,
    pub(crate) channels: Vec<Channel>,
}

impl ScopeSettings {
    /// The scope.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The words people read.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// How long a grant lasts.
    #[must_use]
    pub const fn grant_lifetime(&self) -> Duration {
        self.grant_lifetime
    }

    /// How a code may travel: what the scope, the provider and the lists of countries all allow.
    #[must_use]
    pub fn channels(&self) -> &[Channel] {
        &self.channels
    }
}
