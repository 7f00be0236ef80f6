//! Mistakes in how the app is set up.

/// Mistake in how the app is set up. Requests are rejected until it is fixed.
///
/// The text states what is wrong and how to fix it. It is for the log, not for users of the app.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Misconfigured(String);

impl Misconfigured {
    /// Creates a mistake. The text states how to fix it.
    pub fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }

    /// Creates the mistake of a guard or a call that names a scope that was not declared.
    pub(crate) fn undeclared<'a>(scope: &str, declared: impl Iterator<Item = &'a str> + Clone) -> Self {
        let list = declared.clone().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
        Self(match nearest(scope, declared) {
            Some(near) => format!(
                "the scope {scope:?} is not declared: did you mean {near:?}? The builder of Mfa declares {list}"
            ),
            None => format!(
                "the scope {scope:?} is not declared: add .scope({scope:?}, \"…\") to the builder of Mfa, which declares \
                 {list}"
            ),
        })
    }

    /// A guard or a call asks for an unbound grant of a scope that is bound only.
    pub(crate) fn unbound(scope: &str) -> Self {
        Self(format!(
            "the scope {scope:?} is bound only, and a guard or a call asks for a grant that is not bound to an action: mark \
             the argument to approve with #[approve] in the handler of #[require_mfa(scope = {scope:?})], or call \
             StepUp::approve(…) in the handler; a layer cannot bind; or remove .bound() or .psd2() from the declaration of \
             the scope"
        ))
    }

    /// A guard or a call names the scope of unconfirmed numbers, whose grants only the engine consumes.
    pub(crate) fn enroll_scope() -> Self {
        Self::new(
            "a guard or a call requires the scope \"mfakit.enroll\", whose codes prove the possession of a new number and \
             nothing else: require a scope of the app instead, or call Mfa::confirm_number to confirm a number",
        )
    }

    /// A call needs a number book.
    pub(crate) fn no_number_book() -> Self {
        Self::new(
            "a number was to be changed, and the builder has no number book: replace .directory(…) by .number_book(…), \
             which also saves numbers",
        )
    }

    /// A call needs a recovery book.
    pub(crate) fn no_recovery_book() -> Self {
        Self::new(
            "a lost number was to be recovered, and the builder has no recovery book: add .recovery(…), which keeps recovery \
             codes and permissions",
        )
    }

    /// The app does not set the time of a sign-in.
    pub(crate) fn no_sign_in_time() -> Self {
        Self::new(
            "a phone number was to be added or recovered, and the time of the sign-in is not known: call \
             .with_signed_in_at(…) on the subject in the identify function, with the time at which the app authenticated \
             the person, kept in the session at sign-in",
        )
    }

    /// A value cannot be approved for a scope.
    pub(crate) fn action(name: &str, scope: &str, why: impl std::fmt::Display) -> Self {
        Self(format!("the action {name} cannot be approved for the scope {scope:?}: {why}"))
    }

    /// A scope that follows PSD2 does not list the type of a value.
    pub(crate) fn other_payment(scope: &str, name: &str) -> Self {
        Self(format!(
            "the scope {scope:?} is declared for payments of other types than {name}: add .psd2::<{name}>() to its \
             declaration, or give the handler a scope of its own"
        ))
    }

    /// A message about an action has no room for its payee.
    pub(crate) fn no_room(scope: &str, language: &str, host: &str) -> Self {
        Self(format!(
            "the message about an action of the scope {scope:?} in the language {language:?} has no room for its amount \
             and payee in two segments, so no code was sent: shorten MessageId::ActionMessage, \
             MessageId::SendAmountTo, the app's name or the host {host:?}; .bound() on the scope checks this when the app \
             starts"
        ))
    }

    /// A request for one of the routes was answered by something else.
    pub(crate) fn missing_routes(path: &str, mount_path: &str) -> Self {
        Self(format!(
            "mfakit's routes did not receive a request for {path:?}, so no code can be entered: on axum and \
             tower, add .with_routes() to MfaLayer::new(…), and put the layer around the outermost router, after its .merge(…) \
             and .fallback(…), or on axum add .merge(mfakit::web::axum::routes(&mfa)) to that router, before the layer, and \
             do not nest it; on actix-web, add .configure(mfakit::web::actix::routes(&mfa)) to the App, and not to a scope; to use \
             another path than {mount_path:?}, write .path(…) in the builder of Mfa"
        ))
    }

    /// The layer that answers the routes is on a router that another one nests.
    pub(crate) fn nested_routes(prefix: &str, mount_path: &str) -> Self {
        Self(format!(
            "mfakit's routes did not receive a request below {mount_path:?}, and never do, so no code can be entered: the \
             layer with .with_routes() is on a router that is nested at {prefix:?}; put the layer around the outermost \
             router, after its .nest(…), .merge(…) and .fallback(…)"
        ))
    }

    /// Browsers were redirected to a page, and no request for one has arrived.
    pub(crate) fn unreached_routes(path: &str, redirects: u8, mount_path: &str) -> Self {
        Self(format!(
            "mfakit's routes did not receive a request since the start, although {redirects} responses redirected to \
             {path:?}: unless another instance answers the requests below {mount_path:?}, put the layer with \
             .with_routes() around the outermost router, after its .nest(…), .merge(…) and .fallback(…), which replace \
             what an earlier layer covers"
        ))
    }

    /// The builder has a setting for the address of a request, and a request has no address.
    pub(crate) fn no_address() -> Self {
        Self::new(
            "the address of a request is not known, although .client_address(…) is set: on axum, serve the app with \
             into_make_service_with_connect_info::<SocketAddr>(); on another tower stack, put a PeerAddress into each \
             request; behind proxies, check how many there are",
        )
    }

    /// Creates the mistake of a function of the app, or of a port, that panicked.
    #[must_use]
    pub fn panicked(function: &str) -> Self {
        Self(format!("the app's {function} panicked; nothing is granted on its word"))
    }

    /// A ceremony panicked outside of the ports, which catch their own panics.
    pub(crate) fn unguarded_panic() -> Self {
        Self::new("the app's clock panicked, or mfakit has a bug: all other functions of the app are guarded")
    }
}

/// Returns the most similar name, if at most a third of its letters differ.
fn nearest<'a>(name: &str, declared: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let distances = declared.map(|other| (strsim::damerau_levenshtein(name, other), other));
    let (distance, near) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= near.len().div_ceil(3)).then_some(near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelled_scope_suggests_the_nearest_and_lists_all() {
        let declared = ["reports", "settings.phone", "transfer"];
        for (name, expected) in [
            ("tranfser", "did you mean \"transfer\"?"),
            ("report", "did you mean \"reports\"?"),
            ("settings-phone", "did you mean \"settings.phone\"?"),
            ("payout", "add .scope(\"payout\", \"…\") to the builder"),
        ] {
            let text = Misconfigured::undeclared(name, declared.into_iter()).to_string();
            assert!(text.contains(expected), "{text}");
            assert!(text.contains("\"reports\", \"settings.phone\", \"transfer\""), "{text}");
        }
    }
}
