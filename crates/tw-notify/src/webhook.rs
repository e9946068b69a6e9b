//! Notices to other programs: a signed POST.
//!
//! **Room:** layer 1. **May use:** `tw-units`, `tw-alert`. **Must not:** follow a redirect, print
//! its secret, read an answer of any length.

use crate::{
    SettingsError,
    delivery::{Delivery, Notice, RETRY_SECONDS_MAX},
    email::chain,
};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Client, StatusCode, Url, header};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::{fmt, time::Duration};
use tw_alert::Message;
use tw_units::{WallClock, to_hex};

/// Where notices are posted.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookSettings {
    /// An http or https address.
    pub url: String,
    /// Signs each notice; without it none is signed.
    #[serde(default)]
    pub secret: Option<String>,
    /// How long one attempt may take.
    #[serde(default = "timeout_seconds")]
    pub timeout_seconds: u16,
}

const fn timeout_seconds() -> u16 {
    10
}

impl fmt::Debug for WebhookSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookSettings")
            .field("url", &self.url)
            .field("signed", &self.secret.is_some())
            .finish_non_exhaustive()
    }
}

/// Posts to the address of its settings.
pub struct WebhookChannel {
    client: Client,
    url: Url,
    secret: Option<String>,
    clock: WallClock,
}

impl fmt::Debug for WebhookChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebhookChannel({})", self.url)
    }
}

/// What is posted.
#[derive(Serialize)]
struct Payload<'a> {
    id: &'a str,
    title: &'a str,
    body: &'a str,
    message: &'a Message,
}

/// The value of `X-Tierwatch-Signature`: `sha256=` and the hexadecimal HMAC-SHA256 of
/// `TIMESTAMP.BODY`, where the timestamp is that of `X-Tierwatch-Timestamp` (Unix seconds).
pub fn signature(secret: &str, timestamp: i64, body: &[u8]) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(timestamp.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    format!("sha256={}", to_hex(&mac.finalize().into_bytes()))
}

impl WebhookChannel {
    /// Checks the settings; connects to nobody yet.
    pub fn new(settings: &WebhookSettings, clock: WallClock) -> Result<Self, SettingsError> {
        let url = Url::parse(&settings.url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .ok_or_else(|| SettingsError::Url(settings.url.clone()))?;
        // Another part of the process may have chosen the provider already; ring either way.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(settings.timeout_seconds.into()))
            .no_proxy()
            .build()
            .map_err(SettingsError::Client)?;
        Ok(Self {
            client,
            url,
            secret: settings.secret.clone(),
            clock,
        })
    }

    /// Makes one attempt.
    pub async fn deliver(&self, notice: &Notice) -> Delivery {
        let payload = Payload {
            id: &notice.id,
            title: &notice.title,
            body: &notice.body,
            message: &notice.message,
        };
        let body = match serde_json::to_vec(&payload) {
            Ok(body) => body,
            Err(cause) => {
                let why = format!("cannot write the notice as JSON: {cause}");
                return Delivery::Failed { why };
            }
        };
        let timestamp = self.clock.now().as_seconds();
        let mut request = self
            .client
            .post(self.url.clone())
            .header(header::CONTENT_TYPE, "application/json")
            .header("X-Tierwatch-Id", &notice.id)
            .header("X-Tierwatch-Timestamp", timestamp);
        if let Some(secret) = &self.secret {
            request = request.header("X-Tierwatch-Signature", signature(secret, timestamp, &body));
        }
        match request.body(body).send().await {
            Ok(answer) => judge(answer.status(), answer.headers()),
            Err(cause) => Delivery::Retry {
                why: chain(&cause.without_url()),
                after_seconds: None,
            },
        }
    }
}

fn judge(status: StatusCode, headers: &header::HeaderMap) -> Delivery {
    let why = format!("the receiver answered {status}");
    if status.is_success() {
        return Delivery::Delivered;
    }
    let busy = [
        StatusCode::REQUEST_TIMEOUT,
        StatusCode::TOO_EARLY,
        StatusCode::TOO_MANY_REQUESTS,
    ];
    if status.is_server_error() || busy.contains(&status) {
        let after = headers.get(header::RETRY_AFTER);
        let after = after.and_then(|value| value.to_str().ok()?.parse::<u32>().ok());
        return Delivery::Retry {
            why,
            after_seconds: after.map(|seconds| seconds.min(RETRY_SECONDS_MAX)),
        };
    }
    Delivery::Failed { why }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_hmac_sha256_of_timestamp_and_body() {
        // `printf '1700000000.{}' | openssl dgst -sha256 -hmac key`.
        assert_eq!(
            signature("key", 1_700_000_000, b"{}"),
            "sha256=9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae"
        );
    }

    #[test]
    fn only_http_addresses_are_accepted() {
        let clock = WallClock::fixed(tw_units::Timestamp::EPOCH);
        for url in ["file:///etc/passwd", "ftp://example.org", "example.org", ""] {
            let settings = WebhookSettings {
                url: url.to_owned(),
                secret: None,
                timeout_seconds: 1,
            };
            assert!(
                WebhookChannel::new(&settings, clock.clone()).is_err(),
                "{url:?}"
            );
        }
    }
}
