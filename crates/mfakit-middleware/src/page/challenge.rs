//! The challenge page.

mod action;
mod layout;
mod links;
mod texts;

use std::time::Duration;

use mfakit_core::{
    Channel, LiveChallenge, Messages, Mfa, Requirement, Scope, Subject,
    action::ApprovalId,
    adapter::{Destination, MfaExt as _, ScopeSettings, Situation, whole_seconds},
    messages::MessageId,
};
use serde_json::Value;

use crate::{
    address::page_path,
    answer::{Answer, with_retry_after},
    approval_name::with_approval,
    form,
    page::{
        NextStep, PageTrigger,
        frame::{Frame, Link},
        html,
        isolate::{date, isolated},
        rejection,
        state::State,
    },
    problem::{Kind, Problem},
    return_target::SignedReturn,
};

pub(crate) use action::PageAction;

/// Everything that the page depends on, besides its trigger.
pub(crate) struct PageContext<'a> {
    pub(crate) mfa: &'a Mfa,
    pub(crate) messages: &'a Messages,
    pub(crate) settings: &'a ScopeSettings,
    pub(crate) subject: &'a Subject,
    pub(crate) situation: &'a Situation,
    /// Action that a code is for, if the requirement is bound to one.
    pub(crate) action: Option<&'a PageAction>,
    pub(crate) return_to: Option<&'a SignedReturn>,
}

struct ChallengePage<'a> {
    frame: Frame<'a>,
    state: &'static str,
    offline: &'a str,
    heading: &'a str,
    purpose: Option<String>,
    holds: Option<String>,
    notice: Option<String>,
    alarming: bool,
    action: Option<&'a PageAction>,
    path: String,
    token: String,
    signed: Option<&'a str>,
    code: Option<CodeForm<'a>>,
    ways: Option<Ways<'a>>,
    done: Option<Done<'a>>,
    other_ways: Vec<Link<'a>>,
    other_ways_heading: &'a str,
    warning: Option<&'a str>,
    /// Link that leaves the page while there is something to do.
    /// Link to the page on which the user adds a number.
    add: Option<Link<'a>>,
    cancel: Option<Link<'a>>,
    /// Link that leaves the page when there is nothing to do.
    back: Option<Link<'a>>,
}

/// Form for a code that was sent.
struct CodeForm<'a> {
    challenge: String,
    sent: String,
    label: &'a str,
    hint: String,
    tries: String,
    expires_in: u64,
    expired: &'a str,
    invalid: bool,
    submit: &'a str,
}

/// Buttons that send a code.
struct Ways<'a> {
    heading: Option<&'a str>,
    will_go: Option<String>,
    wait: Option<Wait<'a>>,
    buttons: Vec<Button<'a>>,
}

/// Time to wait before the next code can be sent.
struct Wait<'a> {
    before: &'a str,
    time: String,
    after: &'a str,
    seconds: u64,
    /// Texts and digits of the countdown, so that it reads like the page.
    forms: Value,
    over: &'a str,
}

struct Button<'a> {
    channel: &'static str,
    words: &'a str,
    quiet: bool,
}

/// Actions after a code was verified.
struct Done<'a> {
    words: String,
    go_on: GoOn<'a>,
    drop: &'a str,
}

/// Way on after a code was verified.
enum GoOn<'a> {
    /// Link to a page.
    To(Link<'a>),
    /// Button that repeats the rejected request, with the identifier of its approval.
    Repeat(Link<'a>),
}

/// Returns the address of a scope's challenge page for this approval, with this return target.
///
/// The return target comes last. The modules take everything before it as the name of what is asked for.
pub(crate) fn challenge_url(
    mfa: &Mfa,
    scope: &Scope,
    approval: Option<&ApprovalId>,
    return_to: Option<&SignedReturn>,
) -> String {
    let page = with_approval(page_path(mfa, scope), approval);
    let separator = if approval.is_some() { '&' } else { '?' };
    match return_to {
        Some(signed) => format!("{page}{separator}return={}", signed.as_str()),
        None => page,
    }
}

/// Writes the page that follows this trigger, with the status `200` or that of the problem.
pub(crate) fn challenge(context: &PageContext<'_>, trigger: &PageTrigger) -> Answer {
    let problem = trigger.problem();
    let Some(state) = State::of(context.situation, trigger) else {
        // A problem that is not a state of this page has a separate page.
        let problem = problem.cloned().unwrap_or_else(|| Problem::new(Kind::Unavailable));
        let page = context.url();
        return rejection(context.mfa, context.messages, &problem, NextStep::StartAgain(&page));
    };
    let back_to = context.messages.fill(MessageId::BackTo, &[("app", context.mfa.site().name())]);
    let page = context.page(state, problem, &back_to);
    let language = context.messages.language();
    match problem {
        None => html(200, language, &page),
        Some(problem) => {
            let answer = html(problem.kind().status(), language, &page).rejecting(problem.kind());
            with_retry_after(answer, problem.wait())
        }
    }
}

impl<'a> PageContext<'a> {
    fn page(&self, state: State, problem: Option<&Problem>, back_to: &'a str) -> ChallengePage<'a> {
        let Self { mfa, messages: words, settings, subject, situation, action, return_to } = *self;
        let live = situation.live.as_ref().filter(|_| state.goes_on());
        let challenge = live.map(|live| live.reference().to_string());
        let token = form::token(mfa.keys(), subject, settings.scope(), challenge.as_deref());
        let notice = state.notice(live.is_some()).map(|word| self.notice(self.dated(word), problem));
        let heading = if live.is_some() { MessageId::SentTitle } else { state.title() };
        let asks = state.goes_on();
        let add = if state == State::NoNumber { self.number_page() } else { None };
        ChallengePage {
            frame: Frame::new(mfa, words, state.title(), notice.is_some()),
            state: state.name(),
            offline: words.text(MessageId::Offline),
            heading: self.named_action().map_or_else(|| words.text(heading), PageAction::sentence),
            purpose: asks.then(|| self.purpose()),
            holds: (asks && action.is_none()).then(|| self.holds()),
            alarming: notice.is_some(),
            notice,
            action,
            path: page_path(mfa, settings.scope()),
            token,
            signed: return_to.map(SignedReturn::as_str),
            code: live.map(|live| self.code_form(live, state)),
            ways: asks.then(|| self.ways(live)),
            done: (state == State::Done).then(|| self.done()),
            other_ways: if state == State::Done { Vec::new() } else { self.other_ways() },
            other_ways_heading: words.text(MessageId::OtherWays),
            warning: asks.then(|| words.text(MessageId::NeverAsked)),
            cancel: if asks {
                Some(self.way_out(words.text(MessageId::Cancel)))
            } else {
                add.is_some().then(|| self.way_out(back_to))
            },
            back: (!asks && state != State::Done && add.is_none()).then(|| self.way_out(back_to)),
            add,
        }
    }

    /// Returns the address of this page.
    fn url(&self) -> String {
        let approval = self.action.map(PageAction::approval);
        challenge_url(self.mfa, self.settings.scope(), approval, self.return_to)
    }

    /// Returns the requirement of the route that led here, if one did.
    fn requirement(&self, scope: &Scope) -> Option<Requirement> {
        self.return_to.map(|signed| signed.target().requirement(scope))
    }

    /// Returns the action, if it has a sentence. A new number has none, because its scope has a label.
    fn named_action(&self) -> Option<&'a PageAction> {
        self.action.filter(|_| *self.settings.scope() != Scope::ENROLL)
    }

    /// Returns a sentence with what the code is for. The heading names an action.
    fn purpose(&self) -> String {
        if self.named_action().is_some() {
            return self.messages.text(MessageId::PurposeOfAction).to_owned();
        }
        let label = self.mfa.label(self.settings, self.messages);
        self.messages.fill(MessageId::Purpose, &[("label", label)])
    }

    /// Returns a sentence with the time for which a confirmation is valid.
    fn holds(&self) -> String {
        if self.is_once() {
            return self.messages.text(MessageId::HoldsOnce).to_owned();
        }
        self.messages.fill(MessageId::Holds, &[("time", &self.messages.span(self.holds_for()))])
    }

    /// Returns the age that a confirmation may have for the route that led here, or otherwise for the scope.
    pub(crate) fn holds_for(&self) -> Duration {
        let lifetime = self.settings.grant_lifetime();
        let requirement = self.requirement(self.settings.scope());
        requirement.map_or(lifetime, |requirement| requirement.within(lifetime))
    }

    /// Returns whether the route that led here consumes the confirmation.
    pub(crate) fn is_once(&self) -> bool {
        let of_route = self.requirement(self.settings.scope());
        self.action.is_some() || of_route.is_some_and(|requirement| requirement.is_once())
    }

    /// Returns the text for a scope that waits without a date, because the app's check rejected the number.
    const fn dated(&self, word: MessageId) -> MessageId {
        match (word, self.situation.settling) {
            (MessageId::Settling, None) => MessageId::SettlingForNow,
            _ => word,
        }
    }

    fn notice(&self, word: MessageId, problem: Option<&Problem>) -> String {
        let wait = problem.and_then(Problem::wait).or(self.situation.locked_for).unwrap_or_default();
        let date = self.situation.settling.map(|until| date(self.messages, until));
        self.messages.fill_count(
            word,
            self.digits(),
            &[("time", &self.messages.span(wait)), ("date", &date.unwrap_or_default())],
        )
    }

    fn digits(&self) -> u64 {
        self.mfa.policy().digits().into()
    }

    fn code_form(&self, live: &LiveChallenge, state: State) -> CodeForm<'a> {
        let words = self.messages;
        let sent = match live.channel {
            Channel::Voice => MessageId::CalledAt,
            _ => MessageId::MessageSentTo,
        };
        let tries = match live.attempts_left {
            1 => words.text(MessageId::LastTry).to_owned(),
            left => words.fill_count(MessageId::TriesLeft, left.into(), &[]),
        };
        let time = words.span(live.expires_in);
        CodeForm {
            challenge: live.reference().to_string(),
            sent: words.fill(sent, &[("number", &isolated(self.messages, &live.sent_to))]),
            label: words.text(MessageId::CodeLabel),
            hint: words.fill_count(MessageId::CodeHint, self.digits(), &[("time", &time)]),
            tries,
            expires_in: whole_seconds(live.expires_in),
            expired: words.text(MessageId::ExpiredNow),
            invalid: state.is_about_the_field(),
            submit: words.text(MessageId::Submit),
        }
    }

    fn ways(&self, live: Option<&LiveChallenge>) -> Ways<'a> {
        let (words, situation) = (self.messages, self.situation);
        let sent_by = live.map(|live| live.channel);
        let wait = live.map_or(Duration::ZERO, |live| live.resend_in).max(situation.resend_in);
        let (before, after) = words.around(MessageId::AgainIn);
        let will_go = match &situation.destination {
            Destination::Number(number) => {
                words.fill(MessageId::WillGoTo, &[("number", &isolated(self.messages, number))])
            }
            Destination::Nowhere | Destination::Unknown => words.text(MessageId::WillGoToPhone).to_owned(),
        };
        Ways {
            heading: live.map(|_| words.text(MessageId::NoCode)),
            will_go: live.is_none().then_some(will_go),
            wait: (!wait.is_zero()).then(|| Wait {
                before,
                time: words.span(wait),
                after,
                seconds: whole_seconds(wait),
                forms: forms(words),
                over: words.text(MessageId::AgainNow),
            }),
            buttons: situation
                .channels
                .iter()
                .enumerate()
                .map(|(at, channel)| Button {
                    channel: channel.as_str(),
                    words: words.text(button(*channel, sent_by)),
                    quiet: live.is_some() || at > 0,
                })
                .collect(),
        }
    }

    fn done(&self) -> Done<'a> {
        let words = self.messages;
        let left = self.situation.granted_for.unwrap_or_default();
        let time = words.fill(MessageId::DoneFor, &[("time", &words.span(left))]);
        let onward = self.return_to.map_or_else(|| self.home(), |signed| signed.target().onward.clone());
        let to = || Link { href: onward.href(self.mfa.site()), words: words.text(MessageId::GoOn) };
        let repeat = self.action.and_then(|action| {
            Some(Link { href: action.repeat_at(self.mfa.site())?, words: action.sentence() })
        });
        // An approval is good for one request, so there is no next time.
        let drop = if self.action.is_some() { MessageId::Cancel } else { MessageId::Drop };
        Done {
            words: match (&repeat, self.is_once()) {
                (Some(_), _) => words.text(MessageId::DoneOnce).to_owned(),
                (None, true) if self.action.is_some() => words.text(MessageId::DoneUnsent).to_owned(),
                (None, true) => words.text(MessageId::Done).to_owned(),
                (None, false) => format!("{} {time}", words.text(MessageId::Done)),
            },
            go_on: repeat.map_or_else(|| GoOn::To(to()), GoOn::Repeat),
            drop: words.text(drop),
        }
    }
}

/// Returns the texts of a span of seconds and the digits of the language.
fn forms(words: &Messages) -> Value {
    let texts = words.seconds().into_iter().map(|(form, text)| (form.to_owned(), text.into()));
    let digits = words.digits().map(String::from).to_vec().into();
    Value::Object(texts.chain([("digits".to_owned(), digits)]).collect())
}

/// Returns the text of a channel's button, which depends on the channel of the code already sent.
const fn button(channel: Channel, sent_by: Option<Channel>) -> MessageId {
    match (channel, sent_by) {
        (Channel::Voice, None) => MessageId::ByVoice,
        (Channel::Voice, Some(Channel::Voice)) => MessageId::AgainByCall,
        (Channel::Voice, Some(_)) => MessageId::AgainByVoice,
        (_, None) => MessageId::ByMessage,
        (_, Some(Channel::Voice)) => MessageId::InsteadByMessage,
        (_, Some(_)) => MessageId::AgainByMessage,
    }
}
