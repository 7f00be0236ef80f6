//! Grants take little memory, and the list of their scopes does not grow forever.

use std::time::Duration;

use crate::{
    channel::Channel,
    clock::Timestamp,
    grant::{Binding, GrantRecord},
    memory::{grants::Grants, keyed_hash::HashKey},
    scope::Scope,
    store::{Key, Revocation},
    subject::{LoginId, UserId},
};

#[test]
fn scopes_are_forgotten_with_their_last_grant() {
    let (mut grants, user, login) = (Grants::new(), UserId::from("alice"), LoginId::random());
    let (hash, now) = (HashKey::random().hash(b"alice"), Timestamp::from_millis(1_000_000));
    let grant =
        GrantRecord::new(Binding::Bearer, now, now.plus(Duration::from_secs(60)), Channel::Messaging, None);
    for number in 0..100 {
        let scope = Scope::new(&format!("scope-{number}")).unwrap();
        let key = Key::unbound(&user, &login, &scope);
        assert!(grants.insert(hash, key, &grant).unwrap());
    }
    assert_eq!(grants.scopes(), 100);
    assert_eq!(grants.revoke(hash, Revocation::User), 100);
    assert_eq!(grants.scopes(), 0);
}

#[test]
fn an_unbound_grant_takes_no_memory_for_bound_ones() {
    assert_eq!(Grants::SIZE, 88);
}
