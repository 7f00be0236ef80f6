//! The attribute as its users meet it: handlers it accepts, and mistakes with the error each of them gets.

#[test]
fn the_attribute_accepts_and_refuses_what_its_docs_say() {
    let cases = trybuild::TestCases::new();
    cases.pass("ui/require_mfa/pass/*.rs");
    cases.compile_fail("ui/require_mfa/fail/*.rs");
}
