//! The architecture, held by the imports of every crate under `crates/`.
//!
//! 1. A crate imports by module path, never through its own root.
//! 2. Its files import each other in no circle. Re-exports are followed to the file that defines the name.
//! 3. Its layers are the groups of modules in its root file, lowest first. No import leads to a higher one.
//! 4. Adapters import no other adapter, no provider and no store.
//! 5. The engine's crate depends on no web framework, and the emulator on no crate of the client.
//! 6. Files and functions are short.
//!
//! Code for tests (`#[cfg(test)]`) is left out of rules 1 to 4. `made_up` runs every rule on small crates that
//! break it.

mod graph;
mod groups;
mod lengths;
mod made_up;
mod manifests;
mod modules;
mod paths;
mod resolve;
mod tree;

use std::{collections::BTreeMap, fs, path::PathBuf, sync::LazyLock};

use graph::{Arrow, Graph, Outside, describe};
use groups::{Layer, layer_of, layers, leads_up};
use modules::Modules;
use tree::Tree;

/// Layers of the crates whose root file names them: the beginning of each heading, lowest first.
const LAYERS: [(&str, &[&str]); 4] = [
    (
        "mfakit-core",
        &[
            "Vocabulary",
            "Rules",
            "Ports",
            "Implementations",
            "The engine",
            "Public by",
            "For tests of apps",
            "For tests of stores",
        ],
    ),
    ("mfakit-middleware", &["Vocabulary", "Rules", "With the engine", "Adapters", "For tests of apps"]),
    ("mfakit-redis", &["Vocabulary", "Connections", "The store"]),
    ("mfakit-sqlx", &["Vocabulary", "Connections", "The store"]),
];

/// The one name of an implementation that the engine may use: the builder's default store.
const DEFAULT_STORE: &str = "MemoryStore";

/// Modules of the middleware that connect it to a framework. That of axum builds on that of tower.
const ADAPTERS: [&str; 3] = ["tower", "axum", "actix"];

/// A crate, read from its sources.
struct Crate {
    graph: Graph,
    layers: Vec<Layer>,
}

impl Crate {
    fn read(folder: &str, tree: &Tree, root: &str) -> Self {
        let modules = Modules::read(folder, tree, root);
        let layers = layers(tree.text(root).unwrap(), &modules);
        Self { graph: Graph::new(&modules), layers }
    }

    fn circles(&self) -> Vec<String> {
        self.graph.circles().iter().map(|circle| describe(circle)).collect()
    }

    /// Returns the arrows that lead to a higher layer, as messages.
    fn upward(&self) -> Vec<String> {
        let upward = self.graph.arrows.values().filter(|arrow| leads_up(&self.layers, arrow));
        let describe = |arrow: &Arrow| {
            let (from, to) = &arrow.modules;
            format!(
                "{}:{}: `{}` leads up from the layer of `{from}` to that of `{to}`; move what is needed down",
                arrow.from, arrow.line, arrow.path
            )
        };
        upward.map(describe).collect()
    }

    /// Returns the arrows from one layer to another, given by their headings, as messages.
    fn between(&self, from: &str, to: &str) -> Vec<String> {
        let is_in = |module: &str, heading: &str| {
            layer_of(&self.layers, module)
                .is_some_and(|layer| self.layers[layer].heading.starts_with(heading))
        };
        let arrows = self.graph.arrows.values();
        let found = arrows.filter(|arrow| is_in(&arrow.modules.0, from) && is_in(&arrow.modules.1, to));
        let allowed = |arrow: &&Arrow| arrow.path.split("::").any(|name| name == DEFAULT_STORE);
        let found = found.filter(|arrow| !allowed(arrow));
        let describe = |arrow: &Arrow| {
            format!(
                "{}:{}: `{}` leads from {from} to {to}; go through a port",
                arrow.from, arrow.line, arrow.path
            )
        };
        found.map(describe).collect()
    }

    /// Returns the imports between adapters other than axum's of tower, as messages.
    fn between_adapters(&self) -> Vec<String> {
        let arrows = self.graph.arrows.values().filter(|arrow| {
            let (from, to) = (arrow.modules.0.as_str(), arrow.modules.1.as_str());
            ADAPTERS.contains(&from)
                && ADAPTERS.contains(&to)
                && from != to
                && (from, to) != ("axum", "tower")
        });
        let describe = |arrow: &Arrow| {
            format!(
                "{}:{}: `{}` leads from one adapter to another; move it below both",
                arrow.from, arrow.line, arrow.path
            )
        };
        arrows.map(describe).collect()
    }

    /// Returns the paths into these modules of other crates, as messages. `within` limits where they stand.
    fn outside(&self, forbidden: &[&str], within: Option<&[&str]>) -> Vec<String> {
        let forbidden: Vec<Vec<_>> = forbidden.iter().map(|path| path.split("::").collect()).collect();
        let leads_into = |path: &[String]| {
            forbidden
                .iter()
                .any(|module| path.len() >= module.len() && path.iter().zip(module).all(|(a, b)| a == b))
        };
        let stands_within = |module: &str| within.is_none_or(|modules| modules.contains(&module));
        let found = self.graph.outside.iter();
        let found = found.filter(|outside| stands_within(&outside.module) && leads_into(&outside.path));
        let describe = |outside: &Outside| {
            let path = outside.path.join("::");
            format!("{}:{}: `{path}` must not be used here; ask the engine", outside.file, outside.line)
        };
        found.map(describe).collect()
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every crate under `crates/`, by its name. A package with a library and a program counts as its library.
static CRATES: LazyLock<BTreeMap<String, Crate>> = LazyLock::new(|| {
    let folders = fs::read_dir(root().join("crates")).unwrap().map(|entry| entry.unwrap().path());
    let crates = folders.filter(|folder| folder.join("src").is_dir()).map(|folder| {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let tree = Tree::read(&folder.join("src"), &[".rs"]);
        let root = ["lib.rs", "main.rs"].into_iter().find(|root| tree.text(root).is_some()).unwrap();
        (name.clone(), Crate::read(&format!("crates/{name}/src"), &tree, root))
    });
    crates.collect()
});

/// Fails with the messages of all crates.
#[track_caller]
fn assert_none(found: impl Fn(&Crate) -> Vec<String>) {
    assert_empty(&CRATES.values().flat_map(found).collect::<Vec<_>>());
}

/// Fails with these messages, if there are any.
#[track_caller]
fn assert_empty(found: &[String]) {
    assert!(found.is_empty(), "{} violations:\n  {}\n", found.len(), found.join("\n  "));
}

#[test]
fn every_crate_is_read_whole() {
    assert!(CRATES.len() >= 7, "only {:?} were found", CRATES.keys());
    for (name, one) in CRATES.iter() {
        let (files, arrows) = (one.graph.files.len(), one.graph.arrows.len());
        let (layers, circles) = (one.layers.len(), one.circles().len());
        println!("{name}: {files} files, {layers} layers, {arrows} arrows, {circles} circles");
    }
    let arrows: usize = CRATES.values().map(|one| one.graph.arrows.len()).sum();
    assert!(arrows > 300, "only {arrows} arrows were found");
    assert_none(|one| one.graph.unknown.clone());
}

#[test]
fn no_crate_imports_through_its_own_root() {
    assert_none(|one| one.graph.through_root.clone());
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    assert_none(Crate::circles);
}

#[test]
fn the_root_files_name_the_layers() {
    for (name, headings) in LAYERS {
        let found: Vec<_> = CRATES[name].layers.iter().map(|layer| layer.heading.as_str()).collect();
        let same = found.len() == headings.len()
            && found.iter().zip(headings).all(|(found, heading)| found.starts_with(heading));
        assert!(same, "crates/{name}/src/lib.rs groups its modules under {found:?}, expected {headings:?}");
    }
}

#[test]
fn no_import_leads_to_a_higher_layer() {
    assert_none(Crate::upward);
}

#[test]
fn the_engine_uses_no_implementation_of_a_port_but_the_default_store() {
    let found = CRATES["mfakit-core"].between("The engine", "Implementations");
    assert_empty(&found);
}

#[test]
fn adapters_import_no_other_adapter_no_provider_and_no_store() {
    let middleware = &CRATES["mfakit-middleware"];
    let mut found = middleware.between_adapters();
    // The ports' public modules also hold words that pages need, such as `Lock`, so only adapters do without.
    found.extend(middleware.outside(&["mfakit_core::store", "mfakit_core::provider"], Some(&ADAPTERS)));
    found.extend(middleware.outside(
        &[
            "mfakit_core::bandwidth",
            "mfakit_core::MemoryStore",
            "mfakit_core::MfaProvider",
            "mfakit_core::MfaStore",
            "mfakit_redis",
            "mfakit_sqlx",
        ],
        None,
    ));
    // Nothing that an app runs in production may reach the tools for tests.
    let tools = middleware.outside(&["mfakit_core::testing"], None);
    found.extend(tools.into_iter().filter(|found| !found.contains("/src/testing/")));
    assert_empty(&found);
    assert!(middleware.graph.outside.iter().any(|outside| outside.path[0] == "mfakit_core"));
}

#[test]
fn the_engine_depends_on_no_web_framework_and_the_emulator_on_no_client() {
    let frameworks = ["actix", "axum", "hyper", "tower", "http", "warp", "rocket"];
    // `http`, `hyper` and `tower-service` belong to the client of Bandwidth's API.
    let servers = ["actix", "axum", "tower-http", "tower-layer", "warp", "rocket"];
    let rules: [(&str, &[&str], &[&str], &str); 5] = [
        ("mfakit-core", &["dependencies"], &servers, "the engine knows no web framework"),
        ("mfakit-redis", &["dependencies"], &frameworks, "a store knows no web framework"),
        ("mfakit-sqlx", &["dependencies"], &frameworks, "a store knows no web framework"),
        (
            "mfakit-middleware",
            &["dependencies"],
            &["mfakit-redis", "redis", "mfakit-sqlx", "sqlx"],
            "the middleware knows no store",
        ),
        (
            "mfakit-emulator",
            &["dependencies", "dev-dependencies"],
            &["mfakit"],
            "the emulator shares no code with the client, so that each checks the other's reading of the API",
        ),
    ];
    for (name, tables, families, reason) in rules {
        let file = format!("crates/{name}/Cargo.toml");
        let manifest = fs::read_to_string(root().join(&file)).unwrap();
        let found = manifests::forbidden(&file, &manifest, tables, families, reason);
        assert_empty(&found);
    }
}

#[test]
fn no_file_and_no_function_is_too_long() {
    let (mut found, mut files, mut functions) = (Vec::new(), 0, 0);
    for folder in ["crates", "examples", "tests"] {
        for (path, text) in Tree::read(&root().join(folder), &[".rs"]).files() {
            let file = format!("{folder}/{path}");
            let (too_long, count) =
                lengths::too_long(&file, text).unwrap_or_else(|error| panic!("{file}: {error}"));
            found.extend(too_long);
            files += 1;
            functions += count;
        }
    }
    println!("{files} files, {functions} functions");
    assert!(files > 400 && functions > 2000, "only {files} files and {functions} functions were found");
    assert_empty(&found);
}
