//! A user with a browser without scripts.

use crate::{
    Candidate,
    approvals::fields,
    browser::{Answer, other_than},
    program::Program,
    reading::reading,
};

pub async fn a_user_is_prompted_for_a_code_and_returned(candidate: &Candidate) {
    let bank = Program::start(candidate).await;
    let mut alice = bank.browser();
    alice.log_in("alice").await;

    let refused = alice.open("/settings").await;
    assert_eq!(refused.status, 303);
    let page_url = refused.location().to_owned();
    assert!(page_url.starts_with("/mfa/settings?return="), "{page_url}");
    let page = alice.open(&page_url).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Send me a text message") && page.body.contains("Call me"), "{}", page.body);
    assert!(page.body.contains("change your settings"));
    assert!(bank.emulator("/inbox").await.is_empty(), "viewing the page sends nothing");

    let fields =
        [("token", page.hidden("token")), ("return", page.hidden("return")), ("channel", "messaging")];
    let sent = alice.submit(&page_url, "/mfa/settings/challenge", &fields).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    assert!(sent.location().starts_with("/mfa/settings"), "{}", sent.location());
    let page = alice.open(sent.location()).await;
    assert!(page.body.contains("We sent a text message to •••34"), "{}", page.body);

    let code = bank.last_code().await;
    let wrong = alice.submit(&page_url, "/mfa/settings/verify", &code_form(&page, &other_than(&code))).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("That code isn’t right") && wrong.body.contains("4 attempts left"));
    let right = alice.submit(&page_url, "/mfa/settings/verify", &code_form(&wrong, &code)).await;
    assert_eq!((right.status.as_u16(), right.location()), (303, "/settings"), "{}", right.body);
    let cookie = right.header("set-cookie");
    assert!(cookie.starts_with("__Host-mfa-settings="), "{cookie}");
    for attribute in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"] {
        assert!(cookie.contains(attribute), "{attribute} in {cookie}");
    }

    let settings = alice.open("/settings").await;
    assert_eq!(settings.status, 200);
    assert_eq!(settings.header("cache-control"), "no-store");
    assert!(settings.body.contains("Codes go to •••34"));
}

pub async fn an_approved_transfer_is_sent_with_one_button(candidate: &Candidate) {
    let bank = Program::start(candidate).await;
    let mut alice = bank.browser();
    alice.log_in("alice").await;

    let rejected = alice.submit("/account", "/transfer", &fields(("12.50", "bob"))).await;
    assert_eq!(rejected.status, 303);
    let page = alice.open(rejected.location()).await;
    assert!(reading(&page.body).contains("Send 12.50 USD to bob"), "{}", page.body);
    let sent = alice.send_form(&page, "/mfa/transfer/challenge", &[("channel", "voice")]).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    let page = alice.open(sent.location()).await;
    assert!(reading(&page.body).contains("Send 12.50 USD to bob"), "{}", page.body);
    let wrong = other_than(&bank.last_code().await);
    let page = alice.send_form(&page, "/mfa/transfer/verify", &[("code", &wrong)]).await;
    assert_eq!(page.status, 422, "{}", page.body);
    assert!(reading(&page.body).contains("Send 12.50 USD to bob"), "{}", page.body);
    let code = bank.last_code().await;
    let done = alice.send_form(&page, "/mfa/transfer/verify", &[("code", &code)]).await;
    assert_eq!(done.status, 303, "{}", done.body);
    let cookie = done.header("set-cookie");
    assert!(cookie.starts_with("__Host-mfa-transfer~"), "{cookie}");

    let page = alice.open(done.location()).await;
    assert!(reading(&page.body).contains("Send 12.50 USD to bob"), "{}", page.body);
    assert!(alice.open("/account").await.body.contains("$2,500.00"), "the customer has not sent it yet");
    let (action, hidden) = page.form("/transfer");
    assert!(action.starts_with("/transfer?mfa-approval=") && hidden.is_empty(), "{action} {hidden:?}");
    let moved = alice.send_form(&page, "/transfer", &[]).await;
    assert_eq!((moved.status.as_u16(), moved.location()), (303, "/account"), "{}", moved.body);
    assert!(alice.open("/account").await.body.contains("$2,487.50"));
    assert_eq!(bank.emulator("/inbox").await[0]["channel"], "voice");

    // The button of an approval that is over leads to the page, which says so.
    let over = alice.send_form(&page, "/transfer", &[]).await;
    assert_eq!(over.status, 303, "{}", over.body);
    assert!(over.location().starts_with("/mfa/transfer?"), "{}", over.location());
    assert!(alice.open(over.location()).await.status.is_client_error());
    assert!(alice.open("/account").await.body.contains("$2,487.50"));
}

pub async fn without_a_session_pages_redirect_to_sign_in_and_scripts_get_a_401(candidate: &Candidate) {
    let bank = Program::start(candidate).await;
    let mut visitor = bank.browser();
    for path in ["/settings", "/api/report", "/account", "/mfa/settings"] {
        let answer = visitor.open(path).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/login"), "{path}");
    }
    for path in ["/settings", "/api/report", "/mfa/settings"] {
        let answer = visitor.fetch(path).await;
        assert_eq!(answer.status, 401, "{path}");
        assert_eq!(answer.header("www-authenticate"), "Bearer", "{path}");
        let problem = answer.json();
        assert_eq!(problem["type"], "urn:mfakit:problem:unauthenticated", "{path}");
        for member in ["scope", "max_age", "challenge_url", "reason"] {
            assert!(problem.get(member).is_none(), "{path} has {member}");
        }
    }
}

pub async fn a_wrong_password_returns_the_form_with_the_name(candidate: &Candidate) {
    let bank = Program::start(candidate).await;
    let mut visitor = bank.browser();
    for name in ["alice", "<b>carol"] {
        let answer = visitor.submit("/login", "/login", &[("username", name), ("password", "s3same")]).await;
        assert_eq!(answer.status, 422, "{name}");
        assert!(answer.body.contains("don’t match") && !answer.body.contains("s3same"), "{name}");
        assert!(!answer.body.contains("<b>"), "{}", answer.body);
        assert!(visitor.cookies.is_empty(), "{name}");
    }
    assert!(visitor.submit("/login", "/login", &[("username", "alice")]).await.status.is_client_error());
}

pub async fn the_session_changes_its_id_at_sign_in_and_ends_at_sign_out(candidate: &Candidate) {
    let bank = Program::start(candidate).await;
    let mut alice = bank.browser();
    alice.log_in("alice").await;
    let first = alice.cookies[candidate.name].clone();
    alice.log_in("alice").await;
    assert_ne!(alice.cookies[candidate.name], first);
    let mut planted = bank.browser();
    planted.cookies.insert(candidate.name.to_owned(), first);
    assert_eq!(planted.open("/account").await.location(), "/login");

    let copied = alice.clone();
    let out = alice.submit("/account", "/logout", &[]).await;
    assert_eq!((out.status.as_u16(), out.location()), (303, "/"));
    assert!(!alice.cookies.contains_key(candidate.name));
    for mut browser in [alice, copied] {
        assert_eq!(browser.open("/account").await.location(), "/login");
    }
}

pub async fn every_page_has_a_strict_policy(candidate: &Candidate) {
    let bank = Program::start(candidate).await;
    let mut alice = bank.browser();
    alice.log_in("alice").await;
    let mfa_page = alice.open("/settings").await.location().to_owned();
    for path in ["/", "/login", "/account", &mfa_page, "/nowhere", "/mfa/nowhere"] {
        let page = alice.open(path).await;
        let policy = page.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none';") && policy.contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert!(!policy.contains("unsafe") && policy.contains("script-src 'self';"), "{path}: {policy}");
        assert_eq!(page.headers.get_all("content-security-policy").iter().count(), 1, "{path}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        assert_eq!(page.header("referrer-policy"), "same-origin", "{path}");
        for inline in ["<script>", "<style", " style=", " onclick="] {
            assert!(!page.body.contains(inline), "{path} has {inline}");
        }
    }
    for (path, kind) in [
        ("/bank.css", "text/css"),
        ("/bank.js", "text/javascript"),
        ("/bank.svg", "image/svg+xml"),
        ("/mfa/-/page.css", "text/css"),
        ("/mfa/-/mfa.js", "text/javascript"),
    ] {
        let file = alice.open(path).await;
        assert!(file.status.is_success() && file.header("content-type").starts_with(kind), "{path}");
    }
}

/// Returns the fields of the form for the code.
fn code_form<'a>(page: &'a Answer, code: &'a str) -> [(&'a str, &'a str); 4] {
    [
        ("token", page.hidden("token")),
        ("challenge", page.hidden("challenge")),
        ("return", page.hidden("return")),
        ("code", code),
    ]
}
