use std::time::Duration;

use crate::messages::{InvalidText, MessageId, Messages};

#[test]
fn numbers_are_written_in_the_digits_of_the_language() {
    for (tag, written) in [
        ("en", "1234567890"),
        ("de-CH", "1234567890"),
        ("ar", "1234567890"),
        ("ar-EG", "١٢٣٤٥٦٧٨٩٠"),
        ("ar-EG-u-nu-latn", "1234567890"),
        ("ar-u-nu-arab", "١٢٣٤٥٦٧٨٩٠"),
        ("fa", "۱۲۳۴۵۶۷۸۹۰"),
        ("bn", "১২৩৪৫৬৭৮৯০"),
        ("no tag", "1234567890"),
    ] {
        assert_eq!(Messages::new(tag, MessageId::english).number(1_234_567_890), written, "{tag}");
    }
}

#[test]
fn a_language_with_one_form_may_have_its_own_text_for_one() {
    let japanese = Messages::new("ja", |id| match id {
        MessageId::Second => "あと1秒",
        MessageId::Seconds => "あと{count}秒",
        other => other.english(),
    });
    assert_eq!(japanese.span(Duration::from_secs(1)), "あと1秒");
    assert_eq!(japanese.span(Duration::from_secs(21)), "あと21秒");
    let others = ["zero", "two", "few", "many", "other"];
    for (form, text) in japanese.seconds() {
        assert_eq!(text, if others.contains(&form) { "あと{count}秒" } else { "あと1秒" }, "{form}");
    }
}

#[test]
fn a_language_is_written_in_the_direction_of_its_script() {
    for (tag, right_to_left) in [
        ("en", false),
        ("ar", true),
        ("he", true),
        ("iw", true),
        ("fa-AF", true),
        ("yi", true),
        ("dv", true),
        ("az", false),
        ("az-Arab", true),
        ("pa", false),
        ("pa-PK", true),
        ("ar-Latn", false),
    ] {
        assert_eq!(Messages::new(tag, MessageId::english).is_right_to_left(), right_to_left, "{tag}");
    }
}

#[test]
fn a_tag_that_names_a_variant_twice_is_rejected() {
    let messages = Messages::new("sl-rozaj-rozaj", MessageId::english);
    assert_eq!(messages.check(), Err(InvalidText::Language));
}
