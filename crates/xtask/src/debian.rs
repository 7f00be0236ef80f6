//! Debian packages.

use crate::shell::{Failed, command, output, run, succeeds};

/// Makes apt wait up to 120 seconds for another installation.
const LOCK_TIMEOUT: [&str; 2] = ["-o", "DPkg::Lock::Timeout=120"];

/// Installs packages, which needs apt-get and root. The error states how to install them by hand.
pub(crate) fn install(packages: &[&str]) -> Result<(), Failed> {
    let names = packages.join(" ");
    if !succeeds(&mut command("apt-get", ["--version"])) {
        return Err(Failed(format!("programs are missing: install them, by their names in Debian: {names}")));
    }
    if output(&mut command("id", ["-u"])).as_deref() != Some("0") {
        let cure = "run this chore as root, or install them yourself";
        return Err(Failed(format!("Debian packages are missing: {cure}: sudo apt-get install {names}")));
    }
    let install = || {
        run(&mut command("apt-get", LOCK_TIMEOUT.into_iter().chain(["update", "-qq"])))?;
        let arguments = ["install", "--yes", "--no-install-recommends", "-qq"];
        let arguments = LOCK_TIMEOUT.into_iter().chain(arguments).chain(packages.iter().copied());
        run(command("apt-get", arguments).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    let by_hand = format!("install them by hand: apt-get install {names}");
    install().map_err(|Failed(why)| Failed(format!("{why}\n       {by_hand}")))
}
