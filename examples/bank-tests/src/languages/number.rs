//! Translations of the texts on the page of the number, and of the messages that lead there.

use mfakit::messages::MessageId;

/// Returns the text in German.
pub(super) fn german(id: MessageId) -> Option<&'static str> {
    Some(match id {
        MessageId::Message => {
            "{code} ist Ihr Code von {app}, {label}. Er gilt {time} lang. Geben Sie ihn nie weiter."
        }
        MessageId::Call => "Guten Tag, hier ist {app}. Ihr Code, {label}, lautet: {code}.",
        MessageId::ManageLabel => "um Ihre Telefonnummer zu ändern",
        MessageId::EnrollLabel => "um diese Telefonnummer zu bestätigen",
        MessageId::NumberTitle => "Ihre Telefonnummer",
        MessageId::NumberOnFile => "Wir senden Codes an {number}.",
        MessageId::NumberSince => "Bestätigt am {date}.",
        MessageId::NumberNone => "Geben Sie eine Telefonnummer an, damit wir Ihnen Codes senden können.",
        MessageId::NumberLabel => "Telefonnummer",
        MessageId::NewNumberLabel => "Neue Telefonnummer",
        MessageId::NumberHint => {
            "Wir senden einen Code an diese Nummer. Kommt sie aus dem Ausland, beginnen Sie mit + und der Landesvorwahl."
        }
        MessageId::NumberChangeHint => {
            "Um sie zu ändern oder zu entfernen, brauchen Sie einen Code, den wir zuerst an diese Nummer senden."
        }
        MessageId::NumberAdd => "Telefonnummer angeben",
        MessageId::NumberChange => "Ändern oder entfernen",
        MessageId::NumberRemove => "Nummer entfernen",
        MessageId::NumberPending => "Die Nummer {number} ist noch nicht bestätigt.",
        MessageId::NumberEnterCode => "Code eingeben",
        MessageId::NumberConfirmed => "Ihre Telefonnummer ist bestätigt.",
        MessageId::NumberRemoved => "Ihre Telefonnummer wurde entfernt.",
        MessageId::NumberRejectedTitle => "Prüfen Sie die Telefonnummer",
        MessageId::NumberUnreadable => "Das ist keine Telefonnummer. Prüfen Sie die Ziffern.",
        MessageId::NumberUnknown => "Diese Nummer scheint nicht vergeben zu sein. Prüfen Sie die Ziffern.",
        MessageId::NumberCountry => {
            "In dieses Land können wir keine Codes senden. Geben Sie eine andere Nummer ein."
        }
        MessageId::NumberService => "Das ist eine Servicenummer. Geben Sie eine persönliche Nummer ein.",
        MessageId::NumberLandline => {
            "Das ist ein Festnetzanschluss, der keine SMS empfangen kann. Geben Sie eine andere Nummer ein."
        }
        MessageId::NumberUnchanged => "Diese Nummer haben wir bereits. Geben Sie eine andere ein.",
        MessageId::NumberConflictTitle => "Ihre Telefonnummer wurde an anderer Stelle geändert",
        MessageId::NumberConflict => {
            "Sie wurde inzwischen geändert, und diese Änderung wurde nicht ausgeführt. Bitte beginnen Sie von vorn."
        }
        MessageId::SignInAgainTitle => "Bitte melden Sie sich erneut an",
        MessageId::SignInAgain => {
            "Zum Schutz Ihres Kontos können Sie eine Telefonnummer nur innerhalb von {time} nach der Anmeldung angeben. \
             Bitte melden Sie sich ab und wieder an."
        }
        MessageId::GoLogIn => "Anmelden",
        MessageId::SettlingTitle => "Bitte warten Sie noch",
        MessageId::Settling => {
            "Die Telefonnummer Ihres Kontos wurde vor Kurzem geändert. Zum Schutz Ihres Kontos ist dies erst ab dem \
             {date} möglich."
        }
        _ => return None,
    })
}

/// Returns the text in Arabic.
pub(super) fn arabic(id: MessageId) -> Option<&'static str> {
    Some(match id {
        MessageId::Message => {
            "{code} هو رمزك من {app} من أجل {label}. ينتهي خلال {time}. لا تشاركه مع أحد أبدًا."
        }
        MessageId::Call => "مرحبًا، هنا {app}. رمزك من أجل {label} هو: {code}.",
        MessageId::ManageLabel => "تغيير رقم هاتفك",
        MessageId::EnrollLabel => "تأكيد رقم الهاتف هذا",
        MessageId::NumberTitle => "رقم هاتفك",
        MessageId::NumberOnFile => "نرسل الرموز إلى {number}.",
        MessageId::NumberSince => "تم تأكيده في {date}.",
        MessageId::NumberNone => "أضف رقم هاتف حتى نتمكن من إرسال الرموز إليك.",
        MessageId::NumberLabel => "رقم الهاتف",
        MessageId::NewNumberLabel => "رقم الهاتف الجديد",
        MessageId::NumberHint => "سنرسل رمزًا إليه. ابدأ بعلامة + ورمز البلد إذا كان الرقم من الخارج.",
        MessageId::NumberChangeHint => "لتغييره أو إزالته، ستحتاج إلى رمز نرسله إليه أولًا.",
        MessageId::NumberAdd => "إضافة رقم هاتف",
        MessageId::NumberChange => "تغيير أو إزالة",
        MessageId::NumberRemove => "إزالة هذا الرقم",
        MessageId::NumberPending => "لم يتم تأكيد الرقم {number} بعد.",
        MessageId::NumberEnterCode => "أدخل رمزه",
        MessageId::NumberConfirmed => "تم تأكيد رقم هاتفك.",
        MessageId::NumberRemoved => "تمت إزالة رقم هاتفك.",
        MessageId::NumberRejectedTitle => "تحقق من رقم الهاتف",
        MessageId::NumberUnreadable => "هذا ليس رقم هاتف. تحقق من أرقامه.",
        MessageId::NumberUnknown => "يبدو أن هذا الرقم غير مستخدم. تحقق من أرقامه.",
        MessageId::NumberCountry => "لا يمكننا إرسال الرموز إلى هذا البلد. أدخل رقمًا آخر.",
        MessageId::NumberService => "هذا الرقم تابع لخدمة. أدخل رقمًا شخصيًا.",
        MessageId::NumberLandline => "هذا رقم هاتف أرضي لا يستقبل الرسائل النصية. أدخل رقمًا آخر.",
        MessageId::NumberUnchanged => "هذا هو الرقم المسجل لدينا بالفعل. أدخل رقمًا آخر.",
        MessageId::NumberConflictTitle => "تم تغيير رقم هاتفك من مكان آخر",
        MessageId::NumberConflict => "تم تغييره في هذه الأثناء، ولم يُنفَّذ هذا التغيير. ابدأ من جديد.",
        MessageId::SignInAgainTitle => "سجّل الدخول مرة أخرى",
        MessageId::SignInAgain => {
            "لحماية حسابك، لا يمكن إضافة رقم هاتف إلا خلال {time} من تسجيل الدخول. سجّل الخروج ثم سجّل الدخول مرة أخرى."
        }
        MessageId::GoLogIn => "تسجيل الدخول",
        MessageId::SettlingTitle => "انتظر قليلًا",
        MessageId::Settling => "تم تغيير رقم هاتف حسابك مؤخرًا. لحماية حسابك، لا يمكن ذلك قبل {date}.",
        _ => return None,
    })
}
