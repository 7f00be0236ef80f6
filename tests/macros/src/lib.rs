//! Package for the compile errors of the attribute, which are in `ui/` and are checked by `ui.rs`.
//!
//! trybuild compiles the dependencies of this package separately, so the package has only those that the cases
//! need. Handlers that the attribute accepts are ordinary tests, in `tests/it/attribute`.
#![forbid(unsafe_code)]
