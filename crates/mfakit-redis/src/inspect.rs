//! A look at how the server is run, once, at the start.

use std::{net::IpAddr, time::Duration};

use mfakit_core::{Clock, SystemClock, Timestamp};
use redis::{ConnectionAddr, IntoConnectionInfo};

use crate::connection::Connection;

/// How far this machine's clock may be from the server's before that is worth a word. Grants are judged by this one.
const APART: Duration = Duration::from_secs(2);

/// Warns of what can be seen to be wrong. A server that does not tell is not asked twice.
pub(crate) async fn inspect(connection: &Connection, urls: &[String]) {
    let mut found = findings(&info(connection).await);
    if urls.iter().any(|url| is_plain_to_another_machine(url)) {
        found.push("its URL is redis:// to another machine, so anyone on the way reads the password and can change what it keeps: use rediss://");
    }
    if let Ok((secs, _)) = connection.read::<(u64, u64)>(&redis::cmd("TIME")).await {
        found.extend(far_apart(Timestamp::from_millis(secs * 1000), SystemClock.now()));
    }
    for warning in found {
        tracing::warn!(target: "mfakit", event = "sys_redis", why = warning, "Redis is not run as mfakit needs it");
    }
}

/// Returns whether traffic to this server can be read in transit: it is another machine, and there is no TLS.
fn is_plain_to_another_machine(url: &str) -> bool {
    let Ok(info) = url.into_connection_info() else { return false };
    match info.addr() {
        ConnectionAddr::Tcp(host, _) => {
            let host = host.trim_matches(['[', ']']);
            let address = host.parse::<IpAddr>();
            !address.map_or(host.eq_ignore_ascii_case("localhost"), |address| {
                address.to_canonical().is_loopback()
            })
        }
        _ => false,
    }
}

fn far_apart(theirs: Timestamp, ours: Timestamp) -> Option<&'static str> {
    let apart = theirs.since(ours).max(ours.since(theirs));
    // The server's time is read in whole seconds.
    let far = apart > APART + Duration::from_secs(1);
    far.then_some("its clock and this machine's differ by more than two seconds: keep both set by NTP")
}

async fn info(connection: &Connection) -> String {
    let mut said = String::new();
    for section in ["memory", "persistence", "replication"] {
        // Forbidden to this user, perhaps; then there is nothing to see.
        if let Ok(part) = connection.read::<String>(redis::cmd("INFO").arg(section)).await {
            said.push_str(&part);
        }
    }
    said
}

fn findings(info: &str) -> Vec<&'static str> {
    let says = |line: &str| info.lines().any(|said| said.trim_end() == line);
    let policy = info.lines().find_map(|line| line.strip_prefix("maxmemory_policy:"));
    let mut found = Vec::new();
    if policy.is_some_and(|policy| policy.trim_end() != "noeviction") {
        found
            .push("it may evict locks and counts: set maxmemory-policy noeviction, in a database of its own");
    }
    if says("aof_enabled:0") {
        found.push("it does not write down what it is told: set appendonly yes, or a restart forgets locks and counts");
    }
    if says("role:slave") {
        found.push("it is a replica, which takes no writes and may be behind: connect to the primary");
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_that_differ_are_told_of() {
        let at = |secs: u64| Timestamp::from_millis(secs * 1000);
        assert!(far_apart(at(100), at(103)).is_none() && far_apart(at(103), at(100)).is_none());
        assert!(far_apart(at(100), at(104)).is_some() && far_apart(at(104), at(100)).is_some());
    }

    #[test]
    fn plain_text_to_another_machine_is_told_from_the_rest() {
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
            ("no url", false),
        ] {
            assert_eq!(is_plain_to_another_machine(url), is_plain, "{url}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_and_nothing_else() {
        let good = "maxmemory_policy:noeviction\r\naof_enabled:1\r\nrole:master\r\n";
        assert!(findings(good).is_empty() && findings("").is_empty());
        for (wrong, named) in [
            (good.replace("noeviction", "allkeys-lru"), "evict"),
            (good.replace("aof_enabled:1", "aof_enabled:0"), "appendonly"),
            (good.replace("master", "slave"), "replica"),
        ] {
            let found = findings(&wrong);
            assert!(found.len() == 1 && found[0].contains(named), "{found:?}");
        }
    }
}
