//! Instance of the release before bound actions, which reads and writes records of version 1.
//!
//! `scripts/` contains the scripts of that release, unchanged. Its arguments and its strict readers are written down here.

use mfakit::{
    ChallengeId,
    store::{Challenge, Revocation},
};

use crate::{
    kit::{NUMBER, TestUser},
    server::RedisServer,
};

/// Instance on a server, of the user `alice`.
pub(crate) struct ReleaseBefore<'a>(pub(crate) &'a RedisServer);

/// Scripts of the verbs, each with what it is appended to.
macro_rules! source {
    ($($part:literal),+) => { concat!($(include_str!(concat!("scripts/", $part, ".lua")), "\n"),+) };
}

const RESERVE_SEND: &str = source!("prelude", "user", "reserve_send");
const RELEASE_SEND: &str = source!("prelude", "user", "release_send");
const OPEN_CHALLENGE: &str = source!("prelude", "user", "open_challenge");
const RESERVE_ATTEMPT: &str = source!("prelude", "user", "spent", "reserve_attempt");
const RELEASE_ATTEMPT: &str = source!("prelude", "user", "spent", "release_attempt");
const REDEEM: &str = source!("prelude", "user", "spent", "redeem");
const FIND_REPEAT: &str = source!("prelude", "user", "spent", "find_repeat");
const CONSUME: &str = source!("prelude", "consume");
const REVOKE: &str = source!("prelude", "user", "revoke");
const UNLOCK: &str = source!("prelude", "user", "unlock");
const USER_STATE: &str = source!("prelude", "user", "user_state");

/// Keys of `alice`: SHA-256 of "mfakit user alice", from sha256sum.
pub(crate) fn alice_key(suffix: &str) -> String {
    format!("mfakit:{{4b67ad8590903874a24a06c7fde55092}}:{suffix}")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl ReleaseBefore<'_> {
    /// Calls a script with the keys of the user. Returns the lines of the answer.
    fn call(&self, script: &str, keys: &[&str], arguments: &[&str]) -> Vec<String> {
        let keys: Vec<_> = keys.iter().map(|suffix| alice_key(suffix)).collect();
        let count = keys.len().to_string();
        let keys = keys.iter().map(String::as_str);
        // No time: the server's clock counts.
        let words: Vec<_> = ["eval", script, &count].into_iter().chain(keys).chain([""]).collect();
        let answer = self.0.cli(&[&words, arguments].concat());
        answer.lines().map(str::to_owned).collect()
    }

    pub(crate) fn reserve_send(&self, user: &TestUser, challenge: &ChallengeId) -> Vec<String> {
        let place = [&*hex(challenge.as_bytes()), &hex(user.login.as_bytes()), user.scope.as_str()];
        let rule = ["", "", "1000:86400000", "86400000"];
        self.call(RESERVE_SEND, &["u"], &[&place as &[_], &rule].concat())
    }

    pub(crate) fn release_send(&self, challenge: &ChallengeId) -> Vec<String> {
        self.call(RELEASE_SEND, &["u"], &[&hex(challenge.as_bytes())])
    }

    pub(crate) fn open_challenge(&self, user: &TestUser, challenge: &ChallengeId) -> Vec<String> {
        let (id, login) = (hex(challenge.as_bytes()), hex(user.login.as_bytes()));
        let before = format!("1|{id}|{}|5", hex(&NUMBER));
        let after = "messaging|0|34|pay-aaaaaaaaaaaaaaaa|";
        let arguments = [&*id, &login, user.scope.as_str(), &before, "0", "300000", after, "0"];
        self.call(OPEN_CHALLENGE, &["u", "x"], &arguments)
    }

    pub(crate) fn live_challenge(&self, user: &TestUser) -> Challenge {
        let challenge = user.challenge(crate::kit::NO_TIME);
        assert_eq!(self.reserve_send(user, &challenge.id)[0], "reserved");
        assert_eq!(self.open_challenge(user, &challenge.id), ["opened"]);
        challenge
    }

    pub(crate) fn attempt(&self, user: &TestUser, challenge: &ChallengeId) -> Vec<String> {
        let place = [&*hex(challenge.as_bytes()), &hex(user.login.as_bytes()), user.scope.as_str()];
        let (numbers, proofs) = (hex(&NUMBER), hex(crate::kit::PROOF.as_bytes()));
        let rule = [&*numbers, "10", "1800000", "86400000", "50", "2592000000", &proofs];
        self.call(RESERVE_ATTEMPT, &["u", "g", "x"], &[&place as &[_], &rule].concat())
    }

    pub(crate) fn release_attempt(&self, user: &TestUser, challenge: &ChallengeId) -> Vec<String> {
        let place = [&*hex(challenge.as_bytes()), &hex(user.login.as_bytes()), user.scope.as_str()];
        let arguments = [&place as &[_], &["1", "0", "unsent", "10", "50"]].concat();
        self.call(RELEASE_ATTEMPT, &["u", "g", "x"], &arguments)
    }

    pub(crate) fn redeem(&self, user: &TestUser, challenge: &ChallengeId) -> Vec<String> {
        let place = [&*hex(challenge.as_bytes()), &hex(user.login.as_bytes()), user.scope.as_str()];
        let (proof, nonce) = (hex(crate::kit::PROOF.as_bytes()), "05".repeat(32));
        let arguments = [&place as &[_], &["600000", "bearer", "", &proof, &nonce]].concat();
        self.call(REDEEM, &["u", "g", "x"], &arguments)
    }

    pub(crate) fn find_repeat(&self, user: &TestUser, challenge: &ChallengeId) -> Vec<String> {
        let place = [&*hex(challenge.as_bytes()), &hex(user.login.as_bytes()), user.scope.as_str()];
        let proof = hex(crate::kit::PROOF.as_bytes());
        self.call(FIND_REPEAT, &["u", "g", "x"], &[&place as &[_], &["1", &proof]].concat())
    }

    /// Reads the grant, as every guarded request does.
    pub(crate) fn grant(&self, user: &TestUser) -> Option<String> {
        let record = self.0.cli(&["hget", &alice_key("g"), &place(user)]);
        (!record.is_empty()).then_some(record)
    }

    pub(crate) fn consume(&self, user: &TestUser, record: &str) -> Vec<String> {
        self.call(CONSUME, &["g"], &[&place(user), record])
    }

    pub(crate) fn revoke(&self, what: Revocation) -> Vec<String> {
        let (login, scope) = match what {
            Revocation::User => (String::new(), String::new()),
            Revocation::Login(login) => (hex(login.as_bytes()), String::new()),
            Revocation::Scope(scope) => (String::new(), scope.as_str().to_owned()),
            Revocation::Elevation(login, scope) => (hex(login.as_bytes()), scope.as_str().to_owned()),
            Revocation::Approval(..) => panic!("the release before has no approvals"),
        };
        self.call(REVOKE, &["u", "g", "x"], &[&login, &scope])
    }

    pub(crate) fn unlock(&self) -> Vec<String> {
        self.call(UNLOCK, &["u"], &[])
    }

    /// Returns the state as text, or `None` if the reader rejects a record.
    pub(crate) fn user_state(&self) -> Option<Vec<String>> {
        let answer = self.call(USER_STATE, &["u", "g"], &[]);
        assert!(!answer.concat().contains("ERR"), "{answer:?}");
        let places = answer.iter().filter(|line| line.contains(':'));
        let grants = self.0.cli(&["hvals", &alice_key("g")]);
        let are_read = places.clone().all(|place| is_place(place)) && grants.lines().all(is_grant);
        are_read.then_some(answer)
    }
}

fn place(user: &TestUser) -> String {
    format!("{}:{}", hex(user.login.as_bytes()), user.scope)
}

/// Reads a session and scope, as that release does.
pub(crate) fn is_place(place: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    place.split_once(':').is_some_and(|(login, scope)| {
        login.len() == 32 && login.bytes().all(is_digit) && mfakit::Scope::new(scope).is_ok()
    })
}

/// Reads a grant, as that release does.
pub(crate) fn is_grant(record: &str) -> bool {
    let is_time = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u64>().is_ok();
    let parts: Vec<_> = record.split('|').collect();
    let [version, binding, channel, verified_at, expires_at, token] = parts[..] else { return false };
    version == "1"
        && ["messaging", "voice"].contains(&channel)
        && is_time(verified_at)
        && is_time(expires_at)
        && matches!((binding, token.len()), ("cookie", 64) | ("bearer", 0))
}
