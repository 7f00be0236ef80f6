//! The price of metrics and spans for a guarded request that passes.

use mfakit::{
    GrantToken, LoginId, Mfa, MfaBuilder, PhoneNumber, Requirement, Scope, Subject, UserId,
    testing::TestProvider,
};
use tokio::runtime::Runtime;

use crate::operations::recorder::Recorder;

fn builder() -> MfaBuilder {
    Mfa::builder(TestProvider::new(), "https://bank.example")
        .scope("pay", "pay")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
}

/// Returns the allocations of a check that passes.
fn allocations(runtime: &Runtime, mfa: &Mfa) -> u64 {
    let alice = Subject::cookie("alice", LoginId::random());
    let cookie = runtime.block_on(mfa.testing().grant(&alice, "pay"));
    let token = GrantToken::from_cookie(cookie.split_once("=").unwrap().1.as_bytes()).unwrap();
    let requirement = Requirement::new(Scope::new("pay").unwrap());
    let check = || {
        let decision = runtime.block_on(mfa.check(Some(&alice), &requirement, Some(&token))).unwrap();
        assert!(matches!(decision, mfakit::Decision::Granted(_)));
    };
    check();
    allocation_counter::measure(check).count_total
}

#[test]
fn counting_a_check_allocates_nothing() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let plain = allocations(&runtime, &builder().build().unwrap());
    let recorder = Recorder::new();
    let counted = recorder.build(builder());
    assert_eq!(allocations(&runtime, &counted), plain, "with a recorder");
    assert_eq!(allocations(&runtime, &builder().metrics().build().unwrap()), plain, "without a recorder");
    let granted = recorder.scrape().sum("mfakit_checks_total", &[("scope", "pay"), ("outcome", "granted")]);
    assert_eq!(granted, 2.0);
}
