//! Only the bytes that a ledger wrote are read back.

use std::time::Duration;

use mfakit_core::{
    BudgetLedger, ChallengeId, Channel, LoginId, Scope, Timestamp, UserBytes, UserGrants, UserId, UserLedger,
    policy::Limit,
    provider::ProviderScope,
    store::{
        ActionDigest, ActionRule, Approval, ApprovalId, Binding, Budget, BudgetChange, Challenge, CodeProof,
        ConsumeOutcome, GrantNonce, GrantRecord, KeepAction, KeptAction, Key, OpenOutcome, Redeem,
        RedeemOutcome, ReserveBudget, ReserveSend, SendRule,
    },
};

const NOW: Timestamp = Timestamp::from_millis(1_767_268_800_000);
const MINUTE: Duration = Duration::from_secs(60);
const APPROVAL: Approval = Approval::new(ApprovalId::from_bytes([3; 16]), ActionDigest::from_bytes([4; 32]));

/// Sends and redeems the challenge of an approval.
fn granted(ledger: &mut UserLedger, key: Key<'_>, approval: Approval, now: Timestamp) -> GrantRecord {
    let [number, ..] = *approval.id.as_bytes();
    let (challenge, per_user) = (ChallengeId::from_bytes([number; 32]), vec![Limit::new(1000, MINUTE)]);
    let rule = SendRule { cool_down: Vec::new(), per_login_and_scope: Vec::new(), per_user };
    let _ = ledger.reserve_send(ReserveSend::new(key, &challenge, &rule, now));
    let provider_scope = ProviderScope::from_stored("transfer-abcdefghijklmnop");
    let opened = ledger.open_challenge(
        &Challenge::new(
            challenge,
            *key.login,
            *key.scope,
            Some(approval),
            Channel::Messaging,
            provider_scope,
        )
        .with_number([5; 32], "34")
        .with_times(now, now + 5 * MINUTE, now)
        .with_attempts(5, 0),
    );
    assert_eq!(opened, OpenOutcome::Opened);
    let (proof, nonce) = (CodeProof::from_bytes([6; 32]), GrantNonce::from_bytes([7; 32]));
    match ledger.redeem(Redeem::new(key, &challenge, Binding::Bearer, 10 * MINUTE, &proof, &nonce, now)) {
        Ok(RedeemOutcome::Granted(grant)) => grant,
        other => panic!("{other:?}"),
    }
}

/// Returns the columns of a user with a bound grant, an unbound one and a live challenge.
fn written() -> UserBytes {
    let mut ledger = UserLedger::read(&UserBytes::default(), NOW).unwrap();
    let login = LoginId::from_bytes([1; 16]);
    for (number, scope, approval, redeems) in
        [(1, "transfer", Some(APPROVAL), true), (2, "settings", None, true), (3, "export", None, false)]
    {
        let (user, scope) = (UserId::from("alice"), Scope::new(scope).unwrap());
        let id = approval.map(|approval| approval.id);
        let key = Key { approval: id.as_ref(), ..Key::unbound(&user, &login, &scope) };
        if let Some(approval) = approval {
            let action = KeptAction::new(approval, login, scope, "Send 1.00 EUR", *b"{}")
                .with_times(NOW, NOW + 5 * MINUTE);
            let _ = ledger
                .keep_action(KeepAction::new(key.unbind(), &action, &ActionRule::default(), NOW))
                .unwrap();
        }
        let challenge = ChallengeId::from_bytes([number; 32]);
        let rule = SendRule {
            cool_down: Vec::new(),
            per_login_and_scope: Vec::new(),
            per_user: vec![Limit::new(5, 10 * MINUTE)],
        };
        let _ = ledger.reserve_send(ReserveSend::new(key, &challenge, &rule, NOW));
        let provider_scope = ProviderScope::from_stored("transfer-abcdefghijklmnop");
        let _ = ledger.open_challenge(
            &Challenge::new(challenge, login, scope, approval, Channel::Messaging, provider_scope)
                .with_number([5; 32], "34")
                .with_times(NOW, NOW + 5 * MINUTE, NOW)
                .with_attempts(5, 0),
        );
        if redeems {
            let (proof, nonce) = (CodeProof::from_bytes([6; 32]), GrantNonce::from_bytes([7; 32]));
            let redeem = Redeem::new(key, &challenge, Binding::Bearer, 10 * MINUTE, &proof, &nonce, NOW);
            assert!(matches!(ledger.redeem(redeem).unwrap(), RedeemOutcome::Granted(_)));
        }
    }
    ledger.write()
}

#[test]
fn a_ledger_that_is_read_back_writes_the_same() {
    let bytes = written();
    assert!(bytes.grants.is_some() && bytes.codes.is_some() && bytes.actions.is_some());
    let ledger = UserLedger::read(&bytes, NOW).unwrap();
    assert!(ledger.write() == bytes, "the columns differ");
    let state = ledger.user_state(NOW);
    assert_eq!((state.grants.len(), state.actions.len(), state.challenges.len()), (2, 1, 1));
    assert_eq!(bytes.ends_at, Some(NOW + 10 * MINUTE));
}

#[test]
fn a_row_remembers_a_hundred_consumed_approvals() {
    let (user, login) = (UserId::from("alice"), LoginId::from_bytes([1; 16]));
    let (scope, mut bytes, mut longest) = (Scope::new("transfer").unwrap(), UserBytes::default(), 0);
    let keys = |number: u8| Approval::new(ApprovalId::from_bytes([number; 16]), APPROVAL.digest);
    for number in 0..150 {
        let (approval, now) = (keys(number), NOW + u32::from(number) * Duration::from_millis(1));
        let key = Key { approval: Some(&approval.id), ..Key::unbound(&user, &login, &scope) };
        let mut ledger = UserLedger::read(&bytes, now).unwrap();
        let action = KeptAction::new(approval, login, scope, "", *b"{}").with_times(now, now + 5 * MINUTE);
        let rule = ActionRule::default();
        let keep = KeepAction::new(key.unbind(), &action, &rule, now);
        assert_eq!(ledger.keep_action(keep).unwrap().outcome.id(), approval.id);
        let grant = granted(&mut ledger, key, approval, now);
        assert_eq!(ledger.consume(key, &grant, now), ConsumeOutcome::Consumed);
        bytes = ledger.write();
        longest = longest.max(bytes.actions.as_ref().map_or(0, Vec::len));
    }
    assert!(longest < 100 * 110, "{longest}");
    let ledger = UserLedger::read(&bytes, NOW).unwrap();
    for number in 0..150 {
        let approval = keys(number);
        let key = Key { approval: Some(&approval.id), ..Key::unbound(&user, &login, &scope) };
        assert_eq!(ledger.is_consumed(key, NOW), number >= 50, "{number}");
    }
}

#[test]
fn what_has_expired_is_not_read_back() {
    let bytes = written();
    let ledger = UserLedger::read(&bytes, NOW + 5 * MINUTE).unwrap();
    let state = ledger.user_state(NOW);
    // The action of the bound grant lasts as long as the grant.
    assert_eq!((state.grants.len(), state.actions.len(), state.challenges.len()), (2, 1, 0));
    assert_eq!(UserLedger::read(&bytes, NOW + 10 * MINUTE).unwrap().write(), UserBytes::default());
}

#[test]
fn other_bytes_are_an_error_and_never_an_absence() {
    type Column = fn(&mut UserBytes) -> &mut Option<Vec<u8>>;
    let columns: [Column; 3] = [|it| &mut it.grants, |it| &mut it.codes, |it| &mut it.actions];
    for column in columns {
        let good = column(&mut written()).clone().unwrap();
        let cut = (0..good.len()).map(|end| good[..end].to_vec());
        let newer = [[2].as_slice(), &good[1..]].concat();
        for bad in cut.chain([newer, [&*good, &[0]].concat(), b"garbage".to_vec()]) {
            let mut bytes = written();
            *column(&mut bytes) = Some(bad.clone());
            assert!(UserLedger::read(&bytes, NOW).is_err(), "{bad:?}");
        }
    }
    // A bound grant without its action, and a column in the place of another.
    let good = written();
    let mut bytes = good.clone();
    bytes.actions = None;
    assert!(UserLedger::read(&bytes, NOW).is_err());
    bytes.clone_from(&good);
    bytes.codes.clone_from(&good.actions);
    assert!(UserLedger::read(&bytes, NOW).is_err());
    assert!(UserGrants::read(good.codes.as_deref()).is_err());
    let error = UserGrants::read(Some(b"garbage")).unwrap_err().to_string();
    assert_eq!(
        error,
        "the store failed: the record of a user's grants cannot be read; a newer version of mfakit may have written it"
    );
}

#[test]
fn a_budget_is_read_back_or_an_error() {
    let (budget, id, limits) =
        (Budget::Number([1; 32]), ChallengeId::from_bytes([2; 32]), [Limit::new(1, 10 * MINUTE)]);
    let mut ledger = BudgetLedger::read(None, NOW).unwrap();
    let _ = ledger.reserve(ReserveBudget::new(&budget, &id, &[3; 32], &limits, NOW));
    let good = ledger.write().unwrap();
    let mut ledger = BudgetLedger::read(Some(&good), NOW).unwrap();
    assert_eq!(ledger.exhausted_until(&limits, NOW), Some(NOW + 10 * MINUTE));
    for end in 0..good.len() {
        assert!(BudgetLedger::read(Some(&good[..end]), NOW).is_err(), "{end} bytes");
    }
    assert!(BudgetLedger::read(Some(&[&*good, &[0]].concat()), NOW).is_err());
    // A memory outlasts the count, and nothing is left in the end.
    let change = BudgetChange::Complete { number: &[3; 32], keep_counted: true, remember_for: 60 * MINUTE };
    ledger.settle(change, NOW);
    assert_eq!(ledger.ends_at(), Some(NOW + 60 * MINUTE));
    let later = BudgetLedger::read(ledger.write().as_deref(), NOW + 10 * MINUTE).unwrap();
    assert!(later.write().is_some() && later.exhausted_until(&limits, NOW).is_none());
    assert_eq!(BudgetLedger::read(ledger.write().as_deref(), NOW + 60 * MINUTE).unwrap().write(), None);
}
