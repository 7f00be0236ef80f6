//! Behavior while the store of grants is down.

use bank::{Bank, start_up::listen, step_up::step_up};
use mfakit::{
    MemoryStore,
    testing::{HookedStore, Outage, TestProvider},
};

use crate::{Candidate, browser::Browser};

pub async fn without_the_store_no_request_passes_but_sign_out_works(candidate: &Candidate) {
    let listener = listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let bank = Bank::open().unwrap();
    let outage = Outage::new();
    let store = HookedStore::new(MemoryStore::new(), outage.clone());
    let mfa = step_up(TestProvider::new(), address.port(), &bank).store(store).build().unwrap();
    mfa.testing().grant_user("alice", "settings");
    (candidate.serve)(listener, bank, mfa);

    let mut alice = Browser::new(&format!("http://{address}"));
    alice.log_in("alice").await;
    assert_eq!(alice.fetch("/settings").await.status, 200);
    outage.begin();
    for path in ["/settings", "/api/report"] {
        assert_eq!(alice.fetch(path).await.status, 503, "{path}");
        assert_eq!(alice.open(path).await.status, 503, "{path}");
    }
    assert_eq!(alice.submit("/account", "/transfer", &[("amount", "1"), ("payee", "bob")]).await.status, 503);
    assert!(alice.open("/account").await.body.contains("$2,500.00"));

    let copied = alice.clone();
    let out = alice.submit("/account", "/logout", &[]).await;
    assert_eq!(out.status, 503);
    assert!(out.body.contains("You’re signed out") && out.body.contains("couldn’t revoke"));
    assert!(alice.cookies.is_empty());
    for mut browser in [alice, copied] {
        assert_eq!(browser.open("/account").await.location(), "/login");
    }
}
