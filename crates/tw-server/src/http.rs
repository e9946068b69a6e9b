//! HTTP itself: routes bound to endpoints, problems, headers, pages.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`. **Must not:** know a domain.

pub(crate) mod call;
pub(crate) mod console;
pub(crate) mod csv;
pub(crate) mod files;
pub(crate) mod headers;
pub(crate) mod list;
pub(crate) mod refusal;
pub(crate) mod route;
