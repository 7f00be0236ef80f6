//! Start, verify and guarded request of one user.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::{Duration, Instant},
};

use mfakit::{
    Channel, ClientAddress, Code, LoginId, Mfa, MfaStore, Requirement, Scope, StartRequest, Subject,
};

use crate::engine::{builder, policy};

/// Step of a ceremony, as a row of the table.
#[derive(Clone, Copy)]
pub(crate) enum Step {
    Start,
    Verify,
    Guard,
}

/// Steps of a ceremony in their order, with their names.
pub(crate) const STEPS: [(Step, &str); 3] = [
    (Step::Start, "start of a new number"),
    (Step::Verify, "verify of the right code"),
    (Step::Guard, "guard"),
];

/// Ceremonies that open connections and load scripts, and are not measured.
pub(crate) const FIRST: u32 = 3;

/// Returns an engine that counts by number, block and address.
pub(crate) fn engine(store: impl MfaStore) -> Mfa {
    builder(store).policy(policy()).client_address(ClientAddress::Direct).build().unwrap()
}

/// Returns the times of each step of as many ceremonies, in ascending order.
pub(crate) async fn times(mfa: &Mfa, ceremonies: u32) -> [Vec<Duration>; 3] {
    let mut times = [const { Vec::new() }; 3];
    for user in 0..FIRST + ceremonies {
        let mut ceremony = Ceremony::of(mfa, user);
        for ((step, _), times) in STEPS.into_iter().zip(&mut times) {
            let begun = Instant::now();
            ceremony.run(step).await;
            if user >= FIRST {
                times.push(begun.elapsed());
            }
        }
    }
    times.iter_mut().for_each(|times| times.sort_unstable());
    times
}

/// Ceremony of one user, from an address and with a number of their own.
pub(crate) struct Ceremony<'a> {
    mfa: &'a Mfa,
    subject: Subject,
    scope: Scope,
    address: IpAddr,
    challenge: Option<mfakit::ChallengeId>,
    token: Option<mfakit::GrantToken>,
}

impl<'a> Ceremony<'a> {
    pub(crate) fn of(mfa: &'a Mfa, user: u32) -> Self {
        let (subject, scope) = (Subject::cookie(user.to_string(), LoginId::random()), Scope::new("transfer"));
        let address = IpAddr::V4(Ipv4Addr::from_bits(0x0A00_0000 + user));
        Self { mfa, subject, scope: scope.unwrap(), address, challenge: None, token: None }
    }

    pub(crate) async fn run(&mut self, step: Step) {
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
