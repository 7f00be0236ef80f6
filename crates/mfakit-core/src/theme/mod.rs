//! What the page looks like: the app's logo, its colours, and its own links.

mod color;

use crate::messages::check_label;

pub use color::{Color, InvalidColor};

/// What the page looks like, and what of the app's own stands on it.
///
/// | setting | default |
/// |---|---|
/// | [`logo`](Self::logo) | none: the app's name alone |
/// | [`accent`](Self::accent) | a blue |
/// | [`color_scheme`](Self::color_scheme) | light or dark, as the person's system says |
/// | [`style_sheet`](Self::style_sheet) | none |
/// | [`home`](Self::home) | `/` |
/// | [`help`](Self::help) | none |
/// | [`other_way`](Self::other_way) | none |
///
/// ```
/// use mfakit_core::Theme;
///
/// let theme = Theme::new()
///     .logo("/bank.svg")
///     .accent("#0f766e", "#5eead4")
///     .help("/help/codes")
///     .other_way("/security-key", "Use a security key");
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Theme {
    pub(crate) logo: Option<String>,
    pub(crate) accent: Option<(String, String)>,
    pub(crate) scheme: ColorScheme,
    pub(crate) style_sheet: Option<String>,
    pub(crate) home: Option<String>,
    pub(crate) help: Option<String>,
    pub(crate) other_ways: Vec<(String, String)>,
}

/// Light, dark, or whichever the person's system asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorScheme {
    /// As the person's system says.
    #[default]
    Either,
    /// Always light, for an app that is.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// The look that comes with the crate.
    pub fn new() -> Self {
        Self::default()
    }

    /// A picture beside the app's name: a path on the site, such as `/bank.svg`. It is decoration; the name is said
    /// beside it.
    pub fn logo(mut self, path: impl Into<String>) -> Self {
        self.logo = Some(path.into());
        self
    }

    /// The colour of buttons, links and the ring around what has the focus, where the page is light and where it is
    /// dark, each as `#rrggbb`. The builder refuses a colour that people could not read (WCAG 2.2, 1.4.3).
    pub fn accent(mut self, on_light: impl Into<String>, on_dark: impl Into<String>) -> Self {
        self.accent = Some((on_light.into(), on_dark.into()));
        self
    }

    /// Whether the page is light, dark, or either.
    pub const fn color_scheme(mut self, scheme: ColorScheme) -> Self {
        self.scheme = scheme;
        self
    }

    /// A style sheet of the app's own, loaded after ours: a path on the site. All that it needs to say is in
    /// custom properties: `.mfa { --mfa-radius: 0; --mfa-font: Georgia, serif }`.
    pub fn style_sheet(mut self, path: impl Into<String>) -> Self {
        self.style_sheet = Some(path.into());
        self
    }

    /// Where somebody goes who was going nowhere in particular: a path on the site.
    pub fn home(mut self, path: impl Into<String>) -> Self {
        self.home = Some(path.into());
        self
    }

    /// Where there is help: a path on the site, or an address that begins with `https://`, `mailto:` or `tel:`.
    pub fn help(mut self, href: impl Into<String>) -> Self {
        self.help = Some(href.into());
        self
    }

    /// Another way to confirm, which the app offers by itself: a path on the site, and the words of the link. In the
    /// path, `{scope}` becomes the scope's name. May be called several times.
    pub fn other_way(mut self, path: impl Into<String>, messages: impl Into<String>) -> Self {
        self.other_ways.push((path.into(), messages.into()));
        self
    }

    /// The path of the logo.
    #[must_use]
    pub fn logo_path(&self) -> Option<&str> {
        self.logo.as_deref()
    }

    /// The path of the app's own style sheet.
    #[must_use]
    pub fn style_sheet_path(&self) -> Option<&str> {
        self.style_sheet.as_deref()
    }

    /// Where somebody goes who was going nowhere in particular.
    #[must_use]
    pub fn home_path(&self) -> &str {
        self.home.as_deref().unwrap_or("/")
    }

    /// Where there is help.
    #[must_use]
    pub fn help_href(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The other ways: paths, and the words of their links.
    pub fn other_ways(&self) -> impl Iterator<Item = (&str, &str)> {
        self.other_ways.iter().map(|(path, messages)| (path.as_str(), messages.as_str()))
    }

    /// Light, dark or either.
    #[must_use]
    pub const fn chosen_color_scheme(&self) -> ColorScheme {
        self.scheme
    }

    /// The accent on light and on dark.
    ///
    /// # Errors
    ///
    /// When one of them is no colour, or nobody could read it there.
    pub fn accents(&self) -> Result<(Color, Color), InvalidTheme> {
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
        let ours = |path: &str| {
            path.strip_prefix(mount).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
        };
        if let Some(path) = self.home.as_ref().filter(|path| ours(path)) {
            return Err(InvalidTheme::Home { path: path.clone() });
        }
        let paths = [&self.logo, &self.style_sheet, &self.home].into_iter().flatten();
        let ways = self.other_ways.iter().map(|(path, _)| path);
        if let Some(path) = paths.chain(ways).find(|path| !is_path(path)) {
            return Err(InvalidTheme::Path { path: path.clone() });
        }
        for (_, messages) in &self.other_ways {
            let invalid = |why| InvalidTheme::OtherWay { messages: messages.clone(), why };
            check_label(messages).map_err(invalid)?;
        }
        let named = ["https://", "mailto:", "tel:"];
        let is_help = |href: &String| is_path(href) || named.iter().any(|scheme| is_address(href, scheme));
        match self.help.iter().find(|href| !is_help(href)) {
            Some(href) => Err(InvalidTheme::Help { href: href.clone() }),
            None => Ok(()),
        }
    }
}

/// Whether every browser takes it for a path on the site.
fn is_path(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && is_plain(path)
}

fn is_address(href: &str, scheme: &str) -> bool {
    href.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()) && is_plain(href)
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

/// What cannot be used of a [`Theme`].
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidTheme {
    /// A colour that is none, or that nobody could read.
    #[error("the accent {color:?}: {why}")]
    Accent {
        /// What was written.
        color: String,
        /// What is wrong with it.
        why: InvalidColor,
    },
    /// A path that leads elsewhere or nowhere.
    #[error("{path:?} is no path on the site: write one such as \"/bank.svg\"")]
    Path {
        /// What was written.
        path: String,
    },
    /// A home where nobody is at home.
    #[error("{path:?} is a page of mfakit itself: home is a page of your own, such as \"/account\"")]
    Home {
        /// What was written.
        path: String,
    },
    /// An address of help that browsers would not follow.
    #[error("{href:?} leads to no help: write a path, or an address with https:, mailto: or tel:")]
    Help {
        /// What was written.
        href: String,
    },
    /// Words that cannot stand on a page.
    #[error("the words {messages:?} of another way: {why}")]
    OtherWay {
        /// What was written.
        messages: String,
        /// What is wrong with them.
        why: crate::messages::InvalidMessages,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_links_only_to_where_it_says() {
        let good = Theme::new()
            .logo("/bank.svg?v=2")
            .home("/account")
            .style_sheet("/own.css")
            .other_way("/key/{scope}", "Key");
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
            assert!(Theme::new().other_way(bad, "x").check("/mfa").is_err(), "other way {bad:?}");
            assert!(Theme::new().help(bad).check("/mfa").is_err(), "help {bad:?}");
        }
    }

    #[test]
    fn home_is_a_page_of_the_apps_own() {
        for home in ["/mfa", "/mfa/settings", "/mfa?x"] {
            assert!(Theme::new().home(home).check("/mfa").is_err(), "{home}");
        }
        assert_eq!(Theme::new().home("/mfantasy").check("/mfa"), Ok(()));
    }

    #[test]
    fn the_default_colours_can_be_read() {
        assert!(Theme::new().accents().is_ok());
    }

    #[test]
    fn a_colour_that_cannot_be_read_is_refused() {
        let refused = Theme::new().accent("#ffee00", "#5eead4").check("/mfa").unwrap_err().to_string();
        assert!(refused.contains("#ffee00") && refused.contains("4.5"), "{refused}");
        assert!(Theme::new().accent("#0f766e", "#222222").check("/mfa").is_err());
        assert!(Theme::new().accent("teal", "#5eead4").check("/mfa").is_err());
    }
}
