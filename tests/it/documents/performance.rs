//! The page of figures names benchmarks and rows that exist.

use super::{root, text};

const PAGE: &str = "docs/performance.md";

#[test]
fn the_page_of_performance_names_benchmarks_that_exist() {
    let (page, manifest) = (text(PAGE), text("tests/Cargo.toml"));
    let named: Vec<_> =
        page.split("--bench ").skip(1).filter_map(|rest| rest.split_whitespace().next()).collect();
    assert!(!named.is_empty());
    for bench in named {
        assert!(manifest.contains(&format!("[[bench]]\nname = {bench:?}\n")), "{PAGE}: no benchmark {bench}");
    }
}

#[test]
fn the_page_of_performance_has_every_row_of_the_guards() {
    let page = text(PAGE);
    for (heading, bench) in [("### axum\n", "guard"), ("### actix-web\n", "guard_actix")] {
        let (_, section) = page.split_once(heading).unwrap();
        let lines = section.lines().skip_while(|line| !line.starts_with("|---")).skip(1);
        let mut shown: Vec<_> =
            lines.map_while(|line| line.strip_prefix("| ")?.split_once(" |")).map(|(row, _)| row).collect();
        let source = text(&format!("tests/benches/{bench}/main.rs"));
        let documented = source.lines().filter_map(|line| line.strip_prefix("//! | `")?.split_once("` |"));
        let mut rows: Vec<_> = documented.map(|(row, _)| row).collect();
        shown.sort_unstable();
        rows.sort_unstable();
        assert_eq!(shown, rows, "{PAGE}, {heading}");
    }
}

#[test]
fn a_revision_gets_the_benchmarks_from_where_they_are() {
    // `cargo xtask bench --against` copies these paths.
    for path in ["guard/main.rs", "guard_actix/main.rs", "world/mod.rs"] {
        assert!(root().join("tests/benches").join(path).exists(), "{path}");
    }
}
