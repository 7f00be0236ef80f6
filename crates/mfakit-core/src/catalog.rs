//! Scopes as the app declares them, with their labels.

use std::time::Duration;

use crate::{channel::Channel, scope::Scope};

/// Declaration of a scope: its name, its label and its settings.
///
/// | setting | default |
/// |---|---|
/// | [`grant_lifetime`](Self::grant_lifetime) | the policy's, 10 minutes |
/// | [`channels`](Self::channels) | every channel that has a list of countries |
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
}

impl DeclaredScope {
    /// Creates a declaration. `name` follows the [grammar of scopes](Scope), and `label` completes "your code to …".
    pub fn new(name: impl Into<String>, label: impl Into<String>) -> Self {
        let channels = Channel::all().to_vec();
        Self { name: name.into(), label: label.into(), grant_lifetime: None, channels }
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
}

/// Checked settings of a declared scope.
#[derive(Clone, Debug)]
pub struct ScopeSettings {
    pub(crate) scope: Scope,
    pub(crate) label: String,
    pub(crate) grant_lifetime: Duration,
    pub(crate) channels: Vec<Channel>,
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

    /// Returns the channels that the scope, the provider and the lists of countries all allow.
    #[must_use]
    pub fn channels(&self) -> &[Channel] {
        &self.channels
    }
}
