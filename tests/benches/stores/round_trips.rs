//! Time of a start, a verify and a guarded request, one after the other, with and without a delay to the server.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::{Duration, Instant},
};

use mfakit::{Channel, ClientAddress, Code, LoginId, Mfa, Requirement, Scope, StartRequest, Subject};
use mfakit_redis::RedisStore;

use crate::{
    ceremonies::{builder, policy},
    delay::delayed,
    gate::{Gate, Proxy},
    server::RedisServer,
};

/// Ceremonies whose times are measured.
const CEREMONIES: u32 = 1_000;
/// Ceremonies whose commands and round trips are counted.
const COUNTED: u32 = 3;
/// Ceremonies that load the scripts, and are not measured.
const FIRST: u32 = 3;

/// Step of a ceremony, as a row of the table.
#[derive(Clone, Copy)]
enum Step {
    Start,
    Verify,
    Guard,
}

const STEPS: [(Step, &str); 3] = [
    (Step::Start, "start of a new number"),
    (Step::Verify, "verify of the right code"),
    (Step::Guard, "guard"),
];

pub(crate) async fn print() {
    let server = RedisServer::start().await;
    println!("\n{:<42} {:>12} {:>9}", "Redis", "round trips", "commands");
    let counted = counts(&server).await;
    for ((_, name), (round_trips, commands)) in STEPS.iter().zip(counted) {
        println!("{name:<42} {round_trips:>12} {commands:>9}");
    }
    println!("\n{:<42} {:>12} {:>9}", "Redis, time added to a round trip", "p50, us", "p99, us");
    for (name, added) in [("none", Duration::ZERO), ("1 ms", Duration::from_millis(1))] {
        let port = delayed(server.port(), added);
        let mut times = times(&engine(format!("redis://127.0.0.1:{port}")).await).await;
        for ((_, step), times) in STEPS.iter().zip(&mut times) {
            times.sort_unstable();
            let (p50, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
            println!("{:<42} {:>12} {:>9}", format!("{step}, {name}"), p50.as_micros(), p99.as_micros());
        }
        server.cli(&["flushdb"]);
    }
}

async fn engine(url: String) -> Mfa {
    let store = RedisStore::connect(url).await.unwrap();
    builder(store).policy(policy()).client_address(ClientAddress::Direct).build().unwrap()
}

/// Returns the round trips and the commands of each step.
async fn counts(server: &RedisServer) -> [(u32, u64); 3] {
    let gate = Gate::default();
    let proxy = Proxy::listen(&gate).await;
    let url = proxy.url();
    proxy.lead_to(server.port());
    let mfa = engine(url).await;
    let mut counted = [(0, 0); 3];
    for user in 0..FIRST + COUNTED {
        let mut ceremony = Ceremony::of(&mfa, user);
        for (at, (step, _)) in STEPS.into_iter().enumerate() {
            server.cli(&["config", "resetstat"]);
            let ((), round_trips) = gate.count(ceremony.run(step)).await;
            let now = (round_trips, commands(server));
            assert!(user <= FIRST || counted[at] == now, "every ceremony takes the same steps");
            counted[at] = now;
        }
    }
    server.cli(&["flushdb"]);
    counted
}

/// Returns the number of commands that clients sent since the statistics were reset.
fn commands(server: &RedisServer) -> u64 {
    let stats = server.cli(&["info", "commandstats"]);
    let calls = |wanted: &str| {
        stats.lines().find_map(|line| {
            let (command, calls) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
            (command == wanted).then(|| calls.split_once(',')?.0.parse::<u64>().ok())?
        })
    };
    // A script itself calls `HGET` too.
    calls("evalsha").or(calls("hget")).unwrap_or_default()
}

/// Returns the times of each step.
async fn times(mfa: &Mfa) -> [Vec<Duration>; 3] {
    let mut times = [const { Vec::new() }; 3];
    for user in 0..FIRST + CEREMONIES {
        let mut ceremony = Ceremony::of(mfa, user);
        for ((step, _), times) in STEPS.into_iter().zip(&mut times) {
            let begun = Instant::now();
            ceremony.run(step).await;
            if user >= FIRST {
                times.push(begun.elapsed());
            }
        }
    }
    times
}

/// Ceremony of one user, from an address and with a number of their own.
struct Ceremony<'a> {
    mfa: &'a Mfa,
    subject: Subject,
    scope: Scope,
    address: IpAddr,
    challenge: Option<mfakit::ChallengeId>,
    token: Option<mfakit::GrantToken>,
}

impl<'a> Ceremony<'a> {
    fn of(mfa: &'a Mfa, user: u32) -> Self {
        let (subject, scope) = (Subject::cookie(user.to_string(), LoginId::random()), Scope::new("transfer"));
        let address = IpAddr::V4(Ipv4Addr::from_bits(0x0A00_0000 + user));
        Self { mfa, subject, scope: scope.unwrap(), address, challenge: None, token: None }
    }

    async fn run(&mut self, step: Step) {
        match step {
            Step::Start => {
                let request = StartRequest::new(self.scope, Channel::Messaging).address(self.address);
                self.challenge = Some(self.mfa.start(&self.subject, request).await.unwrap().id);
            }
            Step::Verify => {
                let (challenge, code) = (self.challenge.unwrap(), Code::parse("123456").unwrap());
                let verified = self.mfa.verify(&self.subject, &self.scope, &challenge, &code).await;
                self.token = verified.unwrap().token;
            }
            Step::Guard => {
                let requirement = Requirement::new(self.scope);
                let checked = self.mfa.check(Some(&self.subject), &requirement, self.token.as_ref()).await;
                assert!(matches!(checked, Ok(mfakit::Decision::Granted(_))));
            }
        }
    }
}
