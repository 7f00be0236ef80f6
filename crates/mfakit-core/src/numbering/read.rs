//! Parser for the table of numbering plans.

use crate::numbering::{Kind, Lengths, Pattern, Record};

/// Line of the table that cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    /// Number of the line, from 1.
    pub(super) line: usize,
    pub(super) what: &'static str,
}

/// Reads all plans. Blank lines and lines that begin with `#` are ignored.
///
/// # Errors
///
/// Returns the first line that is not in the form that the head of the table describes.
pub(super) fn read_records(text: &str) -> Result<Vec<Record<'_>>, Mistake> {
    let mut records = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if !line.is_empty() && !line.starts_with('#') {
            record_line(&mut records, line).map_err(|what| Mistake { line: at + 1, what })?;
        }
    }
    Ok(records)
}

fn record_line<'a>(records: &mut Vec<Record<'a>>, line: &'a str) -> Result<(), &'static str> {
    let words: Vec<&str> = line.split(' ').collect();
    match (words.as_slice(), records.last_mut()) {
        (["plan", code, territory, main @ ..], last) if matches!(main, [] | ["main"]) => {
            let next = plan(code, territory, !main.is_empty())?;
            if last.is_some_and(|last| place(last) >= place(&next)) {
                return Err("a plan that is not in its place");
            }
            records.push(next);
        }
        (_, None) => return Err("a field before the first plan"),
        ([name, value], Some(record)) => field(record, name, value)?,
        ([kinds, lengths, regex], Some(record)) => pattern(record, kinds, lengths, regex)?,
        _ => return Err("not two or three words"),
    }
    Ok(())
}

/// Returns what plans are sorted by. The main country of a calling code is looked up first, so it comes first.
fn place<'a>(record: &Record<'a>) -> (u16, bool, &'a str) {
    (record.code, !record.is_main, record.territory)
}

fn plan<'a>(code: &str, territory: &'a str, is_main: bool) -> Result<Record<'a>, &'static str> {
    let code = number(code).filter(|code| (1..1000).contains(code)).ok_or("not a calling code")?;
    let is_country = territory.len() == 2 && territory.bytes().all(|letter| letter.is_ascii_uppercase());
    if !is_country && territory != "001" {
        return Err("not a territory");
    }
    Ok(Record {
        code: u16::try_from(code).map_err(|_| "not a calling code")?,
        territory,
        is_main,
        international_prefix: None,
        national_prefix: None,
        prefix_for_parsing: None,
        transform_rule: None,
        leading_digits: None,
        patterns: Vec::new(),
        local_lengths: Lengths::default(),
    })
}

fn field<'a>(record: &mut Record<'a>, name: &str, value: &'a str) -> Result<(), &'static str> {
    let field = match name {
        "international" => &mut record.international_prefix,
        "national" => &mut record.national_prefix,
        "parsing" => &mut record.prefix_for_parsing,
        "transform" => &mut record.transform_rule,
        "leading" => &mut record.leading_digits,
        _ => return Err("not a field"),
    };
    if value.is_empty() {
        return Err("an empty field");
    }
    field.replace(value).map_or(Ok(()), |_| Err("a field that the plan has already"))
}

fn pattern<'a>(
    record: &mut Record<'a>,
    kinds: &str,
    allowed: &str,
    regex: &'a str,
) -> Result<(), &'static str> {
    let kinds: Vec<Kind> = kinds.split(',').map(Kind::named).collect::<Option<_>>().ok_or("not a kind")?;
    let known = record.patterns.iter().flat_map(|pattern| &pattern.kinds);
    if known.into_iter().any(|known| kinds.contains(known)) {
        return Err("a kind that the plan has already");
    }
    if regex.is_empty() {
        return Err("an empty pattern");
    }
    let (allowed, local) = allowed.split_once('/').map_or((allowed, None), |(all, local)| (all, Some(local)));
    let lengths = if allowed == "any" { None } else { Some(lengths(allowed)?) };
    if let Some(local) = local {
        record.local_lengths = record.local_lengths.and(self::lengths(local)?);
    }
    record.patterns.push(Pattern { kinds, lengths, regex });
    Ok(())
}

fn lengths(text: &str) -> Result<Lengths, &'static str> {
    let mut lengths = text.split(',').map(number);
    let all = lengths.try_fold(Lengths::default(), |all, length| all.with(length?));
    all.ok_or("not a list of lengths")
}

/// Reads a number without a sign or leading zeros.
fn number(text: &str) -> Option<usize> {
    let is_plain = !text.starts_with('0') && text.bytes().all(|digit| digit.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain)
}
