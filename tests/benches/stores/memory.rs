//! Memory of a live grant.

use mfakit::{LoginId, MemoryStore, Scope, Timestamp, UserId, store::Key};

use crate::grants;

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
    grants::grant(store, Key::unbound(&user, &login, &scope), now).await;
}
