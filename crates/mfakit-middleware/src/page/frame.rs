//! Frame of every page with the app's name and theme.

use mfakit_core::{
    Messages, Mfa,
    adapter::{MfaExt as _, ThemeView},
    messages::MessageId,
};

use crate::{
    address::{MODULE, STYLE_SHEET, file_path},
    page::markup::{Html, Markup, html},
};

/// Frame of every page.
pub(super) struct Frame<'a> {
    pub(super) language: &'a str,
    pub(super) direction: &'static str,
    title: String,
    pub(super) app: &'a str,
    logo: Option<String>,
    style_sheets: Vec<String>,
    module: String,
    help: Option<Link<'a>>,
}

/// Link and its text.
pub(super) struct Link<'a> {
    pub(super) href: String,
    pub(super) words: &'a str,
}

impl<'a> Frame<'a> {
    pub(super) fn new(mfa: &'a Mfa, words: &'a Messages, title: MessageId, wrong: bool) -> Self {
        let (site, theme) = (mfa.site(), ThemeView::of(mfa.site().theme()));
        let whole = if wrong { MessageId::ErrorTitle } else { MessageId::PageTitle };
        let ours = file_path(mfa, STYLE_SHEET);
        let public = |path: &str| site.public(path).into_owned();
        let help = theme.help().map(|href| Link { href: public(href), words: words.text(MessageId::Help) });
        Self {
            language: words.language(),
            direction: if words.is_right_to_left() { "rtl" } else { "ltr" },
            title: words.fill(whole, &[("title", words.text(title)), ("app", site.name())]),
            app: site.name(),
            logo: theme.logo().map(public),
            style_sheets: [ours].into_iter().chain(theme.style_sheet().map(public)).collect(),
            module: file_path(mfa, MODULE),
            help,
        }
    }

    /// Writes a page with this main part.
    pub(super) fn around(&self, html: &mut Html, main: impl FnOnce(&mut Html)) {
        html!(html, "<!doctype html>\n<html lang=\"{}\" dir=\"{}\">\n", self.language, self.direction);
        html!(
            html,
            r#"<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{}</title>
"#,
            self.title
        );
        if let Some(logo) = &self.logo {
            html!(html, "<link rel=\"icon\" href=\"{}\">\n", logo);
        }
        for href in &self.style_sheets {
            html!(html, "<link rel=\"stylesheet\" href=\"{}\">\n", href);
        }
        html!(html, "<script type=\"module\" src=\"{}\"></script>\n</head>\n", self.module);
        html!(html, "<body class=\"mfa-page\">\n");
        main(html);
        html!(html, "</body>\n</html>\n");
    }

    /// Writes the app's logo and name.
    pub(super) fn head(&self, html: &mut Html) {
        html!(html, r#"<p class="mfa-app">"#);
        if let Some(logo) = &self.logo {
            html!(html, r#"<img src="{}" alt="" width="28" height="28"> "#, logo);
        }
        html!(html, "{}</p>\n", self.app);
    }

    /// Writes the links to help and back to the app.
    pub(super) fn foot(&self, html: &mut Html, cancel: Option<&Link<'_>>) {
        html!(html, r#"<p class="mfa-foot">"#);
        if let Some(help) = &self.help {
            html!(html, r#"<a class="mfa-help" href="{}">{}</a> "#, help.href, help.words);
        }
        if let Some(cancel) = cancel {
            html!(html, r#"<a data-mfa-cancel href="{}">{}</a>"#, cancel.href, cancel.words);
        }
        html!(html, "</p>\n");
    }
}

/// Page without a name, a theme or a choice of language.
pub(super) struct BarePage {
    pub(super) heading: &'static str,
    pub(super) why: &'static str,
}

impl Markup for BarePage {
    fn write(&self, html: &mut Html) {
        html!(
            html,
            r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{}</title>
</head>
<body>
<main>
<h1>{}</h1>
<p>{}</p>
</main>
</body>
</html>
"#,
            self.heading,
            self.heading,
            self.why
        );
    }
}
