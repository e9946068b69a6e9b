//! Sites: is the load fed, is it proven, does the site keep its target.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-model`, `tw-availability`.

pub(crate) mod actions;
pub(crate) mod evidence;
mod held;
mod margin;
pub(crate) mod observers;
pub(crate) mod routes;
pub(crate) mod view;
