//! The attribute as its users meet it; the test stands in `ui.rs`.
//!
//! A package of its own, with no more dependencies than the handlers need that are compiled there: they are built apart,
//! and all of them for every run that begins with nothing.
#![forbid(unsafe_code)]
