//! The state that the challenge page of a scope shows.

use std::time::Duration;

use crate::{
    catalog::ScopeSettings,
    challenge::Challenge,
    channel::Channel,
    clock::Timestamp,
    decision::{Question, Reason, judge},
    engine::{
        backend_error::{BackendError, unless_panicked},
        live_challenge::LiveChallenge,
        mfa::Mfa,
        number_on_file::OnFile,
    },
    grant::{Binding, Grant, GrantRecord, GrantTerms},
    lock::Lock,
    requirement::Requirement,
    scope::Scope,
    store::UserState,
    subject::{Recognition, Subject},
    token::GrantToken,
};

/// Time after a success during which a request without the grant cookie means that the browser did not keep it.
const JUST_NOW: Duration = Duration::from_secs(2 * 60);

/// State of a session with regard to a scope, for the challenge page. Holds nothing that lets a request pass.
#[derive(Clone, Debug)]
pub struct Situation {
    /// The grant that lets a request pass now.
    pub grant: Option<Grant>,
    /// Time for which that grant still counts.
    pub granted_for: Option<Duration>,
    /// A code was right a moment ago, and the browser did not send the cookie that proves it.
    pub unkept: bool,
    /// The challenge that accepts a code.
    pub live: Option<LiveChallenge>,
    /// State of the lock on entering and sending codes.
    pub lock: Lock,
    /// Time to wait for the end of the lock. `None` if there is no lock, or if only the app can end it.
    pub locked_for: Option<Duration>,
    /// Time to wait before a code may be sent, considering only the wait after the previous one.
    pub resend_in: Duration,
    /// Destination of a code.
    pub destination: Destination,
    /// Channels of the scope that may reach the number.
    pub channels: Vec<Channel>,
}

/// Destination of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// This number, with all but the last two digits hidden: `•••34`.
    Number(String),
    /// There is no number on file, or it cannot be read.
    Nowhere,
    /// The directory failed, or was not queried because the user is locked. A start reports the current
    /// state.
    Unknown,
}

impl Mfa {
    /// Returns the state of `subject` with regard to `requirement`. `token` is the value of the grant cookie,
    /// if the request has one. Reads the store once, and the directory once unless the user is locked. Sends
    /// nothing [SEND-9].
    ///
    /// # Errors
    ///
    /// Returns an error if the store failed, or if the directory panicked.
    pub(crate) async fn situation(
        &self,
        subject: &Subject,
        requirement: &Requirement,
        token: Option<&GrantToken>,
    ) -> Result<Situation, BackendError> {
        let user_state = self.inner.store.user_state(subject.user(), self.try_now()?).await?;
        let mut channels =
            self.scope(requirement.scope()).map_or(Vec::new(), |entry| entry.channels().to_vec());
        // Nothing is sent to a locked user, so repeated lookups do not have to query the directory.
        let on_file = match user_state.lock {
            Lock::Unlocked => unless_panicked(self.number_on_file(subject.user()).await)?,
            Lock::Until(_) | Lock::Disabled => None,
        };
        let destination = match on_file {
            Some(Some(OnFile { number, .. })) => {
                let reach = self.inner.destinations.reach(&number);
                channels.retain(|channel| reach.by(*channel).is_ok());
                Destination::Number(number.to_string())
            }
            Some(None) => Destination::Nowhere,
            None => Destination::Unknown,
        };
        let now = self.try_now()?;
        let live = self.live(&user_state, subject, requirement.scope(), now);
        let record = user_state
            .grants
            .iter()
            .find(|granted| granted.login == *subject.login() && granted.scope == *requirement.scope())
            .map(|granted| &granted.grant);
        let question = self.question(subject, requirement, token, now);
        let judged = record.map(|record| (record, judge(record, &question)));
        let unkept = judged
            .as_ref()
            .is_some_and(|(record, judged)| is_unkept(record, judged, subject.recognition(), now));
        let terms = judged.and_then(|(_, judged)| judged.ok());
        #[cfg(feature = "testing")]
        let terms = terms.or_else(|| self.granted_to_user(subject, requirement, now));
        let grant = terms.map(|terms| terms.grant(requirement.scope));
        Ok(Situation {
            unkept,
            granted_for: grant.as_ref().map(|grant| grant.expires_at().since(now)),
            grant,
            lock: user_state.lock,
            locked_for: user_state.lock.retry_after(now),
            resend_in: user_state.resend_at.map_or(Duration::ZERO, |at| at.since(now)),
            live,
            destination,
            channels,
        })
    }

    /// Returns the grant that a test gave to the user in every session.
    #[cfg(feature = "testing")]
    fn granted_to_user(
        &self,
        subject: &Subject,
        requirement: &Requirement,
        now: Timestamp,
    ) -> Option<GrantTerms> {
        let judged = self.inner.user_grants.judge(&self.question(subject, requirement, None, now))?;
        judged.ok().map(|(terms, _)| terms)
    }

    fn live(
        &self,
        user_state: &UserState,
        subject: &Subject,
        scope: &Scope,
        now: Timestamp,
    ) -> Option<LiveChallenge> {
        let theirs =
            |challenge: &&Challenge| challenge.login == *subject.login() && challenge.scope == *scope;
        user_state.challenges.iter().find(theirs).map(|challenge| {
            let mut live = LiveChallenge::seen(challenge, now);
            // The user's lock may come sooner than the end of this challenge.
            live.attempts_left =
                live.attempts_left.min(self.inner.policy.locks.until_next(user_state.failures));
            live
        })
    }

    fn question<'a>(
        &self,
        subject: &'a Subject,
        requirement: &'a Requirement,
        token: Option<&'a GrantToken>,
        now: Timestamp,
    ) -> Question<'a> {
        let lifetime = self.scope(requirement.scope()).map_or(Duration::ZERO, ScopeSettings::grant_lifetime);
        let max_age = requirement.within(lifetime);
        let clock_skew = self.inner.policy.clock_skew;
        Question { subject, requirement, max_age, token, now, clock_skew }
    }
}

/// Returns whether a grant was made just now and lacks nothing but the cookie.
fn is_unkept(
    record: &GrantRecord,
    judged: &Result<GrantTerms, Reason>,
    recognition: Recognition,
    now: Timestamp,
) -> bool {
    let by_cookie = matches!(record.binding, Binding::Cookie(_)) && recognition == Recognition::Cookie;
    let just_now = now.since(record.verified_at) <= JUST_NOW;
    by_cookie && just_now && matches!(judged, Err(Reason::Missing | Reason::Mismatch))
}
