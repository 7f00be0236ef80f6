//! Reading, making, consuming and revoking grants.

use mfakit_core::{
    LoginId, Scope, UserId,
    store::{
        ApprovalId, BoundGrants, ConsumeOutcome, ConsumedAction, GrantRecord, Key, Redeem, RedeemOutcome,
        Revocation, StoreError,
    },
};

use crate::{
    arguments::millis,
    database::Database,
    names::{approval, hex},
    place::{bound_places, place},
    record::{binding_parts, read_grant, read_place, unreadable, write_grant},
};

pub(crate) async fn grant(database: &Database, key: Key<'_>) -> Result<Option<GrantRecord>, StoreError> {
    let (grants, field) = (database.names.grants(key.user), place(&key));
    let record: Option<String> = database.connection.read(redis::cmd("HGET").arg(grants).arg(field)).await?;
    record.map(|record| read_grant(key.approval, &record)).transpose()
}

/// Reads all grants of the user, because the approvals are not known. There is one for each success within the lifetime
/// of a grant.
pub(crate) async fn bound_grants(database: &Database, key: Key<'_>) -> Result<BoundGrants, StoreError> {
    let grants = database.names.grants(key.user);
    let records: Vec<(String, String)> = database.connection.read(redis::cmd("HGETALL").arg(grants)).await?;
    let places = bound_places(&key);
    let bound = records.iter().filter(|(of, _)| of.starts_with(&places));
    bound.map(|(of, record)| read_grant(read_place(of)?.approval.as_ref(), record)).collect()
}

pub(crate) async fn redeem(database: &Database, request: Redeem<'_>) -> Result<RedeemOutcome, StoreError> {
    let Redeem { key, challenge, binding, lifetime, proof, nonce, .. } = request;
    let (bound, token) = binding_parts(&binding);
    let answer: Vec<String> = database
        .connection
        .call_replicated(
            &database.scripts.redeem,
            &database.keys(&key),
            &[
                &database.now(),
                &hex(challenge.as_bytes()),
                &hex(key.login.as_bytes()),
                key.scope.as_str(),
                &millis(lifetime),
                bound,
                &token,
                &hex(proof.as_bytes()),
                &hex(nonce.as_bytes()),
                &approval(&key),
            ],
        )
        .await?;
    let answer: Vec<_> = answer.iter().map(String::as_str).collect();
    match *answer.as_slice() {
        ["granted", record] => Ok(RedeemOutcome::Granted(read_grant(key.approval, record)?)),
        ["over"] => Ok(RedeemOutcome::Over),
        _ => Err(unreadable("an answer")),
    }
}

pub(crate) async fn consume(
    database: &Database,
    key: Key<'_>,
    grant: &GrantRecord,
) -> Result<ConsumeOutcome, StoreError> {
    let arguments = [&*database.now(), &place(&key), &write_grant(grant)];
    let scripts = &database.scripts;
    let answer: (String, Option<String>) = match key.approval {
        None => {
            let keys = [database.names.grants(key.user)];
            database.connection.call_replicated(&scripts.consume, &keys, &arguments).await?
        }
        Some(_) => {
            let [now, place, record] = arguments;
            let remembered_for = millis(ConsumedAction::REMEMBERED_FOR);
            let most = ConsumedAction::MOST_OF_USER.to_string();
            let keys = database.keys_of(key.user);
            let arguments = [now, place, record, &remembered_for, &most];
            database.connection.call_replicated(&scripts.consume_bound, &keys, &arguments).await?
        }
    };
    match (answer.0.as_str(), answer.1) {
        ("consumed", None) => Ok(ConsumeOutcome::Consumed),
        ("gone", None) => Ok(ConsumeOutcome::Gone),
        ("gone", Some(another)) => read_grant(key.approval, &another).map(|_| ConsumeOutcome::Gone),
        _ => Err(unreadable("an answer")),
    }
}

pub(crate) async fn revoke(
    database: &Database,
    user: &UserId,
    revocation: Revocation,
) -> Result<(), StoreError> {
    let (login, scope, id): (Option<LoginId>, Option<Scope>, Option<ApprovalId>) = match revocation {
        Revocation::User => (None, None, None),
        Revocation::Login(login) => (Some(login), None, None),
        Revocation::Scope(scope) => (None, Some(scope), None),
        Revocation::Elevation(login, scope) => (Some(login), Some(scope), None),
        Revocation::Approval(login, scope, id) => (Some(login), Some(scope), Some(id)),
    };
    let login = login.map(|login| hex(login.as_bytes())).unwrap_or_default();
    let id = id.map(|id| hex(id.as_bytes())).unwrap_or_default();
    let arguments = [&*database.now(), &login, scope.as_ref().map_or("", Scope::as_str), &id];
    let keys = database.keys_of(user);
    database.connection.call_replicated::<()>(&database.scripts.revoke, &keys, &arguments).await
}
