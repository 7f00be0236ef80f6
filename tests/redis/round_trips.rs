//! Round trips to Redis that an answer waits for.

use std::net::{IpAddr, Ipv4Addr};

use mfakit::{
    Channel, ClientAddress, Code, Decision, GrantToken, LiveChallenge, LoginId, Mfa, PhoneNumber,
    Requirement, Scope, Secret, StartRequest, Subject, UserId, VerifyError, testing::TestProvider,
};
use mfakit_redis::{RedisStore, RedisStoreBuilder};

use crate::{
    gate::{Gate, Proxy},
    server::{RedisCluster, RedisServer},
};

struct World {
    gate: Gate,
    mfa: Mfa,
    provider: TestProvider,
    pay: Scope,
}

impl World {
    /// Connects, and uses every node and every script once. The first use costs additional round trips.
    async fn new(gate: Gate, builder: RedisStoreBuilder) -> Self {
        let provider = TestProvider::new();
        let mfa = Mfa::builder(provider.clone(), "https://bank.example")
            .scope("pay", "pay")
            .directory(async |user: UserId| {
                let user: u32 = user.as_str().parse()?;
                // Each number has its own block.
                Ok::<_, mfakit::BoxError>(Some(PhoneNumber::new(format!("+1919{}1234", 220 + user))?))
            })
            .messaging_to(["US"])
            .client_address(ClientAddress::Direct)
            .secret(Secret::new([1; 32]).unwrap())
            .store(builder.connect().await.unwrap())
            .build()
            .unwrap();
        let world = Self { gate, mfa, provider, pay: Scope::new("pay").unwrap() };
        for user in 0..40 {
            let subject = subject(user);
            let live = world.start(&subject).await;
            let wrong = world.mfa.verify(&subject, &world.pay, &live.id, &world.wrong_code()).await;
            assert!(matches!(wrong, Err(VerifyError::WrongCode { .. })), "{wrong:?}");
            let _ = world.mfa.verify(&subject, &world.pay, &live.id, &world.right_code()).await.unwrap();
        }
        world
    }

    async fn start(&self, subject: &Subject) -> LiveChallenge {
        let user: u32 = subject.user().as_str().parse().unwrap();
        let address = IpAddr::V4(Ipv4Addr::from_bits(0xC000_0200 + user));
        let request = StartRequest::new(self.pay, Channel::Messaging).address(address);
        self.mfa.start(subject, request).await.unwrap()
    }

    fn right_code(&self) -> Code {
        Code::parse(&self.provider.last_code().unwrap()).unwrap()
    }

    fn wrong_code(&self) -> Code {
        let right = self.provider.last_code().unwrap();
        let first = if right.starts_with('1') { "2" } else { "1" };
        Code::parse(&format!("{first}{}", &right[1..])).unwrap()
    }

    /// Counts the round trips of a ceremony of each of several users.
    async fn ceremonies(&self) {
        let requirement = Requirement::new(self.pay);
        for user in 100..104 {
            let subject = &subject(user);
            let (live, start) = self.gate.count(self.start(subject)).await;
            // The user, the number with a look at its block and address, those two, and the challenge.
            assert_eq!(start, 4, "a start of a new number");
            let (wrong, right) = (self.wrong_code(), self.right_code());
            let verify = |code| self.mfa.verify(subject, &self.pay, &live.id, code);
            let (rejected, round_trips) = self.gate.count(verify(&wrong)).await;
            assert!(matches!(rejected, Err(VerifyError::WrongCode { .. })), "{rejected:?}");
            assert_eq!(round_trips, 2, "a verify of a wrong code");
            let (verified, round_trips) = self.gate.count(verify(&right)).await;
            let token = verified.unwrap().token.unwrap();
            assert_eq!(round_trips, 2, "a verify of the right code");
            let (repeated, round_trips) = self.gate.count(verify(&right)).await;
            assert_eq!(repeated.unwrap().token.unwrap().hash(), token.hash());
            assert_eq!(round_trips, 1, "a verify of the right code once more");

            let token: Option<&GrantToken> = Some(&token);
            let (decision, guard) = self.gate.count(self.mfa.check(Some(subject), &requirement, token)).await;
            assert!(matches!(decision.unwrap(), Decision::Granted(_)));
            assert_eq!(guard, 1, "a guarded request");

            let (_, start) = self.gate.count(self.start(subject)).await;
            assert_eq!(start, 3, "a start of a number that completed a challenge");
        }
    }
}

fn subject(user: u32) -> Subject {
    Subject::cookie(user.to_string(), LoginId::random())
}

#[tokio::test]
async fn a_start_takes_four_round_trips_and_a_verify_two_on_a_single_server() {
    let (server, gate) = (RedisServer::start().await, Gate::default());
    let proxy = Proxy::listen(&gate).await;
    let builder = RedisStore::builder(proxy.url());
    proxy.lead_to(server.port());
    World::new(gate, builder).await.ceremonies().await;
}

#[tokio::test]
async fn a_start_takes_four_round_trips_and_a_verify_two_on_a_cluster() {
    let gate = Gate::default();
    let proxies = [Proxy::listen(&gate).await, Proxy::listen(&gate).await, Proxy::listen(&gate).await];
    // The nodes announce the proxies in place of themselves.
    let ports = proxies.each_ref().map(|proxy| proxy.port().to_string());
    let announced = ports.each_ref().map(|port| ["--cluster-announce-port", port.as_str()]);
    let cluster = RedisCluster::with(announced.each_ref().map(|options| options as &[_])).await;
    let builder = RedisStore::cluster(proxies.each_ref().map(Proxy::url));
    for (proxy, node) in proxies.into_iter().zip(cluster.nodes()) {
        proxy.lead_to(node.port());
    }
    World::new(gate, builder).await.ceremonies().await;
}
