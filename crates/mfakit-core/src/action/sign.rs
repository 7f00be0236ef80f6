//! Signs that mean something in a message, and characters that look like them or are compatible with them (NFKC).
//!
//! A test compares every code point with ICU's data.

use crate::action::{invisible::is_in, look_alike::digits_shown};

/// Ascending ranges of letters and symbols that stand for several letters, and of their neighbors.
const SEVERAL_LETTERS: &[(char, char)] = &[
    ('\u{132}', '\u{133}'),
    ('\u{149}', '\u{149}'),
    ('\u{1c4}', '\u{1cc}'),
    ('\u{1f1}', '\u{1f3}'),
    ('\u{587}', '\u{587}'),
    ('\u{675}', '\u{678}'),
    ('\u{e33}', '\u{e33}'),
    ('\u{eb3}', '\u{eb3}'),
    ('\u{edc}', '\u{edd}'),
    ('\u{1e9a}', '\u{1e9a}'),
    ('\u{20a8}', '\u{20a8}'),
    ('\u{2100}', '\u{218b}'),
    ('\u{309f}', '\u{309f}'),
    ('\u{30ff}', '\u{30ff}'),
    ('\u{3200}', '\u{33ff}'),
    ('\u{fb00}', '\u{fdff}'),
    ('\u{fe70}', '\u{feff}'),
    ('\u{1b100}', '\u{1b12f}'),
    ('\u{1f100}', '\u{1f2ff}'),
];

/// Replaces the signs of placeholders and those that bind a code. Replaces typographic signs too, which are not in the
/// GSM alphabet and would halve the room.
pub(super) const fn plain(c: char) -> char {
    match c {
        '{' | '\u{fe37}' | '\u{fe5b}' | '\u{ff5b}' => '(',
        '}' | '\u{fe38}' | '\u{fe5c}' | '\u{ff5d}' => ')',
        '@' | '\u{fe6b}' | '\u{ff20}' | '#' | '\u{fe5f}' | '\u{ff03}' => ' ',
        '%' | '\u{66a}' | '\u{fe6a}' | '\u{ff05}' | '<' | '\u{fe64}' | '\u{ff1c}' => ' ',
        '>' | '\u{fe65}' | '\u{ff1e}' | '\\' | '\u{fe68}' | '\u{ff3c}' => ' ',
        '\u{2216}' | '\u{29f5}' | '\u{29f9}' | '\u{2afd}' => ' ',
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{201c}'..='\u{201e}' => '"',
        '\u{2010}'..='\u{2015}' => '-',
        other => other,
    }
}

/// Returns whether a character is read as the dot between the labels of a host, or ends with one.
pub(super) const fn is_dot(c: char) -> bool {
    matches!(
        c,
        '.' | '\u{6d4}' | '\u{701}' | '\u{702}' | '\u{2024}'..='\u{2026}' | '\u{2488}'..='\u{249b}' | '\u{3002}'
            | '\u{33c2}' | '\u{33c7}' | '\u{33d8}' | '\u{a4f8}' | '\u{a60e}' | '\u{fe12}' | '\u{fe19}'
            | '\u{fe30}' | '\u{fe52}' | '\u{ff0e}' | '\u{ff61}' | '\u{10a50}' | '\u{1d16d}' | '\u{1f100}'
    )
}

/// Returns whether a character looks like a dot between letters. Two zeros do, which stay as they are in a number.
pub(super) const fn looks_like_dot(c: char) -> bool {
    is_dot(c) || matches!(c, '\u{660}' | '\u{6f0}')
}

/// Returns whether a character looks like a slash.
pub(super) const fn is_slash(c: char) -> bool {
    matches!(
        c,
        '/' | '\u{1735}'
            | '\u{2041}'
            | '\u{2044}'
            | '\u{215f}'
            | '\u{2215}'
            | '\u{2571}'
            | '\u{29f8}'
            | '\u{3033}'
            | '\u{ff0f}'
    )
}

/// Returns whether a character looks like a colon.
pub(super) const fn is_colon(c: char) -> bool {
    matches!(
        c,
        ':' | '\u{2d0}'
            | '\u{2f8}'
            | '\u{589}'
            | '\u{5c3}'
            | '\u{703}'
            | '\u{704}'
            | '\u{903}'
            | '\u{a83}'
            | '\u{16ec}'
            | '\u{1803}'
            | '\u{1809}'
            | '\u{205a}'
            | '\u{2236}'
            | '\u{2a74}'
            | '\u{a4fd}'
            | '\u{a789}'
            | '\u{fe13}'
            | '\u{fe55}'
            | '\u{ff1a}'
    )
}

/// Returns whether a character can be part of a host.
pub(super) fn is_of_host(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || c == '-'
        || !c.is_ascii() && (!is_dot(c) || c.is_alphabetic() || is_several_letters(c))
}

/// Returns whether a character can begin the last label of a host.
pub(super) fn begins_label(c: char) -> bool {
    c.is_ascii_alphabetic() || !c.is_ascii() && (digits_shown(c) == 0 || is_several_letters(c))
}

/// Returns whether a character may stand for several letters.
pub(super) fn is_several_letters(c: char) -> bool {
    is_in(SEVERAL_LETTERS, c)
}

#[cfg(test)]
mod tests {
    use icu_normalizer::ComposingNormalizer;
    use icu_properties::{CodePointMapData, props::GeneralCategory};

    use super::*;
    use crate::action::{look_alike::looks_like_digit, safe_text::for_message};

    /// Returns every character that Unicode assigns.
    fn characters() -> impl Iterator<Item = char> {
        let categories = CodePointMapData::<GeneralCategory>::new();
        let assigned = move |c: &char| {
            !matches!(categories.get(*c), GeneralCategory::Unassigned | GeneralCategory::PrivateUse)
        };
        (0..=0x0010_ffff).filter_map(char::from_u32).filter(assigned)
    }

    fn is_letter(c: char) -> bool {
        let category = CodePointMapData::<GeneralCategory>::new().get(c);
        c.is_alphabetic()
            && !matches!(category, GeneralCategory::NonspacingMark | GeneralCategory::SpacingMark)
    }

    /// Returns what a phone may read of a text: its compatible form.
    fn read(text: &str) -> String {
        ComposingNormalizer::new_nfkc().normalize(text).into_owned()
    }

    #[test]
    fn every_character_that_is_compatible_with_a_sign_is_in_the_tables() {
        for c in characters() {
            let read = read(c.encode_utf8(&mut [0; 4]));
            let ends = |sign: fn(char) -> bool| read.starts_with(sign) || read.ends_with(sign);
            assert!(!ends(|c| matches!(c, '.' | '\u{3002}')) || is_dot(c), "{c:?} is read as {read:?}");
            assert!(!ends(is_slash) || is_slash(c), "{c:?} is read as {read:?}");
            assert!(!read.contains(':') || is_colon(c), "{c:?} is read as {read:?}");
            let letters = read.chars().filter(|c| is_letter(*c)).count();
            assert!(letters < 2 || is_several_letters(c), "{c:?} is read as {read:?}");
            let digits = read.chars().filter(char::is_ascii_digit).count();
            assert!(digits_shown(c) >= digits, "{c:?} is read as {read:?}");
            assert!(!looks_like_digit(c) || !c.is_alphabetic() || digits > 0, "{c:?} is a letter");
        }
    }

    /// Returns whether a phone may turn a part of a text into a link, or a program a part into something else.
    fn means_something(text: &str) -> bool {
        let letters = |part: &str| part.chars().take_while(|c| is_letter(*c)).count();
        let hosts = |word: &str| {
            let labels: Vec<_> = word.split(['.', '\u{3002}']).collect();
            labels.windows(2).any(|pair| pair[0].ends_with(char::is_alphanumeric) && letters(pair[1]) > 1)
        };
        text.contains("//") || text.contains(['@', '#', '{', '}', '%', '\\']) || text.split(' ').any(hosts)
    }

    #[test]
    fn no_character_of_unicode_makes_a_link_of_a_name() {
        // A letter without case that is compatible with nothing else is like all others.
        let categories = CodePointMapData::<GeneralCategory>::new();
        let is_plain = |c: char| {
            categories.get(c) == GeneralCategory::OtherLetter
                && read(c.encode_utf8(&mut [0; 4])) == c.to_string()
        };
        for c in characters().filter(|c| !is_plain(*c)) {
            for name in [
                format!("evil{c}com"),
                format!("evil.{c}"),
                format!("evil.c{c}m"),
                format!("evil.{c}om"),
                format!("{c}.com"),
                format!("http{c}//evil"),
                format!("http:{c}/evil"),
                format!("http:/{c}evil"),
                format!("{c}{c}evil"),
                format!("{c}evil"),
            ] {
                let read = read(&for_message(&name));
                assert!(!means_something(&read), "{name:?} is read as {read:?}");
            }
        }
    }

    #[test]
    fn characters_that_look_like_the_dot_of_a_host_break_it_as_a_dot_does() {
        for dot in
            ".\u{2024}\u{fe52}\u{3002}\u{ff0e}\u{ff61}\u{fe12}\u{701}\u{702}\u{6d4}\u{a4f8}\u{660}".chars()
        {
            assert_eq!(for_message(&format!("evil{dot}com")), format!("evil{dot} com"), "{dot:?}");
        }
        for slash in "/\u{2044}\u{2215}\u{ff0f}\u{29f8}\u{2571}".chars() {
            for colon in ":\u{fe55}\u{ff1a}\u{a789}\u{2236}".chars() {
                let link = format!("http{colon}{slash}{slash}evil");
                assert_eq!(for_message(&link), format!("http{colon} {slash} {slash}evil"));
            }
        }
    }
}
