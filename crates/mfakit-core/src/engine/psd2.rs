//! Limits of a scope that follows PSD2 (RTS 2018/389, articles 4 and 5).

use std::time::Duration;

use crate::{engine::build_error::BuildError, policy::Policy, scope::Scope};

/// Maximum lifetime of a code and of a grant. Article 4(3)(d) requires a maximum time without activity of five minutes.
const LONGEST: Duration = Duration::from_secs(5 * 60);

/// Maximum number of failures in a row before a user is locked: article 4(3)(b).
const MOST_FAILURES: u32 = 5;

/// Returns the lifetime of the grants of a scope. `declared` is the one in its declaration, if it has one.
///
/// # Errors
///
/// Returns an error for a setting that is too lax. The limits on attempts are those of every policy.
pub(super) fn grant_lifetime(
    scope: Scope,
    declared: Option<Duration>,
    policy: &Policy,
) -> Result<Duration, BuildError> {
    let too_lax = |setting, value: String, cure| Err(BuildError::Psd2 { scope, setting, value, cure });
    if policy.code_lifetime > LONGEST {
        let value = format!("{:?}", policy.code_lifetime);
        return too_lax("code_lifetime", value, ".code_lifetime(Duration::from_secs(300)) on the policy");
    }
    // A policy for tests may have no locks at all.
    if policy.locks.lock_after > MOST_FAILURES && !policy.is_for_tests() {
        let value = policy.locks.lock_after.to_string();
        return too_lax("lock_after", value, ".policy(Policy::default().lock_after(5))");
    }
    match declared {
        Some(lifetime) if lifetime > LONGEST => too_lax(
            "grant_lifetime",
            format!("{lifetime:?}"),
            ".grant_lifetime(Duration::from_secs(300)) on the scope",
        ),
        Some(lifetime) => Ok(lifetime),
        None => Ok(policy.grant_lifetime.min(LONGEST)),
    }
}
