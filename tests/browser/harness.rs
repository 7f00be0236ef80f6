//! That the harness notices what the other tests rely on it to notice. One framework is enough for that.

use mfakit::Policy;
use thirtyfour::Key;

use crate::{
    bank::{BankServer, Framework},
    elsewhere::Elsewhere,
    on_both::run,
    person::Person,
    selectors::{CALL, SEND_TEXT},
};

#[test]
fn an_error_and_a_breach_of_the_policy_are_complaints() {
    run(Framework::Axum, "complaints", async |_: &BankServer, alice: &Person| {
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
            let complaints = alice.complaints().await;
            assert!(complaints.iter().any(|said| said.contains(complaint)), "{complaint}: {complaints:?}");
            assert_eq!(alice.complaints().await, [""; 0], "they are told once");
        }
    });
}

#[test]
fn axe_finds_what_shuts_people_out() {
    run(Framework::Axum, "axe", async |_: &BankServer, alice: &Person| {
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
fn the_equipment_is_what_the_page_sees() {
    run(Framework::Axum, "equipment", async |_: &BankServer, alice: &Person| {
        let html = "<!doctype html><title>off</title><div style='width: 321px'>wide</div>
            <script>document.title = 'on'</script>";
        let page = Elsewhere::with(html).await;
        for (width, sideways) in [(360, false), (320, true)] {
            alice.window(width, 640).await;
            alice.open(&page.on_the_same_site()).await;
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
            assert_eq!(alice.script("return navigator.onLine").await, online);
            let fetched = "return fetch(location.href).then(() => true, () => false)";
            assert_eq!(alice.script(fetched).await, online);
        }
    });
}

#[test]
fn the_keyboard_moves_the_focus() {
    run(Framework::Axum, "keyboard", async |_: &BankServer, alice: &Person| {
        alice.log_in("alice").await;
        alice.open("/mfa/settings").await;
        assert_eq!(alice.focused().await, "body");
        alice.press(Key::Tab).await;
        assert_eq!(alice.focused().await, "button[name=channel][value=messaging]");
        alice.press(Key::Tab).await;
        assert_eq!(alice.focused().await, "button[name=channel][value=voice]");
        alice.press_with(Key::Shift, Key::Tab).await;
        assert_eq!(alice.focused().await, "button[name=channel][value=messaging]");
        alice.press(Key::Enter).await;
        alice.wait_for_text("main", "We sent a text message").await;
    });
}

#[test]
fn every_request_is_recorded_with_its_answer() {
    run(Framework::Axum, "requests", async |_: &BankServer, alice: &Person| {
        alice.log_in("alice").await;
        alice.record_requests().await;
        alice.open("/settings").await;
        alice.wait_until_path("/mfa/settings").await;
        let requests = alice.requests().await;
        assert!(requests[0].is("GET", "/settings") && requests[0].status == Some(303), "{requests:?}");
        assert!(requests[1].is("GET", "/mfa/settings") && requests[1].status == Some(200), "{requests:?}");
        assert!(requests.iter().any(|request| request.is("GET", "/mfa/-/page.css")), "{requests:?}");

        let elsewhere = Elsewhere::with("").await;
        let page = elsewhere.on_another_site();
        alice.open(&page).await;
        alice.record_requests().await;
        assert_eq!(alice.requests().await, []);
        alice.script("fetch('/', { method: 'POST' })").await;
        assert_eq!(alice.wait_for_answer("POST", &page).await.status, Some(405));
    });
}

#[test]
fn tabs_share_the_cookies_and_another_bank_has_others() {
    run(Framework::Axum, "tabs", async |bank: &BankServer, alice: &Person| {
        alice.log_in("alice").await;
        let first = alice.tab().await;
        alice.open_tab().await;
        alice.open("/mfa/settings?by=hand").await;
        assert_eq!(alice.path().await, "/mfa/settings?by=hand");
        assert!(alice.sees(SEND_TEXT).await && alice.sees(CALL).await);
        let cookies: Vec<_> = alice.cookies().await.into_iter().map(|cookie| cookie.name).collect();
        assert_eq!(cookies, ["bank-axum"], "those that scripts do not see are seen");
        alice.delete_cookie("bank-axum").await;

        alice.look_at(&first).await;
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
