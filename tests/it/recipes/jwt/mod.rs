//! A JSON Web Token, on both frameworks: when it is accepted, and how it is taken back.

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
    taken_back: Arc<RwLock<HashSet<String>>>,
}

impl Tokens {
    /// The claims of a token that is signed, has not expired and was not taken back; of no other.
    fn accept(&self, authorization: Option<&str>) -> Option<Claims> {
        let token = authorization?.strip_prefix("Bearer ")?;
        let validation = Validation::new(Algorithm::HS256);
        let claims = jsonwebtoken::decode::<Claims>(token, &self.key, &validation).ok()?.claims;
        let taken_back = self.taken_back.read().ok()?.contains(&claims.jti);
        (!taken_back).then_some(claims)
    }

    async fn take_back(&self, claims: Claims, mfa: &Mfa) -> Result<(), mfakit::BoxError> {
        let subject = subject(&claims);
        self.taken_back.write().map_err(|_| "poisoned")?.insert(claims.jti);
        Ok(mfa.revoke_login(subject.user(), subject.login()).await?)
    }
}

fn subject(claims: &Claims) -> Subject {
    Subject::bearer(claims.sub.as_str(), &claims.jti)
}
