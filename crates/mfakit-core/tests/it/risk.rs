//! The app's risk check runs before every send, and nothing is sent if it refuses [SEND-7].

use std::{
    future::pending,
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use mfakit_core::{
    BoxError, Channel, RiskCheck, StartError, StartRequest,
    risk::{OnRiskError, PlannedSend, Risk},
};

use crate::world::{World, alice, pay, settings, world_with};

/// Behavior of the check.
#[derive(Clone, Copy)]
enum Behavior {
    Accept,
    Refuse,
    Fail,
    Hang,
    Panic,
}

struct Check {
    behavior: Behavior,
    calls: Arc<AtomicUsize>,
}

#[async_trait]
impl RiskCheck for Check {
    async fn assess(&self, send: &PlannedSend<'_>) -> Result<Risk, BoxError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        assert_eq!((send.number.as_e164(), send.channel), ("+19195551234", Channel::Messaging));
        match self.behavior {
            Behavior::Accept => Ok(Risk::Accept),
            Behavior::Refuse => Ok(Risk::Reject),
            Behavior::Fail => Err(io::Error::other("the look-up service is down").into()),
            Behavior::Hang => pending().await,
            Behavior::Panic => panic!("the check has a bug"),
        }
    }
}

fn checked(behavior: Behavior, on_error: OnRiskError) -> (World, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let check = Check { behavior, calls: calls.clone() };
    let world = world_with(|builder| builder.risk_check(check, on_error));
    world.events.names();
    (world, calls)
}

#[tokio::test(start_paused = true)]
async fn the_check_decides_and_if_it_fails_the_apps_setting_decides() {
    use OnRiskError::{Reject, Send};
    let (sent, failed) = (&["authn_code_sent"][..], "sys_app_failed");
    let rejected = &["authn_code_refused"][..];
    for (name, behavior, on_error, expected) in [
        ("accepts", Behavior::Accept, Reject, sent),
        ("refuses", Behavior::Refuse, Reject, rejected),
        ("refuses, and the app would send on errors", Behavior::Refuse, Send, rejected),
        ("fails", Behavior::Fail, Reject, &[failed, "authn_code_refused"]),
        ("fails, and the app sends anyway", Behavior::Fail, Send, &[failed, "authn_code_sent"]),
        ("hangs", Behavior::Hang, Reject, &[failed, "authn_code_refused"]),
        ("hangs, and the app sends anyway", Behavior::Hang, Send, &[failed, "authn_code_sent"]),
        ("panics", Behavior::Panic, Reject, &["sys_misconfigured", "authn_code_refused"]),
        (
            "panics, which is not an error",
            Behavior::Panic,
            Send,
            &["sys_misconfigured", "authn_code_refused"],
        ),
    ] {
        let (world, calls) = checked(behavior, on_error);
        let started = world.start(&alice()).await;
        assert_eq!(world.events.names(), expected, "{name}");
        let is_sent = expected.contains(&"authn_code_sent");
        assert_eq!((started.is_ok(), world.provider.sends()), (is_sent, usize::from(is_sent)), "{name}");
        assert_eq!(calls.load(Ordering::SeqCst), 1, "{name}");
        let kind_fits = match (behavior, &started) {
            (Behavior::Refuse, Err(rejection)) => matches!(rejection, StartError::Risky),
            (Behavior::Panic, Err(rejection)) => matches!(rejection, StartError::Misconfigured(_)),
            (_, Err(rejection)) => matches!(rejection, StartError::Unavailable),
            (_, Ok(_)) => true,
        };
        assert!(kind_fits, "{name}: {started:?}");
    }
}

#[tokio::test]
async fn the_check_runs_after_counting_so_its_calls_are_limited() {
    let (world, calls) = checked(Behavior::Refuse, OnRiskError::Reject);
    let alice = alice();
    assert!(matches!(world.start(&alice).await, Err(StartError::Risky)));
    for scope in [pay(), settings()] {
        for _ in 0..10 {
            let rejected = world.mfa.start(&alice, StartRequest::new(scope, Channel::Messaging)).await;
            let Err(StartError::CoolingDown { retry_after, .. }) = rejected else { panic!("{rejected:?}") };
            assert_eq!(retry_after, Duration::from_secs(30));
        }
    }
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    world.clock.advance(Duration::from_secs(30));
    assert!(matches!(world.start(&alice).await, Err(StartError::Risky)));
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}
