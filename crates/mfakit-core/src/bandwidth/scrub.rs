//! Makes texts from a provider safe for the log.
//!
//! 1. The result has at most 200 characters.
//! 2. It is one line: control characters, and characters that change the direction of writing, become spaces.
//! 3. It contains no secret. Four digits in a row, or seven with punctuation between them, may be a code or a phone
//!    number. A word of more than 40 characters, or one that follows `Basic` or `Bearer`, may be a credential:
//!    Amazon's gateway, which Bandwidth uses, quotes an `Authorization` header that it cannot read. All of these
//!    become `…`.

const LONGEST: usize = 200;
const LONGEST_WORD: usize = 40;
const HIDDEN: char = '…';

/// Returns the text, shortened, on one line and without secrets.
pub(super) fn scrub(text: &str) -> String {
    // A hostile answer must not cause unbounded work.
    let one_line: String = text.chars().take(8 * LONGEST).map(without_effect).collect();
    let mut words: Vec<&str> = Vec::new();
    let mut hide_next = false;
    for word in one_line.split_whitespace() {
        let scheme = credential_scheme(word);
        let hidden =
            hide_next || word.chars().count() > LONGEST_WORD || scheme == Some(SchemePlace::WithMore);
        words.push(if hidden { "…" } else { word });
        hide_next = scheme == Some(SchemePlace::Alone);
    }
    without_numbers(&words.join(" ")).chars().take(LONGEST).collect()
}

/// Returns the id of a request if the text looks like one: at most 64 letters, digits and hyphens, and not digits
/// alone.
pub(super) fn request_id(text: &str) -> Option<&str> {
    let looks_like_one = text.len() <= 64
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && text.bytes().any(|byte| byte.is_ascii_alphabetic());
    looks_like_one.then_some(text)
}

/// Returns the id of a message or a call, limited to 128 characters that are safe in a log line. Its digits stay,
/// because operators search for them.
pub(super) fn id(text: &str) -> String {
    text.chars().filter(char::is_ascii_graphic).take(128).collect()
}

#[derive(PartialEq, Eq)]
enum SchemePlace {
    /// The word ends with the scheme. The credential is the next word.
    Alone,
    /// The credential follows in the same word.
    WithMore,
}

fn credential_scheme(word: &str) -> Option<SchemePlace> {
    let word = word.to_ascii_lowercase();
    let rest = ["bearer", "basic"].iter().find_map(|name| Some(word.rsplit_once(name)?.1.to_owned()))?;
    Some(if rest.chars().any(char::is_alphanumeric) { SchemePlace::WithMore } else { SchemePlace::Alone })
}

fn without_effect(character: char) -> char {
    match character {
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => ' ',
        _ if character.is_control() => ' ',
        _ => character,
    }
}

fn without_numbers(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(char::is_numeric) {
        let (before, from_digit) = rest.split_at(start);
        clean.push_str(before);
        let end = from_digit
            .find(|c: char| !c.is_numeric() && !matches!(c, ' ' | '-' | '.' | '(' | ')' | '+' | '/'))
            .unwrap_or(from_digit.len());
        let (span, after) = from_digit.split_at(end);
        let number = span.trim_end_matches(|c: char| !c.is_numeric());
        let in_a_row = number.split(|c: char| !c.is_numeric()).map(|run| run.chars().count()).max();
        if in_a_row >= Some(4) || number.chars().filter(|c| c.is_numeric()).count() >= 7 {
            clean.push(HIDDEN);
        } else {
            clean.push_str(number);
        }
        clean.push_str(span.get(number.len()..).unwrap_or_default());
        rest = after;
    }
    clean.push_str(rest);
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_numbers_and_credentials_do_not_reach_the_log() {
        let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJib2IifQ.c2lnbmF0dXJl";
        for (name, text, scrubbed) in [
            ("nothing to hide", "to number is required", "to number is required"),
            ("a short number", "please wait 2 minutes (429)", "please wait 2 minutes (429)"),
            ("a code", "code 123456 is wrong, 123 is too short", "code … is wrong, 123 is too short"),
            ("a short code", "1234!", "…!"),
            ("a number", "cannot send to +19195551234.", "cannot send to +…."),
            ("a number as people write it", "to: 919-555-123 or +1 (91) 95 55 12", "to: … or +…"),
            ("full-width digits", "code １２３４", "code …"),
            (
                "a token that Amazon quotes",
                &format!("not valid in 'Bearer {token}'."),
                "not valid in 'Bearer …",
            ),
            ("a short credential", "header: Basic dTpw", "header: Basic …"),
            ("a credential in the same word", "Authorization=Bearer:dTpw", "…"),
            ("a token by itself", token, "…"),
            ("several lines", "one\r\ntwo\u{1b}[31m\u{202e}three\0", "one two [31m three"),
            ("nothing", " \n", ""),
        ] {
            assert_eq!(scrub(text), scrubbed, "{name}");
        }
    }

    #[test]
    fn the_text_is_short_however_long_the_answer_was() {
        assert_eq!(scrub(&"word ".repeat(100_000)).chars().count(), 200);
        assert_eq!(scrub(&"é".repeat(100_000)), "…");
        assert_eq!(id(&"a1".repeat(100_000)).len(), 128);
    }

    #[test]
    fn a_request_id_is_kept_only_when_it_looks_like_one() {
        let uuid = "abc12312-abcd-1234-abcd-1234abcd1234";
        assert_eq!(request_id(uuid), Some(uuid));
        for other in ["", "19195551234", "919-555-1234", "a b", "a\nb", "+1a", &"a".repeat(65)] {
            assert_eq!(request_id(other), None, "{other:?}");
        }
        assert_eq!(id("c-15ac29a2-1331029c\r\nx y"), "c-15ac29a2-1331029cxy");
    }
}
