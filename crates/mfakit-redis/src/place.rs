//! Places: the fields of records that belong to a session, a scope, and an approval if they are bound to an action.

use mfakit_core::{
    LoginId, Scope,
    store::{ApprovalId, Key},
};

use crate::names::{DIGITS, push_hex, unhex};

/// First character of the place of a bound record.
///
/// A session never begins with it. So a release that reads version 1 only finds no session in the place: it never returns
/// the record, and each of its revocations of the user deletes the record.
const BOUND: &str = "~";

/// Place that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) login: LoginId,
    pub(crate) scope: Scope,
    pub(crate) approval: Option<ApprovalId>,
}

impl Place {
    /// Returns the place of a key.
    pub(crate) fn of(key: &Key<'_>) -> Self {
        Self { login: *key.login, scope: *key.scope, approval: key.approval.copied() }
    }

    /// Reads a field. Returns `None` if it is not a place.
    pub(crate) fn read(field: &str) -> Option<Self> {
        let bound = field.strip_prefix(BOUND);
        let (login, rest) = bound.unwrap_or(field).split_once(':')?;
        let (scope, approval) = match bound {
            Some(_) => rest.split_once(':').map(|(scope, id)| (scope, Some(id)))?,
            None => (rest, None),
        };
        Some(Self {
            login: LoginId::from_bytes(unhex(login)?),
            scope: Scope::new(scope).ok()?,
            approval: match approval {
                Some(id) => Some(ApprovalId::from_bytes(unhex(id)?)),
                None => None,
            },
        })
    }
}

/// Returns the field of a key: `{session}:{scope}`, or `~{session}:{scope}:{approval}`.
pub(crate) fn place(key: &Key<'_>) -> String {
    match key.approval {
        None => start_of_place(key, ""),
        Some(id) => {
            let mut place = bound_places(key);
            push_hex(&mut place, id.as_bytes(), DIGITS);
            place
        }
    }
}

/// Returns the beginning of the field of every approval of a session and scope.
pub(crate) fn bound_places(key: &Key<'_>) -> String {
    let mut places = start_of_place(key, BOUND);
    places.push(':');
    places
}

fn start_of_place(key: &Key<'_>, first: &str) -> String {
    let mut place = String::with_capacity(2 * DIGITS + 3 + key.scope.as_str().len());
    place.push_str(first);
    push_hex(&mut place, key.login.as_bytes(), DIGITS);
    place.push(':');
    place.push_str(key.scope.as_str());
    place
}

#[cfg(test)]
mod tests {
    use mfakit_core::UserId;

    use super::*;

    #[test]
    fn a_place_is_read_back_and_no_other_text_is() {
        let (user, login, scope) =
            (UserId::from("alice"), LoginId::from_bytes([2; 16]), Scope::new("pay").unwrap());
        let (unbound, id) = (Key::unbound(&user, &login, &scope), ApprovalId::from_bytes([0xa1; 16]));
        let bound = Key { approval: Some(&id), ..unbound };
        let (digits, of_id) = ("02".repeat(16), "a1".repeat(16));
        assert_eq!(place(&unbound), format!("{digits}:pay"));
        assert_eq!(place(&bound), format!("~{digits}:pay:{of_id}"));
        assert!(place(&bound).starts_with(&bound_places(&unbound)));
        for key in [unbound, bound] {
            assert_eq!(Place::read(&place(&key)), Some(Place::of(&key)));
        }
        for other in [
            "",
            "~",
            "pay",
            "x:pay",
            &format!("{digits}:Pay"),
            &format!("{digits}:pay:{of_id}"),
            &format!("~{digits}:pay"),
            &format!("~{digits}:pay:{of_id}0"),
            &format!("~{digits}:pay:{of_id}:"),
            &format!("~~{digits}:pay:{of_id}"),
        ] {
            assert_eq!(Place::read(other), None, "{other:?}");
        }
    }
}
