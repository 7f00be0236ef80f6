//! The app's check of numbers: at enrollment, before a send, and for settled scopes [SEND-7].

use std::{
    future::pending,
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use mfakit_core::{
    BoxError, Channel, Clock as _, DeclaredScope, NumberCheck, Scope, StartError, StartRequest, Subject,
    Timestamp, VerifyError,
    number_check::{Answer, Facts, Inquiry, LineType, Moment, OnCheckError, OnCheckErrors},
};

use super::{NEW, OLD, Town, town_with};
use crate::world::pay;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Codes that can be entered for one challenge, by default.
const ATTEMPTS: usize = 5;

/// Behavior of the check.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Behavior {
    Accept,
    Reject,
    ByVoice,
    NoOtherWay,
    Fail,
    Hang,
    Panic,
}

/// Recorded inquiry: the moment, number, scope, time of the confirmation, and time to settle.
type Asked = (Moment, String, Scope, Option<Timestamp>, Option<Duration>);

/// Check that plays a behavior, and records what it was asked.
#[derive(Clone)]
struct Check {
    behavior: Arc<Mutex<Behavior>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

#[async_trait]
impl NumberCheck for Check {
    async fn check(&self, inquiry: &Inquiry<'_>) -> Result<Answer, BoxError> {
        let Inquiry { moment, number, scope, confirmed_at, settled, .. } = *inquiry;
        let asked = (moment, number.as_e164().to_owned(), *scope, confirmed_at, settled);
        self.asked.lock().unwrap().push(asked);
        let behavior = *self.behavior.lock().unwrap();
        match behavior {
            Behavior::Accept => Ok(Answer::accept()),
            Behavior::Reject => {
                let facts = Facts::new().line_type(LineType::Mobile).sim_swapped(true).recycled(false);
                Ok(Answer::reject().with_facts(facts))
            }
            Behavior::ByVoice => Ok(Answer::another_way([Channel::Voice])),
            Behavior::NoOtherWay => Ok(Answer::another_way([])),
            Behavior::Fail => Err(io::Error::other("the carrier is down").into()),
            Behavior::Hang => pending().await,
            Behavior::Panic => panic!("the check has a bug"),
        }
    }
}

impl Check {
    fn new() -> Self {
        Self { behavior: Arc::new(Mutex::new(Behavior::Accept)), asked: Arc::default() }
    }

    fn plays(&self, behavior: Behavior) {
        *self.behavior.lock().unwrap() = behavior;
    }

    fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

fn payout() -> Scope {
    Scope::new("payout").unwrap()
}

fn checked_with(on_errors: OnCheckErrors) -> (Town, Check) {
    let check = Check::new();
    let port = check.clone();
    let town = town_with(|builder| {
        let payout = DeclaredScope::new("payout", "pay out").settled(DAY);
        builder.declare(payout).voice_to(["US"]).number_check(port, on_errors)
    });
    (town, check)
}

fn checked() -> (Town, Check) {
    checked_with(OnCheckErrors::default())
}

/// Requests a code at a moment, on a channel. Carol enters her first number.
async fn starts(town: &Town, moment: Moment, channel: Channel) -> Result<Subject, StartError> {
    town.wait();
    let (user, request) = match moment {
        Moment::Enrollment => ("carol", StartRequest::new(Scope::ENROLL, channel)),
        Moment::Send => ("alice", StartRequest::new(pay(), channel)),
        _ => ("alice", StartRequest::new(payout(), channel)),
    };
    let subject = town.signs_in(user);
    let request = match moment {
        Moment::Enrollment => request.approval(town.propose(&subject, NEW, None).await.unwrap().approval),
        _ => request,
    };
    town.mfa.start(&subject, request).await.map(|_| subject)
}

const MOMENTS: [Moment; 3] = [Moment::Enrollment, Moment::Send, Moment::Settled];

#[tokio::test]
async fn the_check_is_asked_once_for_each_send_with_the_day_of_confirmation() {
    let (town, check) = checked();
    let confirmed_at = town.book.find(&"alice".into()).unwrap().confirmed_at;
    for (moment, expected) in [
        (Moment::Enrollment, (NEW, Scope::ENROLL, None, None)),
        (Moment::Send, (OLD, pay(), Some(confirmed_at), None)),
        (Moment::Settled, (OLD, payout(), Some(confirmed_at), Some(DAY))),
    ] {
        starts(&town, moment, Channel::Messaging).await.unwrap();
        let (number, scope, at, settled) = expected;
        assert_eq!(check.asked(), [(moment, number.to_owned(), scope, at, settled)]);
    }
}

#[tokio::test(start_paused = true)]
async fn the_check_decides_and_if_it_fails_the_setting_of_the_moment_decides() {
    use Behavior::{Accept, ByVoice, Fail, Hang, NoOtherWay, Panic, Reject};
    let everything_open = OnCheckErrors::default().settled(OnCheckError::Accept);
    for (behavior, on_errors, opens) in [
        (Accept, OnCheckErrors::reject(), [true; 3]),
        (Reject, everything_open, [false; 3]),
        (NoOtherWay, everything_open, [false; 3]),
        (ByVoice, everything_open, [false; 3]),
        (Fail, OnCheckErrors::default(), [true, true, false]),
        (Fail, OnCheckErrors::reject(), [false; 3]),
        (Fail, everything_open, [true; 3]),
        (Fail, OnCheckErrors::default().send(OnCheckError::Reject), [true, false, false]),
        (Fail, OnCheckErrors::default().enrollment(OnCheckError::Reject), [false, true, false]),
        (Hang, OnCheckErrors::default(), [true, true, false]),
        (Panic, everything_open, [false; 3]),
    ] {
        for (moment, open) in MOMENTS.into_iter().zip(opens) {
            let (town, check) = checked_with(on_errors);
            check.plays(behavior);
            let started = starts(&town, moment, Channel::Messaging).await;
            let name = format!("{behavior:?} at {moment:?}");
            assert_eq!((started.is_ok(), town.provider.sends()), (open, usize::from(open)), "{name}");
            let fits = match (behavior, &started) {
                (_, Ok(_)) => true,
                (Reject, Err(StartError::NumberRejected { moment: at, channels })) => {
                    (*at, channels.as_slice()) == (moment, &[])
                }
                (NoOtherWay, Err(StartError::NoChannelLeft { moment: at })) => *at == moment,
                (ByVoice, Err(StartError::NumberRejected { moment: at, channels })) => {
                    (*at, channels.as_slice()) == (moment, &[Channel::Voice])
                }
                (Fail | Hang, Err(StartError::Unavailable)) => true,
                (Panic, Err(StartError::Misconfigured(_))) => true,
                _ => false,
            };
            assert!(fits, "{name}: {started:?}");
            let names = town.events.names();
            let failed = matches!(behavior, Fail | Hang);
            assert_eq!(names.contains(&"sys_app_failed"), failed, "{name}: {names:?}");
            assert_eq!(names.contains(&"authn_code_refused"), !open, "{name}: {names:?}");
        }
    }
}

#[tokio::test]
async fn another_channel_that_the_check_names_is_accepted() {
    for moment in MOMENTS {
        let (town, check) = checked();
        check.plays(Behavior::ByVoice);
        starts(&town, moment, Channel::Voice).await.unwrap();
        assert_eq!(town.provider.inbox().last().unwrap().channel, Channel::Voice);
    }
}

#[tokio::test]
async fn a_channel_that_cannot_reach_the_number_is_not_named() {
    let check = Check::new();
    check.plays(Behavior::ByVoice);
    let silent = DeclaredScope::new("silent", "be silent").channels([Channel::Messaging]);
    let port = check.clone();
    let town = town_with(|builder| {
        builder.declare(silent).voice_to(["US"]).number_check(port, OnCheckErrors::default())
    });
    let request = StartRequest::new(Scope::new("silent").unwrap(), Channel::Messaging);
    match town.mfa.start(&town.signs_in("alice"), request).await {
        Err(StartError::NoChannelLeft { moment }) => assert_eq!(moment, Moment::Send),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_event_has_the_facts_and_no_digit_of_the_number() {
    let (town, check) = checked();
    check.plays(Behavior::Reject);
    for moment in MOMENTS {
        let _ = starts(&town, moment, Channel::Messaging).await;
    }
    let text = town.events.text();
    for part in [
        "moment: Enrollment",
        "moment: Send",
        "moment: Settled",
        "line_type: Some(Mobile)",
        "sim_swapped: Some(true)",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    for number in [OLD, NEW] {
        assert!(!text.contains(&number[2..]), "{text}");
    }
}

#[tokio::test]
async fn calls_are_limited_because_the_send_is_counted_first() {
    for moment in MOMENTS {
        let (town, check) = checked();
        check.plays(Behavior::Reject);
        let subject = town.signs_in(if moment == Moment::Enrollment { "carol" } else { "alice" });
        for n in 0..50 {
            let request = match moment {
                Moment::Enrollment => {
                    let text = format!("+1202555{:04}", 100 + n);
                    let approval = town.propose(&subject, &text, None).await.unwrap().approval;
                    StartRequest::new(Scope::ENROLL, Channel::Messaging).approval(approval)
                }
                Moment::Send => StartRequest::new(pay(), Channel::Messaging),
                _ => StartRequest::new(payout(), Channel::Messaging),
            };
            assert!(town.mfa.start(&subject, request).await.is_err());
        }
        assert_eq!(check.asked().len(), 1, "{moment:?}");
    }
}

#[tokio::test]
async fn a_code_for_a_settled_scope_is_compared_only_after_the_check() {
    let (town, check) = checked();
    let alice = starts_payout(&town).await;
    check.asked();
    check.plays(Behavior::Reject);
    let entered = town.mfa.verify(&alice.0, &payout(), &alice.1, &town.code()).await;
    assert!(matches!(entered, Err(VerifyError::ChallengeOver)), "{entered:?}");
    assert_eq!(town.provider.verifies(), 0);
    assert_eq!(check.asked().len(), 1);
    // The challenge ended, so the check is not asked again for it.
    check.plays(Behavior::Accept);
    for _ in 0..20 {
        let entered = town.mfa.verify(&alice.0, &payout(), &alice.1, &town.code()).await;
        assert!(matches!(entered, Err(VerifyError::ChallengeOver)), "{entered:?}");
    }
    assert_eq!((check.asked().len(), town.provider.verifies()), (0, 0));
    // A new code passes, once the check accepts the number.
    assert!(town.step_up(&alice.0, payout()).await.is_some());
}

#[tokio::test]
async fn a_code_for_another_scope_is_compared_without_the_check() {
    let (town, check) = checked();
    let alice = town.signs_in("alice");
    town.wait();
    let live = town.mfa.start(&alice, StartRequest::new(pay(), Channel::Messaging)).await.unwrap();
    check.asked();
    check.plays(Behavior::Panic);
    let _ = town.mfa.verify(&alice, &pay(), &live.id, &town.code()).await.unwrap();
    assert_eq!(check.asked(), []);
}

#[tokio::test(start_paused = true)]
async fn a_check_that_fails_at_a_code_compares_nothing_locks_no_user_and_is_called_a_few_times() {
    for behavior in [Behavior::Fail, Behavior::Hang] {
        let (town, check) = checked();
        let (alice, challenge) = starts_payout(&town).await;
        check.asked();
        check.plays(behavior);
        let mut calls = 0;
        for n in 0..40 {
            let entered = town.mfa.verify(&alice, &payout(), &challenge, &town.wrong_code()).await;
            calls += check.asked().len();
            let over = matches!(entered, Err(VerifyError::ChallengeOver));
            assert!(over || matches!(entered, Err(VerifyError::Unavailable)), "{n}: {entered:?}");
        }
        assert_eq!((calls, town.provider.verifies()), (ATTEMPTS, 0), "{behavior:?}");
        check.plays(Behavior::Accept);
        assert!(town.step_up(&alice, payout()).await.is_some(), "the user is not locked");
    }
}

#[tokio::test(start_paused = true)]
async fn a_check_that_fails_at_a_code_opens_the_scope_only_if_the_app_says_so() {
    let (town, check) = checked_with(OnCheckErrors::default().settled(OnCheckError::Accept));
    let (alice, challenge) = starts_payout(&town).await;
    check.plays(Behavior::Hang);
    let _ = town.mfa.verify(&alice, &payout(), &challenge, &town.code()).await.unwrap();
    assert!(town.events.names().contains(&"sys_app_failed"));
}

#[tokio::test]
async fn the_same_code_entered_again_costs_no_call() {
    let (town, check) = checked();
    let (alice, challenge) = starts_payout(&town).await;
    let code = town.code();
    let _ = town.mfa.verify(&alice, &payout(), &challenge, &code).await.unwrap();
    check.asked();
    for _ in 0..20 {
        let _ = town.mfa.verify(&alice, &payout(), &challenge, &code).await.unwrap();
    }
    assert_eq!(check.asked(), []);
}

#[tokio::test]
async fn a_hundred_codes_at_once_cost_as_many_calls_as_attempts() {
    let (town, check) = checked();
    let (alice, challenge) = starts_payout(&town).await;
    check.asked();
    check.plays(Behavior::Fail);
    let entered = (0..100).map(|n| {
        let (mfa, alice, challenge) = (town.mfa.clone(), alice.clone(), challenge);
        let code = mfakit_core::Code::parse(&format!("{n:06}")).unwrap();
        tokio::spawn(async move { mfa.verify(&alice, &payout(), &challenge, &code).await.is_err() })
    });
    for entered in entered.collect::<Vec<_>>() {
        assert!(entered.await.unwrap());
    }
    assert!(check.asked().len() <= ATTEMPTS);
    assert_eq!(town.provider.verifies(), 0);
}

#[tokio::test]
async fn a_page_is_shown_without_the_check() {
    let (town, check) = checked();
    let alice = town.signs_in("alice");
    town.mfa.numbers(&alice, None).await.unwrap();
    let requirement = mfakit_core::Requirement::new(payout());
    mfakit_core::adapter::MfaExt::situation(&town.mfa, &alice, &requirement, None).await.unwrap();
    assert_eq!(check.asked(), []);
}

async fn starts_payout(town: &Town) -> (Subject, mfakit_core::ChallengeRef) {
    let alice = town.signs_in("alice");
    town.wait();
    let live = town.mfa.start(&alice, StartRequest::new(payout(), Channel::Messaging)).await.unwrap();
    assert!(live.expires_in > Duration::ZERO && town.clock.now().as_millis() > 0);
    (alice, live.reference())
}
