//! Seal of the extension traits.

pub trait Sealed {}

impl Sealed for crate::engine::Mfa {}
