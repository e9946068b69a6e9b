//! The router: every route of every domain, and nothing that is not an endpoint.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`.

use crate::{
    age, alert,
    app::App,
    asset, audit, circuit, collector, contract, credential, device, discrepancy, facility, health,
    http::{console, headers, refusal::Refusal, route::Route},
    import, ingest, interface, maintenance, month, organisation, overview, plan, rack, sensor,
    session, site, stocktake, stream, unit_report, user, yearly,
};
use axum::{
    Router,
    extract::{Request, State},
    http::{Method, header},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use std::sync::Arc;

/// All routes.
pub(crate) fn routes() -> Vec<Route> {
    [
        health::routes::routes(),
        session::routes::routes(),
        overview::routes::routes(),
        stream::routes::routes(),
        organisation::routes::routes(),
        site::routes::routes(),
        facility::routes::routes(),
        month::routes::routes(),
        rack::routes::routes(),
        device::routes::routes(),
        interface::routes::routes(),
        sensor::routes::routes(),
        circuit::routes::routes(),
        asset::routes::routes(),
        crate::attachment::routes::routes(),
        crate::waiver::routes::routes(),
        age::routes::routes(),
        discrepancy::routes::routes(),
        stocktake::routes::routes(),
        plan::routes::routes(),
        contract::routes::routes(),
        unit_report::routes::routes(),
        yearly::routes::routes(),
        import::routes::routes(),
        collector::routes::routes(),
        alert::routes::routes(),
        maintenance::routes::routes(),
        user::routes::routes(),
        credential::routes::routes(),
        audit::routes::routes(),
        crate::netbox::routes::routes(),
        crate::finding::routes::routes(),
        crate::system::routes::routes(),
        crate::ipv6::routes::routes(),
        ingest::routes::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

impl App {
    /// The router of this server.
    pub fn router(self: &Arc<Self>) -> Router {
        let mut router = Router::new();
        for route in routes() {
            router = router.route(route.info.path, route.method);
        }
        router
            .method_not_allowed_fallback(|| async { Refusal::method().respond(&fresh_id()) })
            .fallback(anything_else)
            .layer(from_fn_with_state(Arc::clone(self), finish))
            .with_state(Arc::clone(self))
    }
}

fn fresh_id() -> String {
    format!("{:016x}", rand::random::<u64>())
}

/// Under the API's roots there is nothing else; elsewhere the console routes itself.
async fn anything_else(request: Request) -> Response {
    let path = request.uri().path();
    if path.starts_with("/api/") || path.starts_with("/ingest/") {
        return Refusal::no_route(path).respond(&fresh_id());
    }
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return Refusal::method().respond(&fresh_id());
    }
    console::serve(path)
}

/// Puts the headers on that every answer carries.
async fn finish(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let page = !(path.starts_with("/api/") || path.starts_with("/ingest/") || path == "/metrics");
    let mut response = next.run(request).await;
    let is_page = page && response.headers().contains_key(header::CACHE_CONTROL);
    headers::secure(response.headers_mut(), &app.policy, app.tls(), is_page);
    response
}
