//! Check of the configuration of each server, once, when the store connects.

use std::{net::IpAddr, time::Duration};

use mfakit_core::{Clock, SystemClock, Timestamp};

use crate::{
    connection::Connection,
    replicated::ReplicaWait,
    target::{Address, Target},
};

/// Difference of this machine's clock from the server's above which a warning is logged. Grants are judged by this clock.
const MAX_CLOCK_DIFFERENCE: Duration = Duration::from_secs(2);

/// Logs a warning for each problem that can be seen. A server that does not answer is not asked twice.
pub(crate) async fn inspect(connection: &Connection, targets: &[Target], wait: Option<ReplicaWait>) {
    let mut found: Vec<&'static str> = Vec::new();
    for section in ["memory", "persistence", "replication"] {
        // This user may lack the permission. Then there is nothing to check.
        for info in connection.read_each(redis::cmd("INFO").arg(section)).await {
            let more = findings(&info).into_iter().chain(wait.and_then(|wait| missing_replicas(&info, wait)));
            let more: Vec<_> = more.filter(|one| !found.contains(one)).collect();
            found.extend(more);
        }
    }
    if targets.iter().any(is_plain_to_another_machine) {
        found.push("its URL is redis:// to another machine, so the network can read the password and change records: use rediss://");
    }
    if let Ok((secs, _)) = connection.read::<(u64, u64)>(&redis::cmd("TIME")).await {
        found.extend(clock_difference(Timestamp::from_millis(secs * 1000), SystemClock.now()));
    }
    if wait.is_some() && connection.read::<u32>(redis::cmd("WAIT").arg(0).arg(0)).await.is_err() {
        found.push("its user may not wait for replicas, so the store fails: add +wait to the permissions");
    }
    for warning in found {
        tracing::warn!(target: "mfakit", event = "sys_redis", why = warning, "Redis is not configured as mfakit requires");
    }
}

/// Returns whether traffic to this server can be read in transit: it is another machine, and there is no TLS.
fn is_plain_to_another_machine(target: &Target) -> bool {
    match &target.address {
        Address::Tcp(host, _) if !target.has_tls => {
            let host = host.trim_matches(['[', ']']);
            let address = host.parse::<IpAddr>();
            !address.map_or(host.eq_ignore_ascii_case("localhost"), |address| {
                address.to_canonical().is_loopback()
            })
        }
        Address::Tcp(..) | Address::Unix(_) => false,
    }
}

fn clock_difference(theirs: Timestamp, ours: Timestamp) -> Option<&'static str> {
    let apart = theirs.since(ours).max(ours.since(theirs));
    // The server's time is read in whole seconds.
    let far = apart > MAX_CLOCK_DIFFERENCE + Duration::from_secs(1);
    far.then_some(
        "its clock and this machine's clock differ by more than two seconds: synchronize both by NTP",
    )
}

/// Returns the problems that a section of a server's `INFO`, or several sections, show.
fn findings(info: &str) -> Vec<&'static str> {
    let contains = |wanted: &str| info.lines().any(|line| line.trim_end() == wanted);
    let policy = info.lines().find_map(|line| line.strip_prefix("maxmemory_policy:"));
    let mut found = Vec::new();
    if policy.is_some_and(|policy| policy.trim_end() != "noeviction") {
        found.push("it may evict locks and counts: set maxmemory-policy noeviction, in a dedicated database");
    }
    if contains("aof_enabled:0") {
        found.push(
            "it does not persist what it stores: set appendonly yes, or a restart loses locks and counts",
        );
    }
    if contains("role:slave") {
        found.push("it is a replica, which rejects writes and may be behind: connect to the primary");
    }
    found
}

/// Returns a warning if fewer replicas are connected than the store waits for. `info` is a section of the server's `INFO`.
fn missing_replicas(info: &str, wait: ReplicaWait) -> Option<&'static str> {
    let connected = info.lines().find_map(|line| line.strip_prefix("connected_slaves:"))?;
    let connected: u32 = connected.trim_end().parse().ok()?;
    (connected < wait.replicas).then_some(
        "it has fewer replicas than the store waits for: sends, attempts and uses fail without them",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::target;

    #[test]
    fn clocks_that_differ_are_reported() {
        let at = |secs: u64| Timestamp::from_millis(secs * 1000);
        assert!(clock_difference(at(100), at(103)).is_none() && clock_difference(at(103), at(100)).is_none());
        assert!(clock_difference(at(100), at(104)).is_some() && clock_difference(at(104), at(100)).is_some());
    }

    #[test]
    fn plain_text_to_another_machine_is_recognized() {
        for (url, is_plain) in [
            ("redis://redis.example:6379/0", true),
            ("redis://user:password@10.0.0.7", true),
            ("redis://127.1:6379", true),
            ("redis://localhost.example", true),
            ("redis://[2001:db8::1]:6379", true),
            ("rediss://redis.example", false),
            ("rediss://user:password@10.0.0.7:6380/0", false),
            ("redis://127.0.0.1:6379", false),
            ("redis://127.8.9.10", false),
            ("redis://localhost", false),
            ("redis://[::1]:6379/1", false),
            ("redis+unix:///run/redis.sock", false),
        ] {
            assert_eq!(is_plain_to_another_machine(&target(url).ok().unwrap()), is_plain, "{url}");
        }
    }

    #[test]
    fn each_problem_is_reported_and_nothing_else() {
        let good = "maxmemory_policy:noeviction\r\naof_enabled:1\r\nrole:master\r\n";
        assert!(findings(good).is_empty() && findings("").is_empty());
        for (wrong, expected) in [
            (good.replace("noeviction", "allkeys-lru"), "evict"),
            (good.replace("aof_enabled:1", "aof_enabled:0"), "appendonly"),
            (good.replace("master", "slave"), "replica"),
        ] {
            let found = findings(&wrong);
            assert!(found.len() == 1 && found[0].contains(expected), "{found:?}");
        }
    }
}
