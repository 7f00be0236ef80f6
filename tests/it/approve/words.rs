//! The words of a payment in German.

use mfakit::{Messages, action::Action as _, messages::MessageId};

use super::order::Order;

pub fn german() -> Messages {
    Messages::new("de", |id| match id {
        MessageId::SendAmountTo => "{amount} an {payee} senden",
        MessageId::AmountLabel => "Betrag",
        MessageId::PayeeLabel => "An",
        // The rest of the translation.
        other => other.english(),
    })
    .line("Reference", "Verwendungszweck")
    .currency("EUR", "Euro")
    .label("transfer", "um Geld zu überweisen")
}

#[test]
fn a_payment_is_named_in_german() {
    let order = Order {
        amount: "1234.50 EUR".parse().unwrap(),
        payee: "ACME Ltd".to_owned(),
        reference: "2026-17".to_owned(),
        account: "checking".to_owned(),
    };
    let text = order.words().text(&german(), "um Geld zu überweisen");
    assert_eq!(text.sentence(), "1.234,50 EUR an ACME Ltd senden");
    let lines: Vec<_> = text.lines().iter().map(|line| format!("{}: {}", line.label, line.value)).collect();
    assert_eq!(lines, ["Betrag: 1.234,50 EUR", "An: ACME Ltd", "Verwendungszweck: 2026-17"]);
    assert_eq!(order.amount.spoken(&german()), "1234,50 Euro");
}
