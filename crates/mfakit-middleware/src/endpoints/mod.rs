//! The routes: the page, start, verify and drop.
//!
//! A call is judged in two steps, so that a body is read only for somebody who may send one: [`open`] looks
//! at everything but the body, [`Opened::finish`] does what was asked.

mod challenge;
mod drop;
mod reply;
mod show;
mod verify;

use std::{net::IpAddr, panic::AssertUnwindSafe};

use futures_util::FutureExt;
use mfakit_core::{
    GrantToken, Messages, Mfa, Misconfigured, Scope, StartRequest, Subject,
    adapter::ScopeSettings,
    event::{EventContext, EventKind},
};

use crate::{
    address::{MODULE, STYLE_SHEET, page_path},
    answer::Answer,
    client_address::client_address,
    client_kind::ClientKind,
    cookie::grant_token,
    endpoints::reply::Reply,
    errand::Errand,
    facts::{Facts, Method, query_value},
    form::{self, Fields, Format},
    origin,
    page::{self, Deed, Onward},
    problem::{Kind, Problem},
    respond,
};

/// A call to one of the routes that may go on to read its body.
#[derive(Debug)]
pub struct Opened<'a> {
    call: Call<'a>,
    todo: Todo,
}

/// Who calls, for what.
#[derive(Debug)]
struct Call<'a> {
    mfa: &'a Mfa,
    entry: &'a ScopeSettings,
    subject: Subject,
    asker: ClientKind,
    reply: Reply,
    address: Option<IpAddr>,
    accept_language: Option<String>,
    /// The value of the grant cookie that came along.
    token: Option<GrantToken>,
}

/// Why a body could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoBody {
    /// The body is larger than [`Opened::longest_body`].
    TooLarge,
    /// It did not come within [`CALL_TIMEOUT`](mfakit_core::adapter::CALL_TIMEOUT).
    TooSlow,
    /// It broke off.
    Broken,
}

#[derive(Debug)]
enum Todo {
    Show { return_to: Option<String> },
    Start(Format),
    Verify(Format),
    Drop(Option<Format>),
}

/// What a path below the mount path names.
enum Route {
    Page,
    Challenge,
    Verify,
    Drop,
}

/// The answer to a call for one of the files beside the page; `None` where `path` is no file's. They are the same for
/// everybody, so nobody is asked who calls, and the page of a failure has its style when the app knows nobody.
#[must_use]
pub fn file(mfa: &Mfa, path: &str, facts: &Facts) -> Option<Answer> {
    let file = match path {
        STYLE_SHEET => page::style_sheet(mfa.site().theme()),
        MODULE => page::module(),
        _ => return None,
    };
    let refused = || {
        let problem = Problem::new(Kind::MethodNotAllowed);
        respond::problem(mfa, facts, ClientKind::of(facts, None), problem, Onward::Home)
    };
    Some(if facts.method.only_looks() { file } else { not_allowed(refused(), "GET, HEAD") })
}

/// Judges everything but the body: the path, the method, who calls, where from, and how the body is written.
///
/// `path` is what follows the mount path, such as `/transfer/verify`; `facts` say [where](Facts::coming_from) the
/// call comes from; `subject` is who the app says it is.
///
/// # Errors
///
/// The answer to a call that goes no further.
pub fn open<'a>(
    mfa: &'a Mfa,
    login_page: Option<&str>,
    path: &str,
    facts: &Facts,
    subject: Option<Subject>,
) -> Result<Opened<'a>, Answer> {
    let asker = ClientKind::of(facts, subject.as_ref());
    let reply = Reply::wanted(asker, facts);
    let words = mfa.messages(facts.accept_language.as_deref());
    let refuse = |kind| refusal(mfa, words, reply, Problem::new(kind), Onward::Home);
    let (entry, route) = find(mfa, path).ok_or_else(|| refuse(Kind::UnknownScope))?;
    let allow = match route {
        Route::Page => "GET, HEAD, DELETE",
        Route::Challenge | Route::Verify | Route::Drop => "POST",
    };
    let allowed = match route {
        Route::Page => facts.method.only_looks() || facts.method == Method::Delete,
        Route::Challenge | Route::Verify | Route::Drop => facts.method == Method::Post,
    };
    if !allowed && facts.method == Method::Get && asker == ClientKind::Navigation {
        // Somebody opened the address of a page that answered a form.
        return Err(Answer::see_other(page_path(mfa, entry.scope())).negotiated());
    }
    if !allowed {
        return Err(not_allowed(refuse(Kind::MethodNotAllowed), allow));
    }
    let Some(subject) = subject else {
        return Err(match reply {
            Reply::Page => {
                let onward = login_page.map_or(Onward::Home, Onward::LogIn);
                refusal(mfa, words, reply, Problem::new(Kind::Unauthenticated), onward)
            }
            Reply::Json | Reply::Redirect => respond::unauthenticated(mfa, login_page, facts),
        });
    };
    let address = client_address(mfa.client_address(), facts);
    let accept_language = facts.accept_language.clone();
    let token = grant_token(facts.cookies.as_deref().map(str::as_bytes), entry.scope());
    let call = Call { mfa, entry, subject, asker, reply, address, accept_language, token };
    if facts.method.only_looks() {
        let return_to = call.sealed_return(query_value(&facts.target, "return"));
        return Ok(Opened { call, todo: Todo::Show { return_to } });
    }
    if let Err(why) = origin::check(facts, &call.subject, mfa.site()) {
        return Err(call.forged(why));
    }
    let todo = if facts.method == Method::Delete {
        Todo::Drop(None)
    } else {
        let format = Format::named(facts.content_type.as_deref());
        let format = format.ok_or_else(|| {
            let detail = "send application/json or application/x-www-form-urlencoded";
            call.refuse(Problem::new(Kind::UnsupportedMediaType).detail(detail))
        })?;
        match route {
            Route::Challenge => Todo::Start(format),
            Route::Verify => Todo::Verify(format),
            Route::Drop | Route::Page => Todo::Drop(Some(format)),
        }
    };
    Ok(Opened { call, todo })
}

impl Opened<'_> {
    /// Whether the body is wanted; if not, none of it need be read.
    #[must_use]
    pub const fn wants_body(&self) -> bool {
        !matches!(self.todo, Todo::Show { .. } | Todo::Drop(None))
    }

    /// Returns the size of the largest body that may be read, in bytes.
    #[must_use]
    pub const fn longest_body(&self) -> usize {
        match self.todo {
            Todo::Start(format) | Todo::Verify(format) | Todo::Drop(Some(format)) => format.longest_body(),
            Todo::Show { .. } | Todo::Drop(None) => 0,
        }
    }

    /// The answer to a body that could not be had.
    pub fn without_body(self, why: NoBody) -> Answer {
        self.call.refuse(Problem::new(match why {
            NoBody::TooLarge => Kind::BodyTooLarge,
            NoBody::TooSlow => Kind::BodyTooSlow,
            NoBody::Broken => Kind::MalformedBody,
        }))
    }

    /// Does what was asked. A store that panics is answered with 500, as it is at a guard.
    pub async fn finish(self, body: &[u8]) -> Answer {
        let Self { call, todo } = self;
        match AssertUnwindSafe(call.carry_out(todo, body)).catch_unwind().await {
            Ok(Ok(answer) | Err(answer)) => answer,
            Err(_) => {
                call.mfa.misconfigured(Misconfigured::panicked("store or directory"));
                call.refuse(Problem::new(Kind::Misconfigured))
            }
        }
    }
}

impl Call<'_> {
    async fn carry_out(&self, todo: Todo, body: &[u8]) -> Result<Answer, Answer> {
        match todo {
            Todo::Show { return_to } => show::show(self, return_to.as_deref(), Deed::Looked, None).await,
            Todo::Start(format) => challenge::start(self, format, body).await,
            Todo::Verify(format) => verify::verify(self, format, body).await,
            Todo::Drop(format) => drop::drop(self, format, body).await,
        }
    }

    fn scope(&self) -> &Scope {
        self.entry.scope()
    }

    fn messages(&self) -> &Messages {
        self.mfa.messages(self.accept_language.as_deref())
    }

    /// A code for the scope, as this caller may ask for it.
    fn start_request(&self, channel: mfakit_core::Channel) -> StartRequest {
        StartRequest::new(*self.scope(), channel)
            .address(self.address)
            .accept_language(self.accept_language.clone())
    }

    /// The address of the page, for somebody with this errand.
    fn page_url(&self, return_to: Option<&str>) -> String {
        let page = page_path(self.mfa, self.scope());
        return_to.map_or(page.clone(), |sealed| format!("{page}?return={sealed}"))
    }

    /// A refusal in the form that is wanted.
    fn refuse(&self, problem: Problem) -> Answer {
        self.refuse_towards(problem, None)
    }

    /// The same to somebody whose errand is known, and not lost by starting again.
    fn refuse_towards(&self, problem: Problem, return_to: Option<&str>) -> Answer {
        let page = self.page_url(return_to);
        refusal(self.mfa, self.messages(), self.reply, problem, Onward::Again(&page))
    }

    /// A refusal for a program, or the page again for a person, with the same status.
    async fn refuse_on_page(&self, deed: Deed, problem: Problem, return_to: Option<&str>) -> Answer {
        match self.reply {
            Reply::Json => problem.into_answer(),
            Reply::Redirect | Reply::Page => {
                show::show(self, return_to, deed, Some(&problem)).await.unwrap_or_else(|answer| answer)
            }
        }
    }

    fn forged(&self, why: &'static str) -> Answer {
        let about = EventContext::subject(&self.subject).scope(self.scope());
        self.mfa.observe(about, EventKind::ForgeryRefused { why });
        self.refuse(Problem::new(Kind::CrossSite))
    }

    /// The fields of a body, and of a form only those of one that this log-in was given.
    fn fields(&self, format: Format, body: &[u8]) -> Result<Fields, Answer> {
        self.authentic(format, body, |_| None)
    }

    /// The same of a form in which a code is typed: it was given with the challenge that it names.
    fn fields_with_code(&self, format: Format, body: &[u8]) -> Result<Fields, Answer> {
        self.authentic(format, body, |fields| fields.peek("challenge"))
    }

    fn authentic(
        &self,
        format: Format,
        body: &[u8],
        challenge: impl Fn(&Fields) -> Option<&str>,
    ) -> Result<Fields, Answer> {
        let mut fields = Fields::read(format, body).map_err(|problem| self.refuse(problem))?;
        let needs_token = format == Format::Form && self.asker != ClientKind::Token;
        let token = if format == Format::Form { fields.take("token") } else { None };
        let (keys, subject, scope) = (self.mfa.keys(), &self.subject, self.scope());
        let good =
            token.is_some_and(|token| form::is_token(&token, keys, subject, scope, challenge(&fields)));
        if needs_token && !good {
            Err(self.forged("the form's token is missing, or not of this log-in and challenge"))
        } else {
            Ok(fields)
        }
    }

    /// A sealed errand, if it is one of ours for this scope and log-in.
    fn sealed_return(&self, sealed: Option<String>) -> Option<String> {
        sealed.filter(|sealed| self.open_return(sealed).is_some())
    }

    fn open_return(&self, sealed: &str) -> Option<Errand> {
        let (keys, site) = (self.mfa.keys(), self.mfa.site());
        Errand::open(sealed, keys, self.scope(), self.subject.login(), site)
    }
}

/// A refusal in the form that is wanted.
fn refusal(mfa: &Mfa, words: &Messages, reply: Reply, problem: Problem, onward: Onward<'_>) -> Answer {
    match reply {
        Reply::Json => problem.into_answer(),
        Reply::Redirect | Reply::Page => page::refusal(mfa, words, &problem, onward),
    }
}

fn find<'a>(mfa: &'a Mfa, path: &str) -> Option<(&'a ScopeSettings, Route)> {
    let mut segments = path.strip_prefix('/')?.split('/');
    let entry = mfa.scope(&Scope::new(segments.next()?).ok()?)?;
    let route = match segments.next() {
        None => Route::Page,
        Some("challenge") => Route::Challenge,
        Some("verify") => Route::Verify,
        Some("drop") => Route::Drop,
        Some(_) => return None,
    };
    segments.next().is_none().then_some((entry, route))
}

fn not_allowed(answer: Answer, allow: &str) -> Answer {
    answer.header("allow", allow)
}
