//! The suite detects every broken store.

use std::sync::Arc;

use mfakit_core::{
    conformance::{GUARANTEES, Suite},
    testing::ManualClock,
};

use crate::{
    broken::Broken,
    fault::Fault,
    ledgers::{LedgerStore, RowFault},
};

/// Returns the guarantees that a store with this fault breaks.
async fn broken_by(fault: Fault) -> Vec<&'static str> {
    let store = Arc::new(Broken::by(fault));
    let counted = store.clone();
    broken_in(
        Suite::new(store, ManualClock::new()).record_count(move || std::future::ready(counted.records())),
    )
    .await
}

/// Returns the guarantees that a store of rows with this fault breaks.
async fn broken_in_rows_by(fault: RowFault) -> Vec<&'static str> {
    let store = Arc::new(LedgerStore::with(fault));
    let counted = store.clone();
    broken_in(
        Suite::new(store, ManualClock::new()).record_count(move || std::future::ready(counted.records())),
    )
    .await
}

async fn broken_in(suite: Suite) -> Vec<&'static str> {
    let mut broken = Vec::new();
    for guarantee in GUARANTEES {
        let suite = suite.clone();
        let checked = tokio::spawn(async move { guarantee.check(&suite).await });
        if checked.await.is_err_and(|stopped| stopped.is_panic()) {
            broken.push(guarantee.name());
        }
    }
    broken
}

/// Name of the threads whose panics are expected, and so are not printed between the results of tests.
const QUIET: &str = "broken store";

#[test]
fn the_suite_detects_every_broken_store() {
    run(each_fault_is_detected());
}

#[test]
fn the_suite_detects_every_broken_store_of_rows() {
    run(each_fault_of_rows_is_detected());
}

/// Runs on threads whose panics are not printed.
fn run(test: impl Future<Output = ()>) {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().name() != Some(QUIET) {
            print(panic);
        }
    }));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).thread_name(QUIET).build();
    runtime.unwrap().block_on(test);
}

async fn each_fault_is_detected() {
    for (fault, detected) in [
        (Fault::ReleasesEveryAttempt, "attempts::a_challenge_accepts_exactly_its_attempts"),
        (Fault::ForgetsFailuresOnStart, "locks::only_a_success_or_an_unlock_resets_the_count"),
        (Fault::ExpiresChallengesTooLate, "attempts::a_challenge_ends_exactly_when_it_expires"),
        (
            Fault::EndsLocksTooLate,
            "locks::every_tenth_failure_locks_for_twice_as_long_and_the_fiftieth_disables",
        ),
        (Fault::KeepsUnsentAttempts, "attempts::releasing_an_unsent_attempt_returns_it_to_the_challenge"),
        (Fault::ReturnsSentAttempts, "attempts::releasing_an_unsent_attempt_returns_it_to_the_challenge"),
        (Fault::GrantsTwice, "grants::a_challenge_yields_exactly_one_grant"),
        (Fault::RecognizesNoRepeat, "repeats::a_repeated_right_code_is_recognized_and_not_counted"),
        (Fault::CountsNoGuessOnSpentChallenges, "repeats::a_wrong_code_for_a_spent_challenge_is_counted"),
        (
            Fault::CountsNoGuessOnSpentChallenges,
            "repeats::guesses_at_a_spent_challenge_are_limited_to_its_attempts",
        ),
        (
            Fault::RecognizesRepeatsOfLockedUsers,
            "repeats::a_locked_user_learns_nothing_about_a_spent_challenge",
        ),
        (
            Fault::RecognizesRepeatsWithoutGrant,
            "repeats::a_repeat_is_recognized_only_while_its_grant_is_valid",
        ),
        (
            Fault::RecognizesRepeatsWithoutGrant,
            "repeats::a_repeat_is_recognized_only_while_its_challenge_is_valid",
        ),
        (Fault::FindsGrantsOfOtherCodes, "repeats::attempts_with_the_same_code_find_its_grant"),
        (Fault::KeepsAttemptsOfRepeats, "repeats::attempts_with_the_same_code_find_its_grant"),
        (Fault::ReturnsNoPendingAttempt, "repeats::an_attempt_waits_for_an_unsettled_one_with_the_same_code"),
        (Fault::UsesNumbersAgain, "repeats::two_attempts_on_a_challenge_have_different_numbers"),
        (Fault::ReturnsSpentChallenges, "repeats::a_spent_challenge_is_not_live"),
        (Fault::ConsumesOtherGrants, "grants::only_the_current_grant_is_consumed"),
        (Fault::ConsumesTwice, "grants::a_grant_is_consumed_only_once"),
        (Fault::RevokesNothing, "revocations::a_revocation_ends_exactly_what_it_covers_at_once"),
        (Fault::RevokesEverything, "revocations::a_revocation_ends_exactly_what_it_covers_at_once"),
        (Fault::OpensRevokedSends, "challenges::a_revoked_send_opens_no_challenge"),
        (Fault::CountsSendsPerLogin, "send_budgets::a_user_has_one_budget_across_sessions_and_scopes"),
        (Fault::ReleasesNoSend, "sends::a_released_send_is_not_counted"),
        (Fault::ForgetsGrantsAtOnce, "grants::a_challenge_yields_exactly_one_grant"),
        (Fault::ReturnsNoGrants, "user_state::the_user_state_is_complete"),
        (Fault::CountsRejectedEvents, "budgets::a_rejected_event_is_not_counted"),
        (Fault::KeepsEmptyUsers, "leftovers::a_user_who_did_nothing_has_no_record"),
        (Fault::KeepsEmptyBudgets, "leftovers::an_empty_budget_has_no_record"),
        (Fault::KeepsRejectedEvents, "leftovers::a_rejected_operation_adds_no_record"),
        (Fault::SeesRoomInExhaustedBudgets, "budgets::reading_a_budget_returns_its_wait_and_counts_nothing"),
        (Fault::CountsReads, "budgets::reading_a_budget_returns_its_wait_and_counts_nothing"),
        (Fault::MixesBudgets, "budgets::budgets_are_separate_by_kind_and_hash"),
        (Fault::ForgetsBoundGrantsAtOnce, "approvals::a_grant_is_for_one_action_or_for_none"),
        (Fault::ReturnsUnboundGrantsForApprovals, "approvals::a_grant_is_for_one_action_or_for_none"),
        (Fault::ReturnsBoundGrantsAsUnbound, "approvals::a_grant_is_for_one_action_or_for_none"),
        (Fault::ConsumesForOtherActions, "approvals::a_grant_is_for_one_action_or_for_none"),
        (Fault::KeepsTheSameActionTwice, "actions::the_same_action_is_kept_once"),
        (Fault::KeepsTheSameActionTwice, "actions::concurrent_requests_keep_an_action_once"),
        (Fault::KeepsOneActionTooMany, "actions::a_fourth_action_replaces_the_oldest_that_waits"),
        (Fault::KeepsOneActionTooMany, "actions::a_replaced_action_takes_everything_with_it"),
        (Fault::KeepsActionsOfUsersWithoutLimit, "actions::a_user_keeps_at_most_twelve_actions"),
        (Fault::ChangesWords, "actions::an_action_is_read_back_as_written"),
        (Fault::ReturnsNoActions, "actions::an_action_is_read_back_as_written"),
        (Fault::ExpiresActionsTooLate, "actions::an_action_lasts_as_long_as_its_challenge_and_its_grant"),
        (Fault::KeepsEmptyActions, "leftovers::an_action_that_is_gone_has_no_record"),
        (Fault::SendsWithoutActions, "actions::a_send_without_its_action_is_not_counted"),
        (Fault::CountsSendsPerApproval, "approvals::sends_for_different_actions_share_their_budgets"),
        (Fault::ReturnsLiveChallengesOfOtherActions, "approvals::a_resend_is_for_the_same_action"),
        (Fault::ForgetsBindings, "approvals::challenges_of_several_actions_are_live_at_once"),
        (Fault::OpensOtherDigests, "approvals::a_challenge_is_opened_only_for_the_action_that_is_kept"),
        (Fault::EntersCodesOfOtherActions, "approvals::a_code_for_one_action_confirms_no_other"),
        (Fault::RedeemsForOtherActions, "approvals::a_code_for_one_action_confirms_no_other"),
        (Fault::KeepsConsumedActions, "approvals::a_consumed_grant_takes_its_action_with_it"),
        (Fault::KeepsRevokedActions, "actions::a_revocation_ends_the_actions_that_it_covers"),
        (Fault::KeepsRevokedActions, "approvals::no_grant_survives_its_action"),
        (Fault::RevokesApprovalsTogether, "actions::a_revocation_ends_one_approval_and_no_other"),
        (Fault::RevokesNothing, "actions::a_revocation_ends_one_approval_and_no_other"),
        (Fault::ReplacesGrants, "actions::an_action_whose_code_was_entered_is_not_replaced"),
        (Fault::ForgetsConsumed, "approvals::a_consumed_approval_is_remembered_until_it_would_have_expired"),
        (
            Fault::RemembersConsumedTooLong,
            "approvals::a_consumed_approval_is_remembered_until_it_would_have_expired",
        ),
        (
            Fault::TakesGoneForConsumed,
            "approvals::a_consumed_approval_is_remembered_until_it_would_have_expired",
        ),
        (
            Fault::ForgetsConsumedTooSoon,
            "approvals::a_consumed_approval_is_remembered_until_it_would_have_expired",
        ),
        (
            Fault::ForgetsConsumedOnCancel,
            "approvals::a_consumed_approval_is_remembered_until_it_would_have_expired",
        ),
        (Fault::ForgetsConsumedOnCancel, "consumed::a_cancellation_forgets_no_consumed_approval"),
        (Fault::NamesNoConsumed, "consumed::the_same_action_names_the_approval_that_was_consumed"),
        (Fault::NamesNoConsumed, "consumed::a_request_beside_the_consuming_one_finds_its_approval"),
        (Fault::NamesTheOldestConsumed, "consumed::the_same_action_names_the_approval_that_was_consumed"),
        (Fault::NamesConsumedOfOthers, "consumed::the_same_action_names_the_approval_that_was_consumed"),
        (Fault::NamesConsumedWithoutTime, "consumed::the_same_action_names_the_approval_that_was_consumed"),
        (
            Fault::RemembersConsumedTooLong,
            "consumed::a_consumed_approval_is_remembered_as_long_as_its_action",
        ),
        (Fault::RemembersNoCompletion, "budgets::a_completed_number_is_remembered_as_long_as_requested"),
    ] {
        let broken = broken_by(fault).await;
        assert!(
            broken.contains(&detected),
            "{fault:?} must break {detected}, but the suite reports {broken:?}"
        );
    }
}

async fn each_fault_of_rows_is_detected() {
    for (fault, detected) in [
        (RowFault::WritesWithoutComparing, "grants::a_grant_is_consumed_only_once"),
        (RowFault::InsertsOverRows, "sends::only_one_of_many_concurrent_sends_is_reserved"),
        (RowFault::RetriesTheOldDecision, "grants::a_challenge_yields_exactly_one_grant"),
        (RowFault::CountsBudgetsWithoutComparing, "budgets::a_budget_allows_exactly_its_limit"),
        (RowFault::ReadsGrantsFromAReplica, "grants::a_grant_is_read_back_as_written"),
        (RowFault::IgnoresCase, "user_state::users_with_similar_identifiers_are_different"),
        (RowFault::IgnoresSpacesAtTheEnd, "user_state::users_with_similar_identifiers_are_different"),
        (RowFault::CutsLongIdentifiers, "user_state::users_with_similar_identifiers_are_different"),
        (RowFault::CutsAtAZeroByte, "user_state::users_with_similar_identifiers_are_different"),
        (RowFault::KeepsWholeSeconds, "attempts::a_challenge_ends_exactly_when_it_expires"),
        (RowFault::SweepsAnHourEarly, "attempts::a_challenge_ends_exactly_when_it_expires"),
        (RowFault::SweepsTheLiving, "attempts::a_challenge_accepts_exactly_its_attempts"),
        (RowFault::SweepsTheDisabled, "locks::a_disabled_user_stays_disabled"),
        (RowFault::KeepsEmptyRows, "leftovers::a_user_who_did_nothing_has_no_record"),
        (RowFault::RollsConsumptionBack, "grants::a_grant_is_consumed_only_once"),
        (RowFault::RevokesGrantsAlone, "revocations::a_revocation_ends_exactly_what_it_covers_at_once"),
        (RowFault::IgnoresTheScope, "grants::a_grant_is_valid_only_for_its_user_session_and_scope"),
        (RowFault::IgnoresTheApproval, "approvals::a_grant_is_for_one_action_or_for_none"),
        (RowFault::RedeemsWithoutEndingTheCode, "grants::a_challenge_yields_exactly_one_grant"),
    ] {
        let broken = broken_in_rows_by(fault).await;
        assert!(
            broken.contains(&detected),
            "{fault:?} must break {detected}, but the suite reports {broken:?}"
        );
    }
}
