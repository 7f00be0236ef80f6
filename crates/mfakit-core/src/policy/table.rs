//! Table of all limits, in Markdown.

use std::fmt::Write as _;

use crate::{
    limit::{Limit, Span},
    policy::Policy,
};

impl Policy {
    /// Returns all limits as a Markdown table, with the values that the app was built with. Auditors require it (ASVS
    /// 6.1.1).
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
        let wait = "429 `quota-exceeded` with `Retry-After`".to_owned();
        let over = "410 `challenge-over`: a new code is needed".to_owned();
        let again = "the guard requires a new code".to_owned();
        vec![
            (
                "digits of a code",
                self.code_digits.to_string(),
                "any other text is not a code, and is not counted".to_owned(),
            ),
            ("age of a code", Span(self.code_lifetime).to_string(), over.clone()),
            ("wrong codes on one challenge", self.attempts.to_string(), over),
            (
                "consecutive wrong codes of one user, across all challenges, sessions, scopes and channels",
                format!("every {}th", locks.lock_after),
                format!("429 `locked` for {lock_for}, doubling each time up to {longest}"),
            ),
            (
                "consecutive wrong codes of one user, in total",
                locks.disable_after.to_string(),
                "429 `disabled` until the app calls `Mfa::unlock`".to_owned(),
            ),
            (
                "wait between two codes of one user, since the last success",
                waits.join(", "),
                "429 `cooling-down` with `Retry-After`".to_owned(),
            ),
            (
                "codes sent for one session and scope since the user's last success",
                budget(&sends.per_login_and_scope),
                wait.clone(),
            ),
            ("codes sent to one user", budget(&sends.per_user), wait.clone()),
            ("codes sent to one number, across all users", budget(&self.sends_per_number), wait.clone()),
            (
                "codes sent to a block of 10,000 numbers, not counting numbers that completed a challenge in the last 90 days",
                budget(&self.sends_per_block),
                wait.clone(),
            ),
            (
                "codes requested from one address (IPv6: one /64), not counting numbers that completed a challenge in the last \
                 90 days, if the app configures how the address is determined",
                budget(&self.sends_per_address),
                wait.clone(),
            ),
            (
                "codes sent to one unconfirmed number, across all users",
                budget(&self.sends_per_unconfirmed_number),
                wait,
            ),
            (
                "age of the sign-in with which a person adds the first number",
                Span(self.fresh_sign_in).to_string(),
                "401 `sign-in-too-old`".to_owned(),
            ),
            (
                "recovery codes entered for one user, right or wrong",
                budget(&self.recovery.per_user),
                "429 `too-many-attempts` with `Retry-After`".to_owned(),
            ),
            (
                "recovery codes entered from one address (IPv6: one /64), if the app configures how the address is determined",
                budget(&self.recovery.per_address),
                "429 `too-many-attempts` with `Retry-After`".to_owned(),
            ),
            (
                "wait after the app allows a user to replace a lost number, and time for which it is then allowed",
                format!("{}, {}", Span(self.recovery.wait), Span(self.recovery.window)),
                "401 `step-up-required` outside of this time".to_owned(),
            ),
            (
                "wrong codes across all users",
                self.rejections.to_string(),
                "an event; no request is rejected".to_owned(),
            ),
            (
                "age of a grant, if neither its scope nor the route sets less",
                Span(self.grant_lifetime).to_string(),
                again.clone(),
            ),
            (
                "tolerance for a grant that is dated in the future, because clocks differ",
                Span(self.clock_skew).to_string(),
                again,
            ),
            (
                "body of a rejected request that is still arriving: bytes, pause, total time",
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
        assert!(documented.contains(&table), "docs/limits.md must contain this table:\n\n{table}");
    }

    #[test]
    fn a_table_shows_the_values_that_are_set() {
        use std::time::Duration;
        let policy =
            Policy::default().lock_after(5).sends_per_user([Limit::new(2, Duration::from_secs(90 * 60))]);
        let table = policy.table();
        assert!(table.contains("every 5th") && table.contains("| 2 in 90 min |"), "{table}");
    }
}
