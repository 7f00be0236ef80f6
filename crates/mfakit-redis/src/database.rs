//! Connection, names, scripts and clock of the verbs.

use mfakit_core::{Clock, UserId, store::Key};

use crate::{arguments::moment, connection::Connection, names::Names, scripts::Scripts};

/// Everything that the verbs need.
pub(crate) struct Database {
    pub(crate) connection: Connection,
    pub(crate) names: Names,
    pub(crate) scripts: Scripts,
    /// Clock of a test, in place of the server's.
    pub(crate) clock: Option<Box<dyn Clock>>,
}

impl Database {
    /// Returns all keys of a user, in the order in which the scripts take them.
    pub(crate) fn keys_of(&self, user: &UserId) -> [String; 5] {
        let names = &self.names;
        [names.user(user), names.grants(user), names.spent(user), names.actions(user), names.consumed(user)]
    }

    /// Returns the keys of a user for the records under this key: that of the actions only if there is an approval. While a
    /// slot moves, a Cluster rejects a script with a key that is not there.
    pub(crate) fn keys(&self, key: &Key<'_>) -> Vec<String> {
        let [user, grants, spent, actions, _] = self.keys_of(key.user);
        let actions = key.approval.map(|_| actions);
        [user, grants, spent].into_iter().chain(actions).collect()
    }

    /// Returns the time for a script: empty for the server's own, or the time of a test's clock.
    pub(crate) fn now(&self) -> String {
        self.clock.as_ref().map(|clock| moment(clock.now())).unwrap_or_default()
    }
}
