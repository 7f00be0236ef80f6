//! Texts of the page as JSON, for the module that builds the dialog from it.
//!
//! They are taken from the page itself, so both say the same.

use mfakit_core::{adapter::MfaExt as _, messages::MessageId};
use serde_json::{Value, json};

use crate::page::{
    PageContext, PageTrigger, State,
    challenge::{Button, ChallengePage, CodeForm, PageAction, Wait, Ways},
};

impl PageContext<'_> {
    /// Returns the state after this trigger, and the texts of the page.
    pub(crate) fn texts(&self, trigger: &PageTrigger) -> (State, Value) {
        let back_to = self.messages.fill(MessageId::BackTo, &[("app", self.mfa.site().name())]);
        match State::of(self.situation, trigger) {
            Some(state) => (state, self.page(state, trigger.problem(), &back_to).texts()),
            // The problem is not a state of the page. A program stays in its dialog, and can try again.
            None => {
                let state = State::at_rest(self.situation);
                let mut page = self.page(state, None, &back_to);
                page.notice = Some(self.messages.text(MessageId::Unavailable).to_owned());
                (state, page.texts())
            }
        }
    }
}

impl ChallengePage<'_> {
    fn texts(&self) -> Value {
        let purpose =
            self.purpose.iter().chain(&self.holds).map(String::as_str).collect::<Vec<_>>().join(" ");
        let way_out = self.cancel.as_ref().or(self.back.as_ref()).map(|link| link.words);
        json!({
            "language": self.frame.language,
            "direction": self.frame.direction,
            "app": self.frame.app,
            "heading": self.heading,
            "purpose": Some(purpose).filter(|purpose| !purpose.is_empty()),
            "before": self.action.and_then(PageAction::notice),
            "notice": self.notice,
            "code": self.code.as_ref().map(CodeForm::texts),
            "ways": self.ways.as_ref().map(Ways::texts),
            "warning": self.warning,
            "cancel": way_out,
            "offline": self.offline,
        })
    }
}

impl CodeForm<'_> {
    fn texts(&self) -> Value {
        json!({
            "sent": self.sent,
            "label": self.label,
            "hint": format!("{} {}", self.hint, self.tries),
            "expired": self.expired,
            "submit": self.submit,
            "invalid": self.invalid,
        })
    }
}

impl Ways<'_> {
    fn texts(&self) -> Value {
        json!({
            "heading": self.heading,
            "will_go": self.will_go,
            "wait": self.wait.as_ref().map(Wait::texts),
            "buttons": self.buttons.iter().map(Button::texts).collect::<Vec<_>>(),
        })
    }
}

impl Wait<'_> {
    fn texts(&self) -> Value {
        json!({
            "before": self.before,
            "time": self.time,
            "after": self.after,
            "over": self.over,
            "forms": self.forms,
        })
    }
}

impl Button<'_> {
    fn texts(&self) -> Value {
        json!({ "channel": self.channel, "text": self.words, "quiet": self.quiet })
    }
}
