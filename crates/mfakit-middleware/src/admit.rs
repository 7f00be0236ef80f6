//! May this request pass?

use mfakit_core::{Decision, Mfa, Misconfigured, Requirement, Subject};

use crate::cookie::grant_token;

/// Whether a request with these `Cookie` headers, from this subject, may pass.
///
/// The subject and the grant cookie are all that it looks at: no other header can make a difference to
/// *whether* [GUARD-10].
///
/// # Errors
///
/// When the scope was not declared.
pub async fn admit<'a>(
    mfa: &Mfa,
    subject: Option<&Subject>,
    requirement: &Requirement,
    cookies: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Decision, Misconfigured> {
    let token = grant_token(cookies, requirement.scope());
    mfa.check(subject, requirement, token.as_ref()).await
}
