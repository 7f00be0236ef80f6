//! The checked-in table, and lines that must not be in it.

use std::collections::HashSet;

use regex_lite::Regex;

use super::{
    read::{Mistake, read_records},
    table::TEXT,
    *,
};

#[test]
fn the_table_is_read_completely_and_its_patterns_compile() {
    let records = read_records(TEXT).unwrap();
    assert!(records.len() > 250, "{}", records.len());
    let lines = TEXT.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count();
    let mut fields = 0;
    for record in &records {
        let single = [
            record.international_prefix,
            record.national_prefix,
            record.prefix_for_parsing,
            record.transform_rule,
            record.leading_digits,
        ];
        let regexes = record.patterns.iter().map(|pattern| pattern.regex);
        for text in single.into_iter().flatten().chain(regexes) {
            assert!(Regex::new(text).is_ok(), "{} {text}", record.territory);
            fields += 1;
        }
        let is_general = |pattern: &&Pattern<'_>| pattern.kinds == [Kind::General];
        assert_eq!(record.patterns.iter().filter(is_general).count(), 1, "{}", record.territory);
        let any_length = |pattern: &&Pattern<'_>| pattern.lengths.is_none();
        assert!(record.patterns.iter().filter(any_length).all(|pattern| is_general(&pattern)));
    }
    assert_eq!(records.len() + fields, lines);
}

#[test]
fn each_shared_calling_code_has_one_main_country_and_each_country_one_plan() {
    let records = records();
    let shared = |code| records.iter().filter(move |record| record.code == code);
    for record in records {
        let mains = shared(record.code).filter(|record| record.is_main).count();
        assert_eq!(mains, usize::from(shared(record.code).count() > 1), "{}", record.code);
    }
    let countries: Vec<_> = records.iter().filter(|record| record.territory != "001").collect();
    let distinct: HashSet<_> = countries.iter().map(|record| record.territory).collect();
    assert_eq!(distinct.len(), countries.len());
}

#[test]
fn no_calling_code_begins_with_another() {
    let codes: HashSet<String> = records().iter().map(|record| record.code.to_string()).collect();
    for (one, other) in codes.iter().flat_map(|one| codes.iter().map(move |other| (one, other))) {
        assert!(one == other || !one.starts_with(other.as_str()), "{one} {other}");
    }
}

#[test]
fn a_line_that_is_not_in_the_form_of_the_table_is_an_error() {
    for (line, what) in [
        ("general any 1", "a field before the first plan"),
        ("plan 0 US", "not a calling code"),
        ("plan 1000 US", "not a calling code"),
        ("plan +1 US", "not a calling code"),
        ("plan 01 US", "not a calling code"),
        ("plan 1 us", "not a territory"),
        ("plan 1 USA", "not a territory"),
        ("plan 1 002", "not a territory"),
    ] {
        assert_eq!(read_records(line).err(), Some(Mistake { line: 1, what }), "{line}");
    }
    for (line, what) in [
        ("plan 1 US main", "a plan that is not in its place"),
        ("plan 1 AG main", "a plan that is not in its place"),
        ("general", "not two or three words"),
        ("plan 1 US other", "not two or three words"),
        ("general any 1 2", "not two or three words"),
        ("prefix 1", "not a field"),
        ("National 1", "not a field"),
        ("national ", "an empty field"),
        ("international 00", "a field that the plan has already"),
        ("emergency 3 911", "not a kind"),
        ("fixed, 10 1", "not a kind"),
        ("mobile 10 1", "a kind that the plan has already"),
        ("fixed 10 ", "an empty pattern"),
        ("fixed  1", "not a list of lengths"),
        ("fixed 0 1", "not a list of lengths"),
        ("fixed 32 1", "not a list of lengths"),
        ("fixed 10, 1", "not a list of lengths"),
        ("fixed 10/ 1", "not a list of lengths"),
        ("fixed 10-11 1", "not a list of lengths"),
    ] {
        let text = format!("# head\n\nplan 1 US main\ninternational 011\nmobile,voip 10/7 1\n{line}\n");
        assert_eq!(read_records(&text).err(), Some(Mistake { line: 6, what }), "{line}");
    }
}
