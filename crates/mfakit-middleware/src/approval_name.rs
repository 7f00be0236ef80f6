//! Identifiers of approvals in addresses and headers.
//!
//! An identifier is no secret and grants nothing. It finds an approval only in the session and scope that it was made in.

use mfakit_core::action::ApprovalId;

use crate::facts::query_values;

/// Name of the parameter in the query of our routes.
pub(crate) const APPROVAL: &str = "approval";

/// Name of the parameter in the query of a guarded route, and of the header, in lower case.
pub(crate) const OF_GUARDED_ROUTES: &str = "mfa-approval";

/// Approval that a request names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// None.
    Nothing,
    /// This one.
    Approval(ApprovalId),
    /// Text that is not an identifier, or several that differ.
    Unreadable,
}

impl Named {
    /// Reads the approval that a call of one of our routes names in its query.
    pub(crate) fn in_query(target: &str) -> Self {
        Self::of_all(query_values(target, APPROVAL).map(|text| Self::read(&text)))
    }

    /// Reads the approval that a request for a guarded route names, given its target and the values of the
    /// [header](OF_GUARDED_ROUTES).
    pub(crate) fn in_request<'a>(target: Option<&'a str>, headers: impl Iterator<Item = &'a [u8]>) -> Self {
        let in_query = query_values(target.unwrap_or_default(), OF_GUARDED_ROUTES);
        let in_headers = headers
            .map(|value| std::str::from_utf8(value).map_or(Self::Unreadable, |text| Self::read(text.trim())));
        Self::of_all(in_query.map(|text| Self::read(&text)).chain(in_headers))
    }

    /// Returns the identifier, if it is one.
    pub(crate) const fn id(&self) -> Option<&ApprovalId> {
        match self {
            Self::Approval(id) => Some(id),
            Self::Nothing | Self::Unreadable => None,
        }
    }

    /// Returns what all of these name, in whatever order they come.
    fn of_all(all: impl Iterator<Item = Self>) -> Self {
        all.reduce(|one, other| if one == other { one } else { Self::Unreadable }).unwrap_or(Self::Nothing)
    }

    fn read(text: &str) -> Self {
        ApprovalId::decode(text).map_or(Self::Unreadable, Self::Approval)
    }
}

/// Adds an approval to the address of one of our routes, which has no query yet.
pub(crate) fn with_approval(path: String, approval: Option<&ApprovalId>) -> String {
    match approval {
        Some(id) => format!("{path}?{APPROVAL}={id}"),
        None => path,
    }
}

/// Returns the address of a guarded route with the identifier of an approval.
pub(crate) fn naming(href: &str, approval: &ApprovalId) -> String {
    let separator = if href.contains('?') { '&' } else { '?' };
    format!("{href}{separator}{OF_GUARDED_ROUTES}={approval}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "BwcHBwcHBwcHBwcHBwcHBw";

    #[test]
    fn a_request_names_one_approval_or_none() {
        let this = Named::Approval(ApprovalId::from_bytes([7; 16]));
        for (target, headers, named) in [
            ("/pay", &[][..], Named::Nothing),
            ("/pay?approval=BwcHBwcHBwcHBwcHBwcHBw", &[], Named::Nothing),
            ("/pay?to=bob&mfa-approval=BwcHBwcHBwcHBwcHBwcHBw", &[], this),
            ("/pay", &[ID], this),
            ("/pay", &[" BwcHBwcHBwcHBwcHBwcHBw "], this),
            ("/pay?mfa-approval=BwcHBwcHBwcHBwcHBwcHBw", &[ID, ID], this),
            ("/pay?mfa-approval=BwcHBwcHBwcHBwcHBwcHBw", &["AgcHBwcHBwcHBwcHBwcHBw"], Named::Unreadable),
            ("/pay", &[ID, "AgcHBwcHBwcHBwcHBwcHBw"], Named::Unreadable),
            ("/pay", &["BwcHBwcHBwcHBwcHBwcHBw, BwcHBwcHBwcHBwcHBwcHBw"], Named::Unreadable),
            ("/pay?mfa-approval=BwcHBwcHBwcHBwcHBwcHBw&mfa-approval=BwcHBwcHBwcHBwcHBwcHBw", &[], this),
            (
                "/pay?mfa-approval=BwcHBwcHBwcHBwcHBwcHBw&mfa-approval=AgcHBwcHBwcHBwcHBwcHBw",
                &[],
                Named::Unreadable,
            ),
            ("/pay?mfa-approval=BwcHBwcHBwcHBwcHBwcHBw&mfa-approval=", &[], Named::Unreadable),
            ("/pay?mfa-approval=", &[], Named::Unreadable),
            ("/pay?mfa-approval=x", &[ID], Named::Unreadable),
        ] {
            let values = headers.iter().map(|value| value.as_bytes());
            assert_eq!(Named::in_request(Some(target), values), named, "{target} {headers:?}");
        }
    }

    #[test]
    fn an_address_of_ours_names_one_approval_or_none() {
        let this = Named::Approval(ApprovalId::from_bytes([7; 16]));
        for (query, named) in [
            ("", Named::Nothing),
            ("?return=x", Named::Nothing),
            ("?approval=BwcHBwcHBwcHBwcHBwcHBw&return=x", this),
            ("?approval=BwcHBwcHBwcHBwcHBwcHBw&approval=BwcHBwcHBwcHBwcHBwcHBw", this),
            ("?approval=BwcHBwcHBwcHBwcHBwcHBw&approval=AgcHBwcHBwcHBwcHBwcHBw", Named::Unreadable),
            ("?approval=", Named::Unreadable),
        ] {
            assert_eq!(Named::in_query(&format!("/mfa/pay{query}")), named, "{query}");
        }
    }

    #[test]
    fn an_approval_is_added_to_an_address_and_read_back() {
        let id = ApprovalId::from_bytes([7; 16]);
        let ours = with_approval("/mfa/pay".to_owned(), Some(&id));
        assert_eq!(
            (ours.as_str(), Named::in_query(&ours)),
            ("/mfa/pay?approval=BwcHBwcHBwcHBwcHBwcHBw", Named::Approval(id))
        );
        assert_eq!(naming("/pay", &id), format!("/pay?mfa-approval={ID}"));
        assert_eq!(naming("/pay?to=bob", &id), format!("/pay?to=bob&mfa-approval={ID}"));
    }
}
