//! A list in chunks behaves like a list.

use crate::memory::chunks::Chunks;

#[test]
fn items_are_added_found_and_removed_like_those_of_a_list() {
    let (mut chunks, mut list) = (Chunks::new(), Vec::new());
    for item in 0..1000_usize {
        chunks.push(item);
        list.push(item);
        if item % 3 == 2 {
            let at = (item * 7) % list.len();
            assert_eq!(chunks.swap_remove(at), Some(list.swap_remove(at)));
        }
        assert_eq!(chunks.len(), list.len());
        assert!((0..=list.len()).all(|at| chunks.get(at) == list.get(at)));
    }
    while !list.is_empty() {
        assert_eq!(chunks.swap_remove(0), Some(list.swap_remove(0)));
        assert_eq!(chunks.get_mut(list.len()), None);
    }
    assert_eq!((chunks.len(), chunks.swap_remove(0)), (0, None));
}
