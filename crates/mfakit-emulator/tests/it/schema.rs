//! Tests of every field of Bandwidth's specification with every JSON type.

use mfakit_emulator::Emulator;
use reqwest::Method;
use serde_json::{Value, json};

use crate::fixture::{Fixture, read, send_body, verify_body};

/// Roots below which the API is served.
const ROOTS: [&str; 2] = ["/api/v1", ""];

/// Field of a request.
struct Field {
    name: &'static str,
    required: bool,
    /// Values that the specification allows, at its limits where it has some.
    good: Vec<Value>,
    /// Values of the right type that it does not allow.
    bad: Vec<Value>,
}

impl Field {
    fn required(name: &'static str, good: impl Into<Vec<Value>>, bad: impl Into<Vec<Value>>) -> Self {
        Self { name, required: true, good: good.into(), bad: bad.into() }
    }

    fn optional(name: &'static str, good: impl Into<Vec<Value>>, bad: impl Into<Vec<Value>>) -> Self {
        Self { required: false, ..Self::required(name, good, bad) }
    }

    /// Returns values of every type that this field does not have, including `null`, because no field is
    /// nullable.
    fn of_other_types(&self) -> Vec<Value> {
        let values = [json!(null), json!(true), json!(false), json!(6), json!("6"), json!([]), json!({})];
        let is_other = |value: &Value| match &self.good[0] {
            Value::String(_) => !value.is_string(),
            _ => !value.is_number(),
        };
        values.into_iter().filter(is_other).collect()
    }
}

fn number(name: &'static str) -> Field {
    let good = [json!("+12"), json!("+123456789012345")];
    let bad = ["", "+", "+1", "12025550123", "+02025550123", "+1234567890123456", "+1 202", "+12025550123\n"];
    Field::required(name, good, bad.map(Value::from))
}

fn of_a_send() -> Vec<Field> {
    vec![
        number("to"),
        number("from"),
        Field::required("applicationId", [json!("a"), json!("a".repeat(50))], [json!("a".repeat(51))]),
        Field::required(
            "message",
            [json!("{CODE}"), json!(format!("{{CODE}}{}", "é".repeat(2042)))],
            [json!(""), json!("CODE"), json!(format!("{{CODE}}{}", "é".repeat(2043)))],
        ),
        Field::required(
            "digits",
            [json!(4), json!(8), json!(6.0)],
            [json!(3), json!(9), json!(4.5), json!(-6), json!(1e300)],
        ),
        Field::optional("scope", [json!(""), json!("2FA"), json!("é".repeat(25))], [json!("é".repeat(26))]),
    ]
}

fn of_a_verify() -> Vec<Field> {
    vec![
        number("to"),
        Field::required(
            "code",
            [json!("1234"), json!("abcdefgh")],
            [json!(""), json!("123"), json!("123456789")],
        ),
        Field::required(
            "expirationTimeInMinutes",
            [json!(1), json!(15), json!(3.5)],
            [json!(0), json!(0.99), json!(15.01), json!(-3), json!(1e300)],
        ),
        Field::optional("scope", [json!(""), json!("2FA"), json!("s".repeat(300))], []),
    ]
}

fn with(body: &Value, field: &str, value: &Value) -> Value {
    let mut body = body.clone();
    body[field] = value.clone();
    body
}

fn without(body: &Value, field: &str) -> Value {
    let mut body = body.clone();
    body.as_object_mut().unwrap().remove(field);
    body
}

#[tokio::test]
async fn every_field_is_checked_for_its_type_and_limits_below_both_roots() {
    let fixture = Fixture::with(Emulator::builder().verify_limit(u32::MAX)).await;
    for (operation, body, fields) in [
        ("messaging", send_body(), of_a_send()),
        ("voice", send_body(), of_a_send()),
        ("verify", verify_body("1234"), of_a_verify()),
    ] {
        for root in ROOTS {
            let status = async |body: &Value| {
                let sent = fixture.operation_below(root, operation, body).send().await.unwrap();
                let (status, answer) = read(sent).await;
                assert_eq!(answer["error"].is_string(), status == 400, "{answer}");
                status
            };
            for field in &fields {
                let Field { name, required, good, bad } = field;
                let missing = status(&without(&body, name)).await;
                assert_eq!(missing, if *required { 400 } else { 200 }, "{root} {operation} without {name}");
                for value in good {
                    assert_eq!(
                        status(&with(&body, name, value)).await,
                        200,
                        "{root} {operation} {name}: {value}"
                    );
                }
                for value in bad.iter().chain(&field.of_other_types()) {
                    assert_eq!(
                        status(&with(&body, name, value)).await,
                        400,
                        "{root} {operation} {name}: {value}"
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn fields_that_the_specification_does_not_have_are_ignored_whatever_their_value() {
    let fixture = Fixture::with(Emulator::builder().verify_limit(u32::MAX)).await;
    for root in ROOTS {
        for (operation, body, unknown) in [
            ("messaging", send_body(), "callbackUrl"),
            ("messaging", send_body(), "expirationTimeInMinutes"),
            ("voice", send_body(), "code"),
            ("verify", verify_body("1234"), "applicationId"),
            ("verify", verify_body("1234"), "digits"),
            ("verify", verify_body("1234"), "from"),
            ("verify", verify_body("1234"), "Scope"),
        ] {
            for value in [json!(null), json!(""), json!(1), json!([null]), json!({ "to": 1 })] {
                let body = with(&body, unknown, &value);
                let answer = fixture.operation_below(root, operation, &body).send().await.unwrap();
                let (status, answer) = read(answer).await;
                assert_eq!(status, 200, "{root} {operation} {unknown}: {value}: {answer}");
                assert_eq!(answer["valid"] == false, operation == "verify", "{answer}");
            }
        }
    }
}

#[tokio::test]
async fn every_parameter_of_a_token_request_is_checked_as_in_rfc_6749_below_both_roots() {
    let fixture = Fixture::start().await;
    let right = "grant_type=client_credentials";
    for root in ROOTS {
        for (body, status) in [
            (right, 200),
            ("grant_type=client_credentials&scope=anything", 200),
            ("grant_type=client_credentials&scope=&client_secret=", 200),
            ("grant_type=client_credentials&unknown=1&unknown=2", 200),
            ("", 400),
            ("grant_type", 400),
            ("grant_type=", 400),
            ("grant_type=password", 400),
            ("grant_type=client_credentials&grant_type=client_credentials", 400),
            ("grant_type=client_credentials&scope=a&scope=b", 400),
            ("grant_type=client_credentials&client_secret=emulator", 400),
            (r#"{"grant_type":"client_credentials"}"#, 400),
            (r#"{"grant_type":null}"#, 400),
            ("\u{feff}grant_type=client_credentials", 400),
        ] {
            let request = fixture.request(Method::POST, &format!("{root}/oauth2/token"));
            let request = request.basic_auth("emulator", Some("emulator")).body(body);
            let (answered, answer) = read(request.send().await.unwrap()).await;
            assert_eq!(answered, status, "{root} {body}: {answer}");
            assert_eq!(answer["access_token"].is_string(), status == 200, "{root} {body}: {answer}");
        }
    }
}
