//! Example banks, served twice in this process. One clock moves for both instances and for Redis.

use bank::{Bank, Shared, start_up::listen, step_up::step_up};
use bank_tests::browser::Browser;
use mfakit::{
    Mfa, Secret,
    testing::{ManualClock, TestProvider},
};
use mfakit_redis::RedisStore;

use super::{Framework, SECRET};
use crate::server::RedisServer;

/// Two engines of one bank, each with its own connections, and their shared clock, provider and Redis.
pub(crate) struct Served {
    pub(crate) clock: ManualClock,
    pub(crate) provider: TestProvider,
    /// Both engines, for direct calls.
    pub(crate) mfas: [Mfa; 2],
    addresses: [String; 2],
    _redis: RedisServer,
}

impl Served {
    pub(crate) async fn start(framework: &Framework) -> Self {
        let (redis, clock, provider) = (RedisServer::start().await, ManualClock::new(), TestProvider::new());
        let instance = async || {
            let listener = listen(0).unwrap();
            let address = listener.local_addr().unwrap();
            let bank = Bank::open().unwrap();
            let store = RedisStore::builder(redis.url()).danger_clock(clock.clone()).connect().await.unwrap();
            let mfa = step_up(provider.clone(), address.port(), &bank)
                .clock(clock.clone())
                .store(store)
                .secret(Secret::new(SECRET).unwrap())
                .build()
                .unwrap();
            (framework.serve)(listener, bank, mfa.clone(), Shared::new(redis.url(), SECRET));
            (mfa, format!("http://{address}"))
        };
        let ((one, at_one), (two, at_two)) = (instance().await, instance().await);
        Self { clock, provider, mfas: [one, two], addresses: [at_one, at_two], _redis: redis }
    }

    /// Signs a user in. Returns the browser at either instance.
    pub(crate) async fn log_in(&self, name: &str) -> [Browser; 2] {
        let mut at_one = Browser::new(&self.addresses[0]);
        at_one.log_in(name).await;
        let at_two = at_one.at(&self.addresses[1]);
        [at_one, at_two]
    }
}
