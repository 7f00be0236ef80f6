//! State of a person's number, for the page and JSON.

use std::time::Duration;

use crate::{
    approval::ApprovalId,
    channel::Channel,
    clock::Timestamp,
    decision::{Reason, judge},
    engine::{
        backend_error::BackendError,
        enroll::{
            change_denied::ChangeDenied,
            may_change::{NotPermitted, Step, manage, missing},
        },
        live_challenge::LiveChallenge,
        mfa::Mfa,
        recovery::RecoverySituation,
    },
    lock::Lock,
    number_book::NumberOnFile,
    number_tokens::NumberTokens,
    scope::Scope,
    store::{Key, UserState},
    subject::Subject,
    token::GrantToken,
};

/// State of a person's number in one session. Holds nothing that lets a request pass.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NumberSituation {
    /// The number on file, with all but the last two digits hidden: `•••34`. `None` if there is none.
    pub number: Option<String>,
    /// Time at which the number was confirmed. `None` if it is not known.
    pub confirmed_at: Option<Timestamp>,
    /// Reason why this session may not change the number now. `None` if it may.
    pub denied: Option<ChangeDenied>,
    /// Time for which the session may still replace or remove the number. `None` if it may not, or if there is none.
    pub may_change_for: Option<Duration>,
    /// True if the session may also remove the number and make recovery codes, which recovery does not permit.
    pub may_remove: bool,
    /// State of the recovery codes. `None` without a [recovery book](crate::engine::MfaBuilder::recovery).
    pub recovery: Option<RecoverySituation>,
    /// The unconfirmed number that waits for its code: the newest of this session, if there is any.
    pub pending: Option<PendingNumber>,
    /// Channels on which the app sends codes.
    pub channels: Vec<Channel>,
    /// State of the lock on entering and sending codes.
    pub lock: Lock,
    /// Time to wait for the end of the lock. `None` if there is no lock, or if only the app can end it.
    pub locked_for: Option<Duration>,
    /// Time to wait before a code may be sent, considering only the wait after the previous one.
    pub resend_in: Duration,
}

/// Unconfirmed number that waits for its code.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PendingNumber {
    /// Identifier of the approval.
    pub approval: ApprovalId,
    /// The number, with all but the last two digits hidden: `•••34`.
    pub number: String,
    /// Channels by which a code may reach it.
    pub channels: Vec<Channel>,
    /// The challenge that accepts a code.
    pub live: Option<LiveChallenge>,
    /// Time for which the number is kept.
    pub expires_in: Duration,
}

impl Mfa {
    /// Returns the state of a person's number in one session. `tokens` are the values of the cookies, as for
    /// [`confirm_number`](Self::confirm_number). Reads the number book, the recovery book and the store once each, sends nothing, and consumes nothing [SEND-9].
    ///
    /// # Errors
    ///
    /// Returns an error if the store or the number book failed, or if the app does not set the
    /// [time of the sign-in](Subject::with_signed_in_at) of a person without a number.
    pub async fn numbers(
        &self,
        subject: &Subject,
        tokens: impl Into<NumberTokens>,
    ) -> Result<NumberSituation, BackendError> {
        let tokens = tokens.into();
        self.named(Some(subject))?;
        let on_file = self.current_number(subject.user()).await?;
        let user_state = self.inner.store.user_state(subject.user(), self.try_now()?).await?;
        let recovery = self.recovery_situation(subject, &tokens, on_file.as_ref()).await?;
        let now = self.try_now()?;
        let (denied, may_change_for) = match &on_file {
            Some(_) => match self.manage_grant(subject, &user_state, tokens.manage.as_ref(), now) {
                Ok(until) => (None, Some(until.since(now))),
                Err(denied) => (Some(denied), None),
            },
            None => match self.signed_in_recently(subject, Step::Enter, now) {
                Ok(()) => (None, None),
                Err(NotPermitted::Denied(denied)) => (Some(denied), None),
                Err(NotPermitted::Failed(error)) => return Err(error),
            },
        };
        let may_remove = may_change_for.is_some();
        let may_replace_for = recovery.and_then(|recovery| recovery.may_replace_for).filter(|_| !may_remove);
        let denied = if may_replace_for.is_some() { None } else { denied };
        let settings = self.declared(&Scope::ENROLL)?;
        Ok(NumberSituation {
            number: on_file.as_ref().map(|on_file| on_file.number.to_string()),
            confirmed_at: on_file.as_ref().map(|on_file| on_file.confirmed_at).filter(is_known),
            denied,
            may_change_for: may_change_for.or(may_replace_for),
            may_remove,
            recovery,
            pending: self.pending_number(subject, on_file.as_ref(), &user_state, now),
            channels: settings.channels().to_vec(),
            lock: user_state.lock,
            locked_for: user_state.lock.retry_after(now),
            resend_in: user_state.resend_at.map_or(Duration::ZERO, |at| at.since(now)),
        })
    }

    /// Judges the grant that allows a change of a number. Returns the time at which it ends.
    fn manage_grant(
        &self,
        subject: &Subject,
        user_state: &UserState,
        token: Option<&GrantToken>,
        now: Timestamp,
    ) -> Result<Timestamp, ChangeDenied> {
        let requirement = manage();
        let grants = user_state.grants.iter();
        let record = grants
            .filter(|granted| granted.login == *subject.login() && granted.scope == Scope::MANAGE)
            .map(|granted| &granted.grant)
            .find(|grant| grant.approval.is_none());
        let question = self.question(subject, &requirement, None, token, now);
        let judged = record.ok_or(Reason::Missing).and_then(|record| judge(record, &question));
        #[cfg(feature = "testing")]
        let judged = match self.granted_to_user(subject, &requirement, now) {
            Some(terms) => Ok(terms),
            None => judged,
        };
        judged
            .map(|terms| terms.expires_at())
            .map_err(|reason| ChangeDenied::StepUpRequired(missing(reason, question.max_age)))
    }

    fn pending_number(
        &self,
        subject: &Subject,
        on_file: Option<&NumberOnFile>,
        user_state: &UserState,
        now: Timestamp,
    ) -> Option<PendingNumber> {
        let place = Key::unbound(subject.user(), subject.login(), &Scope::ENROLL);
        let theirs = user_state.actions.iter().filter(|action| place.keeps(action));
        let newest = theirs.max_by_key(|action| (action.kept_at, action.approval.id))?;
        let proposed = self.proposed(subject.user(), newest)?;
        if !proposed.is_from(self.keys(), on_file) {
            return None;
        }
        let approval = newest.approval.id;
        Some(PendingNumber {
            approval,
            number: proposed.number.to_string(),
            channels: self.channels_to(&proposed.number).unwrap_or_default(),
            live: self.live(user_state, Key { approval: Some(&approval), ..place }, now),
            expires_in: newest.expires_at.since(now),
        })
    }
}

/// Returns whether the app has the time of a confirmation.
fn is_known(at: &Timestamp) -> bool {
    at.as_millis() > 0
}
