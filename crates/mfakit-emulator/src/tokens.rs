//! The access tokens that were issued and have not expired.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use crate::clock::age;
use crate::random;

/// How long a token is good for: `expires_in` in every official fixture.
pub(crate) const LIFETIME: Duration = Duration::from_secs(3600);

/// The most tokens held; beyond it the oldest stops working before its time.
const MOST: usize = 10_000;

/// All tokens live equally long, so the oldest is always the first to go.
#[derive(Debug, Default)]
pub(crate) struct Tokens(VecDeque<(SystemTime, String)>);

impl Tokens {
    pub(crate) fn issue(&mut self, now: SystemTime) -> String {
        while let Some((issued, _)) = self.0.front()
            && (age(*issued, now) >= LIFETIME || self.0.len() >= MOST)
        {
            self.0.pop_front();
        }
        let token = random::token();
        self.0.push_back((now, token.clone()));
        token
    }

    pub(crate) fn hold(&self, token: &str, now: SystemTime) -> bool {
        self.0.iter().rev().any(|(issued, live)| live == token && age(*issued, now) < LIFETIME)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_lives_an_hour_and_an_unknown_one_not_at_all() {
        let (mut tokens, start) = (Tokens::default(), SystemTime::UNIX_EPOCH);
        let token = tokens.issue(start);
        assert!(tokens.hold(&token, start + LIFETIME - Duration::from_millis(1)));
        assert!(!tokens.hold(&token, start + LIFETIME));
        assert!(!tokens.hold("made up", start));

        tokens.issue(start + LIFETIME);
        assert_eq!(tokens.0.len(), 1, "the expired one is gone");
    }
}
