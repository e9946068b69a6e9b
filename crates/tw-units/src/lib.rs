//! Quantities, identifiers and time intervals: the words every other room speaks.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** read a clock, do I/O.

mod hex;
mod id;
mod quantity;
mod time;

pub use hex::{from_hex, to_hex};
pub use id::{
    AssetTag, BuildingId, CircuitId, CollectorId, ContractId, CredentialId, DeviceId, FacilityId,
    FirmwareId, ID_LENGTH_MAX, IdError, InterfaceId, ManufacturerId, ModelId, PersonId, PriceId,
    ProviderId, PurchaseId, RackId, RoomId, SecurityLevelId, ServiceId, SiteId, SystemId, UnitId,
    WaiverId,
};
pub use quantity::{BitsPerSecond, Octets, Ppm, Ratio, Vnd};
pub use time::{Interval, Timestamp, TimestampError, WallClock};
