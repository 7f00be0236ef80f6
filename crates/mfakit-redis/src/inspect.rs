//! A look at how the server is run, once, at the start.

use crate::connection::Connection;

/// Warns of what can be seen to be wrong. A server that does not tell is not asked twice.
pub(crate) async fn inspect(connection: &Connection) {
    for warning in findings(&info(connection).await) {
        tracing::warn!(target: "mfakit", event = "sys_redis", why = warning, "Redis is not run as mfakit needs it");
    }
}

async fn info(connection: &Connection) -> String {
    let mut said = String::new();
    for section in ["memory", "persistence", "replication"] {
        // Forbidden to this user, perhaps; then there is nothing to see.
        if let Ok(part) = connection.ask::<String>(redis::cmd("INFO").arg(section)).await {
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
        found.push("it may evict locks and counts: set maxmemory-policy noeviction, in a database of its own");
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
