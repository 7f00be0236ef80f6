//! Requests for a code and its entry, both on the page and in the dialog.

use super::Visitor;
use crate::selectors::{CODE, CONTINUE, SEND_TEXT};

impl Visitor {
    /// Requests a text message, and waits until its code can be entered.
    pub(crate) async fn ask_for_a_text(&self) {
        self.ask_by(SEND_TEXT).await;
    }

    /// Requests a code with this button, and waits until that code can be entered: on the next page or the
    /// next sheet, not on the previous one, which may have a field for an older code.
    pub(crate) async fn ask_by(&self, button: &str) {
        self.click_through(button).await;
        self.wait_for(CODE).await;
    }

    /// Enters a code and sends it.
    pub(crate) async fn send_code(&self, code: &str) {
        self.type_into(CODE, code).await;
        self.click(CONTINUE).await;
    }
}
