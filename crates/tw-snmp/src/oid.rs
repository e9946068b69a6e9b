//! Object identifiers.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours.

use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt, str::FromStr};

/// The most sub-identifiers an object identifier may have on the wire (RFC 2578 §3.5).
pub const OID_ARCS_MAX: usize = 128;

/// An object identifier: its arcs, compared as numbers from left to right, which is the order
/// in which agents walk (RFC 2578 §7.7).
///
/// In text it is dotted without a leading dot; on input a leading dot is accepted. Reading
/// from text or from the wire keeps to [`OID_ARCS_MAX`]; one built in memory with
/// [`Oid::child`] may be longer, and peers refuse it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Oid(Cow<'static, [u32]>);

/// Why a text or a list of arcs is no object identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OidError {
    /// Not numbers separated by dots.
    #[error("{text:?} is no object identifier; write numbers with dots, as 1.3.6.1.2.1.1.3.0")]
    NotDotted {
        /// What was read.
        text: String,
    },
    /// More arcs than the wire allows.
    #[error("an object identifier has at most {OID_ARCS_MAX} arcs, this one has {arcs}")]
    TooLong {
        /// How many there were.
        arcs: usize,
    },
    /// The first arc is above 2, or the second above 39 under 0 or 1 (X.690 §8.19.4).
    #[error("no object identifier starts with {first}.{second}")]
    BadRoot {
        /// The first arc.
        first: u32,
        /// The second arc.
        second: u32,
    },
}

impl Oid {
    /// For tables of constants; the arcs are checked while compiling when used in a `const`.
    ///
    /// # Panics
    /// When the arcs are no object identifier.
    pub const fn from_static(arcs: &'static [u32]) -> Self {
        assert!(
            arcs.len() <= OID_ARCS_MAX,
            "an object identifier has at most 128 arcs"
        );
        assert!(root_is_good(arcs), "no object identifier starts like this");
        Self(Cow::Borrowed(arcs))
    }

    /// From arcs that come from anywhere.
    pub fn from_arcs(arcs: &[u32]) -> Result<Self, OidError> {
        if arcs.len() > OID_ARCS_MAX {
            return Err(OidError::TooLong { arcs: arcs.len() });
        }
        if !root_is_good(arcs) {
            return Err(OidError::BadRoot {
                first: arcs.first().copied().unwrap_or(0),
                second: arcs.get(1).copied().unwrap_or(0),
            });
        }
        Ok(Self(Cow::Owned(arcs.to_vec())))
    }

    /// From arcs that a decoder has already checked.
    pub(crate) fn from_checked(arcs: Vec<u32>) -> Self {
        Self(Cow::Owned(arcs))
    }

    /// The arcs.
    pub fn as_slice(&self) -> &[u32] {
        &self.0
    }

    /// How many arcs.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no arc at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this lies in the subtree `prefix`, which includes `prefix` itself.
    pub fn starts_with(&self, prefix: &Self) -> bool {
        self.0.starts_with(&prefix.0)
    }

    /// The arcs behind `prefix`, or `None` when this lies outside of it.
    pub fn suffix_of(&self, prefix: &Self) -> Option<&[u32]> {
        self.0.strip_prefix(prefix.as_slice())
    }

    /// This with one more arc.
    #[must_use]
    pub fn child(&self, arc: u32) -> Self {
        self.join(&[arc])
    }

    /// This with more arcs.
    #[must_use]
    pub fn join(&self, arcs: &[u32]) -> Self {
        let mut all = Vec::with_capacity(self.0.len() + arcs.len());
        all.extend_from_slice(&self.0);
        all.extend_from_slice(arcs);
        Self(Cow::Owned(all))
    }

    /// The content bytes as they stand on the wire, to compare with
    /// [`crate::RawOid::as_bytes`] without decoding.
    pub fn to_wire(&self) -> Vec<u8> {
        let mut writer = crate::ber::Writer::default();
        writer.oid_content(self);
        writer.into_bytes()
    }

    /// This without its last arc; `None` at the root.
    pub fn parent(&self) -> Option<Self> {
        let (_, rest) = self.0.split_last()?;
        Some(Self(Cow::Owned(rest.to_vec())))
    }
}

const fn root_is_good(arcs: &[u32]) -> bool {
    match arcs {
        [] => true,
        [first] => *first <= 2,
        [first, second, ..] => *first == 2 || (*first < 2 && *second < 40),
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_dotted(f, self.0.iter().copied())
    }
}

/// Writes arcs with dots between them.
pub(crate) fn write_dotted(
    f: &mut fmt::Formatter<'_>,
    arcs: impl Iterator<Item = u32>,
) -> fmt::Result {
    for (position, arc) in arcs.enumerate() {
        if position > 0 {
            f.write_str(".")?;
        }
        write!(f, "{arc}")?;
    }
    Ok(())
}

impl FromStr for Oid {
    type Err = OidError;
    fn from_str(text: &str) -> Result<Self, OidError> {
        let dotted = text.strip_prefix('.').unwrap_or(text);
        let not_dotted = || OidError::NotDotted {
            text: text.chars().take(200).collect(),
        };
        let arcs = dotted
            .split('.')
            .map(|arc| match arc.as_bytes() {
                [b'0'..=b'9', ..] => arc.parse().map_err(|_| not_dotted()),
                _ => Err(not_dotted()),
            })
            .take(OID_ARCS_MAX + 1)
            .collect::<Result<Vec<u32>, _>>()?;
        Self::from_arcs(&arcs)
    }
}

impl TryFrom<String> for Oid {
    type Error = OidError;
    fn try_from(text: String) -> Result<Self, OidError> {
        text.parse()
    }
}

impl From<Oid> for String {
    fn from(oid: Oid) -> Self {
        oid.to_string()
    }
}

impl<const N: usize> TryFrom<[u32; N]> for Oid {
    type Error = OidError;
    fn try_from(arcs: [u32; N]) -> Result<Self, OidError> {
        Self::from_arcs(&arcs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let shown = match text.parse::<Oid>() {
            Ok(oid) => oid.to_string(),
            Err(problem) => problem.to_string(),
        };
        assert_eq!(shown, expect);
    }

    #[test]
    fn text_is_read_with_and_without_the_leading_dot() {
        check("1.3.6.1", "1.3.6.1");
        check(".1.3.6.1", "1.3.6.1");
        check("1.3.4294967295", "1.3.4294967295");
        check("2.999.1", "2.999.1");
    }

    #[test]
    fn a_text_that_is_no_identifier_is_named() {
        for text in [
            "",
            ".",
            "1.",
            "..1",
            "1..3",
            "1.+3",
            "1.-3",
            "1.a",
            "1.4294967296",
        ] {
            check(
                text,
                &format!(
                    "{text:?} is no object identifier; write numbers with dots, as 1.3.6.1.2.1.1.3.0"
                ),
            );
        }
        check("3.1", "no object identifier starts with 3.1");
        check("1.40", "no object identifier starts with 1.40");
        check(
            &vec!["1"; 300].join("."),
            "an object identifier has at most 128 arcs, this one has 129",
        );
    }

    #[test]
    fn identifiers_are_ordered_by_number_and_not_by_text() {
        let sorted = ["1.3", "1.3.6", "1.3.9", "1.3.10", "1.3.10.0", "1.3.11"];
        let mut oids: Vec<Oid> = sorted.iter().rev().map(|o| o.parse().unwrap()).collect();
        oids.sort();
        let shown: Vec<String> = oids.iter().map(Oid::to_string).collect();
        assert_eq!(shown, sorted);
    }

    #[test]
    fn a_subtree_holds_itself_and_what_is_below() {
        const SYSTEM: Oid = Oid::from_static(&[1, 3, 6, 1, 2, 1, 1]);
        let name = SYSTEM.child(5).child(0);
        assert!(name.starts_with(&SYSTEM) && SYSTEM.starts_with(&SYSTEM));
        assert!(!SYSTEM.starts_with(&name));
        assert_eq!(name.suffix_of(&SYSTEM), Some(&[5, 0][..]));
        assert_eq!(name.parent().unwrap(), SYSTEM.child(5));
    }
}
