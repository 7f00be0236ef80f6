//! People add, replace and remove their number below the mount path [ENROL-1].

mod checks;
mod failures;
mod flows;
mod notices;
mod oddities;
mod refusals;
mod thief;

use serde_json::{Value, json};

use crate::http::{
    ask::{Ask, Who},
    case::Case,
    heard::Heard,
    world::{Page, World},
};

/// Number that people enter.
pub(super) const NEW: &str = "(202) 555-0123";
/// The same number, as it is on file.
pub(super) const NEW_ON_FILE: &str = "+12025550123";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = checks::cases();
    cases.extend(failures::cases());
    cases.extend(flows::cases());
    cases.extend(notices::cases());
    cases.extend(oddities::cases());
    cases.extend(refusals::cases());
    cases.extend(thief::cases());
    cases.into_iter().map(Case::enrolling).collect()
}

/// Number that was entered, and the code that arrived.
#[derive(Clone, Debug)]
pub(super) struct Entered {
    pub(super) challenge: String,
    pub(super) code: String,
    pub(super) confirm_url: String,
}

/// Creates a program's request with a new number.
pub(super) fn enter(number: &str) -> Ask {
    Ask::json("/mfa/number", &json!({ "number": number, "channel": "messaging" }))
}

/// Creates a program's request to remove the number.
pub(super) fn remove() -> Ask {
    Ask::json("/mfa/number/remove", &json!({}))
}

impl World {
    pub(super) fn on_file(&self, user: &str) -> Option<String> {
        self.book.find(&user.into()).map(|on_file| on_file.number.as_e164().to_owned())
    }

    /// Enters a code to the number on file, and returns the cookie that allows a change of it.
    pub(super) async fn manage(&self, who: Who) -> String {
        self.advance(30);
        self.elevate(who, "mfakit.manage").await
    }

    /// Enters a number, and asserts that a code was sent to it.
    pub(super) async fn enters(&self, who: Who, number: &str, cookie: &str) -> Entered {
        self.advance(30);
        let heard = self.hear(enter(number).by(who).cookie(cookie)).await;
        let members = heard.status(201).value();
        let text = |name: &str| members[name].as_str().unwrap().to_owned();
        Entered { challenge: text("challenge"), code: self.last_code(), confirm_url: text("confirm_url") }
    }

    pub(super) async fn confirms(&self, who: Who, entered: &Entered, cookie: &str) -> Heard {
        self.hear(entered.confirm().by(who).cookie(cookie)).await
    }

    /// Returns the state of the number, for a program.
    pub(super) async fn numbers(&self, who: Who, cookie: &str) -> Value {
        let ask = Ask::get("/mfa/number").by(who).cookie(cookie);
        self.hear(ask).await.status(200).value()
    }

    /// Opens the page of the number.
    pub(super) async fn number_page(&self, who: Who, target: &str, cookie: &str) -> Heard {
        self.hear(Ask::get(target).navigating().by(who).cookie(cookie)).await
    }
}

impl Entered {
    fn confirm(&self) -> Ask {
        Ask::json(&self.confirm_url, &json!({ "challenge": self.challenge, "code": self.code }))
    }
}

/// Fills in the form with a number.
pub(super) fn fill(page: &Page, number: &str) -> Ask {
    let number = number.replace(' ', "+");
    Ask::form("/mfa/number", &format!("token={}&number={number}&channel=messaging", page.token))
}
