//! Passwords: argon2id, a bounded number at once, and no way to learn which accounts exist.
//!
//! **Room:** layer 2, shell. **May use:** nothing of ours. **Must not:** log what it is given.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use std::sync::{Arc, LazyLock};
use tokio::sync::Semaphore;

/// Hashes at once: each takes [`MEMORY_KIB`].
const AT_ONCE_MAX: usize = 2;
/// 19 MiB, two passes, one lane: the OWASP minimum for argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// The shortest password that may be set.
pub(crate) const LENGTH_MIN: usize = 12;
/// The longest.
pub(crate) const LENGTH_MAX: usize = 256;

/// Hashing failed: our fault, not the caller's.
#[derive(Debug, thiserror::Error)]
#[error("cannot hash a password: {0}")]
pub(crate) struct PasswordError(String);

/// Hashes and checks.
#[derive(Clone, Debug)]
pub(crate) struct Passwords {
    gate: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            gate: Arc::new(Semaphore::new(AT_ONCE_MAX)),
        }
    }
}

/// What is checked against when there is no such account, so that it takes as long.
static NOBODYS_HASH: LazyLock<String> =
    LazyLock::new(|| hash_now("nobody has this password").unwrap_or_default());

impl Passwords {
    /// The hash of a new password, as PHC text.
    pub(crate) async fn hash(&self, password: String) -> Result<String, PasswordError> {
        self.blocking(move || hash_now(&password)).await?
    }

    /// Whether the password fits. Without a hash it takes as long and is `false`.
    pub(crate) async fn fits(
        &self,
        password: String,
        hash: Option<String>,
    ) -> Result<bool, PasswordError> {
        self.blocking(move || {
            let known = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODYS_HASH.clone());
            let Ok(parsed) = PasswordHash::new(&hash) else {
                return false;
            };
            let fits = hasher()
                .verify_password(password.as_bytes(), &parsed)
                .is_ok();
            fits && known
        })
        .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let wrong = |e: &dyn std::fmt::Display| PasswordError(e.to_string());
        let gate = Arc::clone(&self.gate);
        let permit = gate.acquire_owned().await.map_err(|e| wrong(&e))?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        })
        .await
        .map_err(|e| wrong(&e))
    }
}

/// What is wrong with a new password, if anything: length only, no composition rules.
pub(crate) fn complaint(password: &str, account: &str) -> Option<&'static str> {
    let length = password.chars().count();
    if length < LENGTH_MIN {
        return Some("a password has at least 12 characters");
    }
    if length > LENGTH_MAX {
        return Some("a password has at most 256 characters");
    }
    let lower = password.to_lowercase();
    let mut characters = lower.chars();
    let first = characters.next();
    if characters.all(|c| Some(c) == first) || COMMON.iter().any(|common| lower.contains(common)) {
        return Some("this password is among the first that are tried");
    }
    (lower == account.to_lowercase()).then_some("a password is not the account's name")
}

/// The common ones that are long enough to pass otherwise.
const COMMON: [&str; 8] = [
    "123456789012",
    "qwertyuiop",
    "passwordpassword",
    "password1234",
    "administrator",
    "changeme1234",
    "tierwatch1234",
    "iloveyou1234",
];

fn hasher() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash_now(password: &str) -> Result<String, PasswordError> {
    let salt = rand::random::<[u8; 16]>();
    hasher()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|e| PasswordError(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_fits() {
        let passwords = Passwords::default();
        let hash = passwords
            .hash("a long enough secret".to_owned())
            .await
            .unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        let fits = |text: &str, hash: &Option<String>| {
            let (passwords, text, hash) = (passwords.clone(), text.to_owned(), hash.clone());
            async move { passwords.fits(text, hash).await.unwrap() }
        };
        assert!(fits("a long enough secret", &Some(hash.clone())).await);
        assert!(!fits("a long enough secreT", &Some(hash)).await);
        assert!(!fits("nobody has this password", &None).await);
        assert!(!fits("x", &Some("not a hash".to_owned())).await);
    }

    #[test]
    fn short_and_common_passwords_are_refused() {
        assert!(complaint("short", "an").is_some());
        assert!(complaint("aaaaaaaaaaaaaaa", "an").is_some());
        assert!(complaint("Passwordpassword", "an").is_some());
        assert!(complaint("nguyen-van-an", "Nguyen-Van-An").is_some());
        assert_eq!(complaint("bảy con voi đi chợ", "an"), None);
    }
}
