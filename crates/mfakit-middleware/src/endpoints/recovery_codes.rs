//! Makes recovery codes, and shows them once.

use mfakit_core::{ChangeDenied, EnrollError, RecoveryCode, RecoveryCodes};
use serde_json::json;

use crate::{
    answer::Answer,
    codes_form::CodesForm,
    endpoints::{call::Call, reply::Reply},
    form::Format,
    page,
    problem::{Kind, Problem},
};

/// Makes recovery codes. A program is answered with `200` and the codes, everyone else with a page that shows them: a
/// redirect could not carry them. The answer is never stored, and the session's grant is consumed, so its cookie is removed.
/// A form that is sent again makes none.
pub(super) async fn make(call: &Call<'_>, format: Format, body: &[u8]) -> Result<Answer, Answer> {
    let mut fields = call.fields(format, body)?;
    let shown = if format == Format::Form { fields.take("shown") } else { None };
    fields.finish().map_err(|problem| call.reject(problem))?;
    let form = shown.and_then(|signed| CodesForm::open(&signed, call.mfa, call.subject.login()));
    if let Some(form) = &form {
        call.reject_older(form).await?;
    }
    match call.mfa.make_recovery_codes(&call.subject, call.number_tokens.manage.as_ref()).await {
        Ok(made) => Ok(call.without_number_tokens(match call.reply {
            Reply::Json => as_json(&made),
            Reply::Redirect | Reply::Page => page::recovery_codes(call.mfa, call.messages(), &made),
        })),
        // The first of two requests may not have made its codes yet.
        Err(EnrollError::Denied(ChangeDenied::StepUpRequired(_)))
            if form.is_some_and(|form| form.would_be_granted(call.mfa.now())) =>
        {
            Err(call.reject_towards_number(Problem::new(Kind::CodesMade)))
        }
        Err(EnrollError::Denied(denied)) => Err(call.deny_change(denied).await),
        Err(error) => Err(call.not_changed(&error)),
    }
}

impl Call<'_> {
    /// Rejects a form if codes were made after it was shown.
    async fn reject_older(&self, form: &CodesForm) -> Result<(), Answer> {
        let status = self.mfa.recovery().status(self.subject.user()).await;
        let status = status.map_err(|error| self.reject_failure(&error, None))?;
        if form.is_older_than(status.codes.map(|codes| codes.made_at)) {
            return Err(self.reject_towards_number(Problem::new(Kind::CodesMade)));
        }
        Ok(())
    }
}

fn as_json(made: &RecoveryCodes) -> Answer {
    let codes: Vec<_> = made.codes.iter().map(RecoveryCode::expose).collect();
    let members = json!({ "codes": codes, "made_at": made.made_at.to_string() });
    Answer::new(200).content("application/json", members.to_string().into_bytes()).negotiated()
}
