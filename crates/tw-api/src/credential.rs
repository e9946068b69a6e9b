//! Credentials (write-only) and the audit log.
//!
//! **Room:** layer 2, plain data. **May use:** `tw-units`. **Must not:** do I/O.

use serde::{Deserialize, Serialize};
use tw_units::Timestamp;
use utoipa::{IntoParams, ToSchema};

/// A credential as anybody sees it: without its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Credential {
    /// Its slug.
    pub id: String,
    /// What it is for.
    pub spec: CredentialSpec,
    /// How it is used.
    pub status: CredentialStatus,
    /// Grows with every change.
    pub version: u64,
}

/// What a credential is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CredentialSpec {
    /// `1`, `2c` or `3`.
    pub snmp_version: String,
    /// Where the secret is: `sealed` in the store, or `env`, `file`, `credential` as the
    /// inventory names it.
    pub source: String,
    /// With version 3: the user's name.
    pub user: Option<String>,
    /// With version 3: the authentication, as `sha256`.
    pub auth: Option<String>,
    /// With version 3: the privacy, as `aes128`.
    pub privacy: Option<String>,
}

/// How a credential is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CredentialStatus {
    /// How many devices use it.
    pub devices: u64,
    /// Whether its secret can be read by the centre now.
    pub usable: bool,
    /// Why it should be replaced: `v1`, `v2c`, `md5`, `des`, `no_privacy`.
    pub weaknesses: Vec<String>,
}

/// A new or changed credential. The secrets are sealed at once and never shown again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CredentialWrite {
    /// The version that the caller saw; none for a new one.
    #[serde(default)]
    pub version: Option<u64>,
    /// `1`, `2c` or `3`.
    pub snmp_version: String,
    /// With versions 1 and 2c.
    #[serde(default)]
    #[schema(write_only)]
    pub community: Option<String>,
    /// With version 3: the user's name.
    #[serde(default)]
    pub user: Option<String>,
    /// With version 3: `md5`, `sha1`, `sha224`, `sha256`, `sha384`, `sha512`.
    #[serde(default)]
    pub auth: Option<String>,
    /// With version 3.
    #[serde(default)]
    #[schema(write_only)]
    pub auth_pass: Option<String>,
    /// With version 3: `des`, `aes128`, `aes192`, `aes256`, `aes192c`, `aes256c`.
    #[serde(default)]
    pub privacy: Option<String>,
    /// With version 3.
    #[serde(default)]
    #[schema(write_only)]
    pub privacy_pass: Option<String>,
    /// With version 3: the context's name.
    #[serde(default)]
    pub context: Option<String>,
}

impl std::fmt::Debug for CredentialWrite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "CredentialWrite(version {}, secrets not shown)",
            self.snmp_version
        )
    }
}

/// One entry of the audit log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// Its number, without holes.
    pub seq: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who: a user, `token:<id>`, `system`, or empty for a stranger.
    pub actor: String,
    /// What: `device.update`, `session.create`, `refused`…
    pub action: String,
    /// On what, as `device/vnta-core-1`.
    pub subject: String,
    /// `done`, `refused` or `failed`.
    pub outcome: String,
    /// From where, if over the network.
    pub address: Option<String>,
    /// The request's id.
    pub request_id: Option<String>,
    /// Details, never a secret.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
}

/// Which entries of the audit log, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Only of this actor.
    pub actor: Option<String>,
    /// Only of this subject, as `device/vnta-core-1`.
    pub subject: Option<String>,
    /// Items a page, at most 1,000; 100 without it.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Whether the audit log is whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditVerification {
    /// True when every hash fits.
    pub intact: bool,
    /// How many entries were checked.
    pub entries: u64,
    /// The first entry that does not fit.
    pub first_bad_seq: Option<u64>,
    /// What is wrong with it.
    pub why: Option<String>,
    /// The last hash: note it elsewhere, and a later log can be held against it.
    pub head: String,
}
