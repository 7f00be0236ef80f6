use url::Url;

use super::*;
use crate::hostile_text::HostileText;

fn read(text: &str) -> Result<String, InvalidOrigin> {
    Origin::parse(text).map(|origin| origin.to_string())
}

#[test]
fn an_origin_is_read_as_browsers_write_it() {
    for (text, origin) in [
        ("https://bank.example", "https://bank.example"),
        ("HTTPS://Bank.Example:443/", "https://bank.example"),
        ("http://bank.example:80", "http://bank.example"),
        ("https://bank.example:80", "https://bank.example:80"),
        ("https://bank.example.", "https://bank.example."),
        ("https://my_app", "https://my_app"),
        ("https://-a.b--c-", "https://-a.b--c-"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("https://1.bank", "https://1.bank"),
        ("https://0x.bank", "https://0x.bank"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("http://[::1]:0", "http://[::1]:0"),
        ("http://[2001:DB8:0:0:1:0:0:1]", "http://[2001:db8::1:0:0:1]"),
        ("http://[::ffff:127.0.0.1]", "http://[::ffff:7f00:1]"),
        ("http://[::FFFF:0:0]", "http://[::ffff:0:0]"),
        ("http://[::1.2.3.4]", "http://[::102:304]"),
    ] {
        assert_eq!(read(text).as_deref(), Ok(origin), "{text}");
    }
}

#[test]
fn every_other_form_is_rejected_with_its_reason() {
    use InvalidOrigin::{Fragment, Host, NotAscii, Number, Path, Port, Query, Scheme, UserInfo};

    for (why, texts) in [
        (Scheme, &["", "bank.example", "//bank.example", "https:bank.example", "https:/bank.example"][..]),
        (Scheme, &["ftp://bank.example", " https://bank.example", "https:\\\\bank.example", "null", "*"]),
        (Scheme, &["httpss://bank.example", "\thttps://bank.example", "javascript://bank.example"]),
        (UserInfo, &["https://alice@bank.example", "https://a:b@bank.example", "https://@bank.example"]),
        (UserInfo, &["https://bank.example@evil.example", "https://bank.example\\@evil.example"]),
        (NotAscii, &["https://b\u{fc}cher.example", "https://bank\u{3002}example", "https://\u{ff11}.0.0.1"]),
        (Host, &["https://", "https:///", "https://.", "https://.bank", "https://a..b", "https://bank.."]),
        (
            Host,
            &["https://a b", "https://a%2eb", "https://a\tb", "https://a\0", "https://a\\b", "https://a|b"],
        ),
        (Host, &["https://[::1", "https://[::1]x", "https://[]", "https://[1]", "https://[::1%25eth0]"]),
        (
            Host,
            &["https://[127.0.0.1]", "https://a[]", "https://]:80", "https://:443", "https://bank.example "],
        ),
        (
            Number,
            &["http://127.1", "http://0x7f.1", "http://2130706433", "http://0177.0.0.1", "http://0X7F000001"],
        ),
        (
            Number,
            &["http://127.0.0.1.", "http://1.2.3.4.5", "http://256.0.0.1", "http://bank.1", "http://bank.0x"],
        ),
        (
            Port,
            &[
                "http://a:",
                "http://a:080",
                "http://a:65536",
                "http://a:+80",
                "http://a:8 0",
                "http://a:80:80",
            ],
        ),
        (Port, &["http://[::1]:", "http://[::1]:0x50", "http://::1", "https://a:443\\b"]),
        (Path, &["https://bank.example/app", "https://bank.example//", "https://bank.example/."]),
        (Query, &["https://bank.example?x"]),
        (Fragment, &["https://bank.example#x"]),
    ] {
        for text in texts {
            assert_eq!(read(text), Err(why), "{text:?}");
        }
    }
}

/// Parts of URLs that parsers have disagreed on.
const PARTS: &[&str] = &[
    "http://",
    "https://",
    "HTTPS://",
    "https:",
    "https:/",
    "https:///",
    "ftp://",
    "http:\\\\",
    "//",
    "/",
    "\\",
    "?",
    "#",
    "@",
    ":",
    ";",
    "a",
    "B",
    "z",
    "bank",
    "example",
    "bank.example",
    "localhost",
    "evil.example",
    "com",
    "-",
    "--",
    "_",
    "~",
    "!",
    "$",
    "&",
    "'",
    "(",
    ")",
    "*",
    "+",
    ",",
    "=",
    "|",
    "^",
    "`",
    "{",
    "}",
    "<",
    ">",
    "\"",
    " ",
    "\t",
    "\n",
    "\r",
    "\0",
    "\u{7f}",
    ".",
    "..",
    "%2e",
    "%2E",
    "%00",
    "%41",
    "%",
    "%5c",
    "%40",
    "0",
    "1",
    "127",
    "127.0.0.1",
    "127.1",
    "255",
    "256",
    "0177",
    "08",
    "0x",
    "0x7f",
    "0X7F",
    "0xg",
    "4294967295",
    "4294967296",
    "1.2.3",
    "80",
    "443",
    "8080",
    ":80",
    ":443",
    ":0",
    ":00",
    ":0443",
    ":65535",
    ":65536",
    ":99999999999",
    "[",
    "]",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[1:2:3:4:5:6:7:8]",
    "[1:0:0:4:0:0:0:8]",
    "[::1.2.3.4]",
    "[0:0::1]",
    "::",
    ":1",
    "fe80::1%25eth0",
    "ffff",
    "xn--",
    "xn--bcher-kva",
    "xn--a",
    "\u{e9}",
    "\u{fc}",
    "\u{3002}",
    "\u{ff0e}",
    "\u{ff11}",
    "\u{ad}",
    "\u{200d}",
    "\u{df}",
];

#[test]
fn these_forms_are_rejected_although_browsers_rewrite_them() {
    for text in [
        // Without slashes, with backslashes, or with more or other characters around.
        "https:bank.example",
        "https:///bank.example",
        "https:\\\\bank.example",
        " https://bank.example\n",
        "ht\ttps://bank.example",
        // Names in another form.
        "https://b\u{fc}cher.example",
        "https://bank%2eexample",
        "https://bank\u{3002}example",
        "https://ba\u{ad}nk.example",
        "https://a!b.example",
        "https://a..b",
        // Addresses in another form.
        "http://127.1",
        "http://0x7f.1",
        "http://2130706433",
        "http://0177.0.0.1",
        "http://127.0.0.1.",
        "http://0x",
        // Ports in another form, user names, and everything that is not part of an origin.
        "https://bank.example:",
        "https://bank.example:0443",
        "https://alice:secret@bank.example",
        "https://@bank.example",
        "https://bank.example/app",
        "https://bank.example?x",
        "https://bank.example#x",
        "https://bank.example\\x",
    ] {
        assert!(Url::parse(text).is_ok() && Origin::parse(text).is_err(), "{text:?}");
    }
}

/// Compares an origin with the parser that browsers are specified by. Returns whether it is accepted.
fn compare(text: &str) -> bool {
    let Ok((origin, rest)) = Origin::split(text) else { return false };
    match Url::parse(text) {
        Ok(url) => {
            assert_eq!(url.origin().ascii_serialization(), origin.to_string(), "{text:?}");
            assert_eq!(url.host_str(), Some(&*origin.host().to_string()), "{text:?}");
            assert!(url.username().is_empty() && url.password().is_none(), "{text:?}");
            let (_, whole) = text.split_at(text.len() - rest.len());
            assert_eq!(whole, rest, "{text:?}");
        }
        // Whether an `xn--` label encodes anything is decided by tables. Browsers write no other, so such an origin
        // equals none of theirs.
        Err(error) => {
            let name = origin.host().name().unwrap_or_default();
            assert!(name.split('.').any(|label| label.starts_with("xn--")), "{text:?}: {error}");
        }
    }
    // What is written is read again as the same.
    let written = origin.to_string();
    assert_eq!(Origin::parse(&written), Ok(origin), "{text:?}");
    true
}

#[test]
fn every_accepted_origin_is_that_of_the_url_standard() {
    const STARTS: &[&str] =
        &["", "http://", "https://", "https://", "HTTPS://", "http://[", "https://bank.example"];
    let (mut text, mut accepted) = (HostileText::new(1), 0);
    for _ in 0..80_000 {
        let start = text.part(STARTS);
        accepted += usize::from(compare(&format!("{start}{}", text.of_parts(PARTS, 8))));
    }
    for _ in 0..40_000 {
        let start = text.part(STARTS);
        accepted += usize::from(compare(&format!("{start}{}", text.of_ascii(12))));
    }
    assert!(accepted > 5_000, "{accepted}");
}

#[test]
fn every_accepted_host_is_that_of_the_url_standard() {
    // The characters of hosts and ports.
    const CHARACTERS: &[&str] =
        &["a", "A", "f", "g", "x", "X", "0", "1", "2", "3", "7", "8", "9", ".", ".", ":", "-", "_", "[", "]"];
    const ADDRESS: &[&str] = &["a", "F", "0", "1", "8", "ffff", "127.0.0.1", ":", ":", ":", ":", "::"];
    let (mut text, mut accepted) = (HostileText::new(2), 0);
    for _ in 0..120_000 {
        accepted += usize::from(compare(&format!("http://{}", text.of_parts(CHARACTERS, 14))));
        accepted += usize::from(compare(&format!("http://[{}]", text.of_parts(ADDRESS, 14))));
    }
    assert!(accepted > 5_000, "{accepted}");
}
