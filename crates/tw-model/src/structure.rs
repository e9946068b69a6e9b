//! Structure functions: when a whole is up, given which of its parts are.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** decide availability; that is
//! `tw-availability`.

use serde::{Deserialize, Serialize};
use tw_units::DeviceId;

/// A part is a device's id or a structure again.
///
/// In files `{any: [a, b]}`, `{all: [a, b]}` or `{at_least: 2, of: [a, b, c]}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Structure {
    /// One device.
    Device(DeviceId),
    /// Up while at least one part is up.
    Any {
        /// The parts.
        any: Vec<Structure>,
    },
    /// Up while every part is up.
    All {
        /// The parts.
        all: Vec<Structure>,
    },
    /// Up while at least `at_least` of the parts are up.
    AtLeast {
        /// How many.
        at_least: u32,
        /// The parts.
        of: Vec<Structure>,
    },
}

impl Structure {
    /// Deeper structures are refused.
    pub const DEPTH_MAX: usize = 8;

    /// The parts of this level; none for a device.
    pub fn parts(&self) -> &[Structure] {
        match self {
            Self::Device(_) => &[],
            Self::Any { any: parts }
            | Self::All { all: parts }
            | Self::AtLeast { of: parts, .. } => parts,
        }
    }

    /// Every device named in it, in order, repeats included.
    pub fn devices(&self) -> Vec<&DeviceId> {
        match self {
            Self::Device(device) => vec![device],
            _ => self.parts().iter().flat_map(Self::devices).collect(),
        }
    }

    /// How deep it is; a device alone is 1.
    pub fn depth(&self) -> usize {
        1 + self.parts().iter().map(Self::depth).max().unwrap_or(0)
    }
}
