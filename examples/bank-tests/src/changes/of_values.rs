//! Second requests with another value.

use super::{Change, left};

pub(super) const CHANGES: &[Change] = &[
    left("a larger amount", &[401], |scene| Box::pin(scene.order(("100.01", "bob")))),
    left("a smaller amount", &[401], |scene| Box::pin(scene.order(("99.99", "bob")))),
    left("ten times the amount", &[401], |scene| Box::pin(scene.order(("1000.00", "bob")))),
    left("more than there is", &[422], |scene| Box::pin(scene.order(("10000.00", "bob")))),
    left("nothing", &[422], |scene| Box::pin(scene.order(("0", "bob")))),
    left("an amount with a sign", &[422], |scene| Box::pin(scene.order(("+100.00", "bob")))),
    left("a negative amount", &[422], |scene| Box::pin(scene.order(("-100.00", "bob")))),
    left("a third decimal", &[422], |scene| Box::pin(scene.order(("100.000", "bob")))),
    left("an exponent", &[422], |scene| Box::pin(scene.order(("1e2", "bob")))),
    left("a decimal comma", &[422], |scene| Box::pin(scene.order(("100,00", "bob")))),
    left("digits of another script", &[422], |scene| Box::pin(scene.order(("١٠٠", "bob")))),
    left("wide digits", &[422], |scene| Box::pin(scene.order(("１００", "bob")))),
    left("another currency", &[422], |scene| Box::pin(scene.order(("100.00 EUR", "bob")))),
    left("another payee", &[401], |scene| Box::pin(scene.order(("100.00", "erin")))),
    left("a payee without an account", &[422], |scene| Box::pin(scene.order(("100.00", "dora")))),
    left("a payee that looks the same", &[422], |scene| Box::pin(scene.order(("100.00", "b\u{43e}b")))),
    left("an invisible character", &[422], |scene| Box::pin(scene.order(("100.00", "bo\u{200b}b")))),
    left("the customer as the payee", &[422], |scene| Box::pin(scene.order(("100.00", "alice")))),
    left("amount and payee exchanged", &[422], |scene| Box::pin(scene.order(("bob", "100.00")))),
    left("no amount", &[422], |scene| Box::pin(scene.form("payee=bob"))),
    left("no payee", &[422], |scene| Box::pin(scene.form("amount=100.00"))),
    left("no field", &[422], |scene| Box::pin(scene.form(""))),
    left("the amount twice", &[400, 422], |scene| {
        Box::pin(scene.form("amount=100.00&amount=1000.00&payee=bob"))
    }),
    left("the same amount twice", &[400, 422], |scene| {
        Box::pin(scene.form("amount=100.00&payee=bob&amount=100.00"))
    }),
    left("the payee twice", &[400, 422], |scene| Box::pin(scene.form("amount=100.00&payee=bob&payee=erin"))),
    left("fields in brackets", &[422], |scene| Box::pin(scene.form("amount[]=100.00&payee[]=bob"))),
];
