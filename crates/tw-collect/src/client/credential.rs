//! How a manager identifies itself to an agent.
//!
//! **Room:** layer 1. **May use:** `tw-snmp`. **Must not:** show a secret.

use std::fmt;
use tw_snmp::{Version, v3::User};

/// A community, or a user of v3.
#[derive(Clone)]
pub enum Credential {
    /// v1 or v2c.
    Community {
        /// Which version.
        version: Version,
        /// The password in clear that it is.
        community: Vec<u8>,
    },
    /// v3 with USM. Users are costly to make and cheap to clone.
    User {
        /// With the keys.
        user: User,
        /// Which context of the agent; as a rule empty.
        context_name: Vec<u8>,
    },
}

impl Credential {
    /// v2c with this community.
    pub fn v2c(community: &str) -> Self {
        Self::Community {
            version: Version::V2c,
            community: community.as_bytes().to_vec(),
        }
    }

    /// v1 with this community.
    pub fn v1(community: &str) -> Self {
        Self::Community {
            version: Version::V1,
            community: community.as_bytes().to_vec(),
        }
    }

    /// v3 with this user in the default context.
    pub const fn v3(user: User) -> Self {
        Self::User {
            user,
            context_name: Vec::new(),
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Community { version, .. } => f
                .debug_struct("Community")
                .field("version", version)
                .finish_non_exhaustive(),
            Self::User { user, .. } => f.debug_tuple("User").field(user).finish(),
        }
    }
}
