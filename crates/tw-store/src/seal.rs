//! Secrets at rest: sealed under a key that lies beside the data or comes from the system.
//!
//! **Room:** layer 1. **May use:** nothing of ours. **Must not:** log or show a secret.
//!
//! XChaCha20-Poly1305 with a random nonce; what is sealed is bound to its table, row and
//! version, so that a sealed value moved to another row does not open.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use rand::{TryRng, rngs::SysRng};
use sha2::{Digest, Sha256};
use std::{
    fmt,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};
use tw_units::{from_hex, to_hex};

/// Length of the key and of everything that is drawn at random here, in bytes.
const KEY_BYTES: usize = 32;

const NONCE_BYTES: usize = 24;

/// Why something could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The key's file could not be read or made.
    #[error("cannot {what} the key that seals secrets, {path}")]
    File {
        /// What we tried.
        what: &'static str,
        /// Which file.
        path: PathBuf,
        /// The system's answer.
        #[source]
        cause: std::io::Error,
    },
    /// The file holds something else.
    #[error("{path} holds no key: 64 hexadecimal digits are wanted")]
    NoKey {
        /// Which file.
        path: PathBuf,
    },
    /// The system has no random numbers.
    #[error("the system gives no random numbers")]
    Random,
    /// Another key, another row, or changed bytes.
    #[error("the secret does not open: another key sealed it, or it was moved or changed")]
    NotOpened,
}

/// What a secret is bound to.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// The row.
    pub id: &'a str,
    /// The row's version.
    pub version: u64,
}

/// The key.
#[derive(Clone)]
pub struct SealKey([u8; KEY_BYTES]);

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealKey({})", self.name())
    }
}

impl SealKey {
    /// A new key.
    pub fn draw() -> Result<Self, SealError> {
        random().map(Self)
    }

    /// Reads the key of a file of 64 hexadecimal digits.
    pub fn read(path: &Path) -> Result<Self, SealError> {
        let text = std::fs::read_to_string(path).map_err(|cause| SealError::File {
            what: "read",
            path: path.to_owned(),
            cause,
        })?;
        let bytes = from_hex(text.trim()).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| SealError::NoKey {
            path: path.to_owned(),
        })
    }

    /// Reads the key of a file, or draws one and keeps it there, readable by the owner alone.
    pub fn read_or_make(path: &Path) -> Result<Self, SealError> {
        if path.exists() {
            return Self::read(path);
        }
        let key = Self::draw()?;
        let file = |cause| SealError::File {
            what: "write",
            path: path.to_owned(),
            cause,
        };
        let made = std::fs::File::options()
            .write(true)
            .create_new(true)
            .mode(0o400)
            .open(path);
        match made {
            Ok(mut out) => {
                out.write_all(to_hex(&key.0).as_bytes()).map_err(file)?;
                out.sync_all().map_err(file)?;
                Ok(key)
            }
            // Another process was faster: its key is the key.
            Err(cause) if cause.kind() == std::io::ErrorKind::AlreadyExists => Self::read(path),
            Err(cause) => Err(file(cause)),
        }
    }

    /// A name for the key that says nothing about it: the start of a hash.
    pub fn name(&self) -> String {
        let hash = Sha256::new()
            .chain_update(b"tierwatch-key-name-v1")
            .chain_update(self.0);
        let mut name = to_hex(&hash.finalize());
        name.truncate(12);
        name
    }

    /// Seals a secret for its place.
    pub fn seal(&self, place: Place<'_>, secret: &[u8]) -> Result<Vec<u8>, SealError> {
        let nonce: [u8; NONCE_BYTES] = random()?;
        let aad = aad(place);
        let sealed = self
            .cipher()
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: secret,
                    aad: &aad,
                },
            )
            .map_err(|_| SealError::NotOpened)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed for this place.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, rest) = sealed
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or(SealError::NotOpened)?;
        let aad = aad(place);
        self.cipher()
            .decrypt(
                &XNonce::from(*nonce),
                Payload {
                    msg: rest,
                    aad: &aad,
                },
            )
            .map_err(|_| SealError::NotOpened)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.0.into())
    }
}

/// Lengths first, so that no two places read the same.
fn aad(place: Place<'_>) -> Vec<u8> {
    let mut bytes = b"tierwatch-rest-v1".to_vec();
    for text in [place.table, place.id] {
        bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes.extend_from_slice(&place.version.to_le_bytes());
    bytes
}

/// Bytes from the system's source of randomness.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], SealError> {
    let mut bytes = [0; N];
    SysRng
        .try_fill_bytes(&mut bytes)
        .map_err(|_| SealError::Random)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'_> = Place {
        table: "credential",
        id: "v2c-default",
        version: 1,
    };

    #[test]
    fn a_secret_opens_at_its_place_with_its_key_only() {
        let key = SealKey::draw().unwrap();
        let sealed = key.seal(PLACE, b"public").unwrap();
        assert_eq!(key.open(PLACE, &sealed).unwrap(), b"public");
        let other = SealKey::draw().unwrap();
        assert!(other.open(PLACE, &sealed).is_err(), "another key");
        for place in [
            Place {
                version: 2,
                ..PLACE
            },
            Place {
                id: "v2c-other",
                ..PLACE
            },
            Place {
                table: "collector_token",
                ..PLACE
            },
        ] {
            assert!(key.open(place, &sealed).is_err(), "{place:?}");
        }
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key.open(PLACE, &changed).is_err(), "byte {at}");
        }
    }

    #[test]
    fn a_key_file_is_the_owners_alone_and_stays() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("seal.key");
        let key = SealKey::read_or_make(&path).unwrap();
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o400
        );
        assert_eq!(SealKey::read_or_make(&path).unwrap().name(), key.name());
        let broken = dir.path().join("broken.key");
        std::fs::write(&broken, "not a key").unwrap();
        assert!(matches!(
            SealKey::read_or_make(&broken),
            Err(SealError::NoKey { .. })
        ));
    }
}
