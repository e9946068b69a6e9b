//! Where a NetBox is, how it knows us, and what its words mean here.
//!
//! **Room:** layer 2, plain data. **May use:** `tw-lifecycle`. **Must not:** hold a secret; a
//! token is named by an environment variable or a file.

use super::client::NetboxError;
use serde::Deserialize;
use std::{collections::BTreeMap, fs, path::PathBuf};
use tw_lifecycle::netbox::Mapping;

/// Rows a page when nothing else is said.
const PAGE_SIZE_DEFAULT: u32 = 200;
/// The most rows a page; NetBox' own limit is 1,000.
const PAGE_SIZE_MAX: u32 = 1_000;
/// A longer file holds no token.
const TOKEN_BYTES_MAX: u64 = 4_096;

/// The settings of one NetBox. Unknown keys are errors.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetboxSettings {
    /// What this source is called; it stands in references and runs.
    #[serde(default = "netbox")]
    pub id: String,
    /// Its address, as `https://netbox.example`; `http://` is for loopback only.
    pub url: String,
    /// The environment variable with the token.
    #[serde(default)]
    pub token_env: Option<String>,
    /// The file with the token; nobody but its owner may read it.
    #[serde(default)]
    pub token_file: Option<PathBuf>,
    /// The organisation's own certificate authority, as PEM.
    #[serde(default)]
    pub authority_file: Option<PathBuf>,
    /// Rows a page.
    #[serde(default = "page_size")]
    pub page_size: u32,
    /// Which devices are read, as NetBox' filters: `{site: mic}`. Each is tried before.
    #[serde(default)]
    pub filter: BTreeMap<String, String>,
    /// Hours between two syncs by the server; none: only when somebody asks.
    #[serde(default)]
    pub every_hours: Option<u16>,
    /// What its words mean.
    #[serde(default)]
    pub mapping: Mapping,
}

fn netbox() -> String {
    "netbox".to_owned()
}

fn page_size() -> u32 {
    PAGE_SIZE_DEFAULT
}

impl NetboxSettings {
    /// What is wrong with the settings, each with its key.
    pub fn validate(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if tw_units::SystemId::new(self.id.clone()).is_err() {
            wrong.push("id: letters, digits and - . _".to_owned());
        }
        if !super::client::address_allowed(&self.url) {
            let why = "url: begins with https:// (http:// is for loopback only)";
            wrong.push(why.to_owned());
        }
        if self.token_env.is_some() == self.token_file.is_some() {
            wrong.push("token_env or token_file: exactly one of them".to_owned());
        }
        if !(1..=PAGE_SIZE_MAX).contains(&self.page_size) {
            wrong.push(format!("page_size: 1 to {PAGE_SIZE_MAX}"));
        }
        if self.every_hours == Some(0) {
            wrong.push("every_hours: 1 or more".to_owned());
        }
        wrong
    }

    /// The fields of assets that nobody else writes.
    pub(crate) fn kept_fields(&self) -> Vec<String> {
        let fields = self.mapping.owned_fields().into_iter();
        fields.map(str::to_owned).collect()
    }

    /// The token.
    pub(crate) fn token(&self) -> Result<String, NetboxError> {
        let no_token = |why: &str| NetboxError::Token(why.to_owned());
        let text = match (&self.token_env, &self.token_file) {
            (Some(name), _) => std::env::var(name)
                .map_err(|_| no_token(&format!("the environment has no {name}")))?,
            (None, Some(path)) => {
                let shown = path.display();
                let about = fs::metadata(path)
                    .map_err(|cause| no_token(&format!("cannot read {shown}: {cause}")))?;
                if open_to_others(&about) {
                    return Err(no_token(&format!(
                        "{shown} can be read by others: chmod 600"
                    )));
                }
                if about.len() > TOKEN_BYTES_MAX {
                    return Err(no_token(&format!("{shown} is no file with a token")));
                }
                fs::read_to_string(path)
                    .map_err(|cause| no_token(&format!("cannot read {shown}: {cause}")))?
            }
            (None, None) => return Err(no_token("neither token_env nor token_file is set")),
        };
        Ok(text.trim().to_owned())
    }
}

fn open_to_others(about: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    about.permissions().mode() & 0o077 != 0
}
