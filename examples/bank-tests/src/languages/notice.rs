//! Translations of the notices of changes. As a text message, each has at most two segments.

use mfakit::messages::MessageId;

/// Returns the text in German.
pub(super) fn german(id: MessageId) -> Option<&'static str> {
    Some(match id {
        MessageId::NoticeAddedTitle => "Ihrem Konto wird eine Telefonnummer hinzugefügt",
        MessageId::NoticeAdded => {
            "{app}: Ihrem Konto wird eine Telefonnummer mit den Endziffern {number} hinzugefügt ({when})."
        }
        MessageId::NoticeReplacedTitle => "Ihre Telefonnummer wird ersetzt",
        MessageId::NoticeReplaced => {
            "{app}: Ihre Telefonnummer mit den Endziffern {from} wird durch eine mit {number} ersetzt ({when})."
        }
        MessageId::NoticeRemovedTitle => "Ihre Telefonnummer wird entfernt",
        MessageId::NoticeRemoved => {
            "{app}: Ihre Telefonnummer mit den Endziffern {number} wird entfernt ({when})."
        }
        MessageId::NoticeCodesMadeTitle => "Neue Wiederherstellungscodes werden erstellt",
        MessageId::NoticeCodesMade => {
            "{app}: Für Ihr Konto werden neue Wiederherstellungscodes erstellt ({when})."
        }
        MessageId::NoticeCodeUsedTitle => "Ein Wiederherstellungscode wurde eingegeben",
        MessageId::NoticeCodeUsed => {
            "{app}: Um Ihre Telefonnummer zu ersetzen, wurde ein Wiederherstellungscode eingegeben ({when})."
        }
        MessageId::NoticeRecoveryAllowedTitle => "Ihre Telefonnummer kann bald geändert werden",
        MessageId::NoticeRecoveryAllowed => {
            "{app}: Ihre Telefonnummer kann bald ohne einen Code an sie geändert werden ({when})."
        }
        MessageId::NoticeHelp => "Waren Sie das nicht? Wenden Sie sich sofort an uns.",
        _ => return None,
    })
}

/// Returns the text in Arabic.
pub(super) fn arabic(id: MessageId) -> Option<&'static str> {
    Some(match id {
        MessageId::NoticeAddedTitle => "تجري إضافة رقم هاتف إلى حسابك",
        MessageId::NoticeAdded => "{app}: تجري إضافة رقم ينتهي بـ {number} إلى حسابك ({when}).",
        MessageId::NoticeReplacedTitle => "يجري استبدال رقم هاتفك",
        MessageId::NoticeReplaced => {
            "{app}: يجري استبدال رقمك المنتهي بـ {from} برقم ينتهي بـ {number} ({when})."
        }
        MessageId::NoticeRemovedTitle => "تجري إزالة رقم هاتفك",
        MessageId::NoticeRemoved => "{app}: تجري إزالة رقمك المنتهي بـ {number} ({when}).",
        MessageId::NoticeCodesMadeTitle => "يجري إنشاء رموز استرداد جديدة",
        MessageId::NoticeCodesMade => "{app}: يجري إنشاء رموز استرداد جديدة لحسابك ({when}).",
        MessageId::NoticeCodeUsedTitle => "تم إدخال رمز استرداد",
        MessageId::NoticeCodeUsed => "{app}: تم إدخال رمز استرداد لاستبدال رقم هاتفك ({when}).",
        MessageId::NoticeRecoveryAllowedTitle => "سيصبح تغيير رقم هاتفك ممكنًا قريبًا",
        MessageId::NoticeRecoveryAllowed => "{app}: يمكن قريبًا تغيير رقمك دون رمز يُرسل إليه ({when}).",
        MessageId::NoticeHelp => "لست أنت؟ اتصل بنا فورًا.",
        _ => return None,
    })
}
