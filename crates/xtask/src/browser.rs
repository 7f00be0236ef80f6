//! The browser that the tests control, and axe-core, which checks accessibility.

use std::{fs, path::PathBuf};

use crate::{
    debian,
    shell::{Failed, command, root, run, succeeds, target},
};

/// Installs Chromium and its driver, unless both run.
pub(crate) fn install() -> Result<(), Failed> {
    if runs("chromium") && runs("chromedriver") {
        Ok(())
    } else {
        debian::install(&["chromium", "chromium-driver"])
    }
}

/// Installs the axe-core that `tests/browser/package.json` names, unless it is there, and returns its file.
pub(crate) fn install_axe() -> Result<PathBuf, Failed> {
    let package = root().join("tests/browser/package.json");
    let wanted = fs::read_to_string(&package)
        .map_err(|error| Failed(format!("{} cannot be read: {error}", package.display())))?;
    let folder = target().join("xtask/node");
    let axe = folder.join("node_modules/axe-core/axe.min.js");
    let stamp = folder.join("installed.json");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) && axe.is_file() {
        return Ok(axe);
    }
    if !runs("npm") {
        debian::install(&["npm"])?;
    }
    let write_failed = |error| Failed(format!("{} cannot be written: {error}", folder.display()));
    fs::create_dir_all(&folder).map_err(write_failed)?;
    fs::write(folder.join("package.json"), &wanted).map_err(write_failed)?;
    let install = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--prefix"];
    run(command("npm", install).arg(&folder)).map_err(|Failed(why)| {
        Failed(format!("{why}\n       the tests need these packages from npm: {}", wanted.trim()))
    })?;
    fs::write(&stamp, wanted).map_err(write_failed)?;
    Ok(axe)
}

fn runs(program: &str) -> bool {
    succeeds(&mut command(program, ["--version"]))
}
