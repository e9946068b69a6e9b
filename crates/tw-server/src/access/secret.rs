//! Secrets that are handed out once: session cookies, tokens, one-time links.
//!
//! **Room:** layer 2, shell. **May use:** nothing of ours. **Must not:** keep or log them.

use sha2::{Digest, Sha256};
use tw_units::to_hex;

/// The cookie of a session over TLS: bound to this host, never to a sub-path.
pub(crate) const COOKIE_TLS: &str = "__Host-tierwatch";
/// The cookie of a session without TLS, for loopback.
pub(crate) const COOKIE_PLAIN: &str = "tierwatch";

/// 256 random bits as hex.
pub(crate) fn draw() -> String {
    to_hex(&rand::random::<[u8; 32]>())
}

/// What is kept of a secret. The secrets have 256 random bits, so a fast hash is enough.
pub(crate) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// The value of our cookie in a `Cookie` header.
pub(crate) fn cookie<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    header.split(';').find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}

/// A `Set-Cookie` header; an empty value ends the cookie.
pub(crate) fn set_cookie(value: &str, tls: bool) -> String {
    let (name, secure) = if tls {
        (COOKIE_TLS, "; Secure")
    } else {
        (COOKIE_PLAIN, "")
    };
    let end = if value.is_empty() { "; Max-Age=0" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_and_never_the_same() {
        let (a, b) = (draw(), draw());
        assert_eq!(a.len(), 64);
        assert_ne!(a, b);
        assert_ne!(hash(&a), hash(&b));
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        assert_eq!(cookie("a=1; tierwatch=xyz; b=2", "tierwatch"), Some("xyz"));
        assert_eq!(cookie("nottierwatch=xyz", "tierwatch"), None);
        assert_eq!(cookie("", "tierwatch"), None);
    }

    #[test]
    fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
        assert_eq!(
            set_cookie("x", true),
            "__Host-tierwatch=x; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        assert!(set_cookie("", false).ends_with("; Max-Age=0"));
    }
}
