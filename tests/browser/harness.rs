//! Tests of the harness: it notices what the other tests rely on. One framework is enough for that.

use std::time::Duration;

use mfakit::Policy;
use thirtyfour::Key;

use crate::{
    bank::{BankServer, Framework},
    driver,
    elsewhere::Elsewhere,
    on_both::run,
    selectors::{CALL, SEND_TEXT},
    visitor::Visitor,
};

#[test]
fn an_error_and_a_breach_of_the_policy_are_complaints() {
    run(Framework::Axum, "complaints", async |_: &BankServer, alice: &Visitor| {
        for (html, complaint) in [
            ("<script>console.error('on fire')</script>", "on fire"),
            ("<script>nothing.at.all</script>", "nothing is not defined"),
            ("<img src='/missing.png'>", "404"),
            (
                "<meta http-equiv='content-security-policy' content=\"default-src 'none'\"><p style='color: red'>",
                "content-security-policy: style-src-attr stopped inline",
            ),
        ] {
            let page = Elsewhere::with(format!("<!doctype html>{html}")).await;
            alice.open(&page.on_the_same_site()).await;
            alice.wait_for_complaint(complaint).await;
            let again = alice.complaints().await;
            assert!(!again.iter().any(|said| said.contains(complaint)), "told twice: {again:?}");
        }
    });
}

#[test]
fn axe_finds_barriers() {
    run(Framework::Axum, "axe", async |_: &BankServer, alice: &Visitor| {
        let html = "<!doctype html><title>-</title><main><h1>-</h1><input name='unlabelled'></main>
            <script>document.title = 'scripted'</script>";
        let page = Elsewhere::with(html).await;
        alice.turn_javascript_off().await;
        alice.open(&page.on_the_same_site()).await;
        let findings = alice.axe_findings().await;
        assert!(findings.contains("label: ") && findings.contains("name=\"unlabelled\""), "{findings}");
        assert!(findings.contains("html-has-lang: "), "{findings}");
        alice.open(&page.on_another_site()).await;
        assert_eq!(alice.title().await, "-", "scripts are as they were");
    });
}

#[test]
fn the_page_sees_the_settings_of_its_browser() {
    run(Framework::Axum, "equipment", async |_: &BankServer, alice: &Visitor| {
        let html = "<!doctype html><title>off</title><div style='width: 321px'>wide</div>
            <script>document.title = 'on'</script>";
        let page = Elsewhere::with(html).await;
        for (width, sideways) in [(360, false), (320, true)] {
            alice.window(width, 640).await;
            alice.open(&page.on_the_same_site()).await;
            alice.wait_for("div").await;
            assert_eq!(alice.script("return innerWidth").await, width);
            assert_eq!(alice.script("return document.documentElement.clientWidth").await, width);
            alice.script("document.body.style.margin = 0").await;
            assert_eq!(alice.scrolls_sideways().await, sideways, "{width}");
        }
        for scheme in ["light", "dark"] {
            alice.prefers(scheme).await;
            let asked = format!("return matchMedia('(prefers-color-scheme: {scheme})').matches");
            assert_eq!(alice.script(&asked).await, true, "{scheme}");
        }

        alice.turn_javascript_off().await;
        alice.reload().await;
        assert_eq!(alice.title().await, "off");
        alice.turn_javascript_on().await;
        alice.reload().await;
        assert_eq!(alice.title().await, "on");

        for online in [false, true] {
            if online {
                alice.go_online().await;
            } else {
                alice.go_offline().await;
            }
            let is_told = async || alice.script("return navigator.onLine").await == online;
            alice.wait_until("the page is told", is_told).await;
            let fetched = "return fetch(location.href).then(() => true, () => false)";
            assert_eq!(alice.script(fetched).await, online);
        }
    });
}

#[test]
fn the_keyboard_moves_the_focus() {
    run(Framework::Axum, "keyboard", async |_: &BankServer, alice: &Visitor| {
        alice.log_in("alice").await;
        alice.open("/mfa/settings").await;
        alice.wait_for_focus("body").await;
        alice.press(Key::Tab).await;
        alice.wait_for_focus("button[name=channel][value=messaging]").await;
        alice.press(Key::Tab).await;
        alice.wait_for_focus("button[name=channel][value=voice]").await;
        alice.press_with(Key::Shift, Key::Tab).await;
        alice.wait_for_focus("button[name=channel][value=messaging]").await;
        alice.press(Key::Enter).await;
        alice.wait_for_text("main", "We sent a text message").await;
    });
}

#[test]
fn an_action_on_an_element_that_is_not_ready_happens_once() {
    run(Framework::Axum, "not-ready", async |_: &BankServer, alice: &Visitor| {
        for (what, begin, end) in [
            ("covered", "cover.hidden = false", "cover.hidden = true"),
            ("disabled", "set.disabled = true", "set.disabled = false"),
            ("busy", "form.ariaBusy = true", "form.ariaBusy = null"),
            ("hidden", "form.hidden = true", "form.hidden = false"),
        ] {
            let html = format!(
                "<!doctype html><div id='cover' style='position: fixed; inset: 0' hidden></div>
                <form id='form'><fieldset id='set'><input id='field'><button>Act</button></fieldset></form>
                <p id='done'></p><script>
                    form.addEventListener('submit', event => {{
                        event.preventDefault();
                        done.textContent += field.value + '.';
                    }});
                    {begin};
                    field.value = 'before';
                    setTimeout(() => {{ {end} }}, 500);
                </script>"
            );
            let page = Elsewhere::with(html).await;
            alice.open(&page.on_the_same_site()).await;
            alice.click("button").await;
            alice.type_into("#field", "after").await;
            alice.click("button").await;
            assert_eq!(alice.property("#done", "textContent").await, "before.after.", "{what}");
        }
    });
}

#[test]
fn an_element_that_is_replaced_during_an_action_is_found_again() {
    run(Framework::Axum, "replaced", async |_: &BankServer, alice: &Visitor| {
        let html = "<!doctype html><main><input><button>Act</button></main><script>
            let left = 300;
            const replace = () => {
                const main = document.querySelector('main');
                main.replaceChildren(...[...main.children].map(child => child.cloneNode(true)));
                if (--left) setTimeout(replace); else document.title = 'settled';
            };
            replace();
        </script>";
        let page = Elsewhere::with(html).await;
        alice.open(&page.on_the_same_site()).await;
        for _ in 0..20 {
            alice.click("button").await;
            alice.type_into("input", "1234").await;
        }
        alice.wait_until("the page is settled", async || alice.title().await == "settled").await;
        alice.type_into("input", "5678").await;
        assert_eq!(alice.value("input").await, "5678");
    });
}

#[test]
fn an_element_of_the_next_page_is_not_found_on_the_previous_one() {
    run(Framework::Axum, "next", async |_: &BankServer, alice: &Visitor| {
        let html = "<!doctype html><main><button>Next</button></main><script>
            let page = 1;
            document.title = page;
            addEventListener('click', () => setTimeout(() => {
                document.title = ++page;
                document.body.replaceWith(document.body.cloneNode(true));
            }, 300));
        </script>";
        let page = Elsewhere::with(html).await;
        alice.open(&page.on_the_same_site()).await;
        alice.click_through("button").await;
        assert_eq!(alice.title().await, "2");
        alice.to_next_page(async || alice.click("button").await).await;
        assert_eq!(alice.title().await, "3");
    });
}

#[test]
fn the_clock_of_a_page_stands_still_until_time_passes() {
    run(Framework::Axum, "clock", async |_: &BankServer, alice: &Visitor| {
        let page = Elsewhere::with("<!doctype html><script>begun = Date.now()</script><p>here").await;
        alice.open(&page.on_the_same_site()).await;
        let later = "return new Promise(then => setTimeout(() => then(Date.now() - begun), 50))";
        assert_eq!(alice.script(later).await, 0);
        alice.time_passes(Duration::from_secs(2 * 60)).await;
        assert_eq!(alice.script(later).await, 120_000);
    });
}

#[test]
fn every_request_is_recorded_with_its_answer() {
    run(Framework::Axum, "requests", async |_: &BankServer, alice: &Visitor| {
        alice.log_in("alice").await;
        alice.record_requests().await;
        alice.open("/settings").await;
        alice.wait_until_path("/mfa/settings").await;
        assert_eq!(alice.wait_for_answer("GET", "/settings").await.status, Some(303));
        assert_eq!(alice.wait_for_answer("GET", "/mfa/settings").await.status, Some(200));
        assert_eq!(alice.wait_for_answer("GET", "/mfa/-/page.css").await.status, Some(200));
        let requests = alice.requests().await;
        assert!(requests[0].is("GET", "/settings") && requests[1].is("GET", "/mfa/settings"), "{requests:?}");

        let elsewhere = Elsewhere::with("").await;
        let page = elsewhere.on_another_site();
        alice.open(&page).await;
        alice.record_requests().await;
        let requests = alice.requests().await;
        assert!(!requests.iter().any(|request| request.is("GET", "/mfa/settings")), "{requests:?}");
        alice.script("fetch('/', { method: 'POST' })").await;
        assert_eq!(alice.wait_for_answer("POST", &page).await.status, Some(405));
    });
}

#[test]
fn tabs_share_the_cookies_and_another_bank_has_others() {
    run(Framework::Axum, "tabs", async |bank: &BankServer, alice: &Visitor| {
        alice.log_in("alice").await;
        let first = alice.tab().await;
        alice.open_tab().await;
        alice.open("/mfa/settings?by=hand").await;
        assert_eq!(alice.path().await, "/mfa/settings?by=hand");
        assert!(alice.sees(SEND_TEXT).await && alice.sees(CALL).await);
        let cookies: Vec<_> = alice.cookies().await.into_iter().map(|cookie| cookie.name).collect();
        assert_eq!(cookies, ["bank-axum"], "those that scripts do not see are seen");
        alice.delete_cookie("bank-axum").await;

        alice.switch_to(&first).await;
        assert_eq!(alice.path().await, "/account");
        alice.reload().await;
        alice.wait_until_path("/login").await;
        alice.open("/").await;
        alice.go_back().await;
        alice.wait_until_path("/login").await;
        alice.wait_until_gone("nav[aria-label=Main] [aria-current]").await;

        let other = BankServer::with(Framework::Actix, |engine| engine.policy(Policy::default()));
        alice.visiting(&other).log_in("bob").await;
        assert!(other.address() != bank.address() && alice.cookies().await.len() == 1);
    });
}

#[test]
fn a_browser_that_is_used_again_has_nothing_of_the_previous_test() {
    run(Framework::Axum, "again", async |_: &BankServer, alice: &Visitor| {
        let page =
            Elsewhere::with("<!doctype html><title>off</title><script>document.title = 'on'</script>").await;
        let address = page.on_the_same_site();
        alice.log_in("alice").await;
        alice.open_tab().await;
        alice.prefers("dark").await;
        alice.turn_javascript_off().await;
        alice.go_offline().await;
        driver::empty(alice.browser()).await.unwrap();

        assert_eq!(alice.browser().windows().await.unwrap().len(), 1);
        alice.open(&address).await;
        assert_eq!(alice.title().await, "on");
        assert_eq!(alice.script("return matchMedia('(prefers-color-scheme: dark)').matches").await, false);
        assert_eq!(alice.script("return Date.now() === Date.now() && !window.passTime").await, true);
        assert!(alice.cookies().await.is_empty());
        alice.open("/account").await;
        alice.wait_until_path("/login").await;
    });
}
