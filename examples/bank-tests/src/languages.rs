//! Translations of the texts that tests read.

mod not_possible;
mod notice;
mod number;
mod recovery;

use mfakit::{
    Messages,
    messages::{MessageId, PluralForm},
};

/// Returns the messages in German that tests read. An app translates all of them.
pub fn german() -> Messages {
    Messages::new("de", |word| match word {
        MessageId::ActionMessage => "{app}, Code {code}: {action}. Nie weitergeben.",
        MessageId::ActionCall => {
            "Guten Tag, hier ist {app}. Ihr Code folgt am Ende. {action}. Ihr Code: {code}."
        }
        MessageId::CallAgain => "Noch einmal: {code}.",
        MessageId::CallEnd => "Der Code gilt {time} lang. Auf Wiederhören.",
        MessageId::SendAmountTo => "{amount} an {payee} senden",
        MessageId::AmountLabel => "Betrag",
        MessageId::PayeeLabel => "An",
        MessageId::AskTitle => "Bitte bestätigen Sie, dass Sie es sind",
        MessageId::Purpose => "Wir senden Ihnen einen Code, {label}.",
        MessageId::PurposeOfAction => "Bestätigen Sie dies mit einem Code. Er gilt nur hierfür.",
        MessageId::ConfirmedBefore => {
            "Das haben Sie gerade schon einmal bestätigt. Prüfen Sie, ob es geklappt hat, bevor Sie es noch einmal \
             bestätigen."
        }
        MessageId::Holds => "Danach gilt er {time} lang.",
        MessageId::HoldsOnce => "Sie brauchen jedes Mal einen neuen Code.",
        MessageId::WillGoTo => "Der Code geht an Ihre Telefonnummer {number}.",
        MessageId::ByMessage => "SMS senden",
        MessageId::ByVoice => "Anrufen",
        MessageId::SentTitle => "Geben Sie den Code ein",
        MessageId::MessageSentTo => "Wir haben eine SMS an {number} gesendet.",
        MessageId::CodeLabel => "Sicherheitscode",
        MessageId::CodeHint => "{digits} Ziffern. Geben Sie den neuesten Code ein; er gilt {time} lang.",
        MessageId::TriesLeft => "Sie haben noch {tries} Versuche.",
        MessageId::Submit => "Weiter",
        MessageId::Done => "Vielen Dank für Ihre Bestätigung.",
        MessageId::NoCode => "Noch kein Code?",
        MessageId::AgainByMessage => "Neue SMS senden",
        MessageId::AgainByVoice => "Stattdessen anrufen",
        MessageId::AgainIn => "Einen neuen Code gibt es in {time}.",
        MessageId::NeverAsked => "Wir fragen Sie niemals am Telefon nach einem Sicherheitscode.",
        MessageId::Cancel => "Abbrechen",
        MessageId::Second => "{count} Sekunde",
        MessageId::Seconds => "{count} Sekunden",
        MessageId::Minute => "{count} Minute",
        MessageId::Minutes => "{count} Minuten",
        MessageId::Hour => "{count} Stunde",
        MessageId::Hours => "{count} Stunden",
        MessageId::NotThisWay => "Auf diesem Weg können wir keinen Code senden. Wählen Sie einen anderen.",
        MessageId::RefusedTitle => "Wir können keinen Code senden",
        MessageId::CalledAt => "Wir rufen {number} an.",
        MessageId::BackTo => "Zurück zu {app}",
        MessageId::ErrorTitle => "Fehler: {title} – {app}",
        other => number::german(other)
            .or_else(|| recovery::german(other))
            .or_else(|| notice::german(other))
            .or_else(|| not_possible::german(other))
            .unwrap_or(other.english()),
    })
    .currency("USD", "US-Dollar")
    .label("settings", "um Ihre Einstellungen zu ändern")
    .label("transfer", "um Geld zu überweisen")
    .label("reports", "um Ihre Berichte zu sehen")
}

/// Returns the same messages in Arabic.
pub fn arabic() -> Messages {
    with_arabic_forms(Messages::new("ar-EG", |word| match word {
        MessageId::ActionMessage => "{app}، الرمز {code}: {action}. لا تشاركه أبدًا.",
        MessageId::ActionCall => "مرحبًا، هنا {app}. رمزك يأتي في النهاية. {action}. رمزك: {code}.",
        MessageId::CallAgain => "مرة أخرى: {code}.",
        MessageId::CallEnd => "الرمز صالح لمدة {time}. مع السلامة.",
        MessageId::SendAmountTo => "إرسال {amount} إلى {payee}",
        MessageId::AmountLabel => "المبلغ",
        MessageId::PayeeLabel => "إلى",
        MessageId::AskTitle => "أكّد هويتك",
        MessageId::Purpose => "نطلب رمزًا قبل {label}.",
        MessageId::PurposeOfAction => "أكّد هذا برمز. لا يصلح الرمز لغير ذلك.",
        MessageId::ConfirmedBefore => "لقد أكّدت الشيء نفسه قبل قليل. تحقّق من نجاحه قبل أن تؤكّده مرة أخرى.",
        MessageId::Holds => "ثم يسري لمدة {time}.",
        MessageId::HoldsOnce => "ستحتاج إلى رمز جديد في كل مرة.",
        MessageId::WillGoTo => "سيُرسل الرمز إلى رقم هاتفك {number}.",
        MessageId::ByMessage => "أرسل لي رسالة نصية",
        MessageId::ByVoice => "اتصل بي",
        MessageId::SentTitle => "أدخل الرمز",
        MessageId::MessageSentTo => "أرسلنا رسالة نصية إلى {number}.",
        MessageId::CodeLabel => "الرمز",
        MessageId::CodeHint => "{digits} أرقام. أدخل أحدث رمز، وهو صالح لمدة {time}.",
        MessageId::TriesLeft => "يمكن تجربته {tries} مرات أخرى.",
        MessageId::Submit => "متابعة",
        MessageId::Done => "شكرًا لتأكيدك.",
        MessageId::NoCode => "لم يصل الرمز بعد؟",
        MessageId::AgainByMessage => "أرسل رسالة جديدة",
        MessageId::AgainByVoice => "اتصل بي بدلًا من ذلك",
        MessageId::AgainIn => "يمكنك طلب رمز جديد بعد {time}.",
        MessageId::NeverAsked => "لن نطلب منك أبدًا أن تخبر أحدًا بالرمز.",
        MessageId::Cancel => "إلغاء",
        MessageId::Second => "{count} ثانية",
        MessageId::Seconds => "{count} ثانية",
        MessageId::Minute => "{count} دقيقة",
        MessageId::Minutes => "{count} دقائق",
        MessageId::Hour => "{count} ساعة",
        MessageId::Hours => "{count} ساعة",
        MessageId::NotThisWay => "لا يمكننا إرسال رمز بهذه الطريقة. اختر طريقة أخرى.",
        MessageId::RefusedTitle => "لا يمكننا إرسال رمز",
        MessageId::CalledAt => "نتصل بالرقم {number}.",
        MessageId::BackTo => "العودة إلى {app}",
        MessageId::ErrorTitle => "خطأ: {title} – {app}",
        other => number::arabic(other)
            .or_else(|| recovery::arabic(other))
            .or_else(|| notice::arabic(other))
            .or_else(|| not_possible::arabic(other))
            .unwrap_or(other.english()),
    }))
    .currency("USD", "دولار أمريكي")
    .label("settings", "تغيير إعداداتك")
    .label("transfer", "تحويل الأموال")
    .label("reports", "عرض تقاريرك")
}

fn with_arabic_forms(messages: Messages) -> Messages {
    messages
        .form(MessageId::Seconds, PluralForm::Two, "ثانيتان")
        .form(MessageId::Seconds, PluralForm::Few, "{count} ثوانٍ")
        .form(MessageId::Seconds, PluralForm::Many, "{count} ثانية")
        .form(MessageId::Minutes, PluralForm::Two, "دقيقتان")
        .form(MessageId::Minutes, PluralForm::Few, "{count} دقائق")
        .form(MessageId::Minutes, PluralForm::Many, "{count} دقيقة")
        .form(MessageId::Hours, PluralForm::Two, "ساعتان")
        .form(MessageId::Hours, PluralForm::Few, "{count} ساعات")
        .form(MessageId::Hours, PluralForm::Many, "{count} ساعة")
        .form(MessageId::TriesLeft, PluralForm::Two, "يمكن تجربته مرتين أخريين.")
        .form(MessageId::TriesLeft, PluralForm::Few, "يمكن تجربته {tries} مرات أخرى.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_about_a_number_and_its_recovery_is_translated() {
        for messages in [german(), arabic()] {
            assert_eq!(messages.check(), Ok(()));
            let left: Vec<_> = messages.untranslated().into_iter().map(MessageId::name).collect();
            let is_here = |name: &str| {
                ["Number", "NewNumber", "Notice", "Recovery", "LostPhone", "Settling", "SignInAgain"]
                    .iter()
                    .any(|beginning| name.starts_with(beginning))
            };
            assert!(!left.iter().any(|name| is_here(name)), "{}: {left:?}", messages.language());
            assert!(left.len() < MessageId::ALL.len() / 2);
        }
    }
}
