//! Rejections of requests that are still sending, over real TCP: the answer arrives, and no byte of the body
//! passes the guard.
//!
//! The table runs in process, where no connection can be reset. These tests have the same conversation with
//! every kind of server.

mod actix;
mod axum;
mod tower;

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use mfakit::{LoginId, Mfa, PhoneNumber, Policy, Subject, UserId, testing::TestProvider};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Size of the largest upload in a bug report.
const LARGE: usize = 30_000_000;

/// Kinds of guards: the attribute around a body, the attribute without one, a layer, a handler that uses
/// `StepUp`.
const DOORS: [&str; 4] = ["/attribute", "/parts", "/layer", "/inside"];

/// Counts of everything that passed a guard: runs of handlers, and bytes of bodies.
#[derive(Clone, Debug, Default)]
struct Past(Arc<AtomicUsize>);

impl Past {
    fn add(&self, count: usize) {
        self.0.fetch_add(count, Ordering::SeqCst);
    }
}

/// A running server.
struct Served {
    address: SocketAddr,
    past: Past,
    doors: &'static [&'static str],
    /// True if the connection is usable for another request after an answer.
    keeps_alive: bool,
    /// True if the framework requests every announced body before the app sees the request.
    always_continues: bool,
}

fn engine(policy: Policy) -> Mfa {
    Mfa::builder(TestProvider::new(), "https://bank.example")
        .scope("pay", "make a payment")
        .directory(async |_: UserId| Ok::<_, Infallible>(PhoneNumber::new("+19195551234").ok()))
        .messaging_to(["US"])
        .policy(policy)
        .build()
        .unwrap()
}

/// Identifies every request with the cookie as Alice.
fn subject(cookie: Option<&str>) -> Result<Option<Subject>, io::Error> {
    let login = "00000000000000000000000000000001".parse::<LoginId>().unwrap();
    Ok((cookie == Some("session=alice")).then(|| Subject::cookie("alice", login)))
}

/// Framing of a body.
#[derive(Clone, Copy, Debug)]
enum Framing {
    Sized,
    Chunked,
}

/// A connection, and the head of a request that a browser sends with a form.
struct Client(TcpStream);

impl Client {
    async fn of(served: &Served) -> Self {
        Self(TcpStream::connect(served.address).await.unwrap())
    }

    async fn head(&mut self, target: &str, more: &str) {
        let head = format!(
            "POST {target} HTTP/1.1\r\nHost: bank.example\r\nCookie: session=alice\r\n\
             Content-Type: multipart/form-data; boundary=x\r\nSec-Fetch-Mode: navigate\r\n\
             Sec-Fetch-Site: same-origin\r\nAccept: text/html\r\n{more}\r\n"
        );
        self.0.write_all(head.as_bytes()).await.unwrap();
    }

    /// Sends a body without reading anything meanwhile.
    async fn body(&mut self, framing: Framing, length: usize) -> io::Result<()> {
        self.slowly(framing, length, Duration::ZERO).await
    }

    /// Sends a body with this pause before every piece.
    async fn slowly(&mut self, framing: Framing, length: usize, pause: Duration) -> io::Result<()> {
        let piece = vec![b'x'; 100_000];
        for _ in 0..length / piece.len() {
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
            match framing {
                Framing::Sized => self.0.write_all(&piece).await?,
                Framing::Chunked => {
                    self.0.write_all(format!("{:x}\r\n", piece.len()).as_bytes()).await?;
                    self.0.write_all(&piece).await?;
                    self.0.write_all(b"\r\n").await?;
                }
            }
        }
        if matches!(framing, Framing::Chunked) {
            self.0.write_all(b"0\r\n\r\n").await?;
        }
        Ok(())
    }

    /// Returns the head of the next answer.
    async fn answer(&mut self) -> String {
        let mut head = Vec::new();
        let read = async {
            while !head.ends_with(b"\r\n\r\n") {
                head.push(self.0.read_u8().await.expect("an answer, and no reset"));
            }
        };
        tokio::time::timeout(Duration::from_secs(60), read).await.expect("an answer in time");
        String::from_utf8(head).unwrap()
    }

    /// Reads to the end of the connection.
    async fn end(&mut self, what: &str) -> io::Result<usize> {
        let mut rest = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(30), self.0.read_to_end(&mut rest));
        read.await.unwrap_or_else(|_| panic!("the server holds the connection of {what}"))
    }
}

fn announced(framing: Framing, length: usize) -> String {
    match framing {
        Framing::Sized => format!("Content-Length: {length}\r\n"),
        Framing::Chunked => "Transfer-Encoding: chunked\r\n".to_owned(),
    }
}

/// A client that sends everything before it reads anything, as browsers do, gets the whole answer.
async fn a_rejection_arrives(served: &Served) {
    for door in served.doors {
        for framing in [Framing::Sized, Framing::Chunked] {
            for length in [100_000, 8_000_000, LARGE] {
                let mut client = Client::of(served).await;
                client.head(door, &announced(framing, length)).await;
                client
                    .body(framing, length)
                    .await
                    .unwrap_or_else(|error| panic!("{door} {framing:?}: {error}"));
                let head = client.answer().await;
                assert!(head.starts_with("HTTP/1.1 303 "), "{door} {framing:?}: {head}");
                assert!(head.contains("/mfa/pay?return="), "{door} {framing:?}: {head}");
                if served.keeps_alive {
                    client.head("/nowhere", "Content-Length: 0\r\n").await;
                    // The rest of the previous body may come before this head.
                    let head = client.answer().await;
                    assert!(head.contains("HTTP/1.1 404 "), "{door} {framing:?}: {head}");
                }
            }
        }
    }
    assert_eq!(served.past.0.load(Ordering::SeqCst), 0, "nothing gets past a guard");
}

/// A form that stays on its page gets the answer too, however slowly it is sent.
async fn a_rejection_that_keeps_its_page_arrives(served: &Served) {
    for door in served.doors {
        for framing in [Framing::Sized, Framing::Chunked] {
            let mut client = Client::of(served).await;
            let stay = format!("Cookie: __Host-mfa--stay-k3=%2F{}\r\n", &door[1..]);
            client.head(door, &format!("{stay}{}", announced(framing, LARGE))).await;
            let slowly = client.slowly(framing, LARGE, Duration::from_millis(8));
            slowly.await.unwrap_or_else(|error| panic!("{door} {framing:?}: {error}"));
            let head = client.answer().await;
            assert!(head.starts_with("HTTP/1.1 204 "), "{door} {framing:?}: {head}");
            assert!(head.contains("__Host-mfa--stay-k3=/mfa/pay?return="), "{door} {framing:?}: {head}");
            if served.keeps_alive {
                client.head("/nowhere", "Content-Length: 0\r\n").await;
                let head = client.answer().await;
                assert!(head.starts_with("HTTP/1.1 404 "), "{door} {framing:?}: {head}");
            }
        }
    }
    assert_eq!(served.past.0.load(Ordering::SeqCst), 0, "nothing gets past a guard");
}

/// A client that never ends its request is cut off, even if its page stays.
async fn a_page_that_stays_and_never_ends_is_cut_off(served: &Served) {
    for door in served.doors {
        for framing in [Framing::Sized, Framing::Chunked] {
            let mut client = Client::of(served).await;
            let stay = format!("Cookie: __Host-mfa--stay-k3=%2F{}\r\n", &door[1..]);
            client.head(door, &format!("{stay}{}", announced(framing, 1 << 40))).await;
            let sent = tokio::time::timeout(Duration::from_secs(60), client.body(framing, 1 << 40)).await;
            assert!(sent.is_ok_and(|sent| sent.is_err()), "{door} {framing:?}: it is cut off");
        }
    }
}

/// The answers of the routes arrive too.
async fn an_answer_of_the_routes_arrives(served: &Served) {
    for (more, status) in [
        ("Content-Type: application/json\r\n", 415),
        ("Sec-Fetch-Site: cross-site\r\n", 403),
        ("X: y\r\n", 415),
    ] {
        let mut client = Client::of(served).await;
        client.head("/mfa/pay/challenge", &format!("{more}{}", announced(Framing::Sized, LARGE))).await;
        client.body(Framing::Sized, LARGE).await.unwrap();
        let head = client.answer().await;
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{more}: {head}");
    }
    let mut client = Client::of(served).await;
    let head = format!(
        "POST /mfa/pay/challenge HTTP/1.1\r\nHost: bank.example\r\nCookie: session=alice\r\n\
         Content-Type: application/json\r\nSec-Fetch-Site: same-origin\r\nContent-Length: {LARGE}\r\n\r\n"
    );
    client.0.write_all(head.as_bytes()).await.unwrap();
    client.body(Framing::Sized, LARGE).await.unwrap();
    let head = client.answer().await;
    assert!(head.starts_with("HTTP/1.1 413 "), "{head}");
}

/// A client that sends `Expect: 100-continue` is answered at once, and need not send its body.
async fn a_client_that_expects_100_continue_is_answered_first(served: &Served) {
    for door in served.doors {
        let mut client = Client::of(served).await;
        let more = format!("Expect: 100-continue\r\n{}", announced(Framing::Sized, LARGE));
        client.head(door, &more).await;
        let mut head = client.answer().await;
        if served.always_continues {
            assert!(head.starts_with("HTTP/1.1 100 "), "{door}: {head}");
            head = client.answer().await;
        }
        assert!(head.starts_with("HTTP/1.1 303 "), "{door}: {head}");

        // A client that does not wait for the answer gets it too.
        let mut client = Client::of(served).await;
        client.head(door, &more).await;
        client.body(Framing::Sized, LARGE).await.unwrap();
        let head = client.answer().await;
        let told = head.starts_with("HTTP/1.1 303 ") || client.answer().await.starts_with("HTTP/1.1 303 ");
        assert!(told, "{door}: {head}");
    }
    assert_eq!(served.past.0.load(Ordering::SeqCst), 0);
}

/// A client that stalls gets its answer at once, and does not hold the connection.
async fn a_stalling_client_is_cut_off(served: &Served) {
    for door in served.doors {
        for framing in [Framing::Sized, Framing::Chunked] {
            let mut client = Client::of(served).await;
            client.head(door, &announced(framing, LARGE)).await;
            client.0.write_all(b"186a0\r\nxxxxxxxxxx").await.unwrap();
            let head = client.answer().await;
            assert!(head.starts_with("HTTP/1.1 303 "), "{door} {framing:?}: {head}");
            // The connection may end by a reset, because the client has its answer.
            let _ended: io::Result<usize> = client.end(&format!("{door} {framing:?}")).await;
        }
    }
}

/// A client that never stops sending is cut off after the maximum number of bytes.
async fn an_endless_client_is_cut_off(served: &Served) {
    for door in served.doors {
        for framing in [Framing::Sized, Framing::Chunked] {
            let mut client = Client::of(served).await;
            client.head(door, &announced(framing, 1 << 40)).await;
            let sent = client.body(framing, 1 << 40);
            let sent = tokio::time::timeout(Duration::from_secs(60), sent).await;
            assert!(sent.is_ok_and(|sent| sent.is_err()), "{door} {framing:?}: it is cut off");
        }
    }
    assert_eq!(served.past.0.load(Ordering::SeqCst), 0);
}

/// Limits that a test reaches soon.
fn tight() -> Policy {
    Policy::default().drain_bytes(1_000_000).drain_pause(Duration::from_millis(100))
}
