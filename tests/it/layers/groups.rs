//! Layers of a crate, as its root file lists them: groups of modules, lowest first.

use crate::layers::{graph::Arrow, modules::Modules};

/// A group of modules under one comment, such as `// Ports.`.
#[derive(Debug)]
pub(super) struct Layer {
    /// First line of the comment; empty if the crate separates its groups by blank lines only.
    pub(super) heading: String,
    pub(super) modules: Vec<String>,
}

/// Reads the groups of `mod` lines in a root file.
///
/// A comment begins a group. In a root file without such comments, a blank line does.
pub(super) fn layers(text: &str, modules: &Modules) -> Vec<Layer> {
    let lines: Vec<_> = text.lines().collect();
    let is_comment = |line: &str| line.starts_with("// ");
    let mut starts: Vec<(usize, String)> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if is_comment(line) && (at == 0 || !is_comment(lines[at - 1])) {
            starts.push((at + 1, line.trim_start_matches("// ").to_owned()));
        }
    }
    if starts.is_empty() {
        let blank = lines.iter().enumerate().filter(|(_, line)| line.is_empty());
        starts = blank.map(|(at, _)| (at + 1, String::new())).collect();
    }
    let mut layers: Vec<Layer> = Vec::new();
    let mut last = None;
    for (name, line) in &modules.declared {
        let group = starts.iter().rposition(|(start, _)| start < line);
        if group != last || layers.is_empty() {
            let heading = group.map(|group| starts[group].1.clone()).unwrap_or_default();
            layers.push(Layer { heading, modules: Vec::new() });
            last = group;
        }
        layers.last_mut().unwrap().modules.push(name.clone());
    }
    layers
}

/// Returns the position of the layer with this module.
pub(super) fn layer_of(layers: &[Layer], module: &str) -> Option<usize> {
    layers.iter().position(|layer| layer.modules.iter().any(|name| name == module))
}

/// Reports whether an arrow leads from a layer to a higher one.
pub(super) fn leads_up(layers: &[Layer], arrow: &Arrow) -> bool {
    layer_of(layers, &arrow.modules.0) < layer_of(layers, &arrow.modules.1)
}
