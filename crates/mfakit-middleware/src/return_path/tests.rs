use mfakit_core::adapter::MfaExt as _;
use url::Url;

use super::*;
use crate::test_bank::bank;

#[test]
fn a_target_that_leaves_the_site_is_rejected_even_if_dots_hide_it() {
    let mfa = bank();
    let parsed = |target| ReturnPath::parse(target, mfa.site()).map(|target| target.to_string());
    // The dots are removed, and the rest names a host.
    for hidden in [
        "/.//evil.example",
        "/..//evil.example",
        "/a/..//evil.example",
        "/./%2fevil.example",
        "/a/../%2Fevil.example",
        "/./%5cevil.example",
        "/%2e//evil.example",
    ] {
        assert_eq!(parsed(hidden), None, "{hidden}");
    }
    // The parser reads some of these as another host, and some as a path that a proxy decodes to another
    // host.
    for plain in ["//evil.example", "/%2fevil.example", "/%5Cevil.example", "/%2f/../a"] {
        assert_eq!(parsed(plain), None, "{plain}");
    }
    assert_eq!(parsed("/a/./b?c=//d").as_deref(), Some("/a/b?c=//d"));
}

/// Reads a target with the parser that browsers are specified by.
fn target_by_url(target: &str, site: &Site) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
    if target.len() > MAX_LEN || !target.bytes().all(plain) || !target.starts_with('/') {
        return None;
    }
    let url = Url::parse(site.origin()).ok()?.join(target).ok()?;
    let stays = url.origin().ascii_serialization() == site.origin() && !is_ours(url.path(), site);
    let rest = path_and_query(url.path(), url.query());
    let leaves = names_a_host(target) || names_a_host(&rest) || rest.len() > MAX_LEN;
    (stays && !leaves && url.fragment().is_none()).then_some(rest)
}

/// Reads the page before with the parser that browsers are specified by.
fn page_by_url(facts: &Facts, site: &Site) -> Option<String> {
    let url = Url::parse(facts.referer.as_deref()?).ok()?;
    let origin = url.origin().ascii_serialization();
    let host = facts.host.as_deref().map(|host| Url::parse(&format!("{}://{host}", url.scheme())).ok());
    let sent_there = match host {
        None => true,
        Some(host) => {
            let host = host?.origin().ascii_serialization();
            host == origin || host != site.origin()
        }
    };
    let path = site.own(url.path())?;
    let is_script = [".js", ".mjs"].iter().any(|end| path.ends_with(end));
    (origin == site.origin() && sent_there && !is_script).then(|| path_and_query(path, url.query()))
}

/// Returns every text of up to four of these parts.
fn every_text(parts: &[&str]) -> Vec<String> {
    let mut texts = vec![String::new()];
    let mut longest = 0;
    for _ in 0..4 {
        let longer =
            texts[longest..].iter().flat_map(|text| parts.iter().map(move |part| format!("{text}{part}")));
        let longer: Vec<_> = longer.collect();
        longest = texts.len();
        texts.extend(longer);
    }
    texts
}

#[test]
fn exactly_the_targets_are_accepted_that_the_url_standard_keeps_on_the_site() {
    // `url` treats a segment like `a:` as a drive, which the standard does for files only. So no part is a colon alone.
    const PARTS: &[&str] = &[
        "/",
        "//",
        ".",
        "..",
        "%2e",
        "\\",
        "%2F",
        "%5c",
        "?",
        "#",
        "a",
        "mfa",
        "@evil.example",
        ":0",
        " ",
        "\t",
        "\u{e9}",
        "'\"",
    ];
    let mfa = bank();
    let mut accepted = 0;
    for text in every_text(PARTS) {
        let target = format!("/{text}");
        let read = ReturnPath::parse(&target, mfa.site()).map(|target| target.to_string());
        assert_eq!(read, target_by_url(&target, mfa.site()), "{target:?}");
        accepted += usize::from(read.is_some());
    }
    assert!(accepted > 1000, "{accepted}");
}

#[test]
fn every_accepted_referer_is_a_page_of_the_site_by_the_url_standard() {
    const PARTS: &[&str] = &[
        "https://",
        "HTTPS:",
        "http://",
        "//",
        "bank.example",
        "BANK.example",
        ".",
        "evil.example",
        "@",
        ":443",
        ":",
        "0443",
        ":80",
        "/",
        "\\",
        "?x",
        "#",
        "orders",
        "..",
        "\t",
        "\u{e9}",
    ];
    let mfa = bank();
    let mut accepted = 0;
    for text in every_text(PARTS) {
        for start in ["", "https://bank.example"] {
            let facts = Facts { referer: Some(format!("{start}{text}")), ..Facts::default() };
            let Some(page) = page_before(&facts, mfa.site()) else { continue };
            assert_eq!(page_by_url(&facts, mfa.site()), Some(page), "{facts:?}");
            accepted += 1;
        }
    }
    assert!(accepted > 1000, "{accepted}");
}

#[test]
fn every_host_that_does_not_contradict_the_referer_does_not_by_the_url_standard() {
    const PARTS: &[&str] = &[
        "bank.example",
        "BANK.EXAMPLE",
        ".",
        "evil",
        "@",
        ":",
        "443",
        "0443",
        "80",
        "[::1]",
        "127.1",
        " ",
        "\t",
        "/",
        "?",
        "#",
    ];
    let mfa = bank();
    let referer = Some("https://bank.example/orders".to_owned());
    let mut accepted = 0;
    for host in every_text(PARTS) {
        let facts = Facts { referer: referer.clone(), host: Some(host), ..Facts::default() };
        let Some(page) = page_before(&facts, mfa.site()) else { continue };
        assert_eq!(page_by_url(&facts, mfa.site()), Some(page), "{facts:?}");
        accepted += 1;
    }
    assert!(accepted > 100, "{accepted}");
}
