//! Changes of the second request, none of which moves anything.

use mfakit::UserId;

use super::{Approved, ORDER, Proposed, approve, pay};
use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    world::World,
};

/// Sends the approved form with another body.
fn form(body: &str, approved: &Approved) -> Ask {
    pay(Who::Alice, body).cookie(approved.cookie.clone())
}

/// Sends the approved form as another caller.
fn by(who: Who, approved: &Approved) -> Ask {
    pay(who, ORDER).cookie(approved.cookie.clone())
}

/// Names the approval at another route, or as another caller.
fn named(who: Who, path: &str, id: &str, approved: &Approved) -> Ask {
    Ask::post(&format!("{path}?mfa-approval={id}")).by(who).cookie(approved.cookie.clone())
}

/// Second request, changed in one thing.
type Change = (&'static str, fn(&Approved) -> Ask);

/// The changes. The approval is left after each of them.
const CHANGES: &[Change] = &[
    ("a larger amount", |it| form("amount=101&payee=ACME", it)),
    ("a smaller amount", |it| form("amount=99&payee=ACME", it)),
    ("another payee", |it| form("amount=100&payee=Mallory", it)),
    ("a payee in other letters", |it| form("amount=100&payee=acme", it)),
    ("a payee with a space", |it| form("amount=100&payee=ACME+", it)),
    ("a payee that looks the same", |it| form("amount=100&payee=%D0%90CME", it)),
    ("no payee", |it| form("amount=100&payee=", it)),
    ("a field twice", |it| form("amount=100&amount=101&payee=ACME", it)),
    ("the first of two fields approved", |it| form("amount=100&payee=ACME&payee=Mallory", it)),
    ("a field left out", |it| form("amount=100", it)),
    ("a number with an exponent", |it| form("amount=1e2&payee=ACME", it)),
    ("a number with a fraction", |it| form("amount=100.0&payee=ACME", it)),
    ("another scope", |it| {
        Ask::post("/bound/other-scope").by(Who::Alice).urlencoded(ORDER).cookie(it.cookie.clone())
    }),
    ("another session of the user", |it| by(Who::AliceElsewhere, it)),
    ("another user", |it| by(Who::Bob, it)),
    ("no session", |it| by(Who::Anonymous, it)),
    ("a token of the user", |it| by(Who::AliceByToken, it)),
    ("no grant cookie", |_| pay(Who::Alice, ORDER)),
    ("the cookie under the name of an unbound grant", |it| {
        let (_, value) = it.cookie.split_once('=').unwrap();
        pay(Who::Alice, ORDER).cookie(format!("__Host-mfa-pay={value}"))
    }),
    ("the cookie twice", |it| form(ORDER, it).cookie(it.cookie.clone())),
    ("HEAD", |it| {
        Ask::new("HEAD", "/bound/look?amount=100&payee=ACME").by(Who::Alice).cookie(it.cookie.clone())
    }),
    ("GET", |it| Ask::get("/bound/pay").by(Who::Alice).cookie(it.cookie.clone())),
    ("a name that is cut short", |it| named(Who::Alice, "/bound/pay", &it.id[1..], it).same_origin()),
    ("the name from another site", |it| {
        named(Who::Alice, "/bound/pay", &it.id, it).header("sec-fetch-site", "cross-site")
    }),
    ("the name without the cookie", |it| {
        Ask::post(&format!("/bound/pay?mfa-approval={}", it.id)).by(Who::Alice).same_origin()
    }),
    ("the name in another scope", |it| named(Who::Alice, "/bound/other-scope", &it.id, it).same_origin()),
    ("the name in another session", |it| named(Who::AliceElsewhere, "/bound/pay", &it.id, it).same_origin()),
    ("the name by another user", |it| named(Who::Bob, "/bound/pay", &it.id, it).same_origin()),
    ("two names in the query, the other one last", |it| {
        let two = format!("{}&mfa-approval=AAAAAAAAAAAAAAAAAAAAAA", it.id);
        named(Who::Alice, "/bound/pay", &two, it).same_origin()
    }),
    ("two names that differ", |it| {
        let first = if it.id.starts_with('A') { 'B' } else { 'A' };
        let other = format!("{first}{}", &it.id[1..]);
        named(Who::Alice, "/bound/pay", &it.id, it).same_origin().header("mfa-approval", other)
    }),
];

/// Asserts that a request moves nothing.
async fn moves_nothing(w: &World, name: &str, ask: Ask) {
    let heard = w.hear(ask).await;
    assert_eq!(heard.runs, 0, "{name}: {heard}");
    assert!(heard.status >= 300, "{name}: {heard}");
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<_> = CHANGES
        .iter()
        .map(|(name, ask)| {
            case(format!("an approval moves nothing else: {name}"), move |w| async move {
                let approved = approve(&w, Who::Alice, pay(Who::Alice, ORDER)).await;
                moves_nothing(&w, name, ask(&approved)).await;
                w.hear(form(ORDER, &approved)).await.passed();
            })
        })
        .collect();
    cases.extend([
        case("an approval moves nothing a second time", |w| async move {
            let approved = approve(&w, Who::Alice, pay(Who::Alice, ORDER)).await;
            w.hear(form(ORDER, &approved)).await.passed();
            moves_nothing(&w, "replay", form(ORDER, &approved)).await;
            let name = named(Who::Alice, "/bound/pay", &approved.id, &approved).same_origin();
            moves_nothing(&w, "replay by name", name).await;
        }),
        case("an approval moves nothing after its end", |w| async move {
            let approved = approve(&w, Who::Alice, pay(Who::Alice, ORDER)).await;
            w.advance(300);
            let name = named(Who::Alice, "/bound/pay", &approved.id, &approved).same_origin();
            moves_nothing(&w, "expired, by name", name).await;
            Proposed::read(&w.hear(form(ORDER, &approved)).await);
        }),
        case("an approval moves nothing after it was revoked", |w| async move {
            let approved = approve(&w, Who::Alice, pay(Who::Alice, ORDER)).await;
            w.mfa.revoke_user(&UserId::from("alice")).await.unwrap();
            let name = named(Who::Alice, "/bound/pay", &approved.id, &approved).same_origin();
            w.hear(name).await.untouched().problem(410, "approval-over");
            Proposed::read(&w.hear(form(ORDER, &approved)).await);
        }),
        case("a code moves nothing after the number on file has changed", |w| async move {
            let proposed = Proposed::read(&w.hear(pay(Who::Alice, ORDER)).await);
            let started = w.start_at(Who::Alice, &proposed.challenge_url).await;
            w.phones.enter("alice", "+19195550000");
            let heard = w.type_code(Who::Alice, "pay", &started.challenge, &started.code).await;
            heard.problem(410, "challenge-over");
            Proposed::read(&w.hear(pay(Who::Alice, ORDER)).await);
        }),
        case("another tab's cookie moves nothing", |w| async move {
            let first = approve(&w, Who::Alice, pay(Who::Alice, ORDER)).await;
            let other = "amount=5&payee=Bob";
            let second = approve(&w, Who::Alice, pay(Who::Alice, other)).await;
            moves_nothing(&w, "the cookie of the first", form(other, &first)).await;
            w.hear(form(other, &second)).await.passed();
            w.hear(form(ORDER, &first)).await.passed();
        }),
    ]);
    cases
}
