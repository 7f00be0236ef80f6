//! Building blocks for web framework adapters. **Exempt from semantic versioning**: anything here may change in a
//! patch release.
//!
//! Apps do not need this module. `mfakit-middleware`, which depends on this crate by an exact version, does.

pub use crate::{
    catalog::ScopeSettings,
    clock::whole_seconds,
    decision::Freshness,
    engine::{Destination, Situation},
    key_ring::{KeyRing, Purpose},
    site::Site,
    timeout::{CALL_TIMEOUT, with_timeout},
};
