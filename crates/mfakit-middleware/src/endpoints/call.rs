//! Authenticated call to one of the routes.

use std::net::IpAddr;

use mfakit_core::{
    BackendError, Channel, GrantToken, Messages, Mfa, NumberTokens, Scope, StartRequest, Subject,
    action::ApprovalId,
    adapter::{MfaBoundExt as _, MfaExt as _, Purpose, ScopeSettings},
    event::{EventContext, EventKind},
};

use crate::{
    address::{NUMBER, file_path},
    answer::Answer,
    bound_cookie::BoundTokens,
    client_kind::ClientKind,
    endpoints::reply::Reply,
    form::{self, Fields, Format},
    page::{self, NextStep, Notice},
    problem::{Kind, Problem},
    return_path::ReturnPath,
    return_target::SignedReturn,
};

/// Caller of a route, and everything about the request that its answer depends on.
#[derive(Clone, Debug)]
pub(super) struct Call<'a> {
    pub(super) mfa: &'a Mfa,
    pub(super) settings: &'a ScopeSettings,
    pub(super) subject: Subject,
    pub(super) client: ClientKind,
    pub(super) reply: Reply,
    pub(super) address: Option<IpAddr>,
    pub(super) accept_language: Option<String>,
    /// Approval that the call is about, for a scope whose requirement is bound to an action.
    pub(super) approval: Option<ApprovalId>,
    /// Value of the grant cookie in the request.
    pub(super) token: Option<GrantToken>,
    /// Values of the cookies of the scope's grants that are bound to an action.
    pub(super) bound_tokens: BoundTokens,
    /// Values of the cookies that allow a change of the number, if the call is about a new one.
    pub(super) number_tokens: NumberTokens,
}

impl Call<'_> {
    pub(super) fn scope(&self) -> &Scope {
        self.settings.scope()
    }

    pub(super) fn messages(&self) -> &Messages {
        self.mfa.messages(self.accept_language.as_deref())
    }

    /// Creates the request for a code of this scope.
    pub(super) fn start_request(&self, channel: Channel, return_to: Option<&SignedReturn>) -> StartRequest {
        StartRequest::new(*self.scope(), channel)
            .approval(self.approval)
            .return_to(return_to.map(|signed| signed.as_str().to_owned()))
            .address(self.address)
            .accept_language(self.accept_language.clone())
            .manage(self.number_tokens.manage.clone())
            .recovery(self.number_tokens.recovery.clone())
    }

    /// Opens a signed return target. Returns `None` unless it is one of ours, for this scope and session.
    pub(super) fn open_return(&self, signed: Option<String>) -> Option<SignedReturn> {
        SignedReturn::open(signed?, self.mfa, self.scope(), self.subject.login())
    }

    /// Returns the address of the challenge page with this return target.
    pub(super) fn page_url(&self, return_to: Option<&SignedReturn>) -> String {
        page::challenge_url(self.mfa, self.scope(), self.approval.as_ref(), return_to)
    }

    /// Returns the address of the page to continue to: the return target, or the home page.
    pub(super) fn onward_url(&self, return_to: Option<&SignedReturn>) -> String {
        let site = self.mfa.site();
        match return_to {
            Some(signed) => signed.target().onward.href(site),
            None => ReturnPath::without_target(site, self.scope()).href(site),
        }
    }

    /// Returns the address of the page on which people see and change their number.
    pub(super) fn number_url(&self) -> String {
        file_path(self.mfa, NUMBER)
    }

    /// Returns that address with a notice, which is signed so that a link cannot forge one.
    pub(super) fn noticing_url(&self, notice: Notice) -> String {
        let signed = self.mfa.keys().sign(Purpose::Return, &self.notices(), notice.as_str());
        format!("{}?notice={signed}", self.number_url())
    }

    /// Opens a signed notice. Returns `None` unless it is one of this session's.
    pub(super) fn open_notice(&self, signed: &str) -> Option<Notice> {
        Notice::named(&self.mfa.keys().open(Purpose::Return, &self.notices(), signed)?)
    }

    /// Returns the context of signed notices. With a number book, no scope has this name.
    fn notices(&self) -> [&[u8]; 2] {
        [NUMBER.as_bytes(), self.subject.login().as_bytes()]
    }

    /// Rejects a call about an approval that is over, or that was never this session's. The page leads back to where the
    /// user came from, and to the home page if the approval was used, because the user must not begin again.
    pub(super) async fn reject_approval(&self, return_to: Option<&SignedReturn>) -> Answer {
        let is_consumed = match &self.approval {
            Some(id) => self.mfa.is_consumed(&self.subject, self.scope(), id).await,
            None => Ok(false),
        };
        match is_consumed {
            Ok(is_consumed) => self.approval_over(is_consumed, return_to),
            Err(error) => self.reject_failure(&error, return_to),
        }
    }

    /// Answers that an approval is over.
    pub(super) fn approval_over(&self, is_consumed: bool, return_to: Option<&SignedReturn>) -> Answer {
        let return_to = return_to.filter(|_| !is_consumed);
        let of_number = (*self.scope() == Scope::ENROLL).then(|| self.number_url());
        let back = return_to.map(|signed| signed.target().back.href(self.mfa.site())).or(of_number);
        let next = back.as_deref().map_or(NextStep::Home, NextStep::StartAgain);
        reject(self.mfa, self.messages(), self.reply, Problem::approval_over(is_consumed), next)
    }

    /// Rejects the call in the requested format.
    pub(super) fn reject(&self, problem: Problem) -> Answer {
        self.reject_towards(problem, None)
    }

    /// Rejects the call with a page whose link keeps the return target.
    pub(super) fn reject_towards(&self, problem: Problem, return_to: Option<&SignedReturn>) -> Answer {
        let page = self.page_url(return_to);
        reject(self.mfa, self.messages(), self.reply, problem, NextStep::StartAgain(&page))
    }

    /// Rejects the call because the store or the directory failed.
    pub(super) fn reject_failure(&self, error: &BackendError, return_to: Option<&SignedReturn>) -> Answer {
        match error {
            BackendError::Misconfigured(_) => self.reject(Problem::new(Kind::Misconfigured)),
            _ => self.reject_towards(Problem::new(Kind::Unavailable), return_to),
        }
    }

    /// Reports and rejects a call that another site may have sent.
    pub(super) fn reject_forgery(&self, why: &'static str) -> Answer {
        let context = EventContext::subject(&self.subject).scope(self.scope());
        self.mfa.observe(context, EventKind::ForgeryRejected { why });
        self.reject(Problem::new(Kind::CrossSite).detail(why))
    }

    /// Reads the fields of a body. A form must have been issued to this session.
    pub(super) fn fields(&self, format: Format, body: &[u8]) -> Result<Fields, Answer> {
        self.authentic(format, body, |_| None)
    }

    /// Reads the fields of a body with a code. A form must have been issued to this session together with the challenge
    /// that it names.
    pub(super) fn fields_with_code(&self, format: Format, body: &[u8]) -> Result<Fields, Answer> {
        self.authentic(format, body, |fields| fields.peek("challenge"))
    }

    fn authentic(
        &self,
        format: Format,
        body: &[u8],
        challenge: impl Fn(&Fields) -> Option<&str>,
    ) -> Result<Fields, Answer> {
        let mut fields = Fields::read(format, body).map_err(|problem| self.reject(problem))?;
        let needs_token = format == Format::Form && self.client != ClientKind::Token;
        let token = if format == Format::Form { fields.take("token") } else { None };
        let (keys, subject, scope) = (self.mfa.keys(), &self.subject, self.scope());
        let is_valid =
            token.is_some_and(|token| form::is_token(&token, keys, subject, scope, challenge(&fields)));
        if needs_token && !is_valid {
            Err(self
                .reject_forgery("the form's token is missing, or belongs to another session or challenge"))
        } else {
            Ok(fields)
        }
    }
}

/// Writes a rejection in the requested format.
pub(super) fn reject(
    mfa: &Mfa,
    messages: &Messages,
    reply: Reply,
    problem: Problem,
    next: NextStep<'_>,
) -> Answer {
    match reply {
        Reply::Json => problem.into_answer(),
        Reply::Redirect | Reply::Page => page::rejection(mfa, messages, &problem, next),
    }
}
