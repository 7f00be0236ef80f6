//! Connections to a Redis Cluster, one to each primary. Reads and writes go to primaries.
//!
//! 1. A command goes to the primary that has the slot of its key. A redirection is followed once: a command that a node
//!    redirected did not run.
//! 2. The slots are read again (`CLUSTER SLOTS`) after a redirection, after a node failed to answer, and if no node has
//!    the slot of a key, but not more often than every 200 ms. Until the read succeeds, the former primaries are used.
//! 3. All known nodes are asked, and most of those that answer in time decide: a node in a minority, or one that has just
//!    joined, reports what it sees. A node that answered `CLUSTERDOWN` is believed only if there is no other.
//! 4. A command that writes is sent once apart from that, and its result is final. A command that reads is sent once
//!    more if the connection was gone.

use std::{
    collections::{HashMap, HashSet},
    io,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::{StreamExt, future::join_all, stream::FuturesUnordered};
use redis::{Cmd, ErrorKind, FromRedisValue, RedisError, RedisResult, ServerErrorKind, Value};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout_at},
};

use crate::{
    dial::Dialer,
    node::{Ack, Node},
    origin::Origin,
    replicated::ReplicaWait,
    slots::{SlotMap, redirected, slot_of_command},
    target::Address,
};

/// Time between two reads of the slots. A Cluster that is down would otherwise be asked for each command.
const READ_INTERVAL: Duration = Duration::from_millis(200);
/// Time for which further answers are awaited after the first map of the slots.
const FURTHER_MAPS: Duration = Duration::from_millis(100);

pub(crate) struct Cluster {
    dialer: Dialer,
    wait: Option<ReplicaWait>,
    /// Nodes that the app named.
    seeds: Vec<Address>,
    nodes: RwLock<HashMap<Address, Arc<Node>>>,
    slots: RwLock<Arc<SlotMap>>,
    /// True if the slots may have changed.
    is_stale: AtomicBool,
    /// Nodes that answered `CLUSTERDOWN` since the slots were read.
    down: std::sync::Mutex<HashSet<Address>>,
    /// Lock of the task that reads the slots, with the time of the last read.
    reading: Mutex<Option<Instant>>,
}

impl Cluster {
    pub(crate) async fn connect(
        dialer: Dialer,
        seeds: Vec<Address>,
        wait: Option<ReplicaWait>,
    ) -> RedisResult<Self> {
        let timeout = dialer.timeout;
        let cluster = Self {
            dialer,
            wait,
            seeds,
            nodes: RwLock::default(),
            slots: RwLock::default(),
            is_stale: AtomicBool::new(true),
            down: std::sync::Mutex::default(),
            reading: Mutex::default(),
        };
        within(2 * timeout, cluster.read_slots()).await?;
        Ok(cluster)
    }

    pub(crate) async fn read<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        match self.write(command, Ack::Primary).await {
            Err(error) if error.is_connection_dropped() => self.write(command, Ack::Primary).await,
            answer => answer,
        }
    }

    /// Sends a command that only reads to each primary. Returns the answers of those that accepted it.
    pub(crate) async fn read_each(&self, command: &Cmd) -> Vec<String> {
        let slots = self.slots();
        let primaries: HashSet<_> = slots.primaries().collect();
        let answers = primaries.into_iter().map(|address| {
            let node = self.node(address);
            async move { node.read(command).await }
        });
        join_all(answers).await.into_iter().filter_map(Result::ok).collect()
    }

    pub(crate) async fn write<T: FromRedisValue>(&self, command: &Cmd, ack: Ack) -> RedisResult<T> {
        // Time for a connection and an answer. An answer alone is limited by its connection, which is then replaced.
        within(2 * self.dialer.timeout, async {
            let address = self.node_for(command).await?;
            let answer: RedisResult<T> = self.node(&address).write(command, ack).await;
            let Err(error) = answer else { return answer };
            match redirection(&error, &address) {
                Some((node, asking)) => {
                    // A slot that is still being moved belongs to its former node until all of it has arrived.
                    if !asking {
                        self.is_stale.store(true, Ordering::Relaxed);
                    }
                    self.follow(command, &node, asking, ack).await
                }
                None => {
                    let is_down = error.code() == Some("CLUSTERDOWN");
                    if is_down {
                        self.down.lock().unwrap_or_else(PoisonError::into_inner).insert(address);
                    }
                    if is_down || !matches!(error.kind(), ErrorKind::Server(_)) {
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

    async fn follow<T: FromRedisValue>(
        &self,
        command: &Cmd,
        node: &Address,
        asking: bool,
        ack: Ack,
    ) -> RedisResult<T> {
        let node = self.node(node);
        if asking { node.write_asking(command, ack).await } else { node.write(command, ack).await }
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
        if let Some(primary) = self.primary_for(command) {
            return Ok(primary);
        }
        // The slots may have been read while the Cluster was being created.
        self.is_stale.store(true, Ordering::Relaxed);
        self.read_slots().await?;
        self.primary_for(command)
            .ok_or_else(|| (ErrorKind::Io, "no node of the Cluster has the slot of this key").into())
    }

    fn primary_for(&self, command: &Cmd) -> Option<Address> {
        let slots = self.slots();
        let primary = match slot_of_command(command) {
            Some(slot) => slots.primary(slot),
            None => slots.primaries().next(),
        };
        primary.cloned()
    }

    /// Reads the slots from the nodes. While one task reads, the others wait for its result.
    async fn read_slots(&self) -> RedisResult<()> {
        let mut last_read = self.reading.lock().await;
        let is_recent = last_read.is_some_and(|read| read.elapsed() < READ_INTERVAL);
        if is_recent || !self.is_stale.load(Ordering::Relaxed) {
            return Ok(());
        }
        *last_read = Some(Instant::now());
        let mut nodes: Vec<_> = self.slots().primaries().chain(&self.seeds).cloned().collect();
        nodes.sort_unstable();
        nodes.dedup();
        let slots = self.maps_of(&nodes).await?;
        self.down.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.nodes
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|address, _| slots.primaries().chain(&self.seeds).any(|one| one == address));
        *self.slots.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(slots);
        self.is_stale.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Returns the map that most nodes report, preferring nodes that are not down.
    async fn maps_of(&self, nodes: &[Address]) -> RedisResult<SlotMap> {
        let mut reads: FuturesUnordered<_> =
            nodes.iter().map(|address| async move { (address, self.slots_of(address).await) }).collect();
        let down = self.down.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (mut maps, mut maps_of_down, mut failed, mut deadline) = (Vec::new(), Vec::new(), None, None);
        loop {
            let next = match deadline {
                Some(deadline) => timeout_at(deadline, reads.next()).await.unwrap_or_default(),
                None => reads.next().await,
            };
            match next {
                Some((address, Ok(map))) if down.contains(address) => maps_of_down.push(map),
                Some((_, Ok(map))) => {
                    maps.push(map);
                    deadline.get_or_insert_with(|| Instant::now() + FURTHER_MAPS);
                }
                Some((_, Err(error))) => failed = Some(error),
                None => break,
            }
        }
        let map = SlotMap::of_most(maps).or_else(|| SlotMap::of_most(maps_of_down));
        map.ok_or_else(|| failed.unwrap_or_else(|| (ErrorKind::Io, "the Cluster has no nodes").into()))
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
    fn node(&self, address: &Address) -> Arc<Node> {
        if let Some(node) = self.nodes.read().unwrap_or_else(PoisonError::into_inner).get(address) {
            return Arc::clone(node);
        }
        let mut nodes = self.nodes.write().unwrap_or_else(PoisonError::into_inner);
        let node = nodes.entry(address.clone()).or_insert_with(|| {
            let origin = Origin::Server { dialer: self.dialer.clone(), address: address.clone() };
            Arc::new(Node::new(origin, self.dialer.timeout, self.wait))
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
