//! Numbering plans of `mfakit-core`, written from the Python package that the tests install.

use crate::{
    python,
    shell::{Failed, command, root, run},
};

/// Writes `plans.txt` and `examples.txt` from the version of `phonenumbers` that `tests/python/requirements.txt` pins.
pub(crate) fn write() -> Result<(), Failed> {
    let python = python::install_sdk()?;
    let script = root().join("crates/xtask/python/phone_plans.py");
    run(&mut command(python, [script, root().join("crates/mfakit-core/src/numbering")]))
}
