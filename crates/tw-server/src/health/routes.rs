//! Routes for those who watch the watcher.
//!
//! **Room:** layer 2, shell. **May use:** `tw-api`, `tw-store`.

use crate::{
    access::accounts::store,
    http::{
        call::{Call, Outcome},
        refusal::Refusal,
        route::{Route, bind},
    },
};
use tw_api::{AnyJson, Json, Text, endpoints as e};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        bind::<e::Healthz, _, _>(healthz),
        bind::<e::Readyz, _, _>(readyz),
        bind::<e::Metrics, _, _>(metrics),
        bind::<e::OpenApiGet, _, _>(openapi),
    ]
}

async fn healthz(_: Call<e::Healthz>) -> Outcome<Text> {
    Ok(Text("ok\n".to_owned()).into())
}

async fn readyz(call: Call<e::Readyz>) -> Outcome<Text> {
    call.app
        .store
        .register_revision()
        .await
        .map_err(|e| store(&e))?;
    Ok(Text("ready\n".to_owned()).into())
}

async fn metrics(call: Call<e::Metrics>) -> Outcome<Text> {
    let text = call.app.metrics.write(call.app.store.stats());
    Ok(Text(text.map_err(|e| Refusal::internal(&e))?).into())
}

async fn openapi(_: Call<e::OpenApiGet>) -> Outcome<Json<AnyJson>> {
    Ok(Json(AnyJson(tw_api::document())).into())
}
