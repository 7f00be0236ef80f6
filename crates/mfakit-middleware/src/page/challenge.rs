//! The page that asks for a code.

use std::time::Duration;

use askama::Template;
use mfakit_core::{
    Channel, LiveChallenge, Messages, Mfa, Subject,
    adapter::{Destination, ScopeSettings, Situation, whole_seconds},
    messages::MessageId,
};

use crate::{
    address::page_path,
    answer::Answer,
    errand::Errand,
    form,
    page::{Deed, Frame, Link, Onward, html, refusal, state::State},
    problem::{Kind, Problem, with_retry_after},
    return_to::ReturnTo,
};

/// What there is to show.
pub(crate) struct Scene<'a> {
    pub(crate) mfa: &'a Mfa,
    pub(crate) words: &'a Messages,
    pub(crate) entry: &'a ScopeSettings,
    pub(crate) subject: &'a Subject,
    pub(crate) situation: &'a Situation,
    /// What the person was about, and the same sealed.
    pub(crate) errand: Option<(&'a Errand, &'a str)>,
}

#[derive(Template)]
#[template(path = "challenge.html")]
struct ChallengePage<'a> {
    frame: Frame<'a>,
    state: &'static str,
    offline: &'a str,
    heading: &'a str,
    purpose: Option<String>,
    holds: Option<String>,
    notice: Option<String>,
    alarming: bool,
    path: String,
    token: String,
    sealed: Option<&'a str>,
    code: Option<CodeForm<'a>>,
    ways: Option<Ways<'a>>,
    done: Option<Done<'a>>,
    other_ways: Vec<Link<'a>>,
    other_ways_heading: &'a str,
    warning: Option<&'a str>,
    /// The way out, while there is something to do.
    cancel: Option<Link<'a>>,
    /// The same where there is nothing.
    back: Option<Link<'a>>,
}

/// The form for a code that is on its way or arrived.
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

/// The ways to send a code.
struct Ways<'a> {
    heading: Option<&'a str>,
    will_go: Option<String>,
    wait: Option<Wait<'a>>,
    buttons: Vec<Button<'a>>,
}

/// How long to wait for the next code.
struct Wait<'a> {
    before: &'a str,
    time: String,
    after: &'a str,
    seconds: u64,
    /// Words and digits of a countdown, so that it reads like the page.
    forms: String,
    over: &'a str,
}

struct Button<'a> {
    channel: &'static str,
    words: &'a str,
    quiet: bool,
}

/// What may be done when the code was met.
struct Done<'a> {
    words: String,
    go_on: Link<'a>,
    drop: &'a str,
}

/// The page after this deed: `200`, or the status of what went wrong.
pub(crate) fn challenge(scene: &Scene<'_>, deed: Deed, problem: Option<&Problem>) -> Answer {
    let Some(state) = State::of(scene.situation, deed) else {
        // What is no state of the page has one of its own.
        let problem = problem.cloned().unwrap_or_else(|| Problem::new(Kind::Unavailable));
        let mut page = page_path(scene.mfa, scene.entry.scope());
        if let Some((_, sealed)) = scene.errand {
            page = format!("{page}?return={sealed}");
        }
        return refusal(scene.mfa, scene.words, &problem, Onward::Again(&page));
    };
    let back_to = scene.words.fill(MessageId::BackTo, &[("app", scene.mfa.site().name())]);
    let page = scene.page(state, problem, &back_to);
    let status = problem.map_or(200, |problem| problem.kind().status());
    with_retry_after(html(status, scene.words.language(), &page), problem.and_then(Problem::wait))
}

impl<'a> Scene<'a> {
    fn page(&self, state: State, problem: Option<&Problem>, back_to: &'a str) -> ChallengePage<'a> {
        let Self { mfa, words, entry, subject, situation, errand } = *self;
        let live = situation.live.as_ref().filter(|_| state.goes_on());
        let token = form::token(mfa.keys(), subject, entry.scope(), live.map(|live| &live.id));
        let notice = state.notice(live.is_some()).map(|word| self.notice(word, problem));
        let heading = if live.is_some() { MessageId::SentTitle } else { state.title() };
        let asks = state.goes_on();
        ChallengePage {
            frame: Frame::new(mfa, words, state.title(), notice.is_some()),
            state: state.name(),
            offline: words.text(MessageId::Offline),
            heading: words.text(heading),
            purpose: asks.then(|| words.fill(MessageId::Purpose, &[("label", mfa.label(entry, words))])),
            holds: asks.then(|| self.holds()),
            alarming: notice.is_some(),
            notice,
            path: page_path(mfa, entry.scope()),
            token,
            sealed: errand.map(|(_, sealed)| sealed),
            code: live.map(|live| self.code_form(live, state)),
            ways: asks.then(|| self.ways(live)),
            done: (state == State::Done).then(|| self.done()),
            other_ways: if state == State::Done { Vec::new() } else { self.other_ways() },
            other_ways_heading: words.text(MessageId::OtherWays),
            warning: asks.then(|| words.text(MessageId::NeverAsked)),
            cancel: asks.then(|| self.way_out(words.text(MessageId::Cancel))),
            back: (!asks && state != State::Done).then(|| self.way_out(back_to)),
        }
    }

    /// For how long a code counts.
    fn holds(&self) -> String {
        let scope = self.entry.scope();
        match self.errand.map(|(errand, _)| errand.requirement(scope)) {
            Some(requirement) if requirement.is_once() => self.words.text(MessageId::HoldsOnce).to_owned(),
            requirement => {
                let lifetime = self.entry.grant_lifetime();
                let time = requirement.map_or(lifetime, |requirement| requirement.within(lifetime));
                self.words.fill(MessageId::Holds, &[("time", &self.words.span(time))])
            }
        }
    }

    fn notice(&self, word: MessageId, problem: Option<&Problem>) -> String {
        let wait = problem.and_then(Problem::wait).or(self.situation.locked_for).unwrap_or_default();
        self.words.fill_count(word, self.digits(), &[("time", &self.words.span(wait))])
    }

    /// A number, which is read from left to right in every language (Unicode, UAX #9, 2.4.2).
    fn number(&self, number: &str) -> String {
        if self.words.is_right_to_left() { format!("\u{2066}{number}\u{2069}") } else { number.to_owned() }
    }

    fn digits(&self) -> u64 {
        self.mfa.policy().digits().into()
    }

    fn code_form(&self, live: &LiveChallenge, state: State) -> CodeForm<'a> {
        let words = self.words;
        let sent = match live.channel {
            Channel::Messaging => MessageId::MessageSentTo,
            Channel::Voice => MessageId::CalledAt,
        };
        let tries = match live.attempts_left {
            1 => words.text(MessageId::LastTry).to_owned(),
            left => words.fill_count(MessageId::TriesLeft, left.into(), &[]),
        };
        let time = words.span(live.expires_in);
        CodeForm {
            challenge: live.id.encode(),
            sent: words.fill(sent, &[("number", &self.number(&live.sent_to))]),
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
        let (words, situation) = (self.words, self.situation);
        let sent_by = live.map(|live| live.channel);
        let wait = live.map_or(Duration::ZERO, |live| live.resend_in).max(situation.resend_in);
        let (before, after) = words.around(MessageId::AgainIn);
        let will_go = match &situation.destination {
            Destination::Number(number) => {
                words.fill(MessageId::WillGoTo, &[("number", &self.number(number))])
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
        let words = self.words;
        let left = self.situation.grant.as_ref().map(|grant| self.mfa.time_left(grant));
        let time = words.fill(MessageId::DoneFor, &[("time", &words.span(left.unwrap_or_default()))]);
        let once = self.errand.is_some_and(|(errand, _)| errand.requirement(self.entry.scope()).is_once());
        let target = self.errand.map_or_else(|| self.home(), |(errand, _)| errand.target.clone());
        Done {
            words: if once {
                words.text(MessageId::Done).to_owned()
            } else {
                format!("{} {time}", words.text(MessageId::Done))
            },
            go_on: Link { href: target.href(self.mfa.site()), words: words.text(MessageId::GoOn) },
            drop: words.text(MessageId::Drop),
        }
    }

    fn other_ways(&self) -> Vec<Link<'a>> {
        let scope = self.entry.scope().as_str();
        let words = self.words;
        let ways = self.mfa.site().theme().other_ways();
        ways.map(|(path, said)| Link {
            href: self.mfa.site().public(&path.replace("{scope}", scope)).into_owned(),
            words: words.other_way_to(path).unwrap_or(said),
        })
        .collect()
    }

    fn way_out(&self, said: &'a str) -> Link<'a> {
        let back = self.errand.map_or_else(|| self.home(), |(errand, _)| errand.back.clone());
        Link { href: back.href(self.mfa.site()), words: said }
    }

    fn home(&self) -> ReturnTo {
        ReturnTo::home(self.mfa.site())
    }
}

/// Returns the texts of a span of seconds and the digits of the language, as JSON.
fn forms(words: &Messages) -> String {
    let texts = words.seconds().into_iter().map(|(form, text)| (form.to_owned(), text.into()));
    let digits = words.digits().map(String::from).to_vec().into();
    serde_json::Value::Object(texts.chain([("digits".to_owned(), digits)]).collect()).to_string()
}

/// What the button of a channel says, given how a code was sent already.
const fn button(channel: Channel, sent_by: Option<Channel>) -> MessageId {
    match (channel, sent_by) {
        (Channel::Messaging, None) => MessageId::ByMessage,
        (Channel::Messaging, Some(Channel::Messaging)) => MessageId::AgainByMessage,
        (Channel::Messaging, Some(Channel::Voice)) => MessageId::InsteadByMessage,
        (Channel::Voice, None) => MessageId::ByVoice,
        (Channel::Voice, Some(Channel::Messaging)) => MessageId::AgainByVoice,
        (Channel::Voice, Some(Channel::Voice)) => MessageId::AgainByCall,
    }
}
