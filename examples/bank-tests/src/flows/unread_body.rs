//! Response to a rejected request before its body arrives.

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
    let head = format!(
        "POST /transfer HTTP/1.1\r\nHost: {host}\r\nCookie: {}={}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000000000\r\n\r\n",
        candidate.name, alice.cookies[candidate.name]
    );
    let mut connection = TcpStream::connect(host).await.unwrap();
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut start = [0; 12];
    timeout(Duration::from_secs(60), connection.read_exact(&mut start)).await.unwrap().unwrap();
    assert_eq!(&start, b"HTTP/1.1 401");
}
