//! Typed identifiers: a device's name cannot be passed where a circuit's is asked.
//!
//! **Room:** layer 0, pure. **May use:** nothing of ours. **Must not:** do I/O.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest identifier that is accepted, in bytes.
pub const ID_LENGTH_MAX: usize = 128;

/// Why a text is no identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text is empty.
    #[error("an identifier must not be empty")]
    Empty,
    /// The text is longer than [`ID_LENGTH_MAX`].
    #[error("an identifier has at most {ID_LENGTH_MAX} characters, this one has {0}")]
    TooLong(usize),
    /// The first character is neither an ASCII letter nor a digit.
    #[error("an identifier begins with a letter (a-z, A-Z) or a digit, not with {0:?}")]
    Start(char),
    /// A character outside of the allowed set.
    #[error("an identifier has letters (a-z, A-Z), digits and - . _ : ~ only, not {0:?}")]
    Character(char),
}

fn check(text: &str) -> Result<(), IdError> {
    let first = text.chars().next().ok_or(IdError::Empty)?;
    if text.len() > ID_LENGTH_MAX {
        return Err(IdError::TooLong(text.len()));
    }
    if !first.is_ascii_alphanumeric() {
        return Err(IdError::Start(first));
    }
    match text
        .chars()
        .find(|c| !c.is_ascii_alphanumeric() && !"-._:~".contains(*c))
    {
        Some(c) => Err(IdError::Character(c)),
        None => Ok(()),
    }
}

macro_rules! id_types {
    ($($(#[$meta:meta])* $name:ident;)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads an identifier; only letters, digits and `-._:~` are accepted.
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                check(&text)?;
                Ok(Self(text))
            }

            /// The identifier as it appears in files and addresses.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

id_types! {
    /// A site: one place of the organisation with its own collector.
    SiteId;
    /// A building of a site.
    BuildingId;
    /// A room of a building.
    RoomId;
    /// A rack of a room.
    RackId;
    /// A polled device; the inventory's slug, as in addresses.
    DeviceId;
    /// An interface of a device; it survives re-numbering of `ifIndex`.
    InterfaceId;
    /// A WAN circuit between two sites.
    CircuitId;
    /// A provider of circuits.
    ProviderId;
    /// A credential, named and never shown.
    CredentialId;
    /// A collector process at a site.
    CollectorId;
    /// A service that people use.
    ServiceId;
    /// A unit (department) of the organisation.
    UnitId;
    /// A member of staff.
    PersonId;
    /// The tag glued to an asset.
    AssetTag;
    /// A node of a site's power, cooling and network chain.
    FacilityId;
    /// A price of the price list.
    PriceId;
    /// A contract about equipment.
    ContractId;
    /// An information system.
    SystemId;
    /// A level of the security scheme.
    SecurityLevelId;
    /// An entry about firmware.
    FirmwareId;
    /// A maker of equipment.
    ManufacturerId;
    /// A model of a maker.
    ModelId;
    /// A purchase.
    PurchaseId;
    /// A waiver of the age rule.
    WaiverId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_id(text: &str, expect: &Result<(), IdError>) {
        assert_eq!(&DeviceId::new(text).map(|_| ()), expect, "{text:?}");
    }

    #[test]
    fn identifiers_are_plain_words() {
        check_id("vnta-core-1", &Ok(()));
        check_id("vnta-core-1:Gi0-0-1", &Ok(()));
        check_id("", &Err(IdError::Empty));
        check_id("-a", &Err(IdError::Start('-')));
        check_id("a b", &Err(IdError::Character(' ')));
        check_id("a/../b", &Err(IdError::Character('/')));
        check_id(&"x".repeat(129), &Err(IdError::TooLong(129)));
    }

    #[test]
    fn a_bad_identifier_is_refused_when_read() {
        assert!(serde_json::from_str::<SiteId>("\"<b>\"").is_err());
        let site: SiteId = serde_json::from_str("\"vnta\"").unwrap();
        assert_eq!(serde_json::to_string(&site).unwrap(), "\"vnta\"");
    }
}
