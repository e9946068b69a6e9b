//! One value as a device gave it, with no meaning yet.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** do I/O.

/// A value of an answer. Absent objects (`noSuchObject`, `noSuchInstance`, `endOfMibView`,
/// `NULL`) have no cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// `INTEGER`.
    Int(i64),
    /// `Counter32`, `Gauge32`, `TimeTicks`, `Counter64`.
    Uint(u64),
    /// `OCTET STRING`, `IpAddress`, `Opaque`.
    Bytes(Vec<u8>),
    /// `OBJECT IDENTIFIER`.
    Oid(Vec<u32>),
}

impl Cell {
    /// The number, if it is one.
    pub fn number(&self) -> Option<i128> {
        match self {
            Self::Int(n) => Some(i128::from(*n)),
            Self::Uint(n) => Some(i128::from(*n)),
            Self::Bytes(_) | Self::Oid(_) => None,
        }
    }

    /// The number as a code or an index.
    pub fn code(&self) -> Option<i64> {
        self.number().and_then(|n| i64::try_from(n).ok())
    }

    /// The octets, if it has some.
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            Self::Int(_) | Self::Uint(_) | Self::Oid(_) => None,
        }
    }

    /// The object identifier, if it is one.
    pub fn oid(&self) -> Option<&[u32]> {
        match self {
            Self::Oid(oid) => Some(oid),
            Self::Int(_) | Self::Uint(_) | Self::Bytes(_) => None,
        }
    }
}

/// An object identifier as people write it, without a leading dot.
pub fn dotted(oid: &[u32]) -> String {
    let mut text = String::new();
    for (position, arc) in oid.iter().enumerate() {
        if position > 0 {
            text.push('.');
        }
        text.push_str(&arc.to_string());
    }
    text
}
