//! Writes whose answers wait until replicas have them, on a connection of their own.
//!
//! 1. `WAIT` blocks its connection, so no other command uses this one.
//! 2. `WAIT` covers all earlier writes of its connection. The writes that arrive while it blocks are sent together, followed
//!    by one `WAIT`. So a write waits for two of them at most, however many are in flight.
//! 3. If too few replicas acknowledge in time, every write before that `WAIT` is an error, also one that changed nothing.
//!    What they did stays.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use redis::{Cmd, ErrorKind, Pipeline, RedisError, RedisResult, Value, from_redis_value};
use tokio::sync::oneshot;

use crate::{origin::Origin, single::Single};

/// Maximum number of writes before one `WAIT`. Further ones are sent after it.
const MAX_TOGETHER: usize = 1024;

const TOO_FEW: &str = "too few replicas have acknowledged the write in time";

/// Number of replicas to wait for, and the time that they have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReplicaWait {
    pub(crate) replicas: u32,
    pub(crate) timeout: Duration,
}

impl ReplicaWait {
    /// Returns whether a write can wait this long within the store's timeout. It may have to wait twice.
    pub(crate) fn fits(self, timeout: Duration) -> bool {
        self.replicas > 0 && self.timeout >= Duration::from_millis(1) && 2 * self.timeout <= timeout
    }
}

/// Connection for writes that wait for replicas.
pub(crate) struct Replicated(Arc<Shared>);

struct Shared {
    single: Single,
    wait: ReplicaWait,
    /// Limit for a write, with the time that it is queued and the time to connect.
    limit: Duration,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    writes: Vec<Write>,
    /// True while a task sends the writes.
    is_served: bool,
}

struct Write {
    command: Cmd,
    /// True if the slot of a Cluster is being moved to this server.
    is_asking: bool,
    answer: oneshot::Sender<RedisResult<Value>>,
}

impl Replicated {
    pub(crate) fn new(origin: Origin, timeout: Duration, wait: ReplicaWait) -> Self {
        let (single, queue) = (Single::new(origin, timeout), Mutex::default());
        // A verb writes twice if the server has lost its script, and has three times the timeout.
        Self(Arc::new(Shared { single, wait, limit: timeout * 3 / 2, queue }))
    }

    /// Sends a command once. Returns its answer after the replicas have acknowledged what it wrote.
    pub(crate) async fn write(&self, command: Cmd, is_asking: bool) -> RedisResult<Value> {
        let (answer, answered) = oneshot::channel();
        let is_served = {
            let mut queue = self.0.queue();
            queue.writes.push(Write { command, is_asking, answer });
            std::mem::replace(&mut queue.is_served, true)
        };
        if !is_served {
            tokio::spawn(serve(Service { shared: self.0.clone(), is_over: false }));
        }
        match tokio::time::timeout(self.0.limit, answered).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(io::Error::from(io::ErrorKind::Interrupted).into()),
            Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut).into()),
        }
    }
}

/// Task that sends the writes. If it ends early, as with its runtime, the waiting writes fail and the next write starts
/// another task.
struct Service {
    shared: Arc<Shared>,
    /// True once the queue was empty. From then on it may belong to another task.
    is_over: bool,
}

impl Drop for Service {
    fn drop(&mut self) {
        if !self.is_over {
            *self.shared.queue() = Queue::default();
        }
    }
}

async fn serve(mut service: Service) {
    while let Some(writes) = service.shared.next_writes() {
        service.shared.send(writes).await;
    }
    service.is_over = true;
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes writes from the queue. Without any, the service ends.
    fn next_writes(&self) -> Option<Vec<Write>> {
        let mut queue = self.queue();
        let count = queue.writes.len().min(MAX_TOGETHER);
        queue.is_served = count > 0;
        queue.is_served.then(|| queue.writes.drain(..count).collect())
    }

    /// Sends these writes, and distributes the answers.
    async fn send(&self, writes: Vec<Write>) {
        let mut commands = Pipeline::new();
        // A caller that has given up has rejected its request.
        let writes: Vec<_> = writes.into_iter().filter(|write| !write.answer.is_closed()).collect();
        for write in &writes {
            if write.is_asking {
                commands.cmd("ASKING");
            }
            commands.add_command(write.command.clone());
        }
        commands.cmd("WAIT").arg(self.wait.replicas).arg(millis(self.wait.timeout));
        match self.single.write_all(&commands).await {
            Ok(answers) => self.distribute(writes, answers),
            Err(error) => writes.into_iter().for_each(|write| write.fail(error.clone())),
        }
    }

    fn distribute(&self, writes: Vec<Write>, mut answers: Vec<RedisResult<Value>>) {
        let acknowledged = answers.pop().unwrap_or(Ok(Value::Nil)).and_then(|answer| {
            let replicas: u32 = from_redis_value(answer)?;
            Ok(replicas)
        });
        let failure = match acknowledged {
            Ok(replicas) if replicas >= self.wait.replicas => None,
            Ok(_) => Some(RedisError::from((ErrorKind::Client, TOO_FEW))),
            Err(error) => Some(error),
        };
        let mut answers = answers.into_iter();
        for write in writes {
            if write.is_asking {
                answers.next();
            }
            let answer = answers.next().unwrap_or(Ok(Value::Nil));
            let answer = answer.and_then(|answer| failure.clone().map_or(Ok(answer), Err));
            // A caller that has given up does not receive it.
            let _ = write.answer.send(answer);
        }
    }
}

impl Write {
    fn fail(self, error: RedisError) {
        let _ = self.answer.send(Err(error));
    }
}

/// Returns whether a write failed because too few replicas have acknowledged it.
pub(crate) fn is_too_few(error: &RedisError) -> bool {
    error.kind() == ErrorKind::Client && error.to_string().contains(TOO_FEW)
}

/// Returns the argument of `WAIT`, for which 0 means no limit.
fn millis(timeout: Duration) -> u128 {
    timeout.as_millis().max(1)
}
