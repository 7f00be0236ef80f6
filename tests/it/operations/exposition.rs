//! The text that Prometheus scrapes.

use std::collections::BTreeMap;

/// One series: its name, labels and value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) value: f64,
}

/// All series of a scrape, and what is said of them.
#[derive(Debug)]
pub(crate) struct Exposition {
    pub(crate) series: Vec<Series>,
    /// Metrics with a description.
    pub(crate) described: Vec<String>,
}

impl Exposition {
    pub(crate) fn read(text: &str) -> Self {
        let described = text.lines().filter_map(|line| line.strip_prefix("# HELP "));
        let described = described.map(|line| line.split(' ').next().unwrap().to_owned()).collect();
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        Self { series: lines.map(series).collect(), described }
    }

    /// Returns the series of this name that have all of these labels.
    pub(crate) fn find(&self, name: &str, labels: &[(&str, &str)]) -> Vec<&Series> {
        let has =
            |series: &Series, name: &str, value: &str| series.labels.get(name).is_some_and(|of| of == value);
        let found = self.series.iter().filter(|series| series.name == name);
        found.filter(|series| labels.iter().all(|(name, value)| has(series, name, value))).collect()
    }

    /// Returns the sum over the series of this name that have all of these labels. Fails if there is none.
    #[track_caller]
    pub(crate) fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let found = self.find(name, labels);
        assert!(!found.is_empty(), "no series {name} with {labels:?}");
        found.iter().map(|series| series.value).sum()
    }
}

fn series(line: &str) -> Series {
    let (series, value) = line.rsplit_once(' ').unwrap();
    let (name, labels) = match series.split_once('{') {
        Some((name, labels)) => (name, labels.strip_suffix('}').unwrap()),
        None => (series, ""),
    };
    let labels = labels.split(',').filter(|label| !label.is_empty()).map(|label| {
        let (name, value) = label.split_once('=').unwrap();
        (name.to_owned(), value.trim_matches('"').to_owned())
    });
    Series { name: name.to_owned(), labels: labels.collect(), value: value.parse().unwrap() }
}

#[test]
fn a_line_is_read_with_its_labels() {
    let text = "# HELP a_total Things.\na_total{b=\"c\",d=\"e\"} 3\nf 0.5\n\n";
    let read = Exposition::read(text);
    assert_eq!(read.described, ["a_total"]);
    assert_eq!(read.sum("a_total", &[("d", "e")]), 3.0);
    assert_eq!(read.sum("f", &[]), 0.5);
    assert!(read.find("a_total", &[("b", "x")]).is_empty());
}
