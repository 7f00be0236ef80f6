//! Beginning of a text.

/// Returns the beginning of a text: whole characters of at most this many bytes.
pub(crate) fn beginning(text: &str, bytes: usize) -> &str {
    // A character has at most four bytes.
    (0..4).find_map(|fewer| text.get(..bytes.checked_sub(fewer)?)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_text_ends_with_a_whole_character() {
        for (text, bytes, expected) in [
            ("", 3, ""),
            ("en", 3, "en"),
            ("eng", 3, "eng"),
            ("engl", 3, "eng"),
            ("enéé", 3, "en"),
            ("\u{1f512}", 3, ""),
            ("a\u{1f512}", 4, "a"),
        ] {
            assert_eq!(beginning(text, bytes), expected, "{text:?} {bytes}");
        }
    }
}
