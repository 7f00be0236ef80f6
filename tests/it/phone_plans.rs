//! The numbering plans of the engine, compared with the Python port of libphonenumber.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use mfakit_core::{PhoneNumber, Region};

/// Runs a script with the Python that has `phonenumbers`, and returns what it prints.
fn python(script: &str, folder: &Path) -> String {
    let python = env::var("MFAKIT_PYTHON").expect("`cargo xtask test` installs the package and sets this");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(script);
    let done = Command::new(python).arg(script).arg(folder).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

#[test]
fn the_numbering_plans_are_those_of_the_pinned_metadata() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("numbering");
    fs::create_dir_all(&folder).unwrap();
    python("../crates/xtask/python/phone_plans.py", &folder);
    for file in ["plans.txt", "examples.txt"] {
        let kept =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/mfakit-core/src/numbering").join(file);
        let (kept, written) =
            (fs::read_to_string(kept).unwrap(), fs::read_to_string(folder.join(file)).unwrap());
        assert!(written.lines().count() > 1000, "{file} has few lines");
        let differs = kept.lines().zip(written.lines()).position(|(kept, written)| kept != written);
        assert!(
            kept == written,
            "{file} differs, first in line {differs:?} (counted from 0): run `cargo xtask phone-plans`"
        );
    }
}

#[test]
fn libphonenumber_finds_the_same_country_and_kind_for_every_number() {
    let (mut compared, mut personal, mut differences) = (0, 0, Vec::new());
    for line in python("python/phone_oracle.py", Path::new("")).lines() {
        let [e164, region, kind] = *line.split(' ').collect::<Vec<_>>() else { panic!("{line}") };
        // A number with a kept national prefix is rejected, which libphonenumber leaves to the caller.
        let Ok(number) = PhoneNumber::new(e164) else { continue };
        let (found, is_personal) = (number.region(), number.is_personal_line());
        if found.as_ref().map_or("-", Region::as_str) != region || is_personal != (kind == "personal") {
            differences.push(format!("{line}: {found:?} {is_personal}"));
        }
        compared += 1;
        personal += u32::from(is_personal);
    }
    assert!(compared > 30_000 && personal > 10_000, "{compared} numbers, {personal} of them personal");
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
}
