//! `tierwatch inventory`: files become the register.
//!
//! **Room:** layer 3. **May use:** every room.

mod generate;
mod transfer;

use crate::{
    commands::check,
    outcome::{Failure, Outcome, say},
};
use anyhow::Context;
use clap::{Args, Subcommand};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Compare files with the register, and carry the difference over.
#[derive(Debug, Subcommand)]
pub(crate) enum InventoryCommand {
    /// Show what an apply would change in the register; nothing is changed.
    Plan(transfer::TransferArgs),
    /// Carry the difference over in one transaction; a second time there is nothing to do.
    Apply(transfer::TransferArgs),
    /// Write the JSON Schemas that editors complete from into DIR/schema.
    Schema(SchemaArgs),
    /// Write the simulated people, assets and public services of the model case.
    #[command(hide = true)]
    Generate(GenerateArgs),
}

/// Where to write the schemas.
#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// The folder of the inventory.
    dir: PathBuf,
}

/// What to generate.
#[derive(Debug, Args)]
pub(crate) struct GenerateArgs {
    /// The folder of the inventory; its units and devices are read, its CSV files are written.
    dir: PathBuf,
    /// The same seed gives the same files.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Runs the command.
pub(crate) fn run(command: InventoryCommand) -> Outcome {
    match command {
        InventoryCommand::Plan(args) => transfer::show(&args),
        InventoryCommand::Apply(args) => transfer::carry_out(&args),
        InventoryCommand::Schema(args) => schema(&args),
        InventoryCommand::Generate(args) => generate(&args),
    }
}

fn schema(args: &SchemaArgs) -> Outcome {
    for schema in tw_config::schemas() {
        write(&args.dir.join(schema.path), &schema.text)?;
    }
    Ok(())
}

fn generate(args: &GenerateArgs) -> Outcome {
    let register = generate::read(&args.dir)?;
    let made = generate::made_up(&register, args.seed);
    for (name, text) in generate::files(&made)? {
        write(&args.dir.join(name), &text)?;
    }
    check::load(&args.dir).map(|_| ())
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    say(path.display());
    Ok(())
}
