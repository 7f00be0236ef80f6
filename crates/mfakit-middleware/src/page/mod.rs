//! Pages for people: the challenge page, and the page of a rejection.
//!
//! Templates are compiled in and escape everything. All texts come from one table, in the user's language. There is no
//! inline script and no inline style, and the page cannot be framed [WEB-6].

mod challenge;
mod rejection;
mod state;
mod style;

use askama::Template;
use mfakit_core::{
    Messages, Mfa,
    adapter::{MfaExt as _, ThemeView},
    messages::MessageId,
};

use crate::{
    address::{MODULE, STYLE_SHEET, file_path},
    answer::Answer,
};

pub(crate) use challenge::{PageContext, challenge, challenge_url};
pub(crate) use rejection::{NextStep, asks, bare, rejection};
pub(crate) use state::{Attempt, PageTrigger, State};
pub(crate) use style::{module, remote_module, style_sheet};

/// Everything that our pages are allowed to load or do.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'";

/// Frame of every page.
struct Frame<'a> {
    language: &'a str,
    direction: &'static str,
    title: String,
    app: &'a str,
    logo: Option<String>,
    style_sheets: Vec<String>,
    module: String,
    help: Option<Link<'a>>,
}

/// Link and its text.
struct Link<'a> {
    href: String,
    words: &'a str,
}

impl<'a> Frame<'a> {
    fn new(mfa: &'a Mfa, words: &'a Messages, title: MessageId, wrong: bool) -> Self {
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
}

fn html(status: u16, language: &str, page: &impl Template) -> Answer {
    // Writing to a string cannot fail, and the templates call nothing else that could.
    let body = page.render().unwrap_or_default().into_bytes();
    Answer::new(status)
        .content("text/html; charset=utf-8", body)
        .header("content-language", language)
        .header("vary", "Cookie, Accept, Accept-Language, Sec-Fetch-Mode")
        .header("content-security-policy", CONTENT_SECURITY_POLICY)
        .header("permissions-policy", "otp-credentials=(self)")
        .header("x-frame-options", "DENY")
        .header("referrer-policy", "same-origin")
        .header("cross-origin-opener-policy", "same-origin")
}
