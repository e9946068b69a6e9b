//! The router in process, on a real store with a small organisation.
//!
//! **Room:** tests of `tw-server`.

mod access;
mod alerts;
mod bench;
mod ingest;
mod readings;
mod sessions;
mod shapes;
