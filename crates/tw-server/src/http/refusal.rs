//! Why a request was not answered as asked, as problem+json (RFC 9457).
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`. **Must not:** let anything internal out.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};
use tw_api::Problem;

/// Why not.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) detail: String,
    pub(crate) params: Box<Map<String, Value>>,
    /// Seconds after which it is worth to ask again.
    pub(crate) retry_after: Option<u64>,
    /// Whether it is a matter of rights and so belongs in the audit log.
    pub(crate) audited: bool,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            params: Box::default(),
            retry_after: None,
            audited: false,
        }
    }

    /// Adds what the translated sentence needs.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn bad(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// A field of the body that cannot be.
    pub(crate) fn field(field: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_field", detail).with("field", field)
    }

    pub(crate) fn not_found(kind: &str, id: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            format!("there is no {kind} {id:?}"),
        )
        .with("kind", kind)
        .with("id", id)
    }

    /// It exists, and the caller must not know.
    pub(crate) fn out_of_scope(kind: &str, id: &str) -> Self {
        Self {
            audited: true,
            ..Self::not_found(kind, id)
        }
    }

    pub(crate) fn unauthenticated(code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            audited: true,
            ..Self::new(StatusCode::UNAUTHORIZED, code, detail)
        }
    }

    pub(crate) fn forbidden(code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            audited: true,
            ..Self::new(StatusCode::FORBIDDEN, code, detail)
        }
    }

    pub(crate) fn too_many(code: &'static str, retry_after: u64) -> Self {
        let detail = format!("too many attempts; try again in {retry_after} s");
        Self {
            audited: true,
            retry_after: Some(retry_after),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, code, detail)
        }
        .with("retry_after_seconds", retry_after)
    }

    pub(crate) fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// The caller saw another version than there is now.
    pub(crate) fn stale(version: u64) -> Self {
        Self::conflict("stale_version", "it was changed since you read it")
            .with("current_version", version)
    }

    pub(crate) fn too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            format!("at most {limit} bytes are read"),
        )
        .with("limit_bytes", limit)
    }

    pub(crate) fn media_type(wanted: &str) -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "media_type",
            format!("send {wanted}"),
        )
        .with("wanted", wanted)
    }

    pub(crate) fn method() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "there is nothing with this method here",
        )
    }

    /// The caller has it already (304): no problem, and no body.
    pub(crate) fn not_modified() -> Self {
        Self::new(StatusCode::NOT_MODIFIED, "not_modified", "")
    }

    pub(crate) fn no_route(path: &str) -> Self {
        let path: String = path.chars().take(200).collect();
        Self::new(
            StatusCode::NOT_FOUND,
            "no_route",
            format!("there is nothing at {path:?}"),
        )
    }

    pub(crate) fn timeout(seconds: u64) -> Self {
        Self::new(
            StatusCode::GATEWAY_TIMEOUT,
            "timeout",
            format!("it took longer than {seconds} s"),
        )
    }

    pub(crate) fn busy(retry_after: u64) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                "the store does not keep up; try again",
            )
        }
    }

    /// Something of ours failed: the cause goes to the log, not to the caller.
    pub(crate) fn internal(cause: &dyn std::error::Error) -> Self {
        let mut chain = cause.to_string();
        let mut next = cause.source();
        while let Some(inner) = next {
            chain.push_str(": ");
            chain.push_str(&inner.to_string());
            next = inner.source();
        }
        tracing::error!(cause = chain, "a request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "something failed on our side; the log has the request's id",
        )
    }

    /// The answer.
    pub(crate) fn respond(&self, request_id: &str) -> Response {
        if self.status == StatusCode::NOT_MODIFIED {
            return self.status.into_response();
        }
        let problem = Problem {
            kind: "about:blank".to_owned(),
            title: self.status.canonical_reason().unwrap_or("Error").to_owned(),
            status: self.status.as_u16(),
            code: self.code.to_owned(),
            detail: self.detail.clone(),
            params: Map::clone(&self.params),
            request_id: request_id.to_owned(),
        };
        let body = serde_json::to_vec(&problem)
            .unwrap_or_else(|_| json!({"code": self.code}).to_string().into_bytes());
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
