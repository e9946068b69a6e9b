//! An ordered map whose clones share what did not change: a register with 50,000 assets is copied
//! for each change of one of them.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours.
//!
//! The entries lie in pieces of at most [`PIECE_MAX`], in the order of their keys. A clone shares
//! all pieces; a change copies the one piece that it touches.

use std::{borrow::Borrow, fmt, ops::Index, sync::Arc};

/// The most entries of a piece: what a change of one copies.
const PIECE_MAX: usize = 128;

type Piece<K, V> = Arc<Vec<(K, V)>>;

/// An ordered map whose clones share what did not change.
pub struct CowMap<K, V> {
    /// None of them empty; all keys in ascending order.
    pieces: Vec<Piece<K, V>>,
}

impl<K, V> CowMap<K, V> {
    /// A map without entries.
    pub const fn new() -> Self {
        Self { pieces: Vec::new() }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.pieces.iter().map(|piece| piece.len()).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The entries in the order of their keys.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> + Clone {
        let pieces = self.pieces.iter();
        pieces.flat_map(|piece| piece.iter().map(|(key, value)| (key, value)))
    }

    /// The keys in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + Clone {
        self.iter().map(|(key, _)| key)
    }

    /// The values in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + Clone {
        self.iter().map(|(_, value)| value)
    }
}

impl<K: Ord, V> CowMap<K, V> {
    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let piece = self.pieces.get(self.piece_of(key))?;
        let at = place_in(piece, key).ok()?;
        piece.get(at).map(|(_, value)| value)
    }

    /// Whether there is a value of a key.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.get(key).is_some()
    }

    /// The first piece that does not end before a key.
    fn piece_of<Q: Ord + ?Sized>(&self, key: &Q) -> usize
    where
        K: Borrow<Q>,
    {
        let before = |piece: &Piece<K, V>| {
            let last = piece.last();
            last.is_some_and(|(last, _)| last.borrow() < key)
        };
        self.pieces.partition_point(before)
    }
}

impl<K: Ord + Clone, V: Clone> CowMap<K, V> {
    /// Puts a value, and gives back the one that was there.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let index = self.piece_of(&key);
        // Behind the last key: the last piece goes on until it is full, so that what comes in
        // order makes full pieces.
        let Some(piece) = self.pieces.get_mut(index) else {
            match self.pieces.last_mut() {
                Some(last) if last.len() < PIECE_MAX => Arc::make_mut(last).push((key, value)),
                _ => self.pieces.push(Arc::new(vec![(key, value)])),
            }
            return None;
        };
        let piece = Arc::make_mut(piece);
        match place_in(piece, &key) {
            Ok(at) => Some(std::mem::replace(&mut piece[at].1, value)),
            Err(at) => {
                piece.insert(at, (key, value));
                if piece.len() > PIECE_MAX {
                    let rest = piece.split_off(PIECE_MAX / 2);
                    self.pieces.insert(index + 1, Arc::new(rest));
                }
                None
            }
        }
    }

    /// Takes an entry out.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let index = self.piece_of(key);
        let piece = self.pieces.get_mut(index)?;
        let at = place_in(piece, key).ok()?;
        let piece = Arc::make_mut(piece);
        let (_, value) = piece.remove(at);
        if piece.is_empty() {
            self.pieces.remove(index);
        }
        Some(value)
    }

    /// The values in the order of their keys, to be changed: all pieces are copied.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        let pieces = self.pieces.iter_mut();
        pieces.flat_map(|piece| Arc::make_mut(piece).iter_mut().map(|(_, value)| value))
    }

    /// The value of a key, to be changed.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let index = self.piece_of(key);
        let piece = self.pieces.get_mut(index)?;
        let at = place_in(piece, key).ok()?;
        Arc::make_mut(piece).get_mut(at).map(|(_, value)| value)
    }
}

/// Where a key is in a piece, or where it would be.
fn place_in<K: Borrow<Q>, V, Q: Ord + ?Sized>(piece: &[(K, V)], key: &Q) -> Result<usize, usize> {
    piece.binary_search_by(|(own, _)| own.borrow().cmp(key))
}

impl<K, V> Default for CowMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V> Clone for CowMap<K, V> {
    fn clone(&self) -> Self {
        Self {
            pieces: self.pieces.clone(),
        }
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for CowMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<K: Eq, V: Eq> Eq for CowMap<K, V> {}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for CowMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Ord + Clone, V: Clone> FromIterator<(K, V)> for CowMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }
}

impl<K: Ord + Borrow<Q>, V, Q: Ord + ?Sized> Index<&Q> for CowMap<K, V> {
    type Output = V;
    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("the map has the key")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Put(u16, u32),
        Change(u16, u32),
        Remove(u16),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let key = 0u16..700;
        let step = prop_oneof![
            4 => (key.clone(), any::<u32>()).prop_map(|(k, v)| Step::Put(k, v)),
            1 => (key.clone(), any::<u32>()).prop_map(|(k, v)| Step::Change(k, v)),
            2 => key.prop_map(Step::Remove),
        ];
        proptest::collection::vec(step, 0..900)
    }

    /// The same step in both maps gives the same answer.
    fn take(step: Step, map: &mut CowMap<u16, u32>, twin: &mut BTreeMap<u16, u32>) {
        match step {
            Step::Put(k, v) => assert_eq!(map.insert(k, v), twin.insert(k, v)),
            Step::Remove(k) => assert_eq!(map.remove(&k), twin.remove(&k)),
            Step::Change(k, v) => {
                let (a, b) = (map.get_mut(&k), twin.get_mut(&k));
                assert_eq!(a.as_deref(), b.as_deref());
                if let (Some(a), Some(b)) = (a, b) {
                    (*a, *b) = (v, v);
                }
            }
        }
    }

    fn assert_same(map: &CowMap<u16, u32>, twin: &BTreeMap<u16, u32>) {
        assert!(map.iter().eq(twin.iter()));
        assert!(map.iter().rev().eq(twin.iter().rev()));
        assert_eq!(
            (map.len(), map.is_empty()),
            (twin.len(), twin.is_empty()),
            "{map:?}"
        );
        for key in 0..701 {
            assert_eq!(map.get(&key), twin.get(&key));
        }
        assert!(
            map.pieces
                .iter()
                .all(|p| (1..=PIECE_MAX).contains(&p.len()))
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn it_answers_as_a_tree_map_does_and_leaves_its_clones_alone(
            before in steps(),
            after in steps(),
        ) {
            let (mut map, mut twin) = (CowMap::new(), BTreeMap::new());
            for step in before {
                take(step, &mut map, &mut twin);
            }
            let (mut kept, kept_twin) = (map.clone(), twin.clone());
            for step in after {
                take(step, &mut map, &mut twin);
            }
            assert_same(&map, &twin);
            assert_same(&kept, &kept_twin);
            kept.values_mut().for_each(|value| *value = 0);
            prop_assert!(kept.values().eq(kept_twin.values().map(|_| &0)));
        }
    }

    #[test]
    fn a_change_copies_one_piece_and_what_comes_in_order_fills_them() {
        let map: CowMap<u32, u32> = (0..1_000).map(|n| (n, n)).collect();
        assert_eq!(map.pieces.len(), 1_000_usize.div_ceil(PIECE_MAX));
        let mut other = map.clone();
        other.insert(500, 0);
        let shared = map
            .pieces
            .iter()
            .zip(&other.pieces)
            .filter(|(a, b)| Arc::ptr_eq(a, b))
            .count();
        assert_eq!(shared, map.pieces.len() - 1);
        assert_eq!((map[&500], other[&500]), (500, 0));
    }
}
