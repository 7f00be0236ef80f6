//! Secret in a file beside the database.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use mfakit::BoxError;

/// Returns the secret in the file beside this database. Creates it at the first start, readable by this user alone.
///
/// A copy of the database is worthless without it, so back up the two in separate places.
pub(super) fn kept_secret(database: &Path) -> Result<String, BoxError> {
    let file = beside(database, "secret");
    let failed = |error: io::Error| format!("the secret in {} cannot be used: {error}", file.display());
    if !file.try_exists().map_err(failed)? {
        create(&file).map_err(failed)?;
        tracing::info!("created the secret {}, because MFAKIT_SECRET is not set", file.display());
    }
    Ok(fs::read_to_string(&file).map_err(failed)?)
}

/// Creates the file with its content in one step, so that all instances read the same secret.
fn create(file: &Path) -> io::Result<()> {
    let draft = beside(file, &format!("{:016x}", getrandom::u64().map_err(io::Error::other)?));
    let mut options = fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut opened = options.write(true).create_new(true).open(&draft)?;
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(io::Error::other)?;
    opened.write_all(super::hex(&secret).as_bytes())?;
    opened.sync_all()?;
    let linked = fs::hard_link(&draft, file);
    fs::remove_file(&draft)?;
    // Another instance that starts now may have been faster.
    linked.or_else(|error| if error.kind() == io::ErrorKind::AlreadyExists { Ok(()) } else { Err(error) })
}

fn beside(file: &Path, extension: &str) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!("{name}.{extension}"))
}
