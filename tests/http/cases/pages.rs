//! The challenge page.

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    heard::Heard,
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("the page names the purpose, and offers the channels", |w| async move {
            let page = w.page(Who::Alice, "/mfa/pay").await;
            assert!(
                page.html.contains("Enter a code to make a payment") && page.html.contains("The Bank"),
                "{}",
                page.html
            );
            assert!(page.html.contains("name=\"channel\" value=\"messaging\""), "{}", page.html);
            assert!(!page.html.contains("name=\"channel\" value=\"voice\""), "calls are not offered");
            assert!(page.challenge.is_none() && page.signed.is_none());
        }),
        case("the page finds the session's live challenge by itself", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            let page = w.page(Who::Alice, "/mfa/pay").await;
            assert_eq!(page.challenge.as_deref(), Some(started.challenge.as_str()));
            assert!(page.html.contains("•••34"), "{}", page.html);
            for (who, target) in
                [(Who::Bob, "/mfa/pay"), (Who::AliceElsewhere, "/mfa/pay"), (Who::Alice, "/mfa/settings")]
            {
                assert_eq!(w.page(who, target).await.challenge, None, "{who:?} {target}");
            }
            w.advance(300);
            assert_eq!(w.page(Who::Alice, "/mfa/pay").await.challenge, None, "it has expired");
        }),
        case("the field for the code suits people and their phones", |w| async move {
            w.start(Who::Alice, "pay").await;
            let html = w.page(Who::Alice, "/mfa/pay").await.html;
            let (_, input) = html.split_once("<input id=\"mfa-code\"").unwrap();
            let input = input.split('>').next().unwrap();
            for attribute in
                ["name=\"code\"", "type=\"text\"", "inputmode=\"numeric\"", "autocomplete=\"one-time-code\""]
            {
                assert!(input.contains(attribute), "{input}");
            }
            assert!(!input.contains("maxlength") && html.contains("<label for=\"mfa-code\">"), "{html}");
        }),
        case(
            "the page loads nothing from other origins, has no inline code and cannot be framed",
            |w| async move {
                w.start(Who::Alice, "pay").await;
                for ask in [Ask::get("/mfa/pay").navigating(), Ask::get("/mfa/nothing").navigating()] {
                    let heard = w.hear(ask.by(Who::Alice)).await;
                    has_page_headers(&heard);
                    let html = heard.text();
                    for inline in
                        ["<script>", "style=\"", " onclick", " onload", " onsubmit", "<style", "javascript:"]
                    {
                        assert!(!html.contains(inline), "{inline} in {html}");
                    }
                    let module = "<script type=\"module\" src=\"/mfa/-/mfa.js\"></script>";
                    assert_eq!(
                        (html.matches("<script").count(), html.matches(module).count()),
                        (1, 1),
                        "{html}"
                    );
                }
            },
        ),
        case("the page shows a label verbatim, whatever is in it", |w| async move {
            w.start(Who::Alice, "reports").await;
            let html = w.page(Who::Alice, "/mfa/reports").await.html;
            assert!(!html.contains("<b>"), "{html}");
            let escaped =
                ["&#60;b&#62;x&#60;/b&#62; &#38; &#34;y&#34;", "&lt;b&gt;x&lt;/b&gt; &amp; &quot;y&quot;"];
            assert!(escaped.iter().any(|label| html.contains(label)), "{html}");
        })
        .labelled("see <b>x</b> & \"y\""),
        case("the page repeats nothing of its address", |w| async move {
            let html = w.page(Who::Alice, "/mfa/pay?return=%22%3E%3Cb%3Ehello&x=%3Cb%3E").await.html;
            assert!(!html.contains("hello") && !html.contains("<b>"), "{html}");
        }),
        case("HEAD of the page has the headers of the page and no body", |w| async move {
            let heard = w.hear(Ask::new("HEAD", "/mfa/pay").navigating().by(Who::Alice)).await;
            has_page_headers(heard.status(200));
            assert!(heard.body.is_empty(), "{heard}");
        }),
        case(
            "an anonymous browser is redirected to the sign-in page, and a script is told to sign in",
            |w| async move {
                w.hear(Ask::get("/mfa/pay").navigating()).await.goes_to("/login");
                w.hear(Ask::get("/mfa/pay")).await.problem(401, "unauthenticated");
            },
        ),
        case("the page shows at most the last two digits of the number", |w| async move {
            w.start(Who::Alice, "pay").await;
            let html = w.page(Who::Alice, "/mfa/pay").await.html;
            assert!(html.contains("•••34") && !html.contains("234"), "{html}");
        }),
        case("the form of an anonymous page is of no use to any user", |w| async move {
            w.hear(Ask::form("/mfa/pay/challenge", "channel=messaging").by(Who::Alice)).await.status(403);
            assert_eq!(w.provider.inner.sends(), 0);
        }),
        case("the style sheet is public", |w| async move {
            for who in [Who::Anonymous, Who::Alice, Who::LookupFails, Who::LookupPanics] {
                let heard = w.hear(Ask::get("/mfa/-/page.css").by(who)).await;
                assert_eq!(heard.identified, 0, "the caller is not identified");
                assert_eq!(
                    heard.status(200).header("content-type"),
                    Some("text/css; charset=utf-8"),
                    "{heard}"
                );
                assert!(heard.text().contains(".mfa"), "{heard}");
            }
            assert_eq!(
                w.hear(Ask::post("/mfa/-/page.css")).await.status(405).header("allow"),
                Some("GET, HEAD")
            );
        }),
        case("a rejection in a browser is a page, with the same status and headers", |w| async move {
            let page = w.page(Who::Alice, "/mfa/pay").await;
            let token = page.token;
            for (fields, status) in [
                (format!("token={token}&channel=pigeon"), 422),
                (format!("token={token}&channel=messaging&channel=voice"), 422),
                ("token=x&channel=messaging".to_owned(), 403),
                (format!("token={token}&channel=%ff"), 400),
            ] {
                let heard = w.hear(Ask::form("/mfa/pay/challenge", &fields).by(Who::Alice)).await;
                heard.page(status);
                has_page_headers(&heard);
            }
        }),
    ]
}

fn has_page_headers(heard: &Heard) {
    let policy = heard.header("content-security-policy").unwrap_or_default();
    let mut directives: Vec<_> = policy.split(';').map(str::trim).collect();
    directives.sort_unstable();
    let expected = [
        "base-uri 'none'",
        "connect-src 'self'",
        "default-src 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "img-src 'self'",
        "object-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
    ];
    assert_eq!(directives, expected, "{heard}");
    for (name, value) in [
        ("permissions-policy", "otp-credentials=(self)"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("content-type", "text/html; charset=utf-8"),
    ] {
        assert_eq!(heard.header(name), Some(value), "{heard}");
    }
    let vary = heard.header("vary").unwrap_or_default().to_ascii_lowercase();
    assert!(["cookie", "accept", "sec-fetch-mode"].iter().all(|name| vary.contains(name)), "{heard}");
}
