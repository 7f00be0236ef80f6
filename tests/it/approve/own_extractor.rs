//! An extractor that checks a payment before a code is requested.

use axum::{
    Form,
    extract::{FromRequest, Request, rejection::FormRejection},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use mfakit::ApprovedArgument;

use super::order::Order;

/// A payment within the limit of the customer.
pub struct Payable(pub Order);

impl<S: Send + Sync> FromRequest<S> for Payable {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let Form(order) =
            Form::<Order>::from_request(request, state).await.map_err(FormRejection::into_response)?;
        if order.amount.minor() > 1_000_000 {
            return Err((StatusCode::UNPROCESSABLE_ENTITY, "more than your limit").into_response());
        }
        Ok(Self(order))
    }
}

impl ApprovedArgument for Payable {
    type Action = Order;

    fn action(&self) -> &Order {
        &self.0
    }

    fn of_action(order: Order) -> Self {
        Self(order)
    }
}

#[tokio::test]
async fn a_payment_beyond_the_limit_is_rejected_by_the_extractor() {
    for (amount, status) in [("10000.00+EUR", None), ("10000.01+EUR", Some(422)), ("1+euro", Some(422))] {
        let form = format!("amount={amount}&payee=ACME&reference=1&account=1");
        let request = Request::post("/").header("content-type", "application/x-www-form-urlencoded");
        let extracted = Payable::from_request(request.body(form.into()).unwrap(), &()).await;
        assert_eq!(extracted.err().map(|answer| answer.status().as_u16()), status, "{amount}");
    }
    let order = Order {
        amount: "1 EUR".parse().unwrap(),
        payee: "ACME".to_owned(),
        reference: String::new(),
        account: String::new(),
    };
    assert_eq!(Payable::of_action(order).action().payee, "ACME");
}
