//! The state that the challenge page of a scope shows.

use std::time::Duration;

use crate::{
    action::ApprovalId,
    catalog::ScopeSettings,
    channel::Channel,
    clock::Timestamp,
    decision::{Question, Reason, judge},
    engine::{
        backend_error::{BackendError, unless_panicked},
        claims::GrantTokens,
        live_challenge::LiveChallenge,
        mfa::Mfa,
        number_on_file::{OnFile, Standing},
        shown_action::ShownAction,
    },
    grant::{Binding, Grant, GrantRecord, GrantTerms},
    lock::Lock,
    phone::PhoneNumber,
    requirement::Requirement,
    scope::Scope,
    store::{Key, UserState},
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
    /// The action that the approval is for. `None` if the situation is not about an action, or if the action is over.
    pub action: Option<Box<ShownAction>>,
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
    /// Time from which codes are sent for the scope, because the number on file was confirmed too recently. `None` if they are
    /// sent now.
    pub settling: Option<Timestamp>,
    /// Channels of the scope that may reach the number.
    pub channels: Vec<Channel>,
}

/// Action that a situation is about, and the cookie of its grant.
struct Place<'a> {
    approval: Option<&'a ApprovalId>,
    action: Option<Box<ShownAction>>,
    /// Number that the action is about, if it is about one.
    number: Option<PhoneNumber>,
    token: Option<&'a GrantToken>,
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
        let place = Place { approval: None, action: None, number: None, token };
        self.situation_in(user_state, subject, requirement, place).await
    }

    /// Returns the state of `subject` with regard to an action: the one of the approval, or else the newest that is kept for
    /// the session and scope.
    ///
    /// # Errors
    ///
    /// Returns an error if the store failed, or if the directory panicked.
    pub(crate) async fn bound_situation(
        &self,
        subject: &Subject,
        requirement: &Requirement,
        approval: Option<&ApprovalId>,
        tokens: &GrantTokens<'_>,
    ) -> Result<Situation, BackendError> {
        let mut user_state = self.inner.store.user_state(subject.user(), self.try_now()?).await?;
        let key = Key { approval, ..Key::unbound(subject.user(), subject.login(), requirement.scope()) };
        let theirs = std::mem::take(&mut user_state.actions).into_iter().filter(|action| key.keeps(action));
        let newest = theirs.max_by_key(|action| (action.kept_at, action.approval.id));
        let number = newest.as_ref().and_then(|action| self.number_of_action(subject.user(), action));
        let action = match newest {
            Some(action) => {
                let words = self.read_words(&action)?;
                let (consumed, now) = (&user_state.consumed, self.try_now()?);
                Some(Box::new(ShownAction::new(action, words, consumed, now)))
            }
            None => None,
        };
        // Without an action there is no challenge and no grant either. No record is of this approval.
        let approval = action.as_ref().map_or_else(ApprovalId::random, |action| action.approval.id);
        let token = action.as_ref().and_then(|action| tokens(&action.approval.id));
        let place = Place { approval: Some(&approval), action, number, token: token.as_ref() };
        self.situation_in(user_state, subject, requirement, place).await
    }

    async fn situation_in(
        &self,
        user_state: UserState,
        subject: &Subject,
        requirement: &Requirement,
        place: Place<'_>,
    ) -> Result<Situation, BackendError> {
        let Place { approval, action, number, token } = place;
        let key = Key { approval, ..Key::unbound(subject.user(), subject.login(), requirement.scope()) };
        // Nothing is sent to a locked user, so repeated lookups do not have to query the directory.
        let on_file = match user_state.lock {
            // A code for a new number goes to that number, and never to the one on file.
            Lock::Unlocked if *key.scope == Scope::ENROLL => {
                Some(number.map(|number| OnFile::new(self.keys(), number, Standing::Unconfirmed)))
            }
            Lock::Unlocked => unless_panicked(self.number_on_file(subject.user()).await)?,
            Lock::Until(_) | Lock::Disabled => None,
        };
        let now = self.try_now()?;
        let settling = on_file.iter().flatten().find_map(|on_file| self.settles_at(key.scope, on_file, now));
        let (destination, channels) = self.destination(requirement.scope(), on_file);
        let live = self.live(&user_state, key, now);
        let record = user_state
            .grants
            .iter()
            .filter(|granted| granted.login == *key.login && granted.scope == *key.scope)
            .map(|granted| &granted.grant)
            .find(|grant| grant.approval.as_ref().map(|approval| &approval.id) == key.approval);
        let question = self.question(subject, requirement, approval, token, now);
        let judged = record.map(|record| (record, judge(record, &question)));
        let unkept = judged
            .as_ref()
            .is_some_and(|(record, judged)| is_unkept(record, judged, subject.recognition(), now));
        let terms = judged.and_then(|(_, judged)| judged.ok());
        #[cfg(feature = "testing")]
        let terms = terms.or_else(|| match key.approval {
            None => self.granted_to_user(subject, requirement, now),
            Some(_) => None,
        });
        let approval = action.as_ref().map(|action| Box::new(action.approval));
        let grant = terms.map(|terms| Grant { approval, ..terms.grant(requirement.scope) });
        Ok(Situation {
            unkept,
            granted_for: grant.as_ref().map(|grant| grant.expires_at().since(now)),
            grant,
            action,
            lock: user_state.lock,
            locked_for: user_state.lock.retry_after(now),
            resend_in: user_state.resend_at.map_or(Duration::ZERO, |at| at.since(now)),
            live,
            destination,
            settling,
            channels,
        })
    }

    /// Returns the destination of a code for this scope, and the channels that may reach it. `None` if the number was
    /// not looked up.
    fn destination(&self, scope: &Scope, on_file: Option<Option<OnFile>>) -> (Destination, Vec<Channel>) {
        match on_file {
            Some(Some(on_file)) => {
                let channels = self.channels_reaching(scope, &on_file);
                (Destination::Number(on_file.number.to_string()), channels)
            }
            Some(None) => (Destination::Nowhere, self.channels_of(scope)),
            None => (Destination::Unknown, self.channels_of(scope)),
        }
    }

    fn channels_of(&self, scope: &Scope) -> Vec<Channel> {
        self.scope(scope).map_or(Vec::new(), |entry| entry.channels().to_vec())
    }

    /// Returns the channels of a scope that may reach a number.
    pub(super) fn channels_reaching(&self, scope: &Scope, on_file: &OnFile) -> Vec<Channel> {
        let OnFile { number, standing, .. } = on_file;
        let mut channels = self.channels_of(scope);
        let reach = self.inner.destinations.reach(number);
        channels.retain(|channel| reach.by(*channel).is_ok());
        if *standing == Standing::Unconfirmed && number.is_landline() {
            channels.retain(|channel| *channel != Channel::Messaging);
        }
        channels
    }

    /// Returns the grant that a test gave to the user in every session.
    #[cfg(feature = "testing")]
    pub(super) fn granted_to_user(
        &self,
        subject: &Subject,
        requirement: &Requirement,
        now: Timestamp,
    ) -> Option<GrantTerms> {
        let judged = self.inner.user_grants.judge(&self.question(subject, requirement, None, None, now))?;
        judged.ok().map(|(terms, _)| terms)
    }

    pub(super) fn live(&self, user_state: &UserState, key: Key<'_>, now: Timestamp) -> Option<LiveChallenge> {
        user_state.challenges.iter().find(|challenge| key.owns(challenge)).map(|challenge| {
            let mut live = LiveChallenge::seen(challenge, now);
            // The user's lock may come sooner than the end of this challenge.
            live.attempts_left =
                live.attempts_left.min(self.inner.policy.locks.until_next(user_state.failures));
            live
        })
    }

    pub(super) fn question<'a>(
        &self,
        subject: &'a Subject,
        requirement: &'a Requirement,
        approval: Option<&'a ApprovalId>,
        token: Option<&'a GrantToken>,
        now: Timestamp,
    ) -> Question<'a> {
        let lifetime = self.scope(requirement.scope()).map_or(Duration::ZERO, ScopeSettings::grant_lifetime);
        let max_age = requirement.within(lifetime);
        let clock_skew = self.inner.policy.clock_skew;
        Question { subject, requirement, max_age, approval, token, now, clock_skew }
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
