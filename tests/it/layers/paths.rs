//! Paths in a stretch of source code, as written.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::UseTree;

/// A path as written, such as `crate::store::Key`, and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    pub(super) segments: Vec<String>,
    pub(super) line: usize,
}

/// One name that a `use` item brings into scope, or all names of a module.
pub(super) struct Import {
    pub(super) path: Path,
    /// Name in scope; `None` for `*`.
    pub(super) name: Option<String>,
}

/// Returns the imports of a `use` item, one for each leaf.
pub(super) fn imports(tree: &UseTree) -> Vec<Import> {
    let mut imports = Vec::new();
    flatten(tree, &mut Vec::new(), &mut imports);
    imports
}

fn flatten(tree: &UseTree, prefix: &mut Vec<String>, imports: &mut Vec<Import>) {
    let leaf = |ident: &syn::Ident, name: Option<String>, prefix: &[String]| {
        let mut segments = prefix.to_vec();
        // `a::{self}` imports `a`.
        if ident != "self" || prefix.is_empty() {
            segments.push(ident.to_string());
        }
        let name = name.or_else(|| segments.last().cloned());
        Import { path: Path { segments, line: ident.span().start().line }, name }
    };
    match tree {
        UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            flatten(&path.tree, prefix, imports);
            prefix.pop();
        }
        UseTree::Name(name) => imports.push(leaf(&name.ident, None, prefix)),
        UseTree::Rename(rename) => {
            imports.push(leaf(&rename.ident, Some(rename.rename.to_string()), prefix));
        }
        UseTree::Glob(glob) => {
            let line = glob.star_token.spans[0].start().line;
            imports.push(Import { path: Path { segments: prefix.clone(), line }, name: None });
        }
        UseTree::Group(group) => group.items.iter().for_each(|tree| flatten(tree, prefix, imports)),
    }
}

/// Returns every path in these tokens, also in the arguments of macros and in `use` groups within functions.
///
/// A single name is a path of one segment. Names of fields and methods after a dot are left out.
pub(super) fn paths(tokens: TokenStream) -> Vec<Path> {
    let mut paths = Vec::new();
    collect(tokens, &[], &mut paths);
    paths
}

fn collect(tokens: TokenStream, prefix: &[String], paths: &mut Vec<Path>) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Ident(first) if !follows_dot_or_colons(&tokens[..at]) => {
                let line = first.span().start().line;
                let mut segments = prefix.to_vec();
                segments.push(first.to_string());
                at += 1;
                while let Some(TokenTree::Ident(next)) = after_colons(&tokens[at..]) {
                    segments.push(next.to_string());
                    at += 3;
                }
                match after_colons(&tokens[at..]) {
                    Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                        collect(group.stream(), &segments, paths);
                        at += 3;
                    }
                    _ => paths.push(Path { segments, line }),
                }
            }
            TokenTree::Group(group) => {
                collect(group.stream(), &[], paths);
                at += 1;
            }
            _ => at += 1,
        }
    }
}

/// Returns the token after `::`, if these tokens begin with it.
fn after_colons(tokens: &[TokenTree]) -> Option<&TokenTree> {
    match tokens {
        [TokenTree::Punct(first), TokenTree::Punct(second), next, ..]
            if first.as_char() == ':' && second.as_char() == ':' =>
        {
            Some(next)
        }
        _ => None,
    }
}

/// Reports whether the next token belongs to what stands before it, as in `value.name` or `<T>::name`.
fn follows_dot_or_colons(before: &[TokenTree]) -> bool {
    let is = |token: &TokenTree, char| matches!(token, TokenTree::Punct(punct) if punct.as_char() == char);
    match before {
        [.., first, second] if is(first, ':') && is(second, ':') => true,
        // `..name` is a range, or the rest of a struct.
        [.., first, second] if is(second, '.') => !is(first, '.'),
        [.., only] => is(only, '.') || is(only, '\''),
        [] => false,
    }
}
