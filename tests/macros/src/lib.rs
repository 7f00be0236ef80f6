//! Package for the attribute's compile tests, which are in `ui.rs`.
//!
//! It has only the dependencies that the tested handlers need, because trybuild compiles all of them separately, and
//! again after every clean checkout.
#![forbid(unsafe_code)]
