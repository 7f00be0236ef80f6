//! The page that shows new recovery codes once.
//!
//! The file to save is in the address of its link, so it needs no script and no second request. Browsers do not follow a
//! `data:` address to a page, and save it because of `download`.

use base64::{Engine, engine::general_purpose::STANDARD};
use mfakit_core::{Messages, Mfa, RecoveryCode, RecoveryCodes, adapter::MfaExt as _, messages::MessageId};

use crate::{
    address::{NUMBER, file_path},
    answer::Answer,
    page::{
        frame::{Frame, Link},
        html,
        markup::{Html, Markup, html},
    },
};

/// Name of the file.
const FILE_NAME: &str = "recovery-codes.txt";

struct CodesPage<'a> {
    frame: Frame<'a>,
    heading: &'a str,
    hint: &'a str,
    codes: Vec<String>,
    save: Link<'a>,
    done: Link<'a>,
}

/// Writes the page with these codes.
pub(crate) fn recovery_codes(mfa: &Mfa, words: &Messages, made: &RecoveryCodes) -> Answer {
    let codes: Vec<_> = made.codes.iter().map(RecoveryCode::expose).collect();
    let head = words.fill(MessageId::RecoveryCodesFile, &[("app", mfa.site().name())]);
    let text = format!("{head}\r\n{}\r\n\r\n{}\r\n", made.made_at, codes.join("\r\n"));
    let page = CodesPage {
        frame: Frame::new(mfa, words, MessageId::RecoveryCodesTitle, false),
        heading: words.text(MessageId::RecoveryCodesTitle),
        hint: words.text(MessageId::RecoveryCodesHint),
        codes,
        save: Link {
            href: format!("data:text/plain;charset=utf-8;base64,{}", STANDARD.encode(text)),
            words: words.text(MessageId::RecoveryCodesSave),
        },
        done: Link { href: file_path(mfa, NUMBER), words: words.text(MessageId::RecoveryCodesDone) },
    };
    html(200, words.language(), &page)
}

impl Markup for CodesPage<'_> {
    fn write(&self, html: &mut Html) {
        self.frame.around(html, |html| self.main(html));
    }
}

impl CodesPage<'_> {
    fn main(&self, html: &mut Html) {
        html!(html, "<main class=\"mfa\" data-mfa-state=\"recovery-codes\">\n");
        self.frame.head(html);
        html!(html, "<h1 id=\"mfa-title\" tabindex=\"-1\">{}</h1>\n<p>{}</p>\n", self.heading, self.hint);
        html!(html, "<ul class=\"mfa-codes\" dir=\"ltr\">\n");
        for code in &self.codes {
            html!(html, "<li><code>{}</code></li>\n", code);
        }
        html!(html, "</ul>\n");
        html!(
            html,
            "<p><a class=\"mfa-button\" download=\"{}\" href=\"{}\">{}</a></p>\n",
            FILE_NAME,
            self.save.href,
            self.save.words
        );
        self.frame.foot(html, Some(&self.done));
        html!(html, "</main>\n");
    }
}
