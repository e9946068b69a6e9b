//! The console, embedded: its files, the fallback to its first page, its content policy.
//!
//! **Room:** layer 2, shell. **May use:** nothing of ours. **Must not:** know a domain.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::{Embed, EmbeddedFile};
use sha2::{Digest, Sha256};

#[derive(Embed)]
#[folder = "../../dashboards/console/build"]
struct Files;

const INDEX: &str = "index.html";

/// The hash of the style attribute of SvelteKit's route announcer, which is the same in every
/// build: `position: absolute; left: 0; top: 0; clip: rect(0 0 0 0); …`.
const ANNOUNCER_STYLE: &str = "position: absolute; left: 0; top: 0; clip: rect(0 0 0 0); \
clip-path: inset(50%); overflow: hidden; white-space: nowrap; width: 1px; height: 1px";

/// The content policy: nothing from outside, inline scripts by their hash only.
pub(crate) fn policy() -> HeaderValue {
    let index = Files::get(INDEX)
        .map(|file| file.data.into_owned())
        .unwrap_or_default();
    let index = String::from_utf8_lossy(&index).into_owned();
    let scripts: Vec<String> = inline_scripts(&index).map(hash).collect();
    let text = format!(
        "default-src 'self'; script-src 'self' {}; style-src 'self' 'unsafe-hashes' {}; \
         img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; \
         frame-ancestors 'none'",
        scripts.join(" "),
        hash(ANNOUNCER_STYLE),
    );
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("default-src 'self'"))
}

/// The texts of `<script>` elements without `src`.
fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (text, _) = rest.split_once("</script>")?;
        (!attributes.contains("src=")).then_some(text)
    })
}

fn hash(text: &str) -> String {
    format!("'sha256-{}'", base64(&Sha256::digest(text.as_bytes())))
}

/// Standard base64 with padding (RFC 4648 §4).
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let mut three = [0_u8; 3];
        three[..chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes([0, three[0], three[1], three[2]]);
        for i in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * i)) as usize & 63];
            out.push(if i <= chunk.len() {
                char::from(letter)
            } else {
                '='
            });
        }
    }
    out
}

/// A file of the console; any other path is answered with its first page, which routes it.
pub(crate) fn serve(path: &str) -> Response {
    let path = path.trim_start_matches('/');
    if !path.is_empty() {
        if let Some(file) = Files::get(path) {
            return answer(path, file);
        }
        if path.starts_with("_app/") || path.rsplit('/').next().is_some_and(|n| n.contains('.')) {
            return StatusCode::NOT_FOUND.into_response();
        }
    }
    match Files::get(INDEX) {
        Some(file) => answer(INDEX, file),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn answer(path: &str, file: EmbeddedFile) -> Response {
    // Names under `immutable` carry a hash of their content.
    let cache = if path.contains("/immutable/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let headers = [
        (header::CONTENT_TYPE, media_type(path)),
        (header::CACHE_CONTROL, cache),
    ];
    (headers, file.data.into_owned()).into_response()
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_allowed_by_its_hash() {
        let html = "<script src=\"a.js\"></script><script>\n  go()\n</script><script>2</script>";
        let found: Vec<&str> = inline_scripts(html).collect();
        assert_eq!(found, ["\n  go()\n", "2"]);
        // printf 'alert(1)' | openssl dgst -sha256 -binary | base64
        assert_eq!(
            hash("alert(1)"),
            "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"
        );
    }

    #[test]
    fn base64_pads() {
        // The vectors of RFC 4648 §10.
        for (text, expect) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
        ] {
            assert_eq!(base64(text.as_bytes()), expect);
        }
    }
}
