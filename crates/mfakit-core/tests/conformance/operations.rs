//! Generated sequences of operations, whose times are close to the end of something.

use std::time::Duration;

use mfakit_core::conformance::model::{Actor, NthNewest, Operation};
use proptest::prelude::*;

/// Generates one operation. The common ones are more likely.
pub(crate) fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![10 => ceremony(), 2 => afterward(), 2 => budgets()]
}

/// Generates an operation of a ceremony: time, sends, challenges and attempts.
fn ceremony() -> impl Strategy<Value = Operation> {
    let open = (nth_newest(), prop_oneof![Just(Duration::ZERO), span()]);
    prop_oneof![
        12 => span().prop_map(Operation::Pass),
        6 => (actor(), span()).prop_map(|(actor, lifetime)| Operation::KeepAction { actor, lifetime }),
        5 => actor().prop_map(Operation::ReserveSend),
        2 => nth_newest().prop_map(Operation::ReleaseSend),
        4 => open.prop_map(|(send, resend_delay)| Operation::OpenChallenge { send, resend_delay }),
        6 => actor().prop_map(Operation::Start),
        6 => nth_newest().prop_map(Operation::Attempt),
        1 => nth_newest().prop_map(Operation::AttemptWithChangedNumber),
        3 => nth_newest().prop_map(Operation::AttemptForAnyNumber),
        1 => (actor(), nth_newest()).prop_map(|(actor, challenge)| Operation::AttemptAs { actor, challenge }),
        6 => (actor(), 1..6_u8).prop_map(|(actor, times)| Operation::Fail { actor, times }),
        3 => nth_newest().prop_map(Operation::Guess),
        2 => (nth_newest(), any::<bool>())
            .prop_map(|(challenge, right_code)| Operation::FindRepeat { challenge, right_code }),
        3 => nth_newest().prop_map(Operation::ReleaseAttempt),
        3 => nth_newest().prop_map(Operation::ReleaseUnsentAttempt),
        4 => (nth_newest(), span(), any::<bool>())
            .prop_map(|(challenge, lifetime, by_cookie)| Operation::Redeem { challenge, lifetime, by_cookie }),
        1 => (actor(), nth_newest()).prop_map(|(actor, challenge)| Operation::RedeemAs { actor, challenge }),
    ]
}

/// Generates an operation on what a ceremony left.
fn afterward() -> impl Strategy<Value = Operation> {
    prop_oneof![
        2 => actor().prop_map(Operation::ReadGrant),
        2 => actor().prop_map(Operation::ReadBoundGrants),
        3 => nth_newest().prop_map(Operation::Consume),
        1 => actor().prop_map(Operation::RevokeUser),
        1 => actor().prop_map(Operation::RevokeLogin),
        1 => actor().prop_map(Operation::RevokeScope),
        1 => actor().prop_map(Operation::RevokeElevation),
        1 => actor().prop_map(Operation::RevokeApproval),
        1 => actor().prop_map(Operation::Unlock),
    ]
}

/// Generates an operation on a budget.
fn budgets() -> impl Strategy<Value = Operation> {
    let release = (nth_newest(), prop_oneof![4 => Just(0_u8), 1 => 1..3_u8]);
    let complete = (0..3_u8, 0..2_u8, any::<bool>(), prop_oneof![Just(Duration::ZERO), span()]);
    prop_oneof![
        6 => (0..3_u8, 0..2_u8).prop_map(|(budget, number)| Operation::ReserveBudget { budget, number }),
        2 => release.prop_map(|(event, budget_offset)| Operation::ReleaseBudget { event, budget_offset }),
        2 => complete.prop_map(|(budget, number, keep_counted, remember_for)| {
            Operation::CompleteBudget { budget, number, keep_counted, remember_for }
        }),
        1 => (0..3_u8).prop_map(Operation::ForgetBudget),
    ]
}

/// Generates a span at whose end something ends, or one that is some milliseconds off.
fn span() -> impl Strategy<Value = Duration> {
    let ends = prop_oneof![
        6 => prop::sample::select(vec![30_u64, 60, 90, 120]),
        4 => prop::sample::select(vec![300, 600, 900, 1800, 3600]),
        1 => prop::sample::select(vec![86_400, 30 * 86_400, 365 * 86_400]),
    ];
    let offset = prop_oneof![4 => Just(0_i64), 3 => Just(-1), 2 => Just(1), 1 => -2000..2000_i64];
    let near_an_end = (ends, offset).prop_map(|(secs, offset)| (secs * 1000).saturating_add_signed(offset));
    prop_oneof![8 => near_an_end, 2 => 0..5_u64, 2 => 0..200_000_u64].prop_map(Duration::from_millis)
}

fn actor() -> impl Strategy<Value = Actor> {
    let one_of_two = || prop_oneof![3 => Just(0_u8), 1 => Just(1)];
    let action = prop_oneof![3 => Just(0_u8), 4 => Just(1), 2 => 1..4_u8];
    (one_of_two(), one_of_two(), one_of_two(), action).prop_map(|(user, login, scope, action)| Actor {
        user,
        login,
        scope,
        action,
    })
}

/// Generates a reference to an earlier result, most likely the newest.
fn nth_newest() -> impl Strategy<Value = NthNewest> {
    prop_oneof![6 => Just(0_u8), 2 => Just(1), 1 => 0..6_u8].prop_map(NthNewest)
}
