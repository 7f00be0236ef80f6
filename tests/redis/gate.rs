//! Proxies between a store and its servers that count round trips.

use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    time::Instant,
};

/// Time without a request after which all requests of a round trip have been sent. It is longer than any pause within
/// one, because client and proxies share a thread.
const QUIET: Duration = Duration::from_millis(50);

/// Holds back all answers until the client sends nothing more, and then lets all of them pass. One such step is one
/// round trip, however many requests and servers it has. Clones share one gate.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// Time of the last request. `None` while answers pass at once.
    last_request: Option<Instant>,
    /// True if a request was sent since answers passed.
    is_asked: bool,
    round_trips: u32,
}

impl Gate {
    /// Returns the result of `client`, and the number of round trips that it waited for.
    pub(crate) async fn count<T>(&self, client: impl Future<Output = T>) -> (T, u32) {
        *self.0.lock().unwrap() = State { last_request: Some(Instant::now()), ..State::default() };
        let result = client.await;
        let counted = std::mem::take(&mut *self.0.lock().unwrap());
        (result, counted.round_trips)
    }

    fn note_request(&self) {
        let mut state = self.0.lock().unwrap();
        if state.last_request.is_some() {
            state.last_request = Some(Instant::now());
            state.is_asked = true;
        }
    }

    /// Waits until the client sends nothing more.
    async fn pass(&self) {
        loop {
            let quiet_at = {
                let mut state = self.0.lock().unwrap();
                let Some(last) = state.last_request else { return };
                if last.elapsed() >= QUIET {
                    state.round_trips += u32::from(state.is_asked);
                    state.is_asked = false;
                    return;
                }
                last + QUIET
            };
            tokio::time::sleep_until(quiet_at).await;
        }
    }
}

/// Port whose connections lead to a server through a gate.
pub(crate) struct Proxy {
    listener: TcpListener,
    gate: Gate,
}

impl Proxy {
    pub(crate) async fn listen(gate: &Gate) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        Self { listener, gate: gate.clone() }
    }

    pub(crate) fn port(&self) -> u16 {
        self.listener.local_addr().unwrap().port()
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port())
    }

    /// Connects every client to the server on this port, until the runtime ends.
    pub(crate) fn lead_to(self, server: u16) {
        tokio::spawn(async move {
            while let Ok((client, _)) = self.listener.accept().await {
                let server = TcpStream::connect((Ipv4Addr::LOCALHOST, server)).await.unwrap();
                client.set_nodelay(true).unwrap();
                server.set_nodelay(true).unwrap();
                let ((from_client, to_client), (from_server, to_server)) =
                    (client.into_split(), server.into_split());
                tokio::spawn(requests(self.gate.clone(), from_client, to_server));
                tokio::spawn(answers(self.gate.clone(), from_server, to_client));
            }
        });
    }
}

async fn requests(gate: Gate, mut client: OwnedReadHalf, mut server: OwnedWriteHalf) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = client.read(&mut bytes).await {
        gate.note_request();
        if server.write_all(&bytes[..read]).await.is_err() {
            return;
        }
    }
}

async fn answers(gate: Gate, mut server: OwnedReadHalf, mut client: OwnedWriteHalf) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = server.read(&mut bytes).await {
        gate.pass().await;
        if client.write_all(&bytes[..read]).await.is_err() {
            return;
        }
    }
}
