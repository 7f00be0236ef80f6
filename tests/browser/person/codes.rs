//! Asking for a code, and typing it, on the page and in the dialog alike.

use super::Person;
use crate::selectors::{CODE, CONTINUE, SEND_TEXT};

impl Person {
    /// Requests a text message, and waits until its code can be entered.
    pub(crate) async fn ask_for_a_text(&self) {
        self.ask_by(SEND_TEXT).await;
    }

    /// Requests a code with this button, and waits until that code can be entered: on the next page or the
    /// next sheet, not on the one before, which may have a field for the last code.
    pub(crate) async fn ask_by(&self, button: &str) {
        self.click_through(button).await;
        self.wait_for(CODE).await;
    }

    /// Types a code and sends it.
    pub(crate) async fn send_code(&self, code: &str) {
        self.type_into(CODE, code).await;
        self.click(CONTINUE).await;
    }
}
