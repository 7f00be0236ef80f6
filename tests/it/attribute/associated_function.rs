//! Associated functions without a receiver, also in generic impl blocks and as default methods of a trait.

use std::marker::PhantomData;

use axum::Router;
use axum::extract::{Form, State};
use axum::routing::post;
use mfakit::require_mfa;

trait Ledger: Clone + Send + Sync + 'static {
    fn book(&self) -> String;
}

#[derive(Clone)]
struct Paper;

impl Ledger for Paper {
    fn book(&self) -> String {
        "booked".to_owned()
    }
}

struct Plain;

impl Plain {
    #[require_mfa(scope = "transfer")]
    async fn transfer(State(ledger): State<Paper>, Form(_): Form<Vec<(String, String)>>) -> String {
        ledger.book()
    }
}

struct Handlers<L>(PhantomData<L>);

impl<L> Handlers<L>
where
    L: Ledger,
{
    const DONE: &'static str = "done";

    /// Uses `Self` and the type parameter of the `impl` block.
    #[require_mfa(scope = "transfer", max_age = "5m")]
    pub async fn transfer(State(ledger): State<L>) -> String {
        ledger.book() + Self::DONE
    }
}

trait Door: 'static {
    #[require_mfa(scope = "door")]
    async fn open(body: String) -> String {
        body
    }
}

impl Door for Plain {}

#[test]
fn associated_functions_without_self_are_handlers() {
    let _app: Router = Router::new()
        .route("/plain", post(Plain::transfer))
        .route("/generic", post(Handlers::<Paper>::transfer))
        .with_state(Paper);
    let _open = <Plain as Door>::open;
}
