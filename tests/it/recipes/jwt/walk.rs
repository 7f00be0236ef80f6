//! The way a token is tested: accepted, granted, forged in every manner, taken back.

use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::{DecodingKey, EncodingKey, Header};
use mfakit::{
    BoxError, Decision, Mfa, Requirement, Scope, Subject,
    testing::{HttpCall, HttpReply},
};

use super::{Claims, Tokens};

const KEY: &[u8] = b"a key of the app that signs its tokens";

pub(super) fn tokens() -> Tokens {
    Tokens { key: DecodingKey::from_secret(KEY), revoked: Default::default() }
}

fn claims(user: &str, id: &str, seconds: i64) -> Claims {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    Claims { sub: user.to_owned(), sid: id.to_owned(), exp: now.saturating_add_signed(seconds) }
}

fn subject(claims: &Claims) -> Subject {
    Subject::bearer(claims.sub.as_str(), &claims.sid)
}

fn signed(claims: &Claims, key: &[u8]) -> String {
    jsonwebtoken::encode(&Header::default(), claims, &EncodingKey::from_secret(key)).unwrap()
}

/// The app has `POST /transfer`, which is guarded, and `/logout`, which takes the token back.
pub(super) async fn walk(mfa: &Mfa, app: impl AsyncFn(HttpCall) -> Result<HttpReply, BoxError>) {
    let ask = async |path: &str, token: &str| {
        let call = HttpCall::new("POST", path).header("authorization", format!("Bearer {token}"));
        let reply = app(call).await.unwrap();
        (reply.status, reply.body)
    };
    let alice = claims("alice", "token-1", 600);
    let token = signed(&alice, KEY);
    let (status, body) = ask("/transfer", &token).await;
    assert_eq!((status, body.contains("step-up-required")), (401, true), "no code yet: {body}");

    let cookie = mfa.testing().grant(&subject(&alice), "transfer").await;
    assert_eq!(cookie, "", "whoever has the token needs no cookie");
    assert_eq!(ask("/transfer", &token).await, (200, "sent".to_owned()));

    // A grant that is there is worth nothing to a token the app has not accepted, whatever it says of itself.
    mfa.testing().grant(&subject(&claims("alice", "old", 0)), "transfer").await;
    let (head, signature) = token.rsplit_once('.').unwrap();
    let (_, payload) = head.split_once('.').unwrap();
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}.");
    for (what, token, reason) in [
        ("signed with another key", signed(&alice, b"a key of somebody else"), "unauthenticated"),
        ("signed by nobody", unsigned, "unauthenticated"),
        ("without a signature", head.to_owned(), "unauthenticated"),
        ("with a word behind", format!("{token} {signature}"), "unauthenticated"),
        ("expired", signed(&claims("alice", "old", -600), KEY), "unauthenticated"),
        (
            "of another user with the same identifier",
            signed(&claims("bob", "token-1", 600), KEY),
            "step-up-required",
        ),
        ("newer", signed(&claims("alice", "token-2", 600), KEY), "step-up-required"),
        ("the identifier itself", "token-1".to_owned(), "unauthenticated"),
        ("empty", String::new(), "unauthenticated"),
    ] {
        let (status, body) = ask("/transfer", &token).await;
        assert_eq!((status, body.contains(reason)), (401, true), "{what}: {body}");
    }
    let no_token = app(HttpCall::new("POST", "/transfer")).await.unwrap();
    assert_eq!(no_token.status, 401, "no token at all");

    // A grant for every session of the user is one for every token of the user, and for no other user's.
    mfa.testing().grant_user("alice", "transfer");
    let newer = signed(&claims("alice", "token-3", 600), KEY);
    assert_eq!(ask("/transfer", &newer).await.0, 200);
    assert_eq!(ask("/transfer", &signed(&claims("bob", "token-3", 600), KEY)).await.0, 401);

    assert_eq!(ask("/logout", &token).await.0, 200);
    assert_eq!(ask("/transfer", &token).await.0, 401);
    // A new log-in under an old identifier would still find no grant: it ended, and not only the token.
    let requirement = Requirement::new(Scope::new("transfer").unwrap());
    let decision = mfa.check(Some(&subject(&alice)), &requirement, None).await.unwrap();
    assert!(matches!(decision, Decision::Denied(_)));
}
