//! Server that answers every request as Bandwidth's API does: with a token, and with the approval of a code.

use std::sync::Arc;

use rcgen::{CertifiedKey, KeyPair};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpListener,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer},
};

const BODY: &str = r#"{"access_token": "t", "token_type": "Bearer", "expires_in": 3600, "valid": true}"#;

/// Protocol of a server.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Protocol {
    Plain,
    Tls,
}

/// Starts the server, and returns its URL.
pub(crate) async fn serve(identity: &CertifiedKey<KeyPair>, protocol: Protocol) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = acceptor(identity);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                match protocol {
                    Protocol::Plain => answer(stream).await,
                    Protocol::Tls => {
                        if let Ok(stream) = acceptor.accept(stream).await {
                            answer(stream).await;
                        }
                    }
                }
            });
        }
    });
    match protocol {
        Protocol::Plain => format!("http://localhost:{port}"),
        Protocol::Tls => format!("https://localhost:{port}"),
    }
}

fn acceptor(identity: &CertifiedKey<KeyPair>) -> TlsAcceptor {
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let key = PrivateKeyDer::Pkcs8(identity.signing_key.serialize_der().into());
    let config = config.with_single_cert(vec![identity.cert.der().clone()], key).unwrap();
    Arc::new(config).into()
}

/// Reads one request, answers it, and closes the connection.
async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let mut request = Vec::new();
    while !is_whole(&request) {
        if stream.read_buf(&mut request).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", BODY.len());
    let _ = stream.write_all(format!("{head}{BODY}").as_bytes()).await;
    let _ = stream.shutdown().await;
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
    body.len() >= length.parse().unwrap()
}
