//! Files of a crate and the arrows between them.
//!
//! 1. An arrow leads from a file to the file that defines a name it uses, whatever re-exports it on the way.
//! 2. The root file has no arrows: it declares, and nothing may import from it.
//! 3. A file that only declares and re-exports its children has no arrows either.
//! 4. A re-export is an arrow if the file uses the name itself.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::layers::{
    modules::{ModuleId, Modules, Name, ROOT},
    paths::Path,
    resolve::Target,
};

/// Path that stands in a file and leads to another.
#[derive(Clone, Debug)]
pub(super) struct Arrow {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) line: usize,
    /// Path as written.
    pub(super) path: String,
    /// Module below the root to which each end belongs.
    pub(super) modules: (String, String),
}

/// Path that leads out of the crate.
pub(super) struct Outside {
    pub(super) file: String,
    pub(super) line: usize,
    /// Module below the root in which it stands.
    pub(super) module: String,
    pub(super) path: Vec<String>,
}

/// Imports of a crate, by file.
pub(super) struct Graph {
    /// Files that define something.
    pub(super) files: BTreeSet<String>,
    /// First arrow of each pair of files.
    pub(super) arrows: BTreeMap<(String, String), Arrow>,
    pub(super) outside: Vec<Outside>,
    /// Imports through the root, as messages.
    pub(super) through_root: Vec<String>,
    /// Paths whose end was not found, as messages.
    pub(super) unknown: Vec<String>,
}

impl Graph {
    pub(super) fn new(modules: &Modules) -> Self {
        let root = &modules.modules[ROOT].file;
        let defining = modules.modules.iter().filter(|module| module.defines && module.file != *root);
        let mut graph = Self {
            files: defining.map(|module| module.file.clone()).collect(),
            arrows: BTreeMap::new(),
            outside: Vec::new(),
            through_root: Vec::new(),
            unknown: Vec::new(),
        };
        for id in 0..modules.modules.len() {
            graph.read(modules, id);
        }
        graph
    }

    fn read(&mut self, modules: &Modules, id: ModuleId) {
        let module = &modules.modules[id];
        // Imports come first, so that an arrow names the line that a reader has to change.
        for path in module.private_imports.iter().chain(&module.globs).chain(&module.paths) {
            self.check_root(modules, id, path);
            self.arrow(modules, id, path);
        }
    }

    /// Reports a path that takes a name from the root instead of from its module.
    fn check_root(&mut self, modules: &Modules, id: ModuleId, path: &Path) {
        let Some((start, rest)) = modules.start(id, &path.segments) else { return };
        let module = &modules.modules[id];
        let Some(name) = rest.first() else { return };
        let is_module = modules.modules[ROOT]
            .names
            .get(name)
            .is_some_and(|all| all.iter().any(|meaning| matches!(meaning, Name::Module(_))));
        if start == ROOT && id != ROOT && !is_module {
            self.through_root.push(format!(
                "{}:{}: `{}` is imported through the crate's root; import it from the module that defines it",
                module.file,
                path.line,
                path.segments.join("::"),
            ));
        }
    }

    fn arrow(&mut self, modules: &Modules, id: ModuleId, path: &Path) {
        let module = &modules.modules[id];
        let target = match modules.resolve(id, &path.segments) {
            Target::Item(target) => target,
            Target::Elsewhere(outside) => {
                let below = module.path.first().cloned().unwrap_or_default();
                if outside.len() > 1 {
                    self.outside.push(Outside {
                        file: module.file.clone(),
                        line: path.line,
                        module: below,
                        path: outside,
                    });
                }
                return;
            }
            // Uses of names in a module are arrows of their own.
            Target::Module(_) => return,
            Target::Unknown => {
                let written = path.segments.join("::");
                let (file, line) = (&module.file, path.line);
                self.unknown.push(format!("{file}:{line}: `{written}` leads to no definition"));
                return;
            }
        };
        let target = &modules.modules[target];
        let root = &modules.modules[ROOT].file;
        if target.file == module.file || target.file == *root || module.file == *root || !module.defines {
            return;
        }
        let below = |path: &[String]| path.first().cloned().unwrap_or_default();
        let arrow = Arrow {
            from: module.file.clone(),
            to: target.file.clone(),
            line: path.line,
            path: path.segments.join("::"),
            modules: (below(&module.path), below(&target.path)),
        };
        self.arrows.entry((arrow.from.clone(), arrow.to.clone())).or_insert(arrow);
    }

    /// Returns a shortest circle through each file that is on one, each circle once.
    pub(super) fn circles(&self) -> Vec<Vec<&Arrow>> {
        let mut seen = HashSet::new();
        let mut circles = Vec::new();
        for file in &self.files {
            let Some(circle) = self.way(file, file) else { continue };
            let mut on_it: Vec<_> = circle.iter().map(|arrow| &arrow.from).collect();
            on_it.sort();
            if seen.insert(on_it) {
                circles.push(circle);
            }
        }
        circles
    }

    /// Returns the shortest way along at least one arrow.
    fn way(&self, start: &str, end: &str) -> Option<Vec<&Arrow>> {
        let mut reached = HashSet::new();
        let mut ways = vec![(start, Vec::new())];
        while !ways.is_empty() {
            let mut longer = Vec::new();
            for (file, way) in ways {
                for arrow in self.arrows.values().filter(|arrow| arrow.from == file) {
                    let way = [&way[..], &[arrow]].concat();
                    if arrow.to == end {
                        return Some(way);
                    }
                    if reached.insert(&arrow.to) {
                        longer.push((arrow.to.as_str(), way));
                    }
                }
            }
            ways = longer;
        }
        None
    }
}

/// Describes a circle by its arrows, with the place of each.
pub(super) fn describe(circle: &[&Arrow]) -> String {
    let arrows = circle.iter().map(|arrow| {
        let Arrow { from, to, line, path, .. } = arrow;
        format!("\n    {from}:{line}: `{path}` leads to {to}")
    });
    format!(
        "these files import each other in a circle; move what both need to a file below:{}",
        arrows.collect::<String>()
    )
}
