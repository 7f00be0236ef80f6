//! Resolution of a path to the module that defines its name, through re-exports.

use crate::layers::{
    modules::{ModuleId, Modules, Name, ROOT},
    paths::Path,
};

/// Item that a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Module(ModuleId),
    /// Defined in this module.
    Item(ModuleId),
    /// In another crate, or a name that no `use` and no module brings into scope: a local variable, a
    /// parameter, a name of the prelude.
    Elsewhere(Vec<String>),
    /// Begins in this crate, but its end cannot be found.
    Unknown,
}

/// Limit of re-exports in a row, so that names that import each other end.
const REEXPORTS: usize = 20;

impl Modules {
    /// Resolves a path as written in this module.
    pub(super) fn resolve(&self, module: ModuleId, path: &[String]) -> Target {
        self.resolve_within(module, path, REEXPORTS)
    }

    fn resolve_within(&self, module: ModuleId, path: &[String], left: usize) -> Target {
        if left == 0 {
            return Target::Unknown;
        }
        match self.start(module, path) {
            Some((start, rest)) => self.descend(start, rest, left),
            // The head of a path is a name in scope, or a crate.
            None => match self.descend(module, path, left) {
                Target::Unknown if !self.knows(module, &path[0]) => Target::Elsewhere(path.to_vec()),
                // A macro may define the name, but a name that no line shows is rather one of another crate.
                Target::Item(own) if own == module && !self.knows(module, &path[0]) => {
                    Target::Elsewhere(path.to_vec())
                }
                target => target,
            },
        }
    }

    /// Returns the module at which an explicit path (`crate::`, `self::`, `super::`) starts, and the rest.
    pub(super) fn start<'a>(&self, module: ModuleId, path: &'a [String]) -> Option<(ModuleId, &'a [String])> {
        let (mut start, mut rest) = match path.first()?.as_str() {
            "crate" => (ROOT, &path[1..]),
            "self" => (module, &path[1..]),
            "super" => (module, path),
            _ => return None,
        };
        while let [first, others @ ..] = rest
            && first == "super"
        {
            start = self.modules[start].parent?;
            rest = others;
        }
        Some((start, rest))
    }

    fn descend(&self, module: ModuleId, path: &[String], left: usize) -> Target {
        let [name, rest @ ..] = path else { return Target::Module(module) };
        let meanings = self.modules[module].names.get(name).map_or(&[][..], Vec::as_slice);
        let child = meanings.iter().find_map(|meaning| match meaning {
            Name::Module(child) => Some(*child),
            _ => None,
        });
        // A module and a function may share a name; what follows tells them apart.
        if let Some(child) = child
            && (!rest.is_empty() || meanings.len() == 1)
        {
            return self.descend(child, rest, left);
        }
        if meanings.iter().any(|meaning| matches!(meaning, Name::Defined)) {
            return Target::Item(module);
        }
        for meaning in meanings {
            if let Name::Imported(import) = meaning {
                return match self.import(module, name, import, left) {
                    Target::Module(found) => self.descend(found, rest, left - 1),
                    Target::Elsewhere(outside) => Target::Elsewhere([&outside[..], rest].concat()),
                    target => target,
                };
            }
        }
        for glob in &self.modules[module].globs {
            if let Target::Module(source) = self.resolve_within(module, &glob.segments, left - 1) {
                match self.descend(source, path, left - 1) {
                    Target::Unknown => {}
                    target => return target,
                }
            }
        }
        if self.modules[module].generates { Target::Item(module) } else { Target::Unknown }
    }

    fn import(&self, module: ModuleId, name: &str, import: &Path, left: usize) -> Target {
        // `use redis::redis;` does not name itself.
        if import.segments[0] == name && !self.has_child(module, name) {
            return Target::Elsewhere(import.segments.clone());
        }
        self.resolve_within(module, &import.segments, left - 1)
    }

    fn has_child(&self, module: ModuleId, name: &str) -> bool {
        let meanings = self.modules[module].names.get(name);
        meanings.is_some_and(|all| all.iter().any(|meaning| matches!(meaning, Name::Module(_))))
    }

    fn knows(&self, module: ModuleId, name: &str) -> bool {
        self.modules[module].names.contains_key(name)
    }
}
