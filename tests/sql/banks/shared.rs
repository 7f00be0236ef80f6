//! Ceremonies that begin at one process and end at the other.

use super::{on_each, processes::Processes};
use crate::database::Database;
use bank_tests::ceremony::{start, verify};

on_each!(
    a_code_requested_at_one_process_is_entered_at_the_other,
    a_sign_out_at_one_process_ends_the_session_at_both
);

async fn a_code_requested_at_one_process_is_entered_at_the_other(bank: &str, database: Database) {
    let banks = Processes::start(bank, database).await;
    let mut at_one = banks.log_in("alice").await;
    let mut at_two = at_one.at(&banks.two.address);
    assert_eq!(at_two.open("/account").await.status, 200, "the session is shared");
    for browser in [&mut at_one, &mut at_two] {
        assert_eq!(browser.fetch("/settings").await.status, 401);
    }
    let started = start(&mut at_one, "settings").await;
    assert_eq!(started.status, 201, "{}", started.body);
    let verified = verify(&mut at_two, "settings", &started, &banks.last_code()).await;
    assert_eq!(verified.status, 200, "{}", verified.body);
    at_one.cookies.clone_from(&at_two.cookies);
    for browser in [&mut at_one, &mut at_two] {
        assert_eq!(browser.fetch("/settings").await.status, 200);
        assert_eq!(browser.fetch("/api/report").await.status, 401, "another scope");
    }
}

async fn a_sign_out_at_one_process_ends_the_session_at_both(bank: &str, database: Database) {
    let banks = Processes::start(bank, database).await;
    let mut at_one = banks.log_in("alice").await;
    let mut kept = at_one.at(&banks.two.address);
    assert_eq!(kept.open("/account").await.status, 200);
    assert_eq!(at_one.submit("/account", "/logout", &[]).await.status, 303);
    for address in [&banks.one.address, &banks.two.address] {
        let account = kept.at(address).open("/account").await;
        assert_eq!((account.status.as_u16(), account.location()), (303, "/login"));
    }
    // The other customer's session stays.
    let mut bob = banks.log_in("bob").await;
    assert_eq!(bob.open("/account").await.status, 200);
    assert_eq!(banks.database.number("SELECT count(*) FROM bank_sessions").await, 1);
    assert_eq!(kept.open("/account").await.status, 303);
}
