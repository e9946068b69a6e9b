//! Numbers of variable length (LEB128): seven bits a byte, the lowest first.
//!
//! **Room:** layer 1. **May use:** nothing of ours. **Must not:** panic on any bytes.

pub(crate) fn put(bytes: &mut Vec<u8>, mut n: u64) {
    loop {
        let low = (n & 0x7f) as u8;
        n >>= 7;
        if n == 0 {
            return bytes.push(low);
        }
        bytes.push(low | 0x80);
    }
}

pub(crate) fn take(rest: &mut &[u8]) -> Option<u64> {
    let mut n = 0_u64;
    for shift in (0..64).step_by(7) {
        let (first, tail) = rest.split_first()?;
        *rest = tail;
        n |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(n);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn take_after_put_gives_the_number_back(n in any::<u64>()) {
            let mut bytes = Vec::new();
            put(&mut bytes, n);
            prop_assert_eq!(take(&mut bytes.as_slice()), Some(n));
            prop_assert_eq!(take(&mut &bytes[..bytes.len() - 1]), None);
        }
    }
}
