//! The headers of OpenSSL, which the system's TLS requires on Linux.

use crate::{
    debian,
    shell::{Failed, command, succeeds},
};

/// Installs the headers, unless they are found. Other systems have their own TLS.
pub(crate) fn install() -> Result<(), Failed> {
    let are_found = || succeeds(&mut command("pkg-config", ["--exists", "openssl"]));
    if !cfg!(target_os = "linux") || are_found() {
        return Ok(());
    }
    debian::install(&["libssl-dev", "pkg-config"])
}
