//! Texts of the part of the page that is about recovery.

use mfakit_core::{NumberSituation, RecoverySituation, messages::MessageId};

use crate::{
    address::{RECOVER, RECOVERY_CODES, file_path},
    codes_form::CodesForm,
    page::{
        frame::Link,
        isolate::date,
        number::{
            NumberContext, State,
            recovery_part::{MakeForm, RecoveryForm, RecoveryPart},
        },
    },
    problem::Kind,
};

impl<'a> NumberContext<'a> {
    /// Returns the part about recovery. `None` without a recovery book, or if there is no number to recover.
    pub(super) fn recovery(&self, state: State, rejected: Option<Kind>) -> Option<RecoveryPart<'a>> {
        let NumberSituation { number, recovery, may_remove, .. } = self.situation;
        let (recovery, _) = recovery.as_ref().zip(number.as_ref())?;
        let words = self.messages;
        let invalid = matches!(rejected, Some(Kind::RecoveryRejected | Kind::TooManyAttempts));
        let make = || MakeForm {
            button: Link {
                href: file_path(self.mfa, RECOVERY_CODES),
                words: words.text(MessageId::RecoveryCodesMake),
            },
            shown: CodesForm::now(self.mfa, self.situation).sign(self.mfa, self.subject.login()),
        };
        let form = || RecoveryForm {
            action: file_path(self.mfa, RECOVER),
            summary: words.text(MessageId::LostPhone),
            label: words.text(MessageId::RecoveryCodeLabel),
            hint: words.text(MessageId::RecoveryCodeHint),
            send: words.text(MessageId::RecoverySend),
            invalid,
        };
        let needs_sign_in = recovery.needs_sign_in || rejected == Some(Kind::SignInTooOld);
        Some(RecoveryPart {
            allowed: self.allowed(recovery),
            sign_in: needs_sign_in.then(|| self.sign_in()).flatten(),
            left: self.codes_left(recovery),
            later: (state == State::Locked && recovery.codes.is_some_and(|codes| codes.left > 0))
                .then(|| words.text(MessageId::LostPhoneLocked)),
            form: (state == State::OnFile).then(form),
            make: (state == State::Change && *may_remove).then(make),
        })
    }

    fn allowed(&self, recovery: &RecoverySituation) -> Option<String> {
        let allowed = recovery.allowed?;
        let (text, at) = if recovery.needs_sign_in {
            (MessageId::RecoverySignIn, allowed.until)
        } else if recovery.may_replace_for.is_some() {
            (MessageId::RecoveryOpen, allowed.until)
        } else {
            (MessageId::RecoveryWaits, allowed.from)
        };
        Some(self.messages.fill(text, &[("date", &date(self.messages, at))]))
    }

    fn codes_left(&self, recovery: &RecoverySituation) -> String {
        let words = self.messages;
        match recovery.codes {
            None => words.text(MessageId::RecoveryCodesNone).to_owned(),
            Some(codes) => {
                let count = words.number(u64::try_from(codes.left).unwrap_or(u64::MAX));
                let values = [("count", count.as_str()), ("date", &date(words, codes.made_at))];
                words.fill(MessageId::RecoveryCodesLeft, &values)
            }
        }
    }
}
