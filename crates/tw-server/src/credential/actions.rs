//! Credentials of the register with their secrets, wherever these lie.
//!
//! **Room:** layer 2, shell. **May use:** `tw-store`, `tw-model`, `tw-collect`. **Must not:** let a
//! secret into an answer, a log or the audit log.

use crate::{
    access::accounts::{access, store},
    app::App,
    http::refusal::Refusal,
    world::World,
};
use serde_json::json;
use std::path::PathBuf;
use tw_api::{Credential, CredentialSpec, CredentialStatus, CredentialWrite};
use tw_collect::seal::SnmpSecrets;
use tw_model::{
    AuthProtocol, Item, Kind, PrivProtocol, SecretRef, SnmpCredential, SnmpVersion, Word,
};
use tw_store::{Author, NewCredential, StoredCredential};
use tw_units::CredentialId;

/// The longest secret.
const SECRET_BYTES_MAX: usize = 512;

/// Why a credential's secret could not be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SecretError {
    /// There is no such credential.
    #[error("there is no credential {0}")]
    Missing(CredentialId),
    /// The place that is named does not have it.
    #[error("the credential {credential} names {place}, and that cannot be read")]
    Unreadable {
        /// Which credential.
        credential: CredentialId,
        /// Where the secret should be.
        place: String,
    },
    /// The store could not open it.
    #[error("cannot open the sealed credential {credential}")]
    Sealed {
        /// Which credential.
        credential: CredentialId,
        /// Why.
        #[source]
        cause: tw_store::AccessError,
    },
}

/// The secrets of a credential in the clear, to be sealed at once or used for one trial.
pub(crate) async fn secrets(
    app: &App,
    world: &World,
    id: &CredentialId,
) -> Result<(SnmpVersion, SnmpSecrets), SecretError> {
    let credential = world.register.credentials.get(id);
    let snmp = &credential
        .ok_or_else(|| SecretError::Missing(id.clone()))?
        .snmp;
    let mut secrets = if snmp.stored {
        let sealed = |cause| SecretError::Sealed {
            credential: id.clone(),
            cause,
        };
        let bytes = app.store.credential_secret(id).await.map_err(sealed)?;
        serde_json::from_slice(&bytes).unwrap_or_default()
    } else {
        SnmpSecrets {
            community: named(id, &snmp.community())?,
            auth_pass: named(id, &snmp.auth_pass())?,
            priv_pass: named(id, &snmp.priv_pass())?,
            ..SnmpSecrets::default()
        }
    };
    secrets.user = secrets.user.or_else(|| snmp.user.clone());
    secrets.auth = snmp.auth.map(|auth| auth.to_string());
    secrets.privacy = snmp.r#priv.map(|privacy| privacy.to_string());
    secrets.context.clone_from(&snmp.context);
    Ok((snmp.version, secrets))
}

fn named(id: &CredentialId, places: &[SecretRef<'_>]) -> Result<Option<String>, SecretError> {
    let Some(place) = places.first() else {
        return Ok(None);
    };
    let (text, place) = match place {
        SecretRef::Environment(name) => (
            std::env::var(name).ok(),
            format!("the environment variable {name}"),
        ),
        SecretRef::File(path) => (first_line(path.into()), format!("the file {path}")),
        SecretRef::Systemd(name) => {
            let folder = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
            let text = folder.and_then(|folder| first_line(folder.join(name)));
            (text, format!("the systemd credential {name}"))
        }
        SecretRef::Stored => return Ok(None),
    };
    let unreadable = || SecretError::Unreadable {
        credential: id.clone(),
        place,
    };
    text.map(Some).ok_or_else(unreadable)
}

fn first_line(path: PathBuf) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    text.lines().next().map(str::to_owned)
}

/// All credentials, without their secrets.
pub(crate) async fn list(app: &App) -> Result<Vec<Credential>, Refusal> {
    let world = app.world();
    let stored = app.store.credentials().await.map_err(|e| store(&e))?;
    let mut all = Vec::new();
    for credential in world.register.credentials.values() {
        let sealed = stored.iter().find(|stored| stored.id == credential.id);
        let usable = secrets(app, &world, &credential.id).await.is_ok();
        all.push(view(
            &world,
            &credential.id,
            &credential.snmp,
            (sealed, usable),
        ));
    }
    Ok(all)
}

fn view(
    world: &World,
    id: &CredentialId,
    snmp: &SnmpCredential,
    (sealed, usable): (Option<&StoredCredential>, bool),
) -> Credential {
    let users = world
        .register
        .devices
        .values()
        .filter(|d| d.credential.as_ref() == Some(id));
    let source = match snmp.community().first().or(snmp.auth_pass().first()) {
        Some(SecretRef::Environment(_)) => "env",
        Some(SecretRef::File(_)) => "file",
        Some(SecretRef::Systemd(_)) => "credential",
        Some(SecretRef::Stored) => "sealed",
        None if snmp.stored => "sealed",
        None => "none",
    };
    Credential {
        id: id.to_string(),
        spec: CredentialSpec {
            snmp_version: snmp.version.to_string(),
            source: source.to_owned(),
            user: snmp.user.clone(),
            auth: snmp.auth.map(|auth| auth.to_string()),
            privacy: snmp.r#priv.map(|privacy| privacy.to_string()),
        },
        status: CredentialStatus {
            devices: users.count() as u64,
            usable,
            weaknesses: weaknesses(snmp),
        },
        version: sealed.map_or_else(
            || world.version(Kind::Credential, id.as_str()),
            |sealed| sealed.version,
        ),
    }
}

fn weaknesses(snmp: &SnmpCredential) -> Vec<String> {
    let found = [
        ("v1", snmp.version == SnmpVersion::V1),
        ("v2c", snmp.version == SnmpVersion::V2c),
        ("md5", snmp.auth == Some(AuthProtocol::Md5)),
        ("sha1", snmp.auth == Some(AuthProtocol::Sha1)),
        ("des", snmp.r#priv == Some(PrivProtocol::Des)),
        (
            "no_privacy",
            snmp.version == SnmpVersion::V3 && snmp.r#priv.is_none(),
        ),
    ];
    found
        .into_iter()
        .filter(|(_, weak)| *weak)
        .map(|(word, _)| word.to_owned())
        .collect()
}

/// Sets a credential: the secrets are sealed, the register learns that they are stored.
pub(crate) async fn put(
    app: &App,
    (id, write): (&str, CredentialWrite),
    author: &Author,
) -> Result<Credential, Refusal> {
    let id = CredentialId::new(id).map_err(|cause| Refusal::field("id", cause.to_string()))?;
    let (snmp, secrets) = checked(&write)?;
    let present = app.world().register.credentials.get(&id).cloned();
    if present.as_ref().is_some_and(|present| !present.snmp.stored) {
        return Err(Refusal::conflict(
            "owned_by_file",
            "a file names where this credential's secret is; change it there",
        ));
    }
    let public = json!({
        "snmp_version": write.snmp_version, "user": write.user,
        "auth": write.auth, "privacy": write.privacy,
    });
    let plain = serde_json::to_vec(&secrets).map_err(|e| Refusal::internal(&e))?;
    let new = NewCredential {
        id: id.clone(),
        public,
        secret: Some(plain),
        expected: write.version.unwrap_or(0),
    };
    app.store
        .put_credential(new, author)
        .await
        .map_err(|e| access(&e))?;
    let name = present.and_then(|present| present.name);
    let credential = tw_model::Credential {
        id: id.clone(),
        name,
        snmp,
    };
    let value = serde_json::to_value(&credential).map_err(|e| Refusal::internal(&e))?;
    let item = Item {
        kind: Kind::Credential,
        id: id.to_string(),
        value,
    };
    let put = app.store.put_item(item, None, author).await;
    put.map_err(|e| crate::device::actions::register(&e))?;
    app.reload_register()
        .await
        .map_err(|e| crate::device::actions::register(&e))?;
    let all = list(app).await?;
    let made = all
        .into_iter()
        .find(|credential| credential.id == id.as_str());
    made.ok_or_else(|| Refusal::not_found("credential", id.as_str()))
}

fn checked(write: &CredentialWrite) -> Result<(SnmpCredential, SnmpSecrets), Refusal> {
    let version = SnmpVersion::from_word(&write.snmp_version)
        .ok_or_else(|| Refusal::field("snmp_version", "1, 2c or 3"))?;
    let mut snmp = SnmpCredential {
        stored: true,
        ..SnmpCredential::new(version)
    };
    let mut secrets = SnmpSecrets::default();
    if version == SnmpVersion::V3 {
        snmp.user = Some(text("user", write.user.as_ref())?);
        snmp.auth = word("auth", write.auth.as_ref())?;
        snmp.r#priv = word("privacy", write.privacy.as_ref())?;
        snmp.context.clone_from(&write.context);
        if snmp.auth.is_some() {
            secrets.auth_pass = Some(pass("auth_pass", write.auth_pass.as_ref())?);
        }
        if snmp.r#priv.is_some() {
            if snmp.auth.is_none() {
                return Err(Refusal::field(
                    "auth",
                    "privacy needs authentication (RFC 3414)",
                ));
            }
            secrets.priv_pass = Some(pass("privacy_pass", write.privacy_pass.as_ref())?);
        }
    } else {
        secrets.community = Some(text("community", write.community.as_ref())?);
    }
    Ok((snmp, secrets))
}

fn word<T: Word>(field: &str, given: Option<&String>) -> Result<Option<T>, Refusal> {
    let Some(given) = given else { return Ok(None) };
    let allowed = || format!("one of {}", T::words().join(", "));
    T::from_word(given)
        .map(Some)
        .ok_or_else(|| Refusal::field(field, allowed()))
}

fn text(field: &str, given: Option<&String>) -> Result<String, Refusal> {
    let given = given.filter(|text| !text.is_empty() && text.len() <= SECRET_BYTES_MAX);
    given
        .cloned()
        .ok_or_else(|| Refusal::field(field, "1 to 512 bytes"))
}

/// RFC 3414 §11.2: at least eight characters.
fn pass(field: &str, given: Option<&String>) -> Result<String, Refusal> {
    let given = text(field, given)?;
    if given.len() < 8 {
        return Err(Refusal::field(field, "at least 8 characters (RFC 3414)"));
    }
    Ok(given)
}

/// Removes a credential that no device uses.
pub(crate) async fn remove(
    app: &App,
    (id, version): (&str, u64),
    author: &Author,
) -> Result<(), Refusal> {
    let all = list(app).await?;
    let present = all.iter().find(|credential| credential.id == id);
    let present = present.ok_or_else(|| Refusal::not_found("credential", id))?;
    if present.version != version {
        return Err(Refusal::stale(present.version));
    }
    if present.status.devices > 0 {
        return Err(Refusal::conflict("in_use", "devices use this credential")
            .with("devices", present.status.devices));
    }
    let sealed = present.spec.source == "sealed";
    let removed = app
        .store
        .remove_item(Kind::Credential, id.to_owned(), None, author)
        .await;
    removed.map_err(|e| crate::device::actions::register(&e))?;
    if sealed && let Ok(id) = CredentialId::new(id) {
        app.store
            .remove_credential(id, author)
            .await
            .map_err(|e| access(&e))?;
    }
    app.reload_register()
        .await
        .map_err(|e| crate::device::actions::register(&e))
}
