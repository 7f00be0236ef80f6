//! Connections to a Redis Cluster, one to each primary. Reads and writes go to primaries.
//!
//! 1. A command goes to the primary that has the slot of its key. A redirection is followed once: a command that a node
//!    redirected did not run.
//! 2. The slots are read again (`CLUSTER SLOTS`) after a redirection, and after a node failed to answer. Until the read
//!    succeeds, the former primaries are used.
//! 3. A command that writes is sent once apart from that, and its result is final. A command that reads is sent once
//!    more if the connection was gone.

use std::{
    collections::HashMap,
    io,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::future::select_ok;
use redis::{
    Cmd, ErrorKind, FromRedisValue, Pipeline, RedisError, RedisResult, ServerErrorKind, Value,
    from_redis_value,
};
use tokio::sync::Mutex;

use crate::{
    dial::Dialer,
    origin::Origin,
    single::Single,
    slots::{SlotMap, redirected, slot_of_command},
    target::Address,
};

pub(crate) struct Cluster {
    dialer: Dialer,
    /// Nodes that the app named.
    seeds: Vec<Address>,
    nodes: RwLock<HashMap<Address, Arc<Single>>>,
    slots: RwLock<Arc<SlotMap>>,
    /// True if the slots may have changed.
    is_stale: AtomicBool,
    /// Lock of the task that reads the slots.
    reading: Mutex<()>,
}

impl Cluster {
    pub(crate) async fn connect(dialer: Dialer, seeds: Vec<Address>) -> RedisResult<Self> {
        let timeout = dialer.timeout;
        let cluster = Self {
            dialer,
            seeds,
            nodes: RwLock::default(),
            slots: RwLock::default(),
            is_stale: AtomicBool::new(true),
            reading: Mutex::default(),
        };
        within(2 * timeout, cluster.read_slots()).await?;
        Ok(cluster)
    }

    pub(crate) async fn read<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        match self.write(command).await {
            Err(error) if error.is_connection_dropped() => self.write(command).await,
            answer => answer,
        }
    }

    pub(crate) async fn write<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        // Time for a connection and an answer. An answer alone is limited by its connection, which is then replaced.
        within(2 * self.dialer.timeout, async {
            let address = self.node_for(command).await?;
            let answer: RedisResult<T> = self.node(&address).write(command).await;
            let Err(error) = answer else { return answer };
            match redirection(&error, &address) {
                Some((node, asking)) => {
                    // A slot that is still being moved belongs to its former node until all of it has arrived.
                    if !asking {
                        self.is_stale.store(true, Ordering::Relaxed);
                    }
                    self.follow(command, &node, asking).await
                }
                None => {
                    if !matches!(error.kind(), ErrorKind::Server(_)) || error.code() == Some("CLUSTERDOWN") {
                        self.is_stale.store(true, Ordering::Relaxed);
                    }
                    Err(error)
                }
            }
        })
        .await
        .inspect_err(|error| {
            if error.is_timeout() {
                self.is_stale.store(true, Ordering::Relaxed);
            }
        })
    }

    async fn follow<T: FromRedisValue>(&self, command: &Cmd, node: &Address, asking: bool) -> RedisResult<T> {
        let node = self.node(node);
        if !asking {
            return node.write(command).await;
        }
        let mut both = Pipeline::new();
        both.cmd("ASKING").add_command(command.clone());
        let answer = node.write_all(&both).await?.into_iter().next_back().unwrap_or(Value::Nil);
        Ok(from_redis_value(answer.extract_error()?)?)
    }

    /// Returns the primary for a command, after the slots were read again if they may have changed.
    async fn node_for(&self, command: &Cmd) -> RedisResult<Address> {
        if self.is_stale.load(Ordering::Relaxed) {
            // The former primaries may still answer.
            let read = self.read_slots().await;
            if self.slots().is_empty() {
                read?;
            }
        }
        let slots = self.slots();
        let primary = match slot_of_command(command) {
            Some(slot) => slots.primary(slot),
            None => slots.primaries().next(),
        };
        primary
            .cloned()
            .ok_or_else(|| (ErrorKind::Io, "no node of the Cluster has the slot of this key").into())
    }

    /// Reads the slots from the first node that answers. While one task reads, the others wait for its result.
    async fn read_slots(&self) -> RedisResult<()> {
        let _reading = self.reading.lock().await;
        if !self.is_stale.load(Ordering::Relaxed) {
            return Ok(());
        }
        let mut nodes: Vec<_> = self.slots().primaries().chain(&self.seeds).cloned().collect();
        nodes.sort_unstable();
        nodes.dedup();
        let reads: Vec<_> = nodes.iter().map(|address| Box::pin(self.slots_of(address))).collect();
        let (slots, _) = select_ok(reads).await?;
        self.nodes
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|address, _| slots.primaries().chain(&self.seeds).any(|one| one == address));
        *self.slots.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(slots);
        self.is_stale.store(false, Ordering::Relaxed);
        Ok(())
    }

    async fn slots_of(&self, address: &Address) -> RedisResult<SlotMap> {
        let answer: Value = self.node(address).read(redis::cmd("CLUSTER").arg("SLOTS")).await?;
        let slots = SlotMap::read(&answer, host(address));
        if slots.is_empty() {
            Err((ErrorKind::Io, "the node knows no slots of the Cluster").into())
        } else {
            Ok(slots)
        }
    }

    fn slots(&self) -> Arc<SlotMap> {
        Arc::clone(&self.slots.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns the connection to a node, which its first command opens.
    fn node(&self, address: &Address) -> Arc<Single> {
        if let Some(node) = self.nodes.read().unwrap_or_else(PoisonError::into_inner).get(address) {
            return Arc::clone(node);
        }
        let mut nodes = self.nodes.write().unwrap_or_else(PoisonError::into_inner);
        let node = nodes.entry(address.clone()).or_insert_with(|| {
            let origin = Origin::Server { dialer: self.dialer.clone(), address: address.clone() };
            Arc::new(Single::new(origin, self.dialer.timeout))
        });
        Arc::clone(node)
    }
}

fn host(address: &Address) -> &str {
    match address {
        Address::Tcp(host, _) => host,
        Address::Unix(_) => "",
    }
}

/// Returns the node that has the slot, and whether the slot is still being moved there.
fn redirection(error: &RedisError, asked: &Address) -> Option<(Address, bool)> {
    let (address, _slot) = error.redirect_node()?;
    Some((redirected(address, host(asked))?, error.kind() == ErrorKind::Server(ServerErrorKind::Ask)))
}

async fn within<T>(timeout: Duration, answer: impl Future<Output = RedisResult<T>>) -> RedisResult<T> {
    let answered = tokio::time::timeout(timeout, answer).await;
    answered.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
}
