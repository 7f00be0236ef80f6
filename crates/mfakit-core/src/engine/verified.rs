//! A challenge that was met.

use std::time::Duration;

use crate::{grant::Grant, token::GrantToken};

/// Challenge that was met, now or before by the same code.
#[derive(Debug)]
#[must_use]
pub struct Verified {
    /// The grant that was made.
    pub grant: Grant,
    /// The value of the grant cookie. `None` for a bearer token, which needs no cookie.
    pub token: Option<GrantToken>,
    /// Remaining lifetime of the grant.
    pub lifetime: Duration,
    /// Where the person was going, sealed.
    pub return_to: Option<String>,
}
