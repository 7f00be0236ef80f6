//! A build without debug assertions does not contain the tools for tests by accident [CODE-10].

use std::{env, path::Path, process::Command};

/// Begins to compile the core with these features. It stops at the first missing dependency, which is after the check of
/// the features. Returns the errors.
fn errors(features: &[&str], debug_assertions: &str) -> String {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("crates/mfakit-core/src/lib.rs");
    let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.args(["--edition", "2024", "--crate-type", "lib", "--emit", "metadata"]).arg("--out-dir");
    rustc.arg(env::temp_dir()).arg(format!("-Cdebug-assertions={debug_assertions}"));
    for feature in features {
        rustc.arg("--cfg").arg(format!("feature={feature:?}"));
    }
    let output = rustc.arg(core).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("error"), "a compiler without the dependencies cannot succeed: {errors}");
    errors
}

#[test]
fn a_release_with_the_tools_for_tests_compiles_only_if_it_is_told_to() {
    for (name, features, debug_assertions, stops) in [
        ("release", &["testing"] as &[_], "off", true),
        ("release with a suite for stores", &["conformance", "testing"], "off", true),
        ("release that is told to", &["testing", "testing-in-release"], "off", false),
        ("release without the feature", &[], "off", false),
        ("test", &["testing"], "on", false),
    ] {
        let errors = errors(features, debug_assertions);
        let says = "Move the feature to `[dev-dependencies]`, or enable the feature `testing-in-release`";
        assert_eq!(errors.contains(says), stops, "{name}: {errors}");
    }
}
