//! The few parts of DER (ITU-T X.690) that a certificate is read with.
//!
//! **Room:** layer 1, pure. **May use:** nothing of ours. **Must not:** trust a length, or recurse.

/// Universal tags.
pub(super) const BOOLEAN_OR_SMALLER: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OID: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;

/// An element: its tag and what is in it.
pub(super) type Element<'a> = (u8, &'a [u8]);

/// Elements that follow one another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    /// The next element, whatever it is; none at the end, or where the bytes are none.
    pub(super) fn next(&mut self) -> Option<Element<'a>> {
        let (&tag, rest) = self.0.split_first()?;
        // Tags of several bytes are not in certificates.
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let count = usize::from(first & 0x7f);
            if !(1..=3).contains(&count) {
                return None;
            }
            let (bytes, rest) = rest.split_at_checked(count)?;
            let length = bytes
                .iter()
                .fold(0, |sum, byte| (sum << 8) | usize::from(*byte));
            (length, rest)
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }

    /// The next element, which must have this tag.
    pub(super) fn must(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (found, content) = self.next()?;
        (found == tag).then_some(content)
    }

    /// The next element if it has this tag; else it stays.
    pub(super) fn may(&mut self, tag: u8) -> Option<&'a [u8]> {
        let mut ahead = *self;
        let (found, content) = ahead.next()?;
        if found != tag {
            return None;
        }
        *self = ahead;
        Some(content)
    }
}

/// An object identifier as `1.2.840.113549`.
pub(super) fn oid(bytes: &[u8]) -> String {
    const ARCS_MAX: usize = 32;
    let mut arcs: Vec<u64> = Vec::new();
    let mut arc: u64 = 0;
    for byte in bytes {
        if arcs.len() >= ARCS_MAX || arc > u64::MAX >> 8 {
            return "?".to_owned();
        }
        arc = (arc << 7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            if arcs.is_empty() {
                let root = (arc / 40).min(2);
                arcs.push(root);
                arcs.push(arc - root * 40);
            } else {
                arcs.push(arc);
            }
            arc = 0;
        }
    }
    let texts: Vec<String> = arcs.iter().map(u64::to_string).collect();
    texts.join(".")
}

/// How many bits a positive whole number takes.
pub(super) fn bits(integer: &[u8]) -> u32 {
    let significant = integer.iter().position(|byte| *byte != 0);
    let Some(at) = significant else { return 0 };
    let bytes = integer.len() - at;
    let bits = bytes * 8 - integer[at].leading_zeros() as usize;
    u32::try_from(bits).unwrap_or(u32::MAX)
}
