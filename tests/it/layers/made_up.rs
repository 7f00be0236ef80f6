//! The rules on small crates that break them, so that no rule can pass by seeing nothing.

use crate::layers::{Crate, lengths, manifests, tree::Tree};

const ROOT: &str =
    "//! A crate.\n\n// Words.\nmod word;\n\n// Rules.\nmod rule;\nmod store;\n\npub use word::Word;\n";

fn read(files: &[(&str, &str)]) -> Crate {
    Crate::read("src", &Tree::made_up(files), "lib.rs")
}

/// A crate with a store in a folder, and these two files beside it.
fn with(word: &str, rule: &str) -> Crate {
    read(&[
        ("lib.rs", ROOT),
        ("word.rs", word),
        ("rule.rs", rule),
        ("store/mod.rs", "mod key;\nmod record;\npub use key::Key;\npub use record::Record;\n"),
        ("store/key.rs", "pub struct Key;\n"),
        ("store/record.rs", "use super::Key;\npub struct Record(pub Key);\n"),
    ])
}

/// Asserts that there is one message, and that it begins like this.
#[track_caller]
fn assert_one(found: &[String], beginning: &str) {
    assert!(found.len() == 1 && found[0].contains(beginning), "{found:#?} should name {beginning}");
}

#[track_caller]
fn assert_clean(one: &Crate) {
    let found = [one.circles(), one.upward(), one.graph.through_root.clone(), one.graph.unknown.clone()];
    assert!(found.concat().is_empty(), "{found:#?}");
}

const WORD: &str = "pub struct Word;\n";

#[test]
fn a_crate_in_order_passes_and_a_folder_file_that_only_exports_is_no_station() {
    let one = with(WORD, "use crate::{store::Key, word::Word};\npub fn rule(_: Key, _: Word) {}\n");
    assert_clean(&one);
    assert!(!one.graph.files.contains("src/store/mod.rs"));
    assert!(one.graph.arrows.contains_key(&("src/rule.rs".into(), "src/store/key.rs".into())));
    assert_eq!(one.graph.arrows.len(), 3);
}

#[test]
fn imports_through_the_root_are_found_however_they_are_written() {
    for line in [
        "use crate::Word;",
        "use crate::{store::Key, Word};",
        "use super::Word;",
        "fn f(_: crate::Word) {}",
        "fn f() { println!(\"{:?}\", crate::Word) }",
        "fn f() { use crate::{Word}; }",
        "pub use crate::Word as Other;\nfn f(_: crate::Word) {}",
    ] {
        let one = with(WORD, &format!("\n{line}\n"));
        assert_one(&one.graph.through_root, "rule.rs:");
        assert!(one.graph.through_root[0].contains("::Word`"), "{:?}", one.graph.through_root);
    }
}

#[test]
fn a_circle_is_found_through_a_re_export_and_names_every_line_of_it() {
    let one = read(&[
        ("lib.rs", ROOT),
        ("word.rs", WORD),
        ("rule.rs", "pub fn rule() {}\n"),
        ("store/mod.rs", "mod key;\nmod record;\npub use key::Key;\npub use record::Record;\n"),
        ("store/key.rs", "pub struct Key;\n\nfn f() { crate::store::Record::new() }\n"),
        ("store/record.rs", "use super::Key;\npub struct Record(pub Key);\n"),
    ]);
    assert_one(&one.circles(), "store/key.rs:3: `crate::store::Record::new` leads to src/store/record.rs");
    assert_one(&one.circles(), "store/record.rs:1: `super::Key` leads to src/store/key.rs");
}

#[test]
fn a_circle_of_a_folder_file_and_its_child_is_found_if_the_folder_file_uses_what_it_exports() {
    let with = |definition: &str| {
        read(&[
            ("lib.rs", "mod store;\n"),
            ("store/mod.rs", &format!("mod key;\npub use key::Key;\npub struct Store;\n{definition}")),
            ("store/key.rs", "use crate::store::Store;\npub struct Key(Store);\n"),
        ])
    };
    assert_clean(&with("pub struct Other;\n"));
    assert_one(
        &with("pub struct Other(Key);\n").circles(),
        "store/mod.rs:4: `Key` leads to src/store/key.rs",
    );
}

#[test]
fn upward_arrows_are_found_by_the_groups_of_the_root_file() {
    for line in [
        "use crate::rule::Rule;",
        "fn f() { crate::rule::Rule; }",
        "use crate::rule;\nfn f() { rule::Rule }",
        "fn f() { assert!(super::rule::Rule == 1) }",
        "use crate::rule::*;\nfn f(_: Rule) {}",
        "#[derive(crate::rule::Rule)]\nstruct S;",
    ] {
        let one = with(&format!("pub struct Word;\n{line}\n"), "pub struct Rule;\n");
        assert_one(&one.upward(), "leads up from the layer of `word` to that of `rule`");
    }
    let one = with(WORD, "use crate::word::Word;\npub struct Rule(Word);\n");
    assert_clean(&one);
}

#[test]
fn code_for_tests_is_left_out() {
    let tests = "pub struct Word;\n#[cfg(test)]\nmod tests {\n    use crate::{rule::Rule, Word};\n}\n\
                 #[cfg(all(test, feature = \"x\"))]\nuse crate::rule::Rule;\n#[cfg(test)]\nmod more;\n";
    assert_clean(&with(tests, "pub struct Rule;\n"));
}

#[test]
fn a_path_that_leads_nowhere_is_reported_rather_than_skipped() {
    let one = with(WORD, "use crate::word::Missing;\n");
    assert_one(&one.graph.unknown, "rule.rs:1: `crate::word::Missing` leads to no definition");
    assert!(
        with("words! { Word }\n", "use crate::word::Word;\nstruct Rule(Word);\n").graph.unknown.is_empty()
    );
}

#[test]
fn blank_lines_separate_layers_where_no_comment_does() {
    let one = read(&[
        ("lib.rs", "mod b;\n\nmod a;\n"),
        ("a.rs", "pub struct A;\n"),
        ("b.rs", "use crate::a::A;\npub struct B(A);\n"),
    ]);
    assert_one(&one.upward(), "b.rs:1: `crate::a::A`");
}

#[test]
fn arrows_between_layers_and_out_of_the_crate_are_found() {
    let root = "// Implementations.\nmod memory;\n\n// The engine.\nmod engine;\n\n// Adapters.\nmod actix;\nmod axum;\nmod tower;\n";
    let one = read(&[
        ("lib.rs", root),
        ("memory.rs", "pub struct MemoryStore;\npub struct Row;\n"),
        ("engine.rs", "use crate::memory::Row;\nstruct Mfa(Row);\n"),
        (
            "tower.rs",
            "use mfakit_core::{Mfa, store::{self, Key}};\npub struct Layer(Mfa, Key, store::Lock);\n",
        ),
        ("axum.rs", "use crate::tower::Layer;\npub struct Routes(Layer);\n"),
        ("actix.rs", "pub struct Routes(crate::axum::Routes);\n"),
    ]);
    assert_one(&one.between("The engine", "Implementations"), "engine.rs:1: `crate::memory::Row`");
    assert_one(&one.between_adapters(), "actix.rs:1: `crate::axum::Routes`");
    let outside = one.outside(&["mfakit_core::store"], None);
    assert!(
        outside.iter().any(|message| message.contains("tower.rs:1: `mfakit_core::store::Key`")),
        "{outside:?}"
    );
    assert!(
        outside.iter().any(|message| message.contains("tower.rs:2: `mfakit_core::store::Lock`")),
        "{outside:?}"
    );
    assert!(one.outside(&["mfakit_core::store"], Some(&["axum", "actix"])).is_empty());
    assert!(one.outside(&["mfakit_core::storehouse", "mfakit_core::provider"], None).is_empty());

    let default = read(&[
        ("lib.rs", root),
        ("memory.rs", "pub struct MemoryStore;\n"),
        ("engine.rs", "use crate::memory::MemoryStore;\nstruct Mfa(MemoryStore);\n"),
        ("tower.rs", ""),
        ("axum.rs", ""),
        ("actix.rs", ""),
    ]);
    assert!(default.between("The engine", "Implementations").is_empty());
}

#[test]
fn long_files_functions_and_rows_are_found_and_tables_are_not() {
    let lines = |count| "        a();\n".repeat(count);
    let check = |text: &str| lengths::too_long("a.rs", text).unwrap().0;
    assert!(check(&"// x\n".repeat(400)).is_empty());
    assert_one(&check(&"// x\n".repeat(401)), "a.rs:400: the file has 401 lines");
    assert!(check(&format!("fn f() {{\n{}}}\n", lines(58))).is_empty());
    assert_one(&check(&format!("\nfn f() {{\n{}}}\n", lines(59))), "a.rs:2: `fn f` has 61 lines");
    assert_one(&check(&format!("impl A {{ fn f() {{\n{}}} }}\n", lines(59))), "`fn f` has 61 lines");
    let rows = |count| "        case(\"a\", || { b() }),\n".repeat(count);
    assert!(check(&format!("fn f() {{\n    vec![\n{}    ]\n}}\n", rows(200))).is_empty());
    assert!(check(&format!("fn f() {{\n    for _ in [\n{}    ] {{}}\n}}\n", rows(200))).is_empty());
    let long = format!("fn f() {{\n    vec![\n    case(\"a\", || {{\n{}    }}),\n    ]\n}}\n", lines(60));
    assert_one(&check(&long), "a.rs:3: a row of a table has 62 lines");
}

#[test]
fn dependencies_are_found_by_the_name_of_their_package() {
    let manifest = "[package]\nname = \"a\"\n\n[dependencies]\nserde = \"1\"\nweb = { package = \"axum\", version = \"1\" }\n\n\
                    [dev-dependencies]\ntower = \"1\"\n\n[target.'cfg(unix)'.dependencies]\nhyper.workspace = true\n";
    let find = |tables: &[&str]| {
        manifests::forbidden("Cargo.toml", manifest, tables, &["axum", "hyper", "tower"], "no")
    };
    assert_eq!(find(&["dependencies"]).len(), 2);
    assert_eq!(find(&["dependencies", "dev-dependencies"]).len(), 3);
    assert_one(&find(&["dev-dependencies"]), "Cargo.toml:9: `tower` is a dependency");
}
