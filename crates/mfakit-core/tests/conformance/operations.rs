//! Sequences of operations, made up so that they come near every end of something.

use std::time::Duration;

use mfakit_core::conformance::model::{Operation, Person};
use proptest::prelude::*;

/// One operation, of what a store is for most of all.
pub(crate) fn operation() -> impl Strategy<Value = Operation> {
    let ceremony = prop_oneof![
        12 => span().prop_map(Operation::Pass),
        5 => person().prop_map(Operation::ReserveSend),
        2 => which().prop_map(Operation::ReleaseSend),
        4 => (which(), prop_oneof![Just(Duration::ZERO), span()]).prop_map(|(sent, later)| Operation::Open(sent, later)),
        6 => person().prop_map(Operation::Start),
        6 => which().prop_map(Operation::Attempt),
        1 => which().prop_map(Operation::AttemptElsewhere),
        1 => (person(), which()).prop_map(|(person, sent)| Operation::AttemptAs(person, sent)),
        6 => (person(), 1..6_u8).prop_map(|(person, times)| Operation::Fail(person, times)),
        3 => which().prop_map(Operation::Guess),
        2 => (which(), any::<bool>()).prop_map(|(sent, same)| Operation::FindRepeat(sent, same)),
        3 => which().prop_map(Operation::ReleaseAttempt),
        4 => (which(), span(), any::<bool>()).prop_map(|(sent, lasts, cookie)| Operation::Redeem(sent, lasts, cookie)),
        1 => (person(), which()).prop_map(|(person, sent)| Operation::RedeemAs(person, sent)),
    ];
    let afterwards = prop_oneof![
        2 => person().prop_map(Operation::Grant),
        3 => which().prop_map(Operation::Consume),
        1 => person().prop_map(Operation::RevokeUser),
        1 => person().prop_map(Operation::RevokeLogin),
        1 => person().prop_map(Operation::RevokeScope),
        1 => person().prop_map(Operation::RevokeElevation),
        1 => person().prop_map(Operation::Unlock),
    ];
    let budgets = prop_oneof![
        6 => (0..3_u8, 0..2_u8).prop_map(|(budget, number)| Operation::ReserveBudget(budget, number)),
        2 => (which(), prop_oneof![4 => Just(0_u8), 1 => 1..3_u8]).prop_map(|(event, off)| Operation::ReleaseBudget(event, off)),
        2 => (0..3_u8, 0..2_u8, any::<bool>(), prop_oneof![Just(Duration::ZERO), span()])
            .prop_map(|(budget, number, keep, known)| Operation::CompleteBudget(budget, number, keep, known)),
        1 => (0..3_u8).prop_map(Operation::ForgetBudget),
    ];
    prop_oneof![10 => ceremony, 2 => afterwards, 2 => budgets]
}

/// Spans at whose end something ends, and the milliseconds beside them.
fn span() -> impl Strategy<Value = Duration> {
    let ends = prop_oneof![
        6 => prop::sample::select(vec![30_u64, 60, 90, 120]),
        4 => prop::sample::select(vec![300, 600, 900, 1800, 3600]),
        1 => prop::sample::select(vec![86_400, 30 * 86_400, 365 * 86_400]),
    ];
    let beside = prop_oneof![4 => Just(0_i64), 3 => Just(-1), 2 => Just(1), 1 => -2000..2000_i64];
    let near_an_end = (ends, beside).prop_map(|(secs, off)| (secs * 1000).saturating_add_signed(off));
    prop_oneof![8 => near_an_end, 2 => 0..5_u64, 2 => 0..200_000_u64].prop_map(Duration::from_millis)
}

fn person() -> impl Strategy<Value = Person> {
    let one_of = || prop_oneof![3 => Just(0_u8), 1 => Just(1)];
    (one_of(), one_of(), one_of()).prop_map(|(user, login, scope)| Person { user, login, scope })
}

fn which() -> impl Strategy<Value = u8> {
    prop_oneof![6 => Just(0_u8), 2 => Just(1), 1 => 0..6_u8]
}
