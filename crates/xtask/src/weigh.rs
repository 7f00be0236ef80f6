//! Measures the cost of mfakit in the build of an app.
//!
//! A plain axum app is built as it is, with mfakit but without its HTTP client, with translations as well, and with
//! mfakit's default features. The packages that mfakit adds are limited. The CPU seconds of a clean build depend on the
//! machine, so they are only shown.

use std::{collections::BTreeSet, fs, path::Path};

use crate::shell::{Failed, captured, command, root, target};

/// Builds of the app: a name, the app's feature, and the number of packages that it may add to the plain app.
const BUILDS: [(&str, &str, usize); 4] = [
    ("the app", "", 0),
    ("without a client", "engine", 45),
    ("with default features", "default-features", 58),
    ("with default features and translations", "translations", 86),
];

/// Measures the packages, and the CPU seconds of a clean build if `builds` is true.
pub(crate) fn weigh(builds: bool) -> Result<(), Failed> {
    let app = target().join("weigh");
    write_app(&app).map_err(|error| Failed(format!("{} cannot be written: {error}", app.display())))?;
    let mut plain: Option<(BTreeSet<String>, f64)> = None;
    let mut heavy = Vec::new();
    for (name, feature, most) in BUILDS {
        let packages = packages(&app, feature)?;
        let seconds = if builds { cpu_seconds(&app, feature)? } else { 0.0 };
        let (added, times) = plain.as_ref().map_or((0, 0.0), |(plain, plain_seconds)| {
            (packages.difference(plain).count(), (seconds - plain_seconds) / plain_seconds)
        });
        let cpu = if builds {
            format!(", {seconds:.1} CPU s (adds {times:.2} times the app)")
        } else {
            String::new()
        };
        println!("xtask: {name}: {} packages (adds {added}, at most {most}){cpu}", packages.len());
        if added > most {
            heavy.push(format!("{name}, mfakit adds {added} packages instead of at most {most}"));
        }
        plain.get_or_insert((packages, seconds));
    }
    if heavy.is_empty() { Ok(()) } else { Err(Failed(heavy.join("\nxtask: "))) }
}

/// Writes an app with the versions of the workspace.
fn write_app(app: &Path) -> std::io::Result<()> {
    fs::create_dir_all(app.join("src"))?;
    let mfakit = root().join("crates/mfakit");
    let manifest = format!(
        r#"[package]
name = "weighed"
version = "0.0.0"
edition = "2024"
publish = false

[dependencies]
axum = "0.8"
tokio = {{ version = "1", features = ["macros", "net", "rt-multi-thread"] }}
mfakit = {{ path = {mfakit:?}, optional = true, default-features = false, features = ["axum"] }}

[features]
engine = ["dep:mfakit"]
translations = ["default-features", "mfakit/translations"]
default-features = ["engine", "mfakit/default"]

[workspace]
"#
    );
    fs::write(app.join("Cargo.toml"), manifest)?;
    fs::write(app.join("src/main.rs"), "fn main() {}\n")?;
    fs::copy(root().join("Cargo.lock"), app.join("Cargo.lock"))?;
    Ok(())
}

/// Returns the packages that are built for this platform, with their versions, except the app.
fn packages(app: &Path, feature: &str) -> Result<BTreeSet<String>, Failed> {
    let tree =
        ["tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}", "--features", feature];
    let tree = captured(command("cargo", tree).current_dir(app))?;
    let name = |line: &str| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    Ok(tree.lines().map(name).filter(|name| !name.is_empty() && !name.starts_with("weighed ")).collect())
}

/// Returns the CPU seconds, of the user and the system, of a clean build with two jobs.
fn cpu_seconds(app: &Path, feature: &str) -> Result<f64, Failed> {
    let built = app.join("target");
    if built.exists() {
        let failed = |error| Failed(format!("{} cannot be removed: {error}", built.display()));
        fs::remove_dir_all(&built).map_err(failed)?;
    }
    // The times of a shell's children are portable, and the standard library does not have those of a child.
    let script = "cargo build --quiet --jobs 2 --features \"$1\" --target-dir \"$2\" 1>&2 && times";
    let times = captured(command("sh", ["-c", script, "weigh", feature]).arg(&built).current_dir(app))?;
    children_seconds(&times).ok_or_else(|| Failed(format!("sh printed times of an unknown form: {times:?}")))
}

/// Reads the second line of `times` (POSIX), such as `0m27.04s 0m5.01s`: the shell's children.
fn children_seconds(times: &str) -> Option<f64> {
    times.lines().nth(1)?.split_whitespace().map(seconds).sum()
}

fn seconds(text: &str) -> Option<f64> {
    let (minutes, seconds) = text.strip_suffix('s')?.split_once('m')?;
    Some(minutes.parse::<f64>().ok()? * 60.0 + seconds.parse::<f64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_of_the_children_are_added() {
        for (times, total) in [
            ("0m0.00s 0m0.01s\n1m27.04s 0m5.01s\n", Some(92.05)),
            ("0m0.000000s 0m0.000000s\n0m0.500000s 0m0.250000s\n", Some(0.75)),
            ("", None),
            ("0m0.00s 0m0.01s\nlong\n", None),
        ] {
            let read = children_seconds(times).map(|read| (read * 100.0).round() / 100.0);
            assert_eq!(read, total, "{times:?}");
        }
    }
}
