//! An app that uses rustls itself, and mfakit with Bandwidth and Redis over TLS.
//!
//! It prints a line for each: `bandwidth: ` and `redis: `, followed by `works` or the error, and `installed: ` followed
//! by the number of providers that mfakit installed. The environment has the URLs. An argument `install` makes the app
//! install its provider first, `builder-first` makes it use rustls before mfakit, and `no-builder` not at all.

// The tests read what the program prints.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::{env, time::Duration};

use mfakit::{
    BoxError, Code, MfaProvider, PhoneNumber, RedisStore,
    bandwidth::Bandwidth,
    provider::{ProviderScope, Verdict, VerifyRequest},
};
use rustls::crypto::CryptoProvider;

#[tokio::main]
async fn main() {
    let has = |wanted: &str| env::args().any(|argument| argument == wanted);
    if has("install") {
        install();
    }
    if has("builder-first") {
        use_rustls();
    }
    let before = CryptoProvider::get_default().is_some();
    report("bandwidth", bandwidth().await);
    report("redis", redis().await);
    let after = CryptoProvider::get_default().is_some();
    println!("installed: {}", u8::from(after) - u8::from(before));
    if !has("no-builder") {
        use_rustls();
    }
}

fn report(name: &str, result: Result<(), BoxError>) {
    match result {
        Ok(()) => println!("{name}: works"),
        Err(error) => println!("{name}: {error}"),
    }
}

async fn bandwidth() -> Result<(), BoxError> {
    let (to, scope) = (PhoneNumber::new("+19195551234")?, ProviderScope::from_stored("scope"));
    let code = Code::parse("918273")?;
    let request = VerifyRequest::new(&to, &scope, &code, Duration::from_secs(300));
    match Bandwidth::from_env()?.verify(&request).await? {
        Verdict::Approved => Ok(()),
        other @ Verdict::Rejected => Err(format!("{other:?}").into()),
    }
}

async fn redis() -> Result<(), BoxError> {
    let _ = RedisStore::connect(env::var("REDIS_URL")?).await?;
    Ok(())
}

/// Makes a configuration whose provider rustls chooses by its features, as many crates do. If rustls has two and none is
/// installed, this panics.
fn use_rustls() {
    let config = rustls::ClientConfig::builder();
    let _ = config.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth();
}

fn install() {
    #[cfg(feature = "app-aws-lc")]
    rustls::crypto::aws_lc_rs::default_provider().install_default().unwrap();
    #[cfg(all(feature = "app-ring", not(feature = "app-aws-lc")))]
    rustls::crypto::ring::default_provider().install_default().unwrap();
}
