//! Handlers that the attribute accepts, one kind per file.
//!
//! Compiling a file is most of its test. The handlers that the attribute rejects are in `tests/macros`.

#![allow(unreachable_pub, reason = "handlers are as visible as in a library of an app")]

mod actix_approve;
mod actix_arguments;
mod actix_instrument;
mod actix_registered;
mod actix_routing_macros;
mod actix_utoipa_above;
mod approve;
mod associated_function;
mod crate_path;
mod debug_handler_below;
mod free_function;
mod generics;
mod grant_argument;
mod hostile_names;
mod instrument;
mod lint_attributes;
mod macro_rules;
mod once;
mod result_and_question_mark;
mod stacked;
mod utoipa_above;

use std::{collections::BTreeSet, fs, path::Path};

#[test]
fn every_file_of_this_folder_is_compiled() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("it/attribute");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<_> = files.filter(|name| name != "mod.rs").collect();
    let lines = include_str!("mod.rs").lines();
    let modules =
        lines.filter_map(|line| Some(line.strip_prefix("mod ")?.strip_suffix(';')?.to_owned() + ".rs"));
    assert_eq!(files, modules.collect());
}
