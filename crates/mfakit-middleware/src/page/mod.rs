//! Pages for people: the challenge page, and the page of a rejection.
//!
//! Markup is written as literals, and every value in it is escaped. All texts come from one table, in the user's language. There is no
//! inline script and no inline style, and the page cannot be framed [WEB-6].

mod challenge;
mod frame;
mod isolate;
mod markup;
mod number;
mod recovery_codes;
mod rejection;
mod state;
mod style;

use crate::{
    answer::Answer,
    page::markup::{Html, Markup},
};

pub(crate) use challenge::{PageAction, PageContext, challenge, challenge_url};
pub(crate) use number::{Notice, NumberContext, NumberTrigger, number};
pub(crate) use recovery_codes::recovery_codes;
pub(crate) use rejection::{NextStep, asks, bare, rejection};
pub(crate) use state::{Attempt, PageTrigger, State};
pub(crate) use style::{module, remote_module, style_sheet};

/// Everything that our pages are allowed to load or do.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'";

fn html(status: u16, language: &str, page: &impl Markup) -> Answer {
    Answer::new(status)
        .content("text/html; charset=utf-8", Html::of(page).into_bytes())
        .header("content-language", language)
        .header("vary", "Cookie, Accept, Accept-Language, Sec-Fetch-Mode")
        .header("content-security-policy", CONTENT_SECURITY_POLICY)
        .header("permissions-policy", "otp-credentials=(self)")
        .header("x-frame-options", "DENY")
        .header("referrer-policy", "same-origin")
        .header("cross-origin-opener-policy", "same-origin")
}
