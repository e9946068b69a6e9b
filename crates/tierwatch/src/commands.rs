//! The nouns of the command line, one file each.
//!
//! **Room:** layer 3. **May use:** every room.

mod age;
mod asset;
mod availability;
mod backup;
pub(crate) mod check;
mod collect;
mod demo;
mod doctor;
mod evidence;
mod inventory;
mod netbox;
mod openapi;
mod plan;
mod reconcile;
mod report;
mod serve;
mod sim;
mod snmp;
mod source;
mod token;
mod topology;
mod user;

use crate::outcome::Outcome;
use clap::Subcommand;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Judge the age of equipment.
    #[command(subcommand)]
    Age(age::Command),
    /// List, show, import, export, move and label assets.
    #[command(subcommand)]
    Asset(asset::AssetCommand),
    /// Judge availability from evidence.
    #[command(subcommand)]
    Availability(availability::Command),
    /// Read evidence of age.
    #[command(subcommand)]
    Evidence(evidence::Command),
    /// Work with the audit log.
    #[command(subcommand)]
    Audit(doctor::AuditCommand),
    /// Copy the centre's store, also while it runs.
    Backup(backup::BackupArgs),
    /// Check a power and cooling chain.
    #[command(subcommand)]
    Topology(topology::Command),
    /// Plan replacements within a budget.
    #[command(subcommand)]
    Plan(plan::Command),
    /// Print and verify reports.
    #[command(subcommand)]
    Report(report::Command),
    /// Check inventories without starting or storing anything.
    Check(check::CheckArgs),
    /// Look the centre's store over.
    Doctor(doctor::DoctorArgs),
    /// Run the collector of a site.
    Collect(collect::CollectArgs),
    /// Run the model case on this machine, simulated.
    Demo(demo::DemoArgs),
    /// Compare files with the register, and carry the difference over.
    #[command(subcommand)]
    Inventory(inventory::InventoryCommand),
    /// Compare the register with what was seen.
    #[command(subcommand)]
    Reconcile(reconcile::ReconcileCommand),
    /// Put a copy of the centre's store back.
    Restore(backup::RestoreArgs),
    /// Ask one SNMP agent.
    #[command(subcommand)]
    Snmp(Box<snmp::Command>),
    /// Run the centre: API, console, ingest, alerts.
    Serve(serve::ServeArgs),
    /// Tokens of programs and collectors.
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// People who may sign in.
    #[command(subcommand)]
    User(user::UserCommand),
    /// Read a NetBox, or the device-type library; nothing is ever written there.
    #[command(subcommand)]
    Netbox(netbox::NetboxCommand),
    /// The description of the API.
    #[command(subcommand)]
    Openapi(openapi::OpenapiCommand),
    /// Simulate devices and sites, for tests and for trying things out.
    #[command(subcommand, hide = true)]
    Sim(sim::SimCommand),
    /// Print the version and how it was built.
    Version,
}

/// Runs one command to its end.
pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::Age(command) => age::run(command),
        Command::Asset(command) => asset::run(command),
        Command::Availability(command) => availability::run(command),
        Command::Evidence(command) => evidence::run(command),
        Command::Audit(command) => doctor::audit(&command),
        Command::Backup(args) => backup::backup(&args),
        Command::Topology(command) => topology::run(command),
        Command::Plan(command) => plan::run(command),
        Command::Report(command) => report::run(command),
        Command::Check(args) => check::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Collect(args) => collect::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Inventory(command) => inventory::run(command),
        Command::Reconcile(command) => reconcile::run(command),
        Command::Restore(args) => backup::restore(&args),
        Command::Snmp(command) => snmp::run(*command),
        Command::Serve(args) => serve::run(&args),
        Command::Token(command) => token::run(command),
        Command::User(command) => user::run(command),
        Command::Netbox(command) => netbox::run(command),
        Command::Openapi(command) => openapi::run(&command),
        Command::Sim(command) => sim::run(command),
        Command::Version => {
            crate::outcome::say(concat!("tierwatch ", env!("CARGO_PKG_VERSION")));
            Ok(())
        }
    }
}
