//! Other spellings of a value, and of the identifier of its approval.

use super::{Approved, ORDER, Proposed, approve, pay};
use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
};

fn json(body: impl Into<Vec<u8>>, approved: &Approved) -> Ask {
    let ask = Ask::post("/bound/json").by(Who::Alice).same_origin().cookie(approved.cookie.clone());
    ask.header("content-type", "application/json").body(body)
}

fn typed(content_type: &str, body: &str, approved: &Approved) -> Ask {
    let ask = Ask::post("/bound/pay").by(Who::Alice).same_origin().cookie(approved.cookie.clone());
    ask.header("content-type", content_type).body(body)
}

fn named(query: &str, approved: &Approved) -> Ask {
    let ask = Ask::post(&format!("/bound/pay?{query}")).by(Who::Alice).same_origin();
    ask.cookie(approved.cookie.clone())
}

/// Returns the same identifier with other unused bits in its last character.
fn not_canonical(id: &str) -> String {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = alphabet.find(&id[21..]).unwrap();
    format!("{}{}", &id[..21], &alphabet[last + 1..last + 2])
}

/// Spelling of a request that moves nothing.
type Spelling = (&'static str, fn(&Approved) -> Ask);

/// Values that are not the approved one, or not read at all.
const VALUES: &[Spelling] = &[
    ("JSON with a member twice", |it| json(r#"{"amount":100,"amount":100,"payee":"ACME"}"#, it)),
    ("JSON with an escaped member twice", |it| {
        json(r#"{"amount":100,"payee":"ACME","\u0070ayee":"Mallory"}"#, it)
    }),
    ("JSON with an exponent", |it| json(r#"{"amount":1e2,"payee":"ACME"}"#, it)),
    ("JSON with a number as text", |it| json(r#"{"amount":"100","payee":"ACME"}"#, it)),
    ("JSON after a byte order mark", |it| json("\u{feff}{\"amount\":100,\"payee\":\"ACME\"}", it)),
    ("JSON nested too deeply", |it| {
        json(format!("{{\"amount\":100,\"payee\":\"ACME\",\"x\":{}", "[".repeat(100_000)), it)
    }),
    ("JSON with another value after it", |it| {
        json(r#"{"amount":100,"payee":"ACME"}{"amount":9,"payee":"Mallory"}"#, it)
    }),
    ("a form of members in brackets", |it| {
        typed("application/x-www-form-urlencoded", "order[amount]=100&order[payee]=ACME", it)
    }),
    ("a form as plain text", |it| typed("text/plain", ORDER, it)),
    ("a multipart form", |it| {
        let body = "--b\r\ncontent-disposition: form-data; name=\"amount\"\r\n\r\n100\r\n--b--\r\n";
        typed("multipart/form-data; boundary=b", body, it)
    }),
    ("a form that is compressed by name only", |it| {
        typed("application/x-www-form-urlencoded", "\u{1f}\u{8b}", it).header("content-encoding", "gzip")
    }),
];

/// Identifiers that are not the approval's.
const NAMES: &[Spelling] = &[
    ("other unused bits", |it| named(&format!("mfa-approval={}", not_canonical(&it.id)), it)),
    ("padding", |it| named(&format!("mfa-approval={}==", it.id), it)),
    ("one character more", |it| named(&format!("mfa-approval={}A", it.id), it)),
    ("a space before it", |it| named(&format!("mfa-approval=+{}", it.id), it)),
    ("a zero byte after it", |it| named(&format!("mfa-approval={}%00", it.id), it)),
    ("encoded twice", |it| named(&format!("mfa-approval=%25{:02x}{}", it.id.as_bytes()[0], &it.id[1..]), it)),
    ("two hundred of them in one", |it| named("", it).header("mfa-approval", it.id.repeat(200))),
    ("two in one header", |it| named("", it).header("mfa-approval", format!("{0}, {0}", it.id))),
    ("no text", |it| named(&format!("mfa-approval={}&mfa-approval=", it.id), it)),
];

pub(super) fn cases() -> Vec<Case> {
    let values = VALUES.iter().map(|(name, ask)| {
        case(format!("a value in another spelling moves nothing: {name}"), move |w| async move {
            let approved = approve(&w, Who::Alice, pay(Who::Alice, ORDER)).await;
            let heard = w.hear(ask(&approved)).await;
            assert_eq!(heard.runs, 0, "{heard}");
            assert!((400..500).contains(&heard.status), "{heard}");
            w.hear(pay(Who::Alice, ORDER).cookie(approved.cookie)).await.passed();
        })
    });
    let names = NAMES.iter().map(|(name, ask)| {
        case(format!("a name in another spelling is no name: {name}"), move |w| async move {
            let approved = approve(&w, Who::Alice, pay(Who::Alice, ORDER)).await;
            w.hear(ask(&approved)).await.untouched().problem(410, "approval-over");
            w.hear(pay(Who::Alice, ORDER).cookie(approved.cookie)).await.passed();
        })
    });
    let mut cases: Vec<_> = values.chain(names).collect();
    cases.extend([
        case("two payees that differ in normalization only are two values", |w| async move {
            let composed = approve(&w, Who::Alice, pay(Who::Alice, "amount=100&payee=Caf%C3%A9")).await;
            let ask = pay(Who::Alice, "amount=100&payee=Cafe%CC%81").cookie(composed.cookie.clone());
            assert_ne!(Proposed::read(&w.hear(ask).await).id, composed.id);
        }),
        case("the header names no approval of a GET", |w| async move {
            let approved = approve(&w, Who::Alice, pay(Who::Alice, ORDER)).await;
            let ask = Ask::get("/bound/look?amount=9&payee=Mallory").by(Who::Alice).same_origin();
            let ask = ask.header("mfa-approval", &*approved.id).cookie(approved.cookie.clone());
            assert_ne!(Proposed::read(&w.hear(ask).await).id, approved.id);
        }),
        case("of a hundred requests by value and by name, one passes", |w| async move {
            let approved = approve(&w, Who::Alice, pay(Who::Alice, ORDER)).await;
            let by_name = format!("mfa-approval={}", approved.id);
            let asks = (0..100).map(|at| match at % 2 {
                0 => pay(Who::Alice, ORDER).cookie(approved.cookie.clone()),
                _ => named(&by_name, &approved),
            });
            let (statuses, runs) = w.at_once(asks).await;
            let passed = statuses.iter().filter(|status| **status == 200).count();
            assert_eq!((passed, runs), (1, 1), "{statuses:?}");
        }),
        case("an approval that is revoked while the body arrives moves nothing", |w| async move {
            let approved = approve(&w, Who::Alice, pay(Who::Alice, ORDER)).await;
            let pause = crate::http::ask::Pause::default();
            let ask = pay(Who::Alice, ORDER).cookie(approved.cookie.clone()).pausing(&pause);
            let revoke = async {
                pause.begins().await;
                w.mfa.revoke_user(&mfakit::UserId::from("alice")).await.unwrap();
                pause.end();
            };
            let (heard, ()) = futures_util::join!(w.hear(ask), revoke);
            assert_ne!(Proposed::read(&heard).id, approved.id);
        }),
    ]);
    cases
}
