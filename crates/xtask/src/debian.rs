//! Debian packages.

use crate::shell::{Failed, command, run};

/// Makes apt wait up to 120 seconds for another installation.
const LOCK_TIMEOUT: [&str; 2] = ["-o", "DPkg::Lock::Timeout=120"];

/// Installs packages. The error states how to install them by hand.
pub(crate) fn install(packages: &[&str]) -> Result<(), Failed> {
    let by_hand = format!("install them by hand: apt-get install {}", packages.join(" "));
    let install = || {
        run(&mut command("apt-get", LOCK_TIMEOUT.into_iter().chain(["update", "-qq"])))?;
        let arguments = ["install", "--yes", "--no-install-recommends", "-qq"];
        let arguments = LOCK_TIMEOUT.into_iter().chain(arguments).chain(packages.iter().copied());
        run(command("apt-get", arguments).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    install().map_err(|Failed(why)| Failed(format!("{why}\n       {by_hand}")))
}
