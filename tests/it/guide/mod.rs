//! Programs of the README and the guide. Their code is taken from these files, and works with the local emulator.

mod actix;
mod axum;
mod steps;

use bank_tests::browser::Browser;
use mfakit::bandwidth::Bandwidth;
use mfakit_emulator::Emulator;

use crate::shown_code::{blocks, shown_code};

/// Most lines that the program of the README may have.
const PROGRAM_LINES: usize = 35;

const FILES: [(&str, &str); 3] = [
    ("axum", include_str!("axum.rs")),
    ("actix", include_str!("actix.rs")),
    ("steps", include_str!("steps.rs")),
];

#[test]
fn the_readme_has_one_short_program_which_is_tested_here() {
    let readme = include_str!("../../../README.md");
    let programs = blocks(readme);
    assert_eq!(programs.len(), 1);
    let lines = programs[0].lines().count();
    assert!(lines <= PROGRAM_LINES, "{lines} lines");
    assert!(shown_code(readme, &FILES).iter().all(|name| *name == "axum"));
}

#[test]
fn the_code_of_the_guide_is_tested_here() {
    let shown = shown_code(include_str!("../../../docs/guide.md"), &FILES);
    for (name, _) in FILES.iter().filter(|(name, _)| *name != "axum") {
        assert!(shown.contains(name), "nothing of {name} is shown");
    }
}

async fn emulator() -> Emulator {
    Emulator::builder().start().await.unwrap()
}

/// Creates the client that [`Bandwidth::from_env`] creates from the variables that the emulator prints.
fn client_of(emulator: &Emulator) -> Bandwidth {
    bank::emulated::client_of(emulator).unwrap()
}

/// Opens the guarded page of a program as a browser does: signs in, requests a code, reads it in the inbox, enters it.
async fn walk(address: &str, emulator: &Emulator) {
    let mut browser = Browser::new(address);
    let anonymous = browser.open("/settings").await;
    assert_eq!((anonymous.status.as_u16(), anonymous.location()), (303, "/login"));
    let signed_in = browser.open("/login").await;
    assert_eq!((signed_in.status.as_u16(), signed_in.location()), (303, "/settings"));

    let prompted = browser.open("/settings").await;
    assert_eq!(prompted.status, 303);
    let page = browser.open(prompted.location()).await;
    assert!(page.body.contains("change your settings"), "{}", page.body);
    browser.step_up("settings", async || emulator.inbox().last().unwrap().code.clone()).await;
    assert_eq!(emulator.inbox().len(), 1);

    let settings = browser.open("/settings").await;
    assert_eq!((settings.status.as_u16(), settings.body.as_str()), (200, "These are your settings."));
}
