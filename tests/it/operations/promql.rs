//! Selectors and groupings in an expression of Prometheus, as far as the alerts and the dashboard use it.

/// Selection of series: a metric, and conditions on its labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Selector {
    pub(crate) metric: String,
    /// Name, operator and value of each condition.
    pub(crate) conditions: Vec<(String, String, String)>,
    /// Labels of the innermost grouping around it.
    pub(crate) by: Vec<String>,
}

impl Selector {
    /// Returns whether a value satisfies the condition. Alternatives and groups are the only patterns in use.
    pub(crate) fn accepts(operator: &str, pattern: &str, value: &str) -> bool {
        let alternatives = || -> Vec<String> {
            let Some((before, rest)) = pattern.split_once('(') else {
                return pattern.split('|').map(str::to_owned).collect();
            };
            let (inside, after) = rest.split_once(')').unwrap();
            inside.split('|').map(|one| format!("{before}{one}{after}")).collect()
        };
        match operator {
            "=" => value == pattern,
            "!=" => value != pattern,
            "=~" => alternatives().iter().any(|one| one == value),
            other => panic!("the test does not know the operator {other}"),
        }
    }
}

/// Returns the selectors of metrics of mfakit in an expression.
pub(crate) fn selectors(expression: &str) -> Vec<Selector> {
    let mut found = Vec::new();
    let mut by = Vec::new();
    let mut rest = expression;
    while let Some(at) = rest.find(|c: char| c.is_ascii_alphabetic()) {
        rest = &rest[at..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        if word == "by" {
            let (labels, after) = after.trim_start().strip_prefix('(').unwrap().split_once(')').unwrap();
            by = labels.split(',').map(|label| label.trim().to_owned()).collect();
            rest = after;
        } else if word.starts_with("mfakit_") {
            let (conditions, after) = conditions(after);
            found.push(Selector { metric: word.to_owned(), conditions, by: by.clone() });
            rest = after;
        }
    }
    found
}

fn conditions(text: &str) -> (Vec<(String, String, String)>, &str) {
    let Some((inside, after)) = text.strip_prefix('{').and_then(|text| text.split_once('}')) else {
        return (Vec::new(), text);
    };
    let conditions = inside.split("\",").map(|condition| {
        let at = condition.find(['=', '!']).unwrap();
        let (name, rest) = condition.split_at(at);
        let (operator, value) = rest.split_once('"').unwrap();
        (name.trim().to_owned(), operator.trim().to_owned(), value.trim_end_matches('"').to_owned())
    });
    (conditions.collect(), after)
}

#[test]
fn selectors_are_found_with_their_conditions_and_groupings() {
    let expression = r#"sum by (job, le) (rate(mfakit_a_total{x="1",y=~"b_(c|d)"}[5m])) / mfakit_b > 0"#;
    let found = selectors(expression);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!((found[0].metric.as_str(), found[1].metric.as_str()), ("mfakit_a_total", "mfakit_b"));
    assert_eq!(found[0].by, ["job", "le"]);
    let expected = [("x", "=", "1"), ("y", "=~", "b_(c|d)")];
    let expected = expected.map(|(name, operator, value)| (name.into(), operator.into(), value.into()));
    assert_eq!(found[0].conditions, expected);
    assert!(Selector::accepts("=~", "b_(c|d)", "b_d") && !Selector::accepts("=~", "b_(c|d)", "b_e"));
}
