//! Entered codes.

use serde_json::json;

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    heard::Heard,
    world::{Page, World},
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case("the right code is answered with the scope and its lifetime", |w| async move {
            let started = w.start(Who::Alice, "settings").await;
            let heard = w.type_code(Who::Alice, "settings", &started.challenge, &started.code).await;
            assert_eq!(heard.status(200).header("content-type"), Some("application/json"));
            assert_eq!(heard.value(), json!({ "scope": "settings", "expires_in": 600 }));
        }),
        case("the right code sets one cookie, out of reach of scripts and other hosts", |w| async move {
            let started = w.start(Who::Alice, "settings").await;
            let heard = w.type_code(Who::Alice, "settings", &started.challenge, &started.code).await;
            let set = heard.header("set-cookie").unwrap();
            let (value, attributes) = set.split_once("; ").unwrap();
            assert_eq!(value.strip_prefix("__Host-mfa-settings=").unwrap().len(), 43, "256 bits");
            let mut attributes: Vec<_> = attributes.split("; ").collect();
            attributes.sort_unstable();
            assert_eq!(attributes, ["HttpOnly", "Max-Age=600", "Path=/", "SameSite=Lax", "Secure"]);
        }),
        case("a second success sets a new cookie and invalidates the first", |w| async move {
            let (first, second) =
                (w.elevate(Who::Alice, "settings").await, w.elevate(Who::Alice, "settings").await);
            assert_ne!(first, second);
            let heard = w.hear(Ask::get("/settings").by(Who::Alice).cookie(first)).await;
            assert_eq!(heard.untouched().problem(401, "step-up-required")["reason"], "mismatch");
            w.hear(Ask::get("/settings").by(Who::Alice).cookie(second)).await.passed();
        }),
        case("a bearer token gets a grant without a cookie", |w| async move {
            let started = w.start(Who::AliceByToken, "settings").await;
            let heard = w.type_code(Who::AliceByToken, "settings", &started.challenge, &started.code).await;
            assert_eq!(heard.status(200).header("set-cookie"), None);
            w.hear(Ask::get("/settings").by(Who::AliceByToken)).await.passed();
            w.hear(Ask::get("/settings").by(Who::Alice)).await.untouched().status(401);
        }),
        case("a user who enters the right code continues to their target", |w| async move {
            let rejected = w.hear(Ask::get("/settings?tab=2").by(Who::Alice).navigating()).await;
            let page = w.page(Who::Alice, rejected.header("location").unwrap()).await;
            let ask = Ask::form("/mfa/settings/challenge", &page.fields("channel=messaging"));
            let sent = w.hear(ask.by(Who::Alice)).await;
            let page = w.page(Who::Alice, sent.status(303).header("location").unwrap()).await;
            let ask = Ask::form("/mfa/settings/verify", &page.fields(&format!("code={}", w.last_code())));
            let heard = w.hear(ask.by(Who::Alice)).await;
            heard.goes_to("/settings?tab=2");
            let again = Ask::get("/settings?tab=2").by(Who::Alice).navigating().cookie(heard.cookie());
            w.hear(again).await.passed();
        }),
        case(
            "wrong codes leave 4, 3, 2, 1 and 0 attempts, and then even the right one is rejected",
            |w| async move {
                let started = w.start(Who::Alice, "pay").await;
                for left in [4, 3, 2, 1, 0] {
                    let heard =
                        w.type_code(Who::Alice, "pay", &started.challenge, &started.wrong_code()).await;
                    assert_eq!(heard.problem(422, "wrong-code")["attempts_left"], left);
                    assert_eq!(heard.header("set-cookie"), None);
                }
                w.type_code(Who::Alice, "pay", &started.challenge, &started.code)
                    .await
                    .problem(410, "challenge-over");
                assert_eq!(w.provider.inner.verifies(), 5);
            },
        ),
        case("a wrong code in a form gets the page again, which says so", |w| async move {
            w.start(Who::Alice, "pay").await;
            let page = w.page(Who::Alice, "/mfa/pay").await;
            let wrong = if w.last_code() == "000000" { "000001" } else { "000000" };
            let heard = w
                .hear(Ask::form("/mfa/pay/verify", &page.fields(&format!("code={wrong}"))).by(Who::Alice))
                .await;
            let page = Page::read(heard.page(422));
            assert!(
                page.html.contains("<title>Error: ") && page.html.contains("aria-invalid=\"true\""),
                "{heard}"
            );
            assert!(page.html.contains("4 attempts left."), "{heard}");
            assert_eq!(heard.header("set-cookie"), None);
            let ask = Ask::form("/mfa/pay/verify", &page.fields(&format!("code={}", w.last_code())));
            w.hear(ask.by(Who::Alice)).await.goes_to("/");
        }),
        case("a code works once", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            let heard = w.type_code(Who::Alice, "pay", &started.challenge, &started.code).await;
            let ask = Ask::new("DELETE", "/mfa/pay").same_origin();
            w.hear(ask.by(Who::Alice).cookie(heard.cookie())).await.status(204);
            let heard = w.type_code(Who::Alice, "pay", &started.challenge, &started.code).await;
            heard.problem(410, "challenge-over");
            assert_eq!((heard.header("set-cookie"), w.provider.inner.verifies()), (None, 1));
        }),
        case("a code for one scope does not work for another", |w| async move {
            let settings = w.start(Who::Alice, "settings").await;
            w.advance(30);
            let pay = w.start(Who::Alice, "pay").await;
            let heard = w.type_code(Who::Alice, "pay", &pay.challenge, &settings.code).await;
            heard.problem(422, "wrong-code");
            w.hear(Ask::post("/pay").by(Who::Alice).urlencoded("amount=1")).await.untouched().status(401);
        }),
        case("an older code than the newest does not work", |w| async move {
            let old = w.start(Who::Alice, "pay").await;
            w.advance(30);
            let new = w.start(Who::Alice, "pay").await;
            w.type_code(Who::Alice, "pay", &new.challenge, &old.code).await.problem(422, "wrong-code");
            w.type_code(Who::Alice, "pay", &new.challenge, &new.code).await.status(200);
        }),
        case("a code works until its five minutes are over", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            w.clock.advance(std::time::Duration::from_millis(299_999));
            w.type_code(Who::Alice, "pay", &started.challenge, &started.code).await.status(200);
        }),
        case("guesses at another user's challenge cost that user nothing", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            for who in [Who::Bob, Who::AliceElsewhere, Who::AliceByToken] {
                for _ in 0..5 {
                    w.type_code(who, "pay", &started.challenge, &started.wrong_code()).await.status(410);
                }
            }
            let heard = w.type_code(Who::Alice, "pay", &started.challenge, &started.wrong_code()).await;
            assert_eq!(heard.problem(422, "wrong-code")["attempts_left"], 4);
            assert_eq!(w.provider.inner.verifies(), 1);
        }),
        case("a number that changed and changed back keeps the challenge over", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            w.phones.enter("alice", "+19195559999");
            w.type_code(Who::Alice, "pay", &started.challenge, &started.code).await.status(410);
            w.phones.enter("alice", crate::http::world::ALICES_NUMBER);
            w.type_code(Who::Alice, "pay", &started.challenge, &started.code).await.status(410);
            assert_eq!(w.provider.inner.verifies(), 0);
        }),
        case("an anonymous caller cannot try a code", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            let heard = w.type_code(Who::Anonymous, "pay", &started.challenge, &started.code).await;
            heard.problem(401, "unauthenticated");
            assert_eq!((heard.body_read, w.provider.inner.verifies()), (0, 0));
        }),
        case("every challenge that is over gets the same answer", |w| async move {
            let answers = over(&w).await;
            let (first_name, first) = &answers[0];
            for (name, heard) in &answers {
                heard.problem(410, "challenge-over");
                assert_eq!(heard.body, first.body, "{name} differs from {first_name}");
                assert_eq!(heard.headers, first.headers, "{name} differs from {first_name}");
            }
            assert_eq!(w.provider.inner.verifies(), 1, "only the one that was spent");
        }),
    ];
    cases.extend(accepted());
    cases.extend(malformed());
    cases
}

/// Every way in which a challenge is over.
async fn over(w: &World) -> Vec<(&'static str, Heard)> {
    let mut answers = Vec::new();
    let alice = w.start(Who::Alice, "pay").await;
    let (challenge, code) = (alice.challenge.as_str(), alice.code.as_str());
    answers.push(("foreign", w.type_code(Who::Bob, "pay", challenge, code).await));
    answers.push(("another session's", w.type_code(Who::AliceElsewhere, "pay", challenge, code).await));
    answers.push(("a token's", w.type_code(Who::AliceByToken, "pay", challenge, code).await));
    answers.push(("another scope's", w.type_code(Who::Alice, "settings", challenge, code).await));
    answers.push(("unknown", w.type_code(Who::Alice, "pay", &"A".repeat(43), code).await));
    answers.push(("garbage", w.type_code(Who::Alice, "pay", "x", code).await));
    answers.push(("empty", w.type_code(Who::Alice, "pay", "", code).await));
    w.advance(30);
    let newer = w.start(Who::Alice, "pay").await;
    answers.push(("replaced", w.type_code(Who::Alice, "pay", challenge, code).await));
    w.type_code(Who::Alice, "pay", &newer.challenge, &newer.code).await.status(200);
    let wrong = newer.wrong_code();
    answers.push(("spent", w.type_code(Who::Alice, "pay", &newer.challenge, &wrong).await));
    let late = w.start(Who::Alice, "pay").await;
    w.advance(300);
    answers.push(("expired", w.type_code(Who::Alice, "pay", &late.challenge, &late.code).await));
    let moved = w.start(Who::Alice, "pay").await;
    w.phones.enter("alice", "+19195559999");
    answers.push((
        "of a number that changed",
        w.type_code(Who::Alice, "pay", &moved.challenge, &moved.code).await,
    ));
    w.advance(3600);
    let struck = w.start(Who::Alice, "pay").await;
    w.phones.strike("alice");
    answers.push((
        "of a number that was removed",
        w.type_code(Who::Alice, "pay", &struck.challenge, &struck.code).await,
    ));
    w.phones.enter("alice", "+19195559999");
    for (name, what) in [("login", 0), ("user", 1), ("scope", 2)] {
        w.advance(3600);
        let revoked = w.start(Who::Alice, "pay").await;
        let (user, login) = ("alice".into(), "00000000000000000000000000000001".parse().unwrap());
        let ended = match what {
            0 => w.mfa.revoke_login(&user, &login).await,
            1 => w.mfa.revoke_user(&user).await,
            _ => w.mfa.revoke_scope(&user, &mfakit::Scope::new("pay").unwrap()).await,
        };
        ended.unwrap();
        answers.push((name, w.type_code(Who::Alice, "pay", &revoked.challenge, &revoked.code).await));
    }
    answers
}

/// A way to write a code.
type Write = fn(&str) -> String;

/// People write codes in many ways.
fn accepted() -> impl Iterator<Item = Case> {
    let ways: [(&str, Write); 15] = [
        ("a space in the middle", |code| format!("{} {}", &code[..3], &code[3..])),
        ("spaces around it", |code| format!("  {code}\n")),
        ("a hyphen in the middle", |code| format!("{}-{}", &code[..3], &code[3..])),
        ("a dash in the middle", |code| format!("{}–{}", &code[..3], &code[3..])),
        ("a space after every digit", |code| code.chars().map(|c| format!("{c} ")).collect()),
        ("a no-break space in the middle", |code| format!("{}\u{a0}{}", &code[..3], &code[3..])),
        ("an ideographic space in the middle", |code| format!("{}\u{3000}{}", &code[..3], &code[3..])),
        ("full-width digits", |code| in_digits_from('\u{ff10}', code)),
        ("Arabic digits", |code| in_digits_from('\u{660}', code)),
        ("Persian digits", |code| in_digits_from('\u{6f0}', code)),
        ("Devanagari digits", |code| in_digits_from('\u{966}', code)),
        ("digits of two scripts", |code| format!("{}{}", &code[..3], in_digits_from('\u{e50}', &code[3..]))),
        ("marks of direction around it", |code| format!("\u{200f}\u{2068}{code}\u{2069}\u{200e}")),
        ("a byte order mark and a joiner in it", |code| {
            format!("\u{feff}{}\u{200d}{}", &code[..3], &code[3..])
        }),
        ("hundreds of characters that cannot be seen", |code| format!("{code}{}", "\u{200b}".repeat(300))),
    ];
    ways.into_iter().flat_map(|(how, write)| {
        let script = case(format!("a code is accepted with {how}"), move |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            w.type_code(Who::Alice, "pay", &started.challenge, &write(&started.code)).await.status(200);
        });
        let browser = case(format!("a code in a form is accepted with {how}"), move |w| async move {
            w.start(Who::Alice, "pay").await;
            let page = w.page(Who::Alice, "/mfa/pay").await;
            let typed: String = write(&w.last_code()).bytes().map(|byte| format!("%{byte:02X}")).collect();
            let ask = Ask::form("/mfa/pay/verify", &page.fields(&format!("code={typed}")));
            w.hear(ask.by(Who::Alice)).await.goes_to("/");
        });
        [script, browser]
    })
}

/// Writes the code in the digits of the script with this zero.
fn in_digits_from(zero: char, code: &str) -> String {
    let digit = |ascii: char| char::from_u32(u32::from(zero) + u32::from(ascii) - u32::from('0'));
    code.chars().filter_map(digit).collect()
}

/// Text that cannot be a code is not counted, and never reaches the provider [CODE-9].
fn malformed() -> impl Iterator<Item = Case> {
    [
        ("nothing", ""),
        ("a space", " "),
        ("a hyphen", "-"),
        ("five digits", "12345"),
        ("seven digits", "1234567"),
        ("nine digits", "000000000"),
        ("a letter among digits", "12345a"),
        ("a plus", "+123456"),
        ("a number in words", "一二三四五六"),
        ("digits in circles", "①②③④⑤⑥"),
        ("marks without digits", "\u{200e}\u{2068}\u{2069}"),
        ("a word", "null"),
        ("a NUL", "12345\0"),
        ("a joker", "******"),
        ("seventy digits", "0000000000000000000000000000000000000000000000000000000000000000000000"),
    ]
    .into_iter()
    .flat_map(|(what, typed)| {
        let script = case(format!("{what} is not a valid code, and is not counted"), move |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            for _ in 0..6 {
                w.type_code(Who::Alice, "pay", &started.challenge, typed)
                    .await
                    .problem(422, "malformed-code");
            }
            assert_eq!(w.provider.inner.verifies(), 0);
            let heard = w.type_code(Who::Alice, "pay", &started.challenge, &started.wrong_code()).await;
            assert_eq!(heard.problem(422, "wrong-code")["attempts_left"], 4);
        });
        let browser = case(format!("{what} in a form gets the page again"), move |w| async move {
            w.start(Who::Alice, "pay").await;
            let page = w.page(Who::Alice, "/mfa/pay").await;
            let typed = typed.replace('+', "%2B").replace('\0', "%00");
            let heard = w
                .hear(Ask::form("/mfa/pay/verify", &page.fields(&format!("code={typed}"))).by(Who::Alice))
                .await;
            let html = heard.page(422);
            assert!(
                html.contains("digits of the code, and nothing else.") && html.contains("5 attempts left."),
                "{html}"
            );
            assert_eq!(w.provider.inner.verifies(), 0);
        });
        [script, browser]
    })
}
