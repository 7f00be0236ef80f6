//! What pages of others can do to somebody who is logged in.

use crate::{bank::BankServer, elsewhere::Elsewhere, on_both::on_both, person::Person, selectors::SEND_TEXT};

on_both! {
    a_form_on_another_site_sends_nothing,
    a_form_of_another_origin_on_the_same_site_sends_nothing,
    no_page_elsewhere_shows_the_page_in_a_frame,
    a_link_elsewhere_shows_the_page_and_sends_nothing,
    no_script_elsewhere_reads_the_page_or_sends_anything,
}

async fn a_form_on_another_site_sends_nothing(bank: &BankServer, alice: &Person) {
    let elsewhere = Elsewhere::with(form_that_sends_itself(bank, alice).await).await;
    // Without the log-in's cookie, which is `SameSite=Lax`, it is nobody who asks, and is sent to log in.
    assert_eq!(sends_nothing(bank, alice, &elsewhere.on_another_site()).await, Some(303));
}

async fn a_form_of_another_origin_on_the_same_site_sends_nothing(bank: &BankServer, alice: &Person) {
    let elsewhere = Elsewhere::with(form_that_sends_itself(bank, alice).await).await;
    assert_eq!(sends_nothing(bank, alice, &elsewhere.on_the_same_site()).await, Some(403));
}

async fn no_page_elsewhere_shows_the_page_in_a_frame(bank: &BankServer, alice: &Person) {
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

async fn a_link_elsewhere_shows_the_page_and_sends_nothing(bank: &BankServer, alice: &Person) {
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
    // The page may be fetched ahead, and is not handed out.
    alice.quiet_but_for(&["BLOCKED_BY_RESPONSE.NotSameOrigin"]).await;
}

async fn no_script_elsewhere_reads_the_page_or_sends_anything(bank: &BankServer, alice: &Person) {
    let token = token(alice).await;
    let elsewhere = Elsewhere::with("<!doctype html><title>Elsewhere</title>").await;
    let page = format!("{}/mfa/settings", bank.address());
    let attempts = [
        "fetch(page, { credentials: 'include' })".to_owned(),
        // What a browser sends without asking first. Scripts are not told what came of it, so look at the bank.
        "fetch(`${page}/challenge`, { method: 'POST', credentials: 'include', mode: 'no-cors',
            headers: { 'content-type': 'text/plain' }, body: JSON.stringify({ channel: 'messaging' }) })
            .then(() => Promise.reject())"
            .to_owned(),
        format!(
            "fetch(`${{page}}/challenge`, {{ method: 'POST', credentials: 'include', mode: 'no-cors',
                body: new URLSearchParams({{ token: '{token}', channel: 'messaging' }}) }})
                .then(() => Promise.reject())"
        ),
        // What it asks for first.
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
    // Each of them is told of in the console of elsewhere, and nothing but them.
    alice.quiet_but_for(&["blocked by CORS policy", "Failed to load resource"]).await;
}

/// How often the page was asked for since the recording began.
async fn looked(alice: &Person) -> usize {
    let requests = alice.requests().await;
    requests.iter().filter(|request| request.is("GET", "/mfa/settings")).count()
}

async fn token(alice: &Person) -> String {
    alice.log_in("alice").await;
    alice.open("/mfa/settings").await;
    alice.value("input[name=token]").await
}

/// It knows more than others can: the token of this log-in.
async fn form_that_sends_itself(bank: &BankServer, alice: &Person) -> String {
    let token = token(alice).await;
    format!(
        "<!doctype html><form method='post' action='{}/mfa/settings/challenge'>
        <input name='token' value='{token}'><input name='channel' value='messaging'></form>
        <script>document.forms[0].submit()</script>",
        bank.address(),
    )
}

async fn sends_nothing(bank: &BankServer, alice: &Person, page: &str) -> Option<u16> {
    alice.open(page).await;
    let posted = alice.wait_for_answer("POST", "/mfa/settings/challenge").await;
    assert_eq!(bank.provider().sends(), 0);
    posted.status
}
