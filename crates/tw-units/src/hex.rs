//! Octets as hexadecimal text and back.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** accept what it would not
//! write, but for capital letters.

/// Octets as lower-case hexadecimal digits, two an octet.
pub fn to_hex(octets: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    octets
        .iter()
        .flat_map(|octet| [digit(octet >> 4), digit(octet & 15)])
        .collect()
}

/// The octets of hexadecimal digits, two an octet and nothing between them; `None` for all else.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .map(|digit| digit.to_le_bytes()[0])
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs
        .iter()
        .map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_octet_comes_back() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(from_hex(&to_hex(&all)), Some(all));
        assert_eq!(to_hex(&[0, 9, 0xaf]), "0009af");
        assert_eq!(from_hex("0009AF"), Some(vec![0, 9, 0xaf]));
        assert_eq!(from_hex(""), Some(Vec::new()));
    }

    #[test]
    fn what_is_no_octets_is_refused() {
        for text in ["0", "0g", "+f", "0 ", "é0", " 00", "0x00"] {
            assert_eq!(from_hex(text), None, "{text:?}");
        }
    }
}
