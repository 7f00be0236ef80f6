//! Colors and their contrast.

use std::{fmt, str::FromStr};

/// Contrast that text must have with its background (WCAG 2.2, 1.4.3).
const READABLE: f64 = 4.5;

/// Color of the sRGB space, written as `#rrggbb`.
///
/// ```
/// use mfakit_core::theme::Color;
///
/// let teal: Color = "#0F766E".parse()?;
/// assert_eq!(teal.to_string(), "#0f766e");
/// assert_eq!(teal.ink().to_string(), "#ffffff");
/// # Ok::<(), mfakit_core::theme::InvalidColor>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color([u8; 3]);

impl Color {
    /// Background of the text on a light page.
    pub const LIGHT_SHEET: Self = Self([0xff, 0xff, 0xff]);
    /// Background of the text on a dark page.
    pub const DARK_SHEET: Self = Self([0x18, 0x1c, 0x22]);

    /// Reads a color in the form `#rrggbb`.
    ///
    /// # Errors
    ///
    /// Returns an error if it is written in any other form.
    pub fn parse(text: &str) -> Result<Self, InvalidColor> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii());
        let digits = digits.ok_or(InvalidColor::NotWritten)?;
        let mut bytes = [0; 3];
        for (at, byte) in bytes.iter_mut().enumerate() {
            let pair = digits.get(at * 2..at * 2 + 2).unwrap_or_default();
            let hex = pair.bytes().all(|digit| digit.is_ascii_hexdigit());
            *byte = u8::from_str_radix(pair, 16).ok().filter(|_| hex).ok_or(InvalidColor::NotWritten)?;
        }
        Ok(Self(bytes))
    }

    /// Returns black or white, whichever has the higher contrast with this color.
    #[must_use]
    pub fn ink(self) -> Self {
        let (black, white) = (Self([0; 3]), Self([0xff; 3]));
        if self.contrast(white) >= self.contrast(black) { white } else { black }
    }

    /// Checks that text in this color is readable on `ground`.
    pub(crate) fn readable_on(self, ground: Self) -> Result<(), InvalidColor> {
        let contrast = self.contrast(ground);
        if contrast >= READABLE { Ok(()) } else { Err(InvalidColor::Unreadable { ground, contrast }) }
    }

    /// Returns the contrast ratio, 1 to 21 (WCAG 2.2, "contrast ratio").
    fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// Returns the relative luminance, 0 to 1 (WCAG 2.2, "relative luminance").
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|byte| {
            let share = f64::from(byte) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl FromStr for Color {
    type Err = InvalidColor;

    fn from_str(text: &str) -> Result<Self, InvalidColor> {
        Self::parse(text)
    }
}

impl TryFrom<&str> for Color {
    type Error = InvalidColor;

    fn try_from(text: &str) -> Result<Self, InvalidColor> {
        Self::parse(text)
    }
}

/// Error for a color that cannot be used.
///
/// ```
/// use mfakit_core::theme::{Color, InvalidColor};
///
/// assert_eq!(Color::parse("teal"), Err(InvalidColor::NotWritten));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidColor {
    /// The color is not in the form `#rrggbb`.
    #[error("write it as #rrggbb, such as \"#0f766e\"")]
    NotWritten,
    /// The contrast with the background is too low for text to be readable.
    #[error(
        "its contrast to {ground} is {contrast:.1}, and text needs {READABLE}: choose a color with more contrast"
    )]
    Unreadable {
        /// Background of the text.
        ground: Color,
        /// Contrast of the color with the background.
        contrast: f64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_six_digits_after_a_hash_are_a_color() {
        assert_eq!(Color::parse("#0F766e").unwrap().to_string(), "#0f766e");
        for bad in ["", "#", "#fff", "0f766e", "#0f766g", "#+f766e", "#0f766e00", "#0f766é", "red", "#0f7;}x"]
        {
            assert_eq!(Color::parse(bad), Err(InvalidColor::NotWritten), "{bad:?}");
        }
    }

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        let contrast = |one, other| Color::parse(one).unwrap().contrast(Color::parse(other).unwrap());
        assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 0.001);
        assert!((contrast("#777777", "#ffffff") - 4.48).abs() < 0.01);
        assert!((contrast("#ffffff", "#767676") - 4.54).abs() < 0.01);
    }

    #[test]
    fn the_ink_on_a_color_is_always_readable() {
        for color in ["#000000", "#ffffff", "#777777", "#0f766e", "#5eead4", "#ff0000", "#0000ff"] {
            let color = Color::parse(color).unwrap();
            assert_eq!(color.ink().readable_on(color), Ok(()), "{color}");
        }
    }
}
