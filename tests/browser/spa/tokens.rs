//! Tokens of the API: who they belong to, and for how long.

use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use mfakit::Subject;
use serde::{Deserialize, Serialize};

const KEY: &[u8] = b"a key of the app that signs its tokens";

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    /// Stays the same when the token is refreshed, so a grant outlives the token.
    sid: String,
    jti: String,
    exp: u64,
}

/// Returns the subject of an `Authorization` header, if the app accepts its token.
pub(super) fn subject(authorization: &str) -> Option<Subject> {
    let token = authorization.strip_prefix("Bearer ")?;
    let mut validation = Validation::new(Algorithm::HS256);
    validation.leeway = 0;
    let key = DecodingKey::from_secret(KEY);
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation).ok()?.claims;
    Some(Subject::bearer(claims.sub, claims.sid))
}

/// Returns a token of alice that expires in this many seconds, which may be negative.
pub(super) fn issue(seconds: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let exp = now.saturating_add_signed(seconds);
    let claims = Claims { sub: "alice".to_owned(), sid: "session-1".to_owned(), jti: exp.to_string(), exp };
    jsonwebtoken::encode(&Header::default(), &claims, &EncodingKey::from_secret(KEY)).unwrap()
}
