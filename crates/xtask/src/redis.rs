//! The Redis that the tests start and end.

use crate::{
    debian,
    shell::{Failed, command, succeeds},
};

/// Installs redis-server and redis-cli where they are missing.
pub(crate) fn installed() -> Result<(), Failed> {
    let runs = |program: &str| succeeds(&mut command(program, ["--version"]));
    if runs("redis-server") && runs("redis-cli") { Ok(()) } else { debian::install(&["redis-server"]) }
}
