//! Which algorithms a user's messages are signed and encrypted with.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Authentication: HMAC over one of these hashes (RFC 3414 §6, §7; RFC 7860).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AuthProtocol {
    /// Broken as a hash; kept for devices that have nothing else.
    Md5,
    /// The default of old devices.
    Sha1,
    /// RFC 7860.
    Sha224,
    /// RFC 7860; the one every device should have.
    Sha256,
    /// RFC 7860.
    Sha384,
    /// RFC 7860.
    Sha512,
}

/// Encryption (RFC 3414 §8, RFC 3826, and two drafts for longer AES keys).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PrivProtocol {
    /// Breakable by trying all keys; kept for devices that have nothing else.
    Des,
    /// RFC 3826.
    Aes128,
    /// Key extension of draft-blumenthal-aes-usm-04, as net-snmp has it.
    Aes192,
    /// Key extension of draft-blumenthal-aes-usm-04, as net-snmp has it.
    Aes256,
    /// Key extension of draft-reeder-snmpv3-usm-3desede-00, as Cisco has it.
    Aes192c,
    /// Key extension of draft-reeder-snmpv3-usm-3desede-00, as Cisco has it.
    Aes256c,
}

/// A word that names no protocol.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no {what} protocol; there are {allowed}")]
pub struct UnknownProtocol {
    what: &'static str,
    text: String,
    allowed: &'static str,
}

const AUTH: [(AuthProtocol, &str); 6] = [
    (AuthProtocol::Md5, "md5"),
    (AuthProtocol::Sha1, "sha1"),
    (AuthProtocol::Sha224, "sha224"),
    (AuthProtocol::Sha256, "sha256"),
    (AuthProtocol::Sha384, "sha384"),
    (AuthProtocol::Sha512, "sha512"),
];

const PRIVACY: [(PrivProtocol, &str); 6] = [
    (PrivProtocol::Des, "des"),
    (PrivProtocol::Aes128, "aes128"),
    (PrivProtocol::Aes192, "aes192"),
    (PrivProtocol::Aes256, "aes256"),
    (PrivProtocol::Aes192c, "aes192c"),
    (PrivProtocol::Aes256c, "aes256c"),
];

impl AuthProtocol {
    /// How many bytes of the HMAC a message carries.
    pub const fn mac_len(self) -> usize {
        match self {
            Self::Md5 | Self::Sha1 => 12,
            Self::Sha224 => 16,
            Self::Sha256 => 24,
            Self::Sha384 => 32,
            Self::Sha512 => 48,
        }
    }

    /// Our word for it.
    pub fn name(self) -> &'static str {
        name_in(&AUTH, self)
    }
}

impl PrivProtocol {
    /// How many bytes of localised key it takes.
    pub(crate) const fn key_len(self) -> usize {
        match self {
            Self::Des | Self::Aes128 => 16,
            Self::Aes192 | Self::Aes192c => 24,
            Self::Aes256 | Self::Aes256c => 32,
        }
    }

    /// Our word for it.
    pub fn name(self) -> &'static str {
        name_in(&PRIVACY, self)
    }
}

fn name_in<T: Copy + PartialEq>(table: &[(T, &'static str)], wanted: T) -> &'static str {
    table
        .iter()
        .find_map(|(protocol, name)| (*protocol == wanted).then_some(*name))
        .unwrap_or("unknown")
}

/// Lower case, without the dashes that people put in: `SHA-256` is `sha256`.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '-' | '_'))
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

impl FromStr for AuthProtocol {
    type Err = UnknownProtocol;
    fn from_str(text: &str) -> Result<Self, UnknownProtocol> {
        let word = plain(text);
        let word = if word == "sha" { "sha1" } else { &word };
        AUTH.iter()
            .find_map(|(protocol, name)| (*name == word).then_some(*protocol))
            .ok_or_else(|| UnknownProtocol {
                what: "authentication",
                text: text.to_owned(),
                allowed: "md5, sha1, sha224, sha256, sha384, sha512",
            })
    }
}

impl FromStr for PrivProtocol {
    type Err = UnknownProtocol;
    fn from_str(text: &str) -> Result<Self, UnknownProtocol> {
        let word = plain(text);
        let word = if word == "aes" { "aes128" } else { &word };
        PRIVACY
            .iter()
            .find_map(|(protocol, name)| (*name == word).then_some(*protocol))
            .ok_or_else(|| UnknownProtocol {
                what: "privacy",
                text: text.to_owned(),
                allowed: "des, aes128, aes192, aes256, aes192c, aes256c",
            })
    }
}

impl fmt::Display for AuthProtocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for PrivProtocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
