//! Scopes that are declared, and those that are not.

use mfakit_core::{Requirement, Scope};

use crate::world::{alice, world};

#[test]
fn the_declared_scopes_are_listed_in_order() {
    let names: Vec<_> = world().mfa.scopes().map(|scope| scope.to_string()).collect();
    assert_eq!(names, ["pay", "settings"]);
}

#[test]
fn declared_scopes_can_be_asserted() {
    const PAY: &str = "pay";
    let mfa = world().mfa;
    mfa.assert_scopes([PAY, "settings"]);
    mfa.assert_scopes(mfa.scopes());
    mfa.assert_scopes([""; 0]);
}

#[test]
#[should_panic(
    expected = "\"setings\" is not declared: did you mean \"settings\"? The builder of Mfa declares \"pay\", \"settings\""
)]
fn a_misspelled_scope_fails_the_assertion() {
    world().mfa.assert_scopes(["pay", "setings"]);
}

#[test]
#[should_panic(expected = "\"Pay\" is not declared: did you mean \"pay\"?")]
fn a_name_that_is_no_scope_fails_the_assertion() {
    world().mfa.assert_scopes(["Pay"]);
}

#[tokio::test]
async fn a_misspelled_scope_suggests_the_declared_one_in_the_error_and_the_event() {
    let world = world();
    let requirement = Requirement::new(Scope::new("setting").unwrap());
    let error = world.mfa.check(Some(&alice()), &requirement, None).await.unwrap_err();
    for text in [error.to_string(), world.events.text()] {
        // The event is recorded as `Debug` shows it.
        let text = text.replace('\\', "");
        assert!(
            text.contains("did you mean \"settings\"? The builder of Mfa declares \"pay\", \"settings\""),
            "{text}"
        );
    }
}
