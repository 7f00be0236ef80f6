//! Keeps a number that a person entered, until it is confirmed.

use std::time::Duration;

use crate::{
    action::Words,
    approval::{Approval, ApprovalId},
    channel::Channel,
    destinations::DestinationRejection,
    engine::{
        enroll::{
            enroll_error::EnrollError,
            may_change::{NotPermitted, Step},
            number_rejection::NumberRejection,
            proposed::Proposed,
        },
        mfa::Mfa,
        misconfigured::Misconfigured,
    },
    event::{EventContext, EventKind},
    kept_action::KeptAction,
    number_tokens::NumberTokens,
    phone::PhoneNumber,
    scope::Scope,
    store::{ActionRule, KeepAction, Key},
    subject::Subject,
};

/// Unconfirmed number, which a person entered and which waits for its code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProposedNumber {
    /// Identifier of the approval: [`StartRequest::approval`](crate::StartRequest::approval) takes it, with the scope
    /// [`Scope::ENROLL`].
    pub approval: ApprovalId,
    /// The number, as it was read. `Display` shows the last two digits only.
    pub number: PhoneNumber,
    /// Channels by which a code may reach it.
    pub channels: Vec<Channel>,
    /// Time for which the number is kept. A code that is sent to it extends it.
    pub expires_in: Duration,
}

impl Mfa {
    /// Keeps a number that a person entered, until a code to it has been entered. Sends nothing, and changes nothing.
    ///
    /// 1. [`start`](Self::start) sends a code, with the scope [`Scope::ENROLL`] and the approval that this method returns.
    /// 2. [`confirm_number`](Self::confirm_number) checks the code, and saves the number.
    ///
    /// The session must be one that may change the number. If a number is on file, it needs a grant of
    /// [`Scope::MANAGE`], and `manage` is the value of that grant's cookie. If there is none, the person must have
    /// [signed in](Subject::with_signed_in_at) a moment ago. Both other methods check this again.
    ///
    /// `text` is read by [`PhoneNumber::parse`] with the builder's
    /// [`default_region`](crate::engine::MfaBuilder::default_region), or else with the only country on its lists. Requires a
    /// [number book](crate::engine::MfaBuilder::number_book).
    ///
    /// ```
    /// use mfakit_core::{Channel, Code, GrantToken, Mfa, Scope, StartRequest, Subject};
    ///
    /// # async fn example(mfa: Mfa, carol: Subject, entered: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// let proposed = mfa.propose_number(&carol, "(202) 555-0123", None).await?;
    /// let request = StartRequest::new(Scope::ENROLL, Channel::Messaging).approval(proposed.approval);
    /// let challenge = mfa.start(&carol, request).await?;
    /// let confirmed = mfa.confirm_number(&carol, &challenge, &Code::parse(entered)?, None).await?;
    /// println!("codes go to {} from now on", confirmed.number);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the reason why the number is not kept.
    pub async fn propose_number(
        &self,
        subject: &Subject,
        text: &str,
        tokens: impl Into<NumberTokens>,
    ) -> Result<ProposedNumber, EnrollError> {
        let proposed = self.number_proposed(subject, text, &tokens.into()).await;
        if let Err(error) = &proposed
            && let Some(why) = error.why()
        {
            self.observe(EventContext::subject(subject), EventKind::NumberChangeRejected { why });
        }
        proposed
    }

    async fn number_proposed(
        &self,
        subject: &Subject,
        text: &str,
        tokens: &NumberTokens,
    ) -> Result<ProposedNumber, EnrollError> {
        self.named(Some(subject))?;
        let on_file = self.current_number(subject.user()).await?;
        // This comes first, so that only a session that may change the number learns whether it is the one on file.
        let _ = self.may_change(subject, on_file.as_ref(), tokens, Step::Enter).await?;
        let number = self.read_number(text).map_err(EnrollError::Number)?;
        let channels = self.channels_to(&number).map_err(EnrollError::Number)?;
        if on_file.as_ref().is_some_and(|on_file| on_file.number == number) {
            return Err(EnrollError::Unchanged);
        }
        let proposed = Proposed::new(self.keys(), number, on_file.as_ref());
        let approval = self.keep_number(subject, &proposed).await?;
        let expires_in = self.inner.policy.code_lifetime;
        Ok(ProposedNumber { approval, number: proposed.number, channels, expires_in })
    }

    async fn keep_number(&self, subject: &Subject, proposed: &Proposed) -> Result<ApprovalId, EnrollError> {
        let (user, login, keys) = (subject.user(), subject.login(), self.keys());
        let approval = Approval::new(ApprovalId::random(), proposed.digest(keys));
        let mistake = || self.misconfigured(Misconfigured::new("a phone number could not be encrypted"));
        let sealed = proposed.seal(keys, user, login, &approval).ok_or_else(mistake)?;
        // The words are empty, so people read the label of the scope.
        let words = serde_json::to_string(&Words::new()).map_err(|_| mistake())?;
        let (now, lifetime) = (self.try_now()?, self.inner.policy.code_lifetime);
        let action = KeptAction::new(approval, *login, Scope::ENROLL, words, sealed)
            .with_times(now, now.plus(lifetime));
        let key = Key::unbound(user, login, &Scope::ENROLL);
        let rule = &ActionRule::default();
        let kept = self.inner.store.keep_action(KeepAction { key, action: &action, rule, now }).await?;
        Ok(kept.outcome.id())
    }

    /// Reads a number as a person writes it.
    fn read_number(&self, text: &str) -> Result<PhoneNumber, NumberRejection> {
        let destinations = &self.inner.destinations;
        let home = self.inner.directory.default_region().or_else(|| destinations.only_region());
        // With a calling code, the country does not matter.
        let is_international = text.trim_start().starts_with(['+', '＋']);
        let region = home.or_else(|| destinations.first_region().filter(|_| is_international));
        let read = match region {
            Some(region) => PhoneNumber::parse(text, region.as_str()),
            None => PhoneNumber::new(text),
        };
        read.map_err(NumberRejection::Unreadable)
    }

    /// Returns the channels by which a code may reach a number that a person entered.
    pub(in crate::engine) fn channels_to(
        &self,
        number: &PhoneNumber,
    ) -> Result<Vec<Channel>, NumberRejection> {
        let reach = self.inner.destinations.reach(number);
        let (mut channels, mut rejection) = (Vec::new(), None);
        for channel in Channel::all().iter().copied() {
            if !self.inner.destinations.has_any(channel) {
                continue;
            }
            match reach.by(channel) {
                Ok(_) if channel == Channel::Messaging && number.is_landline() => {
                    rejection = Some(NumberRejection::Landline);
                }
                Ok(_) => channels.push(channel),
                // The other channel may have a longer list of countries, and a reason that is more specific.
                Err(DestinationRejection::CountryNotListed) if rejection.is_some() => {}
                Err(why) => rejection = Some(why.into()),
            }
        }
        if channels.is_empty() {
            return Err(rejection.unwrap_or(NumberRejection::CountryNotServed));
        }
        Ok(channels)
    }
}

impl EnrollError {
    /// Returns the reason for the log. `None` for a failure, which has an event of its own.
    pub(super) const fn why(&self) -> Option<&'static str> {
        match self {
            Self::Denied(why) => Some(why.as_str()),
            Self::Number(why) => Some(why.as_str()),
            Self::Unchanged => Some("unchanged"),
            Self::NoNumber => Some("no number"),
            Self::Conflict => Some("conflict"),
            Self::Unavailable | Self::Misconfigured(_) => None,
        }
    }
}

impl From<NotPermitted> for EnrollError {
    fn from(why: NotPermitted) -> Self {
        match why {
            NotPermitted::Denied(denied) => Self::Denied(denied),
            NotPermitted::Failed(error) => error.into(),
        }
    }
}
