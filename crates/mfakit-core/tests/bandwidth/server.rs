//! HTTP server that a test scripts, and that records its calls.

use std::{
    future::pending,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::sleep,
};

/// Action of the server on a call.
#[derive(Clone)]
pub(crate) enum Act {
    /// Answers with JSON.
    Answer(u16, String),
    /// Answers with additional header lines.
    AnswerWith(u16, &'static str, String),
    /// Answers after a delay.
    Late(Duration, u16, String),
    /// Answers without a content length, a byte at a time.
    Drip(Duration, String),
    /// Answers 200 and keeps sending white space.
    Endless,
    /// Sends the length of the answer and a part of it, and closes.
    Break(u16, String),
    /// Reads the call and closes.
    Drop,
    /// Reads the call and never answers.
    Silence,
}

impl Act {
    pub(crate) fn answer(status: u16, body: &str) -> Self {
        Self::Answer(status, body.to_owned())
    }
}

/// Call as it was received.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) path: String,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Call {
    /// Returns the last segment of the path: `messaging`, `voice`, `verify` or `token`.
    pub(crate) fn endpoint(&self) -> &str {
        self.path.rsplit('/').next().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// Script of the server. Its arguments are the call, and the number of calls to the same endpoint, this one included.
type Script = dyn Fn(&Call, usize) -> Act + Send + Sync;

#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) port: u16,
    calls: Arc<Mutex<Vec<Call>>>,
    script: Arc<Script>,
}

impl Server {
    pub(crate) async fn start(script: impl Fn(&Call, usize) -> Act + Send + Sync + 'static) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").await.unwrap(), script)
    }

    pub(crate) fn on(
        listener: TcpListener,
        script: impl Fn(&Call, usize) -> Act + Send + Sync + 'static,
    ) -> Self {
        let port = listener.local_addr().unwrap().port();
        let server = Self { port, calls: Arc::default(), script: Arc::new(script) };
        let accepting = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(accepting.clone().serve(stream));
            }
        });
        server
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}/api/v1", self.port)
    }

    pub(crate) fn token_url(&self) -> String {
        format!("http://127.0.0.1:{}/api/v1/oauth2/token", self.port)
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// Returns the number of calls to this endpoint.
    pub(crate) fn count(&self, endpoint: &str) -> usize {
        self.calls.lock().unwrap().iter().filter(|call| call.endpoint() == endpoint).count()
    }

    async fn serve(self, mut stream: TcpStream) {
        while let Some(call) = read(&mut stream).await {
            let nth = {
                let mut calls = self.calls.lock().unwrap();
                calls.push(call.clone());
                calls.iter().filter(|earlier| earlier.endpoint() == call.endpoint()).count()
            };
            if act((self.script)(&call, nth), &mut stream).await.is_err() {
                return;
            }
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Call> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let path = head.split(' ').nth(1).unwrap().to_owned();
            let mut call = Call { path, head, body: String::new() };
            let length: usize = call.header("content-length").map_or(0, |text| text.parse().unwrap());
            if bytes.len() >= end + 4 + length {
                call.body = String::from_utf8(bytes[end + 4..end + 4 + length].to_vec()).unwrap();
                return Some(call);
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

/// Performs an action. `Err` closes the connection.
async fn act(act: Act, stream: &mut TcpStream) -> Result<(), ()> {
    let answer = |status: u16, headers: &str, length: usize, body: &str| {
        format!("HTTP/1.1 {status} Said\r\nContent-Length: {length}\r\n{headers}\r\n{body}")
    };
    let json = "Content-Type: application/json\r\n";
    match act {
        Act::Answer(status, body) => write(stream, &answer(status, json, body.len(), &body)).await,
        Act::AnswerWith(status, headers, body) => {
            write(stream, &answer(status, headers, body.len(), &body)).await
        }
        Act::Late(delay, status, body) => {
            sleep(delay).await;
            write(stream, &answer(status, json, body.len(), &body)).await
        }
        Act::Drip(every, body) => {
            write(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").await?;
            for byte in body.chars() {
                write(stream, &byte.to_string()).await?;
                sleep(every).await;
            }
            Err(())
        }
        Act::Endless => {
            write(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"valid\":").await?;
            loop {
                write(stream, &" ".repeat(1024)).await?;
            }
        }
        Act::Break(status, body) => {
            write(stream, &answer(status, json, body.len() + 10, &body)).await?;
            Err(())
        }
        Act::Drop => Err(()),
        Act::Silence => pending().await,
    }
}

async fn write(stream: &mut TcpStream, text: &str) -> Result<(), ()> {
    stream.write_all(text.as_bytes()).await.map_err(drop)?;
    stream.flush().await.map_err(drop)
}
