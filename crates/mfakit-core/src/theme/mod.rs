//! Appearance of the challenge page: the app's logo, colors and links.

mod color;
pub(crate) mod view;

use crate::messages::check_label;

pub use color::{Color, InvalidColor};

/// Appearance of the challenge page, and the app's links on it.
///
/// | setting | default |
/// |---|---|
/// | [`logo`](Self::logo) | none: the app's name alone |
/// | [`accent`](Self::accent) | a blue |
/// | [`color_scheme`](Self::color_scheme) | light or dark, according to the user's system |
/// | [`style_sheet`](Self::style_sheet) | none |
/// | [`home`](Self::home) | `/` |
/// | [`help`](Self::help) | none |
/// | [`alternative`](Self::alternative) | none |
///
/// Calling a setter again replaces the value. Only [`alternative`](Self::alternative) adds to the earlier values.
///
/// ```
/// use mfakit_core::Theme;
///
/// let theme = Theme::new()
///     .logo("/bank.svg")
///     .accent("#0f766e", "#5eead4")
///     .help("/help/codes")
///     .alternative("/security-key", "Use a security key");
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Theme {
    logo: Option<String>,
    accent: Option<(String, String)>,
    scheme: ColorScheme,
    style_sheet: Option<String>,
    home: Option<String>,
    help: Option<String>,
    alternatives: Vec<(String, String)>,
}

/// Color scheme of the page.
///
/// Exhaustive, as the `color-scheme` of CSS is.
///
/// ```
/// use mfakit_core::{Theme, theme::ColorScheme};
///
/// let theme = Theme::new().color_scheme(ColorScheme::Dark);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorScheme {
    /// Light or dark, according to the user's system.
    #[default]
    Either,
    /// Always light, for an app that is always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// Creates the default theme.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the picture beside the app's name, by its path on the site, such as `/bank.svg`. It is decorative:
    /// screen readers read the name beside it.
    pub fn logo(mut self, path: impl Into<String>) -> Self {
        self.logo = Some(path.into());
        self
    }

    /// Sets the color of buttons, links and the focus ring on a light and on a dark page, each as `#rrggbb`. The
    /// builder rejects colors with insufficient contrast (WCAG 2.2, 1.4.3).
    pub fn accent(mut self, on_light: impl Into<String>, on_dark: impl Into<String>) -> Self {
        self.accent = Some((on_light.into(), on_dark.into()));
        self
    }

    /// Sets the color scheme.
    pub const fn color_scheme(mut self, scheme: ColorScheme) -> Self {
        self.scheme = scheme;
        self
    }

    /// Sets the path of the app's style sheet on the site. It is loaded after the default one and usually sets
    /// custom properties only: `.mfa { --mfa-radius: 0; --mfa-font: Georgia, serif }`.
    pub fn style_sheet(mut self, path: impl Into<String>) -> Self {
        self.style_sheet = Some(path.into());
        self
    }

    /// Sets the path of the page on the site that users without a return target go to.
    pub fn home(mut self, path: impl Into<String>) -> Self {
        self.home = Some(path.into());
        self
    }

    /// Sets the link to help: a path on the site, or an address that begins with `https://`, `mailto:` or `tel:`.
    pub fn help(mut self, href: impl Into<String>) -> Self {
        self.help = Some(href.into());
        self
    }

    /// Adds an alternative way to confirm, which the app itself provides, by its path on the site and the label
    /// of its link. In the path, `{scope}` is replaced with the name of the scope.
    pub fn alternative(mut self, path: impl Into<String>, label: impl Into<String>) -> Self {
        self.alternatives.push((path.into(), label.into()));
        self
    }

    /// Returns whether the theme has an alternative with this path.
    pub(crate) fn has_alternative(&self, path: &str) -> bool {
        self.alternatives.iter().any(|(known, _)| known == path)
    }

    /// Reads the accent colors and checks their contrast.
    fn accents(&self) -> Result<(Color, Color), InvalidTheme> {
        let (on_light, on_dark) = match &self.accent {
            Some((on_light, on_dark)) => (on_light.as_str(), on_dark.as_str()),
            None => ("#0b57d0", "#8ab4f8"),
        };
        let read = |text: &str, ground| {
            let invalid = |why| InvalidTheme::Accent { color: text.to_owned(), why };
            let color = Color::parse(text).map_err(invalid)?;
            color.readable_on(ground).map_err(invalid)?;
            Ok(color)
        };
        Ok((read(on_light, Color::LIGHT_SHEET)?, read(on_dark, Color::DARK_SHEET)?))
    }

    /// Checks everything, for routes that are mounted at `mount`.
    pub(crate) fn check(&self, mount: &str) -> Result<(), InvalidTheme> {
        self.accents()?;
        let is_mounted = |path: &str| {
            path.strip_prefix(mount).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
        };
        if let Some(path) = self.home.as_ref().filter(|path| is_mounted(path)) {
            return Err(InvalidTheme::Home { path: path.clone() });
        }
        let paths = [&self.logo, &self.style_sheet, &self.home].into_iter().flatten();
        let alternatives = self.alternatives.iter().map(|(path, _)| path);
        if let Some(path) = paths.chain(alternatives).find(|path| !is_path(path)) {
            return Err(InvalidTheme::Path { path: path.clone() });
        }
        for (_, label) in &self.alternatives {
            check_label(label).map_err(|why| InvalidTheme::Alternative { label: label.clone(), why })?;
        }
        let named = ["https://", "mailto:", "tel:"];
        let is_help = |href: &String| is_path(href) || named.iter().any(|scheme| is_address(href, scheme));
        match self.help.iter().find(|href| !is_help(href)) {
            Some(href) => Err(InvalidTheme::Help { href: href.clone() }),
            None => Ok(()),
        }
    }
}

/// Returns whether every browser reads the text as a path on the site.
fn is_path(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && is_plain(path)
}

fn is_address(href: &str, scheme: &str) -> bool {
    href.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()) && is_plain(href)
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

/// Error for a [`Theme`] that cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidTheme {
    /// The accent is not a color, or its contrast is insufficient.
    #[error("the accent {color:?}: {why}")]
    Accent {
        /// Text that was given.
        color: String,
        /// Problem with it.
        why: InvalidColor,
    },
    /// The path is not a path on the site.
    #[error("{path:?} is not a path on the site: write one such as \"/bank.svg\"")]
    Path {
        /// Text that was given.
        path: String,
    },
    /// The home page is one of mfakit's own pages.
    #[error(
        "{path:?} is a page of mfakit itself: write the path of a page of your app, such as \"/account\""
    )]
    Home {
        /// Text that was given.
        path: String,
    },
    /// The link to help is one that browsers do not follow.
    #[error("{href:?} is not a valid help link: write a path, or a URL with https:, mailto: or tel:")]
    Help {
        /// Text that was given.
        href: String,
    },
    /// The label of an alternative cannot be used.
    #[error("the label {label:?} of an alternative: {why}")]
    Alternative {
        /// Text that was given.
        label: String,
        /// Problem with it.
        why: crate::messages::InvalidMessages,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_theme_links_only_to_paths_and_known_schemes() {
        let good = Theme::new()
            .logo("/bank.svg?v=2")
            .home("/account")
            .style_sheet("/own.css")
            .alternative("/key/{scope}", "Key");
        assert_eq!(good.check("/mfa"), Ok(()));
        for help in ["/help", "https://help.example/codes", "mailto:help@bank.example", "tel:+19195551234"] {
            assert_eq!(Theme::new().help(help).check("/mfa"), Ok(()), "{help}");
        }
        for bad in [
            "",
            "help",
            "//evil.example",
            "/\\evil",
            "/a b",
            "/ä",
            "javascript:alert(1)",
            "data:text/html,x",
            "http://x",
        ] {
            assert!(Theme::new().logo(bad).check("/mfa").is_err(), "logo {bad:?}");
            assert!(Theme::new().home(bad).check("/mfa").is_err(), "home {bad:?}");
            assert!(Theme::new().style_sheet(bad).check("/mfa").is_err(), "style sheet {bad:?}");
            assert!(Theme::new().alternative(bad, "x").check("/mfa").is_err(), "alternative {bad:?}");
            assert!(Theme::new().help(bad).check("/mfa").is_err(), "help {bad:?}");
        }
    }

    #[test]
    fn home_is_not_a_page_of_mfakit() {
        for home in ["/mfa", "/mfa/settings", "/mfa?x"] {
            assert!(Theme::new().home(home).check("/mfa").is_err(), "{home}");
        }
        assert_eq!(Theme::new().home("/mfantasy").check("/mfa"), Ok(()));
    }

    #[test]
    fn the_default_colors_are_readable() {
        assert!(Theme::new().accents().is_ok());
    }

    #[test]
    fn an_unreadable_color_is_rejected() {
        let rejected = Theme::new().accent("#ffee00", "#5eead4").check("/mfa").unwrap_err().to_string();
        assert!(rejected.contains("#ffee00") && rejected.contains("4.5"), "{rejected}");
        assert!(Theme::new().accent("#0f766e", "#222222").check("/mfa").is_err());
        assert!(Theme::new().accent("teal", "#5eead4").check("/mfa").is_err());
    }
}
