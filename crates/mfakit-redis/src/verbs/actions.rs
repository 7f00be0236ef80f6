//! Keeping actions.

use mfakit_core::store::{
    Approval, ApprovalId, ConsumedAction, KeepAction, KeepOutcome, Kept, KeptAction, Key, StoreError,
};

use crate::{
    action_record::{action_content, read_action},
    arguments::{millis, moment},
    database::Database,
    names::{approval, hex, unhex},
    place::place,
    record::{read_millis, read_place, unreadable},
};

pub(crate) async fn keep_action(database: &Database, request: KeepAction<'_>) -> Result<Kept, StoreError> {
    let KeepAction { key, action, rule, now, .. } = request;
    let texts = [
        database.now(),
        hex(key.login.as_bytes()),
        key.scope.as_str().to_owned(),
        hex(action.approval.id.as_bytes()),
        hex(action.approval.digest.as_bytes()),
        moment(action.kept_at),
        millis(action.lifetime()),
    ];
    let content = action_content(action);
    let limits = [rule.per_place.to_string(), rule.per_user.to_string()];
    let texts = texts.iter().map(String::as_bytes);
    let arguments: Vec<&[u8]> = texts.chain([&*content]).chain(limits.iter().map(String::as_bytes)).collect();
    let answer: (String, String, String, String) = database
        .connection
        .call_write_bytes(&database.scripts.keep_action, &database.keys_of(key.user), &arguments)
        .await?;
    let id = unhex(&answer.1).map(ApprovalId::from_bytes).ok_or_else(|| unreadable("an approval"))?;
    let outcome = match answer.0.as_str() {
        "kept" => KeepOutcome::Kept(id),
        "known" => KeepOutcome::Known(id),
        _ => return Err(unreadable("an answer")),
    };
    let consumed = match answer.2.as_str() {
        "" => None,
        id => {
            let id = unhex(id).map(ApprovalId::from_bytes).ok_or_else(|| unreadable("an approval"))?;
            let approval = Approval::new(id, action.approval.digest);
            let at = now - read_millis(&answer.3)?;
            Some(ConsumedAction::new(approval, action.login, action.scope, at))
        }
    };
    Ok(Kept::new(outcome, consumed))
}

pub(crate) async fn is_consumed(database: &Database, key: Key<'_>) -> Result<bool, StoreError> {
    if key.approval.is_none() {
        return Ok(false);
    }
    let keys = [database.names.actions(key.user), database.names.consumed(key.user)];
    let arguments = [&*database.now(), &place(&key)];
    database.connection.call_read(&database.scripts.is_consumed, &keys, &arguments).await
}

pub(crate) async fn actions(database: &Database, key: Key<'_>) -> Result<Vec<KeptAction>, StoreError> {
    let arguments = [&*database.now(), &hex(key.login.as_bytes()), key.scope.as_str(), &approval(&key)];
    let keys = [database.names.actions(key.user)];
    let answer: Vec<(String, Vec<u8>)> =
        database.connection.call_read(&database.scripts.actions, &keys, &arguments).await?;
    answer.iter().map(|(place, record)| read_action(&read_place(place)?, record)).collect()
}
