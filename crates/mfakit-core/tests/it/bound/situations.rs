//! The state of an action, as the challenge page shows it.

use std::time::Duration;

use mfakit_core::{
    BoxError, RiskCheck, StartError, Subject,
    action::{Action as _, ApprovalId},
    adapter::{MfaBoundExt as _, MfaExt as _, Situation},
    risk::{OnRiskError, PlannedSend, Risk},
};

use super::{Bank, bank, bank_with, order, required, usual};
use crate::world::{alice, user};

async fn situation(bank: &Bank, subject: &Subject, approval: Option<&ApprovalId>) -> Situation {
    let tokens = |approval: &ApprovalId| bank.token(approval);
    bank.world.mfa.bound_situation(subject, &required(), approval, &tokens).await.unwrap()
}

#[tokio::test]
async fn an_action_is_shown_with_its_words_its_challenge_and_its_grant() {
    let (bank, alice) = (bank(), alice());
    assert!(situation(&bank, &alice, None).await.action.is_none());
    let approval = bank.propose(&alice, &usual()).await;
    let shown = situation(&bank, &alice, Some(&approval.id)).await;
    let action = shown.action.unwrap();
    assert_eq!((action.approval, &action.words), (approval, &usual().words()));
    assert_eq!((action.target.as_deref(), action.expires_in), (Some("/transfer"), Duration::from_secs(300)));
    assert!(shown.live.is_none() && shown.grant.is_none());

    let live = bank.start(&alice, &approval).await.unwrap();
    let shown = situation(&bank, &alice, Some(&approval.id)).await;
    assert_eq!(shown.live.unwrap().reference(), live.reference());

    let _ = bank.enter_code(&alice, &live).await;
    let shown = situation(&bank, &alice, Some(&approval.id)).await;
    assert_eq!(shown.grant.unwrap().approval(), Some(&approval));
    assert!(shown.live.is_none() && !shown.unkept);

    bank.cookies.lock().unwrap().clear();
    let shown = situation(&bank, &alice, Some(&approval.id)).await;
    assert!(shown.grant.is_none() && shown.unkept, "the browser did not keep the cookie");
}

#[tokio::test]
async fn each_of_two_actions_is_shown_by_itself_and_the_newest_without_a_name() {
    let (bank, alice) = (bank(), alice());
    let first = bank.propose(&alice, &usual()).await;
    let live = bank.start(&alice, &first).await.unwrap();
    bank.world.clock.advance(Duration::from_secs(1));
    let second = bank.propose(&alice, &order("7.00 USD", "Bob")).await;
    let newest = situation(&bank, &alice, None).await;
    assert_eq!(newest.action.unwrap().approval, second);
    assert!(newest.live.is_none(), "the challenge is the other's");
    let named = situation(&bank, &alice, Some(&first.id)).await;
    assert_eq!(named.action.unwrap().approval, first);
    assert_eq!(named.live.unwrap().reference(), live.reference());
    let unbound = bank.world.mfa.situation(&alice, &required(), None).await.unwrap();
    assert!(unbound.live.is_none() && unbound.action.is_none() && unbound.grant.is_none());
}

#[tokio::test]
async fn an_approval_that_is_over_shows_nothing_of_another() {
    let (bank, alice) = (bank(), alice());
    let gone = bank.approve(&alice, &usual()).await;
    bank.carry_out(&alice, &usual()).await.unwrap();
    let other = bank.approve(&alice, &order("7.00 USD", "Bob")).await;
    for (name, subject, approval) in [
        ("carried out", &alice, gone.id),
        ("unknown", &alice, ApprovalId::from_bytes([7; 16])),
        ("another session's", &user("alice"), other.id),
    ] {
        let shown = situation(&bank, subject, Some(&approval)).await;
        assert!(shown.action.is_none() && shown.live.is_none() && shown.grant.is_none(), "{name}: {shown:?}");
    }
}

/// Rejects payments to Mallory.
struct NotToMallory;

#[async_trait::async_trait]
impl RiskCheck for NotToMallory {
    async fn assess(&self, send: &PlannedSend<'_>) -> Result<Risk, BoxError> {
        let payee = send.words.and_then(|words| words.payee());
        Ok(if payee == Some("Mallory") { Risk::Reject } else { Risk::Accept })
    }
}

#[tokio::test]
async fn a_risk_check_sees_the_payee() {
    let bank = bank_with(|builder| builder.risk_check(NotToMallory, OnRiskError::Reject));
    let alice = alice();
    let risky = bank.propose(&alice, &order("1.00 EUR", "Mallory")).await;
    let started = bank.start(&alice, &risky).await;
    assert!(matches!(started, Err(StartError::Risky)), "{started:?}");
    bank.world.clock.advance(Duration::from_secs(30));
    let usual = bank.propose(&alice, &usual()).await;
    assert!(bank.start(&alice, &usual).await.is_ok());
}
