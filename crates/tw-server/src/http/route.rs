//! Routes: a handler bound to an endpoint. Nothing else can be put into the router, so nothing
//! is served without a permission and a reach.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`. **Must not:** know a domain.
//!
//! The order of a request: who is it (session or token) → was it sent from our own page (for
//! writes with a cookie) → may the role → does the thing lie in the scope → are the parameters
//! known → is the body sound → handler → audit log (every write, every refusal).

use crate::{
    access::{audit, caller::Caller, gate},
    app::App,
    http::{
        call::{Answer, Call, Facts, Outcome, header_text},
        refusal::Refusal,
    },
};
use axum::{
    body::{Body, to_bytes},
    extract::{FromRequestParts, Query, RawPathParams, Request, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::Response,
    routing::{self, MethodRouter},
};
use std::{future::Future, sync::Arc, time::Duration};
use tw_api::{Body as _, Endpoint, Info, Method, Reply};

/// The longest a handler may take; streams are answered at once and then go on.
const HANDLER_SECONDS_MAX: u64 = 30;

/// The longest that an import may take, which may have 100,000 rows.
const IMPORT_SECONDS_MAX: u64 = 120;

/// The longest body, but for batches of collectors.
pub(crate) const BODY_BYTES_MAX: usize = 256 * 1024;

/// The longest file of an import.
pub(crate) const FILE_BODY_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The longest batch, compressed.
pub(crate) const BATCH_BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// An endpoint with its handler.
pub(crate) struct Route {
    pub(crate) info: Info,
    pub(crate) method: MethodRouter<Arc<App>>,
}

/// Binds a handler to an endpoint.
pub(crate) fn bind<E, F, Fut>(handler: F) -> Route
where
    E: Endpoint,
    F: Fn(Call<E>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Outcome<E::Reply>> + Send + 'static,
{
    let serve = move |State(app): State<Arc<App>>, request: Request| {
        let handler = handler.clone();
        async move { serve::<E, F, Fut>(app, request, handler).await }
    };
    let method = match E::METHOD {
        Method::Get => routing::get(serve),
        Method::Post => routing::post(serve),
        Method::Put => routing::put(serve),
        Method::Delete => routing::delete(serve),
    };
    Route {
        info: Info::of::<E>(),
        method,
    }
}

async fn serve<E, F, Fut>(app: Arc<App>, request: Request, handler: F) -> Response
where
    E: Endpoint,
    F: Fn(Call<E>) -> Fut,
    Fut: Future<Output = Outcome<E::Reply>> + Send + 'static,
{
    let info = Info::of::<E>();
    let (mut parts, body) = request.into_parts();
    let facts = Facts::of(&parts);
    let started = tokio::time::Instant::now();
    let mut caller = Caller::nobody();
    let outcome =
        attempt::<E, F, Fut>(&app, (&mut parts, body), (&facts, &mut caller), handler).await;
    let path = parts.uri.path();
    let outcome = audit::record(&app, &info, (&facts, &caller, path), outcome).await;
    let mut response = match outcome.and_then(write::<E>) {
        Ok(response) => response,
        Err(refusal) => refusal.respond(&facts.request_id),
    };
    app.metrics
        .count_request(&info, response.status(), started.elapsed());
    if let Ok(value) = HeaderValue::from_str(&facts.request_id) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

async fn attempt<E, F, Fut>(
    app: &Arc<App>,
    (parts, body): (&mut Parts, Body),
    (facts, caller): (&Facts, &mut Caller),
    handler: F,
) -> Outcome<E::Reply>
where
    E: Endpoint,
    F: Fn(Call<E>) -> Fut,
    Fut: Future<Output = Outcome<E::Reply>> + Send + 'static,
{
    let info = Info::of::<E>();
    *caller = gate::admit(app, &info, parts, facts).await?;
    let path = path_of(parts).await?;
    gate::reach(app, &info, caller, &path).await?;
    let query = query_of::<E>(parts, &info)?;
    let body = body_of::<E>(parts, body, &info).await?;
    let call = Call {
        app: Arc::clone(app),
        caller: caller.clone(),
        path,
        query,
        body,
        facts: facts.clone(),
        headers: parts.headers.clone(),
    };
    let seconds = if info.path.starts_with("/api/v1/imports") {
        IMPORT_SECONDS_MAX
    } else {
        HANDLER_SECONDS_MAX
    };
    let limit = Duration::from_secs(seconds);
    // In a task of its own, so that a caller who hangs up does not cut a write in half.
    let task = tokio::spawn(handler(call));
    match tokio::time::timeout(limit, task).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(panic)) => Err(Refusal::internal(&panic)),
        Err(_) => Err(Refusal::timeout(seconds)),
    }
}

async fn path_of(parts: &mut Parts) -> Result<Vec<(String, String)>, Refusal> {
    let params = RawPathParams::from_request_parts(parts, &())
        .await
        .map_err(|_| Refusal::bad("bad_path", "the path is not UTF-8"))?;
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    Ok(params.iter().map(owned).collect())
}

fn query_of<E: Endpoint>(parts: &Parts, info: &Info) -> Result<E::Query, Refusal> {
    Query::<E::Query>::try_from_uri(&parts.uri)
        .map(|Query(query)| query)
        .map_err(|cause| {
            let allowed = info.parameter_names();
            let text = std::error::Error::source(&cause)
                .map_or_else(|| cause.to_string(), ToString::to_string);
            let code = if text.contains("unknown field") {
                "unknown_parameter"
            } else {
                "bad_parameter"
            };
            Refusal::bad(code, text).with("allowed", allowed)
        })
}

async fn body_of<E: Endpoint>(parts: &Parts, body: Body, info: &Info) -> Result<E::Body, Refusal> {
    let Some((media, _)) = E::Body::content(&mut tw_api::Schemas::new()) else {
        return E::Body::read(&[]).map_err(|e| Refusal::internal(&e));
    };
    let sent = header_text(&parts.headers, &header::CONTENT_TYPE);
    let sent = sent.split(';').next().unwrap_or_default().trim();
    if !sent.eq_ignore_ascii_case(media) {
        return Err(Refusal::media_type(media));
    }
    let limit = if info.path.starts_with("/ingest/") {
        BATCH_BODY_BYTES_MAX
    } else if media == "application/octet-stream" {
        FILE_BODY_BYTES_MAX
    } else {
        BODY_BYTES_MAX
    };
    let bytes = to_bytes(body, limit)
        .await
        .map_err(|_| Refusal::too_large(limit))?;
    E::Body::read(&bytes).map_err(|cause| {
        Refusal::bad(
            "bad_body",
            format!("the body is not what is wanted here: {cause}"),
        )
    })
}

fn write<E: Endpoint>(answer: Answer<E::Reply>) -> Result<Response, Refusal> {
    let (media, bytes) = answer.reply.write().map_err(|e| Refusal::internal(&e))?;
    let mut response = Response::new(answer.body.unwrap_or_else(|| Body::from(bytes)));
    *response.status_mut() = StatusCode::from_u16(E::Reply::STATUS).unwrap_or(StatusCode::OK);
    if !media.is_empty() {
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    }
    response.headers_mut().extend(answer.headers);
    Ok(response)
}
