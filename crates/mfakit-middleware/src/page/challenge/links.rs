//! Links of the challenge page: to other ways, to the page of the number, and back.

use mfakit_core::{
    Scope,
    adapter::{MfaExt as _, ThemeView},
    messages::MessageId,
};

use crate::{
    address::{NUMBER, file_path},
    page::{challenge::PageContext, frame::Link},
    return_path::ReturnPath,
};

impl<'a> PageContext<'a> {
    /// Returns the link to the page of the number, which exists with a number book.
    pub(super) fn number_page(&self) -> Option<Link<'a>> {
        self.mfa.scope(&Scope::ENROLL)?;
        Some(Link { href: file_path(self.mfa, NUMBER), words: self.messages.text(MessageId::NumberAdd) })
    }

    pub(super) fn other_ways(&self) -> Vec<Link<'a>> {
        let scope = self.settings.scope().as_str();
        let words = self.messages;
        let ways = ThemeView::of(self.mfa.site().theme()).alternatives();
        ways.map(|(path, said)| Link {
            href: self.mfa.site().public(&path.replace("{scope}", scope)).into_owned(),
            words: words.alternative_label(path).unwrap_or(said),
        })
        .collect()
    }

    pub(super) fn way_out(&self, said: &'a str) -> Link<'a> {
        let back = self.return_to.map_or_else(|| self.home(), |signed| signed.target().back.clone());
        Link { href: back.href(self.mfa.site()), words: said }
    }

    /// Returns the page to go to without a return target.
    pub(super) fn home(&self) -> ReturnPath {
        ReturnPath::without_target(self.mfa.site(), self.settings.scope())
    }
}
