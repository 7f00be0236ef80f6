//! A number that is removed at one process [BIND-7].

use bank_tests::ceremony::{start, verify};
use serde_json::json;

use super::{Framework, on_both, processes::Processes};
use crate::layout::calls;

on_both!(a_grant_ends_at_the_other_process_when_the_number_is_removed);

async fn a_grant_ends_at_the_other_process_when_the_number_is_removed(framework: &Framework) {
    let banks = Processes::start(framework).await;
    let (mut at_one, mut at_two) = banks.log_in("alice").await;
    let reads = || calls(&banks.redis).get("hget").copied().unwrap_or_default();

    let started = start(&mut at_two, "settings").await;
    let code = banks.last_code();
    assert_eq!(verify(&mut at_two, "settings", &started, &code).await.status, 200);
    let before = reads();
    assert_eq!(at_two.fetch("/settings").await.status, 200);
    assert_eq!(reads() - before, 1, "a guarded request is one command");

    let started = start(&mut at_one, "mfakit.manage").await;
    let code = banks.last_code();
    let verified = verify(&mut at_one, "mfakit.manage", &started, &code).await;
    assert_eq!(verified.status, 200, "{}", verified.body);
    assert_eq!(at_two.fetch("/settings").await.status, 200, "a code alone ends no grant");
    let removed = at_one.post("/mfa/number/remove", &json!({})).await;
    assert_eq!(removed.status, 204, "{}", removed.body);

    let before = reads();
    let rejected = at_two.fetch("/settings").await;
    assert_eq!((rejected.status.as_u16(), rejected.json()["scope"].as_str()), (401, Some("settings")));
    assert_eq!(reads() - before, 1, "a guarded request is still one command");
}
