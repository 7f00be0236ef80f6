//! Bytes that are compared in constant time.

use ctutils::CtEq as _;

/// 256 bits that are compared in constant time, wherever two values differ.
#[derive(Clone, Copy)]
pub(crate) struct ConstantTime(pub(crate) [u8; 32]);

impl PartialEq for ConstantTime {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).to_bool()
    }
}

impl Eq for ConstantTime {}
