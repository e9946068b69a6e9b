//! Alerts: which change of state is worth one message, and which is a consequence of another.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`, `tw-model`. **Must not:** read a clock, send
//! anything, fire on data that arrives late.
//!
//! A shell gathers what came in since the last tick as [`Input`]s, calls [`AlertBook::tick`] and
//! carries the [`Effect`]s out: polls again what is to be re-checked, puts messages into the
//! outbox. The book is plain data and is kept with the store, so a restart repeats nothing.

mod book;
mod machine;
mod message;
mod route;
mod rules;
mod subject;
mod text;
mod topology;
mod ups;

pub use book::{AlertBook, Effect, Input, OpenAlert};
pub use machine::Health;
pub use message::{Code, Message, MessageKind, Severity};
pub use route::{Route, routes_for};
pub use rules::Rules;
pub use subject::Subject;
pub use text::{Language, Text, render};
pub use topology::{SiteShape, Topology};
pub use ups::{UpsCondition, ups_health};
