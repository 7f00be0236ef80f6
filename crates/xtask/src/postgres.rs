//! The PostgreSQL server and the connection pooler that the tests start.

use std::path::Path;

use crate::{
    debian,
    shell::{Failed, command, succeeds},
};

/// Folder in which Debian installs each version of the server, which is not in the search path.
const VERSIONS: &str = "/usr/lib/postgresql";

/// Installs PostgreSQL and PgBouncer, unless they are there. Debian's package also creates a server of its own, which the
/// tests do not use.
pub(crate) fn install() -> Result<(), Failed> {
    let runs = |program: &str| succeeds(&mut command(program, ["--version"]));
    let has_server = runs("initdb") || Path::new(VERSIONS).is_dir();
    let missing: Vec<_> = [("postgresql", has_server), ("pgbouncer", runs("pgbouncer"))]
        .into_iter()
        .filter_map(|(package, is_there)| (!is_there).then_some(package))
        .collect();
    if missing.is_empty() { Ok(()) } else { debian::install(&missing) }
}
