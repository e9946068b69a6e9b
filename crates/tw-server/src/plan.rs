//! Replacement plans and the forecast: asked of `tw-lifecycle`, kept by `tw-store`.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-model`, `tw-lifecycle`, `tw-store`.

mod actions;
mod file;
mod forecast;
mod forecast_file;
mod impact;
mod impact_words;
pub(crate) mod making;
pub(crate) mod routes;
mod view;
mod words;
