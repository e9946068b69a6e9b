//! The demo's folder: made anew at each start, and never one that is not the demo's.
//!
//! **Room:** layer 3. **May use:** `tw-model`. **Must not:** remove what it has not made.

use crate::outcome::Failure;
use anyhow::{Context, anyhow};
use rust_embed::RustEmbed;
use std::{
    env, fs,
    path::{Path, PathBuf},
};
use tw_model::Register;

/// The file that says that a folder is the demo's.
const MARK: &str = "TIERWATCH-DEMO";

/// The model case, as it lies in the repository.
#[derive(RustEmbed)]
#[folder = "../../inventory"]
struct ModelCase;

/// An empty folder for this run: the given one, or the user's state folder.
pub(super) fn prepare(wanted: Option<&Path>) -> Result<PathBuf, Failure> {
    let folder = wanted.map_or_else(usual, Path::to_path_buf);
    if folder.join(MARK).is_file() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot clear the demo's folder {}", folder.display()))?;
    }
    let taken = folder
        .read_dir()
        .is_ok_and(|mut entries| entries.next().is_some());
    if taken {
        return Err(Failure::input(format!(
            "--data {}: the folder is not empty and not the demo's; name another one",
            folder.display()
        )));
    }
    fs::create_dir_all(&folder)
        .and_then(|()| {
            fs::write(
                folder.join(MARK),
                "Removed at the next start of the demo.\n",
            )
        })
        .with_context(|| format!("cannot make the demo's folder {}", folder.display()))?;
    Ok(folder)
}

/// Where the demo's data lie when nothing is said: `$XDG_STATE_HOME/tierwatch-demo`.
fn usual() -> PathBuf {
    let state = env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let home = || env::var_os("HOME").map(|home| Path::new(&home).join(".local/state"));
    state
        .or_else(home)
        .unwrap_or_else(env::temp_dir)
        .join("tierwatch-demo")
}

/// Writes the built-in inventory into the demo's folder, where a person can look at it.
pub(super) fn unpack_model_case(data: &Path) -> anyhow::Result<PathBuf> {
    let folder = data.join("inventory");
    for name in ModelCase::iter() {
        let file = ModelCase::get(&name).ok_or_else(|| anyhow!("{name} is not built in"))?;
        let path = folder.join(name.as_ref());
        let parent = path.parent().unwrap_or(&folder);
        fs::create_dir_all(parent)
            .and_then(|()| fs::write(&path, file.data))
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(folder)
}

/// Gives every credential of the register the community of the simulated devices, from a file.
pub(super) fn write_community(
    data: &Path,
    community: &str,
    register: &mut Register,
) -> anyhow::Result<()> {
    let path = data.join("community");
    fs::write(&path, community).with_context(|| format!("cannot write {}", path.display()))?;
    for credential in register.credentials.values_mut() {
        let snmp = &mut credential.snmp;
        if snmp.community_env.take().is_some() {
            snmp.community_file = Some(path.display().to_string());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_the_demos_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("thesis.txt"), "years of work").unwrap();
        assert!(matches!(
            prepare(Some(folder.path())),
            Err(Failure::BadInput(_))
        ));
        assert!(folder.path().join("thesis.txt").exists());
    }

    #[test]
    fn the_demos_own_folder_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("demo");
        prepare(Some(&data)).unwrap();
        fs::write(data.join("old"), "x").unwrap();
        prepare(Some(&data)).unwrap();
        assert!(!data.join("old").exists());
    }

    #[test]
    fn the_built_in_model_case_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let inventory = unpack_model_case(folder.path()).unwrap();
        assert!(inventory.join("sites/vnta.yaml").is_file());
        assert!(inventory.join("assets.csv").is_file());
    }
}
