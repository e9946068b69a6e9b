//! The centre: API, sign-in, ingest, alerts, live stream and the embedded console.
//!
//! **Room:** layer 2, shell. **May use:** every room below it. **Must not:** decide what a pure
//! room could decide, or serve a route without a permission and a reach.
//!
//! Start reading at [`App`] (what all handlers share) and `http/route.rs` (the life of a
//! request); the rooms by domain are `<domain>/{routes,actions,view}.rs`.

mod access;
mod age;
mod alert;
mod app;
mod asset;
mod attachment;
mod audit;
mod circuit;
mod collector;
mod contract;
mod credential;
mod device;
mod discrepancy;
pub mod document;
mod facility;
mod finding;
mod health;
mod http;
mod import;
mod ingest;
mod interface;
mod inventory;
mod ipv6;
mod jobs;
mod maintenance;
mod metrics;
pub mod month;
mod netbox;
mod offline;
mod organisation;
mod overview;
mod plan;
mod rack;
mod readings;
mod router;
mod sensor;
mod server;
mod session;
mod settings;
mod site;
mod stocktake;
mod stream;
mod system;
mod unit_report;
mod user;
mod waiver;
mod wording;
mod world;
mod yearly;

pub use app::{App, AppError};
pub use ingest::actions::ConfigError;
pub use inventory::InventoryError;
pub use maintenance::replay::{PastWork, PastWorkError};
pub use month::job::MonthsHeld;
pub use netbox::{NetboxError, NetboxSettings, SyncMode, SyncReport, sync_netbox};
pub use offline::{AssetFile, AssetWanted, Offline, OfflineError};
pub use server::{Server, ServerError};
pub use settings::{
    Channel, Network, NotifySettings, PORT_DEFAULT, ROUNDS_DAYS_DEFAULT, Settings, TlsFiles,
};
pub use world::CENTRE_COLLECTOR;
