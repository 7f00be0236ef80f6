//! Codes that were sent and can still be verified.
//!
//! 1. The key consists of account, number and scope. The channel is not part of it.
//! 2. Several codes of one key are valid at the same time: "any code generated within the last N minutes".
//! 3. A successful verify does not consume a code. Bandwidth documents no consumption, so a client that relies on
//!    it must fail here.
//! 4. A code is removed when it is older than the longest time that a verify can name.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, SystemTime},
};

use crate::clock::age;

/// Longest `expirationTimeInMinutes`.
const MAX_AGE: Duration = Duration::from_secs(15 * 60);

/// Number of codes that are kept. If there are more, the oldest are removed early.
const MAX_CODES: usize = 100_000;

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
            && (age(*sent, now) > MAX_AGE || self.by_age.len() > MAX_CODES)
        {
            self.remove_oldest();
        }
    }

    /// Returns true if the code was sent for this key within this time.
    pub(crate) fn contains(&self, key: &Key, code: &str, within: Duration, now: SystemTime) -> bool {
        self.live
            .get(key)
            .is_some_and(|codes| codes.iter().any(|(sent, live)| live == code && age(*sent, now) <= within))
    }

    fn remove_oldest(&mut self) {
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
    fn a_verify_determines_how_old_a_code_can_be() {
        let (mut codes, sent) = (Codes::default(), SystemTime::UNIX_EPOCH);
        codes.add(key("a"), "1234".into(), sent);
        assert!(codes.contains(&key("a"), "1234", minutes(3), sent + minutes(3)));
        assert!(!codes.contains(&key("a"), "1234", minutes(3), sent + minutes(3) + Duration::from_millis(1)));
        assert!(codes.contains(&key("a"), "1234", minutes(15), sent + minutes(15)));
    }

    #[test]
    fn codes_that_no_verify_can_accept_are_removed() {
        let (mut codes, sent) = (Codes::default(), SystemTime::UNIX_EPOCH);
        (0..10).for_each(|number| codes.add(key(&format!("s{number}")), "1234".into(), sent));
        codes.add(key("late"), "1234".into(), sent + minutes(16));
        assert_eq!((codes.live.len(), codes.by_age.len()), (1, 1));
    }
}
