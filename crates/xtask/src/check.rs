//! Checks formatting, clippy, docs, the English of the docs, and each feature alone.

use crate::{
    prose::prose,
    shell::{Failed, all, cargo, command, root, run},
};

/// Every crate with features, and each set of features that an app may choose. The empty set is the crate alone.
const FEATURES: &[(&str, &[&str])] = &[
    ("mfakit-core", &["", "bandwidth", "testing", "conformance"]),
    ("mfakit-middleware", &["", "tower", "axum", "actix"]),
    ("mfakit", &["", "bandwidth", "tower", "axum", "actix", "redis", "testing", "conformance", "axum,actix"]),
];

/// Runs every check, even after a failure, and returns all failures.
pub(crate) fn check() -> Result<(), Failed> {
    let mut done = vec![
        cargo(["fmt", "--all", "--check"]),
        cargo(["clippy", "--workspace", "--all-targets", "--all-features", "--", "--deny", "warnings"]),
        run(command("cargo", ["doc", "--workspace", "--all-features", "--no-deps"])
            .env("RUSTDOCFLAGS", "--deny warnings")),
        prose(&root()),
    ];
    for (package, sets) in FEATURES {
        for set in *sets {
            let clippy = ["clippy", "--package", package, "--no-default-features", "--features", set];
            done.push(cargo(clippy.into_iter().chain(["--", "--deny", "warnings"])));
        }
    }
    all(done)
}
