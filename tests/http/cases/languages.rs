//! The page in languages with other plurals and digits than English.

use mfakit::{
    Messages, MfaBuilder,
    messages::{MessageId, PluralForm},
};

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
};

fn arabic(word: MessageId) -> &'static str {
    match word {
        MessageId::Second => "ثانية واحدة",
        MessageId::Seconds => "{count} ثانية",
        MessageId::Minutes => "{count} دقيقة",
        MessageId::TriesLeft => "{tries} محاولة",
        other => other.english(),
    }
}

fn polyglot(builder: MfaBuilder) -> MfaBuilder {
    use PluralForm::{Few, Many, Two};
    let labels = |words: Messages| {
        ["pay", "settings", "reports"].into_iter().fold(words, |words, scope| words.label(scope, "x"))
    };
    let arabic = Messages::new("ar-EG", arabic)
        .form(MessageId::Seconds, Two, "ثانيتان")
        .form(MessageId::Seconds, Few, "{count} ثوانٍ")
        .form(MessageId::Seconds, Many, "{count} ثانية")
        .form(MessageId::TriesLeft, Two, "محاولتان")
        .form(MessageId::TriesLeft, Few, "{tries} محاولات");
    let arabic = [MessageId::Minutes, MessageId::Hours].into_iter().fold(arabic, |words, word| {
        [Two, Few, Many].into_iter().fold(words, |words, form| words.form(word, form, "{count} د"))
    });
    let chinese = |tag: &'static str| labels(Messages::new(tag, MessageId::english));
    builder
        .messages(Messages::english())
        .messages(labels(arabic))
        .messages(chinese("zh-Hans"))
        .messages(chinese("zh-Hant-TW"))
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(
            "the page counts in the forms and digits of its language, and so does its countdown",
            |w| async move {
                w.start(Who::Alice, "pay").await;
                w.advance(1);
                let ask = Ask::get("/mfa/pay").navigating().by(Who::Alice).header("accept-language", "ar");
                let heard = w.hear(ask).await;
                let html = heard.page(200);
                assert_eq!(heard.header("content-language"), Some("ar-EG"), "{heard}");
                for part in [
                    "<html lang=\"ar-EG\" dir=\"rtl\">",
                    "<span>٢٩ ثانية</span>",
                    "latest ٦-digit code.",
                    "٥ محاولات",
                ] {
                    assert!(html.contains(part), "{part} in {html}");
                }
                let forms =
                    html.split("data-mfa-forms=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
                for form in ["one", "two", "few", "many", "other", "ثوانٍ", "digits", "٠", "٩"] {
                    assert!(forms.contains(form), "{form} in {forms}");
                }
            },
        )
        .dressed(polyglot),
        case("a page follows the conventions of the user's region", |w| async move {
            for (accept, language) in [
                ("zh-TW,zh;q=0.9,en;q=0.8", "zh-Hant-TW"),
                ("zh-Hant-HK", "zh-Hant-TW"),
                ("zh-CN", "zh-Hans"),
                ("zh", "zh-Hans"),
                ("en-GB", "en"),
                ("iw", "en"),
            ] {
                for target in ["/mfa/pay", "/mfa/nothing"] {
                    let ask = Ask::get(target).navigating().by(Who::Alice).header("accept-language", accept);
                    let heard = w.hear(ask).await;
                    assert_eq!(heard.header("content-language"), Some(language), "{accept}: {heard}");
                    assert!(
                        heard.text().contains(&format!("<html lang=\"{language}\"")),
                        "{accept}: {heard}"
                    );
                    let vary = heard.header("vary").unwrap_or_default();
                    assert!(vary.contains("Accept-Language"), "{heard}");
                }
            }
        })
        .dressed(polyglot),
    ]
}
