//! The codes that were sent and may still be verified.
//!
//! 1. The key is account, number and scope; the channel is no part of it.
//! 2. Several codes of one key live side by side: "any code generated within the last N minutes" is valid.
//! 3. A successful verify does not consume a code: Bandwidth documents no consumption, so a client that relies on
//!    it must fail here.
//! 4. Codes older than the longest time a verify may name are forgotten.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, SystemTime};

use crate::clock::age;

/// The longest `expirationTimeInMinutes`.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// The most codes held; beyond it the oldest are forgotten before their time.
const MOST: usize = 100_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) account: String,
    pub(crate) to: String,
    pub(crate) scope: String,
}

#[derive(Debug, Default)]
pub(crate) struct Codes {
    live: HashMap<Key, VecDeque<(SystemTime, String)>>,
    by_age: VecDeque<(SystemTime, Key)>,
}

impl Codes {
    pub(crate) fn add(&mut self, key: Key, code: String, now: SystemTime) {
        self.by_age.push_back((now, key.clone()));
        self.live.entry(key).or_default().push_back((now, code));
        while let Some((sent, _)) = self.by_age.front()
            && (age(*sent, now) > LONGEST || self.by_age.len() > MOST)
        {
            self.forget_oldest();
        }
    }

    pub(crate) fn hold(&self, key: &Key, code: &str, within: Duration, now: SystemTime) -> bool {
        self.live
            .get(key)
            .is_some_and(|codes| codes.iter().any(|(sent, live)| live == code && age(*sent, now) <= within))
    }

    fn forget_oldest(&mut self) {
        let Some((_, key)) = self.by_age.pop_front() else { return };
        if let Some(codes) = self.live.get_mut(&key) {
            codes.pop_front();
            if codes.is_empty() {
                self.live.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(scope: &str) -> Key {
        Key { account: "9900000".into(), to: "+12025550123".into(), scope: scope.into() }
    }

    fn minutes(count: u64) -> Duration {
        Duration::from_secs(count * 60)
    }

    #[test]
    fn the_verifier_says_how_old_a_code_may_be() {
        let (mut codes, sent) = (Codes::default(), SystemTime::UNIX_EPOCH);
        codes.add(key("a"), "1234".into(), sent);
        assert!(codes.hold(&key("a"), "1234", minutes(3), sent + minutes(3)));
        assert!(!codes.hold(&key("a"), "1234", minutes(3), sent + minutes(3) + Duration::from_millis(1)));
        assert!(codes.hold(&key("a"), "1234", minutes(15), sent + minutes(15)));
    }

    #[test]
    fn codes_past_every_verify_are_forgotten() {
        let (mut codes, sent) = (Codes::default(), SystemTime::UNIX_EPOCH);
        (0..10).for_each(|number| codes.add(key(&format!("s{number}")), "1234".into(), sent));
        codes.add(key("late"), "1234".into(), sent + minutes(16));
        assert_eq!((codes.live.len(), codes.by_age.len()), (1, 1));
    }
}
