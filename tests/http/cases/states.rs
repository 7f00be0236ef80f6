//! The states of the page. Each has its own status, title and text.

use mfakit::{Policy, provider::ProviderErrorKind};

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    faults::Fault,
    heard::Heard,
    world::{Page, Started, World},
};

/// Returns the title.
fn title(html: &str) -> &str {
    let (_, rest) = html.split_once("<title>").expect("a page has a title");
    rest.split_once("</title>").unwrap().0
}

/// Returns the state that the page names.
fn state(html: &str) -> &str {
    let (_, rest) = html.split_once("data-mfa-state=\"").expect("a page of ours says its state");
    rest.split('"').next().unwrap()
}

#[track_caller]
fn shows(heard: &Heard, status: u16, name: &str, says: &[&str]) -> String {
    let html = heard.page(status);
    assert_eq!(state(&html), name, "{html}");
    for words in says {
        assert!(html.contains(words), "{words:?} in {html}");
    }
    html
}

async fn look(w: &World, who: Who, target: &str) -> Heard {
    w.hear(Ask::get(target).navigating().by(who)).await
}

/// Requests a code on the page, like a user.
async fn ask_on_page(w: &World, who: Who, channel: &str) -> Heard {
    let page = Page::read(look(w, who, "/mfa/pay").await.text());
    w.hear(Ask::form("/mfa/pay/challenge", &page.fields(&format!("channel={channel}"))).by(who)).await
}

/// Enters a code on the page, like a user.
async fn type_on_page(w: &World, code: &str) -> Heard {
    let page = w.page(Who::Alice, "/mfa/pay").await;
    w.hear(Ask::form("/mfa/pay/verify", &page.fields(&format!("code={code}"))).by(Who::Alice)).await
}

/// Submits a code with an earlier form, regardless of the current state of its challenge.
async fn type_late(w: &World, late: impl AsyncFnOnce(&Started)) -> Heard {
    let started = w.start(Who::Alice, "pay").await;
    let page = w.page(Who::Alice, "/mfa/pay").await;
    late(&started).await;
    w.hear(Ask::form("/mfa/pay/verify", &page.fields(&format!("code={}", started.code))).by(Who::Alice)).await
}

const LOCKED: &str = "To protect your account, we won’t send or accept codes";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case("before anything is sent the page says why, for how long and where to", |w| async move {
            let heard = look(&w, Who::Alice, "/mfa/pay").await;
            let says = [
                "Enter a code to make a payment.",
                "asked again for 10 minutes",
                "your phone number •••34",
                "Cancel",
            ];
            let html = shows(&heard, 200, "ask", &says);
            assert_eq!(title(&html), "Confirm it’s you – The Bank");
            assert!(!html.contains("name=\"code\"") && !html.contains("role=\"alert\""), "{html}");
        }),
        case(
            "with a code on its way the page says where to, for how long and how many attempts are left",
            |w| async move {
                ask_on_page(&w, Who::Alice, "messaging").await.goes_to("/mfa/pay");
                w.advance(10);
                let heard = look(&w, Who::Alice, "/mfa/pay").await;
                let says = [
                    "We sent a text message to •••34.",
                    "Enter the latest 6-digit code.",
                    "expires in 5 minutes",
                    "5 attempts left.",
                    "You can request a new code in <span>20 seconds</span>.",
                    "data-mfa-wait=\"20\"",
                    "data-mfa-expires=\"290\"",
                    "Text me again",
                ];
                let html = shows(&heard, 200, "sent", &says);
                assert_eq!(title(&html), "Enter your code – The Bank");
            },
        ),
        case("the page of a wrong code names the field and the next step", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            let heard = type_on_page(&w, &started.wrong_code()).await;
            let says = [
                "That code isn’t right.",
                "aria-invalid=\"true\"",
                "aria-describedby=\"mfa-notice mfa-hint\"",
            ];
            let html = shows(&heard, 422, "wrong", &says);
            assert_eq!(title(&html), "Error: Wrong code – The Bank");
            assert!(html.contains("role=\"alert\" id=\"mfa-notice\""), "{html}");
        }),
        case("the last wrong code removes the field, and the page offers a new code", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            for _ in 0..4 {
                type_on_page(&w, &started.wrong_code()).await.page(422);
            }
            let html = w.page(Who::Alice, "/mfa/pay").await.html;
            assert!(html.contains("1 attempt left."), "{html}");
            let heard = type_on_page(&w, &started.wrong_code()).await;
            let html = shows(&heard, 422, "wrong", &["there are no attempts left", "Send me a text message"]);
            assert!(!html.contains("name=\"code\""), "{html}");
        }),
        case("the page of a code with a letter describes the format of a code", |w| async move {
            w.start(Who::Alice, "pay").await;
            let html = shows(&type_on_page(&w, "12345a").await, 422, "malformed", &["Enter all 6 digits"]);
            assert_eq!(title(&html), "Error: Check the code – The Bank");
        }),
        case(
            "a code that is entered too late has expired, and a new one is one click away",
            |w| async move {
                let heard = type_late(&w, async |_| w.advance(300)).await;
                let html = shows(&heard, 410, "over", &["That code has expired", "Send me a text message"]);
                assert_eq!(title(&html), "Error: This code no longer works – The Bank");
                assert!(!html.contains("http-equiv"), "it waits for the user: {html}");
            },
        ),
        case("a code that was replaced is over, and the new one can be entered", |w| async move {
            let heard = type_late(&w, async |_| {
                w.advance(30);
                w.start(Who::Alice, "pay").await;
            })
            .await;
            shows(&heard, 410, "over", &["That code has expired", "name=\"code\""]);
        }),
        case(
            "a user who requests a code too soon is told the wait, and can enter the code at hand",
            |w| async move {
                w.start(Who::Alice, "pay").await;
                let heard = ask_on_page(&w, Who::Alice, "messaging").await;
                let html = shows(&heard, 429, "too-soon", &["Please wait 30 seconds", "name=\"code\""]);
                assert_eq!(title(&html), "Error: Please wait a moment – The Bank");
                assert_eq!(heard.header("retry-after"), Some("30"));
            },
        ),
        case("a user who requested too many codes is told the wait", |w| async move {
            for _ in 0..3 {
                w.start(Who::Alice, "pay").await;
                w.advance(130);
            }
            let heard = ask_on_page(&w, Who::Alice, "messaging").await;
            shows(&heard, 429, "spent", &["We can’t send another code"]);
        })
        .limited(Policy::default),
        case("the page of a locked user says for how long, and has no form", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            let heard = type_on_page(&w, &started.wrong_code()).await;
            let html = shows(&heard, 422, "locked", &[LOCKED, "try again in 30 minutes."]);
            assert_eq!(title(&html), "Error: Temporarily locked – The Bank");
            assert!(!html.contains("<form"), "{html}");
            w.advance(60);
            shows(&look(&w, Who::Alice, "/mfa/pay").await, 200, "locked", &["try again in 29 minutes."]);
        })
        .limited(|| Policy::default().lock_after(1)),
        case("the page of a disabled user says that waiting does not help", |w| async move {
            for _ in 0..2 {
                let started = w.start(Who::Alice, "pay").await;
                type_on_page(&w, &started.wrong_code()).await.status(422);
                w.advance(1800);
            }
            let heard = look(&w, Who::Alice, "/mfa/pay").await;
            let html = shows(&heard, 200, "disabled", &[LOCKED, "contact us"]);
            assert!(!html.contains("<form") && title(&html).starts_with("Error: Locked"), "{html}");
        })
        .limited(|| Policy::default().lock_after(1).disable_after(2)),
        case("a user without a number on file is told at once", |w| async move {
            let heard = look(&w, Who::Carol, "/mfa/pay").await;
            let html = shows(&heard, 200, "no-number", &["no phone number on your account"]);
            assert_eq!(title(&html), "Error: No phone number on file – The Bank");
            assert!(!html.contains("<form"), "{html}");
        }),
        case(
            "a user whose number on file is invalid is told the same as one without a number",
            |w| async move {
                w.phones.enter("alice", "+19195551234");
                let page = w.page(Who::Alice, "/mfa/pay").await;
                for unreadable in ["(919) 555-1234", "+119195551234", "n/a", ""] {
                    w.phones.enter("alice", unreadable);
                    let heard = look(&w, Who::Alice, "/mfa/pay").await;
                    let html = shows(&heard, 200, "no-number", &["no phone number on your account"]);
                    assert!(!html.contains("<form"), "{html}");
                    let ask = Ask::form("/mfa/pay/challenge", &page.fields("channel=messaging"));
                    shows(&w.hear(ask.by(Who::Alice)).await, 409, "no-number", &[]);
                    w.ask_for_code(Who::Alice, "pay").await.problem(409, "no-number");
                }
                assert_eq!(w.provider.inner.sends(), 0);
            },
        ),
        case("a user whose number was removed meanwhile is told", |w| async move {
            let page = w.page(Who::Alice, "/mfa/pay").await;
            w.phones.strike("alice");
            let ask = Ask::form("/mfa/pay/challenge", &page.fields("channel=messaging"));
            shows(&w.hear(ask.by(Who::Alice)).await, 409, "no-number", &[]);
        }),
        case("a user whose number gets no codes is told at once, and offered none", |w| async move {
            let heard = look(&w, Who::Dave, "/mfa/pay").await;
            let html = shows(&heard, 200, "refused", &["can’t send codes to the phone number"]);
            assert_eq!(title(&html), "Error: We can’t send a code – The Bank");
            assert!(!html.contains("<form"), "{html}");
        }),
        case(
            "a user whose number gets no calls can still request a text message, and enter its code",
            |w| async move {
                let heard = ask_on_page(&w, Who::Dave, "voice").await;
                shows(&heard, 422, "not-this-way", &["can’t send a code that way", "Send me a text message"]);
                ask_on_page(&w, Who::Dave, "messaging").await.goes_to("/mfa/pay");
                w.advance(30);
                shows(&ask_on_page(&w, Who::Dave, "voice").await, 422, "not-this-way", &["name=\"code\""]);
            },
        )
        .dressed(|builder| builder.messaging_to(["US", "GB"]).voice_to(["US"])),
        case("a channel that is not offered is rejected on the page", |w| async move {
            let heard = ask_on_page(&w, Who::Alice, "voice").await;
            shows(&heard, 422, "not-this-way", &["can’t send a code that way", "Send me a text message"]);
        }),
        case("if the provider does not send, the page says so and when to try again", |w| async move {
            w.provider.inner.fail_next_send(ProviderErrorKind::Failed);
            let heard = ask_on_page(&w, Who::Alice, "messaging").await;
            let says = ["a problem with the phone service.", "in <span>30 seconds</span>"];
            let html = shows(&heard, 502, "send-failed", &says);
            assert_eq!(title(&html), "Error: We couldn’t send the code – The Bank");
        }),
        case("if the provider does not check, the code can be entered again", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            w.provider.inner.fail_next_verify(ProviderErrorKind::Failed);
            let heard = type_on_page(&w, &started.code).await;
            let html = shows(&heard, 502, "check-failed", &["enter it again", "name=\"code\""]);
            assert_eq!(title(&html), "Error: We couldn’t check the code – The Bank");
            assert!(!html.contains("aria-invalid"), "the field is not to blame: {html}");
        }),
        case(
            "if the provider never checks, the page without a field does not say to enter a code",
            |w| async move {
                let started = w.start(Who::Alice, "pay").await;
                for _ in 0..4 {
                    w.provider.inner.fail_next_verify(ProviderErrorKind::Failed);
                    type_on_page(&w, &started.code).await.status(502);
                }
                w.provider.inner.fail_next_verify(ProviderErrorKind::Failed);
                let heard = type_on_page(&w, &started.code).await;
                let html =
                    shows(&heard, 502, "check-failed", &["Request a new one", "Send me a text message"]);
                assert!(!html.contains("name=\"code\"") && !html.contains("enter it again"), "{html}");
            },
        ),
        case("a code with a letter that is entered too late is reported as expired", |w| async move {
            w.start(Who::Alice, "pay").await;
            let page = w.page(Who::Alice, "/mfa/pay").await;
            w.advance(300);
            let ask = Ask::form("/mfa/pay/verify", &page.fields("code=12345a")).by(Who::Alice);
            let html = shows(&w.hear(ask).await, 422, "malformed", &["Request a new one"]);
            assert!(!html.contains("Enter all"), "{html}");
        }),
        case(
            "after an outage of the store, a user who starts again still reaches the target",
            |w| async move {
                let rejected = look(&w, Who::Alice, "/settings?tab=2").await;
                let target = rejected.header("location").unwrap().to_owned();
                w.store.fault.set(Fault::Errs);
                let heard = look(&w, Who::Alice, &target).await;
                shows(&heard, 503, "refusal", &[&format!("href=\"{target}\">Start over")]);
            },
        ),
        case("if the store is unavailable, the page does not blame the user", |w| async move {
            w.store.fault.set(Fault::Errs);
            let heard = look(&w, Who::Alice, "/mfa/pay").await;
            let html = shows(&heard, 503, "refusal", &["sorry about that"]);
            assert_eq!(title(&html), "Error: This isn’t available right now – The Bank");
            assert!(heard.header("retry-after").is_some());
        }),
        case("if the directory is unavailable, the page is still shown", |w| async move {
            w.phones.fault.set(Fault::Errs);
            let heard = look(&w, Who::Alice, "/mfa/pay").await;
            shows(&heard, 200, "ask", &["the phone number we have on file"]);
        }),
        case("an outdated form leads to the current page", |w| async move {
            let heard =
                w.hear(Ask::form("/mfa/pay/challenge", "token=x&channel=messaging").by(Who::Alice)).await;
            let says = ["This form has expired", "Nothing was changed", "href=\"/mfa/pay\">Start over"];
            shows(&heard, 403, "refusal", &says);
        }),
        case("a page for an address without a route says so", |w| async move {
            let heard = look(&w, Who::Alice, "/mfa/nothing").await;
            shows(&heard, 404, "refusal", &["Page not found", "href=\"/\">Back to The Bank"]);
        }),
    ];
    cases.extend(done());
    cases
}

/// States after a right code, with and without its cookie.
fn done() -> Vec<Case> {
    vec![
        case(
            "a user with a confirmation is told how long it lasts, and can continue or revoke it",
            |w| async move {
                let rejected = look(&w, Who::Alice, "/settings?tab=2").await;
                let target = rejected.header("location").unwrap().to_owned();
                let cookie = w.elevate(Who::Alice, "settings").await;
                w.advance(60);
                let heard = w.hear(Ask::get(&target).navigating().by(Who::Alice).cookie(&cookie)).await;
                let says = [
                    "confirmed for another 9 minutes",
                    "href=\"/settings?tab=2\">Continue",
                    "/mfa/settings/drop",
                ];
                let html = shows(&heard, 200, "done", &says);
                assert_eq!(title(&html), "Confirmed – The Bank");
                assert!(!html.contains("/challenge"), "{html}");
                w.hear(Ask::get("/settings?tab=2").navigating().by(Who::Alice).cookie(&cookie))
                    .await
                    .passed();
                let page = Page::read(html);
                let ask = Ask::form("/mfa/settings/drop", &format!("token={}", page.token));
                w.hear(ask.by(Who::Alice).cookie(&cookie)).await.goes_to("/");
                w.hear(Ask::get("/settings").navigating().by(Who::Alice).cookie(&cookie))
                    .await
                    .goes_to_page("settings");
            },
        ),
        case(
            "a user whose confirmation is too old for a route is prompted again, and never redirected in a circle",
            |w| async move {
                let cookie = w.elevate(Who::Alice, "pay").await;
                w.advance(301);
                let heard = w.hear(Ask::get("/mfa/pay").navigating().by(Who::Alice).cookie(&cookie)).await;
                shows(&heard, 200, "done", &["another 5 minutes"]);
                let ask =
                    Ask::post("/pay").navigating().urlencoded("amount=1").by(Who::Alice).cookie(&cookie);
                let rejected = w.hear(ask).await;
                rejected.goes_to_page("pay");
                let target = rejected.header("location").unwrap();
                let heard = w.hear(Ask::get(target).navigating().by(Who::Alice).cookie(&cookie)).await;
                shows(&heard, 200, "ask", &["You won’t be asked again for 5 minutes."]);
            },
        ),
        case("the page says if a code counts once", |w| async move {
            let ask = Ask::post("/once/attribute").navigating().urlencoded("amount=1").by(Who::Alice);
            let rejected = w.hear(ask).await;
            let target = rejected.header("location").unwrap().to_owned();
            shows(&look(&w, Who::Alice, &target).await, 200, "ask", &["You’ll need a new code each time."]);
        }),
        case("a browser that did not keep the cookie is told, if it was just set", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            let rejected = look(&w, Who::Alice, "/settings").await;
            let target = rejected.header("location").unwrap().to_owned();
            let heard = look(&w, Who::Alice, &target).await;
            let says = ["Allow cookies for this site", "Send me a text message"];
            let html = shows(&heard, 200, "unkept", &says);
            assert_eq!(title(&html), "Error: Please allow cookies – The Bank");
            let kept = w.hear(Ask::get(&target).navigating().by(Who::Alice).cookie(cookie)).await;
            shows(&kept, 200, "done", &[]);
            w.advance(121);
            shows(&look(&w, Who::Alice, &target).await, 200, "ask", &[]);
        }),
        case("another session without the cookie is not told about one", |w| async move {
            w.elevate(Who::Alice, "settings").await;
            shows(&look(&w, Who::AliceElsewhere, "/mfa/settings").await, 200, "ask", &[]);
            shows(&look(&w, Who::Bob, "/mfa/settings").await, 200, "ask", &[]);
        }),
        case(
            "canceling leads back to the previous page, and never to a route that rejects the user",
            |w| async move {
                for (target, referer, back) in [
                    ("/settings", Some("https://bank.example/public"), "/public"),
                    ("/settings", Some("https://bank.example/settings"), "/"),
                    ("/settings", Some("https://bank.example/mfa/settings"), "/"),
                    ("/settings", Some("https://evil.example/public"), "/"),
                    ("/settings", None, "/"),
                ] {
                    let ask = Ask::get(target).navigating().by(Who::Alice);
                    let ask = referer.into_iter().fold(ask, |ask, referer| ask.header("referer", referer));
                    let rejected = w.hear(ask).await;
                    let html = look(&w, Who::Alice, rejected.header("location").unwrap()).await.page(200);
                    let cancel = format!("<a data-mfa-cancel href=\"{back}\">Cancel</a>");
                    assert!(html.contains(&cancel), "{target} from {referer:?}: {html}");
                }
                let ask = Ask::post("/pay").navigating().urlencoded("amount=1").by(Who::Alice);
                let rejected = w.hear(ask.header("referer", "https://bank.example/orders")).await;
                let html = look(&w, Who::Alice, rejected.header("location").unwrap()).await.page(200);
                assert!(html.contains("<a data-mfa-cancel href=\"/orders\">Cancel</a>"), "{html}");
            },
        ),
    ]
}
