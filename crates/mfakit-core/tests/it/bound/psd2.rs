//! Payments as PSD2 requires them, and values that cannot be approved.

use std::time::Duration;

use mfakit_core::{
    ActionError, BuildError, DeclaredScope, Policy,
    action::{Action, Payment, Words},
    adapter::MfaBoundExt as _,
};
use serde::{Deserialize, Serialize};

use super::{Bank, bank, bank_with, required, usual};
use crate::world::{alice, world_with};

fn psd2() -> DeclaredScope {
    DeclaredScope::new("payment", "make a payment").psd2::<Partial>()
}

fn payment() -> mfakit_core::Requirement {
    mfakit_core::Requirement::new(mfakit_core::Scope::new("payment").unwrap())
}

fn strict() -> Policy {
    Policy::default().lock_after(5)
}

/// An action with some of the words of a payment.
#[derive(Debug, Serialize, Deserialize)]
struct Partial {
    amount: Option<mfakit_core::action::Money>,
    payee: Option<String>,
}

impl Action for Partial {
    fn words(&self) -> Words {
        let words = self.amount.map_or_else(Words::new, |amount| Words::new().with_amount(amount));
        match &self.payee {
            Some(payee) => words.with_payee(payee),
            None => words,
        }
    }
}

impl Payment for Partial {}

#[derive(Serialize, Deserialize)]
struct Unordered(f64);

impl Action for Unordered {
    fn words(&self) -> Words {
        Words::new()
    }
}

#[test]
fn a_setting_that_contradicts_psd2_is_rejected_by_name() {
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    for (setting, policy, scope) in [
        ("lock_after is 10", Policy::default(), psd2()),
        ("lock_after is 6", Policy::default().lock_after(6), psd2()),
        ("code_lifetime is 360s", strict().code_lifetime(minutes(6)), psd2()),
        ("grant_lifetime is 301s", strict(), psd2().grant_lifetime(Duration::from_secs(301))),
        ("lock_after is 10", Policy::default(), psd2().bound()),
    ] {
        let (provider, declared) = (mfakit_core::testing::TestProvider::new(), scope);
        let built = mfakit_core::Mfa::builder(provider, "https://bank.example")
            .declare(declared)
            .policy(policy)
            .directory(async |_: mfakit_core::UserId| {
                Ok::<_, std::io::Error>(None::<mfakit_core::PhoneNumber>)
            })
            .messaging_to(["US"])
            .build();
        match built {
            Err(error @ BuildError::Psd2 { .. }) => {
                let text = error.to_string();
                assert!(text.contains(setting) && text.contains("write ."), "{text}");
            }
            other => panic!("{setting}: {other:?}"),
        }
    }
}

#[test]
fn the_grants_of_psd2_last_five_minutes_unless_they_end_earlier() {
    use mfakit_core::adapter::MfaExt as _;
    for (declared, policy, lifetime) in [
        (psd2(), strict(), 300),
        (psd2(), strict().grant_lifetime(Duration::from_secs(120)), 120),
        (psd2().grant_lifetime(Duration::from_secs(60)), strict(), 60),
        (psd2(), Policy::for_tests(), 300),
    ] {
        let world = world_with(|builder| builder.declare(declared).policy(policy));
        let settings = world.mfa.scope(payment().scope()).unwrap();
        assert_eq!(settings.grant_lifetime(), Duration::from_secs(lifetime));
        assert!(settings.is_bound() && settings.is_psd2());
    }
}

#[tokio::test]
async fn a_payment_of_nothing_or_to_no_visible_name_is_not_kept() {
    let bank: Bank = bank_with(|builder| builder.declare(psd2()).policy(strict()));
    for (amount, payee) in [
        ("0.00 EUR", "ACME Ltd"),
        ("1.00 EUR", ""),
        ("1.00 EUR", "  \u{200b}\u{2060} "),
        ("1.00 EUR", "\u{301}"),
        ("1.00 EUR", "{} @#"),
    ] {
        let action = Partial { amount: Some(amount.parse().unwrap()), payee: Some(payee.to_owned()) };
        let proposed = bank.world.mfa.propose(&alice(), &payment(), &action, None).await;
        assert!(matches!(proposed, Err(ActionError::Blank)), "{amount} to {payee:?}: {proposed:?}");
    }
}

#[tokio::test]
async fn a_payment_needs_an_amount_and_a_payee() {
    let bank: Bank = bank_with(|builder| builder.declare(psd2()).policy(strict()));
    let (amount, payee) = (Some("1.00 EUR".parse().unwrap()), Some("ACME Ltd".to_owned()));
    for (name, action) in [
        ("no payee", Partial { amount, payee: None }),
        ("no payee again", Partial { amount, payee: None }),
        ("no amount", Partial { amount: None, payee: payee.clone() }),
    ] {
        let proposed = bank.world.mfa.propose(&alice(), &payment(), &action, None).await;
        assert!(matches!(proposed, Err(ActionError::Blank)), "{name}: {proposed:?}");
        // The first may be a mistake in the type, and is reported.
        let text = bank.world.events.text();
        assert_eq!(text.matches("check the words()").count(), 1, "{name}: {text}");
        assert!(text.contains("Partial") && text.contains("\\\"payment\\\""), "{name}: {text}");
        assert!(bank.world.mfa.propose(&alice(), &required(), &action, None).await.is_ok(), "not a payment");
    }
    let whole = Partial { amount, payee };
    assert!(bank.world.mfa.propose(&alice(), &payment(), &whole, None).await.is_ok());
}

#[tokio::test]
async fn a_payment_of_a_type_that_the_scope_does_not_name_is_a_mistake_that_the_log_names() {
    let bank: Bank = bank_with(|builder| builder.declare(psd2()).policy(strict()));
    bank.world.events.names();
    let propose = async || bank.world.mfa.propose(&alice(), &payment(), &usual(), None).await;
    assert!(matches!(propose().await, Err(ActionError::Misconfigured(_))));
    let text = bank.world.events.text();
    assert!(text.contains("add .psd2::<") && text.contains("bound::Order>()"), "{text}");
    let declared = psd2().psd2::<super::Order>();
    let bank: Bank = bank_with(|builder| builder.declare(declared).policy(strict()));
    assert!(bank.world.mfa.propose(&alice(), &payment(), &usual(), None).await.is_ok());
}

/// An action that is read in many words.
#[derive(Serialize, Deserialize)]
struct Wordy(u16);

impl Action for Wordy {
    fn words(&self) -> Words {
        Words::new().with_line("Reference", "x".repeat(self.0.into()))
    }
}

#[tokio::test]
async fn words_are_limited_like_the_value() {
    let bank = bank();
    let rest = r#"{"amount":null,"payee":null,"lines":[{"label":"Reference","value":{"text":""}}]}"#.len();
    let most = u16::try_from(mfakit_core::action::MAX_ACTION - rest).unwrap();
    assert!(bank.world.mfa.propose(&alice(), &required(), &Wordy(most), None).await.is_ok());
    let proposed = bank.world.mfa.propose(&alice(), &required(), &Wordy(most + 1), None).await;
    assert!(matches!(proposed, Err(ActionError::TooLarge)), "{proposed:?}");
}

#[tokio::test]
async fn a_value_without_one_canonical_form_is_a_mistake_and_a_large_one_is_too_large() {
    let bank = bank();
    bank.world.events.names();
    let proposed = bank.world.mfa.propose(&alice(), &required(), &Unordered(0.1), None).await;
    let text = proposed.unwrap_err().to_string();
    assert!(text.contains("Unordered") && text.contains("floating-point"), "{text}");
    assert_eq!(bank.world.events.names(), ["sys_misconfigured"]);

    let large = super::Order { reference: "x".repeat(4096), ..usual() };
    let proposed = bank.world.mfa.propose(&alice(), &required(), &large, None).await;
    assert!(matches!(proposed, Err(ActionError::TooLarge)), "{proposed:?}");
    let read = bank.world.mfa.read_back(&required(), &large);
    assert!(matches!(read, Err(ActionError::TooLarge)), "{read:?}");
    assert!(bank.world.events.names().is_empty(), "a request can cause this");
}

#[tokio::test]
async fn a_target_that_is_too_long_is_left_out() {
    let (bank, alice) = (bank(), alice());
    let target = |length: usize| format!("/{}", "a".repeat(length - 1));
    for (length, kept) in [(512, true), (513, false)] {
        let order = super::order(&format!("{length}.00 EUR"), "ACME Ltd");
        let approval = bank
            .world
            .mfa
            .propose(&alice, &required(), &order, Some(&target(length)))
            .await
            .unwrap()
            .approval;
        let none = |_: &_| None;
        let situation =
            bank.world.mfa.bound_situation(&alice, &required(), Some(&approval.id), &none).await.unwrap();
        assert_eq!(situation.action.unwrap().target.is_some(), kept, "{length}");
    }
}

#[test]
fn a_bound_scope_needs_a_message_with_room_for_a_payee() {
    let long = "Ж".repeat(60);
    let built = |declared: DeclaredScope| {
        mfakit_core::Mfa::builder(mfakit_core::testing::TestProvider::new(), "https://bank.example")
            .name(long.clone())
            .declare(declared)
            .directory(async |_: mfakit_core::UserId| {
                Ok::<_, std::io::Error>(None::<mfakit_core::PhoneNumber>)
            })
            .messaging_to(["US"])
            .voice_to(["US"])
            .build()
    };
    let transfer = || DeclaredScope::new("transfer", "make a transfer");
    let text = built(transfer().bound()).unwrap_err().to_string();
    assert!(text.contains("are 38 characters too long"), "{text}");
    assert!(built(transfer()).is_ok(), "the message of an unbound scope may be longer");
    assert!(
        built(transfer().bound().channels([mfakit_core::Channel::Voice])).is_ok(),
        "calls have no segments"
    );
}
