//! The official Python SDK, in a separate environment in the target directory.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    debian,
    shell::{Failed, command, root, run, succeeds, target},
};

/// Debian packages with Python and its virtual environments.
const DEBIAN_PACKAGES: [&str; 2] = ["python3", "python3-venv"];

/// Installs the packages that `tests/python/requirements.txt` names, unless they are there, and returns the Python
/// that has them.
pub(crate) fn install_sdk() -> Result<PathBuf, Failed> {
    let requirements = root().join("tests/python/requirements.txt");
    let wanted = fs::read_to_string(&requirements)
        .map_err(|error| Failed(format!("{} cannot be read: {error}", requirements.display())))?;
    let folder = target().join("xtask/python");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let stamp = folder.join("installed.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) && python_runs(&python) {
        return Ok(python);
    }
    if !succeeds(&mut command("python3", ["-c", "import ensurepip, venv"])) {
        debian::install(&DEBIAN_PACKAGES)?;
    }
    let arguments: [&Path; 4] = ["-m".as_ref(), "venv".as_ref(), "--clear".as_ref(), &folder];
    run(&mut command("python3", arguments))?;
    let arguments: [&Path; 7] = [
        "-m".as_ref(),
        "pip".as_ref(),
        "install".as_ref(),
        "--quiet".as_ref(),
        "--disable-pip-version-check".as_ref(),
        "--requirement".as_ref(),
        &requirements,
    ];
    run(&mut command(&python, arguments)).map_err(|Failed(why)| {
        Failed(format!("{why}\n       the tests need these packages from PyPI: {}", wanted.trim()))
    })?;
    fs::write(&stamp, wanted)
        .map_err(|error| Failed(format!("{} cannot be written: {error}", stamp.display())))?;
    Ok(python)
}

fn python_runs(python: &Path) -> bool {
    succeeds(&mut command(python, ["--version"]))
}
