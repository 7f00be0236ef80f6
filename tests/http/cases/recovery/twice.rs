//! A form for recovery codes that a browser sends again makes no more codes.

use mfakit::notifier::NoticeKind;

use super::{make, recover};
use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    heard::Heard,
    notices::Fault,
    world::{Page, World},
};

/// Title of the page after a form that makes no more codes.
const NO_MORE: &str = "<h1 id=\"mfa-title\" tabindex=\"-1\">No new recovery codes were made</h1>";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = twice();
    cases.extend(late());
    cases
}

fn twice() -> Vec<Case> {
    vec![
        case("a form for recovery codes that is sent twice makes codes once", |w| async move {
            let cookie = w.manage(Who::Alice).await;
            let form = w.form_for_codes(&cookie).await;
            let [first, second] = w.answers_at_once([send(&form, &cookie), send(&form, &cookie)]).await;
            let (made, other) = if first.status == 200 { (first, second) } else { (second, first) };
            let codes = shown(&made.page(200));
            assert_eq!(codes.len(), 10, "{made}");
            no_more(&other);
            // The browser has the cookie until it shows an answer, and a form may be sent again later.
            no_more(&w.hear(send(&form, &cookie)).await);
            no_more(&w.hear(send(&form, "")).await);
            assert_eq!(w.notices.kinds(), [NoticeKind::RecoveryCodesMade]);
            w.hear(recover(&codes[0]).by(Who::Alice)).await.status(200);
            assert_eq!(w.numbers(Who::Alice, "").await["recovery"]["codes"]["left"], 9);
        }),
        case(
            "a form for recovery codes that is sent while its notice is sent makes no more",
            |w| async move {
                let cookie = w.manage(Who::Alice).await;
                let form = w.form_for_codes(&cookie).await;
                w.notices.disturb(Fault::Hangs);
                let [first, second] = w.answers_at_once([send(&form, &cookie), send(&form, &cookie)]).await;
                let (held, other) = if first.status == 503 { (first, second) } else { (second, first) };
                held.page(503);
                no_more(&other);
                assert_eq!(w.numbers(Who::Alice, "").await["recovery"]["codes"], serde_json::Value::Null);
            },
        ),
        case("a script that shows pages is told of a second form as well", |w| async move {
            let cookie = w.manage(Who::Alice).await;
            let form = w.form_for_codes(&cookie).await;
            let by_script = |accept| {
                let ask = Ask::post("/mfa/number/codes").same_origin().urlencoded(&form).by(Who::Alice);
                ask.cookie(&*cookie).header("sec-fetch-mode", "cors").header("accept", accept)
            };
            w.hear(by_script("text/html")).await.page(200);
            no_more(&w.hear(by_script("text/html")).await);
            w.hear(by_script("application/json")).await.problem(409, "codes-made");
        }),
    ]
}

fn late() -> Vec<Case> {
    vec![
        case("an old form makes no recovery codes after others were made", |w| async move {
            let cookie = w.manage(Who::Alice).await;
            let form = w.form_for_codes(&cookie).await;
            w.advance(1);
            let made = w.alice_made_codes().await;
            let cookie = w.manage(Who::Alice).await;
            no_more(&w.hear(send(&form, &cookie)).await);
            w.hear(recover(&made[0]).by(Who::Alice)).await.status(200);
            w.hear(make().by(Who::Alice).cookie(cookie)).await.status(200);
        }),
        case("an old form for recovery codes leads to a code to the number", |w| async move {
            let cookie = w.manage(Who::Alice).await;
            let form = w.form_for_codes(&cookie).await;
            w.advance(600);
            w.hear(send(&form, &cookie)).await.goes_to_page("mfakit.manage");
        }),
        case("a form for recovery codes proves nothing", |w| async move {
            let cookie = w.manage(Who::Alice).await;
            let html = w.number_page(Who::Alice, "/mfa/number", &cookie).await.page(200);
            let shown = value(&html, "shown").to_owned();
            for (name, who, shown, cookie) in [
                ("in another session", Who::AliceElsewhere, &*shown, ""),
                ("of another user", Who::Bob, &*shown, ""),
                ("made up", Who::AliceElsewhere, "1764326400000 ", ""),
                ("empty", Who::AliceElsewhere, "", ""),
                ("with a cookie of another session", Who::AliceElsewhere, &*shown, &*cookie),
            ] {
                let token = w.page(who, "/mfa/number").await.token;
                let body = format!("token={token}&shown={}", shown.replace(' ', "+"));
                let heard = w.hear(Ask::form("/mfa/number/codes", &body).by(who).cookie(cookie)).await;
                assert_eq!(heard.status, 303, "{name}: {heard}");
                heard.goes_to_page("mfakit.manage");
            }
            assert_eq!(w.numbers(Who::Alice, "").await["recovery"]["codes"], serde_json::Value::Null);
        }),
    ]
}

impl World {
    /// Opens the page of Alice's number, and returns its form for recovery codes.
    async fn form_for_codes(&self, cookie: &str) -> String {
        let html = self.number_page(Who::Alice, "/mfa/number", cookie).await.page(200);
        format!("token={}&shown={}", Page::read(html.clone()).token, value(&html, "shown"))
    }
}

/// Creates a request of a browser without scripts with this form.
fn send(form: &str, cookie: &str) -> Ask {
    Ask::form("/mfa/number/codes", form).by(Who::Alice).cookie(cookie)
}

/// Returns the value of a hidden field.
fn value<'a>(html: &'a str, name: &str) -> &'a str {
    let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\"")).expect("the field");
    rest.split('"').next().unwrap()
}

/// Returns the codes on a page.
fn shown(html: &str) -> Vec<String> {
    html.split("<li><code>").skip(1).map(|rest| rest[..19].to_owned()).collect()
}

fn no_more(heard: &Heard) {
    let html = heard.page(409);
    assert!(html.contains(NO_MORE) && html.contains("href=\"/mfa/number\""), "{html}");
    assert!(!html.contains("<code>"), "{html}");
}
