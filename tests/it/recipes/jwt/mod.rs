//! A JSON Web Token, on both frameworks: accepted, and revoked.

mod actix;
mod axum;
mod walk;

use std::{
    collections::HashSet,
    convert::Infallible,
    sync::{Arc, PoisonError, RwLock},
};

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use mfakit::Subject;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Claims {
    sub: String,
    sid: String,
    exp: u64,
}

#[derive(Clone)]
struct Tokens {
    key: DecodingKey,
    revoked: Arc<RwLock<HashSet<String>>>,
}

impl Tokens {
    /// Returns the claims of a token if it is signed, and neither expired nor revoked.
    fn accept(&self, authorization: Option<&str>) -> Option<Claims> {
        let token = authorization?.strip_prefix("Bearer ")?;
        let validation = Validation::new(Algorithm::HS256);
        let claims = jsonwebtoken::decode::<Claims>(token, &self.key, &validation).ok()?.claims;
        let revoked = self.revoked.read().ok()?.contains(&claims.sid);
        (!revoked).then_some(claims)
    }

    fn revoke(&self, claims: Claims) {
        self.revoked.write().unwrap_or_else(PoisonError::into_inner).insert(claims.sid);
    }
}

// Without an accepted token the extractor rejects, and the request counts as not signed in.
async fn identify(claims: Claims) -> Result<Option<Subject>, Infallible> {
    Ok(Some(Subject::bearer(claims.sub, claims.sid)))
}
