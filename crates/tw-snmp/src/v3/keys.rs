//! Users and their keys: from passwords once, localised to an engine once.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** show a key.

use super::{
    AuthProtocol, PrivProtocol,
    cipher::{self, Mac},
};
use std::{fmt, sync::Arc};

/// The shortest password that RFC 3414 §11.2 allows.
pub const PASSWORD_LENGTH_MIN: usize = 8;

/// How a message is protected (RFC 3411 §3.4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecurityLevel {
    /// Anybody may have written and read it.
    NoAuthNoPriv,
    /// Signed.
    AuthNoPriv,
    /// Signed and encrypted.
    AuthPriv,
}

/// A user with the keys made of the passwords. Making one takes milliseconds (a hash over
/// 1 MiB, RFC 3414 §2.6): make it once and clone it, clones share the keys.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    name: Arc<[u8]>,
    auth: Option<(AuthProtocol, Arc<[u8]>)>,
    privacy: Option<(PrivProtocol, Arc<[u8]>)>,
}

/// Why there can be no such user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Shorter than the standard allows.
    #[error(
        "the {which} password has fewer than {PASSWORD_LENGTH_MIN} characters (RFC 3414 §11.2)"
    )]
    TooShort {
        /// Authentication or privacy.
        which: &'static str,
    },
    /// Encryption without a signature does not exist.
    #[error(
        "a privacy password needs an authentication protocol and password too (RFC 3411 §3.4.3)"
    )]
    PrivacyAlone,
    /// A name longer than 32 bytes.
    #[error("a user name has 1 to 32 bytes (RFC 3414 §5)")]
    Name,
}

impl User {
    /// A user; without `auth` its messages are neither signed nor encrypted.
    pub fn new(
        name: &str,
        auth: Option<(AuthProtocol, &str)>,
        privacy: Option<(PrivProtocol, &str)>,
    ) -> Result<Self, PasswordError> {
        if name.is_empty() || name.len() > 32 {
            return Err(PasswordError::Name);
        }
        let (auth, privacy) = match (auth, privacy) {
            (None, None) => (None, None),
            (None, Some(_)) => return Err(PasswordError::PrivacyAlone),
            (Some((hash, password)), privacy) => {
                let key = master_key(hash, password, "authentication")?;
                let privacy = match privacy {
                    None => None,
                    Some((protocol, password)) => {
                        Some((protocol, master_key(hash, password, "privacy")?))
                    }
                };
                (Some((hash, key)), privacy)
            }
        };
        Ok(Self {
            name: name.as_bytes().into(),
            auth,
            privacy,
        })
    }

    /// The name that messages carry.
    pub fn name(&self) -> &[u8] {
        &self.name
    }

    /// How this user's messages are protected.
    pub const fn level(&self) -> SecurityLevel {
        match (&self.auth, &self.privacy) {
            (None, _) => SecurityLevel::NoAuthNoPriv,
            (Some(_), None) => SecurityLevel::AuthNoPriv,
            (Some(_), Some(_)) => SecurityLevel::AuthPriv,
        }
    }

    /// Binds the keys to one engine (RFC 3414 §2.6).
    pub fn localize(&self, engine_id: &[u8]) -> LocalUser {
        let privacy = match (&self.auth, &self.privacy) {
            (Some((hash, _)), Some((protocol, master))) => Some((
                *protocol,
                privacy_key(*hash, *protocol, master, engine_id).into(),
            )),
            _ => None,
        };
        LocalUser {
            name: Arc::clone(&self.name),
            auth: self.auth.as_ref().map(|(hash, master)| {
                let key = cipher::hash(*hash, &[master, engine_id, master]);
                (*hash, Mac::new(*hash, &key))
            }),
            privacy,
        }
    }
}

fn master_key(
    hash: AuthProtocol,
    password: &str,
    which: &'static str,
) -> Result<Arc<[u8]>, PasswordError> {
    if password.len() < PASSWORD_LENGTH_MIN {
        return Err(PasswordError::TooShort { which });
    }
    Ok(cipher::hash_of_megabyte(hash, password.as_bytes()).into())
}

/// The localised key, lengthened where the hash is shorter than the key that the cipher takes.
fn privacy_key(
    hash: AuthProtocol,
    protocol: PrivProtocol,
    master: &[u8],
    engine_id: &[u8],
) -> Vec<u8> {
    let mut key = cipher::hash(hash, &[master, engine_id, master]);
    while key.len() < protocol.key_len() {
        let more = match protocol {
            PrivProtocol::Aes192c | PrivProtocol::Aes256c => {
                // Reeder: the key so far is the password of the next part.
                let next = cipher::hash_of_megabyte(hash, &key);
                cipher::hash(hash, &[&next, engine_id, &next])
            }
            // Blumenthal: the hash of the key so far.
            _ => cipher::hash(hash, &[&key]),
        };
        key.extend(more);
    }
    key.truncate(protocol.key_len());
    key
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("name", &String::from_utf8_lossy(&self.name))
            .field("auth", &self.auth.as_ref().map(|(hash, _)| hash))
            .field("privacy", &self.privacy.as_ref().map(|(cipher, _)| cipher))
            .finish_non_exhaustive()
    }
}

/// A user at one engine: ready to sign and encrypt.
#[derive(Clone)]
pub struct LocalUser {
    pub(super) name: Arc<[u8]>,
    pub(super) auth: Option<(AuthProtocol, Mac)>,
    pub(super) privacy: Option<(PrivProtocol, Arc<[u8]>)>,
}

impl LocalUser {
    /// Nobody: for discovery, and for reports about messages of unknown users.
    pub(super) fn nobody() -> Self {
        Self {
            name: Arc::from([]),
            auth: None,
            privacy: None,
        }
    }

    /// The name that messages carry.
    pub fn name(&self) -> &[u8] {
        &self.name
    }

    /// The most protection that this user's keys give.
    pub const fn level(&self) -> SecurityLevel {
        match (&self.auth, &self.privacy) {
            (None, _) => SecurityLevel::NoAuthNoPriv,
            (Some(_), None) => SecurityLevel::AuthNoPriv,
            (Some(_), Some(_)) => SecurityLevel::AuthPriv,
        }
    }

    /// The same user at a lower level.
    pub(super) fn lowered_to(&self, level: SecurityLevel) -> Self {
        let mut lowered = self.clone();
        if level < SecurityLevel::AuthPriv {
            lowered.privacy = None;
        }
        if level < SecurityLevel::AuthNoPriv {
            lowered.auth = None;
        }
        lowered
    }
}

impl fmt::Debug for LocalUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalUser")
            .field("name", &String::from_utf8_lossy(&self.name))
            .field("level", &self.level())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGINE: [u8; 12] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];

    fn shown(bytes: &[u8]) -> String {
        use std::fmt::Write as _;
        bytes.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
    }

    #[track_caller]
    fn check(hash: AuthProtocol, expect_master: &str, expect_local: &str) {
        let master = master_key(hash, "maplesyrup", "authentication").unwrap();
        assert_eq!(shown(&master), expect_master);
        let local = cipher::hash(hash, &[&master, &ENGINE, &master]);
        assert_eq!(shown(&local), expect_local);
    }

    #[test]
    fn passwords_become_the_keys_of_rfc_3414_a_3() {
        check(
            AuthProtocol::Md5,
            "9faf3283884e92834ebc9847d8edd963",
            "526f5eed9fcce26f8964c2930787d82b",
        );
        check(
            AuthProtocol::Sha1,
            "9fb5cc0381497b3793528939ff788d5d79145211",
            "6695febc9288e36282235fc7151f128497b38f3f",
        );
    }

    #[test]
    fn long_keys_are_extended_as_draft_reeder_appendix_b_says() {
        for (hash, expect) in [
            (
                AuthProtocol::Md5,
                "526f5eed9fcce26f8964c2930787d82b79eff44a90650ee0a3a40abfac5acc12",
            ),
            (
                AuthProtocol::Sha1,
                "6695febc9288e36282235fc7151f128497b38f3f9b8b6d78936ba6e7d19dfd9c",
            ),
        ] {
            let master = master_key(hash, "maplesyrup", "privacy").unwrap();
            let key = privacy_key(hash, PrivProtocol::Aes256c, &master, &ENGINE);
            assert_eq!(shown(&key), expect);
        }
    }

    #[test]
    fn weak_input_is_refused_and_no_key_is_shown() {
        let check = |auth, privacy, expect: &str| {
            let refused = User::new("u", auth, privacy).unwrap_err().to_string();
            assert!(refused.contains(expect), "{refused}");
        };
        check(Some((AuthProtocol::Sha1, "1234567")), None, "fewer than 8");
        check(None, Some((PrivProtocol::Des, "12345678")), "needs an auth");
        let user = User::new("u", Some((AuthProtocol::Sha1, "maplesyrup")), None).unwrap();
        let expect = "User { name: \"u\", auth: Some(Sha1), privacy: None, .. }";
        assert_eq!(format!("{user:?}"), expect);
    }
}
