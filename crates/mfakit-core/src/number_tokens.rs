//! Cookies that permit a browser to change a number.

use crate::token::GrantToken;

/// Values of the two cookies, one of which a browser needs to change the number on file.
///
/// A caller that was recognized by a bearer token needs neither. An `Option<&GrantToken>` converts into it: it is the token
/// of the grant.
///
/// ```
/// use mfakit_core::{GrantToken, NumberTokens};
///
/// # let (manage, recovery): (Option<GrantToken>, Option<GrantToken>) = (None, None);
/// let tokens = NumberTokens::new().manage(manage).recovery(recovery);
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
#[must_use]
pub struct NumberTokens {
    /// Token of the grant of [`Scope::MANAGE`](crate::scope::Scope::MANAGE).
    pub manage: Option<GrantToken>,
    /// Token of what a recovery code has opened: [`Recovered::token`](crate::engine::Recovered::token).
    pub recovery: Option<GrantToken>,
}

impl NumberTokens {
    /// Creates an empty set.
    pub const fn new() -> Self {
        Self { manage: None, recovery: None }
    }

    /// Sets the token of the grant of [`Scope::MANAGE`](crate::scope::Scope::MANAGE).
    pub fn manage(mut self, token: impl Into<Option<GrantToken>>) -> Self {
        self.manage = token.into();
        self
    }

    /// Sets the token of what a recovery code has opened.
    pub fn recovery(mut self, token: impl Into<Option<GrantToken>>) -> Self {
        self.recovery = token.into();
        self
    }
}

impl From<Option<&GrantToken>> for NumberTokens {
    fn from(manage: Option<&GrantToken>) -> Self {
        Self::new().manage(manage.cloned())
    }
}

impl From<&Self> for NumberTokens {
    fn from(tokens: &Self) -> Self {
        tokens.clone()
    }
}
