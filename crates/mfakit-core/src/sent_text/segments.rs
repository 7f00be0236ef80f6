//! Segments in which a network sends a text message (3GPP TS 23.038 and TS 23.040).
//!
//! A message whose characters are all in the GSM alphabet has segments of 153 septets, if it has several. One other
//! character makes the segments of the whole message 67 UTF-16 units long.

/// Characters of the GSM alphabet besides letters and digits of ASCII.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";

/// Characters of its extension, which take two septets.
const EXTENDED: &str = "^{}\\[~]|€\u{c}";

/// Length of a message in units of its encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    /// Septets of the GSM alphabet.
    Gsm { septets: usize, extended: bool },
    /// UTF-16 units.
    Utf16 { units: usize, pairs: bool },
}

impl Length {
    /// Measures a message.
    pub(super) fn of(text: &str) -> Self {
        let septets = |c: char| match c {
            c if c.is_ascii_alphanumeric() || BASIC.contains(c) => Some(1),
            c if EXTENDED.contains(c) => Some(2),
            _ => None,
        };
        match text.chars().map(septets).sum() {
            Some(septets) => Self::Gsm { septets, extended: text.contains(|c| EXTENDED.contains(c)) },
            None => Self::Utf16 {
                units: text.encode_utf16().count(),
                pairs: text.chars().any(|c| c.len_utf16() > 1),
            },
        }
    }

    /// Returns the number of units by which the message is too long for two segments. A character of two units is never
    /// divided, and so may leave one unit unused.
    pub(super) const fn excess_of_two_segments(self) -> usize {
        match self {
            Self::Gsm { septets, extended } => septets.saturating_sub(2 * 153 - extended as usize),
            Self::Utf16 { units, pairs } => units.saturating_sub(2 * 67 - pairs as usize),
        }
    }

    /// Returns whether the message has at most two segments.
    #[cfg(test)]
    pub(super) const fn fits_two_segments(self) -> bool {
        self.excess_of_two_segments() == 0
    }
}

/// Returns whether all characters are in the GSM alphabet.
pub(super) fn is_gsm(text: &str) -> bool {
    matches!(Length::of(text), Length::Gsm { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_measured_in_its_encoding() {
        let gsm = |septets, extended| Length::Gsm { septets, extended };
        let utf16 = |units, pairs| Length::Utf16 { units, pairs };
        for (text, length) in [
            ("", gsm(0, false)),
            ("Zahlen Sie 5 \u{a3}.\n@a #1", gsm(21, false)),
            ("5 €", gsm(4, true)),
            ("{}", gsm(4, true)),
            ("…", utf16(1, false)),
            ("`", utf16(1, false)),
            ("Ł", utf16(1, false)),
            ("ً", utf16(1, false)),
            ("\u{1f512}", utf16(2, true)),
        ] {
            assert_eq!(Length::of(text), length, "{text:?}");
        }
    }

    #[test]
    fn two_segments_are_306_septets_or_134_units() {
        for (text, longest) in [("a", 306), ("я", 134)] {
            assert!(Length::of(&text.repeat(longest)).fits_two_segments(), "{text}");
            assert!(!Length::of(&text.repeat(longest + 1)).fits_two_segments(), "{text}");
        }
        assert!(!Length::of(&format!("€{}", "a".repeat(304))).fits_two_segments());
        assert!(!Length::of(&"\u{1f512}".repeat(67)).fits_two_segments());
    }
}
