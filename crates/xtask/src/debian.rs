//! Debian's packages.

use crate::shell::{Failed, command, run};

/// Waits for whoever else is installing something, for so many seconds.
const CALL_TIMEOUT: [&str; 2] = ["-o", "DPkg::Lock::Timeout=120"];

/// Installs packages, or says how to do it by hand.
pub(crate) fn install(packages: &[&str]) -> Result<(), Failed> {
    let by_hand = format!("install them by hand: apt-get install {}", packages.join(" "));
    let install = || {
        run(&mut command("apt-get", CALL_TIMEOUT.into_iter().chain(["update", "-qq"])))?;
        let words = ["install", "--yes", "--no-install-recommends", "-qq"];
        let words = CALL_TIMEOUT.into_iter().chain(words).chain(packages.iter().copied());
        run(command("apt-get", words).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    install().map_err(|Failed(why)| Failed(format!("{why}\n       {by_hand}")))
}
