//! Reading side of a [`Theme`], for adapters.

use crate::theme::{Color, ColorScheme, InvalidTheme, Theme};

/// Reading side of a [`Theme`]. Each method returns the value of the setter of the same name, or its default.
///
/// ```
/// use mfakit_core::{Theme, adapter::ThemeView};
///
/// let theme = Theme::new().logo("/bank.svg");
/// assert_eq!(ThemeView::of(&theme).logo(), Some("/bank.svg"));
/// assert_eq!(ThemeView::of(&theme).home(), "/");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ThemeView<'a>(&'a Theme);

impl<'a> ThemeView<'a> {
    /// Creates the view of a theme.
    #[must_use]
    pub const fn of(theme: &'a Theme) -> Self {
        Self(theme)
    }

    /// Returns the path of the logo.
    #[must_use]
    pub fn logo(self) -> Option<&'a str> {
        self.0.logo.as_deref()
    }

    /// Returns the accent colors on a light and on a dark page.
    ///
    /// # Errors
    ///
    /// Returns an error if one of them is not a color, or if its contrast is insufficient.
    pub fn accent(self) -> Result<(Color, Color), InvalidTheme> {
        self.0.accents()
    }

    /// Returns the color scheme.
    #[must_use]
    pub const fn color_scheme(self) -> ColorScheme {
        self.0.scheme
    }

    /// Returns the path of the app's style sheet.
    #[must_use]
    pub fn style_sheet(self) -> Option<&'a str> {
        self.0.style_sheet.as_deref()
    }

    /// Returns the path of the app's home page.
    #[must_use]
    pub fn home(self) -> &'a str {
        self.0.home.as_deref().unwrap_or("/")
    }

    /// Returns the path or address of the help page.
    #[must_use]
    pub fn help(self) -> Option<&'a str> {
        self.0.help.as_deref()
    }

    /// Returns the paths and labels of the alternatives, in the order in which they were added.
    pub fn alternatives(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.alternatives.iter().map(|(path, label)| (path.as_str(), label.as_str()))
    }
}
