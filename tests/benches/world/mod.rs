//! Setup of the benchmarks of both frameworks: the same engine, users and headers.

pub(crate) mod row;

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{
        Arc, LazyLock, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use mfakit::{LoginId, Mfa, PhoneNumber, Subject, UserId, testing::TestProvider};

/// Session, as the app's session layer finds it before any layer of mfakit runs.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) user: Arc<str>,
    pub(crate) login: LoginId,
}

/// Map that the extractor written by hand reads. It holds 10,000 other entries.
pub(crate) static ELEVATED: LazyLock<RwLock<HashMap<LoginId, u64>>> =
    LazyLock::new(|| RwLock::new((0..OTHERS).map(|at| (LoginId::random(), at)).collect()));

/// Other grants, and other sessions of the session crates.
pub(crate) const OTHERS: u64 = 10_000;

/// Builds the engine with 10,000 other grants, a session that passes both ways, and the grant's cookie.
pub(crate) async fn world() -> (Mfa, Session, String) {
    let mfa = Mfa::builder(TestProvider::new(), "https://bank.example")
        .scope("pay", "pay")
        .directory(async |_: UserId| Ok::<_, Infallible>(PhoneNumber::new("+19195551234").ok()))
        .messaging_to(["US"])
        .login_url("/login")
        .build()
        .unwrap();
    for other in 0..OTHERS {
        mfa.testing().grant(&Subject::cookie(format!("user-{other}"), LoginId::random()), "pay").await;
    }
    let session = Session { user: "alice".into(), login: LoginId::random() };
    let cookie = mfa.testing().grant(&Subject::cookie(session.user.clone(), session.login), "pay").await;
    ELEVATED.write().unwrap().insert(session.login, 0);
    (mfa, session, cookie)
}

/// Grants `pay` to the next of 64 users. The guard of the row `once` consumes the grant.
pub(crate) async fn grant_once(mfa: &Mfa) -> (Session, String) {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let user = format!("payer-{}", NEXT.fetch_add(1, Ordering::Relaxed) % 64);
    let session = Session { user: user.into(), login: LoginId::random() };
    let cookie = mfa.testing().grant(&Subject::cookie(session.user.clone(), session.login), "pay").await;
    (session, cookie)
}

/// Returns the seconds since the Unix epoch, the time that an app would keep in a session by hand.
pub(crate) fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// Returns if a code was entered at most five minutes ago. An app would check its own session like this.
pub(crate) fn is_recent(code_entered_at: Option<u64>) -> bool {
    code_entered_at.is_some_and(|at| unix_seconds().saturating_sub(at) <= 300)
}

/// Headers of a browser, without its cookies.
pub(crate) const HEADERS: &[(&str, &str)] = &[
    ("host", "bank.example"),
    (
        "user-agent",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    ),
    ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("accept-language", "en-US,en;q=0.9"),
    ("referer", "https://bank.example/account"),
    ("sec-ch-ua", "\"Chromium\";v=\"140\", \"Not?A_Brand\";v=\"24\""),
    ("sec-ch-ua-mobile", "?0"),
    ("sec-ch-ua-platform", "\"Linux\""),
    ("sec-fetch-dest", "document"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-site", "same-origin"),
    ("sec-fetch-user", "?1"),
    ("upgrade-insecure-requests", "1"),
];

/// Cookie of a session crate for the rows that have none, of the same length.
pub(crate) const OTHER_SESSION: &str = "id=q4tC0uUuTn2ZsXk0oEJkQw";

/// Returns the cookies of that browser: those of the session and the grant between the site's own.
pub(crate) fn cookies(session: &str, grant: &str) -> String {
    format!("theme=dark; {session}; {grant}; _ga=GA1.1.1234567890.1700000000")
}
