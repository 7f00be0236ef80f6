//! axum, on hyper.

use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    http::HeaderMap,
    routing::post,
};
use mfakit::{MfaLayer, MfaRejection, Policy, RequireMfa, StepUp, Subject, require_mfa};
use tokio::net::TcpListener;

use super::{DOORS, Past, Served, engine, subject};

async fn identify(headers: HeaderMap) -> Result<Option<Subject>, std::io::Error> {
    subject(headers.get("cookie").and_then(|value| value.to_str().ok()))
}

async fn open(State(past): State<Past>, body: Bytes) {
    past.add(1 + body.len());
}

#[require_mfa(scope = "pay")]
async fn guarded(past: State<Past>, body: Bytes) {
    open(past, body).await;
}

#[require_mfa(scope = "pay")]
async fn parts(State(past): State<Past>) {
    past.add(1);
}

/// Extractor that holds the body unread, like an extractor of files.
async fn inside(step_up: StepUp, State(past): State<Past>, request: Request) -> Result<(), MfaRejection> {
    step_up.require(RequireMfa::scope("pay")).await?;
    drop(request);
    past.add(1);
    Ok(())
}

async fn serve(policy: Policy) -> Served {
    let (mfa, past) = (engine(policy), Past::default());
    let app = Router::new()
        .route("/attribute", post(guarded))
        .route("/parts", post(parts))
        .route("/layer", post(open).layer(RequireMfa::scope("pay")))
        .route("/inside", post(inside))
        .merge(mfakit::web::axum::routes(&mfa))
        .layer(MfaLayer::new(mfa, identify))
        .with_state(past.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    Served { address, past, doors: &DOORS, keeps_alive: true, always_continues: false }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rejection_arrives_on_axum() {
    super::a_rejection_arrives(&serve(Policy::default()).await).await;
}

#[tokio::test]
async fn an_answer_of_the_routes_arrives_on_axum() {
    super::an_answer_of_the_routes_arrives(&serve(Policy::default()).await).await;
}

#[tokio::test]
async fn a_client_that_expects_100_continue_is_answered_first_on_axum() {
    super::a_client_that_expects_100_continue_is_answered_first(&serve(Policy::default()).await).await;
}

#[tokio::test]
async fn a_stalling_client_is_cut_off_on_axum() {
    super::a_stalling_client_is_cut_off(&serve(super::tight()).await).await;
}

#[tokio::test]
async fn an_endless_client_is_cut_off_on_axum() {
    super::an_endless_client_is_cut_off(&serve(super::tight()).await).await;
}

#[tokio::test]
async fn a_rejection_that_keeps_its_page_arrives_on_axum() {
    super::a_rejection_that_keeps_its_page_arrives(&serve(Policy::default()).await).await;
}

#[tokio::test]
async fn a_page_that_stays_and_never_ends_is_cut_off_on_axum() {
    super::a_page_that_stays_and_never_ends_is_cut_off(&serve(super::tight()).await).await;
}
