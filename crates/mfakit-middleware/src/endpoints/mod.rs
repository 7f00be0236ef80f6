//! Routes: the challenge page, start, verify and drop, and those of the person's number.
//!
//! A call is checked in two steps, so that a body is read only if its sender may send one: [`open`] checks everything
//! but the body, and [`Opened::finish`] carries out the action.

mod call;
mod challenge;
mod change_denied;
mod confirm_number;
mod number_situation;
mod propose_number;
mod recover;
mod recovery_codes;
mod remove_number;
mod reply;
mod revoke;
mod route;
mod show;
mod show_number;
mod situation;
mod verify;
mod verify_problem;

use std::{error::Error, fmt, time::Duration};

use mfakit_core::{Channel, Mfa, NumberTokens, Scope, Subject, adapter::MfaExt as _};

use crate::{
    address::{MODULE, REMOTE_MODULE, STYLE_SHEET},
    answer::Answer,
    approval_name::Named,
    bound_cookie::BoundTokens,
    client_address::client_address,
    client_kind::ClientKind,
    cookie::{grant_token, number_tokens},
    endpoints::{
        call::{Call, reject},
        reply::Reply,
        route::Route,
    },
    facts::{Facts, Method, query_value},
    form::Format,
    origin,
    page::{self, Attempt, NextStep, Notice, NumberTrigger, PageTrigger},
    problem::{Kind, Problem},
    respond,
    return_target::SignedReturn,
};

/// Call to one of the routes that may continue and read its body.
#[derive(Debug)]
pub(crate) struct Opened<'a> {
    call: Call<'a>,
    action: Action,
}

/// Reason why a body could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyError {
    /// The body is larger than the given limit.
    TooLarge,
    /// The body did not arrive within [`CALL_TIMEOUT`](mfakit_core::adapter::CALL_TIMEOUT).
    TooSlow,
    /// The connection broke off, or the body is malformed.
    Broken,
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "the body is too large",
            Self::TooSlow => "the body did not arrive in time",
            Self::Broken => "the body could not be read",
        })
    }
}

impl Error for BodyError {}

/// Action that a call requests.
#[derive(Debug)]
enum Action {
    Show { return_to: Option<SignedReturn>, trigger: Box<PageTrigger> },
    Start(Format),
    Verify(Format),
    Revoke(Option<Format>),
    ShowNumber(Option<Notice>),
    ProposeNumber(Format),
    RemoveNumber(Format),
    Recover(Format),
    RecoveryCodes(Format),
}

/// Answers a call for one of the page's files. Returns `None` if `path` is not that of a file.
///
/// The files are the same for every caller, so the app does not have to identify the caller, and an error page is
/// styled even for unauthenticated requests.
#[must_use]
pub(crate) fn file(mfa: &Mfa, path: &str, facts: &Facts) -> Option<Answer> {
    let file = match path {
        STYLE_SHEET => page::style_sheet(mfa.site().theme()),
        MODULE => page::module(),
        REMOTE_MODULE => page::remote_module(),
        _ => return None,
    };
    if facts.method.is_read() {
        return Some(file);
    }
    let problem = Problem::new(Kind::MethodNotAllowed);
    let rejected = respond::problem(mfa, facts, ClientKind::of(facts, None), problem, NextStep::Home);
    Some(rejected.header("allow", "GET, HEAD"))
}

/// Returns the path of a target, without its query, if it is that of one of the routes of this engine, or of one of the
/// page's files.
pub(crate) fn route_path<'a>(mfa: &Mfa, target: &'a str) -> Option<&'a str> {
    let mount_path = mfa.site().path();
    // First, because almost no request is for a route.
    if !target.starts_with(mount_path) {
        return None;
    }
    let path = target.split_once('?').map_or(target, |(path, _)| path);
    let below = path.strip_prefix(mount_path)?;
    let is_route = matches!(below, STYLE_SHEET | MODULE | REMOTE_MODULE) || Route::find(mfa, below).is_some();
    is_route.then_some(path)
}

/// Checks everything but the body: the path, the method, the caller, the origin, and the format of the body.
///
/// `path` is the rest of the path below the mount path, such as `/transfer/verify`. `facts` include the
/// [origin](Facts::coming_from) of the connection. `subject` is the caller as identified by the app.
///
/// # Errors
///
/// Returns the answer to a call that goes no further.
pub(crate) fn open<'a>(
    mfa: &'a Mfa,
    path: &str,
    facts: &Facts,
    subject: Option<Subject>,
) -> Result<Opened<'a>, Answer> {
    let client = ClientKind::of(facts, subject.as_ref());
    let reply = Reply::wanted(client, facts);
    let messages = mfa.messages(facts.accept_language.as_deref());
    let rejected = |kind, next| reject(mfa, messages, reply, Problem::new(kind), next);
    let (settings, route) =
        Route::find(mfa, path).ok_or_else(|| rejected(Kind::UnknownScope, NextStep::Home))?;
    if !route.allows(facts.method) {
        return Err(if facts.method == Method::Get && client == ClientKind::Navigation {
            // The user opened the address of a page that answered a form.
            Answer::see_other(route.page(mfa, settings)).negotiated()
        } else {
            rejected(Kind::MethodNotAllowed, NextStep::Home).header("allow", route.methods())
        });
    }
    let Some(subject) = subject else {
        return Err(match reply {
            Reply::Page => rejected(Kind::Unauthenticated, NextStep::sign_in(mfa)),
            Reply::Json | Reply::Redirect => respond::unauthenticated(mfa, facts),
        });
    };
    let address = client_address(mfa.client_address(), facts);
    let accept_language = facts.accept_language.clone();
    let named = if route.is_about_number() { Named::Nothing } else { Named::in_query(&facts.target) };
    let approval = if let Named::Approval(id) = named { Some(id) } else { None };
    let cookies = facts.cookies.as_deref().map(str::as_bytes);
    let bound_tokens = BoundTokens::read(cookies, settings.scope());
    let token = match &approval {
        Some(id) => bound_tokens.get(id),
        None if settings.is_bound() => None,
        None => grant_token(cookies, settings.scope()),
    };
    // A new number requires the grant of the scope that allows changing it, or a recovery code.
    let is_enroll = *settings.scope() == Scope::ENROLL;
    let number_tokens = if is_enroll { number_tokens(cookies) } else { NumberTokens::new() };
    let call = Call {
        mfa,
        settings,
        subject,
        client,
        reply,
        address,
        accept_language,
        approval,
        token,
        bound_tokens,
        number_tokens,
    };
    let action = Action::of(&call, route, facts)?;
    if named == Named::Unreadable {
        return Err(call.approval_over(false, None));
    }
    Ok(Opened { call, action })
}

impl Action {
    /// Reads the action of a call. A call that changes something must come from this site.
    fn of(call: &Call<'_>, route: Route, facts: &Facts) -> Result<Self, Answer> {
        if facts.method.is_read() && route.is_about_number() {
            let notice = query_value(&facts.target, "notice");
            return Ok(Self::ShowNumber(notice.and_then(|signed| call.open_notice(&signed))));
        }
        if facts.method.is_read() {
            let return_to = call.open_return(query_value(&facts.target, "return"));
            let after = query_value(&facts.target, "after").filter(|_| call.reply == Reply::Json);
            let trigger = after.and_then(|after| trigger(&after)).unwrap_or(PageTrigger::Success);
            return Ok(Self::Show { return_to, trigger: Box::new(trigger) });
        }
        origin::check(facts, &call.subject, call.mfa.site()).map_err(|why| call.reject_forgery(why))?;
        if facts.method == Method::Delete {
            return Ok(Self::Revoke(None));
        }
        let format = Format::named(facts.content_type.as_deref());
        let format = format.ok_or_else(|| {
            let detail = "send application/json or application/x-www-form-urlencoded";
            call.reject(Problem::new(Kind::UnsupportedMediaType).detail(detail))
        })?;
        Ok(match route {
            Route::Challenge => Self::Start(format),
            Route::Verify => Self::Verify(format),
            Route::Number => Self::ProposeNumber(format),
            Route::RemoveNumber => Self::RemoveNumber(format),
            Route::Recover => Self::Recover(format),
            Route::RecoveryCodes => Self::RecoveryCodes(format),
            Route::Drop | Route::Page => Self::Revoke(Some(format)),
        })
    }

    /// Returns the format of the body, or `None` if no body is read.
    const fn body(&self) -> Option<Format> {
        match self {
            Self::Start(format)
            | Self::Verify(format)
            | Self::ProposeNumber(format)
            | Self::RemoveNumber(format)
            | Self::Recover(format)
            | Self::RecoveryCodes(format) => Some(*format),
            Self::Revoke(format) => *format,
            Self::Show { .. } | Self::ShowNumber(_) => None,
        }
    }
}

impl Opened<'_> {
    /// Returns the size in bytes of the largest body that may be read, or `None` if no body has to be read.
    #[must_use]
    pub(crate) fn longest_body(&self) -> Option<usize> {
        self.action.body().map(Format::longest_body)
    }

    /// Returns the answer to a body that could not be read.
    pub(crate) fn without_body(self, why: BodyError) -> Answer {
        self.call.reject(Problem::new(match why {
            BodyError::TooLarge => Kind::BodyTooLarge,
            BodyError::TooSlow => Kind::BodyTooSlow,
            BodyError::Broken => Kind::MalformedBody,
        }))
    }

    /// Carries out the action.
    pub(crate) async fn finish(self, body: &[u8]) -> Answer {
        let (Ok(answer) | Err(answer)) = carry_out(&self.call, self.action, body).await;
        answer
    }
}

/// Reads the problem that a program has just been answered with, `{attempt}:{kind}:{seconds to wait}`. The attempt is
/// `verify` or a channel. It only selects the texts, which are then those of the page after that problem.
fn trigger(after: &str) -> Option<PageTrigger> {
    let mut parts = after.split(':');
    let attempt = match parts.next()? {
        "verify" => Attempt::Verify,
        channel => Attempt::Start(channel.parse::<Channel>().ok()?),
    };
    let name = parts.next()?;
    let kind = *Kind::ALL.iter().find(|kind| kind.name() == name)?;
    let wait = parts.next().and_then(|seconds| seconds.parse::<u32>().ok());
    let problem = match wait {
        Some(seconds) => Problem::new(kind).retry_after(Duration::from_secs(seconds.into())),
        None => Problem::new(kind),
    };
    Some(PageTrigger::Rejected(attempt, problem))
}

async fn carry_out(call: &Call<'_>, action: Action, body: &[u8]) -> Result<Answer, Answer> {
    match action {
        Action::Show { return_to, trigger } => show::show(call, return_to.as_ref(), *trigger).await,
        Action::Start(format) => challenge::start(call, format, body).await,
        Action::Verify(format) => verify::verify(call, format, body).await,
        Action::Revoke(format) => revoke::revoke(call, format, body).await,
        Action::ShowNumber(notice) => show_number::show(call, NumberTrigger::Notice(notice)).await,
        Action::ProposeNumber(format) => propose_number::propose(call, format, body).await,
        Action::RemoveNumber(format) => remove_number::remove(call, format, body).await,
        Action::Recover(format) => recover::recover(call, format, body).await,
        Action::RecoveryCodes(format) => recovery_codes::make(call, format, body).await,
    }
}
