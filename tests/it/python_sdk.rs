//! Bandwidth's own Python SDK runs a whole session against the emulator.

use std::{env, path::Path};

use mfakit_emulator::Emulator;
use tokio::process::Command;

#[tokio::test(flavor = "multi_thread")]
async fn the_official_python_sdk_runs_a_whole_session_against_the_emulator() {
    let python = env::var("MFAKIT_PYTHON").expect("`cargo xtask test` installs the SDK and sets this");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/sdk_session.py");
    let emulator = Emulator::builder().start().await.unwrap();
    let session = Command::new(python)
        .arg(script)
        .arg(format!("http://127.0.0.1:{}", emulator.port()))
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let (steps, errors) =
        (String::from_utf8_lossy(&session.stdout), String::from_utf8_lossy(&session.stderr));
    assert!(session.status.success(), "{steps}\n{errors}");
    // The script made its calls to this emulator.
    let calls = emulator.calls();
    for endpoint in ["token", "messaging", "voice", "verify", "text"] {
        assert!(calls.iter().any(|call| call.endpoint.name() == endpoint), "{endpoint}: {steps}");
    }
}
