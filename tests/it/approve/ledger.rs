//! Payments that are booked once.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use mfakit::action::ApprovalId;

use super::order::Order;

/// Stands in for a table whose primary key is the approval.
#[derive(Clone, Default)]
pub struct Ledger(Arc<Mutex<BTreeMap<ApprovalId, Order>>>);

impl Ledger {
    /// Books an order, unless it is booked already: `INSERT … ON CONFLICT DO NOTHING`.
    pub fn book(&self, approval: ApprovalId, order: Order) {
        self.0.lock().unwrap().entry(approval).or_insert(order);
    }
}

#[test]
fn an_approval_is_booked_once() {
    let (ledger, amount) = (Ledger::default(), "100.00 EUR".parse().unwrap());
    let order = Order { amount, payee: "ACME Ltd".into(), reference: String::new(), account: String::new() };
    let approval = ApprovalId::random();
    ledger.book(approval, order.clone());
    ledger.book(approval, Order { payee: "ACME Inc".into(), ..order });
    let booked: Vec<_> = ledger.0.lock().unwrap().values().map(|order| order.payee.clone()).collect();
    assert_eq!(booked, ["ACME Ltd"]);
}
