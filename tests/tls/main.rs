//! TLS is the app's choice: the app beside this file is built with several sets of features, and run.
//!
//! Each set is a separate build, because cargo compiles every dependency once for all packages of a build.

// Clippy allows `#[test]` functions to unwrap and index. Their shared functions do so for the same reason.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod app;
mod https;
#[allow(dead_code)]
#[path = "../redis/server.rs"]
mod server;

use app::App;

/// Lines of a run in which everything works and nothing was installed.
const WORKS: [&str; 3] = ["bandwidth: works", "redis: works", "installed: 0"];

#[tokio::test]
async fn the_default_uses_the_provider_of_an_app_with_ring() {
    let app = App::build(&["app-ring", "rustls-no-provider"]).await;
    assert_eq!(app.run(&[]).await, WORKS);
    assert_eq!(app.run(&["builder-first"]).await, WORKS);
}

#[tokio::test]
async fn the_default_uses_the_provider_of_an_app_with_aws_lc() {
    let app = App::build(&["app-aws-lc", "rustls-no-provider"]).await;
    assert_eq!(app.run(&[]).await, WORKS);
    assert_eq!(app.run(&["install"]).await, WORKS);
}

#[tokio::test]
async fn ring_works_in_an_app_that_installed_aws_lc() {
    let app = App::build(&["app-aws-lc", "rustls-ring"]).await;
    assert_eq!(app.run(&["install", "builder-first"]).await, WORKS);
    // rustls itself requires that the app installs one of two providers, if any crate leaves the choice to features.
    assert_eq!(app.run(&["no-builder"]).await, WORKS);
    let panicked = app.fail(&["builder-first"]).await;
    assert!(
        panicked.contains("Could not automatically determine the process-level CryptoProvider"),
        "{panicked}"
    );
}

#[tokio::test]
async fn aws_lc_works_in_an_app_that_installed_ring() {
    let app = App::build(&["app-ring", "rustls-aws-lc-rs"]).await;
    assert_eq!(app.run(&["install", "builder-first"]).await, WORKS);
}

#[cfg(feature = "openssl")]
#[tokio::test]
async fn the_tls_of_the_system_works_in_an_app_with_ring() {
    let app = App::build(&["app-ring", "rustls-no-provider", "native-tls"]).await;
    assert_eq!(app.run(&["builder-first"]).await, WORKS);
}

#[tokio::test]
async fn without_a_provider_the_errors_name_the_cures_and_plain_http_works() {
    const CURES: [&str; 5] =
        ["rustls-aws-lc-rs", "rustls-ring", "native-tls", "start of main", "install_default()"];
    let app = App::build(&["rustls-no-provider"]).await;
    let [bandwidth, redis, installed] = &app.run(&["no-builder"]).await[..] else { panic!("three lines") };
    for cure in CURES {
        assert!(bandwidth.contains(cure) && redis.contains(cure), "{cure}: {bandwidth}\n{redis}");
    }
    assert_eq!(installed, "installed: 0");
    assert_eq!(app.run_plain(&["no-builder"]).await, WORKS);
}

#[tokio::test]
async fn without_a_tls_feature_the_errors_name_the_features_and_plain_http_works() {
    const FEATURES: [&str; 4] = ["rustls-no-provider", "rustls-aws-lc-rs", "rustls-ring", "native-tls"];
    let app = App::build(&[]).await;
    let lines = app.run(&["no-builder"]).await;
    for feature in FEATURES {
        assert!(lines[0].contains(feature) && lines[1].contains(feature), "{feature}: {lines:?}");
    }
    assert_eq!(app.run_plain(&["no-builder"]).await, WORKS);
}
