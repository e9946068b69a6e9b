//! Geometry as SVG: what is drawn here is tested in Rust, printable, and read by a screen reader.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`, `tw-model`. **Must not:** do I/O, or put a
//! text into a drawing unescaped.

mod elevation;
mod svg;

pub use elevation::{Elevation, Mounted, Side, Tone, elevation};
