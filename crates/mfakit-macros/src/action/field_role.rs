//! Options of a field: `#[action(amount)]`, `#[action(payee)]`, `#[action(line = "Reference")]`.

use syn::{Attribute, LitStr, Token, meta::ParseNestedMeta};

use crate::mistake::Mistakes;

const EXAMPLES: &str = "the options of a field are `amount`, `payee`, `line` and `line = \"Reference\"`";

/// Part of a field in the words of its action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Amount,
    Payee,
    /// A line with this label, or with one made of the field's name.
    Line(Option<String>),
}

impl Role {
    /// Parses the attributes of a field. `None` if it is part of the digest only.
    pub(crate) fn parse(attributes: &[Attribute], mistakes: &mut Mistakes) -> Option<Self> {
        let mut role = None;
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("action")) {
            if let Err(error) = attribute.parse_nested_meta(|meta| {
                let (path, found) = (meta.path.clone(), Self::of(&meta)?);
                if role.is_some() {
                    mistakes.at(path, "a field has one part in the words: remove one of the options");
                }
                role = Some(found);
                Ok(())
            }) {
                mistakes.push(error);
            }
        }
        role
    }

    /// Parses one option.
    fn of(meta: &ParseNestedMeta<'_>) -> syn::Result<Self> {
        let role = if meta.path.is_ident("amount") {
            Self::Amount
        } else if meta.path.is_ident("payee") {
            Self::Payee
        } else if meta.path.is_ident("line") {
            return if meta.input.peek(Token![=]) {
                label(meta).map(|label| Self::Line(Some(label)))
            } else {
                Ok(Self::Line(None))
            };
        } else {
            return Err(meta.error(format!("unknown option: {EXAMPLES}")));
        };
        if meta.input.peek(Token![=]) || meta.input.peek(syn::token::Paren) {
            return Err(meta.error(format!("this option takes no value: {EXAMPLES}")));
        }
        Ok(role)
    }
}

/// Parses the label of a line.
fn label(meta: &ParseNestedMeta<'_>) -> syn::Result<String> {
    let label: LitStr = meta.value()?.parse().map_err(|error| {
        syn::Error::new(error.span(), "the label must be a string literal: write `line = \"Reference\"`")
    })?;
    let text = label.value();
    if text.trim().is_empty() || text.trim() != text || text.chars().any(char::is_control) {
        return Err(syn::Error::new_spanned(
            label,
            "the label is empty, or has space around it or a control character: write `line = \"Reference\"`",
        ));
    }
    Ok(text)
}
