//! The HTTP side: GET, and nothing else.
//!
//! **Room:** layer 2, shell. **May use:** nothing of ours. **Must not:** follow a redirect or an
//! address out of an answer (the token would travel there), or read an answer of any length.

use reqwest::{
    Client, StatusCode,
    header::{ACCEPT, AUTHORIZATION, HeaderValue},
};
use serde_json::Value;
use std::time::Duration;
use tw_lifecycle::netbox::{NetboxVersion, Unreadable, read_version};
use tw_store::{RegisterError, StoreError};

/// The longest that one request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);
/// The longest that a connection may take to open.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The most bytes of an answer: 1,000 devices are about 2 MB.
const ANSWER_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Why a sync did not happen, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum NetboxError {
    /// No token, or none that can be sent.
    #[error("no token for NetBox: {0}")]
    Token(String),
    /// The address is not one where a token may go.
    #[error("NetBox' address {0:?} must begin with https:// (http:// is for loopback only)")]
    Address(String),
    /// The certificate authority cannot be read.
    #[error("cannot read the certificate authority {0}")]
    Authority(String),
    /// The client could not be made.
    #[error("cannot prepare the HTTPS client")]
    Client(#[source] reqwest::Error),
    /// NetBox could not be reached, or broke off.
    #[error("cannot read {path} of NetBox: {why}")]
    Unreachable {
        /// What was asked for.
        path: String,
        /// The chain of causes.
        why: String,
    },
    /// NetBox refused.
    #[error("NetBox answered {path} with {status}")]
    Refused {
        /// What was asked for.
        path: String,
        /// How.
        status: StatusCode,
    },
    /// The answer is not NetBox'.
    #[error("{path} of NetBox: {why}")]
    Answer {
        /// What was asked for.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// NetBox does not know a filter, and would have given everything.
    #[error(
        "NetBox ignores the filter {0:?}: a value that nothing has gave rows all the same; \
         nothing was read"
    )]
    FilterIgnored(String),
    /// Rows moved between pages while they were read.
    #[error("rows of {0} moved while they were read; run it again")]
    Drift(String),
    /// More than anybody has.
    #[error("{0} has more pages than are read")]
    TooMuch(String),
    /// Another run of the source goes on.
    #[error("a sync of {0:?} is under way")]
    Busy(String),
    /// The register.
    #[error("cannot change the register")]
    Register(#[from] RegisterError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One NetBox.
pub(super) struct NetboxClient {
    client: Client,
    base: String,
    authorization: HeaderValue,
}

impl NetboxClient {
    pub(super) fn new(
        base: &str,
        token: &str,
        authority_pem: Option<&[u8]>,
    ) -> Result<Self, NetboxError> {
        if !address_allowed(base) {
            return Err(NetboxError::Address(base.to_owned()));
        }
        // A second call of the process finds the first one's, which is the same.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let mut authorization = HeaderValue::from_str(&header_of(token)).map_err(|_| {
            NetboxError::Token("it has characters that no header may have".to_owned())
        })?;
        authorization.set_sensitive(true);
        let mut builder = Client::builder()
            .timeout(REQUEST_TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy();
        if let Some(pem) = authority_pem {
            let authority = reqwest::Certificate::from_pem(pem)
                .map_err(|cause| NetboxError::Authority(cause.to_string()))?;
            builder = builder.add_root_certificate(authority);
        }
        Ok(Self {
            client: builder.build().map_err(NetboxError::Client)?,
            base: base.trim_end_matches('/').to_owned(),
            authorization,
        })
    }

    /// Which release it is; the first thing that is asked.
    pub(super) async fn version(&self) -> Result<NetboxVersion, NetboxError> {
        let path = "/api/status/";
        let status = self.get(path).await?;
        read_version(&status).map_err(|Unreadable { why, .. }| NetboxError::Answer {
            path: path.to_owned(),
            why,
        })
    }

    /// One answer; `path` begins with `/api/`.
    pub(super) async fn get(&self, path: &str) -> Result<Value, NetboxError> {
        let broken = |why: String| NetboxError::Unreachable {
            path: path.to_owned(),
            why,
        };
        let request = self
            .client
            .get(format!("{}{path}", self.base))
            .header(AUTHORIZATION, self.authorization.clone())
            .header(ACCEPT, "application/json");
        let mut answer = request
            .send()
            .await
            .map_err(|cause| broken(chain(&cause.without_url())))?;
        let status = answer.status();
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(broken(status.to_string()));
        }
        if status != StatusCode::OK {
            return Err(NetboxError::Refused {
                path: path.to_owned(),
                status,
            });
        }
        let mut body = Vec::new();
        loop {
            let chunk = answer.chunk().await;
            let Some(chunk) = chunk.map_err(|cause| broken(chain(&cause.without_url())))? else {
                break;
            };
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(broken(format!("more than {ANSWER_BYTES_MAX} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        serde_json::from_slice(&body).map_err(|cause| NetboxError::Answer {
            path: path.to_owned(),
            why: format!("no JSON: {cause}"),
        })
    }
}

/// Tokens of the second kind (`nbt_<key>.<token>`) are bearer tokens, older ones have a word of
/// their own.
fn header_of(token: &str) -> String {
    if token.starts_with("nbt_") {
        format!("Bearer {token}")
    } else {
        format!("Token {token}")
    }
}

/// Tokens travel in clear text only on loopback.
pub(super) fn address_allowed(base: &str) -> bool {
    let loopback = |rest: &str| {
        let host = rest.split('/').next().unwrap_or_default();
        let address = host.parse::<std::net::SocketAddr>();
        address.is_ok_and(|address| address.ip().is_loopback())
    };
    base.starts_with("https://") || base.strip_prefix("http://").is_some_and(loopback)
}

fn chain(cause: &dyn std::error::Error) -> String {
    let mut text = cause.to_string();
    let mut next = cause.source();
    while let Some(inner) = next {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        next = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_tokens_are_sent_in_their_own_words() {
        assert_eq!(header_of("nbt_abc.def"), "Bearer nbt_abc.def");
        assert_eq!(header_of("0123456789abcdef"), "Token 0123456789abcdef");
    }

    #[test]
    fn a_token_goes_in_clear_text_only_to_this_machine() {
        assert!(address_allowed("https://netbox.example"));
        assert!(address_allowed("http://127.0.0.1:58000"));
        assert!(!address_allowed("http://netbox.example"));
        assert!(!address_allowed("http://127.0.0.1:80@evil.example"));
        assert!(NetboxClient::new("http://netbox.example", "x", None).is_err());
    }
}
