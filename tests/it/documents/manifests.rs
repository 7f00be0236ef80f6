//! Manifests of the published crates have what a registry and its readers need.

use std::fs;

use toml::{Table, Value};

use super::{root, text};

/// Published crates, with their manifests.
fn published() -> Vec<(String, Table)> {
    let folders = fs::read_dir(root().join("crates")).unwrap();
    let names = folders.map(|folder| folder.unwrap().file_name().into_string().unwrap());
    let crates = names.map(|name| {
        let manifest = text(&format!("crates/{name}/Cargo.toml")).parse::<Table>().unwrap();
        (name, manifest)
    });
    crates
        .filter(|(_, manifest)| manifest["package"].get("publish") != Some(&Value::Boolean(false)))
        .collect()
}

#[test]
fn every_published_crate_can_be_found_and_read() {
    let crates = published();
    assert_eq!(crates.len(), 7);
    for (name, manifest) in crates {
        let package = &manifest["package"];
        let description = package["description"].as_str().unwrap();
        assert!(
            description.contains("MFA") && description.contains("2FA") || name == "mfakit-macros",
            "{name}"
        );
        assert_eq!(package["documentation"].as_str(), Some(format!("https://docs.rs/{name}").as_str()));
        let keywords = package["keywords"].as_array().unwrap();
        assert!((1..=5).contains(&keywords.len()), "{name}");
        assert!(keywords.iter().all(|keyword| keyword.as_str().unwrap().len() <= 20), "{name}");
        assert!(!package["categories"].as_array().unwrap().is_empty(), "{name}");
        let docs = &package["metadata"]["docs"]["rs"];
        assert_eq!(docs["all-features"], Value::Boolean(true), "{name}");
        assert_eq!(docs["rustdoc-args"], Value::from(vec!["--cfg", "docsrs"]), "{name}");
        let library = text(&format!("crates/{name}/src/lib.rs"));
        assert!(
            library.contains("#![cfg_attr(docsrs, feature(doc_cfg))]"),
            "{name} shows no badges of features"
        );
    }
}

#[test]
fn every_published_crate_contains_its_readme_and_the_licenses() {
    for (name, _) in published() {
        assert!(text(&format!("crates/{name}/README.md")).starts_with(&format!("# {name}\n")));
        for license in ["LICENSE-MIT", "LICENSE-APACHE"] {
            assert_eq!(text(&format!("crates/{name}/{license}")), text(license), "{name}");
        }
    }
}

/// A file outside of a package is missing for its users.
#[test]
fn no_library_includes_a_file_outside_of_its_package() {
    for (name, _) in published() {
        let mut folders = vec![root().join("crates").join(&name).join("src")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if entry.is_dir() {
                    folders.push(entry);
                } else if entry.extension().is_some_and(|extension| extension == "rs") {
                    let source = fs::read_to_string(&entry).unwrap();
                    let outside = source.contains("include_str!(\"../../..")
                        || source.contains("include_bytes!(\"../../..");
                    assert!(!outside, "{}", entry.display());
                }
            }
        }
    }
}

/// The address of the repository has one place, which every crate takes it from once it is there.
#[test]
fn the_repository_is_named_for_all_crates_or_for_none() {
    let workspace = text("Cargo.toml").parse::<Table>().unwrap();
    let is_named = workspace["workspace"]["package"].get("repository").is_some();
    for (name, manifest) in published() {
        let inherited = manifest["package"].get("repository");
        let is_inherited =
            inherited.is_some_and(|value| value.get("workspace") == Some(&Value::Boolean(true)));
        assert_eq!(
            is_inherited, is_named,
            "{name} must inherit the repository if there is one, and name no other"
        );
        assert!(inherited.is_none() || is_inherited, "{name}");
    }
}

#[test]
fn the_guide_lists_the_licenses_that_are_allowed_here() {
    let deployment = text("docs/deployment.md");
    let (_, list) = deployment.split_once("```toml\n[licenses]").unwrap();
    let (list, _) = list.split_once("```").unwrap();
    let listed = list.parse::<Table>().unwrap();
    let rules = text("deny.toml").parse::<Table>().unwrap();
    assert_eq!(listed["allow"], rules["licenses"]["allow"]);
}

#[test]
fn the_page_of_the_crate_lists_every_feature() {
    let page = text("crates/mfakit/src/lib.rs");
    let manifest = text("crates/mfakit/Cargo.toml").parse::<Table>().unwrap();
    let features = manifest["features"].as_table().unwrap();
    for feature in features.keys().filter(|feature| *feature != "default") {
        let row =
            page.lines().find(|line| line.starts_with("//! | `") && line.contains(&format!("`{feature}`")));
        let row = row
            .unwrap_or_else(|| panic!("the table of features in crates/mfakit/src/lib.rs lacks {feature}"));
        let default = features["default"].as_array().unwrap().contains(&Value::from(feature.as_str()));
        assert_eq!(row.contains(&format!("`{feature}` (default)")), default, "{feature}");
    }
}
