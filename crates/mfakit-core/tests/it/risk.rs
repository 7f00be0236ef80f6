//! The app's own check is asked before every send, and nothing is sent against its word [SEND-7].

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

/// What the check does.
#[derive(Clone, Copy)]
enum Says {
    Accept,
    Refuse,
    Err,
    Nothing,
    Panic,
}

struct Check {
    says: Says,
    asked: Arc<AtomicUsize>,
}

#[async_trait]
impl RiskCheck for Check {
    async fn assess(&self, send: &PlannedSend<'_>) -> Result<Risk, BoxError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        assert_eq!((send.number.as_e164(), send.channel), ("+19195551234", Channel::Messaging));
        match self.says {
            Says::Accept => Ok(Risk::Accept),
            Says::Refuse => Ok(Risk::Refuse),
            Says::Err => Err(io::Error::other("the look-up is away").into()),
            Says::Nothing => pending().await,
            Says::Panic => panic!("the check has a bug"),
        }
    }
}

fn checked(says: Says, on_error: OnRiskError) -> (World, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let check = Check { says, asked: asked.clone() };
    let world = world_with(|builder| builder.risk_check(check, on_error));
    world.heard.names();
    (world, asked)
}

#[tokio::test(start_paused = true)]
async fn what_the_check_says_decides_and_where_it_says_nothing_the_app_has_decided() {
    use OnRiskError::{Refuse, Send};
    let (sent, failed) = (&["authn_code_sent"][..], "sys_app_failed");
    let refused = &["authn_code_refused"][..];
    for (name, says, on_error, heard) in [
        ("accepts", Says::Accept, Refuse, sent),
        ("refuses", Says::Refuse, Refuse, refused),
        ("refuses, and its errors do not matter", Says::Refuse, Send, refused),
        ("errs", Says::Err, Refuse, &[failed, "authn_code_refused"]),
        ("errs, which does not matter", Says::Err, Send, &[failed, "authn_code_sent"]),
        ("hangs", Says::Nothing, Refuse, &[failed, "authn_code_refused"]),
        ("hangs, which does not matter", Says::Nothing, Send, &[failed, "authn_code_sent"]),
        ("panics", Says::Panic, Refuse, &["sys_misconfigured", "authn_code_refused"]),
        ("panics, which is no error", Says::Panic, Send, &["sys_misconfigured", "authn_code_refused"]),
    ] {
        let (world, asked) = checked(says, on_error);
        let started = world.start(&alice()).await;
        assert_eq!(world.heard.names(), heard, "{name}");
        let is_sent = heard.contains(&"authn_code_sent");
        assert_eq!((started.is_ok(), world.provider.sends()), (is_sent, usize::from(is_sent)), "{name}");
        assert_eq!(asked.load(Ordering::SeqCst), 1, "{name}");
        let kind_fits = match (says, &started) {
            (Says::Refuse, Err(refusal)) => matches!(refusal, StartError::Risky),
            (Says::Panic, Err(refusal)) => matches!(refusal, StartError::Misconfigured(_)),
            (_, Err(refusal)) => matches!(refusal, StartError::Unavailable),
            (_, Ok(_)) => true,
        };
        assert!(kind_fits, "{name}: {started:?}");
    }
}

#[tokio::test]
async fn the_check_is_asked_after_counting_so_nobody_can_have_it_asked_without_end() {
    let (world, asked) = checked(Says::Refuse, OnRiskError::Refuse);
    let alice = alice();
    assert!(matches!(world.start(&alice).await, Err(StartError::Risky)));
    for scope in [pay(), settings()] {
        for _ in 0..10 {
            let refused = world.mfa.start(&alice, StartRequest::new(scope, Channel::Messaging)).await;
            let Err(StartError::CoolingDown { retry_after, .. }) = refused else { panic!("{refused:?}") };
            assert_eq!(retry_after, Duration::from_secs(30));
        }
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    world.clock.advance(Duration::from_secs(30));
    assert!(matches!(world.start(&alice).await, Err(StartError::Risky)));
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}
