//! Sends notices: e-mail and webhook.
//!
//! **Room:** layer 1. **May use:** `tw-units`, `tw-alert`. **Must not:** decide what is worth a
//! notice; retry inside: the outbox keeps the notice and the next run is the retry.
//!
//! A channel takes one [`Notice`] and says what became of it: [`Delivery`]. A notice keeps its id
//! over all attempts, so that a receiver can tell a repeat.

mod delivery;
mod email;
mod webhook;

pub use delivery::{Delivery, Notice, RETRY_SECONDS_MAX, retry_seconds};
pub use email::{EmailChannel, EmailSettings, Encryption};
pub use webhook::{WebhookChannel, WebhookSettings, signature};

/// Why a channel cannot be built from its settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// An address that is no mailbox.
    #[error("{0:?} is no e-mail address")]
    Address(String),
    /// Nobody to write to.
    #[error("an e-mail channel needs at least one recipient")]
    NoRecipient,
    /// Plain text over a network.
    #[error("{0:?} is not this machine: mail leaves it only with starttls or tls")]
    PlainText(String),
    /// TLS parameters of the mail server.
    #[error("cannot set up TLS for the mail server {server:?}")]
    Tls {
        /// The server's name.
        server: String,
        /// Why.
        #[source]
        cause: lettre::transport::smtp::Error,
    },
    /// Not an http or https address.
    #[error("{0:?} is no http or https address")]
    Url(String),
    /// The HTTP client.
    #[error("cannot set up the HTTP client for webhooks")]
    Client(#[source] reqwest::Error),
}
