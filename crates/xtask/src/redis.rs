//! The Redis server that the tests start.

use crate::{
    debian,
    shell::{Failed, command, succeeds},
};

/// Installs redis-server and redis-cli, unless both run.
pub(crate) fn install() -> Result<(), Failed> {
    let runs = |program: &str| succeeds(&mut command(program, ["--version"]));
    if runs("redis-server") && runs("redis-cli") { Ok(()) } else { debian::install(&["redis-server"]) }
}
