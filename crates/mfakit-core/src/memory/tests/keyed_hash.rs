//! Keyed hashes.

use crate::memory::keyed_hash::HashKey;

#[test]
fn a_hash_depends_on_the_value_and_on_the_key() {
    let (one, other) = (HashKey::new([1; 16]), HashKey::new([2; 16]));
    assert!(one.hash(b"alice") == one.hash(b"alice"));
    assert!(one.hash(b"alice") != one.hash(b"bob"));
    assert!(one.hash(b"alice") != other.hash(b"alice"));
}

#[test]
fn every_part_gets_its_share() {
    let key = HashKey::random();
    let mut members = [0; 16];
    (0..16_000_u32).for_each(|user| members[key.hash(&user.to_le_bytes()).part(16)] += 1);
    assert!(members.iter().all(|members| (800..1200).contains(members)), "{members:?}");
}
