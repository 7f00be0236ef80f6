//! Tags of what the tables keep, so that write access to a table is no way in [STORE-11].
//!
//! A sealed value is a byte for the version, the payload, and a keyed hash (HMAC-SHA256, truncated to 128 bits) of both and
//! of the place. A value that was changed, or copied to another row, column or table, does not open. The payload is not
//! encrypted. A tag does not reveal that a whole row was replaced by an earlier state of the same row.

use hmac::{Hmac, KeyInit, Mac};
use mfakit_core::{
    adapter::{KeyRing, Purpose},
    store::StoreError,
};
use sha2::Sha256;

use crate::names::{Id, Ids};

/// Version of the payloads that this release writes and reads.
const VERSION: u8 = 1;

/// Length of a tag in bytes.
const TAG: usize = 16;

/// Table and column of a sealed value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Name of the table, without the prefix.
    pub(crate) table: &'static str,
    /// Name of the column.
    pub(crate) column: &'static str,
}

/// Writer and reader of sealed values.
#[derive(Clone)]
pub(crate) struct Seals {
    current: Hmac<Sha256>,
    previous: Vec<Hmac<Sha256>>,
}

impl Seals {
    /// Creates the seals of the secrets in this ring.
    pub(crate) fn new(ring: &KeyRing) -> Self {
        let keys = ring.hashes(Purpose::StoreRecord, &[]);
        let previous = keys.iter().skip(1).map(keyed).collect();
        Self { current: keyed(&ring.hash(Purpose::StoreRecord, &[])), previous }
    }

    /// Seals a payload for one place in one row.
    pub(crate) fn seal(&self, place: Place, id: &Id, payload: &[u8]) -> Vec<u8> {
        seal(&self.current, place, id, payload)
    }

    /// Seals a payload for one place in the row of each secret: with the current one for its row, and with each previous one
    /// for its own.
    pub(crate) fn seal_each(&self, place: Place, ids: &Ids, payload: &[u8]) -> Vec<Vec<u8>> {
        let keys = std::iter::once(&self.current).chain(&self.previous);
        keys.zip(ids.all()).map(|(key, id)| seal(key, place, id, payload)).collect()
    }

    /// Returns the payload of a value that was sealed for this place in this row, under any secret in the ring.
    ///
    /// # Errors
    ///
    /// Returns an error if the value has another version, or if its tag is wrong.
    pub(crate) fn open<'a>(&self, place: Place, id: &Id, sealed: &'a [u8]) -> Result<&'a [u8], StoreError> {
        let Place { table, column } = place;
        let unreadable = |why: &str| {
            StoreError::new(format!(
                "a record in the column {column} of the table {table} cannot be read: {why}"
            ))
        };
        let Some((signed, tag)) = sealed.split_last_chunk::<TAG>() else {
            return Err(unreadable("it is too short"));
        };
        let mut keys = std::iter::once(&self.current).chain(&self.previous);
        if !keys.any(|keyed| mac(keyed, place, id, signed).verify_truncated_left(tag).is_ok()) {
            return Err(unreadable(
                "its tag is wrong, so it was not written with this secret, or was changed",
            ));
        }
        match signed.split_first() {
            Some((&VERSION, payload)) => Ok(payload),
            Some(_) => Err(unreadable("another release of mfakit wrote it")),
            None => Err(unreadable("it is empty")),
        }
    }
}

impl std::fmt::Debug for Seals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seals").finish_non_exhaustive()
    }
}

fn seal(key: &Hmac<Sha256>, place: Place, id: &Id, payload: &[u8]) -> Vec<u8> {
    let mut sealed = Vec::with_capacity(1 + payload.len() + TAG);
    sealed.push(VERSION);
    sealed.extend(payload);
    let tag = mac(key, place, id, &sealed).finalize().into_bytes();
    sealed.extend(tag.iter().take(TAG));
    sealed
}

#[allow(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104, section 2)")]
fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("any length will do")
}

/// Hashes a value in its place. The names contain no zero byte and the primary key has a fixed length, so no two places and
/// values have the same bytes.
fn mac(keyed: &Hmac<Sha256>, place: Place, id: &Id, signed: &[u8]) -> Hmac<Sha256> {
    let keyed = keyed.clone().chain_update(place.table).chain_update([0]).chain_update(place.column);
    keyed.chain_update([0]).chain_update(id).chain_update(signed)
}

#[cfg(test)]
mod tests {
    use mfakit_core::Secret;

    use super::*;

    const PLACE: Place = Place { table: "users", column: "grants" };
    const ID: Id = [7; 32];

    fn seals(secrets: &[u8]) -> Seals {
        let mut secrets = secrets.iter().map(|byte| Secret::new([*byte; 32]).unwrap());
        Seals::new(&KeyRing::new(secrets.next().unwrap(), secrets))
    }

    #[test]
    fn a_sealed_value_opens_only_in_its_place_with_its_secret() {
        let seals_1 = seals(&[1]);
        let sealed = seals_1.seal(PLACE, &ID, b"payload");
        let open = |seals: &Seals, place, id: &Id| seals.open(place, id, &sealed).ok().map(<[u8]>::to_vec);
        assert_eq!(open(&seals_1, PLACE, &ID).as_deref(), Some(&b"payload"[..]));
        assert!(open(&seals(&[2, 1]), PLACE, &ID).is_some(), "a previous secret reads");
        for (name, opened) in [
            ("another row", open(&seals_1, PLACE, &[8; 32])),
            ("another column", open(&seals_1, Place { column: "codes", ..PLACE }, &ID)),
            ("another table", open(&seals_1, Place { table: "budgets", ..PLACE }, &ID)),
            ("another secret", open(&seals(&[2]), PLACE, &ID)),
        ] {
            assert_eq!(opened, None, "{name}");
        }
    }

    #[test]
    fn a_sealed_value_that_was_changed_anywhere_does_not_open() {
        let seals = seals(&[1]);
        let sealed = seals.seal(PLACE, &ID, b"payload");
        for at in 0..sealed.len() {
            for bit in 0..8 {
                let mut changed = sealed.clone();
                changed[at] ^= 1 << bit;
                assert!(seals.open(PLACE, &ID, &changed).is_err(), "bit {bit} of byte {at}");
            }
            assert!(seals.open(PLACE, &ID, &sealed[..at]).is_err(), "the first {at} bytes");
        }
        assert!(seals.open(PLACE, &ID, &[&sealed[..], &[0]].concat()).is_err(), "longer");
    }

    #[test]
    fn a_value_of_another_version_does_not_open() {
        let seals = seals(&[1]);
        let mut sealed = vec![VERSION + 1];
        sealed.extend(b"payload");
        let tag = mac(&seals.current, PLACE, &ID, &sealed).finalize().into_bytes();
        sealed.extend(&tag[..TAG]);
        let error = seals.open(PLACE, &ID, &sealed).unwrap_err().to_string();
        assert!(error.contains("another release"), "{error}");
    }
}
