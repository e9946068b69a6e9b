//! Headers that every answer carries.
//!
//! **Room:** layer 2, shell. **May use:** nothing of ours. **Must not:** know a domain.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Puts the security headers on an answer. `policy` is the content policy of pages.
pub(crate) fn secure(headers: &mut HeaderMap, policy: &HeaderValue, tls: bool, page: bool) {
    let fixed: [(HeaderName, &'static str); 5] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let api_policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    let policy = if page { policy.clone() } else { api_policy };
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    if !page {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if tls {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
}
