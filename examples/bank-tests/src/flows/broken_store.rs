//! When the store of grants is down.

use async_trait::async_trait;
use bank::{Bank, start_up::listen, step_up::step_up};
use mfakit::{
    LoginId, MfaStore, Scope, Timestamp, UserId,
    core::{
        AttemptReservation, Challenge, GrantRecord, Key, Opening, Redeem, Redemption, ReserveAttempt,
        ReserveSend, Revocation, SendReservation, Sharing, StoreError,
    },
    testing::TestProvider,
};

use crate::{Candidate, browser::Browser};

pub async fn without_the_store_nobody_passes_and_everybody_can_log_out(candidate: &Candidate) {
    let listener = listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let bank = Bank::open().unwrap();
    let mfa = step_up(TestProvider::new(), address.port(), &bank).store(Down).build().unwrap();
    (candidate.serve)(listener, bank, mfa);

    let mut alice = Browser::new(&format!("http://{address}"));
    alice.log_in("alice").await;
    for path in ["/settings", "/api/report"] {
        assert_eq!(alice.fetch(path).await.status, 503, "{path}");
        assert_eq!(alice.open(path).await.status, 503, "{path}");
    }
    assert_eq!(alice.submit("/account", "/transfer", &[("amount", "1"), ("payee", "bob")]).await.status, 503);
    assert!(alice.open("/account").await.body.contains("$2,500.00"));

    let copied = alice.clone();
    let out = alice.submit("/account", "/logout", &[]).await;
    assert_eq!(out.status, 503);
    assert!(out.body.contains("You are logged out") && out.body.contains("could not be taken back"));
    assert!(alice.cookies.is_empty());
    for mut browser in [alice, copied] {
        assert_eq!(browser.open("/account").await.location(), "/login");
    }
}

/// A store that is down.
#[derive(Debug)]
struct Down;

fn down<T>() -> Result<T, StoreError> {
    Err(StoreError::new("down for the test"))
}

#[async_trait]
impl MfaStore for Down {
    fn sharing(&self) -> Sharing {
        Sharing::SingleProcess
    }

    async fn grant(&self, _: &UserId, _: &LoginId, _: &Scope) -> Result<Option<GrantRecord>, StoreError> {
        down()
    }

    async fn live_challenge(&self, _: Key<'_>, _: Timestamp) -> Result<Option<Challenge>, StoreError> {
        down()
    }

    async fn reserve_send(&self, _: ReserveSend<'_>) -> Result<SendReservation, StoreError> {
        down()
    }

    async fn open_challenge(&self, _: &UserId, _: Challenge) -> Result<Opening, StoreError> {
        down()
    }

    async fn reserve_attempt(&self, _: ReserveAttempt<'_>) -> Result<AttemptReservation, StoreError> {
        down()
    }

    async fn redeem(&self, _: Redeem<'_>) -> Result<Redemption, StoreError> {
        down()
    }

    async fn revoke(&self, _: &UserId, _: Revocation) -> Result<(), StoreError> {
        down()
    }
}
