//! Every limit and its default, in one place.

use std::time::Duration;

/// Every limit, with its default. Validated when the [`Mfa`](crate::Mfa) is built.
///
/// | setting | default | allowed | source |
/// |---|---|---|---|
/// | [`code_digits`](Self::code_digits) | 6 | 6 to 8 | NIST SP 800-63B-4, 3.1.3.2; ASVS 6.5.4 |
/// | [`code_lifetime`](Self::code_lifetime) | 5 min | 1 to 10 min | NIST SP 800-63B-4, 3.1.3.2; ASVS 6.5.5 |
/// | [`attempts`](Self::attempts) a challenge | 5 | 1 to 5 | PSD2 RTS 4(3)(b) |
/// | [`cool_down`](Self::cool_down) between sends | 30, 60, 120 s | each at least 30 s and at most 30 min, never shorter than the one before | SMS pumping; ASVS 2.4.1 |
/// | [`grant_lifetime`](Self::grant_lifetime) | 10 min | 1 s to 24 h | outer bound: NIST SP 800-63B-4, 2.2.3 |
/// | [`clock_skew`](Self::clock_skew) | 5 s | 0 to 60 s | – |
///
/// ```
/// use std::time::Duration;
/// use mfakit_core::Policy;
///
/// let strict = Policy::default().code_digits(8).code_lifetime(Duration::from_mins(3));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Policy {
    pub(crate) code_digits: u8,
    pub(crate) code_lifetime: Duration,
    pub(crate) attempts: u32,
    pub(crate) cool_down: Vec<Duration>,
    pub(crate) grant_lifetime: Duration,
    pub(crate) clock_skew: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            code_digits: 6,
            code_lifetime: Duration::from_mins(5),
            attempts: 5,
            cool_down: vec![Duration::from_secs(30), Duration::from_secs(60), Duration::from_secs(120)],
            grant_lifetime: Duration::from_mins(10),
            clock_skew: Duration::from_secs(5),
        }
    }
}

impl Policy {
    /// How many digits a code has.
    pub const fn code_digits(mut self, digits: u8) -> Self {
        self.code_digits = digits;
        self
    }

    /// How long a code is accepted, by our clock.
    pub const fn code_lifetime(mut self, lifetime: Duration) -> Self {
        self.code_lifetime = lifetime;
        self
    }

    /// How many codes may be tried on one challenge.
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// How long a user waits for the next send: after the first one, the second, and so on; the last
    /// value repeats. A success, or an hour without a send, begins anew.
    pub fn cool_down(mut self, waits: impl IntoIterator<Item = Duration>) -> Self {
        self.cool_down = waits.into_iter().collect();
        self
    }

    /// How long a grant lasts where neither its scope nor the route says otherwise.
    pub const fn grant_lifetime(mut self, lifetime: Duration) -> Self {
        self.grant_lifetime = lifetime;
        self
    }

    /// How far in the future a grant may have been verified, for instances whose clocks differ.
    pub const fn clock_skew(mut self, skew: Duration) -> Self {
        self.clock_skew = skew;
        self
    }

    /// What is wrong with it, if anything.
    pub(crate) fn check(&self) -> Result<(), InvalidPolicy> {
        if !(6..=8).contains(&self.code_digits) {
            return Err(InvalidPolicy::CodeDigits { digits: self.code_digits });
        }
        if !(Duration::from_mins(1)..=Duration::from_mins(10)).contains(&self.code_lifetime) {
            return Err(InvalidPolicy::CodeLifetime { lifetime: self.code_lifetime });
        }
        if !(1..=5).contains(&self.attempts) {
            return Err(InvalidPolicy::Attempts { attempts: self.attempts });
        }
        let allowed = Duration::from_secs(30)..=Duration::from_mins(30);
        let fits = self.cool_down.iter().all(|wait| allowed.contains(wait)) && self.cool_down.is_sorted();
        if self.cool_down.is_empty() || !fits {
            return Err(InvalidPolicy::CoolDown);
        }
        check_grant_lifetime(self.grant_lifetime)?;
        if self.clock_skew > Duration::from_mins(1) {
            return Err(InvalidPolicy::ClockSkew { skew: self.clock_skew });
        }
        Ok(())
    }
}

pub(crate) fn check_grant_lifetime(lifetime: Duration) -> Result<(), InvalidPolicy> {
    let allowed = Duration::from_secs(1)..=Duration::from_hours(24);
    if allowed.contains(&lifetime) { Ok(()) } else { Err(InvalidPolicy::GrantLifetime { lifetime }) }
}

/// Which limit is outside what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPolicy {
    /// Too few digits to resist guessing, or more than Bandwidth can send.
    #[error("code_digits is {digits}; a code has 6 to 8 digits")]
    CodeDigits {
        /// What was asked for.
        digits: u8,
    },
    /// A code would live too long, or too short to be typed.
    #[error("code_lifetime is {lifetime:?}; a code lives 1 to 10 minutes")]
    CodeLifetime {
        /// What was asked for.
        lifetime: Duration,
    },
    /// Too many guesses, or none.
    #[error("attempts is {attempts}; a challenge takes 1 to 5 of them")]
    Attempts {
        /// What was asked for.
        attempts: u32,
    },
    /// No wait, one too short or too long, or one shorter than that before it.
    #[error("cool_down needs at least one wait, each of 30 seconds to 30 minutes, in ascending order")]
    CoolDown,
    /// A grant would outlive any session.
    #[error("the lifetime of a grant is {lifetime:?}; allowed is 1 second to 24 hours")]
    GrantLifetime {
        /// What was asked for.
        lifetime: Duration,
    },
    /// Clocks that differ by more cannot be trusted.
    #[error("clock_skew is {skew:?}; allowed is at most 60 seconds")]
    ClockSkew {
        /// What was asked for.
        skew: Duration,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_allowed() {
        assert_eq!(Policy::default().check(), Ok(()));
    }

    #[test]
    fn what_weakens_the_door_is_refused_by_name() {
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
            (Policy::default().grant_lifetime(secs(0)), "grant is 0ns"),
            (Policy::default().grant_lifetime(secs(86_401)), "grant is 86401s"),
            (Policy::default().clock_skew(secs(61)), "clock_skew is 61s"),
        ] {
            let error = policy.check().unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }
}
