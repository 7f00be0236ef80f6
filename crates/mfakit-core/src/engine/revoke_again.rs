//! Revokes again after a revocation failed, because no caller learns of the grant that may be left.

use std::time::Duration;

use tracing::Instrument;

use crate::{engine::mfa::Mfa, store::Revocation, subject::UserId};

/// Seconds to wait before each further revocation: half a minute in total, in which most stores fail over.
const WAITS: [u64; 5] = [1, 2, 4, 8, 15];

impl Mfa {
    /// Repeats a revocation in the background until it succeeds, for half a minute. Must be called within a tokio
    /// runtime. The store port reports each failure.
    pub(super) fn revoke_again(&self, user: &UserId, what: Revocation) {
        let (mfa, user) = (self.clone(), user.clone());
        let again = async move {
            for wait in WAITS {
                tokio::time::sleep(Duration::from_secs(wait)).await;
                if mfa.inner.store.revoke(&user, what).await.is_ok() {
                    return;
                }
            }
        };
        drop(tokio::spawn(again.in_current_span()));
    }
}
