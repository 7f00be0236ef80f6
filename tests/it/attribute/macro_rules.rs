//! Handlers that a macro of the app generates: the literals are wrapped, and the path can begin with `$crate`.

use axum::Router;
use axum::routing::post;

pub mod reexport {
    pub use mfakit;
}

macro_rules! guarded {
    ($name:ident, $scope:literal, $max_age:expr, $argument:pat_param, $type:ty, $body:block) => {
        #[mfakit::require_mfa(scope = $scope, max_age = $max_age, crate = $crate::attribute::macro_rules::reexport::mfakit)]
        async fn $name($argument: $type) -> String $body
    };
}

guarded!(transfer, "transfer", "5m", axum::Form(order), axum::Form<Vec<(String, String)>>, {
    format!("{order:?}")
});

#[test]
fn macros_of_an_app_can_generate_handlers() {
    let _app: Router = Router::new().route("/transfer", post(transfer));
}
