//! Execution of other programs.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Reason why a chore failed.
#[derive(Debug)]
pub(crate) struct Failed(pub(crate) String);

/// Creates a command that runs in the root of the workspace.
pub(crate) fn command<A: AsRef<OsStr>>(
    program: impl AsRef<OsStr>,
    args: impl IntoIterator<Item = A>,
) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(root());
    command
}

/// Runs a command and shows its output.
pub(crate) fn run(command: &mut Command) -> Result<(), Failed> {
    println!("xtask: {}", shown(command));
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failed(format!("{} ended with {status}", shown(command)))),
        Err(error) => Err(Failed(format!("{} did not start: {error}", shown(command)))),
    }
}

/// Combines all failures into one.
pub(crate) fn all(done: impl IntoIterator<Item = Result<(), Failed>>) -> Result<(), Failed> {
    let failed: Vec<_> = done.into_iter().filter_map(|done| done.err().map(|Failed(why)| why)).collect();
    if failed.is_empty() { Ok(()) } else { Err(Failed(failed.join("\nxtask: "))) }
}

/// Returns true if a command succeeds. Its output is not shown.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// Returns what a command prints, without the white space around it. Returns `None` if the command fails.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let printed = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| printed.trim().to_owned())
}

/// Runs a command and returns its standard output.
pub(crate) fn captured(command: &mut Command) -> Result<String, Failed> {
    println!("xtask: {}", shown(command));
    match command.stderr(Stdio::inherit()).output() {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(output) => Err(Failed(format!("{} ended with {}", shown(command), output.status))),
        Err(error) => Err(Failed(format!("{} did not start: {error}", shown(command)))),
    }
}

/// Runs cargo in the root of the workspace.
pub(crate) fn cargo<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Result<(), Failed> {
    run(&mut command("cargo", args))
}

/// Returns the root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map(Path::to_path_buf).unwrap_or_default()
}

/// Returns the target directory of cargo.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// Returns the words of a command.
pub(crate) fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
