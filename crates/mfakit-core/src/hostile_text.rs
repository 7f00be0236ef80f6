//! Random text for tests that compare a parser with another. A seed determines it, so that a failure can be repeated.

/// Source of random text.
pub(crate) struct HostileText(u64);

impl HostileText {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns one of the parts.
    pub(crate) fn part<'a>(&mut self, parts: &[&'a str]) -> &'a str {
        parts[self.below(parts.len())]
    }

    /// Returns a text of up to `most` parts.
    pub(crate) fn of_parts(&mut self, parts: &[&str], most: usize) -> String {
        (0..self.below(most + 1)).map(|_| self.part(parts)).collect()
    }

    /// Returns a text of up to `most` ASCII characters.
    pub(crate) fn of_ascii(&mut self, most: usize) -> String {
        (0..self.below(most + 1)).map(|_| char::from(self.next() as u8 & 0x7f)).collect()
    }

    /// Returns a number below a limit.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// `SplitMix64`, the generator that seeds others: <https://prng.di.unimi.it/splitmix64.c>.
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
