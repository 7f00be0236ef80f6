//! Checks formatting, clippy, docs, the English of the docs, each feature alone, and dependencies.

use crate::{
    msrv::msrv,
    openssl,
    parts::Parts,
    prose::prose,
    shell::{Failed, all, cargo, command, root, run, succeeds},
    weigh::weigh,
};

/// Every crate with features, and each set of features that an app may choose. The empty set is the crate alone.
const FEATURES: &[(&str, &[&str])] = &[
    (
        "mfakit-core",
        &[
            "",
            "bandwidth",
            "bandwidth,rustls-no-provider",
            "bandwidth,rustls-aws-lc-rs",
            "bandwidth,rustls-ring",
            "bandwidth,native-tls",
            "bandwidth,native-tls,rustls-no-provider",
            "rustls-no-provider",
            "translations",
            "metrics",
            "bandwidth,metrics",
            "testing",
            "conformance",
        ],
    ),
    ("mfakit-middleware", &["", "tower", "axum", "actix", "translations", "testing", "testing,tower"]),
    (
        "mfakit-redis",
        &[
            "",
            "cluster",
            "sentinel",
            "rustls-no-provider",
            "rustls-aws-lc-rs",
            "rustls-ring",
            "native-tls",
            "native-tls,rustls-no-provider",
        ],
    ),
    ("mfakit-sqlx", &["", "postgres", "sqlite", "postgres,sqlite"]),
    (
        "mfakit",
        &[
            "",
            "bandwidth",
            "tower",
            "axum",
            "actix",
            "redis",
            "redis-cluster",
            "redis-sentinel",
            "redis,rustls-ring",
            "postgres",
            "sqlite",
            "metrics",
            "axum,metrics",
            "testing",
            "conformance",
            "translations",
            "axum,actix",
            "axum,translations",
        ],
    ),
];

/// Runs every check, even after a failure.
pub(crate) fn check(parts: &mut Parts) {
    // All features include the system's TLS.
    parts.run("install the headers of OpenSSL", openssl::install);
    parts.run("format", || cargo(["fmt", "--all", "--check"]));
    parts.run("clippy", || {
        cargo(["clippy", "--workspace", "--all-targets", "--all-features", "--", "--deny", "warnings"])
    });
    parts.run("docs", || {
        run(command("cargo", ["doc", "--workspace", "--all-features", "--no-deps"])
            .env("RUSTDOCFLAGS", "--deny warnings"))
    });
    parts.run("prose", || prose(&root()));
    parts.run("toolchains", msrv);
    parts.run("packages", || weigh(false));
    for (package, sets) in FEATURES {
        parts.run(&format!("clippy of each set of features of {package}"), || {
            all(sets.iter().map(|set| {
                let clippy = ["clippy", "--package", package, "--no-default-features", "--features", set];
                cargo(clippy.into_iter().chain(["--", "--deny", "warnings"]))
            }))
        });
    }
    parts.run("licenses, bans and sources", dependencies);
}

/// Checks dependencies by `deny.toml`, if cargo-deny is installed. Advisories are left to the workflow, because they
/// change without a change of ours.
fn dependencies() -> Result<(), Failed> {
    if succeeds(&mut command("cargo", ["deny", "--version"])) {
        cargo(["deny", "--all-features", "check", "licenses", "bans", "sources"])
    } else {
        println!(
            "xtask: cargo-deny is not installed, so deny.toml was not checked: cargo install cargo-deny"
        );
        Ok(())
    }
}
