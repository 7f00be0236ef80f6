//! State and lock of a user.

use mfakit_core::{
    Timestamp, UserId,
    store::{GrantState, KeptAction, StoreError, UserState},
};

use crate::{
    action_record::{is_consumed, read_action, read_consumed},
    database::Database,
    place::Place,
    record::{read_challenge, read_count, read_grant, read_lock, read_place, read_timestamp},
};

/// Challenges: their places, their records, and their numbers of attempts.
type Challenges = Vec<(String, String, String)>;

/// Reads the state of a user. `at` is the current time by the clock of the app.
pub(crate) async fn user_state(
    database: &Database,
    user: &UserId,
    at: Timestamp,
) -> Result<UserState, StoreError> {
    type Answer = (
        String,
        String,
        String,
        Option<String>,
        Challenges,
        Vec<(String, String)>,
        Vec<(String, Vec<u8>)>,
        Vec<(String, Vec<u8>)>,
    );
    let names = &database.names;
    let keys = [names.user(user), names.grants(user), names.actions(user), names.consumed(user)];
    let (now, failures, lock, resend_at, challenges, grants, actions, consumed): Answer =
        database.connection.call_read(&database.scripts.user_state, &keys, &[&database.now()]).await?;
    let now = read_timestamp(&now)?;
    let (bare, actions): (Vec<_>, Vec<_>) = actions.iter().partition(|(_, record)| is_consumed(record));
    let actions = actions.iter().map(|(of, record)| read_action(&read_place(of)?, record));
    let mut actions: Vec<_> = actions.collect::<Result<_, _>>()?;
    actions.retain(|action| now < action.expires_at);
    let consumed =
        bare.into_iter().chain(&consumed).map(|(of, record)| read_consumed(&read_place(of)?, record));
    let mut consumed: Vec<_> = consumed.collect::<Result<_, _>>()?;
    consumed.retain(|(_, remembered_until)| now < *remembered_until);
    consumed.iter_mut().for_each(|(consumed, _)| consumed.consumed_at = at - now.since(consumed.consumed_at));
    let grants = grants.iter().map(|(of, record)| {
        let Place { login, scope, approval } = read_place(of)?;
        Ok(GrantState::new(login, scope, read_grant(approval.as_ref(), record)?))
    });
    let mut grants: Vec<_> = grants.collect::<Result<_, StoreError>>()?;
    grants.retain(|state| now < state.grant.expires_at);
    let mut live = Vec::new();
    for (of, record, used) in &challenges {
        let place = read_place(of)?;
        let action = place.approval.map(|_| actions.iter().find(|action| is_of(action, &place)));
        // A challenge whose action is gone is over.
        if action.is_none_or(|action| action.is_some()) {
            live.push(read_challenge(&place, action.flatten().map(|action| action.approval), record, used)?);
        }
    }
    Ok(UserState::new(
        read_count(&failures)?,
        read_lock(&lock)?,
        resend_at.as_deref().map(read_timestamp).transpose()?,
        live,
        grants,
        actions,
        consumed.into_iter().map(|(consumed, _)| consumed).collect(),
    ))
}

pub(crate) async fn unlock(database: &Database, user: &UserId) -> Result<(), StoreError> {
    let keys = [database.names.user(user)];
    database.connection.call_write::<()>(&database.scripts.unlock, &keys, &[&database.now()]).await
}

fn is_of(action: &KeptAction, place: &Place) -> bool {
    (action.login, action.scope, Some(action.approval.id)) == (place.login, place.scope, place.approval)
}
