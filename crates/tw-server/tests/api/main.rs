//! The router in process, on a real store with a small organisation.
//!
//! **Room:** tests of `tw-server`.

#![expect(
    clippy::unwrap_used,
    clippy::match_same_arms,
    clippy::semicolon_if_nothing_returned,
    clippy::too_many_lines,
    reason = "a test stops at the first surprise, and its tables read better row by row"
)]

mod access;
mod alerts;
mod asset_files;
mod assets;
mod attachments;
mod bench;
mod bulk;
mod cut;
mod evidence;
mod facility;
mod held;
mod house;
mod imports;
mod ingest;
mod maintenance;
mod months;
mod netbox;
mod owned;
mod plans;
mod readings;
mod security;
mod sessions;
mod shapes;
mod stock;
mod tls;
mod traps;
mod waivers;
mod wrong;
mod yearly;
