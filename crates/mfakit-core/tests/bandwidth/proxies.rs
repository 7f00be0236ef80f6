//! Proxies from the environment, and the URLs that errors do not reveal.

use std::process::{Command, Stdio};

use mfakit_core::{event::with_causes, provider::ProviderErrorKind};

use super::*;

/// Environment variable with the base URL for the second process.
const BASE_URL: &str = "MFAKIT_TEST_BASE_URL";
const TOKEN_URL: &str = "MFAKIT_TEST_TOKEN_URL";

/// Calls Bandwidth at these URLs, from a process that sends every request through `proxy`.
async fn call_behind(proxy: &Server, base_url: &str, token_url: &str) -> String {
    let mut program = Command::new(std::env::current_exe().unwrap());
    program.args(["--exact", "proxies::the_second_process", "--ignored", "--nocapture"]);
    program.env(BASE_URL, base_url).env(TOKEN_URL, token_url);
    for name in ["NO_PROXY", "no_proxy"] {
        program.env_remove(name);
    }
    let url = format!("http://127.0.0.1:{}", proxy.port);
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        program.env(name, &url);
    }
    program.stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || program.output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
#[ignore = "run by the other tests of this file, in a separate environment"]
async fn the_second_process() {
    let url = |name| std::env::var(name).expect("the test that starts this process sets the URL");
    let bandwidth = Bandwidth::builder("9900000", Credentials::oauth2("client", "secret"))
        .from("+19195554321")
        .messaging_application("app-m")
        .base_url(url(BASE_URL))
        .token_url(url(TOKEN_URL))
        .timeout(Duration::from_secs(5), Duration::from_secs(10))
        .build()
        .unwrap();
    println!("the verdict is {:?}", verify(&bandwidth).await.map_err(|error| error.kind()));
}

#[tokio::test]
async fn no_proxy_is_used_for_this_machine() {
    let (server, proxy) = (Server::start(|call, _| well(call)).await, Server::start(|_, _| Act::Drop).await);
    // A name that does not resolve, so that only a proxy could answer for it.
    let elsewhere = ("https://mfa.invalid/api/v1", "https://tokens.invalid/oauth2/token");
    let text = call_behind(&proxy, &server.base_url(), &server.token_url()).await;
    assert!(text.contains("Ok(Approved)"), "{text}");
    for (base_url, token_url) in
        [(&server.base_url()[..], elsewhere.1), (elsewhere.0, &server.token_url()[..])]
    {
        let text = call_behind(&proxy, base_url, token_url).await;
        assert!(text.contains("the verdict is Err("), "{text}");
    }
    assert_eq!(proxy.calls().len(), 0, "{:?}", proxy.calls());

    // Shows that the proxy is used otherwise.
    let text = call_behind(&proxy, elsewhere.0, elsewhere.1).await;
    assert!(text.contains("the verdict is Err("), "{text}");
    assert!(
        proxy.calls().iter().any(|call| call.head.starts_with("CONNECT tokens.invalid:443")),
        "{:?}",
        proxy.calls()
    );
}

#[tokio::test]
async fn no_error_reveals_the_called_url() {
    // No server listens there: this test owns the port and does not listen.
    let taken = tokio::net::TcpSocket::new_v4().unwrap();
    taken.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let unreachable = format!("http://{}/api/v1", taken.local_addr().unwrap());
    let server = Server::start(|_, _| Act::Drop).await;
    for (base_url, token_url, credentials) in [
        (unreachable.clone(), server.token_url(), Credentials::basic("user", "pass")),
        (server.base_url(), server.token_url(), Credentials::basic("user", "pass")),
        (server.base_url(), format!("{unreachable}/9900000/token"), Credentials::oauth2("client", "secret")),
        (
            server.base_url(),
            format!("{}/9900000/token", server.base_url()),
            Credentials::oauth2("client", "secret"),
        ),
    ] {
        let bandwidth = Bandwidth::builder("9900000", credentials)
            .from("+19195554321")
            .messaging_application("app-m")
            .base_url(&base_url)
            .token_url(&token_url)
            .timeout(Duration::from_secs(5), Duration::from_secs(10))
            .build()
            .unwrap();
        for error in [verify(&bandwidth).await.unwrap_err(), send(&bandwidth).await.unwrap_err()] {
            let text = format!("{} {error:?}", with_causes(&error));
            assert!(std::error::Error::source(&error).is_some(), "the error has a source: {text}");
            assert_ne!(error.kind(), ProviderErrorKind::Request, "{text}");
            for part in ["9900000", "http://", "/api/v1"] {
                assert!(!text.contains(part), "{part:?} of {base_url}, {token_url}: {text}");
            }
        }
    }
}
