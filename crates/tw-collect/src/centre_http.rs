//! The centre over HTTPS.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`. **Must not:** follow redirects, or keep a token
//! anywhere but in memory.

use crate::delivery::{Centre, Delivered};
use reqwest::{
    Client, Response, StatusCode,
    header::{
        AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, IF_NONE_MATCH, RETRY_AFTER,
    },
};
use serde::Deserialize;
use std::time::Duration;
use tw_ingest::{Ack, Batch, CollectorConfig};

/// The longest that one delivery may take; a half-open connection is given up then.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);

/// The longest that a connection may take to open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The most bytes of an answer that are read.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Where the centre is and how it knows us.
#[derive(Clone)]
pub struct HttpCentre {
    client: Client,
    base: String,
    bearer: HeaderValue,
}

/// Why a centre cannot be spoken to at all.
#[derive(Debug, thiserror::Error)]
pub enum HttpCentreError {
    /// The token has characters that no header may have.
    #[error("the collector's token is no token: it has control or non-ASCII characters")]
    Token,
    /// A certificate that cannot be read.
    #[error("the certificate authority file is no PEM certificate")]
    Authority(#[source] reqwest::Error),
    /// The client could not be made.
    #[error("cannot prepare the HTTPS client")]
    Client(#[source] reqwest::Error),
    /// Neither `https://` nor `http://` to a loopback address.
    #[error("the centre's address {0:?} must begin with https:// (http:// is for loopback only)")]
    Address(String),
}

/// The part of an RFC 9457 problem that delivery acts on.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Problem {
    code: String,
    params: Params,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Params {
    expected: Option<u64>,
}

impl HttpCentre {
    /// A client for the centre at `base` (`https://centre.example:8420`). `authority_pem` adds
    /// the organisation's own certificate authority to the machine's.
    pub fn new(
        base: &str,
        token: &str,
        authority_pem: Option<&[u8]>,
    ) -> Result<Self, HttpCentreError> {
        if !allowed(base) {
            return Err(HttpCentreError::Address(base.to_owned()));
        }
        // A second call of the process finds the first one's, which is the same.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let mut bearer = HeaderValue::from_str(&format!("Bearer {token}"))
            .map_err(|_| HttpCentreError::Token)?;
        bearer.set_sensitive(true);
        let mut builder = Client::builder()
            .timeout(REQUEST_TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .tcp_nodelay(true);
        if let Some(pem) = authority_pem {
            let authority =
                reqwest::Certificate::from_pem(pem).map_err(HttpCentreError::Authority)?;
            builder = builder.add_root_certificate(authority);
        }
        let client = builder.build().map_err(HttpCentreError::Client)?;
        Ok(Self {
            client,
            base: base.trim_end_matches('/').to_owned(),
            bearer,
        })
    }

    async fn judge(answer: Response) -> Delivered {
        let status = answer.status();
        let retry_after = answer
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .map(Duration::from_secs);
        let Some(body) = bounded(answer).await else {
            return Delivered::Unreachable {
                reason: "the answer broke off".into(),
            };
        };
        match status {
            StatusCode::OK => match serde_json::from_slice::<Ack>(&body) {
                Ok(ack) => Delivered::Taken(ack),
                Err(cause) => Delivered::Unreachable {
                    reason: format!("no ack: {cause}"),
                },
            },
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                Delivered::Busy { retry_after }
            }
            _ => {
                let problem: Problem = serde_json::from_slice(&body).unwrap_or_default();
                match (status, problem.params.expected) {
                    (StatusCode::CONFLICT, Some(expected)) => Delivered::OutOfOrder { expected },
                    (StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE, _) => {
                        Delivered::Refused {
                            reason: format!("{status} {}", problem.code),
                        }
                    }
                    _ => Delivered::Unreachable {
                        reason: format!("{status} {}", problem.code),
                    },
                }
            }
        }
    }
}

impl Centre for HttpCentre {
    async fn deliver(&self, batches: Vec<Batch>) -> Delivered {
        let Ok(body) = zstd::bulk::compress(&Batch::encode_run(&batches), 3) else {
            return Delivered::Refused {
                reason: "the batches cannot be compressed".into(),
            };
        };
        let request = self
            .client
            .post(format!("{}/ingest/v1/batches", self.base))
            .header(AUTHORIZATION, self.bearer.clone())
            .header(CONTENT_TYPE, "application/cbor")
            .header(CONTENT_ENCODING, "zstd")
            .body(body);
        match request.send().await {
            Ok(answer) => Self::judge(answer).await,
            Err(cause) => Delivered::Unreachable {
                reason: crate::chain(&cause),
            },
        }
    }

    async fn config(&self, known: u64) -> Result<Option<CollectorConfig>, String> {
        let answer = self
            .client
            .get(format!("{}/ingest/v1/config", self.base))
            .header(AUTHORIZATION, self.bearer.clone())
            .header(IF_NONE_MATCH, format!("\"{known}\""))
            .send()
            .await
            .map_err(|cause| crate::chain(&cause))?;
        match answer.status() {
            StatusCode::NOT_MODIFIED => Ok(None),
            StatusCode::OK => {
                let body = bounded(answer).await.ok_or("the answer broke off")?;
                serde_json::from_slice(&body)
                    .map(Some)
                    .map_err(|e| format!("no configuration: {e}"))
            }
            status => Err(format!("the centre answered {status}")),
        }
    }
}

/// Tokens travel in clear text only on loopback.
fn allowed(base: &str) -> bool {
    let loopback = |rest: &str| {
        let host = rest.split('/').next().unwrap_or_default();
        host.parse::<std::net::SocketAddr>()
            .is_ok_and(|address| address.ip().is_loopback())
            || host.rsplit_once(':').map_or(host, |(name, _)| name) == "localhost"
    };
    base.starts_with("https://") || base.strip_prefix("http://").is_some_and(loopback)
}

/// The body, if it comes whole and is not too long.
async fn bounded(mut answer: Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.ok()? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    Some(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_travel_in_clear_text_only_on_loopback() {
        assert!(allowed("https://centre.example"));
        assert!(allowed("http://127.0.0.1:8420"));
        assert!(allowed("http://[::1]:8420/"));
        assert!(allowed("http://localhost:8420"));
        assert!(!allowed("http://centre.example"));
        assert!(!allowed("http://127.0.0.1.example:80"));
        assert!(!allowed("ftp://127.0.0.1"));
    }
}
