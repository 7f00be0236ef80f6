//! All limits and their defaults.

mod drain;
#[cfg(feature = "testing")]
mod for_tests;
mod invalid;
mod numbers;
mod ranges;
mod recovery;
mod table;

use std::time::Duration;

use crate::{
    code::FEWEST_DIGITS, lock::LockRule, policy::ranges::check_budget, recovery_rule::RecoveryRule,
    send_rule::SendRule,
};

pub use crate::limit::Limit;
pub use drain::DrainRule;
pub use invalid::InvalidPolicy;
pub(crate) use ranges::check_grant_lifetime;

/// Time after the last failure at which the count of failures resets.
const FORGET_FAILURES_AFTER: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Maximum duration of a temporary lock.
const LONGEST_LOCK: Duration = Duration::from_secs(24 * 60 * 60);

/// All limits. They are validated when the [`Mfa`](crate::engine::Mfa) is built. A setter that takes a list
/// replaces the whole list.
///
/// | setting | default | allowed | source |
/// |---|---|---|---|
/// | [`code_digits`](Self::code_digits) | 6 | 6 to 8 | NIST SP 800-63B-4, 3.1.3.2; ASVS 6.5.4 |
/// | [`code_lifetime`](Self::code_lifetime) | 5 min | 1 to 10 min | NIST SP 800-63B-4, 3.1.3.2; ASVS 6.5.5 |
/// | [`attempts`](Self::attempts) a challenge | 5 | 1 to 5 | PSD2 RTS 4(3)(b) |
/// | [`cool_down`](Self::cool_down) between sends | 30, 60, 120 s | each at least 30 s and at most 30 min, never shorter than the one before | SMS pumping; ASVS 2.4.1 |
/// | [`lock_after`](Self::lock_after) failures in a row | 10 | 1 to 10 | PCI DSS 8.3.4 |
/// | [`lock_for`](Self::lock_for) | 30 min, doubling up to 24 h | 30 min to 24 h | PCI DSS 8.3.4; NIST SP 800-63B-4, 3.2.2 |
/// | [`disable_after`](Self::disable_after) failures in a row | 50 | `lock_after` to 100 | NIST SP 800-63B-4, 3.2.2 |
/// | [`sends_per_login_and_scope`](Self::sends_per_login_and_scope) since the last success | 3 in 15 min | see there | SMS pumping |
/// | [`sends_per_user`](Self::sends_per_user) | 5 in 1 h | see there | SMS pumping |
/// | [`sends_per_number`](Self::sends_per_number) | 3 in 10 min, 5 in 1 h, 10 in 24 h | see there | SMS pumping |
/// | [`sends_per_address`](Self::sends_per_address) (IPv6: per /64), to numbers that completed no challenge in the last 90 days | 10 in 1 h | see there | SMS pumping |
/// | [`sends_per_block`](Self::sends_per_block) of 10,000 numbers, to numbers that completed no challenge in the last 90 days | 10 in 1 h | see there | SMS pumping |
/// | [`sends_per_unconfirmed_number`](Self::sends_per_unconfirmed_number), to an unconfirmed number | 3 in 24 h | see there | SMS pumping |
/// | [`fresh_sign_in`](Self::fresh_sign_in) before the first number is added | 10 min | 1 min to 24 h | – |
/// | [`recovery_wait`](Self::recovery_wait), [`recovery_window`](Self::recovery_window) | 24 h, 3 d | 0 to 30 d, 10 min to 30 d | – |
/// | [`recovery_attempts_per_user`](Self::recovery_attempts_per_user) | 5 in 1 h, 10 in 24 h | see `sends_per_login_and_scope` | NIST SP 800-63B-4, 3.1.2.2 |
/// | [`recovery_attempts_per_address`](Self::recovery_attempts_per_address) | 20 in 1 h | see `sends_per_login_and_scope` | – |
/// | [`rejections`](Self::rejections) across all users, which raise an event and reject no request | 100 in 10 min | see there | ASVS 6.3.1 |
/// | [`grant_lifetime`](Self::grant_lifetime) | 10 min | 1 s to 24 h | outer bound: NIST SP 800-63B-4, 2.2.3 |
/// | [`clock_skew`](Self::clock_skew) | 5 s | 0 to 60 s | – |
/// | [`drain_bytes`](Self::drain_bytes) of a rejected request's body | 64 MiB | 0 (never) to 1 GiB | RFC 9112, 9.6 |
/// | [`drain_pause`](Self::drain_pause) between two pieces of it | 10 s | 10 ms to 60 s | RFC 9112, 9.6 |
/// | [`drain_time`](Self::drain_time) for all of it | 2 min | 10 ms to 10 min | RFC 9112, 9.6 |
///
/// ```
/// use std::time::Duration;
/// use mfakit_core::Policy;
///
/// let strict = Policy::default().code_digits(8).code_lifetime(Duration::from_secs(180));
/// assert_eq!(strict.digits(), 8);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Policy {
    pub(crate) code_digits: u8,
    pub(crate) code_lifetime: Duration,
    pub(crate) attempts: u32,
    pub(crate) locks: LockRule,
    pub(crate) sends: SendRule,
    pub(crate) sends_per_number: Vec<Limit>,
    pub(crate) sends_per_address: Vec<Limit>,
    pub(crate) sends_per_block: Vec<Limit>,
    pub(crate) sends_per_unconfirmed_number: Vec<Limit>,
    pub(crate) fresh_sign_in: Duration,
    pub(crate) recovery: RecoveryRule,
    pub(crate) rejections: Limit,
    pub(crate) grant_lifetime: Duration,
    pub(crate) clock_skew: Duration,
    pub(crate) drain: DrainRule,
    /// The ranges of the cool-down, the budgets and the locks do not apply.
    #[cfg(feature = "testing")]
    for_tests: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            code_digits: 6,
            code_lifetime: Duration::from_secs(5 * 60),
            attempts: 5,
            locks: LockRule {
                lock_after: 10,
                lock_for: Duration::from_secs(30 * 60),
                longest_lock: LONGEST_LOCK,
                disable_after: 50,
                forget_after: FORGET_FAILURES_AFTER,
            },
            sends: SendRule {
                cool_down: vec![Duration::from_secs(30), Duration::from_secs(60), Duration::from_secs(120)],
                per_login_and_scope: vec![Limit::new(3, Duration::from_secs(15 * 60))],
                per_user: vec![Limit::new(5, Duration::from_secs(60 * 60))],
            },
            sends_per_number: vec![
                Limit::new(3, Duration::from_secs(10 * 60)),
                Limit::new(5, Duration::from_secs(60 * 60)),
                Limit::new(10, Duration::from_secs(24 * 60 * 60)),
            ],
            sends_per_address: vec![Limit::new(10, Duration::from_secs(60 * 60))],
            sends_per_block: vec![Limit::new(10, Duration::from_secs(60 * 60))],
            sends_per_unconfirmed_number: vec![Limit::new(3, Duration::from_secs(24 * 60 * 60))],
            fresh_sign_in: Duration::from_secs(10 * 60),
            recovery: RecoveryRule::default(),
            rejections: Limit::new(100, Duration::from_secs(10 * 60)),
            grant_lifetime: Duration::from_secs(10 * 60),
            clock_skew: Duration::from_secs(5),
            drain: DrainRule::default(),
            #[cfg(feature = "testing")]
            for_tests: false,
        }
    }
}

impl Policy {
    /// Sets the number of digits of a code.
    pub const fn code_digits(mut self, digits: u8) -> Self {
        self.code_digits = digits;
        self
    }

    /// Sets the lifetime of a code, by the engine's clock.
    pub const fn code_lifetime(mut self, lifetime: Duration) -> Self {
        self.code_lifetime = lifetime;
        self
    }

    /// Sets the maximum number of attempts per challenge.
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets the waits between the sends to one user: after the first send, after the second, and so on. The last value
    /// repeats. Only sends within the last hour and since the last success count.
    pub fn cool_down(mut self, waits: impl IntoIterator<Item = Duration>) -> Self {
        self.sends.cool_down = waits.into_iter().collect();
        self
    }

    /// Locks the user after every `failures` consecutive wrong codes, across all challenges, sessions, scopes and
    /// channels. Only a success, the app's [`unlock`](crate::engine::Mfa::unlock), or 30 days without a failure reset
    /// the count.
    pub const fn lock_after(mut self, failures: u32) -> Self {
        self.locks.lock_after = failures;
        self
    }

    /// Sets the duration of the first lock. Each further lock lasts twice as long, up to 24 hours.
    pub const fn lock_for(mut self, span: Duration) -> Self {
        self.locks.lock_for = span;
        self
    }

    /// Disables the user's phone as a factor after `failures` consecutive wrong codes, until the app calls
    /// [`unlock`](crate::engine::Mfa::unlock).
    pub const fn disable_after(mut self, failures: u32) -> Self {
        self.locks.disable_after = failures;
        self
    }

    /// Limits the sends for one session and scope since the user's last success. Every budget needs at least one
    /// limit, each of 1 to 1,000 sends in 1 minute to 24 hours. All limits of a budget apply.
    pub fn sends_per_login_and_scope(mut self, limits: impl IntoIterator<Item = Limit>) -> Self {
        self.sends.per_login_and_scope = limits.into_iter().collect();
        self
    }

    /// Limits the sends for one user, across all sessions, scopes and channels.
    pub fn sends_per_user(mut self, limits: impl IntoIterator<Item = Limit>) -> Self {
        self.sends.per_user = limits.into_iter().collect();
        self
    }

    /// Limits the sends to one number, across all users.
    pub fn sends_per_number(mut self, limits: impl IntoIterator<Item = Limit>) -> Self {
        self.sends_per_number = limits.into_iter().collect();
        self
    }

    /// Limits the sends that one client address requests; for IPv6, its /64. Applies only if
    /// [`client_address`](crate::engine::MfaBuilder::client_address) is set. Numbers that completed a challenge in
    /// the last 90 days neither count nor are limited.
    pub fn sends_per_address(mut self, limits: impl IntoIterator<Item = Limit>) -> Self {
        self.sends_per_address = limits.into_iter().collect();
        self
    }

    /// Limits the sends to a block of adjacent numbers, which differ only in the last four digits. Numbers
    /// that completed a challenge in the last 90 days neither count nor are limited.
    pub fn sends_per_block(mut self, limits: impl IntoIterator<Item = Limit>) -> Self {
        self.sends_per_block = limits.into_iter().collect();
        self
    }

    /// Sets the number of rejected codes across all users that raises an [event](crate::event::Event). No request is
    /// rejected: a global limit would let an attacker lock everyone out.
    pub const fn rejections(mut self, limit: Limit) -> Self {
        self.rejections = limit;
        self
    }

    /// Sets the lifetime of a grant if neither its scope nor the route sets one.
    pub const fn grant_lifetime(mut self, lifetime: Duration) -> Self {
        self.grant_lifetime = lifetime;
        self
    }

    /// Sets how far in the future a grant may have been verified, for instances whose clocks differ.
    pub const fn clock_skew(mut self, skew: Duration) -> Self {
        self.clock_skew = skew;
        self
    }

    /// Returns the number of digits of a code.
    #[must_use]
    pub const fn digits(&self) -> u8 {
        self.code_digits
    }

    /// Sets the maximum number of bytes of a rejected request's body that are discarded so that the answer arrives. A
    /// browser does not read the answer until it has sent its whole body, and reports a lost connection if the server
    /// stops reading earlier. Past this limit, the connection is closed. Set it a little above the largest upload of
    /// the app. 0 turns discarding off.
    ///
    /// The discarded bytes reach no extractor and no handler. Only HTTP/1 needs this: an HTTP/2 stream is reset.
    pub const fn drain_bytes(mut self, bytes: u64) -> Self {
        self.drain.bytes = bytes;
        self
    }

    /// Sets how long a client may pause while its body is being discarded. After that, the connection is closed.
    pub const fn drain_pause(mut self, pause: Duration) -> Self {
        self.drain.pause = pause;
        self
    }

    /// Sets how long discarding a body may take in total. After that, the connection is closed.
    pub const fn drain_time(mut self, time: Duration) -> Self {
        self.drain.time = time;
        self
    }

    /// Returns the limits on discarding the rest of a rejected request.
    #[must_use]
    pub const fn drain(&self) -> DrainRule {
        self.drain
    }

    /// Returns whether the ranges of the locks and budgets do not apply.
    #[cfg(feature = "testing")]
    pub(crate) const fn is_for_tests(&self) -> bool {
        self.for_tests
    }

    /// Returns false: the feature `testing` is off.
    #[cfg(not(feature = "testing"))]
    #[expect(clippy::unused_self, reason = "the feature `testing` reads it")]
    pub(crate) const fn is_for_tests(&self) -> bool {
        false
    }

    /// Checks every limit against its allowed range.
    pub(crate) fn check(&self) -> Result<(), InvalidPolicy> {
        if !(FEWEST_DIGITS..=8).contains(&self.code_digits) {
            return Err(InvalidPolicy::CodeDigits { digits: self.code_digits });
        }
        if !(Duration::from_secs(60)..=Duration::from_secs(10 * 60)).contains(&self.code_lifetime) {
            return Err(InvalidPolicy::CodeLifetime { lifetime: self.code_lifetime });
        }
        if !(1..=5).contains(&self.attempts) {
            return Err(InvalidPolicy::Attempts { attempts: self.attempts });
        }
        if !self.is_for_tests() {
            self.check_sends()?;
            self.check_locks()?;
        } else if self.locks.lock_after == 0 {
            return Err(InvalidPolicy::LockAfter { failures: 0 });
        }
        check_grant_lifetime(self.grant_lifetime)?;
        self.check_fresh_sign_in()?;
        self.check_recovery()?;
        if self.clock_skew > Duration::from_secs(60) {
            return Err(InvalidPolicy::ClockSkew { skew: self.clock_skew });
        }
        self.drain.check()
    }

    fn check_sends(&self) -> Result<(), InvalidPolicy> {
        let allowed = Duration::from_secs(30)..=Duration::from_secs(30 * 60);
        let cool_down = &self.sends.cool_down;
        let fits = cool_down.iter().all(|wait| allowed.contains(wait)) && cool_down.is_sorted();
        if cool_down.is_empty() || !fits {
            return Err(InvalidPolicy::CoolDown);
        }
        for (setting, limits) in self.budgets() {
            check_budget(setting, limits)?;
        }
        Ok(())
    }

    const fn check_locks(&self) -> Result<(), InvalidPolicy> {
        let LockRule { lock_after, lock_for, disable_after, .. } = self.locks;
        if lock_after < 1 || lock_after > 10 {
            return Err(InvalidPolicy::LockAfter { failures: lock_after });
        }
        if lock_for.as_secs() < 30 * 60 || lock_for.as_secs() > 24 * 3600 {
            return Err(InvalidPolicy::LockFor { span: lock_for });
        }
        if disable_after < lock_after || disable_after > 100 {
            return Err(InvalidPolicy::DisableAfter { failures: disable_after });
        }
        Ok(())
    }

    fn budgets(&self) -> [(&'static str, &[Limit]); 7] {
        [
            ("sends_per_login_and_scope", &self.sends.per_login_and_scope),
            ("sends_per_user", &self.sends.per_user),
            ("sends_per_number", &self.sends_per_number),
            ("sends_per_address", &self.sends_per_address),
            ("sends_per_block", &self.sends_per_block),
            ("sends_per_unconfirmed_number", &self.sends_per_unconfirmed_number),
            ("rejections", std::slice::from_ref(&self.rejections)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_passes_the_check() {
        assert_eq!(Policy::default().check(), Ok(()));
    }

    #[test]
    fn a_weakening_setting_is_rejected_by_name() {
        let secs = Duration::from_secs;
        for (policy, named) in [
            (Policy::default().code_digits(4), "code_digits is 4"),
            (Policy::default().code_digits(9), "code_digits is 9"),
            (Policy::default().code_lifetime(secs(660)), "code_lifetime is 660s"),
            (Policy::default().code_lifetime(secs(59)), "code_lifetime is 59s"),
            (Policy::default().attempts(0), "attempts is 0"),
            (Policy::default().attempts(6), "attempts is 6"),
            (Policy::default().cool_down([]), "cool_down"),
            (Policy::default().cool_down([secs(29)]), "cool_down"),
            (Policy::default().cool_down([secs(60), secs(30)]), "cool_down"),
            (Policy::default().cool_down([secs(30), secs(1801)]), "cool_down"),
            (Policy::default().lock_after(0), "lock_after is 0"),
            (Policy::default().lock_after(11), "lock_after is 11"),
            (Policy::default().lock_for(secs(1799)), "lock_for is 1799s"),
            (Policy::default().lock_for(secs(86_401)), "lock_for is 86401s"),
            (Policy::default().disable_after(9), "disable_after is 9"),
            (Policy::default().disable_after(101), "disable_after is 101"),
            (Policy::default().sends_per_login_and_scope([]), "sends_per_login_and_scope"),
            (Policy::default().sends_per_user([Limit::new(0, secs(60))]), "sends_per_user"),
            (Policy::default().sends_per_number([Limit::new(1001, secs(60))]), "sends_per_number"),
            (Policy::default().sends_per_address([Limit::new(1, secs(59))]), "sends_per_address"),
            (Policy::default().sends_per_block([Limit::new(1, secs(86_401))]), "sends_per_block"),
            (Policy::default().rejections(Limit::new(0, secs(60))), "rejections"),
            (Policy::default().sends_per_unconfirmed_number([]), "sends_per_unconfirmed_number"),
            (Policy::default().fresh_sign_in(secs(59)), "fresh_sign_in is 59s"),
            (Policy::default().fresh_sign_in(secs(86_401)), "fresh_sign_in is 86401s"),
            (Policy::default().grant_lifetime(secs(0)), "grant is 0ns"),
            (Policy::default().grant_lifetime(secs(86_401)), "grant is 86401s"),
            (Policy::default().clock_skew(secs(61)), "clock_skew is 61s"),
            (Policy::default().drain_bytes((1 << 30) + 1), "drain_bytes is 1073741825"),
            (Policy::default().drain_pause(secs(0)), "drain_pause is 0ns"),
            (Policy::default().drain_pause(secs(61)), "drain_pause is 61s"),
            (Policy::default().drain_time(secs(0)), "drain_time is 0ns"),
            (Policy::default().drain_time(secs(601)), "drain_time is 601s"),
        ] {
            let error = policy.check().unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}
