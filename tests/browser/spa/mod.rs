//! Front ends on another origin than the API. The code in `docs/spa.md` is taken from the files beside this one.

mod actix_api;
mod axum_api;
mod number;
mod tokens;

use std::{net::TcpListener, thread};

use bank::start_up::listen;
use mfakit::{
    Clock as _, LoginId, MemoryNumberBook, MemoryRecoveryBook, Mfa, PhoneNumber, Secret, Subject, Timestamp,
    testing::{ManualClock, TestProvider},
};
use thirtyfour::Key;
use tokio::sync::oneshot;

use crate::{
    bank::{BankServer, Framework},
    elsewhere::Elsewhere,
    on_both::on_both,
    requests::Request,
    visitor::Visitor,
};

use number::forms_of_the_front_end_change_the_number;

on_both! {
    a_token_on_another_site_is_prompted_in_a_dialog,
    a_cookie_session_on_another_origin_of_the_site_is_prompted_in_a_dialog,
    calls_at_once_each_get_their_own_grant,
    a_canceled_prompt_and_a_foreign_401_reach_the_caller,
    a_client_with_interceptors_repeats_the_request,
    forms_of_the_front_end_change_the_number,
    no_other_origin_causes_a_prompt_or_gets_the_token,
}

/// Secret of the API, because recovery codes outlive its process.
const SECRET: &str = "a secret of more than thirty-two bytes";

/// Means by which the API recognizes its users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Recognition {
    Bearer,
    Cookie,
}

/// A running API and its front end. Both stop when it is dropped.
struct Api {
    provider: TestProvider,
    front_end: Elsewhere,
    _close: oneshot::Sender<()>,
}

/// Page of the front end. Its policy allows nothing but the API.
fn page(api: &str, script: &str) -> String {
    let script = script.replace("https://api.example", api).replace("export ", "");
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>The app</title>
        <meta http-equiv=content-security-policy content=\"default-src 'none'; script-src 'nonce-1' {api};
            connect-src {api}; img-src data:; form-action 'none'; require-trusted-types-for 'script'\">
        <link rel=icon href='data:,'><main><h1>The app</h1><button id=send>Send</button><p id=done></p></main>
        <script type=module nonce=1>{script}
        const done = document.querySelector('#done');
        const send = (amount) => call('/transfer', {{ method: 'POST', body: amount }});
        const tell = async (answer) => done.append(`${{answer.status}} ${{(await answer.text()).slice(0, 60)}};`);
        document.querySelector('#send').onclick = () => send('5').then(tell, tell);
        Object.assign(window, {{ api, call, client, send, tell, ready: true }});
        </script>"
    )
}

impl Api {
    async fn open(framework: Framework, recognition: Recognition, script: &str) -> Self {
        let listener: TcpListener = listen(0).unwrap();
        let api = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let front_end = Elsewhere::with(page(&api, script)).await;
        let provider = TestProvider::new();
        let number = PhoneNumber::new("+19195551234").unwrap();
        let builder = Mfa::builder(provider.clone(), api)
            .name("The bank")
            .scope("transfer", "make a transfer")
            .number_book(MemoryNumberBook::new().with("alice", number, Timestamp::from_millis(0)))
            .recovery(MemoryRecoveryBook::new())
            .secret(Secret::new(SECRET).unwrap())
            .messaging_to(["US"])
            .voice_to(["US"])
            .clock(ManualClock::new());
        let (builder, origin) = match recognition {
            Recognition::Bearer => (builder, front_end.on_another_site()),
            Recognition::Cookie => {
                let origin = front_end.on_the_same_site();
                (builder.trusted_origins([origin.trim_end_matches('/')]), origin)
            }
        };
        let mfa = builder.build().unwrap();
        let (close, closed) = oneshot::channel();
        thread::spawn(move || {
            let origin = origin.trim_end_matches('/');
            match framework {
                Framework::Axum => axum_api::serve(listener, mfa, origin, recognition, closed),
                Framework::Actix => actix_api::serve(listener, mfa, origin, recognition, closed),
            }
        });
        Self { provider, front_end, _close: close }
    }

    fn code(&self) -> String {
        self.provider.last_code().expect("a code was sent")
    }
}

/// Returns the subject of a session cookie.
fn by_cookie(cookies: &str) -> Option<Subject> {
    let signed_in = cookies.split("; ").any(|pair| pair == "who=alice");
    let alice = Subject::cookie("alice", LoginId::from_bytes([1; 16]));
    // The clock of the API does not move.
    signed_in.then(|| alice.with_signed_in_at(ManualClock::new().now()))
}

/// Finds the dialog, which is in a tree of its own.
const DIALOG: &str = "const dialog = [...document.documentElement.children]
    .map((element) => element.shadowRoot?.querySelector('dialog[open]')).find((found) => found);";

async fn in_dialog(alice: &Visitor, script: &str) -> serde_json::Value {
    alice.script(&format!("{DIALOG} return {script}")).await
}

async fn wait_for(alice: &Visitor, text: &str) {
    let says = async || {
        let said = in_dialog(alice, "dialog?.ariaBusy !== 'true' && dialog?.innerText").await;
        said.as_str().is_some_and(|said| said.contains(text))
    };
    alice.wait_until(&format!("the dialog says {text:?}"), says).await;
}

async fn wait_until_closed(alice: &Visitor) {
    alice.wait_until("the dialog is closed", async || in_dialog(alice, "!dialog").await == true).await;
}

async fn open(alice: &Visitor, url: &str) {
    alice.open(url).await;
    alice
        .wait_until("the module is loaded", async || alice.script("return window.ready").await == true)
        .await;
}

async fn ask_for_a_text(alice: &Visitor) {
    wait_for(alice, "Confirm it’s you").await;
    in_dialog(alice, "dialog.querySelector('button[value=messaging]').click()").await;
    wait_for(alice, "We sent a text message to •••34.").await;
    let focused = "dialog.getRootNode().activeElement?.id";
    let has_it = async || in_dialog(alice, focused).await == "mfa-code";
    alice.wait_until("the field has the focus", has_it).await;
}

async fn type_code(alice: &Visitor, code: &str) {
    alice.press(code).await;
    alice.press(Key::Enter).await;
}

async fn a_token_on_another_site_is_prompted_in_a_dialog(bank: &BankServer, alice: &Visitor) {
    let api = Api::open(bank.framework(), Recognition::Bearer, include_str!("bearer.js")).await;
    open(alice, &api.front_end.on_another_site()).await;
    alice.record_requests().await;
    alice.click("#send").await;
    wait_for(alice, "You’ll need a new code each time.").await;
    alice.assert_accessible("spa-ask").await;
    ask_for_a_text(alice).await;
    alice.assert_accessible("spa-sent").await;
    let code = api.code();
    type_code(alice, if code == "000000" { "000001" } else { "000000" }).await;
    wait_for(alice, "That code isn’t right.").await;
    let described = "dialog.querySelector('input').getAttribute('aria-invalid')";
    assert_eq!(in_dialog(alice, described).await, "true");
    alice.assert_accessible("spa-wrong").await;
    type_code(alice, &code).await;
    wait_until_closed(alice).await;
    alice.wait_for_text("#done", "200 sent $5;").await;
    alice.wait_for_focus("button#send").await;

    let requests = alice.requests().await;
    let refreshed = |request: &&Request| request.method == "POST" && request.target.ends_with("/refresh");
    assert_eq!(requests.iter().filter(refreshed).count(), 1, "a step-up refreshes nothing: {requests:?}");
    assert_eq!(api.provider.sends(), 1);
    assert!(alice.cookies().await.is_empty());
    alice.quiet_but_for(&["401", "422"]).await;
}

async fn a_cookie_session_on_another_origin_of_the_site_is_prompted_in_a_dialog(
    bank: &BankServer,
    alice: &Visitor,
) {
    let api = Api::open(bank.framework(), Recognition::Cookie, include_str!("cookie.js")).await;
    open(alice, &api.front_end.on_the_same_site()).await;
    // Cookies do not depend on the port.
    alice.script("document.cookie = 'who=alice; path=/'").await;
    alice.click("#send").await;
    ask_for_a_text(alice).await;
    type_code(alice, &api.code()).await;
    alice.wait_for_text("#done", "200 sent $5;").await;
    alice.click("#send").await;
    wait_for(alice, "Confirm it’s you").await;
    alice.quiet_but_for(&["401"]).await;
}

async fn calls_at_once_each_get_their_own_grant(bank: &BankServer, alice: &Visitor) {
    let api = Api::open(bank.framework(), Recognition::Cookie, include_str!("cookie.js")).await;
    open(alice, &api.front_end.on_the_same_site()).await;
    alice.script("document.cookie = 'who=alice; path=/'").await;
    alice.script("send('1').then(tell); send('2').then(tell);").await;
    for sends in [1, 2] {
        ask_for_a_text(alice).await;
        assert_eq!(api.provider.sends(), sends);
        type_code(alice, &api.code()).await;
        let answers = async || alice.script("return done.textContent.split(';').length - 1").await == sends;
        alice.wait_until("a call is answered", answers).await;
    }
    wait_until_closed(alice).await;
    alice.quiet_but_for(&["401"]).await;
}

async fn a_canceled_prompt_and_a_foreign_401_reach_the_caller(bank: &BankServer, alice: &Visitor) {
    let api = Api::open(bank.framework(), Recognition::Cookie, include_str!("cookie.js")).await;
    open(alice, &api.front_end.on_the_same_site()).await;
    alice.click("#send").await;
    alice.wait_for_text("#done", "401 {\"type\":\"urn:mfakit:problem:unauthenticated\"").await;
    alice.script("document.cookie = 'who=alice; path=/'").await;
    alice.click("#send").await;
    wait_for(alice, "Confirm it’s you").await;
    alice.press(Key::Escape).await;
    alice.wait_for_text("#done", "401 {\"type\":\"urn:mfakit:problem:step-up-required\"").await;
    wait_until_closed(alice).await;
    // A signal closes the dialog.
    let abortable = "window.aborter = new AbortController();
        const init = { method: 'POST', signal: aborter.signal };
        call('/transfer', init).catch((error) => done.append(error.name));";
    alice.script(abortable).await;
    wait_for(alice, "Confirm it’s you").await;
    alice.script("aborter.abort()").await;
    alice.wait_for_text("#done", "AbortError").await;
    wait_until_closed(alice).await;
    assert_eq!(api.provider.sends(), 0);
    alice.quiet_but_for(&["401"]).await;
}

async fn a_client_with_interceptors_repeats_the_request(bank: &BankServer, alice: &Visitor) {
    // As much of axios as the interceptor uses.
    let script = format!(
        "{}
        let rejected;
        const axios = async (config) => {{
            const {{ url, ...init }} = config;
            const response = await fetch(url, {{ ...init, headers: {{ authorization: `Bearer ${{token}}` }} }});
            if (response.ok) return response;
            const error = Object.assign(new Error(), {{ config, response: {{ data: await response.json() }} }});
            return rejected(error);
        }};
        axios.interceptors = {{ response: {{ use: (_, then) => {{ rejected = then }} }} }};
        {}
        await refresh();
        call = (path, init) => axios({{ url: api + path, ...init }});",
        include_str!("bearer.js").replace("export async function call", "let call = async function"),
        include_str!("axios.js"),
    );
    let api = Api::open(bank.framework(), Recognition::Bearer, &script).await;
    open(alice, &api.front_end.on_another_site()).await;
    alice.click("#send").await;
    ask_for_a_text(alice).await;
    type_code(alice, &api.code()).await;
    alice.wait_for_text("#done", "200 sent $5;").await;
    alice.quiet_but_for(&["401"]).await;
}

async fn no_other_origin_causes_a_prompt_or_gets_the_token(bank: &BankServer, alice: &Visitor) {
    let api = Api::open(bank.framework(), Recognition::Bearer, include_str!("bearer.js")).await;
    open(alice, &api.front_end.on_another_site()).await;
    // Answers that none of the servers here sends, but a hostile one may.
    let script = "
        const [from, path] = arguments;
        const problem = { type: 'urn:mfakit:problem:step-up-required', situation_url: path.replace('API', api) };
        const headers = { link: `<${problem.situation_url}>; rel=\"describedby\"` };
        const fetched = window.fetch;
        let sent;
        window.fetch = async (request, init) => {
            sent = new Request(request, init);
            const response = new Response(JSON.stringify(problem), { status: 401, headers });
            return Object.defineProperty(response, 'url', { value: from.replace('API', api) });
        };
        return client.fetch(from.replace('API', api)).then((answer) => {
            window.fetch = fetched;
            return [answer.status, sent.headers.get('authorization')];
        });";
    for (from, path, token) in [
        ("https://elsewhere.example/", "API/mfa/transfer", false),
        ("https://elsewhere.example/", "/mfa/transfer", false),
        ("API.elsewhere.example/", "API/mfa/transfer", false),
        ("API/transfer", "https://elsewhere.example/mfa/transfer", true),
        ("API/transfer", "//elsewhere.example/mfa/transfer", true),
        ("API/transfer", "API/mfa/../transfer", true),
        ("API/transfer", "API/mfa", true),
        ("API/transfer", "javascript:alert(1)", true),
        ("API/transfer", "https://[", true),
    ] {
        // A port must stay a number, so another host begins with the API's address before it.
        let from = from.replace("API.", "http://127.0.0.1.");
        let answered = alice.script_with(script, vec![from.clone().into(), path.into()]).await;
        assert_eq!(answered[0], 401, "{from} {path}");
        assert_eq!(answered[1].is_string(), token, "{from} {path}: {answered}");
        assert_eq!(in_dialog(alice, "!dialog").await, true, "{from} {path}");
    }
    alice.quiet_but_for(&["401"]).await;
}

/// Every piece of code in the document is in one of the files beside this one, line for line.
#[test]
fn the_code_of_the_document_is_tested_here() {
    let document = include_str!("../../../docs/spa.md");
    let unindented = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    let files = [
        include_str!("axum_api.rs"),
        include_str!("actix_api.rs"),
        include_str!("tokens.rs"),
        include_str!("bearer.js"),
        include_str!("cookie.js"),
        include_str!("axios.js"),
        include_str!("number.js"),
    ]
    .map(unindented);
    let blocks = document.split("```").skip(1).step_by(2);
    let mut shown = 0;
    for block in blocks {
        let (language, code) = block.split_once('\n').unwrap();
        if !matches!(language, "rust" | "js") {
            continue;
        }
        for item in unindented(code.trim()).split("\n\n") {
            assert!(files.iter().any(|file| file.contains(item)), "no file has\n{item}");
            shown += 1;
        }
    }
    assert!(shown >= 12, "{shown}");
}
