//! The handler receives what was approved, whatever the types of the value leave out or write alike.

mod actix;
mod axum;
mod values;

use mfakit::{
    DeclaredScope, Mfa, Policy, Subject,
    testing::{HttpCall, HttpReply, TestProvider},
};
use serde_json::{Value, json};

fn engine(provider: TestProvider) -> Mfa {
    Mfa::builder(provider, "http://localhost")
        .scope("pay", "pay")
        .declare(DeclaredScope::new("transfer", "make a transfer").psd2::<values::Optional>())
        .directory(async |_: mfakit::UserId| mfakit::PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"])
        .policy(Policy::for_tests())
        .build()
        .unwrap()
}

fn subject(token: Option<&str>) -> Option<Subject> {
    token.map(|token| Subject::bearer("alice", token))
}

/// An app of one framework, and the messages that its engine sends.
struct Client<'a, A> {
    app: A,
    provider: &'a TestProvider,
}

impl<A: AsyncFn(HttpCall) -> HttpReply> Client<'_, A> {
    async fn post(&self, path: &str, body: &Value) -> HttpReply {
        let call = HttpCall::new("POST", path).body(body.to_string());
        let call = call.header("content-type", "application/json").header("accept", "application/json");
        (self.app)(call.header("authorization", "Bearer 1")).await
    }

    async fn status(&self, path: &str, body: &Value) -> u16 {
        self.post(path, body).await.status
    }

    /// Requests an approval, and enters its code. Returns its id and the message.
    async fn approve(&self, path: &str, body: &Value) -> (String, String) {
        let rejected = self.post(path, body).await;
        assert_eq!(rejected.status, 401, "{path}: {}", rejected.body);
        let problem: Value = serde_json::from_str(&rejected.body).unwrap();
        let started =
            self.post(problem["challenge_url"].as_str().unwrap(), &json!({"channel": "messaging"})).await;
        assert_eq!(started.status, 201, "{}", started.body);
        let challenge: Value = serde_json::from_str(&started.body).unwrap();
        let sent = self.provider.inbox().last().unwrap().clone();
        let entered = json!({"challenge": challenge["challenge"], "code": sent.code});
        let verified = self.post("/mfa/pay/verify", &entered).await;
        assert_eq!(verified.status, 200, "{}", verified.body);
        (problem["approval"].as_str().unwrap().to_owned(), sent.message)
    }

    /// Approves one value and sends another that has its digest. Asserts what the handler receives.
    async fn approves_one_for(&self, path: &str, one: &Value, other: &Value, received: &str) {
        self.approve(path, one).await;
        let answer = self.post(path, other).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, received), "{path} by its value");
        assert_eq!(self.status(path, other).await, 401, "{path} again");
    }

    async fn hidden_parts(&self) {
        let order = |bank: &str| json!({"amount": "1 EUR", "account": {"iban": "DE1", "bank": bank}});
        let received = r#"Deep { amount: Money(1.00 EUR), account: Account { iban: "DE1", bank: "" } }"#;
        for path in ["/deep", "/inside"] {
            self.approves_one_for(path, &order("HOME"), &order("MALLORY"), received).await;
        }
        let (id, message) = self.approve("/deep", &order("HOME")).await;
        assert!(message.contains("Send 1.00 EUR to DE1.") && !message.contains("HOME"), "{message}");
        let by_id = self.post(&format!("/deep?mfa-approval={id}"), &order("MALLORY")).await;
        assert_eq!((by_id.status, by_id.body.as_str()), (200, received));
        assert_eq!(self.status("/deep", &json!({"amount": "1 EUR", "account": {"iban": "DE2"}})).await, 401);
    }

    async fn values_that_are_written_alike(&self) {
        let received = "Timed { when: Once { day: 1 } }";
        self.approves_one_for("/timed", &json!("once"), &json!("monthly"), received).await;
        let card = |number: &str| json!({ "card": number });
        let received = r#"Charged { card: Masked("*1111") }"#;
        self.approves_one_for("/charged", &card("42421111"), &card("66661111"), received).await;
        self.approve("/charged", &card("42421111")).await;
        assert_eq!(self.status("/charged", &card("42422222")).await, 401, "another form");
    }

    async fn types_of_one_shape(&self) {
        let order = json!({"payee": "ACME", "fee": "1 EUR", "total": "9999 EUR"});
        let (id, message) = self.approve("/small", &order).await;
        assert!(message.contains("Send 1.00 EUR"), "{message}");
        assert_eq!(self.status("/big", &order).await, 401);
        let by_id = format!("?mfa-approval={id}");
        assert_eq!(self.status(&format!("/big{by_id}"), &Value::Null).await, 410);
        // A deploy gives the type another name, or leaves it the name that it had.
        assert_eq!(self.status(&format!("/renamed{by_id}"), &Value::Null).await, 410);
        assert_eq!(self.status("/renamed", &order).await, 401);
        let moved = self.post(&format!("/moved{by_id}"), &Value::Null).await;
        assert_eq!(moved.status, 200, "{}", moved.body);
        assert!(moved.body.starts_with("Moved"), "{}", moved.body);
        assert_eq!(self.status(&format!("/small{by_id}"), &Value::Null).await, 410, "it is consumed");
    }

    async fn a_map_without_order(&self) {
        let mapped = json!({"notes": {"a": "1", "b": "2"}});
        for _ in 0..20 {
            self.approve("/mapped", &mapped).await;
            let answer = self.post("/mapped", &mapped).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
        }
    }

    /// A request can leave out the payee, so the answer says so.
    async fn a_payment_without_a_payee(&self) {
        for body in [json!({"amount": "1 EUR"}), json!({"payee": "ACME"}), json!({})] {
            let answer = self.post("/optional", &body).await;
            assert_eq!(answer.status, 422, "{body}: {}", answer.body);
            assert!(answer.body.contains("a payment needs an amount above zero"), "{}", answer.body);
        }
        assert_eq!(self.status("/optional", &json!({"amount": "1 EUR", "payee": "ACME"})).await, 401);
    }

    async fn walk(&self) {
        self.hidden_parts().await;
        self.values_that_are_written_alike().await;
        self.types_of_one_shape().await;
        self.a_map_without_order().await;
        self.a_payment_without_a_payee().await;
    }
}
