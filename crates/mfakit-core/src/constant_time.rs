//! Bytes that are compared in constant time.

use constant_time_eq::constant_time_eq_32;

/// 256 bits that are compared in constant time, wherever two values differ.
#[derive(Clone, Copy)]
pub(crate) struct ConstantTime(pub(crate) [u8; 32]);

impl PartialEq for ConstantTime {
    fn eq(&self, other: &Self) -> bool {
        constant_time_eq_32(&self.0, &other.0)
    }
}

impl Eq for ConstantTime {}
