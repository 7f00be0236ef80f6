//! Every metric that the alerts and the dashboard name exists, with the labels that they use.

use serde_json::Value;

use crate::operations::{
    bank::{Serve, drive, on_actix, on_axum},
    exposition::{Exposition, Series},
    promql::{Selector, selectors},
    recorder::Recorder,
};

const ALERTS: &str = include_str!("../../../docs/operations/alerts.yaml");
const DASHBOARD: &str = include_str!("../../../docs/operations/dashboard.json");
const PAGE: &str = include_str!("../../../docs/operations.md");

/// Labels that Prometheus adds to every series that it scrapes.
const OF_TARGETS: [&str; 2] = ["job", "instance"];

/// Returns the alerts with their expressions.
fn alerts() -> Vec<(String, String)> {
    let mut lines = ALERTS.lines().peekable();
    let (mut alerts, mut name) = (Vec::new(), "");
    while let Some(line) = lines.next() {
        if let Some(alert) = line.trim().strip_prefix("- alert: ") {
            name = alert;
        }
        let Some(expression) = line.trim().strip_prefix("expr: ") else { continue };
        let mut expression = expression.trim_start_matches(">-").to_owned();
        while let Some(more) = lines.next_if(|line| line.starts_with("          ")) {
            expression.push(' ');
            expression.push_str(more.trim());
        }
        alerts.push((name.to_owned(), expression));
    }
    alerts
}

/// Returns every expression in the dashboard.
fn panels(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => {
            let own = fields.get("expr").and_then(Value::as_str).map(str::to_owned);
            own.into_iter().chain(fields.values().flat_map(panels)).collect()
        }
        Value::Array(values) => values.iter().flat_map(panels).collect(),
        _ => Vec::new(),
    }
}

/// Returns the series that a selector selects.
fn selected<'a>(scrape: &'a Exposition, selector: &Selector) -> Vec<&'a Series> {
    let of_metric = scrape.series.iter().filter(|series| series.name == selector.metric);
    let accepts = |series: &Series| {
        selector.conditions.iter().all(|(name, operator, pattern)| {
            series.labels.get(name).is_some_and(|value| Selector::accepts(operator, pattern, value))
        })
    };
    of_metric.filter(|series| accepts(series)).collect()
}

/// Asserts that an expression selects series which the drive has moved, and groups them by labels that they have.
fn assert_seen(place: &str, expression: &str, scrape: &Exposition) {
    let found = selectors(expression);
    assert!(!found.is_empty(), "{place} names no metric: {expression}");
    for selector in found {
        let series = selected(scrape, &selector);
        assert!(!series.is_empty(), "{place}: nothing matches {selector:?}");
        for label in selector.by.iter().filter(|label| !OF_TARGETS.contains(&label.as_str())) {
            let has = series.iter().all(|series| series.labels.contains_key(label));
            assert!(has, "{place}: {} has no label {label}", selector.metric);
        }
        let is_count = ["_total", "_count", "_bucket"].iter().any(|end| selector.metric.ends_with(end));
        let moved = series.iter().any(|series| series.value > 0.0);
        assert!(moved || !is_count, "{place}: no series of {selector:?} was counted");
    }
}

async fn assert_everything_named_is_seen(serve: Serve) {
    let recorder = Recorder::new();
    drive(serve, &recorder).await;
    let scrape = recorder.scrape();
    let alerts = alerts();
    assert_eq!(alerts.len(), ALERTS.matches("- alert: ").count());
    for (name, expression) in &alerts {
        assert_seen(name, expression, &scrape);
    }
    let panels = panels(&serde_json::from_str(DASHBOARD).unwrap());
    assert!(panels.len() > 15, "{panels:?}");
    for expression in panels {
        assert_seen("the dashboard", &expression, &scrape);
    }
}

#[tokio::test]
async fn on_axum_every_metric_that_is_named_exists_with_its_labels() {
    assert_everything_named_is_seen(on_axum).await;
}

#[tokio::test]
async fn on_actix_every_metric_that_is_named_exists_with_its_labels() {
    assert_everything_named_is_seen(on_actix).await;
}

#[test]
fn the_page_explains_every_alert() {
    for (alert, _) in alerts() {
        assert!(PAGE.contains(&format!("| `{alert}` |")), "docs/operations.md does not explain {alert}");
    }
    let explained = PAGE.lines().filter_map(|line| line.strip_prefix("| `Mfakit")).count();
    assert_eq!(explained, alerts().len(), "docs/operations.md explains an alert that does not exist");
}

#[tokio::test]
async fn the_page_and_the_descriptions_list_every_metric() {
    let recorder = Recorder::new();
    drive(on_axum, &recorder).await;
    let scrape = recorder.scrape();
    let ends = ["_bucket", "_sum", "_count"];
    for series in &scrape.series {
        let name = ends.iter().find_map(|end| series.name.strip_suffix(end)).unwrap_or(&series.name);
        assert!(scrape.described.iter().any(|described| described == name), "{name} is not described");
        assert!(PAGE.contains(&format!("`{name}`")), "docs/operations.md does not list {name}");
    }
}
