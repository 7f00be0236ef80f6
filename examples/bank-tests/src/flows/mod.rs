//! Flows of users and programs through a bank, each of which is a test.
#![allow(missing_docs, reason = "the name of a flow describes it")]

pub mod approvals;
pub mod broken_store;
pub mod clock;
pub mod forged;
pub mod ledger;
pub mod logs;
pub mod notices;
pub mod numbers;
pub mod start_up;
pub mod unread_body;
pub mod with_forms;
pub mod with_json;
pub mod words;

/// Generates a test for every flow, in modules of the same names. `$candidate` is the path of a
/// [`Candidate`](crate::Candidate) in the calling crate.
#[macro_export]
macro_rules! every_flow {
    ($candidate:path) => {
        $crate::tests! {
            $candidate:
            approvals {
                what_was_approved_is_what_runs,
                an_equal_order_moves_what_was_approved_once,
                two_tabs_approve_their_own_orders_in_either_order,
                an_order_without_a_grant_names_its_approval,
                an_order_with_a_mistake_costs_nothing,
            }
            broken_store {
                without_the_store_no_request_passes_but_sign_out_works,
            }
            clock {
                settings_prompt_again_after_five_minutes_and_reports_after_ten,
                after_an_old_sign_in_a_customer_signs_in_again_and_adds_a_number,
                when_bandwidth_fails_a_user_can_try_again_but_does_not_pass_without_a_code,
            }
            forged {
                a_form_of_another_site_changes_nothing,
                the_bank_works_the_same_under_localhost,
            }
            ledger {
                an_invalid_transfer_returns_the_form,
                of_two_concurrent_transfers_with_one_approval_only_one_succeeds,
                settings_are_saved,
            }
            logs {
                the_log_at_trace_contains_no_secret,
                the_log_records_the_use_of_the_codes,
            }
            notices {
                a_customer_is_notified_of_a_change_by_one_e_mail,
                a_customer_is_notified_of_each_step_of_a_recovery_by_e_mail,
                without_an_e_mail_no_number_is_changed,
                without_a_mail_server_the_e_mail_is_in_the_log,
            }
            numbers {
                a_customer_without_a_number_adds_one,
                a_customer_replaces_and_removes_a_number,
                a_customer_who_lost_the_phone_replaces_its_number,
            }
            start_up {
                a_port_in_use_is_reported_in_one_line,
                incomplete_settings_for_bandwidth_are_an_error,
                an_environment_without_its_account_does_not_start_the_emulator,
                the_emulator_starts_on_request,
                a_redis_without_a_secret_is_an_error,
                an_unreachable_redis_is_reported_in_one_line,
                a_database_that_cannot_be_used_is_reported_in_one_line,
                it_stops_on_a_signal_even_with_a_page_open,
                the_service_that_the_environment_names_is_used,
                without_voice_no_call_is_offered,
            }
            unread_body {
                a_rejection_does_not_wait_for_the_body,
            }
            with_forms {
                a_user_is_prompted_for_a_code_and_returned,
                an_approved_transfer_is_sent_with_one_button,
                without_a_session_pages_redirect_to_sign_in_and_scripts_get_a_401,
                a_wrong_password_returns_the_form_with_the_name,
                the_session_changes_its_id_at_sign_in_and_ends_at_sign_out,
                every_page_has_a_strict_policy,
            }
            with_json {
                a_rejection_states_how_to_get_a_code_which_then_passes,
                a_grant_is_for_its_scope_and_session_and_needs_its_cookie,
                the_report_is_behind_a_layer,
                the_number_is_sent_only_to_bandwidth,
            }
            words {
                message_call_and_page_name_the_same_amount_and_payee,
                no_payee_breaks_message_call_or_page,
            }
        }
    };
}

/// Generates tests with these modules and names.
#[doc(hidden)]
#[macro_export]
macro_rules! tests {
    ($candidate:path: $($module:ident { $($flow:ident,)+ })+) => {$(
        mod $module {$(
            #[tokio::test]
            async fn $flow() {
                $crate::flows::$module::$flow(&$candidate).await;
            }
        )+}
    )+};
}

#[test]
fn the_list_contains_every_flow() {
    let list = include_str!("mod.rs");
    for source in [
        include_str!("approvals.rs"),
        include_str!("broken_store.rs"),
        include_str!("clock.rs"),
        include_str!("forged.rs"),
        include_str!("ledger.rs"),
        include_str!("logs.rs"),
        include_str!("notices.rs"),
        include_str!("numbers.rs"),
        include_str!("start_up.rs"),
        include_str!("unread_body.rs"),
        include_str!("with_forms.rs"),
        include_str!("with_json.rs"),
        include_str!("words.rs"),
    ] {
        for rest in source.lines().filter_map(|line| line.strip_prefix("pub async fn ")) {
            let (flow, _) = rest.split_once('(').unwrap();
            assert!(list.contains(&format!(" {flow},\n")), "{flow} is not in the list");
        }
    }
}
