//! Access tokens that were issued and have not expired.

use std::{
    collections::VecDeque,
    time::{Duration, SystemTime},
};

use crate::{clock::age, random};

/// Lifetime of a token: `expires_in` in every official fixture.
pub(crate) const LIFETIME: Duration = Duration::from_secs(3600);

/// Number of tokens that are kept. If there are more, the oldest is removed early.
const MAX_TOKENS: usize = 10_000;

/// Valid tokens, oldest first. All have the same lifetime, so the oldest always expires first.
#[derive(Debug, Default)]
pub(crate) struct Tokens(VecDeque<(SystemTime, String)>);

impl Tokens {
    pub(crate) fn issue(&mut self, now: SystemTime) -> String {
        while let Some((issued, _)) = self.0.front()
            && (age(*issued, now) >= LIFETIME || self.0.len() >= MAX_TOKENS)
        {
            self.0.pop_front();
        }
        let token = random::token();
        self.0.push_back((now, token.clone()));
        token
    }

    /// Returns true if the token was issued and has not expired.
    pub(crate) fn contains(&self, token: &str, now: SystemTime) -> bool {
        self.0.iter().rev().any(|(issued, live)| live == token && age(*issued, now) < LIFETIME)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_valid_for_an_hour_and_an_unknown_one_is_not() {
        let (mut tokens, start) = (Tokens::default(), SystemTime::UNIX_EPOCH);
        let token = tokens.issue(start);
        assert!(tokens.contains(&token, start + LIFETIME - Duration::from_millis(1)));
        assert!(!tokens.contains(&token, start + LIFETIME));
        assert!(!tokens.contains("made up", start));

        tokens.issue(start + LIFETIME);
        assert_eq!(tokens.0.len(), 1, "the expired token is removed");
    }
}
