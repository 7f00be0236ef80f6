//! Operations, on a store and on the model.

use std::{fmt, time::Duration};

use crate::{
    challenge::Challenge,
    channel::Channel,
    clock::Timestamp,
    conformance::{
        Suite,
        model::{
            Operation, Person, Which, answer,
            budget::Ledger,
            history::{Attempted, History},
        },
        person::{self, scope},
    },
    grant::{Binding, GrantRecord},
    limit::Limit,
    lock::LockRule,
    proof::CodeProof,
    random::random,
    send_rule::SendRule,
    store::{
        AttemptReservation, Budget, BudgetChange, ConsumeOutcome, OpenOutcome, RedeemOutcome, ReserveBudget,
        Revocation, SendReservation, StoreError,
    },
    token::{ChallengeId, GrantToken, ProviderScope},
};

/// A lock after few failures, so that short sequences reach all of them.
const LOCKS: LockRule = LockRule {
    lock_after: 3,
    lock_for: Duration::from_mins(30),
    longest_lock: Duration::from_hours(1),
    disable_after: 10,
    forget_after: Duration::from_hours(30 * 24),
};

/// How long after it was counted a send is opened and an attempt given back, if at all.
const IN_FLIGHT: Duration = Duration::from_mins(10);

/// Where the answers of a store and of the model differ.
#[derive(Debug)]
pub struct Divergence {
    /// After how many operations.
    pub step: usize,
    /// The operation.
    pub operation: Operation,
    /// What the port asks for.
    pub expected: String,
    /// What the store said.
    pub seen: String,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { step, operation, expected, seen } = self;
        write!(f, "step {step}, {operation:?}:\n  expected {expected}\n  but saw  {seen}")
    }
}

impl std::error::Error for Divergence {}

/// Does all of it, to users that the store has never seen, and compares each answer, and after each operation how
/// things stand.
///
/// # Errors
///
/// The first answer that differs.
pub async fn compare(suite: &Suite, operations: &[Operation]) -> Result<(), Divergence> {
    let mut run = Run::new(suite);
    for (step, operation) in operations.iter().copied().enumerate() {
        let failed = |(expected, seen)| Divergence { step, operation, expected, seen };
        run.step(operation).await.map_err(failed)?;
    }
    Ok(())
}

/// What was expected, and what was seen instead.
type Differs = (String, String);

struct Run {
    suite: Suite,
    rule: SendRule,
    users: Vec<User>,
    sends: Vec<Sent>,
    attempts: Vec<Counted>,
    grants: Vec<(Who, GrantRecord)>,
    budgets: Vec<(Budget, Ledger)>,
    events: Vec<(usize, ChallengeId)>,
}

struct User {
    history: History,
    logins: [person::Person; 2],
}

/// A person by their places.
#[derive(Clone, Copy)]
struct Who {
    user: usize,
    login: usize,
    scope: usize,
}

#[derive(Clone, Copy)]
struct Sent {
    who: Who,
    id: ChallengeId,
    at: Timestamp,
    resend_at: Timestamp,
}

struct Counted {
    user: usize,
    place: usize,
    era: u64,
    at: Timestamp,
    given_back: bool,
}

impl Run {
    fn new(suite: &Suite) -> Self {
        let user = || {
            let one = person::Person::new(suite);
            User { history: History::default(), logins: [one.elsewhere(), one] }
        };
        let budgets = [Budget::Number(random()), Budget::Block(random()), Budget::Address(random())];
        let (one, few) = (Duration::from_mins(10), Duration::from_hours(1));
        let rule = SendRule {
            cool_down: vec![Duration::from_secs(30), Duration::from_secs(60), Duration::from_secs(120)],
            per_login_and_scope: vec![Limit::new(3, Duration::from_mins(15))],
            per_user: vec![Limit::new(5, few), Limit::new(4, one)],
        };
        Self {
            suite: suite.clone(),
            rule,
            users: vec![user(), user()],
            sends: Vec::new(),
            attempts: Vec::new(),
            grants: Vec::new(),
            budgets: budgets.map(|budget| (budget, Ledger::default())).into(),
            events: Vec::new(),
        }
    }

    async fn step(&mut self, operation: Operation) -> Result<(), Differs> {
        match operation {
            Operation::Pass(span) => self.suite.pass(span),
            Operation::ReserveSend(person) => self.reserve_send(who(person)).await.map(drop)?,
            Operation::ReleaseSend(which) => self.release_send(which).await?,
            Operation::Open(which, later) => {
                if let Some(sent) = newest(&self.sends, which).copied() {
                    self.open(sent, later).await?;
                }
            }
            Operation::Start(person) => self.start(who(person)).await.map(drop)?,
            Operation::Attempt(which) => {
                if let Some(sent) = newest(&self.sends, which).copied() {
                    self.attempt(sent.who, sent.id, number_of(sent.who.user)).await?;
                }
            }
            Operation::AttemptElsewhere(which) => {
                if let Some(sent) = newest(&self.sends, which).copied() {
                    self.attempt(sent.who, sent.id, [9; 32]).await?;
                }
            }
            Operation::AttemptAs(person, which) => {
                let id = newest(&self.sends, which).map_or_else(ChallengeId::random, |sent| sent.id);
                let who = who(person);
                self.attempt(who, id, number_of(who.user)).await?;
            }
            Operation::Fail(person, times) => {
                let who = who(person);
                if let Some(id) = self.start(who).await? {
                    for _ in 0..times {
                        self.attempt(who, id, number_of(who.user)).await?;
                    }
                }
            }
            Operation::Guess(which) => {
                if let Some(sent) = newest(&self.sends, which).copied() {
                    let (person, number) = (guessing(self.person(sent.who)), number_of(sent.who.user));
                    self.attempt_by(sent.who, person, sent.id, number).await?;
                }
            }
            Operation::FindRepeat(which, the_same) => {
                if let Some(sent) = newest(&self.sends, which).copied() {
                    self.find_repeat(sent, the_same).await?;
                }
            }
            Operation::ReleaseAttempt(which) => self.release_attempt(which).await?,
            Operation::Redeem(which, lifetime, by_cookie) => {
                if let Some(sent) = newest(&self.sends, which).copied() {
                    self.redeem(sent.who, sent.id, lifetime, by_cookie).await?;
                }
            }
            Operation::RedeemAs(person, which) => {
                let id = newest(&self.sends, which).map_or_else(ChallengeId::random, |sent| sent.id);
                self.redeem(who(person), id, person::GRANT_LIFETIME, true).await?;
            }
            Operation::Grant(person) => self.grant(who(person)).await?,
            Operation::Consume(which) => self.consume(which).await?,
            Operation::RevokeUser(person) => self.revoke(who(person), Revocation::User).await?,
            Operation::RevokeLogin(person) => {
                let who = who(person);
                let what = Revocation::Login(self.person(who).login);
                self.revoke(who, what).await?;
            }
            Operation::RevokeScope(person) => {
                let who = who(person);
                let what = Revocation::Scope(self.person(who).scope);
                self.revoke(who, what).await?;
            }
            Operation::RevokeElevation(person) => {
                let who = who(person);
                let it = self.person(who);
                self.revoke(who, Revocation::Elevation(it.login, it.scope)).await?;
            }
            Operation::Unlock(person) => {
                let who = who(person);
                said("unlock", self.suite.store().unlock(&self.person(who).user).await)?;
                self.history(who).unlock();
            }
            Operation::ReserveBudget(budget, number) => self.reserve_budget(budget, number).await?,
            Operation::ReleaseBudget(which, off) => self.release_budget(which, off).await?,
            Operation::CompleteBudget(budget, number, keep, remember) => {
                self.complete_budget(budget, number, keep, remember).await?;
            }
            Operation::ForgetBudget(budget) => {
                let now = self.suite.now();
                let store = self.suite.store();
                if let Some((budget, ledger)) = nth(&mut self.budgets, budget) {
                    said("settle_budget", store.settle_budget(budget, BudgetChange::Forget, now).await)?;
                    ledger.forget();
                }
            }
        }
        self.stand().await
    }

    async fn reserve_send(&mut self, who: Who) -> Result<Option<Sent>, Differs> {
        let (person, now) = (self.person(who), self.suite.now());
        let id = ChallengeId::random();
        let request = crate::store::ReserveSend { key: person.key(), challenge: &id, rule: &self.rule, now };
        let seen = said("reserve_send", self.suite.store().reserve_send(request).await)?;
        let rule = self.rule.clone();
        let expected = self.history(who).reserve_send((id, person.login, person.scope), (&LOCKS, &rule), now);
        same(answer::of_sent(&expected), answer::of_send(&seen))?;
        let SendReservation::Reserved { resend_at } = seen else { return Ok(None) };
        let sent = Sent { who, id, at: now, resend_at };
        self.sends.push(sent);
        Ok(Some(sent))
    }

    async fn release_send(&mut self, which: Which) -> Result<(), Differs> {
        let Some(Sent { who, id, at, .. }) = newest(&self.sends, which).copied() else { return Ok(()) };
        if self.suite.now() >= at.plus(IN_FLIGHT) {
            return Ok(());
        }
        said("release_send", self.suite.store().release_send(&self.person(who).user, &id).await)?;
        self.history(who).release_send(id);
        Ok(())
    }

    async fn open(&mut self, sent: Sent, later: Duration) -> Result<(), Differs> {
        let Sent { who, id, at, resend_at } = sent;
        let (person, now) = (self.person(who), self.suite.now());
        if now >= at.plus(IN_FLIGHT) {
            return Ok(());
        }
        let resend_at = resend_at.plus(later);
        let channel = if later.is_zero() { Channel::Messaging } else { Channel::Voice };
        let challenge = Challenge {
            id,
            login: person.login,
            scope: person.scope,
            channel,
            provider_scope: ProviderScope::random(&person.scope),
            number: number_of(who.user),
            last_two: "34".to_owned(),
            sent_at: now,
            expires_at: now.plus(person::CODE_LIFETIME),
            resend_at,
            attempts: 5,
            attempts_used: 0,
            return_to: (!later.is_zero()).then(|| "sealed".to_owned()),
        };
        let store = self.suite.store();
        let seen = said("open_challenge", store.open_challenge(&person.user, &challenge).await)?;
        let opened = self.history(who).open(&challenge);
        let expected = if opened { OpenOutcome::Opened } else { OpenOutcome::Over };
        same(format!("{expected:?}"), format!("{seen:?}"))
    }

    async fn start(&mut self, who: Who) -> Result<Option<ChallengeId>, Differs> {
        let Some(sent) = self.reserve_send(who).await? else { return Ok(None) };
        self.open(sent, Duration::ZERO).await?;
        Ok(Some(sent.id))
    }

    async fn attempt(&mut self, who: Who, id: ChallengeId, number: [u8; 32]) -> Result<(), Differs> {
        let person = self.person(who);
        self.attempt_by(who, person, id, number).await
    }

    async fn attempt_by(
        &mut self,
        who: Who,
        person: person::Person,
        id: ChallengeId,
        number: [u8; 32],
    ) -> Result<(), Differs> {
        let now = self.suite.now();
        let seen = person.attempt_under(&LOCKS, &id, &[number]).await;
        let (met, entered) = ((id, person.login, person.scope), (number, person.proof));
        let expected = self.history(who).attempt(met, entered, &LOCKS, now);
        same(answer::of_attempted(&expected), answer::of_attempt(&seen))?;
        if let (Attempted::Reserved { place, .. }, AttemptReservation::Reserved { era, .. }) =
            (expected, seen)
        {
            self.attempts.push(Counted { user: who.user, place, era, at: now, given_back: false });
        }
        Ok(())
    }

    async fn find_repeat(&mut self, sent: Sent, the_same: bool) -> Result<(), Differs> {
        let (person, now) = (self.person(sent.who), self.suite.now());
        let person = if the_same { person } else { guessing(person) };
        let attempt = self.history(sent.who).newest_attempt(sent.id);
        let seen = person.settle(&sent.id, attempt).await;
        let (met, entered) = ((sent.id, person.login, person.scope), (attempt, person.proof));
        let expected = self.history(sent.who).find_repeat(met, entered, now);
        same(answer::of_search(&expected), answer::of_search(&seen))
    }

    async fn release_attempt(&mut self, which: Which) -> Result<(), Differs> {
        let now = self.suite.now();
        let store = self.suite.store();
        let Some(at) = place_of_newest(self.attempts.len(), which) else { return Ok(()) };
        let Some(attempt) = self.attempts.get_mut(at) else { return Ok(()) };
        if attempt.given_back || now >= attempt.at.plus(IN_FLIGHT) {
            return Ok(());
        }
        attempt.given_back = true;
        let (who, place, era) = (Who { user: attempt.user, login: 0, scope: 0 }, attempt.place, attempt.era);
        said("release_attempt", store.release_attempt(&self.person(who).user, era, &LOCKS).await)?;
        self.history(who).give_back(place);
        Ok(())
    }

    async fn redeem(
        &mut self,
        who: Who,
        id: ChallengeId,
        lifetime: Duration,
        by_cookie: bool,
    ) -> Result<(), Differs> {
        let (person, now) = (self.person(who), self.suite.now());
        let token = Binding::Cookie(GrantToken::random().hash());
        let binding = if by_cookie { token } else { Binding::Bearer };
        let seen = match person.redeem_with(&id, binding, lifetime).await {
            RedeemOutcome::Granted(grant) => Some(grant),
            RedeemOutcome::Over => None,
        };
        let met = (id, person.login, person.scope);
        let kept = (person.proof, person.nonce);
        let expected = self.history(who).redeem(met, (binding, lifetime), kept, now);
        // Told as of the moment of granting, a grant is one even if it lasts no time.
        let granted = |grant: &Option<GrantRecord>| (grant.is_some(), answer::of_grant(grant.as_ref(), now));
        same(format!("{:?}", granted(&expected)), format!("{:?}", granted(&seen)))?;
        self.grants.extend(expected.map(|grant| (who, grant)));
        Ok(())
    }

    async fn grant(&mut self, who: Who) -> Result<(), Differs> {
        let (person, now) = (self.person(who), self.suite.now());
        let seen = person.grant().await;
        let expected = self.history(who).grant(person.login, person.scope);
        same(answer::of_grant(expected.as_ref(), now), answer::of_grant(seen.as_ref(), now))
    }

    async fn consume(&mut self, which: Which) -> Result<(), Differs> {
        let Some((who, grant)) = newest(&self.grants, which).cloned() else { return Ok(()) };
        if self.suite.now() >= grant.expires_at {
            return Ok(());
        }
        let person = self.person(who);
        let seen = person.consume(&grant).await;
        let there = self.history(who).consume(person.login, person.scope, &grant);
        let expected = if there { ConsumeOutcome::Consumed } else { ConsumeOutcome::Gone };
        same(format!("{expected:?}"), format!("{seen:?}"))?;
        self.grant(who).await
    }

    async fn revoke(&mut self, who: Who, what: Revocation) -> Result<(), Differs> {
        said("revoke", self.suite.store().revoke(&self.person(who).user, what).await)?;
        self.history(who).revoke(what);
        Ok(())
    }

    async fn reserve_budget(&mut self, budget: u8, number: u8) -> Result<(), Differs> {
        let (now, store, challenge) = (self.suite.now(), self.suite.store(), ChallengeId::random());
        let number = [number % 2; 32];
        let limits = [Limit::new(2, Duration::from_mins(1)), Limit::new(3, Duration::from_mins(10))];
        let at = usize::from(budget) % self.budgets.len();
        let Some((budget, ledger)) = self.budgets.get_mut(at) else { return Ok(()) };
        let seen = said("exhausted_until", store.exhausted_until(budget, &limits, now).await)?;
        same(format!("{:?}", ledger.exhausted_until(&limits, now)), format!("{seen:?}"))?;
        let request = ReserveBudget { budget, challenge: &challenge, number: &number, limits: &limits, now };
        let seen = said("reserve_budget", store.reserve_budget(request).await)?;
        let expected = ledger.reserve((challenge, number), &limits, now);
        same(format!("{expected:?}"), format!("{seen:?}"))?;
        self.events.push((at, challenge));
        Ok(())
    }

    async fn release_budget(&mut self, which: Which, off: u8) -> Result<(), Differs> {
        let (now, store) = (self.suite.now(), self.suite.store());
        let Some((at, challenge)) = newest(&self.events, which).copied() else { return Ok(()) };
        let at = (at + usize::from(off)) % self.budgets.len();
        let Some((budget, ledger)) = self.budgets.get_mut(at) else { return Ok(()) };
        let change = BudgetChange::Release { challenge: &challenge };
        said("settle_budget", store.settle_budget(budget, change, now).await)?;
        ledger.release(challenge);
        Ok(())
    }

    async fn complete_budget(
        &mut self,
        budget: u8,
        number: u8,
        keep_counted: bool,
        remember_for: Duration,
    ) -> Result<(), Differs> {
        let (now, store, number) = (self.suite.now(), self.suite.store(), [number % 2; 32]);
        let Some((budget, ledger)) = nth(&mut self.budgets, budget) else { return Ok(()) };
        let change = BudgetChange::Complete { number: &number, keep_counted, remember_for };
        said("settle_budget", store.settle_budget(budget, change, now).await)?;
        ledger.complete(number, keep_counted, remember_for, now);
        Ok(())
    }

    /// How things stand for everybody, whoever acted.
    async fn stand(&mut self) -> Result<(), Differs> {
        let now = self.suite.now();
        for user in &self.users {
            let [person, _] = &user.logins;
            let seen = person.user_state().await;
            let expected = user.history.user_state(&LOCKS, now);
            same(answer::of_standing(&expected, now), answer::of_standing(&seen, now))?;
        }
        Ok(())
    }

    fn person(&self, who: Who) -> person::Person {
        let user = self.users.get(who.user).and_then(|user| user.logins.get(who.login));
        let Some(person) = user else { panic!("there are two users with two log-ins each") };
        person::Person { scope: scope(if who.scope == 0 { "a" } else { "a.b" }), ..person.clone() }
    }

    fn history(&mut self, who: Who) -> &mut History {
        match self.users.get_mut(who.user) {
            Some(user) => &mut user.history,
            None => panic!("there are two users"),
        }
    }
}

fn who(person: Person) -> Who {
    let place = |number: u8| usize::from(number % 2);
    Who { user: place(person.user), login: place(person.login), scope: place(person.scope) }
}

/// Returns the same person with a code that is never right.
fn guessing(person: person::Person) -> person::Person {
    person::Person { proof: CodeProof::from_bytes([9; 32]), ..person }
}

const fn number_of(user: usize) -> [u8; 32] {
    if user == 0 { [1; 32] } else { [2; 32] }
}

fn place_of_newest(len: usize, which: Which) -> Option<usize> {
    let back = usize::from(which).checked_rem(len)?;
    Some(len - 1 - back)
}

fn newest<T>(all: &[T], which: Which) -> Option<&T> {
    all.get(place_of_newest(all.len(), which)?)
}

fn nth(all: &mut [(Budget, Ledger)], which: u8) -> Option<(&Budget, &mut Ledger)> {
    let at = usize::from(which).checked_rem(all.len())?;
    all.get_mut(at).map(|(budget, ledger)| (&*budget, ledger))
}

fn same(expected: String, seen: String) -> Result<(), Differs> {
    if expected == seen { Ok(()) } else { Err((expected, seen)) }
}

fn said<T>(verb: &str, answer: Result<T, StoreError>) -> Result<T, Differs> {
    answer.map_err(|error| (format!("an answer to {verb}"), error.to_string()))
}
