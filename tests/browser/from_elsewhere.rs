//! Pages of other sites and the sign-in of a user.

use crate::{
    bank::BankServer, elsewhere::Elsewhere, on_both::on_both, selectors::SEND_TEXT, visitor::Visitor,
};

on_both! {
    a_form_on_another_site_sends_no_code,
    a_form_of_another_origin_on_the_same_site_sends_no_code,
    no_other_site_shows_the_page_in_a_frame,
    a_link_on_another_site_shows_the_page_and_sends_no_code,
    no_script_on_another_site_reads_the_page_or_sends_a_code,
}

async fn a_form_on_another_site_sends_no_code(bank: &BankServer, alice: &Visitor) {
    let elsewhere = Elsewhere::with(form_that_sends_itself(bank, alice).await).await;
    // Without the session cookie, which is `SameSite=Lax`, the request is anonymous, and is redirected to sign in.
    assert_eq!(sends_nothing(bank, alice, &elsewhere.on_another_site()).await, Some(303));
}

async fn a_form_of_another_origin_on_the_same_site_sends_no_code(bank: &BankServer, alice: &Visitor) {
    let elsewhere = Elsewhere::with(form_that_sends_itself(bank, alice).await).await;
    assert_eq!(sends_nothing(bank, alice, &elsewhere.on_the_same_site()).await, Some(403));
}

async fn no_other_site_shows_the_page_in_a_frame(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    alice.open("/mfa/settings").await;
    alice.quiet().await;
    let html = format!("<!doctype html><iframe src='{}/mfa/settings'></iframe>", bank.address());
    let elsewhere = Elsewhere::with(html).await;
    for page in [elsewhere.on_the_same_site(), elsewhere.on_another_site()] {
        alice.open(&page).await;
        // The console reports it, and the frame shows an error.
        alice.wait_for_complaint("frame-ancestors").await;
        let is_kept_out = async || {
            alice.browser().enter_default_frame().await.unwrap();
            alice.browser().enter_frame(0).await.is_ok()
                && alice.script("return location.href").await == "chrome-error://chromewebdata/"
        };
        alice.wait_until(&format!("the frame in {page} is kept empty"), is_kept_out).await;
        assert!(!alice.sees(SEND_TEXT).await && !alice.sees("main").await, "{page}");
        alice.browser().enter_default_frame().await.unwrap();
        alice.quiet_but_for(&["frame-ancestors"]).await;
    }
}

async fn a_link_on_another_site_shows_the_page_and_sends_no_code(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    let page = format!("{}/mfa/settings", bank.address());
    let html = format!("<!doctype html><link rel=prefetch href='{page}'><a href='{page}'>Win a prize</a>");
    let elsewhere = Elsewhere::with(html).await;
    for from in [elsewhere.on_the_same_site(), elsewhere.on_another_site()] {
        alice.record_requests().await;
        alice.open(&from).await;
        alice.wait_until("the page is fetched ahead", async || looked(alice).await >= 1).await;
        alice.click("a").await;
        alice.wait_until_path("/mfa/settings").await;
        assert!(alice.sees(SEND_TEXT).await, "{from}");
        assert_eq!(bank.provider().sends(), 0, "{from}");
    }
    // The browser may prefetch the page, but the script does not get it.
    alice.quiet_but_for(&["BLOCKED_BY_RESPONSE.NotSameOrigin"]).await;
}

async fn no_script_on_another_site_reads_the_page_or_sends_a_code(bank: &BankServer, alice: &Visitor) {
    let token = token(alice).await;
    let elsewhere = Elsewhere::with("<!doctype html><title>Elsewhere</title>").await;
    let page = format!("{}/mfa/settings", bank.address());
    let attempts = [
        "fetch(page, { credentials: 'include' })".to_owned(),
        // Requests without a preflight. Scripts do not see their outcome, so look at the bank.
        "fetch(`${page}/challenge`, { method: 'POST', credentials: 'include', mode: 'no-cors',
            headers: { 'content-type': 'text/plain' }, body: JSON.stringify({ channel: 'messaging' }) })
            .then(() => Promise.reject())"
            .to_owned(),
        format!(
            "fetch(`${{page}}/challenge`, {{ method: 'POST', credentials: 'include', mode: 'no-cors',
                body: new URLSearchParams({{ token: '{token}', channel: 'messaging' }}) }})
                .then(() => Promise.reject())"
        ),
        // Requests with a preflight.
        "fetch(`${page}/challenge`, { method: 'POST', credentials: 'include',
            headers: { 'content-type': 'application/json' }, body: JSON.stringify({ channel: 'messaging' }) })"
            .to_owned(),
    ];
    for from in [elsewhere.on_the_same_site(), elsewhere.on_another_site()] {
        alice.open(&from).await;
        for attempt in &attempts {
            let script =
                format!("const [page] = arguments; return {attempt}.then(() => 'let in', () => 'kept out')");
            let outcome = alice.script_with(&script, vec![page.clone().into()]).await;
            assert_eq!(outcome, "kept out", "{attempt} from {from}");
            assert_eq!(bank.provider().sends(), 0, "{attempt} from {from}");
        }
    }
    // The console of the other site reports each of them, and nothing else.
    alice.quiet_but_for(&["blocked by CORS policy", "Failed to load resource"]).await;
}

/// Returns how often the page was requested since the recording began.
async fn looked(alice: &Visitor) -> usize {
    let requests = alice.requests().await;
    requests.iter().filter(|request| request.is("GET", "/mfa/settings")).count()
}

async fn token(alice: &Visitor) -> String {
    alice.log_in("alice").await;
    alice.open("/mfa/settings").await;
    alice.value("input[name=token]").await
}

/// Form of an attacker who even has the token of this session.
async fn form_that_sends_itself(bank: &BankServer, alice: &Visitor) -> String {
    let token = token(alice).await;
    format!(
        "<!doctype html><form method='post' action='{}/mfa/settings/challenge'>
        <input name='token' value='{token}'><input name='channel' value='messaging'></form>
        <script>document.forms[0].submit()</script>",
        bank.address(),
    )
}

async fn sends_nothing(bank: &BankServer, alice: &Visitor, page: &str) -> Option<u16> {
    alice.open(page).await;
    let posted = alice.wait_for_answer("POST", "/mfa/settings/challenge").await;
    assert_eq!(bank.provider().sends(), 0);
    posted.status
}
