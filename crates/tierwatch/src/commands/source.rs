//! Where a command reads the register: from the files of an inventory, or from a centre's store.
//!
//! **Room:** layer 3. **May use:** every room. **Must not:** change either.

use crate::{clock::wall_clock, commands::check, outcome::Failure};
use anyhow::Context;
use clap::Args;
use jiff::{civil::Date, tz::TimeZone};
use std::path::PathBuf;
use tw_model::Register;
use tw_store::{Store, StoreSettings};

/// Which register.
#[derive(Clone, Debug, Args)]
pub(crate) struct RegisterSource {
    /// The folder of an inventory.
    #[arg(long, default_value = "inventory", conflicts_with = "data")]
    inventory: PathBuf,
    /// The data directory of a centre, instead of an inventory.
    #[arg(long)]
    data: Option<PathBuf>,
}

impl RegisterSource {
    /// The register.
    pub(crate) fn load(&self) -> Result<Register, Failure> {
        let Some(data) = &self.data else {
            return Ok(check::load(&self.inventory)?.register);
        };
        if !data.join("main.db").exists() {
            let text = format!("--data: there is no store in {}", data.display());
            return Err(Failure::input(text));
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("cannot start the runtime")?;
        let _entered = runtime.enter();
        let store = Store::open(&StoreSettings::tool(data), wall_clock(None))
            .with_context(|| format!("cannot open the data directory {}", data.display()))?;
        let stored = runtime.block_on(store.load_register());
        Ok(stored.context("cannot read the register")?.register)
    }
}

/// The day that a flag names, or today in the zone in which the register reckons ages.
pub(crate) fn day_or_today(register: &Register, text: Option<&str>) -> Result<Date, Failure> {
    if let Some(text) = text {
        let day = text.parse::<tw_model::Day>();
        return day
            .map(|day| day.0)
            .map_err(|why| Failure::input(format!("--as-of: {why}")));
    }
    Ok(today(register))
}

/// Today in the zone in which the register reckons ages.
pub(crate) fn today(register: &Register) -> Date {
    let policy = register.age_policy.as_ref();
    let organisation = register.organisation.as_ref();
    let zone = policy
        .map(|policy| policy.timezone.as_str())
        .or_else(|| organisation.map(|o| o.timezone.as_str()))
        .unwrap_or("UTC");
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    wall_clock(None).now().to_jiff().to_zoned(zone).date()
}
