//! People who lost their phone replace its number below the mount path [ENROL-1, GRANT-7].

mod closed;
mod flows;
mod meanwhile;
mod notices;
mod refusals;
mod thief;
mod twice;

use serde_json::{Value, json};

use crate::http::{
    ask::{Ask, Who},
    case::Case,
    world::World,
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = closed::cases();
    cases.extend(flows::cases());
    cases.extend(meanwhile::cases());
    cases.extend(notices::cases());
    cases.extend(refusals::cases());
    cases.extend(thief::cases());
    cases.extend(twice::cases());
    cases.into_iter().map(Case::recovering).collect()
}

/// Creates a program's request with a recovery code.
fn recover(code: &str) -> Ask {
    Ask::json("/mfa/number/recover", &json!({ "code": code }))
}

/// Creates a program's request for recovery codes.
fn make() -> Ask {
    Ask::json("/mfa/number/codes", &json!({}))
}

/// Reads the codes of an answer.
fn codes(members: &Value) -> Vec<String> {
    let codes = members["codes"].as_array().expect("codes");
    codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect()
}

impl World {
    /// Makes recovery codes in another session of Alice's, who then has no phone.
    async fn alice_made_codes(&self) -> Vec<String> {
        let cookie = self.manage(Who::AliceElsewhere).await;
        let heard = self.hear(make().by(Who::AliceElsewhere).cookie(cookie)).await;
        codes(&heard.status(200).value())
    }

    /// Uses a recovery code, and returns the cookie that the browser needs from then on.
    async fn recovers(&self, who: Who, code: &str) -> String {
        self.hear(recover(code).by(who)).await.status(200).cookie()
    }

    /// Returns whether Alice may replace her number in this session, by trying in a browser without a cookie of a grant.
    async fn may_replace(&self, who: Who) -> bool {
        self.may_replace_with(who, "").await
    }

    async fn may_replace_with(&self, who: Who, cookie: &str) -> bool {
        self.advance(30);
        let ask = super::numbers::enter(super::numbers::NEW).by(who).cookie(cookie);
        self.hear(ask).await.status == 201
    }
}
