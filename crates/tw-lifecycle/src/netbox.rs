//! A read-only sync with NetBox: what its answers say, whose field is whose, and what would
//! change in the register.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`, `tw-model`. **Must not:** speak HTTP, or
//! change a register; it makes a plan.
//!
//! Measured on a NetBox 4.7.3: select fields are `{value, label}` (bare strings before),
//! decimals are strings, a position is a float, serial numbers may stand twice, a device whose
//! type was edited keeps its `last_updated`, and a deleted device is only seen by its absence.

mod mapping;
mod models;
mod read;
mod stop;
mod sync;
mod types;

pub use mapping::{CustomTarget, FieldGroup, Mapping};
pub use models::{ModelLine, plan_library_type, plan_type};
pub use read::{
    Deletion, NetboxVersion, RemoteDevice, RemoteRack, RemoteType, Unreadable, read_deletion,
    read_device, read_rack, read_type, read_version,
};
pub use stop::{SERIAL_PERCENT_MAX, StopReason, StopRules, VANISH_PERCENT_MAX};
pub use sync::{
    KnownRef, MatchedBy, Note, NoteKind, Remote, SyncCounts, SyncLine, SyncOutcome, SyncPlan,
    plan_sync,
};
pub use types::{LibraryType, read_library_type};
