//! axe-core, which finds barriers in a page.

use std::{env, fmt::Write as _, fs, sync::LazyLock};

use serde_json::Value;

/// Source of axe-core.
pub(crate) static SOURCE: LazyLock<String> = LazyLock::new(|| {
    let path =
        env::var_os("MFAKIT_AXE").expect("MFAKIT_AXE names an axe.min.js: `cargo xtask test` installs one");
    fs::read_to_string(path).unwrap()
});

/// Runs axe-core on the whole page, once its source is loaded.
pub(crate) const RUN: &str = "
    const [done] = arguments;
    axe.run({ resultTypes: ['violations'] }).then(result => done(result.violations), error => done(String(error)));
";

/// Describes what axe-core found. The text is empty if it found nothing.
pub(crate) fn findings(violations: &Value) -> String {
    let mut findings = String::new();
    for violation in violations.as_array().unwrap_or_else(|| panic!("axe-core failed: {violations}")) {
        let (id, help) = (violation["id"].as_str().unwrap(), violation["help"].as_str().unwrap());
        writeln!(findings, "{id}: {help}").unwrap();
        for node in violation["nodes"].as_array().unwrap() {
            let (html, why) = (node["html"].as_str().unwrap(), node["failureSummary"].as_str().unwrap_or(""));
            writeln!(findings, "  {html}\n    {}", why.replace('\n', "\n    ")).unwrap();
        }
    }
    findings
}
