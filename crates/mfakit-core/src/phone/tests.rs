//! Numbers from the metadata's own examples, and numbers as people write them.

use super::{invalid::Flaw, *};
use crate::{
    numbering::{Record, records},
    region::Region,
};

/// Kinds of lines that a person is expected to answer.
const PERSONAL: [&str; 3] = ["fixed", "mobile", "voip"];

const SERVICES: [&str; 7] = ["toll-free", "premium", "shared-cost", "personal", "pager", "uan", "voicemail"];

fn number(e164: &str) -> PhoneNumber {
    PhoneNumber::new(e164).unwrap()
}

/// Returns the example numbers of these kinds, with their plans and with names for messages.
fn examples(
    kinds: &'static [&'static str],
) -> impl Iterator<Item = (String, &'static Record<'static>, PhoneNumber)> {
    let lines = include_str!("../numbering/examples.txt").lines();
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).filter_map(move |line| {
        let [code, territory, kind, national] = *line.split(' ').collect::<Vec<_>>() else {
            panic!("{line}")
        };
        let e164 = format!("+{code}{national}");
        let is_of_plan =
            |record: &&Record<'_>| record.territory == territory && record.code.to_string() == code;
        let record = records().iter().find(is_of_plan).unwrap();
        kinds.contains(&kind).then(|| (format!("{territory} {kind} {e164}"), record, number(&e164)))
    })
}

#[test]
fn no_personal_line_of_the_metadata_is_rejected() {
    let (mut swept, mut elsewhere) = (0, Vec::new());
    for (what, record, number) in examples(&PERSONAL) {
        assert!(number.is_personal_line(), "{what}");
        let region = number.region();
        let region = region.as_ref().map_or("001", Region::as_str);
        if let Ok(own) = record.territory.parse() {
            assert!(number.is_personal_line_in(own), "{what}");
        }
        if region != record.territory {
            elsewhere.push(format!("{what}: {region}"));
        }
        swept += 1;
    }
    assert!(swept > 500, "{swept}");
    // The metadata is ambiguous here. The ranges are in the plans of several countries, and libphonenumber
    // names the first of them. The number is reached if any of these countries is listed.
    let ambiguous = [
        "AX mobile +358412345678: FI",
        "BL voip +590976012345: GP",
        "BL mobile +590690001234: GP",
        "CC voip +61147101234: AU",
        "CC mobile +61412345678: AU",
        "CX voip +61147101234: AU",
        "CX mobile +61412345678: AU",
        "EH fixed +212528812345: MA",
        "EH voip +212592401234: MA",
        "EH mobile +212650123456: MA",
        "GG voip +445612345678: GB",
        "IM voip +445612345678: GB",
        "IM mobile +447924123456: GB",
        "JE voip +445612345678: GB",
        "MF fixed +590590271234: BL",
        "MF voip +590976012345: GP",
        "MF mobile +590690001234: GP",
        "SJ voip +4785012345: NO",
        "SJ mobile +4741234567: NO",
        "VA voip +395512345678: IT",
        "VA mobile +393123456789: IT",
    ];
    elsewhere.sort();
    for found in &elsewhere {
        assert!(ambiguous.contains(&found.as_str()), "{found}");
    }
}

#[test]
fn no_service_line_of_the_metadata_is_accepted() {
    // A number that matches several kinds is of the kind that libphonenumber tries first: premium, toll-free
    // and shared cost before an internet line, then the other services, then fixed and mobile lines. None of
    // the metadata's examples is ambiguous in this order.
    let mut swept = 0;
    for (what, _, number) in examples(&SERVICES) {
        assert_eq!(number.origin().line, Line::Service, "{what}");
        swept += 1;
    }
    assert!(swept > 400, "{swept}");
}

#[test]
fn no_short_number_is_accepted_behind_any_calling_code() {
    let short = [
        "000", "100", "101", "110", "111", "112", "115", "117", "118", "119", "144", "190", "191", "911",
        "999",
    ];
    let mut accepted = Vec::new();
    for record in records() {
        for short in short {
            let e164 = format!("+{}{short}", record.code);
            if PhoneNumber::new(&*e164).is_ok_and(|number| number.is_personal_line()) {
                accepted.push(format!("{} {e164}", record.territory));
            }
        }
    }
    assert_eq!(accepted, Vec::<String>::new());
}

#[test]
fn every_example_of_the_metadata_is_canonical() {
    for (what, record, number) in examples(&PERSONAL).chain(examples(&SERVICES)) {
        assert_eq!(number.other_spelling(), None, "{what}");
        if record.territory != "001" {
            let read = PhoneNumber::parse(number.as_e164(), "US");
            // Seven digits that are dialed within Canada only.
            let expected = if number.as_e164() == "+13101234" {
                Err(InvalidPhoneNumber::new(Flaw::Local { code: 1 }))
            } else {
                Ok(number)
            };
            assert_eq!(read, expected, "{what}");
        }
    }
}

#[test]
fn a_number_with_its_national_prefix_is_never_a_second_number() {
    let mut rejected = 0;
    for (what, record, number) in examples(&PERSONAL) {
        let Some(prefix) = record.national_prefix else { continue };
        let code = record.code;
        let national = number.as_e164().strip_prefix(&format!("+{code}")).unwrap();
        let kept = format!("+{code}{prefix}{national}");
        match PhoneNumber::new(&*kept) {
            Err(error) if error.instead() == Some(&number) => rejected += 1,
            // Too long for E.164.
            Err(error) => assert_eq!(error, InvalidPhoneNumber::new(Flaw::NotE164), "{what}"),
            Ok(kept) => panic!("{what}: {} is a number of its own", kept.as_e164()),
        }
        assert_eq!(
            PhoneNumber::parse(&format!("{prefix} {national}"), record.territory).as_ref(),
            Ok(&number),
            "{what}"
        );
    }
    assert!(rejected > 200, "{rejected}");
}

#[test]
fn only_e164_is_a_number() {
    for good in ["+19195551234", "+49", "+123456789012345", "+390669812345", "+14715550123"] {
        assert_eq!(number(good).as_e164(), good);
    }
    for bad in [
        "",
        "+",
        "+1",
        "19195551234",
        "+0919",
        "+1234567890123456",
        "+1 919",
        "+1-919",
        "tel:+1919",
        "+1９",
        "++1919",
        "+1919\n",
    ] {
        assert_eq!(PhoneNumber::new(bad), Err(InvalidPhoneNumber::new(Flaw::NotE164)), "{bad:?}");
    }
}

#[test]
fn a_kept_prefix_is_rejected_with_the_right_number() {
    for (kept, instead, hint) in [
        ("+4402071838750", "+442071838750", "the 0 after +44"),
        ("+4407400123456", "+447400123456", "the 0 after +44"),
        ("+49015112345678", "+4915112345678", "the 0 after +49"),
        ("+55011912345678", "+5511912345678", "the 0 after +55"),
        ("+550311132345678", "+551132345678", "the 031 after +55"),
        ("+3606202345678", "+36202345678", "the 06 after +36"),
        ("+789161234567", "+79161234567", "the 8 after +7"),
        ("+119195551234", "+19195551234", "the 1 after +1"),
        ("+5215512345678", "+525512345678", "the 1 after +52"),
        ("+54111587654321", "+5491187654321", "the digits after +54"),
        ("+378886377", "+3780549886377", "the digits after +378"),
    ] {
        let error = PhoneNumber::new(kept).unwrap_err();
        assert_eq!(error.instead().map(PhoneNumber::as_e164), Some(instead), "{kept}");
        assert!(error.to_string().starts_with(hint), "{kept}: {error}");
        assert_eq!(PhoneNumber::parse(kept, "FR").unwrap().as_e164(), instead);
    }
}

#[test]
fn numbers_that_reach_one_phone_are_counted_as_one() {
    for (one, other) in [
        // Argentina's mobile numbers, from abroad and without the 9.
        ("+5491187654321", "+541187654321"),
        // San Marino, through Italy.
        ("+3780549886377", "+390549886377"),
        // Palestine, through Israel.
        ("+970599123456", "+972599123456"),
        // Martinique, in the French plan.
        ("+596596301234", "+33596301234"),
    ] {
        assert_eq!(number(one).counted_as(), number(other).counted_as(), "{one} {other}");
    }
    for alone in ["+19195551234", "+390669812345", "+33612345678", "+972501234567", "+541123456789"] {
        assert_eq!(number(alone).counted_as(), alone);
    }
}

#[test]
fn the_region_is_finer_than_the_country_code() {
    for (e164, region) in [
        ("+19195551234", Some("US")),
        ("+14165550123", Some("CA")),
        ("+18765551234", Some("JM")),
        ("+18095551234", Some("DO")),
        ("+447400123456", Some("GB")),
        ("+447797123456", Some("JE")),
        ("+358181234567", Some("AX")),
        ("+4779123456", Some("SJ")),
        ("+88161234567", None),
        ("+979123456789", None),
        ("+1919555", None),
        ("+999123", None),
    ] {
        assert_eq!(number(e164).region().as_ref().map(Region::as_str), region, "{e164}");
    }
}

#[test]
fn a_line_that_earns_money_from_calls_is_not_personal() {
    for (e164, personal) in [
        ("+19195551234", true),
        ("+447400123456", true),
        ("+4915112345678", true),
        ("+19005551234", false),
        ("+18005551234", false),
        ("+15005550006", false),
        ("+447011234567", false),
        ("+979123456789", false),
        ("+88161234567", false),
    ] {
        assert_eq!(number(e164).is_personal_line(), personal, "{e164}");
    }
}

#[test]
fn numbers_are_read_as_people_write_them_and_apps_store_them() {
    for (text, region, e164) in [
        ("(202) 555-0123", "US", "+12025550123"),
        ("202.555.0123", "US", "+12025550123"),
        ("2025550123", "US", "+12025550123"),
        ("1 202 555 0123", "US", "+12025550123"),
        ("12025550123", "US", "+12025550123"),
        ("+1 202 555 0123", "GB", "+12025550123"),
        ("+1 (202) 555‑0123", "GB", "+12025550123"),
        ("  +1/202/555/0123 ", "GB", "+12025550123"),
        ("tel:+1-202-555-0123", "GB", "+12025550123"),
        ("TEL:202-555-0123;phone-context=+1", "GB", "+12025550123"),
        ("tel:202-555-0123;phone-context=bank.example", "US", "+12025550123"),
        ("011 44 20 7183 8750", "US", "+442071838750"),
        ("00 44 20 7183 8750", "DE", "+442071838750"),
        ("0044 20 7183 8750", "US", "+442071838750"),
        ("0011 1 202 555 0123", "AU", "+12025550123"),
        ("011 1 202 555 0123", "DE", "+12025550123"),
        ("00 1 202 555 0123", "US", "+12025550123"),
        ("020 7183 8750", "GB", "+442071838750"),
        ("+44 (0)20 7183 8750", "US", "+442071838750"),
        ("44 20 7183 8750", "GB", "+442071838750"),
        ("0151 12345678", "DE", "+4915112345678"),
        ("06 698 12345", "IT", "+390669812345"),
        ("+39 06 698 12345", "IT", "+390669812345"),
        ("8 (916) 123-45-67", "RU", "+79161234567"),
        ("06 20 234 5678", "HU", "+36202345678"),
        ("011 15 8765-4321", "AR", "+5491187654321"),
        ("+52 1 55 1234 5678", "MX", "+525512345678"),
        ("090-1234-5678", "JP", "+819012345678"),
        ("０９０－１２３４－５６７８", "JP", "+819012345678"),
        ("＋８１ ９０（１２３４）５６７８", "US", "+819012345678"),
        ("٠٥٠١٢٣٤٥٦٧", "SA", "+966501234567"),
        ("\u{202a}+1\u{a0}202\u{2011}555\u{200b}0123\u{202c}", "US", "+12025550123"),
        ("\u{feff}(202) 555-0123", "US", "+12025550123"),
        ("(471) 555-0123", "US", "+14715550123"),
    ] {
        let read = PhoneNumber::parse(text, region);
        assert_eq!(read.as_ref().map(PhoneNumber::as_e164), Ok(e164), "{text:?} in {region}");
    }
}

#[test]
fn a_text_that_is_not_a_number_is_rejected_with_advice() {
    for (text, region, hint) in [
        ("", "US", "no digits"),
        (" - ", "US", "no digits"),
        ("n/a", "US", "letters"),
        ("unknown", "US", "letters"),
        ("1-800-FLOWERS", "US", "letters"),
        ("(202) 555-0123 ext. 12", "US", "extension"),
        ("(202) 555-0123 x12", "US", "extension"),
        ("(202) 555-0123 #12", "US", "extension"),
        ("(202) 555-0123,,12", "US", "extension"),
        ("tel:+12025550123;ext=12", "US", "extension"),
        ("202 555 0123 (home)", "US", "letters"),
        ("202 555 0123 & 0124", "US", "a character"),
        ("+1 202 555 0123 +1 202 555 0124", "US", "a character"),
        ("++1 202 555 0123", "US", "a character"),
        ("555-0123", "US", "area code"),
        ("+1 202 555 012", "US", "too few digits for +1"),
        ("+1 202 555 01234", "US", "too many digits for +1"),
        ("(202) 555-0123 (202) 555-0124", "US", "too many digits"),
        ("+999 123 456", "US", "calling code"),
        ("+0 202 555 0123", "US", "calling code"),
        ("0074625", "AU", "the digits after +61 begin with a prefix"),
        ("0114495186046", "CN", "the digits after +86 begin with a prefix"),
        (&"1".repeat(257), "US", "too long"),
        (&"1".repeat(256), "US", "too many digits"),
        ("(202) 555-0123", "UK", "the default region \"UK\" is not"),
        ("(202) 555-0123", "us", "the default region \"us\" is not"),
        ("(202) 555-0123", "", "the default region \"\" is not"),
        ("US", "(202) 555-0123", "the default region is not"),
    ] {
        let error = PhoneNumber::parse(text, region).unwrap_err();
        assert!(error.to_string().contains(hint), "{text:?} in {region}: {error}");
    }
}

#[test]
fn every_number_that_parse_returns_is_accepted_by_new() {
    let regions = [
        "AR", "AT", "AU", "BR", "CI", "CN", "CO", "DE", "GB", "IN", "IT", "JP", "KZ", "MX", "RU", "SM", "US",
        "VA",
    ];
    // The same digits in each run.
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let mut accepted = 0;
    for at in 0..20_000 {
        let region = regions[at % regions.len()];
        let prefix = ["", "0", "00", "011", "+"][at % 5];
        let digits = 4 + random(12);
        let text: String =
            (0..digits).map(|_| char::from(b'0' + u8::try_from(random(10)).unwrap())).collect();
        let text = format!("{prefix}{text}");
        let Ok(number) = PhoneNumber::parse(&text, region) else { continue };
        assert_eq!(PhoneNumber::new(number.as_e164()).as_ref(), Ok(&number), "{text} in {region}");
        accepted += 1;
    }
    assert!(accepted > 2000, "{accepted}");
}

#[test]
fn neither_debug_nor_display_shows_the_number() {
    let number = number("+19195551234");
    assert_eq!(format!("{number} {number:?}"), "•••34 PhoneNumber(•••34)");
}

#[test]
fn a_number_converts_from_text_and_is_validated() {
    let number = PhoneNumber::new("+19195551234").unwrap();
    assert_eq!(PhoneNumber::try_from("+19195551234"), Ok(number.clone()));
    assert_eq!(PhoneNumber::try_from(String::from("+19195551234")), Ok(number.clone()));
    assert_eq!(serde_json::from_str::<PhoneNumber>("\"+19195551234\"").unwrap(), number);
    for bad in ["\"415-286-0100\"", "\"+4402071838750\"", "14152860100", "-14152860100", "14152860100.5"] {
        let error = serde_json::from_str::<PhoneNumber>(bad).unwrap_err().to_string();
        assert!(!error.contains("2071838750") && !error.contains("286"), "{error}");
    }
}
