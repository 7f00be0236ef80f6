use std::{env, fs, process};

use crate::prose::{
    doc::{self, Item},
    files::Source,
    in_docs,
    opening::Verbs,
    prose,
};

fn violations(text: &str) -> Vec<String> {
    let source = Source { path: "a.rs".to_owned(), text: text.to_owned() };
    in_docs(&source, &doc::all(&source.text))
}

fn verbs(text: &str) -> String {
    let mut verbs = Verbs::default();
    verbs.count(&doc::all(text));
    verbs.to_string()
}

#[test]
fn a_summary_that_begins_with_a_question_word_is_reported_with_its_line() {
    for (word, text) in [
        ("How", "/// How many.\nlimit: u8,\n"),
        ("What", "//! What it is.\n"),
        ("Whether", "/// Whether it is.\nfn is() -> bool {\n"),
        ("Where", "///\n/// Where it is.\n"),
        ("Who", "/// Who asks.\n"),
        ("Whose", "/// Whose it is.\n"),
        ("Which", "/// Which one.\n"),
        ("Why", "/// **Why** it failed.\n"),
        ("what's", "/// what's new.\n"),
    ] {
        let word = word.trim_end_matches("'s");
        let found = violations(text);
        assert_eq!(found.len(), 1, "{text}");
        assert!(found[0].starts_with(&format!("a.rs:1: the summary begins with `{word}`: ")), "{found:?}");
    }
}

#[test]
fn the_advice_fits_the_item() {
    let advice = |text| violations(text).concat();
    assert!(advice("/// Whether so.\n#[must_use]\npub fn so() -> bool {").ends_with("`Returns true if …`"));
    assert!(advice("/// Whether so.\npub so: bool,").ends_with("`True if …`"));
    assert!(advice("/// What it is.\nfn it() {").contains("a verb"));
    assert!(advice("/// What it is.\nstruct It;").contains("a noun phrase"));
}

#[test]
fn other_sentences_and_other_comments_may_hold_question_words() {
    for text in [
        "/// Returns what it is.\n",
        "/// Sends it.\n/// What follows is described below.\n",
        "// What this comment says.\n",
        "//// What four slashes say.\n",
        "/// Whatever is written.\n",
        "let text = \"/// What it is.\";\n",
    ] {
        assert_eq!(violations(text), [""; 0], "{text}");
    }
}

#[test]
fn a_pronoun_is_reported_in_any_line_of_a_doc_comment() {
    let found = violations("/// Sends it.\n///\n/// Nobody (or `whoever`) reads this.\nfn send() {}\n");
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("a.rs:3: `Nobody`: "), "{found:?}");
    assert!(found[1].starts_with("a.rs:3: `whoever`: "), "{found:?}");
    let identifiers = "/// See `nobody_passes`.\nfn nobody() {} // nobody\n";
    assert_eq!(violations(identifiers), [""; 0]);
}

#[test]
fn the_item_below_is_found_past_its_attributes() {
    let items = |text: &str| doc::all(text).iter().map(|doc| doc.item).collect::<Vec<_>>();
    for (item, code) in [
        (Item::PublicFunction, "pub fn a() {}"),
        (Item::PublicFunction, "pub const fn a() {}"),
        (Item::PublicFunction, "pub async fn a() {}"),
        (Item::PublicFunction, "#[must_use = \"[\"]\n#[expect(\n    lint,\n)]\npub fn a() {}"),
        (Item::Function, "pub(crate) fn a() {}"),
        (Item::Function, "fn a() {}"),
        (Item::Other, "pub struct A;"),
        (Item::Other, "pub const A: u8 = 1;"),
        (Item::Other, ""),
    ] {
        assert_eq!(items(&format!("/// Does it.\n{code}")), [item], "{code}");
    }
    let two_blocks = "//! Module.\n\n/// Does it.\npub fn a() {}";
    assert_eq!(items(two_blocks), [Item::Module, Item::PublicFunction]);
}

#[test]
fn the_functions_of_a_public_trait_are_public() {
    let text = "\
/// Trait.
pub trait A: Send {
    /// Sends it.
    async fn send(&self);
}

impl A for B {
    /// Sends it.
    fn send(&self) {}
}
";
    let items: Vec<_> = doc::all(text).iter().map(|doc| doc.item).collect();
    assert_eq!(items, [Item::Other, Item::PublicFunction, Item::Function]);
}

#[test]
fn only_verbs_of_public_functions_count() {
    for (share, doc) in [
        (1, "Returns it."),
        (1, "Sets the limit."),
        (0, "Return it."),
        (0, "This is it."),
        (0, "Seconds until then."),
        (0, "Access to it."),
        (0, "`Returns` it."),
        (0, "returns it."),
        (0, "The same."),
    ] {
        let expected = format!("{share} of 1 doc comments of public functions ({} %) begin", share * 100);
        assert!(verbs(&format!("/// {doc}\npub fn a() {{}}\n")).starts_with(&expected), "{doc}");
    }
    assert!(verbs("/// Returns it.\nfn a() {}\n").starts_with("0 of 0"));
}

#[test]
fn the_check_reads_sources_and_pages_and_fails_on_each() {
    let root = env::temp_dir().join(format!("mfakit-xtask-prose-{}", process::id()));
    let write = |path: &str, text: &str| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a new folder");
        fs::write(path, text).expect("a new file");
    };
    write("docs/page.md", "Sends a code.\n");
    write("README.md", "Sends a code.\n");
    write("crates/a/src/lib.rs", "/// Sends a code.\npub fn send() {}\n");
    assert!(prose(&root).is_ok());

    write("docs/page.md", "Nobody passes.\n");
    assert_eq!(prose(&root).expect_err("a pronoun").0, "the prose has 1 violation(s)");
    write("docs/page.md", "No request passes.\n");

    write("crates/a/src/lib.rs", "/// A code.\npub fn send() {}\n");
    let too_few = prose(&root).expect_err("no verb").0;
    assert_eq!(too_few, "at least 80 % of these doc comments must begin with a verb");
    fs::remove_dir_all(&root).expect("the folder is removed");
}
