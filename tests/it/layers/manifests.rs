//! Dependencies of a crate, by its manifest.

use toml::{Table, Value};

/// Returns the names of the packages that a manifest depends on in builds, and for tests too if asked.
fn dependencies(manifest: &str, tables: &[&str]) -> Vec<String> {
    let manifest: Table = manifest.parse().unwrap();
    let named = tables.iter().filter_map(|name| manifest.get(*name)?.as_table());
    let for_targets = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(|targets| {
        targets.values().flat_map(|target| tables.iter().filter_map(|name| target.get(*name)?.as_table()))
    });
    let package = |(name, value): (&String, &Value)| {
        let renamed = value.get("package").and_then(Value::as_str);
        renamed.map_or_else(|| name.clone(), str::to_owned)
    };
    named.chain(for_targets).flatten().map(package).collect()
}

/// Returns the dependencies on one of these families of packages, as messages: `axum` stands for `axum-core` too.
///
/// `tables` names the parts of the manifest to read, such as `dependencies`.
pub(super) fn forbidden(
    file: &str,
    manifest: &str,
    tables: &[&str],
    families: &[&str],
    reason: &str,
) -> Vec<String> {
    let found = dependencies(manifest, tables);
    let belongs = |name: &str, family| {
        name.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let found = found.iter().filter(|name| families.iter().any(|family| belongs(name, *family)));
    let line =
        |name: &str| manifest.lines().position(|line| line.contains(name)).map_or(1, |position| position + 1);
    found.map(|name| format!("{file}:{}: `{name}` is a dependency, but {reason}", line(name))).collect()
}
