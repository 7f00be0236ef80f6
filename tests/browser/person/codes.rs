//! Asking for a code, and typing it, on the page and in the dialog alike.

use super::Person;
use crate::selectors::{CODE, CONTINUE, SEND_TEXT};

impl Person {
    /// Asks for a text message, and waits until a code can be typed.
    pub(crate) async fn ask_for_a_text(&self) {
        self.click(SEND_TEXT).await;
        self.wait_for(CODE).await;
    }

    /// Types a code and sends it.
    pub(crate) async fn send_code(&self, code: &str) {
        self.type_into(CODE, code).await;
        self.click(CONTINUE).await;
    }
}
