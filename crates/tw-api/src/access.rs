//! Who may do what: roles, permissions and scopes as data.
//!
//! **Room:** layer 2, plain data. **May use:** nothing of ours. **Must not:** do I/O.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a person or a program is here for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, also users and tokens.
    Admin,
    /// Watches and acknowledges.
    Operator,
    /// Edits devices and credentials, watches and acknowledges.
    NetworkEngineer,
    /// Keeps the register of assets; sees people.
    AssetManager,
    /// Reads everything, also people and the audit log; writes nothing.
    Auditor,
    /// Reads what is operational.
    Viewer,
    /// A collector: delivers readings and fetches its own configuration, nothing else.
    Collector,
}

impl Role {
    /// All roles, those of people first.
    pub const ALL: [Self; 7] = [
        Self::Admin,
        Self::Operator,
        Self::NetworkEngineer,
        Self::AssetManager,
        Self::Auditor,
        Self::Viewer,
        Self::Collector,
    ];

    /// The word in JSON, tables and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Operator => "operator",
            Self::NetworkEngineer => "network_engineer",
            Self::AssetManager => "asset_manager",
            Self::Auditor => "auditor",
            Self::Viewer => "viewer",
            Self::Collector => "collector",
        }
    }

    /// The role of a word; `network-engineer` is as good as `network_engineer`.
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.replace('-', "_");
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// The whole table of rights.
    pub const fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match permission {
            P::Public => true,
            P::Ingest => matches!(self, Self::Collector),
            P::SignedIn | P::View => !matches!(self, Self::Collector),
            P::ViewPeople => matches!(self, Self::Admin | Self::AssetManager | Self::Auditor),
            P::Acknowledge => matches!(self, Self::Admin | Self::Operator | Self::NetworkEngineer),
            P::EditDevices | P::EditCredentials => {
                matches!(self, Self::Admin | Self::NetworkEngineer)
            }
            P::ReadAudit => matches!(self, Self::Admin | Self::Auditor),
            P::EditAssets | P::ApproveAssets | P::EditPlans => {
                matches!(self, Self::Admin | Self::AssetManager)
            }
            P::PlanWork => matches!(self, Self::Admin | Self::Operator | Self::NetworkEngineer),
            P::ApproveWork | P::EditFacility | P::CloseMonths => {
                matches!(self, Self::Admin | Self::Operator)
            }
            P::ManageAccess => matches!(self, Self::Admin),
        }
    }
}

/// What an endpoint asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Nothing: health, sign-in, the API's description.
    Public,
    /// To be known, as a person or a program.
    SignedIn,
    /// To see sites, devices, circuits, assets, alerts.
    View,
    /// To see who people are.
    ViewPeople,
    /// To acknowledge alerts.
    Acknowledge,
    /// To add, change, test and remove devices.
    EditDevices,
    /// To set and remove credentials; nobody reads them.
    EditCredentials,
    /// To read and verify the audit log.
    ReadAudit,
    /// To add and change assets, to import them, to take stock, to settle discrepancies.
    EditAssets,
    /// To approve what needs a second person, as a disposal.
    ApproveAssets,
    /// To make, freeze and follow replacement plans.
    EditPlans,
    /// To ask for maintenance, to begin and to close it.
    PlanWork,
    /// To approve or refuse maintenance.
    ApproveWork,
    /// To change the power, cooling and network chain.
    EditFacility,
    /// To close a month, and to correct a closed one.
    CloseMonths,
    /// To manage users and tokens.
    ManageAccess,
    /// To deliver as a collector.
    Ingest,
}

impl Permission {
    /// All permissions.
    pub const ALL: [Self; 17] = [
        Self::Public,
        Self::SignedIn,
        Self::View,
        Self::ViewPeople,
        Self::Acknowledge,
        Self::EditDevices,
        Self::EditCredentials,
        Self::ReadAudit,
        Self::EditAssets,
        Self::ApproveAssets,
        Self::EditPlans,
        Self::PlanWork,
        Self::ApproveWork,
        Self::EditFacility,
        Self::CloseMonths,
        Self::ManageAccess,
        Self::Ingest,
    ];

    /// The word in the OpenAPI document and in refusals.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::SignedIn => "signed_in",
            Self::View => "view",
            Self::ViewPeople => "view_people",
            Self::Acknowledge => "acknowledge",
            Self::EditDevices => "edit_devices",
            Self::EditCredentials => "edit_credentials",
            Self::ReadAudit => "read_audit",
            Self::EditAssets => "edit_assets",
            Self::ApproveAssets => "approve_assets",
            Self::EditPlans => "edit_plans",
            Self::PlanWork => "plan_work",
            Self::ApproveWork => "approve_work",
            Self::EditFacility => "edit_facility",
            Self::CloseMonths => "close_months",
            Self::ManageAccess => "manage_access",
            Self::Ingest => "ingest",
        }
    }
}

/// What a path's identifier names, and so where its scope is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Thing {
    /// A site.
    Site,
    /// A rack.
    Rack,
    /// A device.
    Device,
    /// An interface `<device>:<name>`.
    Interface,
    /// A sensor `<device>:<name>`.
    Sensor,
    /// A circuit: in the reach of both its sites.
    Circuit,
    /// An asset, by its tag: in the reach of its site and of its unit.
    Asset,
    /// A collector.
    Collector,
    /// An alert.
    Alert,
    /// A request for maintenance: in the reach of its site.
    Maintenance,
    /// A discrepancy: in the reach of its asset, or of its device's site.
    Discrepancy,
    /// A stock-take: in the reach of its site or of its unit.
    StockTake,
    /// A unit.
    Unit,
    /// A person.
    Person,
}

/// How far an endpoint reaches, checked before its handler runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Nothing of the organisation is touched.
    Nothing,
    /// Only what belongs to the caller.
    Own,
    /// The answer holds only what lies in the caller's scope.
    Filtered,
    /// Only callers whose scope is the whole organisation.
    Whole,
    /// The thing that the path names must lie in the caller's scope.
    One(Thing),
}

/// What part of the organisation a caller sees.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum Scope {
    /// All of it.
    All,
    /// One site and what stands there.
    Site {
        /// The site's id.
        site: String,
    },
    /// One unit with the units below it: its people and assets.
    Unit {
        /// The unit's id.
        unit: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_auditor_writes_nothing_and_a_collector_reads_nothing() {
        for permission in [
            Permission::Acknowledge,
            Permission::EditDevices,
            Permission::EditCredentials,
            Permission::EditAssets,
            Permission::ApproveAssets,
            Permission::EditPlans,
            Permission::PlanWork,
            Permission::ApproveWork,
            Permission::EditFacility,
            Permission::CloseMonths,
            Permission::ManageAccess,
            Permission::Ingest,
        ] {
            assert!(!Role::Auditor.may(permission), "{permission:?}");
            assert!(!Role::Viewer.may(permission), "{permission:?}");
        }
        assert!(!Role::Collector.may(Permission::View));
        assert!(!Role::Collector.may(Permission::SignedIn));
        assert!(!Role::Admin.may(Permission::Ingest));
    }

    #[test]
    fn a_role_is_found_by_its_word() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        assert_eq!(Role::parse("network-engineer"), Some(Role::NetworkEngineer));
        assert_eq!(Role::parse("root"), None);
    }
}
