//! Translations of the texts about recovery, and of the checks of a number.

use mfakit::messages::MessageId;

/// Returns the text in German.
pub(super) fn german(id: MessageId) -> Option<&'static str> {
    Some(match id {
        MessageId::NumberNotAccepted => {
            "Diese Nummer können wir nicht verwenden. Geben Sie eine andere Nummer ein."
        }
        MessageId::SettlingForNow => {
            "Zum Schutz Ihres Kontos ist dies mit der hinterlegten Telefonnummer im Moment nicht möglich. Versuchen Sie \
             es später noch einmal, oder wenden Sie sich an uns."
        }
        MessageId::LostPhone => "Haben Sie dieses Telefon verloren?",
        MessageId::RecoveryCodeLabel => "Wiederherstellungscode",
        MessageId::RecoveryCodeHint => {
            "Geben Sie einen der Codes ein, die Sie gedruckt oder gespeichert haben. Jeder gilt nur einmal."
        }
        MessageId::RecoverySend => "Code verwenden",
        MessageId::RecoveryRejectedTitle => "Prüfen Sie den Wiederherstellungscode",
        MessageId::RecoveryRejected => {
            "Dieser Wiederherstellungscode ist nicht gültig. Prüfen Sie ihn, oder verwenden Sie einen anderen."
        }
        MessageId::RecoveryMalformed => {
            "Ein Wiederherstellungscode hat 16 Buchstaben und Ziffern. Prüfen Sie, ob Ihrer vollständig ist."
        }
        MessageId::RecoveryAttempts => {
            "Es wurden zu viele Wiederherstellungscodes eingegeben. Versuchen Sie es in {time} noch einmal."
        }
        MessageId::RecoveryAccepted => {
            "Ihr Wiederherstellungscode wurde angenommen. Geben Sie jetzt Ihre neue Telefonnummer ein."
        }
        MessageId::RecoveryWaits => {
            "Wir wurden gebeten, Sie diese Nummer ab dem {date} ohne einen Code an sie ersetzen zu lassen. Waren Sie das \
             nicht, wenden Sie sich sofort an uns."
        }
        MessageId::RecoveryOpen => "Sie können diese Nummer bis zum {date} ohne einen Code an sie ersetzen.",
        MessageId::RecoverySignIn => {
            "Sie können diese Nummer bis zum {date} ohne einen Code an sie ersetzen. Bitte melden Sie sich zuerst ab und \
             wieder an."
        }
        MessageId::RecoveryCodesLeft => "Übrige Wiederherstellungscodes: {count}, erstellt am {date}.",
        MessageId::RecoveryCodesNone => {
            "Sie haben keine Wiederherstellungscodes. Mit ihnen können Sie Ihre Nummer ersetzen, wenn Sie Ihr Telefon \
             verlieren."
        }
        MessageId::RecoveryCodesMake => "Neue Wiederherstellungscodes erstellen",
        MessageId::RecoveryCodesTitle => "Ihre Codes zur Wiederherstellung",
        MessageId::RecoveryCodesHint => {
            "Drucken oder speichern Sie diese Codes jetzt, denn wir zeigen sie nur einmal. Mit jedem können Sie Ihre \
             Nummer einmal ersetzen. Frühere Codes gelten nicht mehr."
        }
        MessageId::RecoveryCodesSave => "Als Datei speichern",
        MessageId::RecoveryCodesFile => "Wiederherstellungscodes für {app}",
        MessageId::RecoveryCodesDone => "Ich habe sie sicher aufbewahrt",
        _ => return None,
    })
}

/// Returns the text in Arabic.
pub(super) fn arabic(id: MessageId) -> Option<&'static str> {
    Some(match id {
        MessageId::NumberNotAccepted => "لا يمكننا استخدام هذا الرقم. أدخل رقمًا آخر.",
        MessageId::SettlingForNow => {
            "لحماية حسابك، لا يمكن ذلك الآن برقم الهاتف المسجل لدينا. حاول مرة أخرى لاحقًا أو اتصل بنا."
        }
        MessageId::LostPhone => "هل فقدت هذا الهاتف؟",
        MessageId::RecoveryCodeLabel => "رمز الاسترداد",
        MessageId::RecoveryCodeHint => "أدخل أحد الرموز التي طبعتها أو حفظتها. يصلح كل رمز مرة واحدة فقط.",
        MessageId::RecoverySend => "استخدام هذا الرمز",
        MessageId::RecoveryRejectedTitle => "تحقق من رمز الاسترداد",
        MessageId::RecoveryRejected => "رمز الاسترداد هذا غير صالح. تحقق منه أو استخدم رمزًا آخر.",
        MessageId::RecoveryMalformed => "يتكون رمز الاسترداد من 16 حرفًا ورقمًا. تحقق من اكتمال رمزك.",
        MessageId::RecoveryAttempts => "تم إدخال عدد كبير جدًا من رموز الاسترداد. حاول مرة أخرى بعد {time}.",
        MessageId::RecoveryAccepted => "تم قبول رمز الاسترداد. أدخل رقم هاتفك الجديد الآن.",
        MessageId::RecoveryWaits => {
            "طُلب منا السماح لك باستبدال هذا الرقم دون رمز يُرسل إليه، ابتداءً من {date}. إذا لم تطلب ذلك، فاتصل بنا \
             فورًا."
        }
        MessageId::RecoveryOpen => "يمكنك استبدال هذا الرقم دون رمز يُرسل إليه حتى {date}.",
        MessageId::RecoverySignIn => {
            "يمكنك استبدال هذا الرقم دون رمز يُرسل إليه حتى {date}. سجّل الخروج أولًا ثم سجّل الدخول مرة أخرى."
        }
        MessageId::RecoveryCodesLeft => "رموز الاسترداد المتبقية: {count}، وقد أُنشئت في {date}.",
        MessageId::RecoveryCodesNone => {
            "ليست لديك رموز استرداد. تتيح لك هذه الرموز استبدال رقمك إذا فقدت هاتفك."
        }
        MessageId::RecoveryCodesMake => "إنشاء رموز استرداد جديدة",
        MessageId::RecoveryCodesTitle => "رموز الاسترداد الخاصة بك",
        MessageId::RecoveryCodesHint => {
            "اطبع هذه الرموز أو احفظها الآن، فهي لا تظهر إلا مرة واحدة. يتيح لك كل رمز استبدال رقمك مرة واحدة. لم تعد \
             الرموز السابقة صالحة."
        }
        MessageId::RecoveryCodesSave => "حفظ في ملف",
        MessageId::RecoveryCodesFile => "رموز الاسترداد لدى {app}",
        MessageId::RecoveryCodesDone => "حفظتها في مكان آمن",
        _ => return None,
    })
}
