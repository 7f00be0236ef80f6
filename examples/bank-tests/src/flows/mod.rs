//! What people and programs do with a bank, and what must come of it.
#![allow(missing_docs, reason = "the name of a flow is a sentence that says it")]

pub mod broken_store;
pub mod clock;
pub mod forged;
pub mod ledger;
pub mod logs;
pub mod start_up;
pub mod unread_body;
pub mod with_forms;
pub mod with_json;

/// A test for every flow, in modules of the same names. In the crate that calls it, `$candidate` is the path of
/// its [`Candidate`](crate::Candidate).
#[macro_export]
macro_rules! every_flow {
    ($candidate:path) => {
        $crate::tests! {
            $candidate:
            broken_store {
                without_the_store_nobody_passes_and_everybody_can_log_out,
            }
            clock {
                settings_ask_again_after_five_minutes_and_transfers_after_ten,
                when_bandwidth_fails_a_person_may_try_again_and_gets_nowhere_without_a_code,
            }
            forged {
                a_form_of_another_site_changes_nothing,
                the_bank_is_the_same_by_its_other_name,
            }
            ledger {
                a_transfer_that_cannot_be_is_the_form_again,
                of_two_transfers_at_once_with_one_code_one_goes_through,
                settings_stay_as_they_were_chosen,
            }
            logs {
                the_log_at_trace_has_no_secret,
                the_log_tells_what_became_of_the_codes,
            }
            start_up {
                a_port_in_use_is_said_in_one_line,
                half_of_bandwidths_settings_is_a_mistake,
                an_environment_that_lost_its_account_starts_no_emulator,
                the_emulator_starts_when_it_is_asked_for,
                a_redis_without_a_secret_is_a_mistake,
                a_redis_that_is_down_is_said_in_one_line,
                it_stops_when_told_even_with_a_page_open,
                the_service_that_the_environment_names_is_used,
                without_voice_nobody_is_offered_a_call,
            }
            unread_body {
                a_refusal_waits_for_no_byte_of_the_body,
            }
            with_forms {
                a_person_is_asked_for_a_code_and_led_back,
                after_a_refused_transfer_people_are_back_at_the_form,
                nobody_is_sent_to_the_login_page_and_a_script_is_told,
                a_wrong_password_brings_the_form_back_with_the_name_in_it,
                the_session_changes_its_id_at_login_and_ends_at_logout,
                every_page_is_strict_about_what_it_may_do,
            }
            with_json {
                a_refusal_says_what_to_do_and_a_code_does_it,
                a_grant_is_for_its_scope_and_log_in_and_needs_its_cookie,
                the_report_is_behind_a_layer,
                the_number_goes_to_bandwidth_and_nowhere_else,
            }
        }
    };
}

/// Tests of these modules and names.
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
fn the_list_has_every_flow() {
    let list = include_str!("mod.rs");
    for source in [
        include_str!("broken_store.rs"),
        include_str!("clock.rs"),
        include_str!("forged.rs"),
        include_str!("ledger.rs"),
        include_str!("logs.rs"),
        include_str!("start_up.rs"),
        include_str!("unread_body.rs"),
        include_str!("with_forms.rs"),
        include_str!("with_json.rs"),
    ] {
        for rest in source.lines().filter_map(|line| line.strip_prefix("pub async fn ")) {
            let (flow, _) = rest.split_once('(').unwrap();
            assert!(list.contains(&format!(" {flow},\n")), "{flow} is run by nobody");
        }
    }
}
