//! A directory over a column of text, as most apps have one.

use mfakit::{BoxError, Mfa, Region};

// Used by the test only.
use std::{collections::HashMap, convert::Infallible, sync::Arc};

use mfakit::{Channel, LoginId, Scope, StartError, StartRequest, Subject, testing::TestProvider};

/// The app's database.
#[derive(Clone, Default)]
struct Database(Arc<HashMap<&'static str, &'static str>>);

impl Database {
    #[allow(clippy::unused_async, reason = "a database is asked")]
    async fn phone_of(&self, user: &str) -> Result<Option<String>, Infallible> {
        Ok(self.0.get(user).map(|text| (*text).to_owned()))
    }
}

fn mfa(provider: TestProvider, database: Database) -> Result<Mfa, BoxError> {
    let mfa = Mfa::builder(provider, "https://bank.example")
        .scope("transfer", "make a transfer")
        .directory_with(database, async |database, user: String| database.phone_of(&user).await)
        .default_region("US") // numbers without a calling code are American
        .messaging_to(Region::with_territories("US"))
        .build()?;
    Ok(mfa)
}

#[tokio::test]
async fn codes_go_to_numbers_as_the_column_has_them() {
    let provider = TestProvider::new();
    let column = [
        ("anna", "(202) 555-0123"),
        ("bert", "+1 202.555.0124"),
        ("carl", "tel:+1-787-555-0125"),
        ("dora", "202-555-0126 ext. 9"),
        ("emil", "+44 20 7183 8750"),
    ];
    let mfa = mfa(provider.clone(), Database(Arc::new(HashMap::from(column)))).unwrap();
    let transfer = Scope::new("transfer").unwrap();
    let start = async |user: &str| {
        let subject = Subject::cookie(user, LoginId::random());
        mfa.start(&subject, StartRequest::new(transfer, Channel::Messaging)).await
    };
    for user in ["anna", "bert", "carl"] {
        start(user).await.unwrap();
    }
    let sent: Vec<_> = provider.inbox().iter().map(|sent| sent.to.as_e164().to_owned()).collect();
    assert_eq!(sent, ["+12025550123", "+12025550124", "+17875550125"]);
    assert!(matches!(start("dora").await, Err(StartError::NoNumber)));
    assert!(matches!(start("emil").await, Err(StartError::DestinationRejected(_))));
    assert!(matches!(start("frida").await, Err(StartError::NoNumber)));
}
