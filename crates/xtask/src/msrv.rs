//! Checks that no dependency needs a newer toolchain than the published crates promise.
//!
//! Clippy checks the items of the standard library (`incompatible_msrv`). This checks the `rust-version` of every package
//! that an app builds, on all platforms and with all features. A package without a `rust-version` is accepted.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::shell::{Failed, all, captured, command};

/// Features that need a newer toolchain than the rest, and the oldest that builds each, in ascending order: actix-web 4.18
/// needs 1.89, and sqlx 0.9 needs 1.94.
const NEWER: [(&str, Version); 3] =
    [("actix", Version(1, 89)), ("postgres", Version(1, 94)), ("sqlite", Version(1, 94))];

/// Version of a toolchain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Version(u32, u32);

impl Version {
    /// Parses a `rust-version`, such as `1.88` or `1.88.0`.
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let major = parts.next()?.parse().ok()?;
        let minor = parts.next().map_or(Some(0), |minor| minor.parse().ok())?;
        Some(Self(major, minor))
    }
}

/// Package in the metadata of the workspace.
struct Package {
    rust_version: Option<Version>,
    features: Vec<String>,
    is_published: bool,
}

/// Packages by name and version.
type Packages = BTreeMap<(String, String), Package>;

/// Compares the promises of all published crates with their dependencies.
pub(crate) fn msrv() -> Result<(), Failed> {
    let metadata = captured(&mut command("cargo", ["metadata", "--format-version", "1", "--all-features"]))?;
    let packages = read(&metadata).ok_or_else(|| Failed("cargo's metadata is not readable".to_owned()))?;
    let published = packages.iter().filter(|(_, package)| package.is_published);
    all(published.flat_map(|((name, _), package)| {
        let promise = package.rust_version.unwrap_or(Version(1, 0));
        let promises = promises(promise, &package.features).into_iter();
        promises.map(|(promise, features)| keeps(name, &features, promise, &packages)).collect::<Vec<_>>()
    }))
}

/// Returns each toolchain that is promised for some features of a package, with the features that it builds.
fn promises(promise: Version, features: &[String]) -> BTreeMap<Version, Vec<&str>> {
    let needs = |feature: &str| {
        let newer = NEWER.iter().find(|(name, _)| *name == feature).map(|(_, version)| *version);
        newer.map_or(promise, |version| version.max(promise))
    };
    let toolchains = features.iter().map(|feature| needs(feature)).chain([promise]);
    let built = |toolchain| {
        let features = features.iter().map(String::as_str);
        features.filter(|feature| needs(feature) <= toolchain).collect()
    };
    toolchains.map(|toolchain| (toolchain, built(toolchain))).collect()
}

/// Returns a failure that names the dependencies that are newer than the promise.
fn keeps(package: &str, features: &[&str], promise: Version, packages: &Packages) -> Result<(), Failed> {
    let features = features.join(",");
    let tree = ["tree", "--package", package, "--no-default-features", "--features", &features];
    let shown = ["--edges", "normal,build", "--target", "all", "--prefix", "none", "--format", "{p}"];
    let built = captured(&mut command("cargo", tree.into_iter().chain(shown)))?;
    let newer = newer(&built, promise, packages);
    if newer.is_empty() {
        return Ok(());
    }
    let Version(major, minor) = promise;
    let newer = newer.into_iter().collect::<Vec<_>>().join(", ");
    Err(Failed(format!(
        "{package} promises Rust {major}.{minor} with {features:?}, but needs more for {newer}"
    )))
}

/// Returns the packages in the output of `cargo tree` that need a newer toolchain.
fn newer(tree: &str, promise: Version, packages: &Packages) -> BTreeSet<String> {
    let built = tree.lines().filter_map(|line| {
        let (name, rest) = line.split_once(" v")?;
        let version = rest.split_whitespace().next()?;
        Some((name.to_owned(), version.to_owned()))
    });
    let newer = built.filter(|package| {
        packages.get(package).and_then(|package| package.rust_version).is_some_and(|needs| needs > promise)
    });
    newer.map(|(name, version)| format!("{name} {version}")).collect()
}

fn read(metadata: &str) -> Option<Packages> {
    let metadata: Value = serde_json::from_str(metadata).ok()?;
    let members = metadata.get("workspace_members")?.as_array()?;
    let packages = metadata.get("packages")?.as_array()?.iter().map(|package| {
        let text = |key: &str| Some(package.get(key)?.as_str()?.to_owned());
        // `publish` is null for a crate that may go to any registry, and a list of registries otherwise.
        let is_published = package.get("publish")?.is_null() && members.contains(package.get("id")?);
        let features = package.get("features")?.as_object()?.keys().cloned().collect();
        let rust_version = text("rust_version").and_then(|version| Version::parse(&version));
        Some(((text("name")?, text("version")?), Package { rust_version, features, is_published }))
    });
    packages.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const METADATA: &str = r#"{
        "workspace_members": ["ours"],
        "packages": [
            {"id": "ours", "name": "ours", "version": "0.1.0", "publish": null, "rust_version": "1.88",
             "features": {"actix": [], "axum": []}},
            {"id": "a", "name": "a", "version": "2.0.0", "publish": null, "rust_version": "1.89.1", "features": {}},
            {"id": "b", "name": "b", "version": "1.0.0", "publish": null, "rust_version": null, "features": {}},
            {"id": "a1", "name": "a", "version": "1.0.0", "publish": null, "rust_version": "1.60", "features": {}}
        ]
    }"#;

    #[test]
    fn a_version_is_a_number_of_two_or_three_parts() {
        for (text, version) in [
            ("1.88", Some(Version(1, 88))),
            ("1.88.0", Some(Version(1, 88))),
            ("1", Some(Version(1, 0))),
            ("2.0", Some(Version(2, 0))),
            ("new", None),
        ] {
            assert_eq!(Version::parse(text), version, "{text}");
        }
        assert!(Version(1, 100) > Version(1, 89) && Version(2, 0) > Version(1, 100));
    }

    #[test]
    fn a_feature_that_needs_more_is_promised_for_a_newer_toolchain_alone() {
        let features = ["actix", "axum", "postgres"].map(str::to_owned);
        assert_eq!(
            promises(Version(1, 88), &features),
            [
                (Version(1, 88), vec!["axum"]),
                (Version(1, 89), vec!["actix", "axum"]),
                (Version(1, 94), vec!["actix", "axum", "postgres"]),
            ]
            .into()
        );
        assert_eq!(promises(Version(1, 94), &features[2..]), [(Version(1, 94), vec!["postgres"])].into());
        assert_eq!(promises(Version(1, 88), &[]), [(Version(1, 88), vec![])].into());
    }

    #[test]
    fn a_dependency_that_needs_more_is_named() {
        let packages = read(METADATA).unwrap();
        let tree = "ours v0.1.0 (/work)\na v2.0.0\na v1.0.0\nb v1.0.0 (proc-macro)\na v2.0.0 (*)\n";
        assert_eq!(newer(tree, Version(1, 88), &packages), ["a 2.0.0".to_owned()].into());
        assert_eq!(newer(tree, Version(1, 89), &packages), BTreeSet::new());
    }

    #[test]
    fn only_members_that_are_published_make_promises() {
        let packages = read(METADATA).unwrap();
        let published: Vec<_> =
            packages.iter().filter(|(_, package)| package.is_published).map(|((name, _), _)| name).collect();
        assert_eq!(published, ["ours"]);
        assert_eq!(read("{}").map(|packages| packages.len()), None);
    }
}
