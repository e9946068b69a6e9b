//! What a device's answers mean: which objects to ask for, which interface is which after a
//! re-numbering, what a sensor's number is, whether two readings of a counter have a rate.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`, `tw-model`, `tw-snmp`, `tw-ingest`.
//! **Must not:** do I/O, read a clock, or trust a text from a device.
//!
//! The data lies in [`modules`] and [`vendors`]; [`describe`] turns the answers of a first walk
//! into a layout of series and a plan of what to ask each round.

pub mod cell;
pub mod counter;
pub mod describe;
pub mod identity;
pub mod interface;
pub mod modules;
pub mod plan;
pub mod sensor;
pub mod text;
pub mod vendors;

pub use cell::Cell;
pub use describe::{Answers, Description, describe};
pub use plan::{DescribePlan, Steady, describe_plan};
