//! People add, replace and remove their number [ENROL-1, GRANT-7].

mod budgets;
mod building;
mod failures;
mod flows;
mod notices;
mod number_check;
mod numbers;
mod pumping;
mod races;
mod recovery;
mod removals;
mod settled;
mod thief;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use mfakit_core::{
    Channel, Clock as _, Code, ConfirmNumberError, ConfirmedNumber, DeclaredScope, EnrollError, GrantToken,
    LiveChallenge, LoginId, MemoryNumberBook, Mfa, MfaBuilder, NumberOnFile, NumberTokens, PhoneNumber,
    ProposedNumber, Scope, StartError, StartRequest, Subject, UserId,
    action::ApprovalId,
    testing::{ManualClock, TestProvider},
};

use crate::world::{RecordedEvents, brisk};

/// Number on file of alice.
const OLD: &str = "+19195551234";
/// Number that people enter.
const NEW: &str = "+12025550123";
/// Another one.
const OTHER: &str = "+12025550177";

/// An engine with a number book. Alice has a number since a month, and carol has none.
struct Town {
    mfa: Mfa,
    provider: TestProvider,
    clock: ManualClock,
    book: MemoryNumberBook,
    events: RecordedEvents,
    browsers: Browsers,
}

/// Cookies of what recovery codes have opened. Each session has one browser.
type Browsers = Arc<Mutex<HashMap<LoginId, GrantToken>>>;

fn number(text: &str) -> PhoneNumber {
    PhoneNumber::new(text).unwrap()
}

fn town() -> Town {
    town_with(|builder| builder)
}

fn town_with(settings: impl FnOnce(MfaBuilder) -> MfaBuilder) -> Town {
    let book = MemoryNumberBook::new();
    town_of(book.clone(), |builder| settings(builder.number_book(book)))
}

/// Returns a town whose settings include its book. It starts from `book`.
fn town_of(book: MemoryNumberBook, settings: impl FnOnce(MfaBuilder) -> MfaBuilder) -> Town {
    let (provider, clock, events) = (TestProvider::new(), ManualClock::new(), RecordedEvents::default());
    let month = Duration::from_secs(30 * 24 * 60 * 60);
    book.set("alice", NumberOnFile::new(number(OLD), clock.now() - month));
    let builder = Mfa::builder(provider.clone(), "https://bank.example")
        .scope("pay", "pay")
        .declare(DeclaredScope::new("transfer", "make a transfer").bound())
        .messaging_to(["US"])
        .default_region("US")
        .policy(brisk())
        .clock(clock.clone())
        .observer(events.clone());
    Town {
        mfa: settings(builder).build().unwrap(),
        provider,
        clock,
        book,
        events,
        browsers: Browsers::default(),
    }
}

impl Town {
    /// Returns a user who signs in now, in a new session.
    fn signs_in(&self, user: &str) -> Subject {
        Subject::cookie(user, LoginId::random()).with_signed_in_at(self.clock.now())
    }

    fn on_file(&self, user: &str) -> Option<String> {
        self.book.find(&UserId::from(user)).map(|on_file| on_file.number.as_e164().to_owned())
    }

    fn code(&self) -> Code {
        Code::parse(&self.provider.last_code().unwrap()).unwrap()
    }

    fn wrong_code(&self) -> Code {
        let right = self.provider.last_code().unwrap();
        Code::parse(if right == "000000" { "000001" } else { "000000" }).unwrap()
    }

    fn last_recipient(&self) -> String {
        self.provider.inbox().last().unwrap().to.as_e164().to_owned()
    }

    fn wait(&self) {
        self.clock.advance(Duration::from_secs(30));
    }

    /// Returns the cookies that the session's browser sends.
    fn cookies(&self, subject: &Subject, manage: Option<&GrantToken>) -> NumberTokens {
        let recovery = self.browsers.lock().unwrap().get(subject.login()).cloned();
        NumberTokens::from(manage).recovery(recovery)
    }

    /// Enters the code to the number on file for a scope, and returns the cookie of the grant.
    async fn step_up(&self, subject: &Subject, scope: Scope) -> Option<GrantToken> {
        self.wait();
        let live = self.mfa.start(subject, StartRequest::new(scope, Channel::Messaging)).await.unwrap();
        self.mfa.verify(subject, &scope, &live.id, &self.code()).await.unwrap().token
    }

    async fn manage(&self, subject: &Subject) -> Option<GrantToken> {
        self.step_up(subject, Scope::MANAGE).await
    }

    async fn propose(
        &self,
        subject: &Subject,
        text: &str,
        manage: Option<&GrantToken>,
    ) -> Result<ProposedNumber, EnrollError> {
        self.mfa.propose_number(subject, text, self.cookies(subject, manage)).await
    }

    /// Sends a code to a number that was proposed.
    async fn send(
        &self,
        subject: &Subject,
        approval: ApprovalId,
        manage: Option<&GrantToken>,
    ) -> Result<LiveChallenge, StartError> {
        self.wait();
        let NumberTokens { manage, recovery, .. } = self.cookies(subject, manage);
        let request = StartRequest::new(Scope::ENROLL, Channel::Messaging).approval(approval);
        let request = request.manage(manage).recovery(recovery);
        self.mfa.start(subject, request).await
    }

    async fn confirm(
        &self,
        subject: &Subject,
        live: &LiveChallenge,
        code: &Code,
        manage: Option<&GrantToken>,
    ) -> Result<ConfirmedNumber, ConfirmNumberError> {
        self.mfa.confirm_number(subject, live, code, self.cookies(subject, manage)).await
    }

    /// Proposes a number and sends its code.
    async fn enter(&self, subject: &Subject, text: &str, manage: Option<&GrantToken>) -> LiveChallenge {
        let proposed = self.propose(subject, text, manage).await.unwrap();
        self.send(subject, proposed.approval, manage).await.unwrap()
    }

    /// Goes the whole way from entering a number to its confirmation.
    async fn change(&self, subject: &Subject, text: &str, manage: Option<&GrantToken>) -> ConfirmedNumber {
        let live = self.enter(subject, text, manage).await;
        self.confirm(subject, &live, &self.code(), manage).await.unwrap()
    }
}
