//! Transfers and settings after a code was entered.

use crate::{Candidate, approvals::fields, program::Program};

pub async fn an_invalid_transfer_returns_the_form(candidate: &Candidate) {
    let bank = Program::start(candidate).await;
    let mut alice = bank.browser();
    alice.log_in("alice").await;
    alice.approve(("100", "bob"), async || bank.last_code().await).await;

    for (amount, payee, why) in [
        ("0", "bob", "such as 25"),
        ("-5", "bob", "such as 25"),
        ("1.005", "bob", "such as 25"),
        ("ten", "bob", "such as 25"),
        ("2500.01", "bob", "more than you have"),
        ("5", "alice", "your own account"),
        ("5", "dora", "no account with this username"),
        ("", "", "such as 25"),
        ("5", "\"><i>", "no account with this username"),
    ] {
        let answer = alice.submit("/account", "/transfer", &[("amount", amount), ("payee", payee)]).await;
        assert_eq!(answer.status, 422, "{amount} to {payee}");
        assert!(answer.body.contains(why), "{amount} to {payee}: {}", answer.body);
        assert!(answer.body.contains(&format!("name=\"amount\" value=\"{amount}\"")), "{}", answer.body);
        assert!(!answer.body.contains("<i>"), "{}", answer.body);
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    assert!(alice.open("/account").await.body.contains("$2,500.00"));

    // None of them consumed the grant.
    for order in [("100", "bob"), (" 0.01 ", " Bob ")] {
        let answer = alice.submit("/account", "/transfer", &fields(order)).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/account"), "{}", answer.body);
        let second = alice.submit("/account", "/transfer", &fields(order)).await;
        assert!(second.location().starts_with("/mfa/transfer?"), "a second transfer prompts again");
        alice.approve((" 0.01 ", " Bob "), async || bank.last_code().await).await;
    }
    assert!(alice.open("/account").await.body.contains("$2,399.99"));
    let mut bob = bank.browser();
    bob.log_in("bob").await;
    let account = bob.open("/account").await;
    assert!(account.body.contains("$2,600.01") && account.body.contains("From alice"), "{}", account.body);
}

pub async fn of_two_concurrent_transfers_with_one_approval_only_one_succeeds(candidate: &Candidate) {
    let bank = Program::start(candidate).await;
    let mut alice = bank.browser();
    alice.log_in("alice").await;
    let id = alice.approve(("1", "bob"), async || bank.last_code().await).await;
    let (mut one, mut other) = (alice.clone(), alice.clone());
    let (order, by_id) = (fields(("1", "bob")), format!("/transfer?mfa-approval={id}"));
    let (one, other) =
        tokio::join!(one.submit("/account", "/transfer", &order), other.submit("/account", &by_id, &[]));
    let mut locations = [one.location(), other.location()];
    locations.sort_unstable();
    assert_eq!(locations[0], "/account");
    assert!(locations[1].starts_with("/mfa/transfer?"), "{locations:?}");
    assert!(alice.open("/account").await.body.contains("$2,499.00"));
}

pub async fn settings_are_saved(candidate: &Candidate) {
    let bank = Program::start(candidate).await;
    let mut alice = bank.browser();
    alice.log_in("alice").await;
    let refused = alice.submit("/settings", "/settings", &[("display_name", "Mallory")]).await;
    assert!(refused.location().starts_with("/mfa/settings?"));
    alice.step_up("settings", async || bank.last_code().await).await;

    for bad in ["", "   ", &"a".repeat(61), "a\nb"] {
        let answer = alice.submit("/settings", "/settings", &[("display_name", bad)]).await;
        assert_eq!(answer.status, 422, "{bad:?}");
        assert!(answer.body.contains("Please enter a name"), "{bad:?}");
    }
    let chosen = [("display_name", "Al <3"), ("paper_statements", "yes")];
    let answer = alice.submit("/settings", "/settings", &chosen).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/settings"));
    let page = alice.open("/settings").await;
    assert!(page.body.contains("Al &#60;3") && page.body.contains(" checked"), "{}", page.body);
    alice.submit("/settings", "/settings", &[("display_name", "Alice")]).await;
    assert!(!alice.open("/settings").await.body.contains(" checked"));
}
