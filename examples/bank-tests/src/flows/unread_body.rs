//! Response to a request before its body arrives.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::{Candidate, program::Program};

pub async fn a_rejection_does_not_wait_for_the_body(candidate: &Candidate) {
    let bank = Program::start(candidate).await;
    let mut alice = bank.browser();
    alice.log_in("alice").await;
    let host = bank.address.strip_prefix("http://").unwrap();
    let session = format!("Cookie: {}={}\r\n", candidate.name, alice.cookies[candidate.name]);
    // A transfer is read before a code is requested for it, within the limit of the app and within ten seconds.
    for (path, cookie, statuses) in [
        ("/settings", session.as_str(), "401"),
        ("/transfer", &session, "413 or 408"),
        ("/transfer", "", "401"),
    ] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\n{cookie}Sec-Fetch-Site: same-origin\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000000000\r\n\r\n"
        );
        let mut connection = TcpStream::connect(host).await.unwrap();
        connection.write_all(head.as_bytes()).await.unwrap();
        let mut start = [0; 12];
        timeout(Duration::from_secs(60), connection.read_exact(&mut start)).await.unwrap().unwrap();
        let start = String::from_utf8_lossy(&start);
        let is_expected = start.strip_prefix("HTTP/1.1 ").is_some_and(|status| statuses.contains(status));
        assert!(is_expected, "{path} {cookie}: {start}");
    }
}
