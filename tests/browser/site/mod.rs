//! A running site with forms for every kind of answer.

mod actix;
mod axum;

use std::{
    io,
    net::TcpListener,
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
};

use bank::start_up::listen;
use mfakit::{
    LoginId, Mfa, PhoneNumber, Subject, UserId,
    action::{Action, Words},
    testing::{ManualClock, TestProvider},
};
use mfakit_core::adapter::MfaExt as _;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use crate::{bank::Framework, visitor::Visitor};

/// A running site. It stops when it is dropped or closed.
///
/// `GET /` is the page under test, with alice signed in by the cookie `who=alice`. `POST /open/{kind}` has no
/// guard, `/kept/{kind}` requires a code, `/once/{kind}` one for each request, and `/both/{kind}` two. `POST /bound`
/// requires that its [`Order`] is approved.
pub(crate) struct Site {
    port: u16,
    provider: TestProvider,
    posts: Posts,
    close: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
}

/// Form that arrived at the site, even if a guard rejected it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Post {
    /// The path and the query.
    pub(crate) target: String,
    /// `Content-Type`.
    pub(crate) content_type: String,
    /// The body.
    pub(crate) body: String,
    /// Status of the answer.
    pub(crate) status: u16,
}

/// Value that a person approves.
#[derive(Serialize, Deserialize)]
struct Order {
    amount: u32,
    payee: String,
}

impl Action for Order {
    fn words(&self) -> Words {
        Words::new().with_payee(self.payee.as_str()).with_line("Units", self.amount.to_string())
    }
}

impl Order {
    fn sent(&self) -> String {
        format!("sent {} to {}", self.amount, self.payee)
    }
}

/// Forms that arrived, oldest first.
type Posts = Arc<Mutex<Vec<Post>>>;

/// State that both frameworks share.
#[derive(Clone)]
struct Served {
    mfa: Mfa,
    page: Arc<str>,
    login: LoginId,
    posts: Posts,
}

/// An answer in plain types.
struct Plain {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Site {
    /// Starts a site whose page has this in its body, beside the module.
    pub(crate) fn with(framework: Framework, body: &str) -> Self {
        let listener = listen(0).unwrap();
        let port = listener.local_addr().unwrap().port();
        let provider = TestProvider::new();
        let mfa = Mfa::builder(provider.clone(), format!("http://127.0.0.1:{port}"))
            .name("The shop")
            .scope("pay", "make a payment")
            .scope("sign", "sign")
            .directory(async |_: UserId| Ok::<_, io::Error>(PhoneNumber::new("+19195551234").ok()))
            .messaging_to(["US"])
            .login_url("/login")
            .clock(ManualClock::new())
            .build()
            .unwrap();
        let page = format!(
            "<!doctype html><html lang=en><meta charset=utf-8><title>The shop</title>
            <link rel=icon href='data:,'><script type=module src=/mfa/-/mfa.js></script><body>{body}"
        );
        let (posts, login) = (Posts::default(), LoginId::random());
        let served = Served { mfa, page: page.into(), login, posts: posts.clone() };
        let (close, closed) = oneshot::channel();
        let server = thread::spawn(move || match framework {
            Framework::Axum => axum::serve(listener, served, closed),
            Framework::Actix => actix::serve(listener, served, closed),
        });
        Self { port, provider, posts, close: Some(close), server: Some(server) }
    }

    /// Starts the same site, with alice signed in and looking at the page.
    pub(crate) async fn seen_by(alice: &Visitor, framework: Framework, body: &str) -> Self {
        let site = Self::with(framework, body);
        alice.open(&site.at("/login")).await;
        alice.script("document.cookie = 'who=alice; path=/'").await;
        alice.open(&site.at("/")).await;
        site
    }

    /// Returns the whole address of a path.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Returns the forms that have arrived, oldest first.
    pub(crate) fn posts(&self) -> Vec<Post> {
        self.posts.lock().unwrap().clone()
    }

    /// Returns the statuses of their answers.
    pub(crate) fn statuses(&self) -> Vec<u16> {
        self.posts().into_iter().map(|post| post.status).collect()
    }

    /// Returns the provider that sends the codes.
    pub(crate) fn provider(&self) -> &TestProvider {
        &self.provider
    }

    /// Returns the code that was sent last.
    pub(crate) fn code(&self) -> String {
        self.provider.last_code().expect("a code was sent")
    }

    /// Stops the site. When this returns, connections are rejected.
    pub(crate) fn close(&mut self) {
        self.close = None;
        self.server.take().unwrap().join().unwrap();
    }
}

impl Served {
    /// Identifies the user by these cookies.
    fn identify(&self, cookies: &str) -> Result<Option<Subject>, io::Error> {
        match cookies.split("; ").find_map(|pair| pair.strip_prefix("who=")) {
            Some("alice") => Ok(Some(Subject::cookie("alice", self.login))),
            Some("trouble") => Err(io::Error::other("for the test")),
            _ => Ok(None),
        }
    }

    /// Returns the answer to a form.
    fn answer(&self, kind: &str) -> Plain {
        const SCRIPTED: &str = "<!doctype html><h1>made</h1><script>document.title = 'ran'</script><img src='data:,' onerror=\"document.title = 'ran'\">";
        let (status, headers, body): (_, &[(_, &str)], _) = match kind {
            "page" => (200, &[("content-type", "text/html")], SCRIPTED),
            "sandboxed" => {
                (200, &[("content-type", "text/html"), ("content-security-policy", "sandbox")], SCRIPTED)
            }
            "strict" => {
                let policy = ("content-security-policy", "default-src 'none'");
                (200, &[("content-type", "text/html"), policy], SCRIPTED)
            }
            "text" => (200, &[("content-type", "text/plain")], "made as text"),
            "json" => (200, &[("content-type", "application/json")], "{\"made\":\"as JSON\"}"),
            "file" => {
                let saved = ("content-disposition", "attachment; filename=\"statement.csv\"");
                (200, &[("content-type", "text/csv"), saved], "made,as,a,file")
            }
            "nothing" => (204, &[], ""),
            "typo" => (400, &[("content-type", "text/plain")], "there is a typo"),
            "broken" => (500, &[("content-type", "text/plain")], "it broke"),
            "onward" => (303, &[("location", "/made")], ""),
            "away" => (303, &[], ""),
            _ => (404, &[("content-type", "text/plain")], "no such kind"),
        };
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned()));
        let mut answer = Plain { status, headers: headers.collect(), body: body.to_owned() };
        if kind == "away" {
            // The same app under another name is another site.
            let away = self.mfa.site().origin().replace("127.0.0.1", "localhost");
            answer.headers.push(("location", format!("{away}/made")));
        }
        answer
    }

    /// Returns the page at this path.
    fn page(&self, path: &str) -> String {
        match path {
            "/" => self.page.to_string(),
            "/login" => {
                "<!doctype html><title>-</title><link rel=icon href='data:,'><h1>Log in</h1>".to_owned()
            }
            _ => "<!doctype html><title>-</title><link rel=icon href='data:,'><h1>made there</h1>".to_owned(),
        }
    }
}

/// Converts a listener for a runtime that must not block.
fn non_blocking(listener: TcpListener) -> TcpListener {
    listener.set_nonblocking(true).unwrap();
    listener
}
