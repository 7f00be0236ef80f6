use url::Url;

use super::*;
use crate::hostile_text::HostileText;

fn read(text: &str) -> Option<(String, Option<String>)> {
    UrlPath::read(text).map(|read| (read.path().to_owned(), read.query().map(str::to_owned)))
}

#[test]
fn dot_segments_are_removed_in_every_spelling() {
    for (text, path) in [
        ("", "/"),
        ("/", "/"),
        ("/a/b", "/a/b"),
        ("/a/./b", "/a/b"),
        ("/a/%2e/b", "/a/b"),
        ("/a/../b", "/b"),
        ("/a/.%2E/b", "/b"),
        ("/a/%2e./b", "/b"),
        ("/a/%2E%2e/b", "/b"),
        ("/a/..", "/"),
        ("/a/b/..", "/a/"),
        ("/a/.", "/a/"),
        ("/../..", "/"),
        ("/a//../b", "/a/b"),
        ("/a/...", "/a/..."),
        ("/.a/..b/c.", "/.a/..b/c."),
        ("/%2", "/%2"),
        ("/%2f..", "/%2f.."),
        ("/.//evil.example", "//evil.example"),
        ("/C:/..", "/"),
    ] {
        assert_eq!(read(text), Some((path.to_owned(), None)), "{text}");
    }
}

#[test]
fn text_that_browsers_read_in_another_way_is_rejected() {
    for text in [
        "a", "a/b", "#", "/#", "/a#b", "\\", "/\\", "/?\\", "/a b", "/\t", "/\n", "/?\r", "/\0", "/\u{7f}",
        "/\u{e9}",
    ] {
        assert_eq!(read(text), None, "{text:?}");
    }
    assert_eq!(read("/a?b?c"), Some(("/a".to_owned(), Some("b?c".to_owned()))));
}

#[test]
fn characters_that_end_an_attribute_or_a_header_are_encoded() {
    let (path, query) = read("/\"<>`{}'&?\"<>`{}'&").unwrap();
    assert_eq!(path, "/%22%3C%3E%60%7B%7D'&");
    assert_eq!(query.as_deref(), Some("%22%3C%3E`{}%27&"));
}

/// Parts of paths and queries that parsers have disagreed on.
const PARTS: &[&str] = &[
    "/",
    "/",
    "/",
    "//",
    "\\",
    "?",
    "#",
    ".",
    "..",
    "%2e",
    "%2E",
    "%2e%2E",
    ".%2e",
    "%2E.",
    "%2",
    "%",
    "%%",
    "%2f",
    "%5c",
    "%00",
    "%0d%0a",
    "%zz",
    "a",
    "B",
    "evil.example",
    "@",
    ":",
    ";",
    "&",
    "=",
    "+",
    "~",
    "!",
    "$",
    "'",
    "(",
    ")",
    "*",
    ",",
    "|",
    "^",
    "`",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    "\"",
    " ",
    "\t",
    "\n",
    "\r",
    "\0",
    "\u{7f}",
    "\u{e9}",
    "\u{ff0f}",
    "C:",
    "C|",
    "..;",
    "mfa",
    "http:",
    "javascript:",
];

/// Compares a path and query with the parser that browsers are specified by.
fn compare(text: &str) {
    // `url` treats a segment like `C:` as a drive, which the standard does for files only.
    let drive =
        |segment: &str| matches!(segment.as_bytes(), [letter, b':' | b'|'] if letter.is_ascii_alphabetic());
    if text.split(['/', '?']).any(drive) {
        return;
    }
    let Some((path, query)) = read(text) else {
        // Nothing else is rejected.
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\#".contains(&byte));
        assert!(!plain || !(text.is_empty() || text.starts_with(['/', '?'])), "{text:?}");
        return;
    };
    let url = Url::parse(&format!("https://bank.example{text}")).unwrap();
    assert_eq!(url.origin().ascii_serialization(), "https://bank.example", "{text:?}");
    assert_eq!((url.path(), url.query()), (&*path, query.as_deref()), "{text:?}");
    assert_eq!(url.fragment(), None, "{text:?}");
    // A second reading changes nothing.
    let written = url.as_str().strip_prefix("https://bank.example").unwrap();
    assert_eq!(read(written), Some((path, query)), "{text:?}");
}

#[test]
fn every_accepted_path_and_query_is_that_of_the_url_standard() {
    let mut text = HostileText::new(3);
    for _ in 0..150_000 {
        compare(&format!("/{}", text.of_parts(PARTS, 10)));
    }
    for _ in 0..50_000 {
        compare(&text.of_ascii(6));
        compare(&format!("{}{}", text.part(&["/", "?", "/a?", "/../"]), text.of_ascii(6)));
    }
}
