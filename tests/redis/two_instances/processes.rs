//! Example banks as two processes.

use std::time::Duration;

use bank_tests::{
    browser::Browser,
    program::{Program, built},
};
use mfakit::{MfaStore, Secret, Timestamp, store::UserState};
use mfakit_emulator::{Emulator, Endpoint};
use mfakit_redis::RedisStore;

use super::{Framework, SECRET};
use crate::server::RedisServer;

/// Two processes of one bank, with their Redis and emulator.
pub(crate) struct Processes {
    pub(crate) redis: RedisServer,
    pub(crate) emulator: Emulator,
    pub(crate) one: Program,
    pub(crate) two: Program,
}

impl Processes {
    pub(crate) async fn start(framework: &Framework) -> Self {
        Self::start_on(framework, RedisServer::start().await).await
    }

    pub(crate) async fn start_on(framework: &Framework, redis: RedisServer) -> Self {
        let emulator = Emulator::builder().start().await.unwrap();
        let mut environment = emulator.environment();
        environment.push(("REDIS_URL", redis.url()));
        environment.push(("MFAKIT_SECRET", SECRET.to_owned()));
        let program = built(framework.name);
        let (one, two) =
            tokio::join!(Program::run(&program, &environment), Program::run(&program, &environment));
        Self { redis, emulator, one, two }
    }

    /// Signs a user in at the first instance. Returns the browser at either instance.
    pub(crate) async fn log_in(&self, name: &str) -> (Browser, Browser) {
        let mut at_one = self.one.browser();
        at_one.log_in(name).await;
        let at_two = at_one.at(&self.two.address);
        (at_one, at_two)
    }

    /// Returns the code that was sent last.
    pub(crate) fn last_code(&self) -> String {
        self.emulator.inbox().last().unwrap().code.clone()
    }

    /// Returns the number of calls of an endpoint of the provider.
    pub(crate) fn calls(&self, endpoint: Endpoint) -> usize {
        self.emulator.calls().iter().filter(|call| call.endpoint == endpoint).count()
    }

    /// Returns the state of a user, read through a separate store.
    pub(crate) async fn user_state(&self, user: &str) -> UserState {
        let key = Secret::new(SECRET).unwrap();
        let store = RedisStore::builder(self.redis.url()).name_key(key).connect().await.unwrap();
        store.user_state(&user.into(), Timestamp::from_millis(0)).await.unwrap()
    }
}

/// Waits until a condition holds.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(90), waiting).await;
    waited.unwrap_or_else(|_| panic!("timed out: {what}"));
}
