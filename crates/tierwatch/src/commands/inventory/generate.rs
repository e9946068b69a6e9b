//! The made-up part of the model case: people, assets and public services, from one seed.
//!
//! **Room:** layer 3. **May use:** every room. **Must not:** run while the product works; its
//! files are kept in `inventory/` and say that they are simulated.

mod assets;
mod batteries;
mod dice;
mod people;
mod services;

use crate::outcome::Failure;
use anyhow::Context;
use std::path::Path;
use tw_model::Register;

/// The register of the YAML files of a folder; the CSV files are about to be written.
pub(super) fn read(dir: &Path) -> Result<Register, Failure> {
    let mut register = Register::default();
    let sites = dir.join("sites");
    for folder in [dir, &sites] {
        let entries = std::fs::read_dir(folder)
            .with_context(|| format!("cannot read {}", folder.display()))?;
        for entry in entries {
            let path = entry.context("cannot read an entry of the folder")?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "yaml")
            {
                let inventory = crate::commands::check::load(&path)?;
                for item in inventory.register.items() {
                    register
                        .insert(item)
                        .context("cannot put the files together")?;
                }
            }
        }
    }
    Ok(register)
}

/// People, assets and services that go with the units and devices of `register`.
pub(super) fn made_up(register: &Register, seed: u64) -> Register {
    let mut made = Register::default();
    people::add(&mut made, register, &mut dice::Dice::new(seed, "people"));
    assets::add(&mut made, register, &mut dice::Dice::new(seed, "assets"));
    services::add(&mut made);
    batteries::add(&mut made, &mut dice::Dice::new(seed, "batteries"));
    made
}

/// The generated files, by name.
pub(super) fn files(made: &Register) -> Result<[(&'static str, String); 4], Failure> {
    let plain = made
        .assets
        .values()
        .filter(|asset| asset.components.is_empty());
    let ups = batteries::yaml(made.assets.values()).context("cannot write assets as YAML")?;
    Ok([
        ("people.csv", tw_config::write_people(made.people.values())),
        ("assets.csv", tw_config::write_assets(plain)),
        ("ups.yaml", ups),
        (
            "services.csv",
            tw_config::write_services(made.services.values()),
        ),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::PathBuf};

    #[test]
    fn the_kept_files_are_those_of_seed_1() {
        let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../inventory"));
        let made = made_up(&read(&folder).unwrap(), 1);
        for (name, text) in files(&made).unwrap() {
            let kept = fs::read_to_string(folder.join(name)).unwrap();
            assert!(
                kept == text,
                "{name}: run tierwatch inventory generate inventory --seed 1"
            );
        }
    }

    #[test]
    fn another_seed_makes_other_people() {
        let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../inventory"));
        let register = read(&folder).unwrap();
        assert_ne!(made_up(&register, 1).people, made_up(&register, 2).people);
    }
}
