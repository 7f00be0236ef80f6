//! Tests of the clock.

use std::time::{Duration, SystemTime};

use serde_json::json;

use crate::fixture::{Fixture, send_body};

#[tokio::test]
async fn messages_and_calls_have_the_time_of_the_emulators_clock() {
    let fixture = Fixture::start().await;
    let (status, answer) = fixture.control("clock", &json!({"advance_s": 86_400.5})).await;
    assert_eq!(status, 200);
    assert!(answer["now"].as_str().unwrap().ends_with('Z'));
    let message = fixture.send(&send_body()).await;
    let ahead = message.time.duration_since(SystemTime::now()).unwrap();
    assert!(ahead > Duration::from_secs(86_390) && ahead < Duration::from_secs(86_401), "{ahead:?}");
    assert!(fixture.emulator.calls()[0].time <= message.time);
    let millis: u128 = message.id[..13].parse().unwrap();
    assert_eq!(millis, message.time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis());
}
