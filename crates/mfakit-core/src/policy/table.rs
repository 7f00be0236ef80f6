//! The limits as people read them.

use std::fmt::Write as _;

use crate::{
    limit::{Limit, Span},
    policy::Policy,
};

impl Policy {
    /// Every limit that is in force, as a Markdown table: what an auditor asks for (ASVS 6.1.1), of the very values
    /// that the app was built with.
    ///
    /// ```
    /// use mfakit_core::Policy;
    ///
    /// assert!(Policy::default().table().contains("| wrong codes on one challenge | 5 |"));
    /// ```
    #[must_use]
    pub fn table(&self) -> String {
        let mut table = "| what | limit | when it is reached |\n|---|---|---|\n".to_owned();
        for (what, limit, then) in self.rows() {
            // Writing to a string does not fail.
            let _: std::fmt::Result = writeln!(table, "| {what} | {limit} | {then} |");
        }
        table
    }

    fn rows(&self) -> Vec<(&'static str, String, String)> {
        let Self { locks, sends, drain, .. } = self;
        let (lock_for, longest) = (Span(locks.lock_for), Span(locks.longest_lock));
        let waits: Vec<_> = sends.cool_down.iter().map(|wait| Span(*wait).to_string()).collect();
        let wait = "429 `quota-exceeded`, and when to try again".to_owned();
        let over = "410 `challenge-over`: a new code is needed".to_owned();
        let again = "the guard asks for a new code".to_owned();
        vec![
            (
                "digits of a code",
                self.code_digits.to_string(),
                "anything else is no code, and counts for nothing".to_owned(),
            ),
            ("age of a code", Span(self.code_lifetime).to_string(), over.clone()),
            ("wrong codes on one challenge", self.attempts.to_string(), over),
            (
                "wrong codes of one user in a row, over all challenges, log-ins, scopes and channels",
                format!("every {}th", locks.lock_after),
                format!("429 `locked` for {lock_for}, twice as long each time, {longest} at most"),
            ),
            (
                "wrong codes of one user in a row, in all",
                locks.disable_after.to_string(),
                "429 `disabled` until the app calls `Mfa::unlock`".to_owned(),
            ),
            (
                "wait between two codes of one user, since the last success",
                waits.join(", "),
                "429 `cooling-down`, and when to try again".to_owned(),
            ),
            (
                "codes sent for one log-in and scope since the user's last success",
                budget(&sends.per_login_and_scope),
                wait.clone(),
            ),
            ("codes sent to one user", budget(&sends.per_user), wait.clone()),
            ("codes sent to one number, over all users", budget(&self.sends_per_number), wait.clone()),
            (
                "codes sent to a block of 10,000 numbers, without those that completed a challenge in the last 90 days",
                budget(&self.sends_per_block),
                wait.clone(),
            ),
            (
                "codes that one address asks for (IPv6: one /64), without those to numbers that completed a challenge in the last \
                 90 days, if the app configures how the address is determined",
                budget(&self.sends_per_address),
                wait,
            ),
            (
                "wrong codes over all users",
                self.rejections.to_string(),
                "an event; nobody is refused".to_owned(),
            ),
            (
                "age of a grant, where neither its scope nor the route says less",
                Span(self.grant_lifetime).to_string(),
                again.clone(),
            ),
            ("a grant from the future, by clocks that differ", Span(self.clock_skew).to_string(), again),
            (
                "body that a rejected request is still sending: bytes, pause, time in all",
                format!("{} bytes, {}, {}", drain.bytes, Span(drain.pause), Span(drain.time)),
                "the connection is closed; until then the bytes are discarded".to_owned(),
            ),
        ]
    }
}

fn budget(limits: &[Limit]) -> String {
    let limits: Vec<_> = limits.iter().map(Limit::to_string).collect();
    limits.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_table_is_that_of_the_code() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/limits.md");
        let documented = std::fs::read_to_string(path).unwrap_or_default();
        let table = Policy::default().table();
        assert!(documented.contains(&table), "docs/limits.md wants this table:\n\n{table}");
    }

    #[test]
    fn a_table_shows_the_values_that_are_set() {
        use std::time::Duration;
        let policy = Policy::default().lock_after(5).sends_per_user([Limit::new(2, Duration::from_mins(90))]);
        let table = policy.table();
        assert!(table.contains("every 5th") && table.contains("| 2 in 90 min |"), "{table}");
    }
}
