//! Link to a server, with a delay as if it were on another machine, that can be cut.
//!
//! A link that is cut loses what is in transit, as when the server's machine is lost. Without it, the kernel would deliver
//! everything that the server had written before it was killed.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

pub(crate) struct Link {
    port: u16,
    is_cut: Arc<AtomicBool>,
}

impl Link {
    /// Opens a port that leads to the server on this port, with this delay in each direction.
    ///
    /// The directions have threads of their own, because a timer of tokio is precise to a millisecond only.
    pub(crate) fn to(server: u16, delay: Duration) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let (port, is_cut) = (listener.local_addr().unwrap().port(), Arc::new(AtomicBool::new(false)));
        let cut = is_cut.clone();
        thread::spawn(move || {
            while let Ok((client, _)) = listener.accept() {
                let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)) else { continue };
                client.set_nodelay(true).unwrap();
                server.set_nodelay(true).unwrap();
                one_way(client.try_clone().unwrap(), server.try_clone().unwrap(), delay, cut.clone());
                one_way(server, client, delay, cut.clone());
            }
        });
        Self { port, is_cut }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Loses everything that is in transit, and everything that is sent from now on.
    pub(crate) fn cut(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
    }
}

/// Passes bytes on after a delay. Later bytes do not wait for earlier ones to pass.
fn one_way(mut from: TcpStream, mut to: TcpStream, delay: Duration, is_cut: Arc<AtomicBool>) {
    let (sender, receiver) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        let mut bytes = vec![0; 64 * 1024];
        while let Ok(read @ 1..) = from.read(&mut bytes) {
            if sender.send((Instant::now() + delay, bytes[..read].to_vec())).is_err() {
                return;
            }
        }
    });
    thread::spawn(move || {
        for (due, bytes) in receiver {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if is_cut.load(Ordering::SeqCst) || to.write_all(&bytes).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    });
}
