//! A native client, which speaks plain HTTP. Its answers are those in `docs/native.md`.

use std::{
    convert::Infallible,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

use axum::{
    Router,
    http::{HeaderMap, header},
    routing::post,
};
use mfakit::{
    Mfa, MfaLayer, PhoneNumber, Subject, UserId, require_mfa,
    testing::{ManualClock, TestProvider},
};
use serde_json::{Value, json};

#[require_mfa(scope = "transfer")]
async fn transfer() -> &'static str {
    "sent"
}

async fn identify(headers: HeaderMap) -> Result<Option<Subject>, Infallible> {
    let token = headers.get(header::AUTHORIZATION).is_some_and(|value| value == "Bearer a-token");
    Ok(token.then(|| Subject::bearer("alice", "session-1")))
}

/// Starts the API, and returns its address.
fn serve(provider: TestProvider) -> SocketAddr {
    let mfa = Mfa::builder(provider, "https://api.example")
        .scope("transfer", "make a transfer")
        .directory(async |_: UserId| Ok::<_, Infallible>(PhoneNumber::new("+19195551234").ok()))
        .messaging_to(["US"])
        .voice_to(["US"])
        .clock(ManualClock::new())
        .build()
        .unwrap();
    let app = Router::new()
        .route("/transfer", post(transfer))
        .merge(mfakit::web::axum::routes(&mfa))
        .layer(MfaLayer::new(mfa, identify));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, app).await.unwrap();
        });
    });
    address
}

/// Sends a request with nothing but a token, and returns the status and the body.
fn call(api: SocketAddr, method: &str, path: &str, body: Option<&Value>) -> (u16, String) {
    let body = body.map(Value::to_string);
    let content = body.as_ref().map_or(String::new(), |body| {
        format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len())
    });
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {api}\r\nauthorization: Bearer a-token\r\nconnection: close\r\n{content}\r\n"
    );
    let mut stream = TcpStream::connect(api).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.unwrap_or_default().as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(!head.to_ascii_lowercase().contains("\r\nset-cookie:"), "{head}");
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

/// Asserts that an answer is the one in the document. `…` stands for anything.
#[track_caller]
fn is_documented(answer: &str, documented: &str) {
    let mut answer: Value = serde_json::from_str(answer).unwrap();
    let mut documented: Value = serde_json::from_str(documented).unwrap();
    for (name, value) in documented.as_object_mut().unwrap() {
        let found = answer.get_mut(name).unwrap_or_else(|| panic!("no member {name}"));
        if value == "…" {
            *value = found.take();
            *found = value.clone();
        }
    }
    assert_eq!(answer, documented);
}

#[test]
fn a_native_client_confirms_with_the_documented_calls() {
    let document = include_str!("../../docs/native.md");
    let mut blocks = document.split("```json").skip(1).map(|block| block.split_once("```").unwrap().0);
    let mut documented = |answer: &str| is_documented(answer, blocks.next().unwrap());
    let provider = TestProvider::new();
    let api = serve(provider.clone());
    let member = |answer: &str, name: &str| {
        let members: Value = serde_json::from_str(answer).unwrap();
        members[name].as_str().unwrap().to_owned()
    };

    let (status, rejected) = call(api, "POST", "/transfer", None);
    assert_eq!(status, 401, "{rejected}");
    documented(&rejected);

    let (status, situation) = call(api, "GET", &member(&rejected, "situation_url"), None);
    assert_eq!((status, provider.sends()), (200, 0), "{situation}");
    documented(&situation);

    let channel = json!({ "channel": "messaging" });
    let (status, sent) = call(api, "POST", &member(&situation, "challenge_url"), Some(&channel));
    assert_eq!((status, provider.sends()), (201, 1), "{sent}");
    documented(&sent);

    let code = provider.last_code().unwrap();
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let verify = |code: &str| {
        let body = json!({ "challenge": member(&sent, "challenge"), "code": code });
        call(api, "POST", &member(&situation, "verify_url"), Some(&body))
    };
    let (status, answer) = verify(wrong);
    assert_eq!(status, 422, "{answer}");
    documented(&answer);
    let (status, answer) = verify(&code);
    assert_eq!(status, 200, "{answer}");
    documented(&answer);
    assert!(blocks.next().is_none());

    assert_eq!(call(api, "POST", "/transfer", None), (200, "sent".to_owned()));
    let (status, situation) = call(api, "GET", "/mfa/transfer", None);
    assert_eq!((status, member(&situation, "state")), (200, "done".to_owned()));
}
