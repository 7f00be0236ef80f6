//! Numbers that the app's check rejects [SEND-7].

use std::{io, time::Duration};

use async_trait::async_trait;
use mfakit::{
    BoxError, Channel, Clock as _, DeclaredScope, MfaBuilder, NumberCheck, NumberOnFile, PhoneNumber,
    number_check::{Answer, Facts, Inquiry, Moment, OnCheckErrors},
};
use serde_json::{Value, json};

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    cases::numbers::{enter, fill},
    world::{ALICES_NUMBER, World},
};

/// Check that decides by the last digits of the number.
struct ByDigits;

#[async_trait]
impl NumberCheck for ByDigits {
    async fn check(&self, inquiry: &Inquiry<'_>) -> Result<Answer, BoxError> {
        Ok(match (inquiry.number.last_two(), inquiry.moment) {
            ("10", _) => Answer::reject().with_facts(Facts::new().sim_swapped(true)),
            ("20", _) => Answer::another_way([Channel::Voice]),
            ("30", _) => Answer::another_way([]),
            ("40", _) => return Err(io::Error::other("the carrier is down").into()),
            ("50", Moment::Settled) => Answer::reject(),
            _ => Answer::accept(),
        })
    }
}

/// Numbers by the answer to them.
const REJECTED: &str = "+12025550110";
const BY_VOICE: &str = "+12025550120";
const NO_OTHER_WAY: &str = "+12025550130";
const UNKNOWN: &str = "+12025550140";
const UNSETTLED: &str = "+12025550150";

fn with_check(builder: MfaBuilder) -> MfaBuilder {
    let slow = DeclaredScope::new("slow", "be slow").settled(Duration::from_secs(60 * 60));
    builder.declare(slow).voice_to(["US"]).number_check(ByDigits, OnCheckErrors::default())
}

/// Puts a number on file that was confirmed a month ago.
fn on_file(w: &World, number: &str) {
    let month = Duration::from_secs(30 * 24 * 60 * 60);
    w.book.set("alice", NumberOnFile::new(PhoneNumber::new(number).unwrap(), w.clock.now() - month));
    w.advance(120);
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = at_enrollment();
    cases.extend(of_numbers_on_file());
    cases.into_iter().map(|case| case.dressed(with_check)).collect()
}

fn at_enrollment() -> Vec<Case> {
    vec![
        case(
            "a number that the check rejects is not accepted, in words that name no cause",
            |w| async move {
                for (number, reason, text) in [
                    (REJECTED, "not-accepted", "We can’t use this number. Enter another number."),
                    (
                        NO_OTHER_WAY,
                        "no-channel-left",
                        "None of the ways in which we send codes reaches this number. Enter another number.",
                    ),
                ] {
                    w.advance(120);
                    let heard = w.hear(enter(number).by(Who::Carol)).await;
                    let members = heard.problem(422, "number-rejected");
                    assert_eq!(members["reason"], reason, "{heard}");
                    assert!(!heard.text().contains("swap"), "{heard}");
                    w.advance(120);
                    let page = w.page(Who::Carol, "/mfa/number").await;
                    let html =
                        w.hear(fill(&page, &number.replace('+', "%2B")).by(Who::Carol)).await.page(422);
                    for part in [
                        text,
                        r#"data-mfa-state="rejected""#,
                        r#"aria-invalid="true""#,
                        &format!("value=\"{number}\""),
                    ] {
                        assert!(html.contains(part), "{part}: {html}");
                    }
                }
                assert!(w.provider.inner.inbox().is_empty());
                assert!(
                    w.log.text().contains("sim_swapped=true"),
                    "the facts are in the log: {}",
                    w.log.text()
                );
            },
        ),
        case("a number that the check accepts by voice only names the other channel", |w| async move {
            let heard = w.hear(enter(BY_VOICE).by(Who::Carol)).await;
            assert_eq!(heard.problem(422, "channel-unavailable")["channels"], json!(["voice"]));
            w.advance(120);
            let page = w.page(Who::Carol, "/mfa/number").await;
            let html = w.hear(fill(&page, &BY_VOICE.replace('+', "%2B")).by(Who::Carol)).await.page(422);
            assert!(html.contains("Please choose another option"), "{html}");
            w.advance(120);
            let call = Ask::json("/mfa/number", &json!({ "number": BY_VOICE, "channel": "voice" }));
            w.hear(call.by(Who::Carol)).await.status(201);
        }),
        case(
            "a check that fails at enrollment lets the code be sent, and an event reports it",
            |w| async move {
                w.hear(enter(UNKNOWN).by(Who::Carol)).await.status(201);
                assert!(w.log.text().contains("the carrier is down"), "{}", w.log.text());
            },
        ),
    ]
}

fn of_numbers_on_file() -> Vec<Case> {
    vec![
        case(
            "no code is sent to a number on file that the check rejects, for whatever cause",
            |w| async move {
                for (number, problem, text) in [
                    (REJECTED, "destination-refused", "We can’t send"),
                    (
                        NO_OTHER_WAY,
                        "no-channel-left",
                        "None of the ways in which we send codes reaches the phone number",
                    ),
                ] {
                    for scope in ["pay", "mfakit.manage"] {
                        on_file(&w, number);
                        let members = w.ask_for_code(Who::Alice, scope).await.problem(422, problem);
                        assert_eq!(members.get("channels"), None);
                    }
                    on_file(&w, number);
                    let page = w.page(Who::Alice, "/mfa/pay").await;
                    let ask = Ask::form("/mfa/pay/challenge", &page.fields("channel=voice"));
                    let html = w.hear(ask.by(Who::Alice)).await.page(422);
                    assert!(!html.contains("swap") && html.contains(text), "{html}");
                }
                assert!(w.provider.inner.inbox().is_empty());
            },
        ),
        case("the other channel that the check accepts is offered", |w| async move {
            on_file(&w, BY_VOICE);
            let members = w.ask_for_code(Who::Alice, "pay").await.problem(422, "channel-unavailable");
            assert_eq!(members["channels"], json!(["voice"]));
            w.advance(120);
            let page = w.page(Who::Alice, "/mfa/pay").await;
            let ask = Ask::form("/mfa/pay/challenge", &page.fields("channel=messaging"));
            let html = w.hear(ask.by(Who::Alice)).await.page(422);
            let state = r#"data-mfa-state="not-this-way""#;
            assert!(html.contains(state) && html.contains(r#"value="voice""#), "{html}");
            w.advance(120);
            let call = Ask::json("/mfa/pay/challenge", &json!({ "channel": "voice" }));
            w.hear(call.by(Who::Alice)).await.status(201);
        }),
        case("a number that no channel reaches has a page and a situation of its own", |w| async move {
            for scope in ["pay", "slow"] {
                on_file(&w, NO_OTHER_WAY);
                let page = w.page(Who::Alice, &format!("/mfa/{scope}")).await;
                let ask = Ask::form(&format!("/mfa/{scope}/challenge"), &page.fields("channel=messaging"));
                let html = w.hear(ask.by(Who::Alice)).await.page(422);
                let (state, title) = (
                    r#"data-mfa-state="no-channel""#,
                    "<title>Error: No way to send a code – The Bank</title>",
                );
                assert!(html.contains(state) && html.contains(title), "{html}");
                assert!(!html.contains("name=\"channel\""), "there is nothing to choose: {html}");
            }
            let after = Ask::get("/mfa/pay?after=messaging:no-channel-left").by(Who::Alice);
            let situation = w.hear(after).await.status(200).value();
            assert_eq!(
                (&situation["state"], &situation["channels"]),
                (&json!("no-channel"), &json!([])),
                "{situation}"
            );
            // A code that was sent before can still be entered.
            on_file(&w, ALICES_NUMBER);
            w.start(Who::Alice, "pay").await;
            let late = Ask::get("/mfa/pay?after=messaging:no-channel-left").by(Who::Alice);
            assert_eq!(w.hear(late).await.status(200).value()["state"], "not-this-way");
        }),
        case("a settled scope that the check rejects waits without a date", |w| async move {
            for number in [UNSETTLED, REJECTED] {
                on_file(&w, number);
                let members = w.ask_for_code(Who::Alice, "slow").await.problem(409, "settling");
                assert_eq!(members["until"], Value::Null);
                w.advance(120);
                let page = w.page(Who::Alice, "/mfa/slow").await;
                let ask = Ask::form("/mfa/slow/challenge", &page.fields("channel=messaging"));
                let html = w.hear(ask.by(Who::Alice)).await.page(409);
                let state = r#"data-mfa-state="settling""#;
                assert!(html.contains(state) && html.contains("right now"), "{html}");
                assert!(!html.contains("before") && !html.contains("{date}"), "{html}");
            }
            w.advance(120);
            on_file(&w, UNSETTLED);
            w.ask_for_code(Who::Alice, "pay").await.status(201);
        }),
        case("a check that fails keeps a settled scope closed, and leaves the others open", |w| async move {
            on_file(&w, UNKNOWN);
            let heard = w.ask_for_code(Who::Alice, "slow").await;
            heard.problem(503, "unavailable");
            assert!(heard.retry_after() > 0);
            w.advance(120);
            w.ask_for_code(Who::Alice, "pay").await.status(201);
        }),
        case(
            "a code for a settled scope is not compared if the check rejects the number by then",
            |w| async move {
                on_file(&w, ALICES_NUMBER);
                let started = w.start(Who::Alice, "slow").await;
                on_file(&w, UNSETTLED);
                let heard = w.type_code(Who::Alice, "slow", &started.challenge, &started.code).await;
                heard.problem(410, "challenge-over");
            },
        ),
    ]
}
