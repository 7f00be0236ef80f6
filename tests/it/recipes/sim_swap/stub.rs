//! Server that plays one recorded answer, and records what it is asked.

use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// Answer of the server.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    /// A status and a body.
    Json(u16, String),
    /// The connection is closed without an answer.
    Close,
    /// The connection is closed in the middle of the body.
    Cut,
    /// The server never answers.
    Hang,
}

impl Reply {
    pub(super) fn json(status: u16, body: &str) -> Self {
        Self::Json(status, body.to_owned())
    }
}

/// Request that arrived.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) path: String,
    pub(super) authorization: String,
    pub(super) body: Value,
}

#[derive(Clone)]
pub(super) struct Stub {
    pub(super) url: String,
    reply: Arc<Mutex<Reply>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Stub {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let stub = Self { url, reply: Arc::new(Mutex::new(Reply::Close)), asked: Arc::default() };
        let server = stub.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = server.clone();
                tokio::spawn(async move { server.answer(stream).await });
            }
        });
        stub
    }

    pub(super) fn plays(&self, reply: Reply) {
        *self.reply.lock().unwrap() = reply;
    }

    /// Returns the requests since the last call.
    pub(super) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    /// Answers one request, and closes the connection.
    async fn answer(&self, mut stream: TcpStream) {
        let Some(asked) = read(&mut stream).await else { return };
        self.asked.lock().unwrap().push(asked);
        let reply = self.reply.lock().unwrap().clone();
        let answer = match reply {
            Reply::Json(status, body) => {
                let length = body.len();
                format!(
                    "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
                )
            }
            Reply::Close => return,
            Reply::Cut => {
                "HTTP/1.1 200 OK\r\ncontent-length: 17\r\nconnection: close\r\n\r\n{\"swapp".to_owned()
            }
            Reply::Hang => std::future::pending().await,
        };
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.shutdown().await;
    }
}

/// Reads a request with a body of a known length.
async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let header = |name: &str| {
            let line = head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")));
            line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned())
        };
        if body.len() < header("content-length")?.parse::<usize>().ok()? {
            continue;
        }
        return Some(Asked {
            path: head.split(' ').nth(1)?.to_owned(),
            authorization: header("authorization")?,
            body: serde_json::from_str(body).ok()?,
        });
    }
}
