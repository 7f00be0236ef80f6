//! Memory of a record of each kind, by the bytes that the store allocates.

use std::time::Duration;

use mfakit::{MemoryStore, Timestamp};

use crate::scale::{
    ceremony::{Rules, User},
    row::{BEGIN, counted},
};

const RECORDS: u64 = 100_000;

/// Prints the bytes of a record of each kind.
pub(crate) fn print() {
    let (rules, day) = (&Rules::new(), Duration::from_secs(24 * 60 * 60));
    let send = |store: &MemoryStore, user: &User, now| user.reserve(store, rules, now).unwrap();
    let challenge = |store: &MemoryStore, user: &User, now| {
        send(store, user, now);
        user.open(store, now).unwrap();
    };
    let number =
        |store: &MemoryStore, user: &User, now| user.count(store, [true, false, false], now).unwrap();
    let completed = |store: &MemoryStore, user: &User, now: Timestamp| user.complete(store, now);
    let spent = |store: &MemoryStore, user: &User, now| {
        challenge(store, user, now);
        user.redeem(store, now);
    };
    say("user whose code is being sent", bytes(send, Duration::ZERO));
    say("user with a live challenge", bytes(challenge, Duration::ZERO));
    say("user with a spent challenge and a grant", bytes(spent, Duration::ZERO));
    say("user with a send of the last hour and a grant", bytes(spent, day / 48));
    say("grant", bytes(spent, day / 12));
    say("count of a number, a block or an address", bytes(number, Duration::ZERO));
    say("number that completed a challenge", bytes(completed, Duration::ZERO));
}

fn say(record: &str, bytes: i64) {
    println!("{:<64} {bytes:>12}", format!("memory: bytes of a {record}"));
}

/// Returns the bytes of a record that `add` adds, after some time and the sweeps of as many other users.
fn bytes(add: impl Fn(&MemoryStore, &User, Timestamp), after: Duration) -> i64 {
    let capacity = usize::try_from(4 * RECORDS).unwrap();
    let store = MemoryStore::with_capacity(capacity);
    let added = counted(|| (0..RECORDS).for_each(|user| add(&store, &User::new(user), BEGIN)));
    let swept = counted(|| {
        let now = BEGIN.plus(after);
        if !after.is_zero() {
            // Each of these starts and ends, so it leaves nothing behind.
            (RECORDS..2 * RECORDS).for_each(|user| User::new(user).start_and_release(&store, now));
        }
    });
    (added + swept) / i64::try_from(RECORDS).unwrap()
}
