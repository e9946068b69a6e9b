//! What `/api/v1` says and hears: request and response types, the table of endpoints with the
//! permission and the reach of each, and the OpenAPI document that is made from them.
//!
//! **Room:** layer 2, plain data. **May use:** `tw-units`. **Must not:** do I/O, know axum, SQL
//! or a business rule.
//!
//! The server binds handlers to the [`Endpoint`] types of [`endpoints`], so the document cannot
//! differ from what is served, and no route exists without a permission.

mod access;
mod age;
mod alert;
mod asset;
mod attachment;
mod availability;
mod circuit;
mod collector;
mod common;
mod contract;
mod credential;
mod device;
mod discrepancy;
mod endpoint;
pub mod endpoints;
mod facility;
mod interface;
mod maintenance;
mod month;
mod openapi;
mod organisation;
mod overview;
mod page;
mod plan;
mod problem;
mod register;
mod security;
mod session;
mod site;
mod source;
mod stocktake;
mod waiver;
mod yearly;

pub use access::{Permission, Reach, Role, Scope, Thing};
pub use age::*;
pub use alert::*;
pub use asset::*;
pub use attachment::*;
pub use availability::*;
pub use circuit::*;
pub use collector::*;
pub use common::*;
pub use contract::*;
pub use credential::*;
pub use device::*;
pub use discrepancy::*;
pub use endpoint::{
    Blob, Body, CborBody, Created, CsvOr, Endpoint, EventStream, FileBody, FileOr, Info, Json,
    Method, NoQuery, Nothing, Reply, Schemas, Svg, Text,
};
pub use facility::*;
pub use interface::*;
pub use maintenance::*;
pub use month::*;
pub use openapi::document;
pub use organisation::*;
pub use overview::*;
pub use page::{LIMIT_DEFAULT, LIMIT_MAX, Page};
pub use plan::*;
pub use problem::Problem;
pub use register::*;
pub use security::*;
pub use session::*;
pub use site::*;
pub use source::*;
pub use stocktake::*;
pub use waiver::*;
pub use yearly::*;
