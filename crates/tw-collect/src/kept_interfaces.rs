//! The interfaces that have a history, on the collector's own disk, so that an interface keeps
//! its key when it is renamed while the collector is away.
//!
//! **Room:** layer 1. **May use:** `tw-devices`, `tw-ingest`. **Must not:** be needed: without
//! the file, keys are made from names anew.

use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fs, io, io::Write, path::PathBuf};
use tw_devices::interface::KnownInterface;
use tw_ingest::{Observation, seen::Seen};

/// A longer file is not ours.
const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// The most interfaces that are kept of one device; those beyond are not.
const INTERFACES_MAX: usize = 10_000;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Row {
    key: String,
    name: String,
    #[serde(default)]
    alias: String,
    #[serde(default)]
    mac: Option<String>,
}

/// A file that holds the interfaces of all devices.
#[derive(Debug)]
pub struct KeptInterfaces {
    path: PathBuf,
    of_devices: BTreeMap<String, Vec<Row>>,
    changed: bool,
}

impl KeptInterfaces {
    /// Reads the file `interfaces.json` of a collector's data folder; what cannot be read is
    /// nothing, and the log says so.
    pub fn load(data: &std::path::Path) -> Self {
        let path = data.join("interfaces.json");
        let of_devices = read(&path).unwrap_or_else(|cause| {
            tracing::warn!(path = %path.display(), %cause, "cannot read the kept interfaces");
            BTreeMap::new()
        });
        Self {
            path,
            of_devices,
            changed: false,
        }
    }

    /// What is known of a device.
    pub fn of(&self, device: &str) -> Vec<KnownInterface> {
        let known = |row: &Row| KnownInterface {
            key: row.key.clone(),
            name: row.name.clone(),
            alias: row.alias.clone(),
            mac: row.mac.clone(),
        };
        let rows = self.of_devices.get(device);
        rows.map_or_else(Vec::new, |rows| rows.iter().map(known).collect())
    }

    /// Takes what was seen. Interfaces that are away stay: they may come back.
    pub fn take(&mut self, observation: &Observation) {
        let Seen::Interfaces { interfaces } = &observation.seen else {
            return;
        };
        let rows = self
            .of_devices
            .entry(observation.target.0.clone())
            .or_default();
        for known in interfaces.iter().map(KnownInterface::from) {
            let row = Row {
                key: known.key,
                name: known.name,
                alias: known.alias,
                mac: known.mac,
            };
            match rows.iter().position(|kept| kept.key == row.key) {
                Some(at) if rows[at] == row => continue,
                Some(at) => rows[at] = row,
                None if rows.len() < INTERFACES_MAX => rows.push(row),
                None => continue,
            }
            self.changed = true;
        }
    }

    /// Writes the file if anything changed: the old one stays whole until the new one is on the
    /// disk.
    pub fn save(&mut self) {
        if !std::mem::take(&mut self.changed) {
            return;
        }
        if let Err(cause) = self.write() {
            self.changed = true;
            tracing::warn!(path = %self.path.display(), %cause, "cannot keep the interfaces");
        }
    }

    fn write(&self) -> io::Result<()> {
        let next = self.path.with_extension("json.new");
        let mut file = fs::File::create(&next)?;
        file.write_all(&serde_json::to_vec(&self.of_devices)?)?;
        file.sync_all()?;
        fs::rename(&next, &self.path)
    }
}

fn read(path: &std::path::Path) -> io::Result<BTreeMap<String, Vec<Row>>> {
    match fs::metadata(path) {
        Ok(file) if file.len() > FILE_BYTES_MAX => Err(io::ErrorKind::FileTooLarge.into()),
        Ok(_) => Ok(serde_json::from_slice(&fs::read(path)?)?),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(cause) => Err(cause),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tw_devices::interface::match_interfaces;
    use tw_ingest::{TargetKey, seen::InterfaceSeen};
    use tw_units::Timestamp;

    fn seen(name: &str, mac: &str) -> InterfaceSeen {
        InterfaceSeen {
            name: name.into(),
            alias: "uplink".into(),
            mac: Some(mac.into()),
            ..InterfaceSeen::default()
        }
    }

    fn observed(interfaces: Vec<InterfaceSeen>) -> Observation {
        Observation {
            target: TargetKey("sw-1".into()),
            at: Timestamp::EPOCH,
            seen: Seen::Interfaces { interfaces },
        }
    }

    #[test]
    fn an_interface_that_was_renamed_meanwhile_keeps_its_key() {
        let folder = tempfile::tempdir().unwrap();
        let mut kept = KeptInterfaces::load(folder.path());
        assert_eq!(kept.of("sw-1"), []);
        let mut first = seen("Gi0/1", "02:00:00:00:00:01");
        first.key = "if:Gi0-1".into();
        let mut away = seen("Gi0/2", "02:00:00:00:00:02");
        away.key = "if:Gi0-2".into();
        kept.take(&observed(vec![first.clone(), away]));
        kept.take(&observed(vec![first]));
        kept.save();

        let again = KeptInterfaces::load(folder.path());
        let known = again.of("sw-1");
        assert_eq!(known.len(), 2, "one that is away may come back");
        let renamed = [seen("GigabitEthernet0/1", "02:00:00:00:00:01")];
        assert_eq!(match_interfaces(&known, &renamed), ["if:Gi0-1"]);
        // Without the file it would have got another one.
        assert_eq!(match_interfaces(&[], &renamed), ["if:GigabitEthernet0-1"]);
        assert_eq!(again.of("sw-2"), []);
    }

    #[test]
    fn a_damaged_file_is_nothing_and_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("interfaces.json");
        fs::write(&path, b"{\"sw-1\": [").unwrap();
        let mut kept = KeptInterfaces::load(folder.path());
        assert_eq!(kept.of("sw-1"), []);
        let mut one = seen("a", "02:00:00:00:00:01");
        one.key = "if:a".into();
        kept.take(&observed(vec![one]));
        kept.save();
        assert_eq!(KeptInterfaces::load(folder.path()).of("sw-1").len(), 1);
    }
}
