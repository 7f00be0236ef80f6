//! Scopes that an engine with a number book declares itself.

use std::time::Duration;

use crate::{
    catalog::{Profile, ScopeSettings},
    channel::Channel,
    engine::build_error::BuildError,
    messages::MessageId,
    policy::Policy,
    scope::Scope,
};

/// Name of the page on which people see and change their number. A scope of this name would have the same path.
const NUMBER_PAGE: &str = "number";

/// Lifetime of a grant that allows a change of the number. It is long enough to enter the new number and its code.
const MANAGE_FOR: Duration = Duration::from_secs(10 * 60);

/// Adds the reserved scopes to the app's own, in ascending order.
///
/// # Errors
///
/// Returns an error if the app has a scope with the name of the page.
pub(super) fn reserve(
    scopes: &mut Vec<ScopeSettings>,
    policy: &Policy,
    reachable: impl Fn(&Channel) -> bool,
) -> Result<(), BuildError> {
    if scopes.iter().any(|entry| entry.scope.as_str() == NUMBER_PAGE) {
        return Err(BuildError::NumberScope);
    }
    let channels: Vec<_> = Channel::all().iter().copied().filter(|channel| reachable(channel)).collect();
    let settings = |scope, id: MessageId, profile, grant_lifetime| ScopeSettings {
        scope,
        label: id.english().to_owned(),
        grant_lifetime,
        channels: channels.clone(),
        profile,
        payments: Vec::new(),
        settled: None,
        label_id: Some(id),
    };
    // The grant of a new number is consumed at once. It lives on only after a crash, until the same code is entered again.
    let enroll = settings(Scope::ENROLL, MessageId::EnrollLabel, Profile::Enroll, policy.code_lifetime);
    scopes.push(enroll);
    scopes.push(settings(Scope::MANAGE, MessageId::ManageLabel, Profile::Any, MANAGE_FOR));
    scopes.sort_by_key(|entry| entry.scope);
    Ok(())
}
