//! The values of one poll round as bytes: made once at the collector, kept as they are in the
//! spool and in the centre's store.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** do I/O.
//!
//! Per column a varint of `zigzag(mantissa) << 3 | tag`; tags 0 to 3 are the decimal places of
//! the mantissa, 4 says that eight bytes of an IEEE 754 double follow, 5 is a missing value.
//! A CRC-32 (IEEE) of all that stands at the end, because a database page has none.

/// The most columns that a round may have.
pub const COLUMNS_MAX: usize = 65_536;

const TAG_FLOAT: u128 = 4;
const TAG_MISSING: u128 = 5;

/// A value of a round: a whole number (counters, states, most gauges) or a float.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A counter, a state or a whole gauge. Counters of 64 bits use the whole range of `u64`.
    Whole(i128),
    /// Anything else. Never NaN: a value that is not known is missing.
    Float(f64),
}

impl Value {
    /// The value as a float, for charts and sums.
    #[expect(
        clippy::cast_precision_loss,
        reason = "charts do not show the 54th bit"
    )]
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Whole(n) => n as f64,
            Self::Float(x) => x,
        }
    }

    /// The value as a whole number, if it is one.
    pub fn as_whole(self) -> Option<i128> {
        match self {
            Self::Whole(n) => Some(n),
            Self::Float(_) => None,
        }
    }
}

/// Why the bytes are no round.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoundError {
    /// The checksum does not fit: torn or changed.
    #[error("the checksum of the round does not fit its bytes")]
    Checksum,
    /// Too short, or a number that runs past the end.
    #[error("the round ends inside a value")]
    Truncated,
    /// An unknown tag, or a number that no value has.
    #[error("the round has a value of an unknown kind")]
    Unknown,
    /// More than [`COLUMNS_MAX`] columns.
    #[error("the round has more than {COLUMNS_MAX} columns")]
    TooWide,
}

/// Writes the values of a round; `None` is a value that was asked for and not had.
pub fn encode(values: &[Option<Value>]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(values.len() * 4 + 4);
    for value in values {
        match *value {
            None => put_varint(&mut bytes, TAG_MISSING),
            Some(Value::Whole(n)) => put_varint(&mut bytes, zigzag(n) << 3),
            Some(Value::Float(x)) => put_float(&mut bytes, x),
        }
    }
    let crc = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&crc.to_le_bytes());
    bytes
}

/// Reads the values of a round.
pub fn decode(bytes: &[u8]) -> Result<Vec<Option<Value>>, RoundError> {
    let mut values = Vec::new();
    for value in columns(bytes)? {
        if values.len() == COLUMNS_MAX {
            return Err(RoundError::TooWide);
        }
        values.push(value?);
    }
    Ok(values)
}

/// The columns one by one, after the checksum was found good; for readers that want few of them.
pub fn columns(
    bytes: &[u8],
) -> Result<impl Iterator<Item = Result<Option<Value>, RoundError>> + '_, RoundError> {
    let (body, crc) = bytes.split_last_chunk::<4>().ok_or(RoundError::Truncated)?;
    if crc32fast::hash(body) != u32::from_le_bytes(*crc) {
        return Err(RoundError::Checksum);
    }
    let mut rest = body;
    Ok(std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let value = take_value(&mut rest);
        if value.is_err() {
            rest = &[];
        }
        Some(value)
    }))
}

/// Floats with at most three decimals become whole mantissas, which pack better.
fn put_float(bytes: &mut Vec<u8>, x: f64) {
    const LIMIT: f64 = 9e15;
    for (tag, scale) in [(1_u128, 10.0), (2, 100.0), (3, 1_000.0)] {
        let scaled = x * scale;
        #[expect(clippy::float_cmp, reason = "only an exact way back may be taken")]
        if scaled.abs() < LIMIT && scaled.fract() == 0.0 && scaled / scale == x {
            #[expect(clippy::cast_possible_truncation, reason = "below 9e15 it fits")]
            put_varint(bytes, zigzag(scaled as i128) << 3 | tag);
            return;
        }
    }
    put_varint(bytes, TAG_FLOAT);
    bytes.extend_from_slice(&x.to_le_bytes());
}

fn take_value(rest: &mut &[u8]) -> Result<Option<Value>, RoundError> {
    let word = take_varint(rest)?;
    let mantissa = unzigzag(word >> 3);
    #[expect(
        clippy::cast_precision_loss,
        reason = "written from a double below 9e15"
    )]
    let scaled = |scale: f64| Ok(Some(Value::Float(mantissa as f64 / scale)));
    match word & 7 {
        0 => Ok(Some(Value::Whole(mantissa))),
        1 => scaled(10.0),
        2 => scaled(100.0),
        3 => scaled(1_000.0),
        TAG_FLOAT => {
            let (head, tail) = rest.split_first_chunk::<8>().ok_or(RoundError::Truncated)?;
            *rest = tail;
            Ok(Some(Value::Float(f64::from_le_bytes(*head))))
        }
        TAG_MISSING => Ok(None),
        _ => Err(RoundError::Unknown),
    }
}

#[expect(
    clippy::cast_sign_loss,
    reason = "zigzag maps the sign to the lowest bit"
)]
const fn zigzag(n: i128) -> u128 {
    // Counters of 64 bits and their negatives need 66 bits; 128 leave room for the tag.
    ((n << 1) ^ (n >> 127)) as u128
}

#[expect(clippy::cast_possible_wrap, reason = "the inverse of zigzag")]
const fn unzigzag(z: u128) -> i128 {
    (z >> 1) as i128 ^ -((z & 1) as i128)
}

fn put_varint(bytes: &mut Vec<u8>, mut n: u128) {
    loop {
        let low = (n & 0x7f) as u8;
        n >>= 7;
        if n == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}

fn take_varint(rest: &mut &[u8]) -> Result<u128, RoundError> {
    let mut n = 0_u128;
    for shift in (0..126).step_by(7) {
        let (first, tail) = rest.split_first().ok_or(RoundError::Truncated)?;
        *rest = tail;
        n |= u128::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Ok(n);
        }
    }
    Err(RoundError::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_value() -> impl Strategy<Value = Option<Value>> {
        prop_oneof![
            Just(None),
            any::<u64>().prop_map(|n| Some(Value::Whole(i128::from(n)))),
            any::<i64>().prop_map(|n| Some(Value::Whole(i128::from(n)))),
            (-1_000_000_i32..1_000_000).prop_map(|n| Some(Value::Float(f64::from(n) / 100.0))),
            any::<f64>()
                .prop_filter("no NaN", |x| !x.is_nan())
                .prop_map(|x| Some(Value::Float(x))),
        ]
    }

    proptest! {
        #[test]
        fn decode_after_encode_gives_the_values_back(
            values in prop::collection::vec(any_value(), 0..200)
        ) {
            let read = decode(&encode(&values)).unwrap();
            prop_assert_eq!(read.len(), values.len());
            for (a, b) in read.iter().zip(&values) {
                // As numbers: a float with few decimals is kept as a mantissa.
                prop_assert_eq!(a, b);
            }
        }

        #[test]
        fn one_changed_byte_is_found(
            values in prop::collection::vec(any_value(), 1..40),
            at in any::<prop::sample::Index>(),
            flip in 1_u8..,
        ) {
            let mut bytes = encode(&values);
            let at = at.index(bytes.len());
            bytes[at] ^= flip;
            prop_assert!(decode(&bytes).is_err());
        }
    }

    #[test]
    fn every_cut_prefix_is_an_error() {
        let bytes = encode(&[
            Some(Value::Whole(u64::MAX.into())),
            None,
            Some(Value::Float(0.1)),
        ]);
        for cut in 0..bytes.len() {
            assert!(decode(&bytes[..cut]).is_err(), "{cut}");
        }
    }

    #[test]
    fn small_values_take_few_bytes() {
        assert_eq!(encode(&[Some(Value::Whole(1))]).len(), 1 + 4);
        assert_eq!(encode(&[Some(Value::Float(21.5))]).len(), 2 + 4);
        assert_eq!(encode(&[None]).len(), 1 + 4);
    }
}
