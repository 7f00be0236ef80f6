//! Memory of a live grant.

use std::time::Duration;

use mfakit::{
    ChallengeId, Channel, GrantToken, LoginId, MemoryStore, MfaStore, Scope, Timestamp, UserId,
    provider::ProviderScope,
    store::{
        Binding, Challenge, CodeProof, GrantNonce, Key, OpenOutcome, Redeem, RedeemOutcome, ReserveSend,
        SendReservation, SendRule,
    },
};

const GRANTS: u64 = 1_000_000;

/// Grants that are made after all of these ceremonies have ended.
const LATER: u64 = 100_000;

/// Returns the memory of a live grant. A million users complete a challenge, one every ten milliseconds, and their
/// grants live for a day. The memory that remains after the ceremonies are swept is divided by a million.
pub(crate) fn bytes_per_grant() -> String {
    let store = MemoryStore::with_capacity(2_000_000);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let measured = allocation_counter::measure(|| {
        runtime.block_on(async {
            for user in 0..GRANTS {
                grant(&store, user, Timestamp::from_millis(1_000_000 + 10 * user)).await;
            }
            // Each of the next writes sweeps a few of the ended ceremonies.
            for user in GRANTS..GRANTS + LATER {
                grant(&store, user, Timestamp::from_millis(1_000_000 + 10 * GRANTS + 7_200_000)).await;
            }
        });
    });
    let grants = GRANTS + LATER;
    format!("{:.1}", measured.bytes_current as f64 / grants as f64)
}

async fn grant(store: &MemoryStore, user: u64, now: Timestamp) {
    let (user, login, scope) =
        (UserId::from(format!("user-{user}")), LoginId::random(), Scope::new("transfer").unwrap());
    let (key, id) = (Key::unbound(&user, &login, &scope), ChallengeId::from_bytes([7; 32]));
    let rule =
        SendRule { cool_down: vec![Duration::from_secs(30)], per_login_and_scope: vec![], per_user: vec![] };
    let reserved = store.reserve_send(ReserveSend::new(key, &id, &rule, now)).await.unwrap();
    assert!(matches!(reserved, SendReservation::Reserved { .. }));
    let challenge = Challenge::new(
        id,
        login,
        scope,
        None,
        Channel::Messaging,
        ProviderScope::from_stored("transfer-aaaaaaaaaaaaaaaa"),
    )
    .with_number([1; 32], "34")
    .with_times(now, now.plus(Duration::from_secs(5 * 60)), now.plus(Duration::from_secs(30)))
    .with_attempts(5, 0);
    assert_eq!(store.open_challenge(&user, &challenge).await.unwrap(), OpenOutcome::Opened);
    let token = GrantToken::from_cookie(&[b'a'; GrantToken::LEN]).unwrap();
    let (binding, lifetime) = (Binding::Cookie(token.hash()), Duration::from_secs(24 * 60 * 60));
    let (proof, nonce) = (&CodeProof::from_bytes([1; 32]), &GrantNonce::from_bytes([2; 32]));
    let redeem = Redeem::new(key, &id, binding, lifetime, proof, nonce, now);
    assert!(matches!(store.redeem(redeem).await.unwrap(), RedeemOutcome::Granted(_)));
}
