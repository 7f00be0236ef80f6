//! Mistakes in the settings, and what the engine declares itself.

use std::time::Duration;

use mfakit_core::{
    BuildError, DeclaredScope, MemoryNumberBook, Mfa, MfaBuilder, Misconfigured, PhoneNumber, Requirement,
    Scope, Subject, UserId,
    adapter::{BoundCheck, MfaBoundExt as _, MfaExt as _},
    testing::TestProvider,
};

use super::town;

fn builder() -> MfaBuilder {
    Mfa::builder(TestProvider::new(), "https://bank.example").scope("pay", "pay").messaging_to(["US"])
}

fn with_directory(builder: MfaBuilder) -> MfaBuilder {
    builder.directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
}

#[test]
fn a_contradiction_in_the_settings_names_the_cure() {
    let book = MemoryNumberBook::new;
    let settled = DeclaredScope::new("payout", "pay out").settled(Duration::from_secs(60));
    for (name, built, cure) in [
        ("neither", builder().build(), ".number_book(…)"),
        ("both", with_directory(builder()).number_book(book()).build(), "remove .directory(…)"),
        (
            "a reserved name",
            builder().number_book(book()).scope("mfakit.manage", "x").build(),
            "another name",
        ),
        ("without a book", with_directory(builder()).scope("mfakit.x", "x").build(), "another name"),
        ("the page", builder().number_book(book()).scope("number", "x").build(), "another name"),
        ("settled", with_directory(builder()).declare(settled).build(), "replace .directory(…)"),
        (
            "no scope of its own",
            Mfa::builder(TestProvider::new(), "https://bank.example")
                .messaging_to(["US"])
                .number_book(book())
                .build(),
            "add .scope(",
        ),
    ] {
        let error: BuildError = built.expect_err(name);
        assert!(error.to_string().contains(cure), "{name}: {error}");
    }
    assert!(with_directory(builder()).scope("number", "see a number").build().is_ok());
}

#[test]
fn an_engine_with_a_book_declares_two_scopes_and_one_without_none() {
    let town = town();
    let names: Vec<_> = town.mfa.scopes().map(|scope| scope.to_string()).collect();
    assert_eq!(names, ["mfakit.enroll", "mfakit.manage", "pay", "transfer"]);
    let enroll = town.mfa.scope(&Scope::ENROLL).unwrap();
    assert!(enroll.is_bound() && enroll.is_enroll());
    assert_eq!(town.mfa.scope(&Scope::MANAGE).unwrap().grant_lifetime(), Duration::from_secs(600));
    let without = with_directory(builder()).build().unwrap();
    assert_eq!(without.scopes().count(), 1);
}

#[tokio::test]
async fn an_engine_without_a_book_changes_no_number() {
    let mfa = with_directory(builder()).build().unwrap();
    let alice = Subject::cookie("alice", mfakit_core::LoginId::random()).with_signed_in_at(mfa.now());
    let proposed = mfa.propose_number(&alice, "+12025550123", None).await.unwrap_err();
    assert!(proposed.to_string().contains("replace .directory(…) by .number_book(…)"), "{proposed}");
    assert!(mfa.remove_number(&alice, None).await.is_err());
    assert!(mfa.numbers(&alice, None).await.is_err());
}

#[tokio::test]
async fn no_guard_can_require_the_scope_of_new_numbers() {
    let town = town();
    let carol = town.signs_in("carol");
    let live = town.enter(&carol, super::NEW, None).await;
    let approval = live.approval.unwrap();
    let requirement = Requirement::new(Scope::ENROLL).once();
    let none = |_: &_| None;
    let says = |mistake: &Misconfigured| {
        let text = mistake.to_string();
        assert!(text.contains("mfakit.enroll"), "{text}");
    };
    says(&town.mfa.check(Some(&carol), &requirement, None).await.unwrap_err());
    says(&town.mfa.consume(Some(&carol), &requirement, None).await.unwrap_err());
    match town.mfa.check_bound(Some(&carol), &requirement, &none).await {
        Err(mistake) => says(&mistake),
        Ok(BoundCheck::Claims(_) | BoundCheck::Denied(_)) => panic!("no guard may require it"),
    }
    says(&town.mfa.approved(Some(&carol), &requirement, &approval, &none).await.unwrap_err());
}

#[tokio::test]
async fn no_action_of_an_app_is_kept_in_the_scope_of_new_numbers() {
    use mfakit_core::action::{Action, Words};
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Number(String);
    impl Action for Number {
        fn words(&self) -> Words {
            Words::new()
        }
    }
    let town = town();
    let carol = town.signs_in("carol");
    let requirement = Requirement::new(Scope::ENROLL).once();
    let number = Number("+12025550123".to_owned());
    let kept = town.mfa.propose(&carol, &requirement, &number, None).await;
    assert!(kept.unwrap_err().to_string().contains("mfakit.enroll"));
    let proposed = town.propose(&carol, "+12025550123", None).await.unwrap();
    let digest = mfakit_core::action::digest_of(&Scope::ENROLL, &number).unwrap();
    let situation = town.mfa.bound_situation(&carol, &requirement, Some(&proposed.approval), &|_| None).await;
    assert_ne!(situation.unwrap().action.unwrap().approval.digest, digest, "the digest is keyed");
}

#[cfg(feature = "translations")]
#[test]
fn another_language_has_the_labels_of_the_reserved_scopes() {
    use mfakit_core::{Messages, messages::MessageId};
    let german = Messages::new("de", |id| match id {
        MessageId::ManageLabel => "um Ihre Telefonnummer zu ändern",
        other => other.english(),
    })
    .label("pay", "um zu zahlen");
    let mfa = builder()
        .number_book(MemoryNumberBook::new())
        .messages(Messages::english())
        .messages(german)
        .build()
        .unwrap();
    let settings = mfa.scope(&Scope::MANAGE).unwrap();
    assert_eq!(mfa.label(settings, mfa.messages(Some("de"))), "um Ihre Telefonnummer zu ändern");
    assert_eq!(mfa.label(settings, mfa.messages(Some("en"))), "change your phone number");
    let linked = Messages::new("de", |id| match id {
        MessageId::EnrollLabel => "visit evil.example",
        other => other.english(),
    })
    .label("pay", "um zu zahlen");
    let built =
        builder().number_book(MemoryNumberBook::new()).messages(Messages::english()).messages(linked).build();
    assert!(built.is_err());
}
