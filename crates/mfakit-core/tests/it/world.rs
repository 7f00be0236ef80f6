//! Engine with a clock, a provider, numbers and recorded events, all controlled by the test.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use mfakit_core::{
    Channel, Code, Decision, GrantToken, LiveChallenge, LoginId, Mfa, MfaBuilder, Observer, PhoneNumber,
    Policy, Reason, Requirement, Scope, StartError, StartRequest, Subject, UserId, Verified, VerifyError,
    event::Event,
    policy::Limit,
    testing::{ManualClock, TestProvider},
};

pub(crate) struct World {
    pub(crate) mfa: Mfa,
    pub(crate) provider: TestProvider,
    pub(crate) clock: ManualClock,
    /// Number of every user without an entry in `own_numbers`.
    pub(crate) number: Arc<Mutex<Option<&'static str>>>,
    pub(crate) own_numbers: Arc<Mutex<HashMap<UserId, String>>>,
    pub(crate) events: RecordedEvents,
}

pub(crate) fn pay() -> Scope {
    Scope::new("pay").unwrap()
}

pub(crate) fn settings() -> Scope {
    Scope::new("settings").unwrap()
}

pub(crate) fn alice() -> Subject {
    user("alice")
}

/// Returns a user in a new session.
pub(crate) fn user(name: &str) -> Subject {
    Subject::cookie(name, LoginId::random())
}

pub(crate) fn world() -> World {
    world_with(|builder| builder)
}

pub(crate) fn world_of(policy: Policy) -> World {
    world_with(|builder| builder.policy(policy))
}

pub(crate) fn world_with(settings: impl FnOnce(MfaBuilder) -> MfaBuilder) -> World {
    let (provider, clock, events) = (TestProvider::new(), ManualClock::new(), RecordedEvents::default());
    let number = Arc::new(Mutex::new(Some("+19195551234")));
    let own_numbers = Arc::new(Mutex::new(HashMap::<UserId, String>::new()));
    let (on_file, own) = (number.clone(), own_numbers.clone());
    let builder = Mfa::builder(provider.clone(), "https://bank.example")
        .scope("pay", "pay")
        .scope("settings", "change your settings")
        .directory(move |user: UserId| {
            let own = own.lock().unwrap().get(&user).cloned();
            let number = own.or(on_file.lock().unwrap().map(str::to_owned));
            async move { number.map(PhoneNumber::new).transpose().map_err(io::Error::other) }
        })
        .messaging_to(["US"])
        .clock(clock.clone())
        .observer(events.clone());
    World { mfa: settings(builder).build().unwrap(), provider, clock, number, own_numbers, events }
}

/// Returns a policy whose budgets never run out, so that only the cool-down limits sends.
pub(crate) fn roomy() -> Policy {
    let many = [Limit::new(1000, Duration::from_secs(60 * 60))];
    Policy::default()
        .sends_per_login_and_scope(many)
        .sends_per_user(many)
        .sends_per_number(many)
        .sends_per_block(many)
        .sends_per_address(many)
}

/// Returns the same policy with a cool-down of 30 seconds after every send.
pub(crate) fn brisk() -> Policy {
    roomy().cool_down([Duration::from_secs(30)])
}

impl World {
    pub(crate) async fn start(&self, subject: &Subject) -> Result<LiveChallenge, StartError> {
        self.mfa.start(subject, StartRequest::new(pay(), Channel::Messaging)).await
    }

    /// Starts a challenge after 30 seconds, which is the shortest cool-down.
    pub(crate) async fn start_after_the_wait(&self, subject: &Subject) -> LiveChallenge {
        self.clock.advance(Duration::from_secs(30));
        self.start(subject).await.unwrap()
    }

    /// Sets the number of a user.
    pub(crate) fn enter(&self, user: &str, number: impl Into<String>) {
        self.own_numbers.lock().unwrap().insert(user.into(), number.into());
    }

    pub(crate) fn right_code(&self) -> Code {
        Code::parse(&self.provider.last_code().unwrap()).unwrap()
    }

    pub(crate) fn wrong_code(&self) -> Code {
        let right = self.provider.last_code().unwrap();
        Code::parse(if right == "000000" { "000001" } else { "000000" }).unwrap()
    }

    pub(crate) async fn answer(
        &self,
        subject: &Subject,
        live: &LiveChallenge,
        code: &Code,
    ) -> Result<Verified, VerifyError> {
        self.mfa.verify(subject, &pay(), &live.id, code).await
    }

    /// Enters a wrong code. Returns the number of attempts left.
    pub(crate) async fn guess(&self, subject: &Subject, live: &LiveChallenge) -> u32 {
        match self.answer(subject, live, &self.wrong_code()).await {
            Err(VerifyError::WrongCode { attempts_left }) => attempts_left,
            other => panic!("a wrong code must be rejected: {other:?}"),
        }
    }

    /// Starts a challenge and enters the right code.
    pub(crate) async fn succeed(&self, subject: &Subject) -> Verified {
        let live = self.start_after_the_wait(subject).await;
        self.answer(subject, &live, &self.right_code()).await.unwrap()
    }

    pub(crate) async fn reason(
        &self,
        subject: &Subject,
        requirement: Requirement,
        token: Option<&GrantToken>,
    ) -> Option<Reason> {
        reason(&self.mfa.check(Some(subject), &requirement, token).await.unwrap())
    }
}

/// Returns the reason of a denial, or `None` for a grant.
pub(crate) const fn reason(decision: &Decision) -> Option<Reason> {
    match decision {
        Decision::Granted(_) => None,
        Decision::Denied(denial) => Some(denial.reason),
    }
}

/// Observer that records the name and the text of each event. Clones share one record.
#[derive(Clone, Default)]
pub(crate) struct RecordedEvents(Arc<Mutex<Vec<(&'static str, String)>>>);

impl RecordedEvents {
    /// Removes all recorded events and returns their names.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.0.lock().unwrap().drain(..).map(|(name, _)| name).collect()
    }

    /// Returns all recorded events, as `Debug` shows them.
    pub(crate) fn text(&self) -> String {
        self.0.lock().unwrap().iter().map(|(_, text)| format!("{text}\n")).collect()
    }
}

impl Observer for RecordedEvents {
    fn observe(&self, event: &Event<'_>) {
        self.0.lock().unwrap().push((event.name(), format!("{event:?}")));
    }
}
