//! Geometry as SVG: what is drawn here is tested in Rust, printable, and read by a screen reader.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`, `tw-model`. **Must not:** do I/O, or put a
//! text into a drawing unescaped.

mod chain;
mod elevation;
mod map;
mod svg;
#[cfg(test)]
mod well_formed;

pub use chain::{
    CHAIN_NODES_MAX, Chain, ChainEdge, ChainLayout, ChainNode, ChainPlace, ChainShape,
    chain_layout, chain_svg,
};
pub use elevation::{Elevation, HEIGHT_U_MAX, Mounted, Side, Tone, elevation};
pub use map::{CIRCUITS_MAX, MapCircuit, MapSite, SITES_MAX, WanMap, wan_map};
