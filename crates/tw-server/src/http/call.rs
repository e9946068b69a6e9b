//! A request as a handler sees it, and what it gives back.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`. **Must not:** know a domain.

use crate::{access::caller::Caller, app::App, http::refusal::Refusal};
use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts},
};
use serde_json::Value;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};
use tw_api::Endpoint;

/// What is known of a request before anybody is asked who sent it.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    /// Drawn anew for each request; in the answer, in problems, in the log, in the audit log.
    pub(crate) request_id: String,
    /// Where it comes from.
    pub(crate) address: IpAddr,
    /// What it says of its program, cut.
    pub(crate) agent: String,
}

const AGENT_CHARS_MAX: usize = 200;

impl Facts {
    pub(crate) fn of(parts: &Parts) -> Self {
        let address = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(peer)| {
                peer.ip()
            });
        Self {
            request_id: format!("{:016x}", rand::random::<u64>()),
            address: address.to_canonical(),
            agent: header_text(&parts.headers, &header::USER_AGENT)
                .chars()
                .filter(|c| !c.is_control())
                .take(AGENT_CHARS_MAX)
                .collect(),
        }
    }
}

/// A header as text; empty when it is missing or not text.
pub(crate) fn header_text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// A request that was let in.
pub(crate) struct Call<E: Endpoint> {
    /// The server.
    pub(crate) app: Arc<App>,
    /// Who asks.
    pub(crate) caller: Caller,
    /// The identifiers in the path.
    pub(crate) path: Vec<(String, String)>,
    /// The query.
    pub(crate) query: E::Query,
    /// The body.
    pub(crate) body: E::Body,
    /// What else is known.
    pub(crate) facts: Facts,
    /// The headers.
    pub(crate) headers: HeaderMap,
}

impl<E: Endpoint> Call<E> {
    /// The identifier in the path: routes have one at most.
    pub(crate) fn id(&self) -> &str {
        self.path.first().map_or("", |(_, id)| id)
    }
}

/// What a handler gives back.
pub(crate) struct Answer<R> {
    pub(crate) reply: R,
    /// Further headers, such as a cookie.
    pub(crate) headers: HeaderMap,
    /// A body that is sent instead of the reply's: streams.
    pub(crate) body: Option<Body>,
    /// What the audit log should say besides who did what to which.
    pub(crate) note: Value,
    /// The subject for the audit log, where the path does not have it.
    pub(crate) subject: Option<String>,
    /// True when the store has put it into the audit log in the transaction of the change.
    pub(crate) audited: bool,
}

impl<R> From<R> for Answer<R> {
    fn from(reply: R) -> Self {
        Self {
            reply,
            headers: HeaderMap::new(),
            body: None,
            note: Value::Null,
            subject: None,
            audited: false,
        }
    }
}

impl<R> Answer<R> {
    /// Adds a header.
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    /// Adds what the audit log should say.
    pub(crate) fn note(mut self, note: Value) -> Self {
        self.note = note;
        self
    }

    /// Says that the store noted it itself.
    pub(crate) fn audited(mut self) -> Self {
        self.audited = true;
        self
    }

    /// Names the subject for the audit log.
    pub(crate) fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }
}

/// What every handler returns.
pub(crate) type Outcome<R> = Result<Answer<R>, Refusal>;
