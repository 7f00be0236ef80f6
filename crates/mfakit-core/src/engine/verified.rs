//! A completed challenge.

use std::time::Duration;

use crate::{grant::Grant, token::GrantToken};

/// Challenge that was completed, now or earlier with the same code.
///
/// A web app sets the cookie itself if it calls [`Mfa::verify`](crate::engine::Mfa::verify) without the routes of
/// `mfakit`:
///
/// ```
/// use mfakit_core::{GrantToken, Verified};
///
/// fn set_cookie(verified: &Verified) -> Option<String> {
///     let token = verified.token.as_ref()?;
///     Some(format!(
///         "{}={}; Max-Age={}; Path=/; Secure; HttpOnly; SameSite=Lax",
///         GrantToken::cookie_name(verified.grant.scope()),
///         token.expose(),
///         verified.lifetime.as_secs(),
///     ))
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
#[must_use]
pub struct Verified {
    /// The grant that was made.
    pub grant: Grant,
    /// The value of the grant cookie. `None` for a bearer token, which needs no cookie.
    pub token: Option<GrantToken>,
    /// Remaining lifetime of the grant.
    pub lifetime: Duration,
    /// The page that the user requested, signed.
    pub return_to: Option<String>,
}
