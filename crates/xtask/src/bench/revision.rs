//! Checkout of an earlier revision below `target`, and the programs of its benchmarks.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::shell::{Failed, captured, command, root, run, target};

/// Paths of the benchmarks, which are the same for both revisions. A path that only one of them has is left out.
const SHARED: [&str; 5] = ["guard.rs", "guard_actix.rs", "guard", "guard_actix", "world"];

/// Checks a revision out, with the present benchmarks. Returns its directory, which a later call uses again.
pub(crate) fn check_out(revision: &str) -> Result<PathBuf, Failed> {
    let tree = target().join("against");
    // A revision such as `HEAD~1` means something else in the checkout itself.
    let commit = format!("{revision}^{{commit}}");
    let commit = captured(&mut command("git", ["rev-parse", "--verify", "--end-of-options", &commit]))?;
    let commit = commit.trim();
    if tree.join(".git").exists() {
        run(command("git", ["checkout", "--quiet", "--force", "--detach", commit]).current_dir(&tree))?;
    } else {
        // Forced, because git still knows a checkout that was deleted together with `target`.
        run(command("git", ["worktree", "add", "--quiet", "--force", "--detach"]).arg(&tree).arg(commit))?;
    }
    let (from, to) = (root().join("tests/benches"), tree.join("tests/benches"));
    for path in SHARED {
        let replaced = replace(&from.join(path), &to.join(path));
        replaced
            .map_err(|error| Failed(format!("{} cannot be replaced: {error}", to.join(path).display())))?;
    }
    Ok(tree)
}

/// Builds benchmarks and returns their programs.
///
/// Each revision needs a target directory of its own. Cargo names a program by its path in the workspace, so in a shared
/// directory the second program would replace the first.
pub(crate) fn build(tree: &Path, target: &Path, benches: &[&str]) -> Result<Vec<PathBuf>, Failed> {
    let mut cargo = command("cargo", ["bench", "--no-run", "--package", "mfakit-tests"]);
    cargo.args(benches.iter().flat_map(|bench| ["--bench", bench]));
    cargo.args(["--message-format", "json-render-diagnostics"]).arg("--target-dir").arg(target);
    // Variables of the package xtask. Build scripts such as ring's run again when these change.
    let of_xtask = env::vars_os().map(|(name, _)| name).filter(|name| {
        name.to_str().is_some_and(|name| name == "CARGO_MANIFEST_DIR" || name.starts_with("CARGO_PKG_"))
    });
    for name in of_xtask {
        cargo.env_remove(name);
    }
    let messages = captured(cargo.current_dir(tree))?;
    let program = |bench: &&str| {
        let program = messages.lines().find_map(|message| program(message, bench));
        program.ok_or_else(|| Failed(format!("cargo built no benchmark {bench} in {}", tree.display())))
    };
    benches.iter().map(program).collect()
}

/// Returns the path of a benchmark's program from one of cargo's messages.
fn program(message: &str, bench: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    let target = message.get("target")?;
    let is_wanted = target.get("name")? == bench && target.get("kind")?.as_array()?.contains(&"bench".into());
    is_wanted.then(|| message.get("executable")?.as_str().map(PathBuf::from))?
}

/// Makes a file or directory equal to another one. What is equal keeps its time, so that cargo does not build it again.
fn replace(from: &Path, to: &Path) -> io::Result<()> {
    if from.is_dir() {
        fs::create_dir_all(to)?;
        let names = |path: &Path| -> io::Result<Vec<_>> {
            fs::read_dir(path)?.map(|entry| Ok(entry?.file_name())).collect()
        };
        for name in names(from)?.into_iter().chain(names(to)?) {
            replace(&from.join(&name), &to.join(&name))?;
        }
        Ok(())
    } else if from.exists() {
        let wanted = fs::read(from)?;
        if fs::read(to).is_ok_and(|is| is == wanted) { Ok(()) } else { fs::write(to, wanted) }
    } else if to.is_dir() {
        fs::remove_dir_all(to)
    } else if to.exists() {
        fs::remove_file(to)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_of_a_benchmark_is_read_from_the_messages_of_cargo() {
        let message = |kind: &str, name: &str, executable: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","target":{{"kind":["{kind}"],"name":"{name}"}},"executable":{executable}}}"#
            )
        };
        let built = message("bench", "guard", r#""/target/guard-1""#);
        assert_eq!(program(&built, "guard"), Some("/target/guard-1".into()));
        for other in [
            message("bench", "guard_actix", r#""/target/guard_actix-1""#),
            message("lib", "guard", "null"),
            message("bench", "guard", "null"),
            r#"{"reason":"build-finished","success":true}"#.to_owned(),
            "warning".to_owned(),
        ] {
            assert_eq!(program(&other, "guard"), None, "{other}");
        }
    }

    #[test]
    fn a_checkout_gets_the_present_files_and_loses_its_own() {
        let scratch = target().join("replaced");
        let (from, to) = (scratch.join("from"), scratch.join("to"));
        for (path, text) in
            [("from/guard/main.rs", "new"), ("to/guard/peer.rs", "old"), ("to/guard.rs", "old")]
        {
            let path = scratch.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        for path in SHARED {
            replace(&from.join(path), &to.join(path)).unwrap();
        }
        assert_eq!(fs::read_to_string(to.join("guard/main.rs")).unwrap(), "new");
        assert!(!to.join("guard/peer.rs").exists() && !to.join("guard.rs").exists());
        fs::remove_dir_all(scratch).unwrap();
    }
}
