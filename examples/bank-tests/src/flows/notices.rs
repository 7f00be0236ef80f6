//! Customers are notified of a change of their phone number by e-mail.

use crate::{
    Candidate,
    flows::numbers::{allows, enters},
    mail_server::MailServer,
    program::Program,
};

async fn bank_with(candidate: &Candidate, server: &MailServer) -> Program {
    Program::start_with_emulator(candidate, &[("SMTP_URL", server.url())]).await
}

pub async fn a_customer_is_notified_of_a_change_by_one_e_mail(candidate: &Candidate) {
    let server = MailServer::start().await;
    let bank = bank_with(candidate, &server).await;
    let mut alice = bank.browser();
    alice.log_in("alice").await;
    let page = allows(&mut alice, &bank).await;
    assert!(server.mails().is_empty(), "nothing has changed");
    let page = enters(&mut alice, &bank, &page, "+1 202 555 0123").await;
    assert!(page.body.contains("We send codes to •••23."), "{}", page.body);
    let [mail] = &server.mails()[..] else { panic!("{:?}", server.mails()) };
    assert_eq!(
        (mail.from.as_str(), &mail.to[..]),
        ("security@bank.example", &["alice@customers.example".to_owned()][..])
    );
    let text = mail.data.replace("=\r\n", "");
    for part in [
        "Subject: Your phone number is being replaced\r\n",
        "To: alice@customers.example\r\n",
        "Example Bank: your number ending in 34 is being replaced by one ending in 23 (",
        "Not you? Contact us now.",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    for secret in ["5550123", "5551234", "http"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

pub async fn a_customer_is_notified_of_each_step_of_a_recovery_by_e_mail(candidate: &Candidate) {
    let server = MailServer::start().await;
    let bank = bank_with(candidate, &server).await;
    let mut alice = bank.browser();
    alice.log_in("alice").await;
    let page = allows(&mut alice, &bank).await;
    let made = alice.send_form(&page, "/mfa/number/codes", &[]).await;
    let codes: Vec<_> = made.body.split("<li><code>").skip(1).map(|rest| rest[..19].to_owned()).collect();
    let mut new_phone = bank.browser();
    new_phone.log_in("alice").await;
    let page = new_phone.open("/mfa/number").await;
    let wrong = new_phone.send_form(&page, "/mfa/number/recover", &[("code", "0000-0000-0000-0000")]).await;
    assert_eq!((wrong.status.as_u16(), server.mails().len()), (422, 1), "an attempt sends nothing");
    let used = new_phone.send_form(&page, "/mfa/number/recover", &[("code", &codes[0])]).await;
    let page = new_phone.open(used.location()).await;
    let page = enters(&mut new_phone, &bank, &page, "+1 202 555 0123").await;
    assert!(page.body.contains("We send codes to •••23."), "{}", page.body);

    let mails: Vec<_> = server.mails().iter().map(|mail| mail.data.replace("=\r\n", "")).collect();
    let parts = [
        [
            "New recovery codes are being made",
            "Example Bank: new recovery codes are being made for your account (",
        ],
        [
            "A recovery code was entered",
            "Example Bank: a recovery code was entered to replace your phone number (",
        ],
        [
            "Your phone number is being replaced",
            "Example Bank: your number ending in 34 is being replaced by one",
        ],
    ];
    assert_eq!(mails.len(), parts.len(), "{mails:?}");
    for (mail, [subject, text]) in mails.iter().zip(parts) {
        for part in [&*format!("Subject: {subject}\r\n"), "To: alice@customers.example\r\n", text, "Not you?"]
        {
            assert!(mail.contains(part), "{part}: {mail}");
        }
        assert!(codes.iter().all(|code| !mail.contains(&code[..9])), "a code was sent: {mail}");
    }
}

pub async fn without_an_e_mail_no_number_is_changed(candidate: &Candidate) {
    let server = MailServer::start().await;
    let bank = bank_with(candidate, &server).await;
    let mut alice = bank.browser();
    alice.log_in("alice").await;
    let page = allows(&mut alice, &bank).await;
    server.reject(true);
    let removed = alice.send_form(&page, "/mfa/number/remove", &[]).await;
    assert_eq!(removed.status, 503, "{}", removed.body);
    let page = alice.open("/mfa/number").await;
    assert!(page.body.contains("We send codes to •••34."), "{}", page.body);
    assert!(server.mails().is_empty());

    server.reject(false);
    let page = allows(&mut alice, &bank).await;
    let removed = alice.send_form(&page, "/mfa/number/remove", &[]).await;
    let page = alice.open(removed.location()).await;
    assert!(page.body.contains("Your phone number was removed."), "{}", page.body);
    assert_eq!(server.mails().len(), 1);
}

pub async fn without_a_mail_server_the_e_mail_is_in_the_log(candidate: &Candidate) {
    let bank = Program::start(candidate).await;
    let mut carol = bank.browser();
    carol.log_in("carol").await;
    let page = carol.open("/mfa/number").await;
    let page = enters(&mut carol, &bank, &page, "(202) 555-0123").await;
    assert!(page.body.contains("is confirmed."), "{}", page.body);
    let (_, output) = bank.stop().await;
    for part in ["To: carol@customers.example", "Subject: A phone number is being added to your account"] {
        assert_eq!(output.matches(part).count(), 1, "{part}: {output}");
    }
}
