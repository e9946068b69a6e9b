//! Secrets on their way from the centre to one collector, and on that collector's disk.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`. **Must not:** print or keep a secret in the
//! clear.
//!
//! XChaCha20-Poly1305 under SHA-256("tierwatch-seal-v1" ‖ token), with the credential's id as
//! associated data, so that a sealed secret cannot be moved to another credential.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use tw_ingest::SealedSecret;
use tw_units::{CredentialId, from_hex, to_hex};

const NONCE_LENGTH: usize = 24;

/// The key that seals the secrets of one collector.
#[derive(Clone)]
pub struct SealKey([u8; 32]);

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(…)")
    }
}

/// What an SNMP credential holds.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SnmpSecrets {
    /// The community of v1 and v2c.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub community: Option<String>,
    /// The user of v3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// `md5`, `sha1`, `sha224`, `sha256`, `sha384`, `sha512`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<String>,
    /// The authentication passphrase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_pass: Option<String>,
    /// `des`, `aes128`, `aes192`, `aes256`, `aes192c`, `aes256c`.
    #[serde(rename = "priv", skip_serializing_if = "Option::is_none")]
    pub privacy: Option<String>,
    /// The privacy passphrase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priv_pass: Option<String>,
    /// The context name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
}

impl fmt::Debug for SnmpSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SnmpSecrets(…)")
    }
}

/// Why a sealed secret could not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Not hex, or too short.
    #[error("the sealed secret is malformed")]
    Malformed,
    /// Another key or another credential.
    #[error("the sealed secret is not for this collector, or was changed")]
    Foreign,
    /// The inside is no SNMP credential.
    #[error("the sealed secret is no SNMP credential")]
    Contents,
}

impl SealKey {
    /// The key of the collector that has this token.
    pub fn of_token(token: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"tierwatch-seal-v1");
        hash.update(token.as_bytes());
        Self(hash.finalize().into())
    }

    /// The key from the bytes that the centre keeps of it.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for the centre to keep sealed under its own key.
    pub const fn to_bytes(&self) -> [u8; 32] {
        self.0
    }

    /// Seals a credential's secrets.
    pub fn seal(&self, credential: &CredentialId, secrets: &SnmpSecrets) -> SealedSecret {
        let nonce: [u8; NONCE_LENGTH] = rand::random();
        let plain = serde_json::to_vec(secrets).expect("plain data encodes as JSON");
        let payload = Payload {
            msg: &plain,
            aad: credential.as_str().as_bytes(),
        };
        let sealed = XChaCha20Poly1305::new(&self.0.into())
            .encrypt(&XNonce::from(nonce), payload)
            .expect("a credential is far shorter than the cipher's limit");
        SealedSecret(to_hex(&[&nonce, sealed.as_slice()].concat()))
    }

    /// Opens a credential's secrets.
    pub fn open(
        &self,
        credential: &CredentialId,
        sealed: &SealedSecret,
    ) -> Result<SnmpSecrets, SealError> {
        let bytes = from_hex(&sealed.0).ok_or(SealError::Malformed)?;
        let (nonce, body) = bytes
            .split_first_chunk::<NONCE_LENGTH>()
            .ok_or(SealError::Malformed)?;
        let payload = Payload {
            msg: body,
            aad: credential.as_str().as_bytes(),
        };
        let plain = XChaCha20Poly1305::new(&self.0.into())
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| SealError::Foreign)?;
        serde_json::from_slice(&plain).map_err(|_| SealError::Contents)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> SnmpSecrets {
        SnmpSecrets {
            community: Some("s3cret".into()),
            ..SnmpSecrets::default()
        }
    }

    #[test]
    fn only_the_collector_with_the_token_opens_a_secret() {
        let id = CredentialId::new("v2c-default").unwrap();
        let sealed = SealKey::of_token("token-a").seal(&id, &secrets());
        assert_eq!(
            SealKey::of_token("token-a").open(&id, &sealed),
            Ok(secrets())
        );
        assert_eq!(
            SealKey::of_token("token-b").open(&id, &sealed),
            Err(SealError::Foreign)
        );
        let other = CredentialId::new("other").unwrap();
        assert_eq!(
            SealKey::of_token("token-a").open(&other, &sealed),
            Err(SealError::Foreign)
        );
        assert!(!sealed.0.contains("s3cret"));
    }

    #[test]
    fn a_changed_or_torn_secret_is_refused() {
        let id = CredentialId::new("v2c-default").unwrap();
        let key = SealKey::of_token("token-a");
        let sealed = key.seal(&id, &secrets());
        for cut in 0..sealed.0.len() {
            assert!(
                key.open(&id, &SealedSecret(sealed.0[..cut].into()))
                    .is_err(),
                "{cut}"
            );
        }
        assert_eq!(
            key.open(&id, &SealedSecret("zz".into())),
            Err(SealError::Malformed)
        );
    }

    #[test]
    fn secrets_are_not_printed() {
        assert!(!format!("{:?}", secrets()).contains("s3cret"));
    }
}
