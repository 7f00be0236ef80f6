//! Statistics of two programs that were measured in turn.

/// Times of one row, in nanoseconds a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Times {
    /// Pairs of slices that followed each other: before, and after.
    pairs: Vec<(f64, f64)>,
}

impl Times {
    pub(crate) fn push(&mut self, before: f64, after: f64) {
        self.pairs.push((before, after));
    }

    /// Returns the median before.
    pub(crate) fn before(&self) -> f64 {
        quantile(self.pairs.iter().map(|(before, _)| *before), 0.5)
    }

    /// Returns the median after.
    pub(crate) fn after(&self) -> f64 {
        quantile(self.pairs.iter().map(|(_, after)| *after), 0.5)
    }

    /// Returns the quartiles of after divided by before, pair by pair. The one in the middle is the median.
    pub(crate) fn ratios(&self) -> [f64; 3] {
        [0.25, 0.5, 0.75]
            .map(|share| quantile(self.pairs.iter().map(|(before, after)| after / before), share))
    }

    /// Returns the time that this row takes more than another, pair by pair.
    pub(crate) fn over(&self, base: &Self) -> Self {
        let pairs = self.pairs.iter().zip(&base.pairs);
        Self { pairs: pairs.map(|(row, base)| (row.0 - base.0, row.1 - base.1)).collect() }
    }
}

/// Returns the value below which a share of the values lies, between the two nearest if there is none. Returns NaN
/// without values.
fn quantile(values: impl Iterator<Item = f64>, share: f64) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let at = share * values.len().saturating_sub(1) as f64;
    match (values.get(at.floor() as usize), values.get(at.ceil() as usize)) {
        (Some(low), Some(high)) => low + (high - low) * at.fract(),
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(pairs: &[(f64, f64)]) -> Times {
        Times { pairs: pairs.to_vec() }
    }

    #[test]
    fn a_quantile_lies_between_its_neighbors() {
        for (values, share, expected) in [
            (&[3.0][..], 0.5, 3.0),
            (&[4.0, 1.0], 0.5, 2.5),
            (&[9.0, 1.0, 4.0], 0.5, 4.0),
            (&[5.0, 1.0, 2.0, 3.0, 4.0], 0.25, 2.0),
            (&[1.0, 2.0, 3.0, 4.0], 0.75, 3.25),
        ] {
            assert_eq!(quantile(values.iter().copied(), share), expected, "{values:?}, {share}");
        }
        assert!(quantile(std::iter::empty(), 0.5).is_nan());
    }

    #[test]
    fn ratios_are_those_of_pairs_and_not_of_medians() {
        // The machine was slow in the middle. Each pair was measured at the same speed, except the last.
        let row = times(&[(100.0, 50.0), (1000.0, 500.0), (1200.0, 600.0), (100.0, 50.0), (100.0, 900.0)]);
        assert_eq!(row.ratios()[1], 0.5);
        assert_eq!(row.before(), 100.0);
        assert_eq!(row.after(), 500.0);
    }

    #[test]
    fn a_row_is_compared_with_its_base_pair_by_pair() {
        let (row, base) =
            (times(&[(300.0, 200.0), (700.0, 350.0)]), times(&[(100.0, 150.0), (200.0, 250.0)]));
        assert_eq!(row.over(&base), times(&[(200.0, 50.0), (500.0, 100.0)]));
    }
}
