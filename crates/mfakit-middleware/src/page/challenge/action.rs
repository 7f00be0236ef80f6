//! Action on the page, if the requirement of the route is bound to one.

use mfakit_core::{
    Messages,
    action::{ActionText, ApprovalId},
    adapter::{ConsumedApproval, ShownAction, Site},
    messages::MessageId,
};
use serde_json::{Value, json};

use crate::{
    approval_name::naming,
    page::markup::{Html, Markup, html},
    return_path::ReturnPath,
};

/// Action that a person reads before a code is entered, in the language of the page.
pub(crate) struct PageAction {
    approval: ApprovalId,
    text: ActionText,
    /// Path and query of the rejected request, if a form can repeat it.
    target: Option<String>,
    /// Approval of the same action that was consumed a short time ago, and the notice about it.
    consumed: Option<(ConsumedApproval, String)>,
}

impl PageAction {
    /// Writes an action in a language. `label` is that of the scope.
    pub(crate) fn new(shown: &ShownAction, messages: &Messages, label: &str) -> Self {
        let text = shown.words.text(messages, label);
        let notice = || messages.text(MessageId::ConfirmedBefore).to_owned();
        let consumed = shown.consumed.map(|consumed| (consumed, notice()));
        Self { approval: shown.approval.id, text, target: shown.target.clone(), consumed }
    }

    pub(crate) const fn approval(&self) -> &ApprovalId {
        &self.approval
    }

    /// Returns the sentence that names the action.
    pub(super) fn sentence(&self) -> &str {
        self.text.sentence()
    }

    /// Returns the address that repeats the rejected request with the identifier of its approval. The target is read as
    /// carefully as if it came from a client.
    pub(super) fn repeat_at(&self, site: &Site) -> Option<String> {
        let target = ReturnPath::parse(self.target.as_deref()?, site)?;
        Some(naming(&target.href(site), &self.approval))
    }

    /// Returns the notice that the same action was carried out a short time ago.
    pub(super) fn notice(&self) -> Option<&str> {
        self.consumed.as_ref().map(|(_, notice)| notice.as_str())
    }

    /// Returns the action for programs.
    pub(crate) fn to_json(&self) -> Value {
        let lines = self.text.lines().iter();
        let lines: Vec<_> = lines.map(|line| json!({ "label": line.label, "value": line.value })).collect();
        let consumed = self.consumed.as_ref().map(|(consumed, _)| consumed);
        json!({
            "sentence": self.sentence(),
            "lines": lines,
            "approval": self.approval.encode(),
            "consumed_approval": consumed.map(|consumed| consumed.id.encode()),
            "consumed_ago": consumed.map(|consumed| consumed.ago.as_secs()),
        })
    }
}

/// Writes the lines, and the notice that the same was carried out before. The sentence is the heading of the page.
impl Markup for PageAction {
    fn write(&self, html: &mut Html) {
        if !self.text.lines().is_empty() {
            html!(html, "<dl class=\"mfa-lines\">\n");
            for line in self.text.lines() {
                html!(html, "<div><dt>{}</dt><dd><bdi>{}</bdi></dd></div>\n", line.label, line.value);
            }
            html!(html, "</dl>\n");
        }
        if let Some(notice) = self.notice() {
            html!(html, "<p class=\"mfa-notice\" id=\"mfa-before\">{}</p>\n", notice);
        }
    }
}
