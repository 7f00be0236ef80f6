//! Modules of a crate, with the names that each defines or imports.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, Item, ItemMod, ItemUse, Visibility};

use crate::layers::{
    paths::{Path, imports, paths},
    tree::Tree,
};

/// Index of a module in [`Modules`]. The root is 0.
pub(super) type ModuleId = usize;

/// The module in the root file of the crate.
pub(super) const ROOT: ModuleId = 0;

/// Meaning of a name in a module.
pub(super) enum Name {
    Module(ModuleId),
    Defined,
    Imported(Path),
}

/// A module that is part of the crate outside of tests.
pub(super) struct Module {
    /// Path within the crate, without `crate`.
    pub(super) path: Vec<String>,
    pub(super) parent: Option<ModuleId>,
    /// File as shown in messages, with the folder of the crate.
    pub(super) file: String,
    pub(super) names: HashMap<String, Vec<Name>>,
    /// Modules of which all names are imported.
    pub(super) globs: Vec<Path>,
    /// Imports that are not exported again: each is a need of this module.
    pub(super) private_imports: Vec<Path>,
    /// Paths in everything else than `use` and `mod`.
    pub(super) paths: Vec<Path>,
    /// True if the file has items other than `use` and `mod`.
    pub(super) defines: bool,
    /// True if the file calls a macro that may define names.
    pub(super) generates: bool,
}

/// All modules of a crate.
pub(super) struct Modules {
    folder: String,
    pub(super) modules: Vec<Module>,
    /// Modules declared in the root file, with the lines of their declarations.
    pub(super) declared: Vec<(String, usize)>,
}

impl Modules {
    /// Reads a crate from its root file, `lib.rs` or `main.rs`, in the tree of this folder.
    ///
    /// # Panics
    ///
    /// If a file is missing or is not Rust.
    pub(super) fn read(folder: &str, tree: &Tree, root: &str) -> Self {
        let mut read = Self { folder: folder.to_owned(), modules: Vec::new(), declared: Vec::new() };
        read.file(tree, root, Vec::new(), None);
        read
    }

    fn file(&mut self, tree: &Tree, file: &str, path: Vec<String>, parent: Option<ModuleId>) -> ModuleId {
        let text = tree.text(file).unwrap_or_else(|| panic!("{file} does not exist"));
        let file = format!("{}/{file}", self.folder);
        let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
        self.module(tree, &file, path, parent, parsed.items)
    }

    fn module(
        &mut self,
        tree: &Tree,
        file: &str,
        path: Vec<String>,
        parent: Option<ModuleId>,
        items: Vec<Item>,
    ) -> ModuleId {
        let id = self.modules.len();
        self.modules.push(Module {
            path,
            parent,
            file: file.to_owned(),
            names: HashMap::new(),
            globs: Vec::new(),
            private_imports: Vec::new(),
            paths: Vec::new(),
            defines: false,
            generates: false,
        });
        for item in items {
            match item {
                Item::Mod(child) if !is_for_tests(&child.attrs) => self.child(tree, id, child),
                Item::Use(import) if !is_for_tests(&import.attrs) => self.modules[id].import(&import),
                Item::Mod(_) | Item::Use(_) => {}
                other => self.modules[id].define(&other),
            }
        }
        id
    }

    fn child(&mut self, tree: &Tree, parent: ModuleId, child: ItemMod) {
        let name = child.ident.to_string();
        if parent == ROOT {
            self.declared.push((name.clone(), child.ident.span().start().line));
        }
        let path = [&self.modules[parent].path[..], std::slice::from_ref(&name)].concat();
        let id = match child.content {
            Some((_, items)) => {
                let file = self.modules[parent].file.clone();
                self.module(tree, &file, path, Some(parent), items)
            }
            None => {
                let stem = path.join("/");
                let files = [format!("{stem}.rs"), format!("{stem}/mod.rs")];
                let file = files.iter().find(|file| tree.text(file).is_some());
                let file = file.unwrap_or_else(|| panic!("{} does not exist", files.join(" or ")));
                self.file(tree, file, path, Some(parent))
            }
        };
        self.modules[parent].name(name, Name::Module(id));
    }
}

impl Module {
    fn name(&mut self, name: String, meaning: Name) {
        self.names.entry(name).or_default().push(meaning);
    }

    fn import(&mut self, item: &ItemUse) {
        for import in imports(&item.tree) {
            match import.name {
                Some(name) => self.name(name, Name::Imported(import.path.clone())),
                None => self.globs.push(import.path.clone()),
            }
            if matches!(item.vis, Visibility::Inherited) {
                self.private_imports.push(import.path);
            }
        }
    }

    fn define(&mut self, item: &Item) {
        let (attributes, name) = match item {
            Item::Const(item) => (&item.attrs, Some(&item.ident)),
            Item::Enum(item) => (&item.attrs, Some(&item.ident)),
            Item::Fn(item) => (&item.attrs, Some(&item.sig.ident)),
            Item::Impl(item) => (&item.attrs, None),
            Item::Macro(item) => (&item.attrs, item.ident.as_ref()),
            Item::Static(item) => (&item.attrs, Some(&item.ident)),
            Item::Struct(item) => (&item.attrs, Some(&item.ident)),
            Item::Trait(item) => (&item.attrs, Some(&item.ident)),
            Item::Type(item) => (&item.attrs, Some(&item.ident)),
            Item::Union(item) => (&item.attrs, Some(&item.ident)),
            other => panic!("{}: cannot read `{}`", self.file, other.to_token_stream()),
        };
        if is_for_tests(attributes) {
            return;
        }
        self.defines = true;
        self.generates |= matches!(item, Item::Macro(item) if item.ident.is_none());
        if let Some(name) = name {
            self.name(name.to_string(), Name::Defined);
        }
        self.paths.extend(paths(item.to_token_stream()));
    }
}

/// Reports whether an item exists in tests only: `#[cfg(test)]`, `#[cfg(all(test, ..))]`, `#[cfg(doctest)]`.
pub(super) fn is_for_tests(attributes: &[Attribute]) -> bool {
    let is_test = |condition: TokenStream| {
        let text = condition.to_string().replace(' ', "");
        text == "test" || text == "doctest" || text.starts_with("all(test,")
    };
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.meta.require_list().is_ok_and(|list| is_test(list.tokens.clone()))
    })
}
