//! Reading a NetBox: client, pages, runs, and what of the register belongs to it.
//!
//! **Room:** layer 2, shell. **May use:** `tw-lifecycle`, `tw-store`. **Must not:** write to
//! NetBox, or decide what a sync may do: `tw_lifecycle::netbox` plans, and stops.
//!
//! ```text
//! NetBox ──GET, page by page──► source_page (with the cursor, one transaction a page)
//!        ──all pages──► plan_sync ──no stop, not dry──► register, part by part
//! ```

mod client;
pub(crate) mod desk;
mod fetch;
mod oddities;
pub(crate) mod routes;
mod settings;
mod sync;

pub use client::NetboxError;
pub(crate) use oddities::oddities;
pub use settings::NetboxSettings;
pub use sync::{SyncMode, SyncReport, sync_netbox};
