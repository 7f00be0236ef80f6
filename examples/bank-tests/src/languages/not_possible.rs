//! Translations of the texts about what is not possible at the moment.

use mfakit::messages::MessageId;

/// Returns the text in German.
pub(super) fn german(id: MessageId) -> Option<&'static str> {
    Some(match id {
        MessageId::NoChannelTitle => "Kein Weg für einen Code",
        MessageId::NoChannel => {
            "Auf keinem der Wege, auf denen wir Codes senden, erreichen wir die hinterlegte Telefonnummer. Bitte wenden Sie \
             sich an uns."
        }
        MessageId::NumberNoChannel => {
            "Auf keinem der Wege, auf denen wir Codes senden, erreichen wir diese Nummer. Geben Sie eine andere Nummer ein."
        }
        MessageId::LostPhoneLocked => {
            "Haben Sie dieses Telefon verloren? Nach dieser Wartezeit können Sie hier einen Wiederherstellungscode eingeben."
        }
        MessageId::RecoveryCodesAgainTitle => "Es wurden keine neuen Wiederherstellungscodes erstellt",
        MessageId::RecoveryCodesAgain => {
            "Das Formular wurde vielleicht zweimal gesendet, und Wiederherstellungscodes zeigen wir nur einmal. Wenn Sie \
             Ihre nicht gesehen haben, beginnen Sie noch einmal, und erstellen Sie neue."
        }
        _ => return None,
    })
}

/// Returns the text in Arabic.
pub(super) fn arabic(id: MessageId) -> Option<&'static str> {
    Some(match id {
        MessageId::NoChannelTitle => "لا طريقة لإرسال رمز",
        MessageId::NoChannel => {
            "لا تصل أي من الطرق التي نرسل بها الرموز إلى رقم الهاتف المسجل لدينا. يُرجى الاتصال بنا."
        }
        MessageId::NumberNoChannel => "لا تصل أي من الطرق التي نرسل بها الرموز إلى هذا الرقم. أدخل رقمًا آخر.",
        MessageId::LostPhoneLocked => {
            "هل فقدت هذا الهاتف؟ بعد انتهاء مدة الانتظار، يمكنك إدخال رمز استرداد هنا."
        }
        MessageId::RecoveryCodesAgainTitle => "لم تُنشأ رموز استرداد جديدة",
        MessageId::RecoveryCodesAgain => {
            "ربما أُرسل هذا النموذج مرتين، ورموز الاسترداد لا تظهر إلا مرة واحدة. إذا لم ترَ رموزك، فابدأ من جديد وأنشئ \
             رموزًا أخرى."
        }
        _ => return None,
    })
}
