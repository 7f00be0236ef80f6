//! Times at which expired records are swept.

use std::time::Duration;

use crate::clock::Timestamp;

/// Interval at which a shard is swept while it is written to.
pub(super) const SWEEP_INTERVAL: Duration = Duration::from_secs(60);

/// Interval at which all shards are swept while the store is full.
pub(super) const SWEEP_INTERVAL_WHEN_FULL: Duration = Duration::from_secs(1);

/// Returns whether the next sweep is due. A clock that was set back does not delay it.
pub(super) fn is_due(swept_at: Timestamp, interval: Duration, now: Timestamp) -> bool {
    now < swept_at || now.since(swept_at) >= interval
}
