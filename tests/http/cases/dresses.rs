//! The page in the app's theme and in the user's language.

use mfakit::{Messages, MfaBuilder, Theme, messages::MessageId, theme::ColorScheme};

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    world::{Page, World},
};

fn german(word: MessageId) -> &'static str {
    match word {
        MessageId::AskTitle => "Sind Sie es?",
        MessageId::Purpose => "Bevor Sie {label}, fragen wir nach einem Code.",
        MessageId::Message => "{code} ist Ihr Code von {app}, um {label}. Er gilt {time}.",
        MessageId::Minutes => "{count} Minuten",
        MessageId::NothingTitle => "Hier ist nichts",
        other => other.english(),
    }
}

/// Adds English with one changed message, German, colors and links.
fn dressed(builder: MfaBuilder) -> MfaBuilder {
    let look = Theme::new()
        .logo("/logo.svg")
        .accent("#0f766e", "#5eead4")
        .color_scheme(ColorScheme::Light)
        .style_sheet("/own.css")
        .home("/start")
        .help("/help?about=codes")
        .alternative("/key/{scope}", "Use a security key");
    let german = Messages::new("de", german)
        .label("pay", "etwas zu bezahlen")
        .label("settings", "die Einstellungen zu ändern")
        .label("reports", "die Berichte zu sehen")
        .alternative("/key/{scope}", "Sicherheitsschlüssel benutzen");
    builder.theme(look).messages(Messages::english().set(MessageId::Submit, "Go <on>")).messages(german)
}

async fn page_in(w: &World, target: &str, language: &str) -> String {
    let ask = Ask::get(target).navigating().by(Who::Alice);
    w.hear(ask.header("accept-language", language)).await.text()
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("the page has the app's logo, links and style sheet", |w| async move {
            let html = page_in(&w, "/mfa/pay", "en").await;
            for part in [
                "<img src=\"/logo.svg\" alt=\"\"",
                "<link rel=\"stylesheet\" href=\"/own.css\">",
                "<a class=\"mfa-help\" href=\"/help?about=codes\">Get help</a>",
                "<a href=\"/key/pay\">Use a security key</a>",
                "<a data-mfa-cancel href=\"/start\">",
            ] {
                assert!(html.contains(part), "{part} in {html}");
            }
            let ours = html.find("/mfa/-/page.css").unwrap();
            assert!(ours < html.find("/own.css").unwrap(), "the app's style sheet has the last word");
            let css = w.hear(Ask::get("/mfa/-/page.css")).await.text();
            assert!(css.contains("--mfa-accent:#0f766e") && !css.contains("prefers-color-scheme"), "{css}");
        })
        .dressed(dressed),
        case("the help is in the same place on every page", |w| async move {
            for target in ["/mfa/pay", "/mfa/nothing"] {
                let html = page_in(&w, target, "en").await;
                assert!(html.contains("<p class=\"mfa-foot\"><a class=\"mfa-help\""), "{html}");
            }
        })
        .dressed(dressed),
        case("messages that an app changed are shown verbatim, whatever is in them", |w| async move {
            w.start(Who::Alice, "pay").await;
            let html = page_in(&w, "/mfa/pay", "en").await;
            assert!(!html.contains("<on>") && html.contains("on&#62;") || html.contains("on&gt;"), "{html}");
        })
        .dressed(dressed),
        case("the page and the text message are in the requested language", |w| async move {
            let html = page_in(&w, "/mfa/pay", "de-AT,de;q=0.9,en;q=0.5").await;
            for part in [
                "<html lang=\"de\" dir=\"ltr\">",
                "Sind Sie es?",
                "etwas zu bezahlen",
                "Sicherheitsschlüssel",
            ] {
                assert!(html.contains(part), "{part} in {html}");
            }
            let page = Page::read(html);
            let ask = Ask::form("/mfa/pay/challenge", &page.fields("channel=messaging")).by(Who::Alice);
            w.hear(ask.header("accept-language", "de")).await.status(303);
            let message = w.provider.inner.inbox().pop().unwrap().message;
            assert!(message.contains("um etwas zu bezahlen. Er gilt 5 Minuten."), "{message}");
            assert!(message.ends_with(&format!("\n\n@bank.example #{}", w.last_code())), "{message}");
        })
        .dressed(dressed),
        case("a rejection is in the requested language too", |w| async move {
            assert!(page_in(&w, "/mfa/nothing", "de").await.contains("Hier ist nichts"));
        })
        .dressed(dressed),
        case("a request for an untranslated language is answered in the first", |w| async move {
            for language in ["fr", "", "*", "xx;q=1, \"><b>"] {
                let html = page_in(&w, "/mfa/pay", language).await;
                assert!(html.contains("<html lang=\"en\"") && html.contains("Confirm it’s you"), "{html}");
            }
        })
        .dressed(dressed),
        case("a home with a fragment does not lose the return target", |w| async move {
            let rejected = w.hear(Ask::get("/settings?tab=2").navigating().by(Who::Alice)).await;
            let html = page_in(&w, rejected.header("location").unwrap(), "en").await;
            assert!(html.contains("<a data-mfa-cancel href=\"/start#top\">"), "{html}");
            let page = Page::read(html);
            let ask = Ask::form("/mfa/settings/challenge", &page.fields("channel=messaging")).by(Who::Alice);
            w.hear(ask).await.status(303);
            let typing = w.page(Who::Alice, rejected.header("location").unwrap()).await;
            let ask = Ask::form("/mfa/settings/verify", &typing.fields(&format!("code={}", w.last_code())));
            w.hear(ask.by(Who::Alice)).await.goes_to("/settings?tab=2");
        })
        .dressed(|builder| builder.theme(Theme::new().home("/start#top"))),
        case("a page has Accept-Language in Vary", |w| async move {
            let heard = w.hear(Ask::get("/mfa/pay").navigating().by(Who::Alice)).await;
            assert!(heard.header("vary").unwrap().contains("Accept-Language"), "{heard}");
        }),
    ]
}
