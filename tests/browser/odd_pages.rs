//! The module on unusual pages, and with answers that are not from mfakit.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{bank::BankServer, on_both::on_one, selectors::SEND_TEXT, visitor::Visitor};

on_one! {
    a_rejection_by_another_site_opens_no_dialog,
    an_answer_to_an_action_with_a_fragment_is_shown,
    a_form_with_its_own_target_is_left_to_the_browser,
    a_page_with_a_base_elsewhere_sends_no_code_there,
    a_wait_continues_after_a_visit_to_another_page,
    fields_named_like_properties_of_forms_are_harmless,
    closing_the_dialog_early_ends_the_prompt,
}

/// Returns the value of a script on the account page, which may await.
async fn on_the_account(alice: &Visitor, script: &str) -> Value {
    alice.script(&format!("return (async () => {{ {script} }})()")).await
}

async fn a_rejection_by_another_site_opens_no_dialog(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    let address = bank.address();
    let host = address.trim_start_matches("http:");
    for target in [
        format!("{address}/mfa/transfer"),
        format!("{host}/mfa/transfer"),
        format!("/\\{}/mfa/transfer", &host[2..]),
        format!("/\t{host}/mfa/transfer"),
    ] {
        // A browser shows the answer of another site like this if CORS allows it.
        let script = format!(
            "const mfa = await import('/mfa/-/mfa.js');
            const theirs = window.fetch;
            const answer = new Response('', {{ status: 401 }});
            Object.defineProperty(answer, 'url', {{ value: 'http://evil.example/' }});
            Object.defineProperty(answer, 'headers', {{ value: {{ get: () =>
                {} }} }});
            window.fetch = async () => answer;
            let opened;
            mfa.fetch('/anything').then(() => {{ opened ??= false }});
            while (opened === undefined) {{
                await new Promise(then => setTimeout(then));
                if (document.querySelector('dialog')) opened = true;
            }}
            window.fetch = theirs;
            return opened;",
            serde_json::to_string(&format!("<{target}>; rel=\"alternate\"; type=\"text/html\"")).unwrap(),
        );
        assert_eq!(on_the_account(alice, &script).await, false, "{target:?}");
    }
}

async fn an_answer_to_an_action_with_a_fragment_is_shown(_: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    alice.script("document.querySelector('form[data-mfa]').action = '/transfer#send'").await;
    alice.type_into("#amount", "much").await;
    alice.type_into("#payee", "bob").await;
    alice.click("form[data-mfa] button").await;
    alice.wait_for_text("#amount-wrong", "can’t send this amount").await;
    // An answer with errors may link to its fields.
    let add = "document.querySelector('main').prepend(
        Object.assign(document.createElement('a'), { href: '#amount', id: 'to-amount', textContent: 'Amount' }))";
    alice.script(add).await;
    let record = "
        window.navigations = [];
        navigation.addEventListener('navigate', event => navigations.push(event.navigationType));
        window.moves = 0;
        addEventListener('popstate', () => setTimeout(() => { moves++ }))";
    alice.script(record).await;
    alice.click("#to-amount").await;
    alice.wait_until("the page moved", async || alice.script("return window.moves").await == 1).await;
    assert_eq!(alice.script("return window.navigations").await, json!(["push"]), "it is not loaded again");
    alice.wait_for_text("#amount-wrong", "can’t send this amount").await;
    alice.go_back().await;
    alice.wait_until("the page moved", async || alice.script("return window.moves").await == 2).await;
    alice.go_back().await;
    alice.wait_until_gone("#amount-wrong").await;
    alice.wait_until_path("/account").await;
}

async fn a_form_with_its_own_target_is_left_to_the_browser(_: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    alice.script("document.querySelector('form[data-mfa]').target = 'elsewhere'").await;
    let prevented = "
        const form = document.querySelector('form[data-mfa]');
        let prevented;
        window.addEventListener('submit', event => {
            prevented = event.defaultPrevented;
            event.preventDefault();
        });
        form.amount.value = '1';
        form.payee.value = 'bob';
        form.requestSubmit();
        return prevented;";
    assert_eq!(on_the_account(alice, prevented).await, false);
}

async fn a_page_with_a_base_elsewhere_sends_no_code_there(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    alice.open("/login").await;
    // The bank's policy allows no base, but another app's may.
    let sent = "
        const asked = [];
        const open = XMLHttpRequest.prototype.open;
        XMLHttpRequest.prototype.open = function (method, url) {
            asked.push(new URL(url, 'http://cdn.example/').origin);
            return open.apply(this, arguments);
        };
        const mfa = await import('/mfa/-/mfa.js');
        mfa.fetch('/api/report');
        const until = async (selector) => {
            while (!document.querySelector(selector)) await new Promise(then => setTimeout(then, 20));
            return document.querySelector(selector);
        };
        (await until('dialog button[value=messaging]')).click();
        await until('dialog input[name=code]');
        XMLHttpRequest.prototype.open = open;
        return asked.filter(origin => origin !== location.origin).join();";
    assert_eq!(on_the_account(alice, sent).await, "");
    assert_eq!(bank.provider().sends(), 1);
}

async fn a_wait_continues_after_a_visit_to_another_page(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    alice.open("/mfa/settings").await;
    alice.ask_for_a_text().await;
    bank.clock().advance(Duration::from_secs(21));
    alice.reload().await;
    alice.wait_for("#mfa-wait").await;
    // Simulates the back/forward cache, which the driver disables.
    let aside = "
        window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
        window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
        return document.querySelector('button[name=channel]').disabled";
    assert_eq!(alice.script(aside).await, true);
    alice.time_passes(Duration::from_secs(9)).await;
    alice.wait_for_text("#mfa-wait", "You can request a new code now.").await;
    assert_eq!(alice.property(SEND_TEXT, "disabled").await, false);
}

async fn fields_named_like_properties_of_forms_are_harmless(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    let add = "
        const form = document.querySelector('form[data-mfa]');
        for (const name of ['action', 'method', 'submit', 'matches', 'elements', 'target', 'enctype', 'id'])
            form.append(Object.assign(document.createElement('input'), { name, type: 'hidden' }));";
    alice.script(add).await;
    alice.type_into("#amount", "1").await;
    alice.type_into("#payee", "bob").await;
    alice.click("form[data-mfa] button").await;
    alice.ask_by("dialog button[value=messaging]").await;
    alice.type_into("dialog input[name=code]", &bank.code()).await;
    alice.click("dialog form.mfa-code button").await;
    alice.wait_until_gone("dialog, form[aria-busy=true]").await;
    alice.quiet_but_for(&["401", "422", "400"]).await;
}

async fn closing_the_dialog_early_ends_the_prompt(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    let timers = "
        const mfa = await import('/mfa/-/mfa.js');
        const response = mfa.fetch('/api/report');
        const until = async (selector) => {
            while (!document.querySelector(selector)) await new Promise(then => setTimeout(then, 20));
            return document.querySelector(selector);
        };
        const send = await until('dialog button[value=messaging]');
        let running = 0;
        const [set, clear] = [window.setInterval, window.clearInterval];
        window.setInterval = (...given) => (running++, set(...given));
        window.clearInterval = (...given) => (running--, clear(...given));
        send.click();
        document.querySelector('dialog').close();
        const { status } = await response;
        const isAnswered = () => performance.getEntriesByType('resource').some(
            ({ name, responseEnd }) => name.endsWith('/challenge') && responseEnd > 0);
        const turn = () => new Promise(then => setTimeout(then, 20));
        while (!isAnswered()) await turn();
        // Anything that the answer causes starts within these turns.
        for (let turns = 0; turns < 5; turns++) await turn();
        return `${status} ${running}`;";
    assert_eq!(on_the_account(alice, timers).await, "401 0");
    assert_eq!(bank.provider().sends(), 1);
}
