//! Services that people use, and what they stand on.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** do I/O.

use crate::{Name, word::words};
use serde::{Deserialize, Serialize};
use tw_units::{DeviceId, ServiceId, SiteId, UnitId};

words! {
    /// What kind of service it is.
    pub enum ServiceKind {
        /// A system that carries online public services.
        PublicServiceSystem = "public_service_system",
        /// One online public service (administrative procedure) of such a system.
        PublicService = "public_service",
        /// A gateway of another agency that ours depend on.
        Gateway = "gateway",
        /// The document management system.
        Documents = "documents",
        /// E-mail.
        Email = "email",
        /// Anything else.
        Other = "other",
    }
}

/// A service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// A slug.
    pub id: ServiceId,
    /// Its name.
    pub name: Name,
    /// What it is.
    pub kind: ServiceKind,
    /// The unit that answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// Where it runs; none for another agency's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteId>,
    /// The level of an online public service, 1 to 4 (4: all steps and payment online).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<u8>,
    /// How many people use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<u32>,
    /// The information system's security level, 1 to 5 (Decree 85/2016/NĐ-CP).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_level: Option<u8>,
    /// The devices it runs on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs_on: Vec<DeviceId>,
    /// The services it needs; for a public service the system that carries it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends: Vec<ServiceId>,
}

impl Service {
    /// The highest level of an online public service.
    pub const LEVEL_MAX: u8 = 4;
    /// The highest security level of an information system.
    pub const SECURITY_LEVEL_MAX: u8 = 5;
}
