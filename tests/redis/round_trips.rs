//! Round trips to Redis that an answer waits for.

use std::net::{IpAddr, Ipv4Addr};

use mfakit::{
    Channel, ClientAddress, Code, Decision, GrantToken, LiveChallenge, LoginId, Mfa, MfaStore, PhoneNumber,
    Requirement, Scope, Secret, StartRequest, Subject, UserId, VerifyError,
    store::{ConsumeOutcome, KeepOutcome, OpenOutcome, RedeemOutcome, SendReservation},
    testing::TestProvider,
};
use mfakit_core::{
    action::{Action, ApprovalId, Money, Words},
    adapter::{BoundCheck, MfaBoundExt as _},
};
use mfakit_redis::{RedisStore, RedisStoreBuilder};
use serde::{Deserialize, Serialize};

use crate::{
    gate::{Gate, Proxy},
    kit::{NO_TIME, TestUser, attempt, keep, many_sends, redeem, reserve_send},
    server::{RedisCluster, RedisServer},
    verbs::every_verb,
};

#[derive(Serialize, Deserialize)]
struct Order {
    amount: Money,
}

impl Action for Order {
    fn words(&self) -> Words {
        Words::new().with_amount(self.amount).with_payee("ACME Ltd")
    }
}

fn order() -> Order {
    Order { amount: "100.00 EUR".parse().unwrap() }
}

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
            world.approve(&subject).await;
            let live = world.start(&subject).await;
            let wrong = world.mfa.verify(&subject, &world.pay, &live.id, &world.wrong_code()).await;
            assert!(matches!(wrong, Err(VerifyError::WrongCode { .. })), "{wrong:?}");
            let right = world.right_code();
            let token = world.mfa.verify(&subject, &world.pay, &live.id, &right).await.unwrap().token;
            let wanted = Requirement::new(world.pay);
            let _ = world.mfa.consume(Some(&subject), &wanted, token.as_ref()).await.unwrap();
        }
        world
    }

    /// Approves and consumes an order, and counts the round trips.
    async fn approve(&self, subject: &Subject) -> [(&'static str, u32); 7] {
        let (gate, mfa, wanted, order) = (&self.gate, &self.mfa, &Requirement::new(self.pay), &order());
        let none = |_: &ApprovalId| None;
        let (checked, rejection) = gate.count(mfa.check_bound(Some(subject), wanted, &none)).await;
        assert!(matches!(checked.unwrap(), BoundCheck::Denied(_)));
        let (proposed, proposal) = gate.count(mfa.propose(subject, wanted, order, Some("/pay"))).await;
        let approval = proposed.unwrap().approval;
        let (live, start) = gate.count(self.start_for(subject, Some(approval.id))).await;
        let (wrong, right) = (self.wrong_code(), self.right_code());
        let verify = |code| mfa.verify(subject, &self.pay, live.reference(), code);
        let (rejected, wrong) = gate.count(verify(&wrong)).await;
        assert!(matches!(rejected, Err(VerifyError::WrongCode { .. })), "{rejected:?}");
        let (verified, right) = gate.count(verify(&right)).await;
        let token = verified.unwrap().token;
        let tokens = |_: &ApprovalId| token.clone();
        let (checked, guard) = gate.count(mfa.check_bound(Some(subject), wanted, &tokens)).await;
        let BoundCheck::Claims(claims) = checked.unwrap() else { panic!("the order was approved") };
        let (digest, words) = (approval.digest, || order.words());
        let consumed = mfa.consume_bound(Some(subject), wanted, &digest, &words, &tokens, &claims);
        let (decision, consume) = gate.count(consumed).await;
        assert!(matches!(decision.unwrap(), Decision::Granted(_)));
        let names = ["rejected", "kept", "started", "wrong code", "right code", "guarded", "consumed"];
        let counted = [rejection, proposal, start, wrong, right, guard, consume];
        std::array::from_fn(|at| (names[at], counted[at]))
    }

    async fn start(&self, subject: &Subject) -> LiveChallenge {
        self.start_for(subject, None).await
    }

    async fn start_for(&self, subject: &Subject, approval: Option<ApprovalId>) -> LiveChallenge {
        let user: u32 = subject.user().as_str().parse().unwrap();
        let address = IpAddr::V4(Ipv4Addr::from_bits(0xC000_0200 + user));
        let request = StartRequest::new(self.pay, Channel::Messaging).address(address).approval(approval);
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
            let (decision, consume) =
                self.gate.count(self.mfa.consume(Some(subject), &requirement, token)).await;
            assert!(matches!(decision.unwrap(), Decision::Granted(_)));
            assert_eq!(consume, 2, "the grant is read again, and consumed");

            let (_, start) = self.gate.count(self.start(subject)).await;
            assert_eq!(start, 3, "a start of a number that completed a challenge");
        }
        let counted = self.approve(&subject(104)).await;
        let as_without_an_action =
            [("started", 4), ("wrong code", 2), ("right code", 2), ("guarded", 1), ("consumed", 2)];
        assert_eq!(counted[2..], as_without_an_action);
        assert_eq!(counted[..2], [("rejected", 1), ("kept", 1)]);
    }
}

fn subject(user: u32) -> Subject {
    Subject::cookie(user.to_string(), LoginId::random())
}

/// Counts the round trips of each verb that has to do with an action.
async fn actions(gate: &Gate, store: &RedisStore) {
    // The first use of a node and of a script costs additional round trips.
    every_verb(store).await;
    let (user, mut verbs) = (&TestUser::new("alice"), Vec::new());
    let action = user.action("first", NO_TIME);
    let mut note = |verb, round_trips| verbs.push((verb, round_trips));
    let (kept, counted) = gate.count(keep(store, user, &action)).await;
    assert_eq!(kept.unwrap(), KeepOutcome::Kept(action.approval.id));
    note("keep_action", counted);
    let (bound, rule) = (user.approving(action.approval), many_sends());
    let challenge = bound.challenge(NO_TIME);
    let (reserved, counted) = gate.count(reserve_send(store, &bound, &challenge.id, &rule)).await;
    assert!(matches!(reserved.unwrap(), SendReservation::Reserved { action: Some(_), .. }));
    note("reserve_send, with the action", counted);
    let (opened, counted) = gate.count(store.open_challenge(&user.id, &challenge)).await;
    assert_eq!(opened.unwrap(), OpenOutcome::Opened);
    note("open_challenge", counted);
    let (tried, counted) = gate.count(attempt(store, &bound, &challenge.id)).await;
    let _ = tried.unwrap();
    note("reserve_attempt", counted);
    let (redeemed, counted) = gate.count(redeem(store, &bound, &challenge.id)).await;
    let RedeemOutcome::Granted(grant) = redeemed.unwrap() else { panic!("the challenge is live") };
    note("redeem", counted);
    let (grants, counted) = gate.count(store.bound_grants(user.key())).await;
    assert_eq!(grants.unwrap().of_approval(&action.approval.id), Some(&grant));
    note("bound_grants", counted);
    let (actions, counted) = gate.count(store.actions(bound.key(), NO_TIME)).await;
    assert_eq!(actions.unwrap().len(), 1);
    note("actions", counted);
    let (consumed, counted) = gate.count(store.consume(bound.key(), &grant, NO_TIME)).await;
    assert_eq!(consumed.unwrap(), ConsumeOutcome::Consumed);
    note("consume", counted);
    let (is_consumed, counted) = gate.count(store.is_consumed(bound.key(), NO_TIME)).await;
    assert!(is_consumed.unwrap());
    note("is_consumed", counted);
    for (verb, round_trips) in verbs {
        assert_eq!(round_trips, 1, "{verb}");
    }
}

/// Starts a server. Returns the settings of a store that reaches it through a gate.
async fn single_server() -> (RedisServer, Gate, RedisStoreBuilder) {
    let (server, gate) = (RedisServer::start().await, Gate::default());
    let proxy = Proxy::listen(&gate).await;
    let builder = RedisStore::builder(proxy.url());
    proxy.lead_to(server.port());
    (server, gate, builder)
}

/// Starts a Cluster. Returns the settings of a store that reaches it through a gate.
async fn cluster() -> (RedisCluster, Gate, RedisStoreBuilder) {
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
    (cluster, gate, builder)
}

#[tokio::test]
async fn a_start_takes_four_round_trips_and_a_verify_two_on_a_single_server() {
    let (_server, gate, builder) = single_server().await;
    World::new(gate, builder).await.ceremonies().await;
}

#[tokio::test]
async fn a_start_takes_four_round_trips_and_a_verify_two_on_a_cluster() {
    let (_cluster, gate, builder) = cluster().await;
    World::new(gate, builder).await.ceremonies().await;
}

#[tokio::test]
async fn every_verb_of_an_action_takes_one_round_trip_on_a_single_server() {
    let (_server, gate, builder) = single_server().await;
    actions(&gate, &builder.connect().await.unwrap()).await;
}

#[tokio::test]
async fn every_verb_of_an_action_takes_one_round_trip_on_a_cluster() {
    let (_cluster, gate, builder) = cluster().await;
    actions(&gate, &builder.connect().await.unwrap()).await;
}
