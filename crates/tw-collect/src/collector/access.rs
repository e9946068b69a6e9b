//! From opened secrets to what the engine polls with.
//!
//! **Room:** layer 1. **May use:** `tw-snmp`, `tw-ingest`. **Must not:** put a secret into a
//! message.

use crate::{engine::Access, seal::SnmpSecrets};
use serde::de::{DeserializeOwned, IntoDeserializer, value::Error};
use tw_ingest::SnmpVersion;
use tw_snmp::{
    Version,
    v3::{AuthProtocol, PrivProtocol, User},
};

/// The access for a protocol version, or what is missing for it.
pub(super) fn of(version: SnmpVersion, secrets: &SnmpSecrets) -> Result<Access, String> {
    match version {
        SnmpVersion::V1 => community(Version::V1, secrets),
        SnmpVersion::V2c => community(Version::V2c, secrets),
        SnmpVersion::V3 => user(secrets),
    }
}

fn community(version: Version, secrets: &SnmpSecrets) -> Result<Access, String> {
    let community = secrets
        .community
        .as_deref()
        .ok_or("the credential has no community")?;
    Ok(Access::Community {
        version,
        community: community.as_bytes().to_vec(),
    })
}

fn user(secrets: &SnmpSecrets) -> Result<Access, String> {
    let name = secrets
        .user
        .as_deref()
        .ok_or("the credential has no user")?;
    let auth = paired::<AuthProtocol>(
        "auth",
        secrets.auth.as_deref(),
        secrets.auth_pass.as_deref(),
    )?;
    let privacy = paired::<PrivProtocol>(
        "priv",
        secrets.privacy.as_deref(),
        secrets.priv_pass.as_deref(),
    )?;
    let user = User::new(name, auth, privacy).map_err(|cause| cause.to_string())?;
    let context = secrets.context.clone().unwrap_or_default().into_bytes();
    Ok(Access::User { user, context })
}

/// A protocol by its name with its password: both or none.
fn paired<'a, P: DeserializeOwned>(
    which: &str,
    protocol: Option<&str>,
    password: Option<&'a str>,
) -> Result<Option<(P, &'a str)>, String> {
    match (protocol, password) {
        (None, None) => Ok(None),
        (Some(protocol), Some(password)) => {
            let read = P::deserialize(protocol.into_deserializer());
            let protocol = read.map_err(|_: Error| format!("{which}: {protocol:?} is unknown"))?;
            Ok(Some((protocol, password)))
        }
        _ => Err(format!("{which}: protocol and password belong together")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_that_lacks_something_says_what() {
        let none = SnmpSecrets::default();
        assert!(
            of(SnmpVersion::V2c, &none)
                .unwrap_err()
                .contains("community")
        );
        assert!(of(SnmpVersion::V3, &none).unwrap_err().contains("user"));
        let half = SnmpSecrets {
            user: Some("u".into()),
            auth: Some("sha256".into()),
            ..none
        };
        assert!(
            of(SnmpVersion::V3, &half)
                .unwrap_err()
                .contains("belong together")
        );
    }

    #[test]
    fn v3_users_are_made_of_names_and_passwords() {
        let secrets = SnmpSecrets {
            user: Some("poller".into()),
            auth: Some("sha256".into()),
            auth_pass: Some("a long password".into()),
            privacy: Some("aes128".into()),
            priv_pass: Some("another password".into()),
            ..SnmpSecrets::default()
        };
        assert!(matches!(
            of(SnmpVersion::V3, &secrets),
            Ok(Access::User { .. })
        ));
        let odd = SnmpSecrets {
            auth: Some("rot13".into()),
            ..secrets
        };
        assert!(of(SnmpVersion::V3, &odd).unwrap_err().contains("rot13"));
    }
}
