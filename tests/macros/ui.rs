//! Errors that the compiler shows for mistakes in the attribute and the derive, and the grammar of scopes.

use mfakit::Scope;

/// The attribute's grammar of a scope, which is independent of the one in `mfakit-core`.
#[path = "../../crates/mfakit-macros/src/scope.rs"]
mod attribute;

#[test]
fn each_mistake_has_its_error() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/require_mfa/fail/*.rs");
    cases.compile_fail("ui/action/fail/*.rs");
}

/// Returns names of every length around the limits, with every ASCII character and some others at every relevant
/// position.
fn names() -> Vec<String> {
    let mut names = vec![String::new()];
    let characters = (0..=127).map(char::from).chain("äßİıKſ０а\u{301}\u{200b}😀".chars());
    for character in characters {
        names.push(character.to_string());
        for (before, after) in
            [(0, 1), (1, 0), (1, 1), (15, 0), (16, 0), (0, 31), (30, 1), (31, 0), (31, 1), (32, 0)]
        {
            names.push(format!("{}{character}{}", "a".repeat(before), "0".repeat(after)));
        }
    }
    for length in 0..=40 {
        names.push("abcdefghijklmnopqrstuvwxyz0123456789.-_x".chars().take(length).collect());
        names.push("9".repeat(length));
    }
    names
}

#[test]
fn the_attribute_and_the_core_agree_on_what_a_scope_is() {
    let (mut accepted, mut rejected) = (0, 0);
    for name in names() {
        let core = Scope::new(&name);
        assert_eq!(attribute::check(&name).is_ok(), core.is_ok(), "{name:?}");
        match core {
            Ok(scope) => {
                let packed = attribute::pack(&name);
                assert_eq!(packed, scope.pack(), "{name}");
                assert_eq!(Scope::unpack(packed.0, packed.1), scope, "{name}");
                accepted += 1;
            }
            Err(_) => rejected += 1,
        }
    }
    assert!(accepted > 200 && rejected > 500, "{accepted} accepted, {rejected} rejected");
    assert_eq!(attribute::MAX_LEN, Scope::MAX_LEN);
}

/// A case that compiles belongs to `tests/it`, and no other folder of cases is run.
#[test]
fn every_folder_of_cases_is_run() {
    let folders = |path| {
        let entries = std::fs::read_dir(path).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(folders("ui"), ["action", "require_mfa"]);
    for of in ["ui/action", "ui/require_mfa"] {
        assert_eq!(folders(of), ["fail"]);
    }
}
