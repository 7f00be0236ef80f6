//! Allowed ranges that several settings share.

use std::time::Duration;

use crate::{limit::Limit, policy::InvalidPolicy};

pub(super) fn check_budget(setting: &'static str, limits: &[Limit]) -> Result<(), InvalidPolicy> {
    let counts = 1..=1000;
    let windows = Duration::from_secs(60)..=Duration::from_secs(24 * 60 * 60);
    let allowed = |limit: &Limit| counts.contains(&limit.count()) && windows.contains(&limit.window());
    if limits.is_empty() || !limits.iter().all(allowed) {
        return Err(InvalidPolicy::Budget { setting });
    }
    Ok(())
}

pub(crate) fn check_grant_lifetime(lifetime: Duration) -> Result<(), InvalidPolicy> {
    let allowed = Duration::from_secs(1)..=Duration::from_secs(24 * 60 * 60);
    if allowed.contains(&lifetime) { Ok(()) } else { Err(InvalidPolicy::GrantLifetime { lifetime }) }
}
