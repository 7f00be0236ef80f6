//! Forms that another site submits.

use reqwest::{Method, header::ORIGIN};

use crate::{Candidate, browser::Browser, program::Program};

pub async fn a_form_of_another_site_changes_nothing(candidate: &Candidate) {
    let bank = Program::start(candidate).await;
    let mut alice = bank.browser();
    alice.log_in("alice").await;
    let id = alice.approve(("1", "bob"), async || bank.last_code().await).await;
    let by_id = format!("/transfer?mfa-approval={id}");
    for path in [
        "/transfer",
        &by_id,
        "/settings",
        "/logout",
        "/login",
        "/mfa/transfer/challenge",
        "/mfa/transfer/drop",
    ] {
        for (name, site, origin) in [
            ("cross-site", Some("cross-site"), Some("https://evil.example")),
            ("a sibling host", Some("same-site"), Some("http://127.0.0.1:1")),
            ("no Origin", Some("cross-site"), None),
            ("an old browser", None, Some("https://evil.example")),
            ("an opaque origin", None, Some("null")),
        ] {
            let mut request = alice.bare(Method::POST, path).form(&[("amount", "1"), ("payee", "bob")]);
            if let Some(site) = site {
                request = request.header("sec-fetch-site", site);
            }
            if let Some(origin) = origin {
                request = request.header(ORIGIN, origin);
            }
            assert_eq!(alice.send(request).await.status, 403, "{path}, {name}");
        }
    }
    assert!(alice.open("/account").await.body.contains("$2,500.00"));
}

pub async fn the_bank_works_the_same_under_localhost(candidate: &Candidate) {
    let bank = Program::start(candidate).await;
    let port = bank.address.rsplit(':').next().unwrap();
    let mut alice = Browser::new(&format!("http://localhost:{port}"));
    alice.log_in("alice").await;
    alice.approve(("1", "bob"), async || bank.last_code().await).await;
    let moved = alice.submit("/account", "/transfer", &[("amount", "1"), ("payee", "bob")]).await;
    assert_eq!(moved.location(), "/account");
    let refused = alice.submit("/account", "/settings", &[]).await;
    let page = alice.open(refused.location()).await;
    assert!(!page.hidden("return").is_empty());
}
