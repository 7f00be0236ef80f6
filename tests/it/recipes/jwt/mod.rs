//! A JSON Web Token, on both frameworks: accepted, and revoked.

mod actix;
mod axum;
mod walk;

use std::{
    collections::HashSet,
    sync::{Arc, RwLock},
};

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use mfakit::{Mfa, Subject};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Claims {
    sub: String,
    jti: String,
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
        let revoked = self.revoked.read().ok()?.contains(&claims.jti);
        (!revoked).then_some(claims)
    }

    async fn revoke(&self, claims: Claims, mfa: &Mfa) -> Result<(), mfakit::BoxError> {
        let subject = subject(&claims);
        self.revoked.write().map_err(|_| "poisoned")?.insert(claims.jti);
        Ok(mfa.revoke_login(subject.user(), subject.login()).await?)
    }
}

fn subject(claims: &Claims) -> Subject {
    Subject::bearer(claims.sub.as_str(), &claims.jti)
}
