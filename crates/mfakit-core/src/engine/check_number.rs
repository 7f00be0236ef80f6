//! Asks the app's number check, before a code is sent and, for a settled scope, before a code is compared.

use crate::{
    catalog::ScopeSettings,
    challenge::Challenge,
    channel::Channel,
    engine::{
        mfa::Mfa,
        misconfigured::Misconfigured,
        number_on_file::{OnFile, Standing},
        start_error::StartError,
        verify_error::VerifyError,
    },
    event::EventContext,
    number_check::{Inquiry, Moment, OnCheckError, Opinion},
    scope::Scope,
    subject::Subject,
};

/// Result of a check.
enum Judged {
    Accepted,
    /// The number was rejected on the channel of the code. These are the others.
    Rejected(Vec<Channel>),
    /// The number was accepted on other channels, none of which reaches it.
    NoChannelLeft,
    /// The check failed, and the app rejects in this case.
    Failed,
}

/// Code that a check is about.
#[derive(Clone, Copy)]
pub(super) struct CheckedCode<'a> {
    subject: &'a Subject,
    scope: &'a Scope,
    channel: Channel,
    on_file: &'a OnFile,
}

impl<'a> CheckedCode<'a> {
    pub(super) const fn new(
        subject: &'a Subject,
        scope: &'a Scope,
        channel: Channel,
        on_file: &'a OnFile,
    ) -> Self {
        Self { subject, scope, channel, on_file }
    }
}

impl Mfa {
    /// Checks the number of a code that is to be sent. The send has been counted.
    pub(super) async fn check_number_before_send(
        &self,
        about: EventContext<'_>,
        code: CheckedCode<'_>,
    ) -> Result<(), StartError> {
        let moment = self.moment(&code);
        match self.judge_number(about, moment, code).await? {
            Judged::Accepted => Ok(()),
            Judged::Rejected(channels) => Err(StartError::NumberRejected { moment, channels }),
            Judged::NoChannelLeft => Err(StartError::NoChannelLeft { moment }),
            Judged::Failed => Err(StartError::Unavailable),
        }
    }

    /// Checks the number of a code that is to be compared, if the scope is settled. The attempt has been counted.
    pub(super) async fn check_settled_number(
        &self,
        about: EventContext<'_>,
        subject: &Subject,
        challenge: &Challenge,
        on_file: &OnFile,
    ) -> Result<(), VerifyError> {
        let code = CheckedCode::new(subject, &challenge.scope, challenge.method.sent_over(), on_file);
        if self.moment(&code) != Moment::Settled {
            return Ok(());
        }
        match self.judge_number(about, Moment::Settled, code).await? {
            Judged::Accepted => Ok(()),
            Judged::Rejected(_) | Judged::NoChannelLeft => Err(VerifyError::ChallengeOver),
            Judged::Failed => Err(VerifyError::Unavailable),
        }
    }

    async fn judge_number(
        &self,
        about: EventContext<'_>,
        moment: Moment,
        code: CheckedCode<'_>,
    ) -> Result<Judged, Misconfigured> {
        let Some(check) = &self.inner.number_check else { return Ok(Judged::Accepted) };
        let CheckedCode { subject, scope, channel, on_file } = code;
        let confirmed_at = match on_file.standing {
            Standing::Confirmed(at) => Some(at).filter(|at| at.as_millis() > 0),
            Standing::Unconfirmed => None,
        };
        let inquiry = Inquiry {
            moment,
            subject,
            scope,
            channel,
            number: &on_file.number,
            confirmed_at,
            settled: self.scope(scope).and_then(ScopeSettings::settled),
            now: self.try_now()?,
        };
        Ok(match check.check(about, &inquiry).await? {
            Ok(Opinion::Accept) | Err(OnCheckError::Accept) => Judged::Accepted,
            Ok(Opinion::AnotherWay(channels)) if channels.contains(&channel) => Judged::Accepted,
            Ok(Opinion::AnotherWay(channels)) => {
                let mut others = self.channels_reaching(scope, on_file);
                others.retain(|other| channels.contains(other));
                if others.is_empty() { Judged::NoChannelLeft } else { Judged::Rejected(others) }
            }
            Ok(Opinion::Reject) => Judged::Rejected(Vec::new()),
            Err(OnCheckError::Reject) => Judged::Failed,
        })
    }

    fn moment(&self, code: &CheckedCode<'_>) -> Moment {
        match code.on_file.standing {
            Standing::Unconfirmed => Moment::Enrollment,
            Standing::Confirmed(_) => match self.scope(code.scope).and_then(ScopeSettings::settled) {
                Some(_) => Moment::Settled,
                None => Moment::Send,
            },
        }
    }
}
