//! The last good configuration, on the collector's own disk, so that it polls for ever without
//! the centre, across its own restarts.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`. **Must not:** keep a secret in the clear; the
//! secrets inside are sealed.

use std::{fs, io, io::Write, path::PathBuf};
use tw_ingest::CollectorConfig;

/// A file that holds one configuration.
#[derive(Clone, Debug)]
pub struct KeptConfig {
    path: PathBuf,
}

impl KeptConfig {
    /// The file `config.json` of a collector's data folder.
    pub fn within(data: &std::path::Path) -> Self {
        Self {
            path: data.join("config.json"),
        }
    }

    /// What is kept, if anything that can be read is.
    pub fn load(&self) -> Option<CollectorConfig> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return None,
            Err(cause) => {
                tracing::warn!(path = %self.path.display(), %cause, "cannot read the configuration");
                return None;
            }
        };
        serde_json::from_slice(&bytes)
            .inspect_err(|cause| {
                tracing::warn!(path = %self.path.display(), %cause, "the kept configuration is damaged");
            })
            .ok()
    }

    /// Replaces what is kept: the old file stays whole until the new one is on the disk.
    pub fn save(&self, config: &CollectorConfig) -> io::Result<()> {
        let next = self.path.with_extension("json.new");
        let mut file = fs::File::create(&next)?;
        file.write_all(&serde_json::to_vec(config)?)?;
        file.sync_all()?;
        fs::rename(&next, &self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tw_units::{CollectorId, SiteId};

    #[test]
    fn what_was_saved_is_loaded_and_damage_is_no_configuration() {
        let folder = tempfile::tempdir().unwrap();
        let kept = KeptConfig::within(folder.path());
        assert_eq!(kept.load(), None);
        let config = CollectorConfig {
            version: 7,
            collector: CollectorId::new("col-vnta").unwrap(),
            site: SiteId::new("vnta").unwrap(),
            targets: vec![],
            probes: vec![],
            canaries: vec![],
            tls: vec![],
        };
        kept.save(&config).unwrap();
        assert_eq!(kept.load(), Some(config));
        fs::write(folder.path().join("config.json"), b"{\"version\": 7").unwrap();
        assert_eq!(kept.load(), None);
    }
}
