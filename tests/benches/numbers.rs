//! The cost of a number on file, with one listed country and with two hundred: `cargo bench -p mfakit-tests --bench
//! numbers`.
//!
//! | row | measurement |
//! |---|---|
//! | `check`, so many countries | parse a number, and find its country and kind of line |
//! | `situation`, so many countries | find the state that a page shows: one lookup each of the store, the directory and the number |
//! | `page`, so many countries | `GET /mfa/pay` by a browser, on axum, for users with numbers of so many countries in turn |
//! | `unguarded route` | a route of the same app that has no guard |
//! | `start`, so many countries | send a code: the user's budgets and those of the number and its block; the provider answers at once |
//! | `start from an address`, so many countries | the same, and the budget of an address |
//! | `build`, so many countries | build the engine; the first build of a process also compiles the patterns |
//!
//! The numbers are the metadata's own examples of mobile numbers, each from a different numbering plan.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark stops if it is set up incorrectly"
)]

#[path = "stores/instant_provider.rs"]
mod instant_provider;

use std::{
    convert::Infallible,
    hint::black_box,
    net::Ipv4Addr,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    extract::{FromRequestParts, Request},
    http::request::Parts,
    response::Response,
    routing::get,
};
use criterion::{
    BatchSize, BenchmarkGroup, BenchmarkId, Criterion, criterion_group, criterion_main, measurement::WallTime,
};
use mfakit::{
    Channel, ClientAddress, LoginId, Mfa, MfaBuilder, MfaLayer, PhoneNumber, Requirement, Scope,
    StartRequest, Subject, UserId, error::InvalidPhoneNumber, testing::ManualClock,
};
use mfakit_core::adapter::MfaExt as _;
use tokio::runtime::Runtime;
use tower::Service;

use crate::instant_provider::InstantProvider;

/// Numbers of countries that are listed and have users.
const COUNTRIES: [usize; 3] = [1, 30, 200];

/// Example numbers of the metadata: calling code, territory, kind, national number.
const EXAMPLES: &str = include_str!("../../crates/mfakit-core/src/numbering/examples.txt");

/// Returns the countries with the examples of their mobile numbers.
fn examples() -> Vec<(String, String)> {
    let mut examples: Vec<_> = EXAMPLES
        .lines()
        .filter_map(|line| {
            let [code, territory, "mobile", national] = *line.split(' ').collect::<Vec<_>>() else {
                return None;
            };
            let number = PhoneNumber::new(format!("+{code}{national}")).ok()?;
            // Skip those that share a range with an earlier country.
            let own = number.region()?.as_str() == territory;
            own.then(|| (territory.to_owned(), number.as_e164().to_owned()))
        })
        .collect();
    examples.sort_by_key(|(region, _)| (region != "US", region.clone()));
    examples
}

/// Session of a user, who is named by the index of their number.
struct Session(usize);

impl<S: Sync> FromRequestParts<S> for Session {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get().copied().unwrap_or_default()))
    }
}

async fn identify(Session(user): Session) -> Result<Option<Subject>, Infallible> {
    Ok(Some(Subject::cookie(user.to_string(), LoginId::from_bytes([7; 16]))))
}

/// Returns the builder of an engine. The numbers of its users are of so many countries in turn.
fn engine(examples: &Arc<[(String, String)]>, countries: usize) -> MfaBuilder {
    let listed = || examples.iter().take(countries).map(|(region, _)| region.clone());
    let book = examples.clone();
    Mfa::builder(InstantProvider, "https://bank.example")
        .scope("pay", "pay")
        .directory(move |user: UserId| {
            let number = user.as_str().parse().ok().and_then(|at: usize| book.get(at % countries).cloned());
            async move { number.map(|(_, number)| PhoneNumber::new(number)).transpose() }
        })
        .messaging_to(listed())
        .voice_to(listed())
}

/// Measures starts of new users, with and without an address. The time between two starts of one number is three hours,
/// so that no budget is exhausted.
fn starts(
    group: &mut BenchmarkGroup<'_, WallTime>,
    runtime: &Runtime,
    examples: &Arc<[(String, String)]>,
    countries: usize,
) {
    let scope = Scope::new("pay").unwrap();
    for (name, has_address) in [("start", false), ("start from an address", true)] {
        let clock = ManualClock::new();
        let engine = engine(examples, countries).clock(clock.clone());
        let engine = if has_address { engine.client_address(ClientAddress::Direct) } else { engine };
        let mfa = engine.build().unwrap();
        let apart = Duration::from_secs(3 * 60 * 60) / u32::try_from(countries).unwrap();
        let mut user = 0_u32;
        group.bench_function(BenchmarkId::new(name, countries), |bencher| {
            bencher.iter_batched(
                || {
                    user += 1;
                    clock.advance(apart);
                    let address = has_address.then(|| Ipv4Addr::from_bits(0x0A00_0000 + user).into());
                    let request = StartRequest::new(scope, Channel::Messaging).address(address);
                    (Subject::cookie(user.to_string(), LoginId::random()), request)
                },
                |(subject, request)| black_box(runtime.block_on(mfa.start(&subject, request)).unwrap()),
                BatchSize::PerIteration,
            );
        });
    }
}

fn answer(runtime: &Runtime, app: &mut Router, path: &str, user: usize) -> Response {
    let request = Request::get(path).header("accept", "text/html").header("sec-fetch-mode", "navigate");
    let mut request = request.body(Body::empty()).unwrap();
    request.extensions_mut().insert(user);
    runtime.block_on(app.call(request)).unwrap()
}

fn numbers(criterion: &mut Criterion) {
    let examples: Arc<[_]> = examples().into();
    println!("{} countries with mobile numbers of their own", examples.len());
    let first = Instant::now();
    let _engine = engine(&examples, 200).build().unwrap();
    println!("the first build of the process, with 200 countries: {:?}", first.elapsed());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let pay = Requirement::new(Scope::new("pay").unwrap());
    let mut group = criterion.benchmark_group("numbers");
    for countries in COUNTRIES {
        let mfa = engine(&examples, countries).build().unwrap();
        let layer = MfaLayer::new(mfa.clone(), identify);
        let mut app = Router::new()
            .route("/unguarded", get(|| async { "done" }))
            .merge(mfakit::web::axum::routes(&mfa))
            .layer(layer);
        starts(&mut group, &runtime, &examples, countries);
        let mut turn = (0..countries).cycle();
        let read = |at: usize| -> Result<PhoneNumber, InvalidPhoneNumber> {
            PhoneNumber::new(examples[at].1.as_str())
        };
        group.bench_function(BenchmarkId::new("check", countries), |bencher| {
            bencher.iter(|| {
                let number = read(turn.next().unwrap()).unwrap();
                black_box((number.region(), number.is_personal_line()))
            });
        });
        let mut turn = (0..countries).cycle();
        group.bench_function(BenchmarkId::new("situation", countries), |bencher| {
            bencher.iter_batched(
                || Subject::cookie(turn.next().unwrap().to_string(), LoginId::from_bytes([7; 16])),
                |subject| black_box(runtime.block_on(mfa.situation(&subject, &pay, None)).unwrap()),
                BatchSize::SmallInput,
            );
        });
        let mut turn = (0..countries).cycle();
        group.bench_function(BenchmarkId::new("page", countries), |bencher| {
            bencher.iter(|| black_box(answer(&runtime, &mut app, "/mfa/pay", turn.next().unwrap())));
        });
        assert_eq!(answer(&runtime, &mut app, "/mfa/pay", countries - 1).status(), 200);
        group.bench_function(BenchmarkId::new("unguarded route", countries), |bencher| {
            bencher.iter(|| black_box(answer(&runtime, &mut app, "/unguarded", 0)));
        });
        group.bench_function(BenchmarkId::new("build", countries), |bencher| {
            bencher.iter(|| black_box(engine(&examples, countries).build().unwrap()));
        });
    }
    group.finish();
}

criterion_group!(benches, numbers);
criterion_main!(benches);
