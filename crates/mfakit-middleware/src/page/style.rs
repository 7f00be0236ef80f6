//! Files of the page: its style sheet, in the app's colors, and the JavaScript modules.

use std::sync::LazyLock;

use mfakit_core::{
    Theme,
    adapter::ThemeView,
    theme::{Color, ColorScheme},
};

use crate::answer::Answer;

/// Rules, which use the custom properties in front of them.
const RULES: &str = include_str!("../../assets/page.css");

/// Module that fills in the code, counts down, and shows the page in a dialog.
static MODULE: LazyLock<String> = LazyLock::new(|| served(include_str!("../../assets/mfa.js")));

/// Module that builds the dialog from JSON, for front ends on another origin and for bearer tokens.
static REMOTE_MODULE: LazyLock<String> = LazyLock::new(|| served(include_str!("../../assets/mfa-remote.js")));

/// Removes comments and indentation, because browsers need neither.
fn served(module: &str) -> String {
    let lines = module.lines().map(str::trim_start);
    let code: Vec<_> = lines.filter(|line| !line.is_empty() && !line.starts_with("//")).collect();
    code.join("\n")
}

/// Our own colors on a light page.
const LIGHT: &str = "--mfa-ground:#f4f5f7;--mfa-sheet:#ffffff;--mfa-ink:#1b1f24;--mfa-soft:#57606a;\
    --mfa-line:#d5dae0;--mfa-edge:#7d8790;--mfa-alarm:#a40e26;--mfa-alarm-ground:#fdeceb;--mfa-good:#116329;\
    --mfa-good-ground:#e6f4ea";

/// Our own colors on a dark page.
const DARK: &str = "--mfa-ground:#0f1216;--mfa-sheet:#181c22;--mfa-ink:#e9edf1;--mfa-soft:#a7b0ba;\
    --mfa-line:#343c46;--mfa-edge:#7d8894;--mfa-alarm:#ffb3ad;--mfa-alarm-ground:#3a1616;--mfa-good:#7ee2a0;\
    --mfa-good-ground:#12301d";

/// Returns the style sheet.
pub(crate) fn style_sheet(theme: &Theme) -> Answer {
    let body = format!("{}\n{RULES}", properties(theme));
    Answer::new(200).content("text/css; charset=utf-8", body.into_bytes())
}

/// Returns the module.
pub(crate) fn module() -> Answer {
    let body: &'static [u8] = LazyLock::force(&MODULE).as_bytes();
    Answer::new(200).content("text/javascript; charset=utf-8", body)
}

/// Returns the module for front ends on another origin. Every origin may import it: it is the same for everyone.
pub(crate) fn remote_module() -> Answer {
    let body: &'static [u8] = LazyLock::force(&REMOTE_MODULE).as_bytes();
    Answer::new(200)
        .content("text/javascript; charset=utf-8", body)
        .header("access-control-allow-origin", "*")
        .replacing("cross-origin-resource-policy", "cross-origin")
}

fn properties(theme: &Theme) -> String {
    // The builder has already checked the colors.
    let (on_light, on_dark) =
        ThemeView::of(theme).accent().unwrap_or((Color::DARK_SHEET, Color::LIGHT_SHEET));
    let set = |scheme: &str, colors: &str, accent: Color| {
        let ink = accent.ink();
        format!(
            ".mfa,.mfa-page{{color-scheme:{scheme};{colors};--mfa-accent:{accent};--mfa-on-accent:{ink}}}"
        )
    };
    let (light, dark) = (set("light", LIGHT, on_light), set("dark", DARK, on_dark));
    match ThemeView::of(theme).color_scheme() {
        ColorScheme::Light => light,
        ColorScheme::Dark => dark,
        ColorScheme::Either => format!("{light}\n@media (prefers-color-scheme:dark){{{dark}}}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_is_in_the_colors_of_the_app() {
        let css = |theme: &Theme| String::from_utf8(style_sheet(theme).body.into_owned()).unwrap();
        let both = css(&Theme::new().accent("#0f766e", "#5eead4"));
        assert!(both.contains("--mfa-accent:#0f766e;--mfa-on-accent:#ffffff"), "{both}");
        assert!(both.contains("--mfa-accent:#5eead4;--mfa-on-accent:#000000"), "{both}");
        assert!(both.contains("@media (prefers-color-scheme:dark)"), "{both}");
        let light = css(&Theme::new().color_scheme(ColorScheme::Light));
        assert!(!light.contains("prefers-color-scheme") && !light.contains("color-scheme:dark"), "{light}");
    }

    #[test]
    fn every_rule_stays_within_the_page_and_the_dialog() {
        for line in RULES.lines().filter(|line| line.ends_with('{') && !line.starts_with('@')) {
            // Text in brackets is part of a single selector.
            let bare = line.split_once('(').map_or(line, |(before, _)| before);
            for selector in bare.trim_end_matches('{').split(',') {
                assert!(selector.trim().starts_with(".mfa"), "{selector}");
            }
        }
    }

    #[test]
    fn the_modules_are_small() {
        assert!(MODULE.len() <= 12 * 1024, "{} bytes", MODULE.len());
        assert!(REMOTE_MODULE.len() <= 9 * 1024, "{} bytes", REMOTE_MODULE.len());
    }
}
