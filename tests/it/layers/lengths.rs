//! Lengths of files and functions.

use proc_macro2::Span;
use syn::{
    Expr, Macro, Token,
    punctuated::Punctuated,
    spanned::Spanned,
    visit::{self, Visit},
};

/// Longest file, in lines.
pub(super) const FILE: usize = 400;

/// Longest function, in lines, without the rows of its tables. A row may be as long.
pub(super) const FUNCTION: usize = 60;

/// Returns what is too long in a file, as messages, and how many functions it has.
///
/// A table is an array literal or a `vec![..]`. Its lines do not count as lines of the function around it;
/// each row is measured by itself.
///
/// # Errors
///
/// If the file is not Rust.
pub(super) fn too_long(file: &str, text: &str) -> syn::Result<(Vec<String>, usize)> {
    let mut lengths = Lengths { file, functions: 0, tables: Vec::new(), found: Vec::new() };
    let lines = text.lines().count();
    if lines > FILE {
        lengths.found.push(format!("{file}:{FILE}: the file has {lines} lines; split it by reason"));
    }
    lengths.visit_file(&syn::parse_file(text)?);
    Ok((lengths.found, lengths.functions))
}

struct Lengths<'a> {
    file: &'a str,
    functions: usize,
    /// For each function or row around the current place, the lines of its tables.
    tables: Vec<usize>,
    found: Vec<String>,
}

impl Lengths<'_> {
    /// Measures a stretch of lines, after `visit` has counted its tables.
    fn measure(&mut self, name: &str, span: Span, visit: impl FnOnce(&mut Self)) {
        self.tables.push(0);
        visit(self);
        let tables = self.tables.pop().unwrap_or(0);
        let (first, last) = (span.start().line, span.end().line);
        let length = last - first + 1 - tables;
        if length > FUNCTION {
            self.found.push(format!(
                "{}:{first}: {name} has {length} lines outside of tables; split it at a verb",
                self.file
            ));
        }
    }

    fn function(&mut self, name: &syn::Ident, span: Span, visit: impl FnOnce(&mut Self)) {
        self.functions += 1;
        self.measure(&format!("`fn {name}`"), span, visit);
    }

    fn table<'ast>(&mut self, table: Span, rows: impl IntoIterator<Item = &'ast Expr>) {
        for row in rows {
            self.measure("a row of a table", row.span(), |lengths| visit::visit_expr(lengths, row));
        }
        if let Some(tables) = self.tables.last_mut() {
            *tables += table.end().line - table.start().line;
        }
    }
}

impl<'ast> Visit<'ast> for Lengths<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let span = item.sig.span().join(item.block.span()).unwrap_or_else(|| item.span());
        self.function(&item.sig.ident, span, |lengths| visit::visit_item_fn(lengths, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        let span = item.sig.span().join(item.block.span()).unwrap_or_else(|| item.span());
        self.function(&item.sig.ident, span, |lengths| visit::visit_impl_item_fn(lengths, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        self.function(&item.sig.ident, item.sig.span().join(item.span()).unwrap(), |lengths| {
            visit::visit_trait_item_fn(lengths, item);
        });
    }

    fn visit_expr_array(&mut self, array: &'ast syn::ExprArray) {
        self.table(array.span(), &array.elems);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        if call.path.is_ident("vec")
            && let Ok(rows) = call.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated)
        {
            // The rows live as long as this call, and the visitor wants them as long as the file.
            let mut inner = Lengths { file: self.file, functions: 0, tables: vec![0], found: Vec::new() };
            inner.table(call.span(), &rows);
            self.functions += inner.functions;
            self.found.append(&mut inner.found);
            if let Some(tables) = self.tables.last_mut() {
                *tables += inner.tables[0];
            }
        }
    }
}
