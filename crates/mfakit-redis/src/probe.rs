//! Answer to a probe of an app's health.

use mfakit_core::{Clock, Timestamp, store::StoreProbe};

use crate::connection::Connection;

/// Returns the time of the server, or of a test's clock. A user that lacks the permission for `TIME` gets none.
pub(crate) async fn probe(connection: &Connection, clock: Option<&dyn Clock>) -> StoreProbe {
    if let Some(clock) = clock {
        return StoreProbe::new().time(clock.now());
    }
    match connection.read::<(u64, u64)>(&redis::cmd("TIME")).await {
        Ok((secs, micros)) => {
            let millis = secs.saturating_mul(1000).saturating_add(micros / 1000);
            StoreProbe::new().time(Timestamp::from_millis(millis))
        }
        Err(_) => StoreProbe::new(),
    }
}
