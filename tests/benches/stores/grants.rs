//! Ceremony of one user, by calls of the store alone.

use std::time::Duration;

use mfakit::{
    ChallengeId, Channel, GrantToken, MfaStore, Timestamp,
    provider::ProviderScope,
    store::{
        Binding, Challenge, CodeProof, GrantNonce, Key, OpenOutcome, Redeem, RedeemOutcome, ReserveSend,
        SendReservation, SendRule,
    },
};

/// Completes a challenge. The grant lives for a day.
pub(crate) async fn grant(store: &impl MfaStore, key: Key<'_>, now: Timestamp) {
    let id = ChallengeId::from_bytes([7; 32]);
    let rule =
        SendRule { cool_down: vec![Duration::from_secs(30)], per_login_and_scope: vec![], per_user: vec![] };
    let reserved = store.reserve_send(ReserveSend::new(key, &id, &rule, now)).await.unwrap();
    assert!(matches!(reserved, SendReservation::Reserved { .. }));
    let challenge = Challenge::new(
        id,
        *key.login,
        *key.scope,
        None,
        Channel::Messaging,
        ProviderScope::from_stored("transfer-aaaaaaaaaaaaaaaa"),
    )
    .with_number([1; 32], "34")
    .with_times(now, now.plus(Duration::from_secs(5 * 60)), now.plus(Duration::from_secs(30)))
    .with_attempts(5, 0);
    assert_eq!(store.open_challenge(key.user, &challenge).await.unwrap(), OpenOutcome::Opened);
    let token = GrantToken::from_cookie(&[b'a'; GrantToken::LEN]).unwrap();
    let (binding, lifetime) = (Binding::Cookie(token.hash()), Duration::from_secs(24 * 60 * 60));
    let (proof, nonce) = (&CodeProof::from_bytes([1; 32]), &GrantNonce::from_bytes([2; 32]));
    let redeem = Redeem::new(key, &id, binding, lifetime, proof, nonce, now);
    assert!(matches!(store.redeem(redeem).await.unwrap(), RedeemOutcome::Granted(_)));
}
