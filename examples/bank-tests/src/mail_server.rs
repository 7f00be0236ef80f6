//! Small mail server, which keeps the e-mails (RFC 5321).

use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// E-mail that was accepted.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Address of the sender, from the envelope.
    pub from: String,
    /// Addresses of the recipients, from the envelope.
    pub to: Vec<String>,
    /// Headers and text, with the encoding of the transfer.
    pub data: String,
}

/// Mail server on a free port of this machine. It stops when this is dropped.
#[derive(Debug)]
pub struct MailServer {
    port: u16,
    state: Arc<Mutex<State>>,
    serving: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct State {
    mails: Vec<Mail>,
    rejects: bool,
}

impl MailServer {
    /// Starts a server.
    pub async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::<Mutex<State>>::default();
        let shared = state.clone();
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = shared.clone();
                // A client that leaves early ends only its own connection.
                drop(tokio::spawn(async move { converse(stream, &state).await }));
            }
        });
        Self { port, state, serving }
    }

    /// Returns the URL of the server.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Returns the e-mails that were accepted, newest last.
    pub fn mails(&self) -> Vec<Mail> {
        self.state.lock().unwrap().mails.clone()
    }

    /// Rejects all recipients from now on, or accepts them again.
    pub fn reject(&self, rejects: bool) {
        self.state.lock().unwrap().rejects = rejects;
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Answers the commands of one connection.
async fn converse(stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 mail.example ESMTP\r\n").await?;
    let mut mail = Mail { from: String::new(), to: Vec::new(), data: String::new() };
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let command = line.trim_end();
        let answer = match command.get(..4).unwrap_or(command).to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" => "250 mail.example",
            "MAIL" => {
                mail = Mail { from: address(command), to: Vec::new(), data: String::new() };
                "250 sender accepted"
            }
            "RCPT" if state.lock().unwrap().rejects => "550 no such mailbox",
            "RCPT" => {
                mail.to.push(address(command));
                "250 recipient accepted"
            }
            "DATA" => {
                stream.write_all(b"354 end with a dot\r\n").await?;
                mail.data = data(&mut stream).await?;
                state.lock().unwrap().mails.push(mail.clone());
                "250 queued"
            }
            "RSET" | "NOOP" => "250 done",
            "QUIT" => {
                return stream.write_all(b"221 goodbye\r\n").await;
            }
            _ => "502 unknown command",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

/// Returns the address between the angle brackets of a command.
fn address(command: &str) -> String {
    let inner = command.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map(|(address, _)| address.to_owned()).unwrap_or_default()
}

/// Reads an e-mail up to the line with a single dot, and removes the dot that protects a line that begins with one.
async fn data(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut data = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 || line == ".\r\n" {
            return Ok(data);
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
