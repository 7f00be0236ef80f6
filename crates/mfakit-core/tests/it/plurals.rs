//! Counted texts in the plural forms of their language.

use std::time::Duration;

use mfakit_core::{
    BuildError, Messages, Mfa,
    messages::{InvalidText, MessageId, PluralForm},
    testing::TestProvider,
};

use crate::world::world_with;

/// Returns a translation in which only time spans and the number of tries are not English.
fn translation(
    tag: &'static str,
    [second, seconds, tries]: [&'static str; 3],
    further: &[(MessageId, PluralForm, &'static str)],
) -> Messages {
    let words = Messages::new(tag, move |word| match word {
        MessageId::Second => second,
        MessageId::Seconds => seconds,
        MessageId::TriesLeft => tries,
        other => other.english(),
    });
    further.iter().fold(words, |words, (word, form, text)| words.form(*word, *form, *text))
}

use MessageId::{CodeHint, Hours, Malformed, Minutes, Seconds, TriesLeft};
use PluralForm::{Few, Many, Two, Zero};

fn polish() -> Messages {
    translation(
        "pl",
        ["{count} sekunda", "{count} sekundy", "{tries} próby"],
        &[
            (Seconds, Few, "{count} sekundy"),
            (Seconds, Many, "{count} sekund"),
            (Minutes, Few, "{count} minuty"),
            (Minutes, Many, "{count} minut"),
            (Hours, Few, "{count} godziny"),
            (Hours, Many, "{count} godzin"),
            (TriesLeft, Few, "{tries} próby"),
            (TriesLeft, Many, "{tries} prób"),
        ],
    )
}

fn russian() -> Messages {
    translation(
        "ru",
        ["{count} секунда", "{count} секунды", "{tries} попытки"],
        &[
            (Seconds, Few, "{count} секунды"),
            (Seconds, Many, "{count} секунд"),
            (Minutes, Few, "{count} минуты"),
            (Minutes, Many, "{count} минут"),
            (Hours, Few, "{count} часа"),
            (Hours, Many, "{count} часов"),
            (TriesLeft, Few, "{tries} попытки"),
            (TriesLeft, Many, "{tries} попыток"),
        ],
    )
}

fn arabic() -> Messages {
    translation(
        "ar-EG",
        ["ثانية واحدة", "{count} ثانية", "{tries} محاولة"],
        &[
            (Seconds, Two, "ثانيتان"),
            (Seconds, Few, "{count} ثوانٍ"),
            (Seconds, Many, "{count} ثانية"),
            (Minutes, Two, "دقيقتان"),
            (Minutes, Few, "{count} دقائق"),
            (Minutes, Many, "{count} دقيقة"),
            (Hours, Two, "ساعتان"),
            (Hours, Few, "{count} ساعات"),
            (Hours, Many, "{count} ساعة"),
            (TriesLeft, Two, "محاولتان"),
            (TriesLeft, Few, "{tries} محاولات"),
        ],
    )
}

/// Builds an engine with these words.
fn build(words: Messages) -> Result<Mfa, BuildError> {
    Mfa::builder(TestProvider::new(), "https://bank.example")
        .scope("pay", "pay")
        .directory(async |_| None::<String>)
        .messaging_to(["US"])
        .messages(words)
        .build()
}

#[test]
fn time_spans_take_the_plural_form_of_their_language() {
    for (words, said) in [
        (
            polish(),
            [
                (1, "1 sekunda"),
                (2, "2 sekundy"),
                (5, "5 sekund"),
                (12, "12 sekund"),
                (21, "21 sekund"),
                (22, "22 sekundy"),
                (120, "2 minuty"),
                (300, "5 minut"),
                (22 * 3600, "22 godziny"),
            ],
        ),
        (
            russian(),
            [
                (1, "1 секунда"),
                (2, "2 секунды"),
                (5, "5 секунд"),
                (11, "11 секунд"),
                (21, "21 секунда"),
                (22, "22 секунды"),
                (120, "2 минуты"),
                (300, "5 минут"),
                (21 * 3600, "21 hour"),
            ],
        ),
        (
            arabic(),
            [
                (1, "ثانية واحدة"),
                (2, "ثانيتان"),
                (3, "٣ ثوانٍ"),
                (10, "١٠ ثوانٍ"),
                (11, "١١ ثانية"),
                (89, "٨٩ ثانية"),
                (120, "دقيقتان"),
                (300, "٥ دقائق"),
                (24 * 3600, "٢٤ ساعة"),
            ],
        ),
    ] {
        for (seconds, said) in said {
            assert_eq!(words.span(Duration::from_secs(seconds)), said, "{words} {seconds}");
        }
        build(words).unwrap();
    }
    assert_eq!(polish().fill_count(TriesLeft, 4, &[]), "4 próby");
    assert_eq!(polish().fill_count(TriesLeft, 5, &[]), "5 prób");
    assert_eq!(russian().fill_count(TriesLeft, 5, &[]), "5 попыток");
    assert_eq!(arabic().fill_count(TriesLeft, 2, &[]), "محاولتان");
    assert_eq!(arabic().fill_count(TriesLeft, 5, &[]), "٥ محاولات");
    assert!(arabic().fill_count(CodeHint, 6, &[("time", "x")]).contains(" ٦-digit code."));
}

#[test]
fn a_missing_or_unused_plural_form_is_reported_when_the_app_starts() {
    let only_two = |tag| translation(tag, ["{count} s", "{count} s", "{tries}"], &[]);
    for (tag, word, form) in [
        ("pl", "Seconds", "few"),
        ("ru", "Seconds", "few"),
        ("cs", "Seconds", "few"),
        ("ar", "Seconds", "two"),
        ("lv", "Seconds", "zero"),
        ("he", "Seconds", "two"),
        ("sl-rozaj", "Seconds", "two"),
        ("cy", "CodeHint", "many"),
    ] {
        let words = match tag {
            "cy" => [(Seconds, "{count}"), (Minutes, "{count}"), (Hours, "{count}"), (TriesLeft, "{tries}")]
                .into_iter()
                .fold(only_two(tag), |words, (word, text)| {
                    let forms: &[_] = if word == TriesLeft { &[Two, Few] } else { &[Two, Few, Many] };
                    forms.iter().fold(words, |words, form| words.form(word, *form, text))
                }),
            _ => only_two(tag),
        };
        let error = build(words).expect_err(tag);
        let BuildError::Messages { why: InvalidText::NoForm { id: lacks, form: lacked }, .. } = &error else {
            panic!("{tag}: {error}")
        };
        assert_eq!((lacks.name(), lacked.name()), (word, form), "{tag}: {error}");
        let advice = format!(".form(MessageId::{word}, PluralForm::{lacked:?}, ");
        assert!(error.to_string().contains(&advice), "{error}");
    }
    for tag in ["en", "de", "fr", "es", "pt-BR", "it", "nl", "tr", "ja", "zh-Hant", "ko", "hi", "fa", "tlh"] {
        build(only_two(tag)).unwrap();
    }
    for (words, wrong) in [
        (only_two("de").form(Seconds, Few, "{count}"), "\"few\""),
        (only_two("ja").form(Seconds, Two, "{count}"), "\"two\""),
        (only_two("pl").form(MessageId::Submit, Few, "x"), "Seconds: the language needs the form \"few\""),
        (polish().form(MessageId::Submit, Few, "x"), "Submit: this language does not use the form"),
        (polish().form(MessageId::Second, Few, "x {count}"), "Second: this language does not use the form"),
        (polish().form(Seconds, Few, "sekundy"), "Seconds: {count} is missing"),
        (polish().form(Seconds, Few, "{n} sekundy"), "{n}"),
        (russian().form(Seconds, PluralForm::One, "секунда"), "Second: {count} is missing"),
        (arabic().form(Seconds, Few, "ثوانٍ"), "Seconds: {count} is missing"),
        (polish().form(Malformed, Few, "{digits} cyfry\u{7}"), "Malformed"),
    ] {
        let error = build(words).expect_err(wrong).to_string();
        assert!(error.contains(wrong), "{error}");
    }
    build(arabic().form(Seconds, Zero, "{count} ثانية")).unwrap();
}

#[test]
fn a_language_cannot_be_added_twice_under_different_tags() {
    for (one, other) in [("de", "DE"), ("zh-TW", "zh-Hant-TW"), ("id", "in"), ("sr-Latn", "sh")] {
        let words = |tag: &'static str| {
            let words = translation(tag, ["{count} s", "{count} s", "{tries}"], &[]).label("pay", "pay");
            [Seconds, Minutes, Hours]
                .into_iter()
                .filter(|_| tag.starts_with('s'))
                .fold(words, |words, word| words.form(word, Few, "{count}"))
        };
        let words = |tag| match tag {
            "sr-Latn" | "sh" => words(tag).form(TriesLeft, Few, "{tries}"),
            _ => words(tag),
        };
        let built = Mfa::builder(TestProvider::new(), "https://bank.example")
            .scope("pay", "pay")
            .directory(async |_| None::<String>)
            .messaging_to(["US"])
            .messages(words(one))
            .messages(words(other))
            .build();
        assert!(
            matches!(built, Err(BuildError::Messages { why: InvalidText::Twice, .. })),
            "{one} {other}: {built:?}"
        );
    }
}

#[tokio::test]
async fn a_message_states_its_lifetime_in_the_requested_language() {
    use mfakit_core::{Channel, LoginId, StartRequest, Subject};

    let world = world_with(|builder| {
        let polish = polish().label("pay", "zapłacić").label("settings", "coś zmienić");
        builder.messages(Messages::english()).messages(polish)
    });
    let alice = Subject::cookie("alice", LoginId::random());
    let request = StartRequest::new(crate::world::pay(), Channel::Messaging)
        .accept_language("pl-PL, en;q=0.5".to_owned());
    world.mfa.start(&alice, request).await.unwrap();
    let message = world.provider.inbox().pop().unwrap().message;
    assert!(message.contains("expires in 5 minut."), "{message}");
}
