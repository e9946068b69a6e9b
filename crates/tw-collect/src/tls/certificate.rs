//! What a certificate (RFC 5280) says of itself. It came from the network: it is read with bounds
//! and believed in nothing.
//!
//! **Room:** layer 1, pure. **May use:** `tw-ingest`. **Must not:** verify a signature; rustls does.

use super::der::{
    self, BIT_STRING, BOOLEAN_OR_SMALLER, Element, GENERALIZED_TIME, INTEGER, OCTET_STRING, OID,
    Reader, SEQUENCE, SET, UTC_TIME,
};
use std::net::IpAddr;
use tw_ingest::seen::CertificateSeen;
use tw_units::Timestamp;

/// The longest text that is kept of a certificate, in characters.
pub(super) const TEXT_LENGTH_MAX: usize = 256;

/// Names that are kept of a certificate; further ones are counted.
pub(super) const NAMES_MAX: usize = 50;

/// The longest serial number (RFC 5280 allows 20 bytes).
const SERIAL_BYTES_MAX: usize = 64;

/// Reads a certificate; none when the bytes are none.
pub(super) fn read(bytes: &[u8]) -> Option<CertificateSeen> {
    let mut outer = Reader(Reader(bytes).must(SEQUENCE)?);
    let mut body = Reader(outer.must(SEQUENCE)?);
    let signature = algorithm(outer.must(SEQUENCE)?)?;
    // [0] EXPLICIT version; without it version 1.
    body.may(0xa0);
    let serial = body.must(INTEGER)?;
    body.must(SEQUENCE)?;
    let issuer = body.must(SEQUENCE)?;
    let mut validity = Reader(body.must(SEQUENCE)?);
    let not_before = time(validity.next()?)?;
    let not_after = time(validity.next()?)?;
    let subject = body.must(SEQUENCE)?;
    let (key_type, key_bits) = key(body.must(SEQUENCE)?)?;
    // Unique identifiers of version 2, which nobody uses.
    body.may(0x81);
    body.may(0x82);
    let (names, names_left_out) = body.may(0xa3).map_or((Vec::new(), 0), alternative_names);
    Some(CertificateSeen {
        subject: name(subject),
        issuer: name(issuer),
        self_issued: subject == issuer,
        names,
        names_left_out,
        not_before,
        not_after,
        serial: tw_units::to_hex(&serial[..serial.len().min(SERIAL_BYTES_MAX)]),
        key_type,
        key_bits,
        signature: signature_name(&signature),
    })
}

/// The object identifier of an AlgorithmIdentifier.
fn algorithm(content: &[u8]) -> Option<String> {
    Some(der::oid(Reader(content).must(OID)?))
}

fn signature_name(oid: &str) -> String {
    let known = match oid {
        "1.2.840.113549.1.1.2" => "rsa-md2",
        "1.2.840.113549.1.1.4" => "rsa-md5",
        "1.2.840.113549.1.1.5" => "rsa-sha1",
        "1.2.840.113549.1.1.10" => "rsa-pss",
        "1.2.840.113549.1.1.11" => "rsa-sha256",
        "1.2.840.113549.1.1.12" => "rsa-sha384",
        "1.2.840.113549.1.1.13" => "rsa-sha512",
        "1.2.840.10040.4.3" => "dsa-sha1",
        "1.2.840.10045.4.1" => "ecdsa-sha1",
        "1.2.840.10045.4.3.2" => "ecdsa-sha256",
        "1.2.840.10045.4.3.3" => "ecdsa-sha384",
        "1.2.840.10045.4.3.4" => "ecdsa-sha512",
        "1.3.101.112" => "ed25519",
        "1.3.101.113" => "ed448",
        other => other,
    };
    known.to_owned()
}

/// The kind of a key, and its size in bits where it is known.
fn key(content: &[u8]) -> Option<(String, Option<u32>)> {
    let mut parts = Reader(content);
    let mut identifier = Reader(parts.must(SEQUENCE)?);
    let kind = der::oid(identifier.must(OID)?);
    let (_unused_bits, key) = parts.must(BIT_STRING)?.split_first()?;
    let modulus = |reader: &mut Reader<'_>| Some(der::bits(reader.must(INTEGER)?));
    let named = |name: &str, bits| Some((name.to_owned(), bits));
    match kind.as_str() {
        "1.2.840.113549.1.1.1" | "1.2.840.113549.1.1.10" => {
            let mut numbers = Reader(Reader(key).must(SEQUENCE)?);
            named("rsa", modulus(&mut numbers))
        }
        "1.2.840.10040.4.1" => {
            let mut numbers = Reader(identifier.may(SEQUENCE).unwrap_or_default());
            named("dsa", modulus(&mut numbers))
        }
        "1.2.840.10045.2.1" => {
            let curve = identifier.may(OID).map(der::oid).unwrap_or_default();
            match curve.as_str() {
                "1.2.840.10045.3.1.7" => named("ec p-256", Some(256)),
                "1.3.132.0.34" => named("ec p-384", Some(384)),
                "1.3.132.0.35" => named("ec p-521", Some(521)),
                _ => named("ec", None),
            }
        }
        "1.3.101.112" => named("ed25519", Some(256)),
        "1.3.101.113" => named("ed448", Some(456)),
        other => named(other, None),
    }
}

/// UTCTime until 2049, GeneralizedTime after (RFC 5280 §4.1.2.5).
fn time((tag, content): Element<'_>) -> Option<Timestamp> {
    let text = std::str::from_utf8(content).ok()?;
    let digits = text.strip_suffix('Z')?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = match (tag, digits.len()) {
        (UTC_TIME, 12) => {
            let century = if digits < "50" { "20" } else { "19" };
            format!("{century}{digits}")
        }
        (GENERALIZED_TIME, 14) => digits.to_owned(),
        _ => return None,
    };
    let part = |from: usize| digits.get(from..from + 2).unwrap_or("00");
    let year = digits.get(..4)?;
    let (month, day) = (part(4), part(6));
    let (hour, minute, second) = (part(8), part(10), part(12));
    format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z")
        .parse()
        .ok()
}

/// A Name as `CN=portal.example.vn, O=Example`.
fn name(content: &[u8]) -> String {
    let mut sets = Reader(content);
    let mut parts: Vec<String> = Vec::new();
    while let Some(set) = sets.must(SET) {
        let mut pairs = Reader(set);
        while let Some(pair) = pairs.must(SEQUENCE) {
            let mut pair = Reader(pair);
            let (Some(kind), Some(value)) = (pair.must(OID), pair.next()) else {
                continue;
            };
            parts.push(format!("{}={}", attribute(&der::oid(kind)), text(value)));
        }
    }
    cut(&parts.join(", "))
}

fn attribute(oid: &str) -> &str {
    match oid {
        "2.5.4.3" => "CN",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "0.9.2342.19200300.100.1.25" => "DC",
        "1.2.840.113549.1.9.1" => "E",
        other => other,
    }
}

/// A string of any of the kinds, without control characters.
fn text((tag, content): Element<'_>) -> String {
    const BMP: u8 = 0x1e;
    let whole = if tag == BMP {
        let units = content.chunks_exact(2);
        let units: Vec<u16> = units
            .map(|two| u16::from_be_bytes([two[0], two[1]]))
            .collect();
        String::from_utf16_lossy(&units)
    } else {
        String::from_utf8_lossy(content).into_owned()
    };
    cut(&whole)
}

/// At most so much, and nothing that steers a terminal or turns a line around.
pub(super) fn cut(text: &str) -> String {
    let steers = |c: &char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .filter(|c| !steers(c))
        .take(TEXT_LENGTH_MAX)
        .collect()
}

/// The DNS names and addresses of the subjectAltName extension, and how many were left out.
fn alternative_names(extensions: &[u8]) -> (Vec<String>, u64) {
    /// id-ce-subjectAltName, 2.5.29.17.
    const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];
    let (mut names, mut left_out) = (Vec::new(), 0);
    let mut all = Reader(Reader(extensions).must(SEQUENCE).unwrap_or_default());
    while let Some(one) = all.must(SEQUENCE) {
        let mut one = Reader(one);
        if one.must(OID) != Some(SUBJECT_ALT_NAME) {
            continue;
        }
        one.may(BOOLEAN_OR_SMALLER);
        let value = one.must(OCTET_STRING).unwrap_or_default();
        let mut general = Reader(Reader(value).must(SEQUENCE).unwrap_or_default());
        while let Some((tag, content)) = general.next() {
            let name = match (tag, content.len()) {
                (0x82, _) => cut(&String::from_utf8_lossy(content)),
                (0x87, 4) => address::<4>(content),
                (0x87, 16) => address::<16>(content),
                _ => continue,
            };
            if names.len() < NAMES_MAX {
                names.push(name);
            } else {
                left_out += 1;
            }
        }
    }
    (names, left_out)
}

fn address<const N: usize>(content: &[u8]) -> String
where
    IpAddr: From<[u8; N]>,
{
    let bytes: Option<[u8; N]> = content.try_into().ok();
    bytes.map_or_else(String::new, |bytes| IpAddr::from(bytes).to_string())
}
