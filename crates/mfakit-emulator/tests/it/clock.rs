//! The one clock.

use std::time::{Duration, SystemTime};

use serde_json::json;

use crate::desk::{Desk, send_body};

#[tokio::test]
async fn messages_and_calls_are_dated_by_the_emulators_clock() {
    let desk = Desk::start().await;
    let (status, answer) = desk.control("clock", &json!({"advance_s": 86_400.5})).await;
    assert_eq!(status, 200);
    assert!(answer["now"].as_str().unwrap().ends_with('Z'));
    let message = desk.send(&send_body()).await;
    let ahead = message.time.duration_since(SystemTime::now()).unwrap();
    assert!(ahead > Duration::from_secs(86_390) && ahead < Duration::from_secs(86_401), "{ahead:?}");
    assert!(desk.emulator.calls()[0].time <= message.time);
    let millis: u128 = message.id[..13].parse().unwrap();
    assert_eq!(millis, message.time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis());
}
