//! A JSON Web Token, on actix-web.

use std::future::{Ready, ready};

use actix_web::{
    App, Error, FromRequest, HttpRequest,
    dev::Payload,
    error::{ErrorInternalServerError, ErrorUnauthorized},
    http::header,
    web,
};
use mfakit::{MfaMiddleware, MfaRejection, StepUp, require_mfa};

// Used by the test only.
use actix_web::test;
use mfakit::Mfa;

use super::{
    super::{browser::on_actix, mfa::mfa},
    Claims, Tokens, identify,
    walk::{tokens, walk},
};

impl FromRequest for Claims {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let authorization = request.headers().get(header::AUTHORIZATION);
        let tokens = request.app_data::<web::Data<Tokens>>();
        ready(match tokens {
            Some(tokens) => tokens
                .accept(authorization.and_then(|value| value.to_str().ok()))
                .ok_or_else(|| ErrorUnauthorized("sign in")),
            None => Err(ErrorInternalServerError("the app has no Tokens")),
        })
    }
}

async fn log_out(
    tokens: web::Data<Tokens>,
    claims: Claims,
    step_up: StepUp,
) -> Result<&'static str, MfaRejection> {
    tokens.revoke(claims);
    step_up.sign_out().await?;
    Ok("signed out")
}

macro_rules! app {
    ($mfa:expr, $tokens:expr) => {{
        let (mfa, tokens): (Mfa, Tokens) = ($mfa, $tokens);
        App::new()
            .app_data(web::Data::new(tokens))
            .route("/transfer", web::post().to(transfer))
            .route("/logout", web::post().to(log_out))
            .configure(mfakit::web::actix::routes(&mfa))
            .wrap(MfaMiddleware::new(mfa, identify))
    }};
}

#[require_mfa(scope = "transfer")]
async fn transfer() -> &'static str {
    "sent"
}

#[actix_web::test]
async fn a_grant_lives_and_dies_with_a_token_on_actix() {
    let (mfa, _) = mfa();
    let app = test::init_service(app!(mfa.clone(), tokens())).await;
    walk(&mfa, on_actix(app)).await;
}
