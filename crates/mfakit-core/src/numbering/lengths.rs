//! Sets of lengths.

/// Set of lengths, one bit each. E.164 allows 15 digits, and the plans of some countries have up to 17.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lengths(u32);

impl Lengths {
    /// Returns the set with one more length. `None` if it is too large for a phone number.
    pub(super) fn with(self, length: usize) -> Option<Self> {
        (1..32).contains(&length).then(|| Self(self.0 | 1 << length))
    }

    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn contain(self, length: usize) -> bool {
        length < 32 && self.0 & (1 << length) != 0
    }

    pub(crate) fn shortest(self) -> Option<usize> {
        (0..32).find(|length| self.contain(*length))
    }

    pub(crate) fn longest(self) -> Option<usize> {
        (0..32).rev().find(|length| self.contain(*length))
    }
}
